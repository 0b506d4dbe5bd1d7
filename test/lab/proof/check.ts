/** Holds a run's history against every promise. Pure: evidence in, violations out. */
import { batchNumber, Chain, type RecordedEvent } from "./chain.ts";
import { mostWithin, needlessRefusals, overAdmitted } from "./windows.ts";
import type { Call, Evidence, UserEvidence } from "./history.ts";

/** Each promise with what it says. */
export const PROMISES = {
  lost: "answered calls that are not in the record, or not with their end",
  doubled: "calls that are in the record more than once",
  phantoms: "events that no call made, and refused calls that are in the record",
  gaps: "breaks in a user's sequence or clock",
  chain: "breaks in the chain of batches, and batches that are not what the database says",
  overwritten: "keys that were given two bodies",
  undrained: "events that did not reach R2",
  over_admissions: "windows above the limit",
  needless_refusals: "refusals while the window had room",
  sessions_lost: "sessions that were not known any more",
  writes_doubled: "tasks that ClickUp made twice for one call or key",
  writes_lost: "tasks said to be made that ClickUp did not make",
  broken: "answers that say the fault is ours",
  hung: "calls without an answer or an end in time",
} as const;

export type Promised = keyof typeof PROMISES;
export type Findings = Record<Promised, string[]>;

type Report = (promise: Promised, what: string) => void;

export function check(evidence: Evidence): Findings {
  const findings = Object.fromEntries(Object.keys(PROMISES).map((p) => [p, []])) as unknown as Findings;
  for (const user of evidence.users) {
    const report: Report = (promise, what) => void findings[promise].push(`${user.userId}: ${what}`);
    const calls = evidence.calls.filter(({ userId }) => userId === user.userId);
    const stored = checkBatches(user, report);
    const events = checkSequence(user, stored, report);
    checkCalls(calls, events, report);
    checkLimit(evidence.limit, calls, events, report);
    checkEnds(calls, report);
  }
  checkWrites(evidence, findings);
  return findings;
}

/** The chain in R2, and whether it is the one the database tells of. @returns its events in order */
function checkBatches({ userId, objects, puts, database }: UserEvidence, report: Report): RecordedEvent[] {
  const bodies = new Map<string, string>();
  for (const { key, sha256, overwrote } of puts) {
    const known = bodies.get(key) ?? sha256;
    bodies.set(key, known);
    if (overwrote || known !== sha256) report("overwritten", key);
  }
  const chain = new Chain(userId);
  const inOrder = objects.toSorted((a, b) => batchNumber(a.body) - batchNumber(b.body));
  const events = inOrder.flatMap(({ key, body }) => chain.add(key, body));
  for (const problem of chain.problems) report("chain", problem);
  const { batch, last_seq, sha256 } = chain.end;
  if (database.batches !== batch || database.lastHash !== sha256 || database.flushedSeq !== last_seq) {
    const said = `batch ${database.batches}, event ${database.flushedSeq}`;
    report("chain", `R2 ends at batch ${batch}, event ${last_seq}; the database says ${said}`);
  }
  return events;
}

/** Every position once, in time's order. @returns the whole record: what is in R2 and what still waits */
function checkSequence(
  { database }: UserEvidence,
  stored: readonly RecordedEvent[],
  report: Report,
): RecordedEvent[] {
  const bySeq = new Map(stored.map((event) => [event.seq, event]));
  for (const row of database.rows) {
    const known = bySeq.get(row.seq);
    if (known !== undefined && (known.requestId !== row.requestId || known.t_ms !== row.t_ms))
      report("chain", `event ${row.seq} is another one in R2`);
  }
  const waiting = database.rows.filter(({ seq }) => !bySeq.has(seq));
  if (waiting.length > 0 || database.pending) report("undrained", `${waiting.length} events wait`);
  const events = [...stored, ...waiting].toSorted((a, b) => a.seq - b.seq);
  let previous = { seq: 0, t_ms: 0 };
  for (const { seq, t_ms } of events) {
    if (seq !== previous.seq + 1) report("gaps", `event ${seq} follows ${previous.seq}`);
    if (t_ms < previous.t_ms) report("gaps", `the clock of event ${seq} runs back`);
    previous = { seq, t_ms };
  }
  const newest = Math.max(0, ...database.rows.map(({ seq }) => seq));
  if (newest !== previous.seq)
    report("gaps", `the database ends at ${newest}, the record at ${previous.seq}`);
  return events;
}

/** Answered calls exactly once and with their end; unanswered ones at most once; refused ones never. */
function checkCalls(calls: readonly Call[], events: readonly RecordedEvent[], report: Report): void {
  const byMark = new Map<number, RecordedEvent[]>();
  for (const event of events) {
    if (event.protocol === null) continue;
    byMark.set(event.bytes_in, [...(byMark.get(event.bytes_in) ?? []), event]);
  }
  const byRequest = Map.groupBy(events, ({ requestId }) => requestId);
  for (const { mark, end, requestId } of calls) {
    const found = byMark.get(mark) ?? [];
    byMark.delete(mark);
    if (found.length > 1) report("doubled", `call ${mark} is there ${found.length} times`);
    if (end === "refused" && found.length > 0) report("phantoms", `call ${mark} was refused and is there`);
    if (end !== "answered") continue;
    const own = byRequest.get(requestId ?? "") ?? [];
    if (own.length > 1) report("doubled", `request ${requestId} is there ${own.length} times`);
    const [event] = own;
    if (event === undefined || event.bytes_in !== mark) report("lost", `call ${mark}, request ${requestId}`);
    else if (event.outcome === null || event.outcome === "unknown")
      report("lost", `the end of call ${mark}, request ${requestId}`);
  }
  for (const [mark, left] of byMark) report("phantoms", `${left.length} events of ${mark} bytes`);
}

function checkLimit(
  limit: number,
  calls: readonly Call[],
  events: readonly RecordedEvent[],
  report: Report,
): void {
  const times_ms = events.filter(({ counted }) => counted).map(({ t_ms }) => t_ms);
  const over = overAdmitted(times_ms, limit);
  if (over.length > 0) report("over_admissions", `${over.length} requests by the record's times`);
  const most = mostWithin(calls.filter(({ end }) => end === "answered"));
  if (most > limit) report("over_admissions", `${most} calls were sent and answered within one window`);
  for (const { mark } of needlessRefusals(
    calls.filter(({ end }) => end === "refused"),
    times_ms,
    limit,
  )) {
    report("needless_refusals", `call ${mark}`);
  }
}

function checkEnds(calls: readonly Call[], report: Report): void {
  for (const { mark, end, detail = "" } of calls) {
    if (end === "broken") report("broken", `call ${mark}: ${detail}`);
    if (end === "hung") report("hung", `call ${mark}`);
    if (end === "session_lost") report("sessions_lost", `call ${mark}: ${detail}`);
  }
}

/** A name is one call's, or of one call and its repeats under the same key. */
function checkWrites({ calls, made }: Evidence, findings: Findings): void {
  for (const [name, times] of made) {
    if (times > 1) findings.writes_doubled.push(`${name} was made ${times} times`);
  }
  for (const { creates, created } of calls) {
    if (creates !== undefined && created === true && (made.get(creates) ?? 0) === 0)
      findings.writes_lost.push(creates);
  }
}
