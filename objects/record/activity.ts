/**
 * The user's record, newest first: journal rows that are still here, then the batches in R2. Every event has a
 * number without gaps, so the two meet without holes or twins.
 */
import { toolByName } from "../../tools/catalog.ts";
import type { AuditArchive } from "./archive.ts";
import type { ActivityKind, ActivityPage, ActivityQuery, RpcResult } from "../rpc/user.ts";
import type { ActivityEvent } from "../rpc/views.ts";
import type { JournalEvent, JournalStore } from "../stores/journal.ts";

/** A page that finds little stops after this many batches and says that there may be more. */
const MAX_BATCHES_PER_PAGE = 25;
const MAX_PAGE = 1_000;

/** Where a page begins: below `before`; `at` names the batch to go on with. */
interface Position {
  before: number;
  at: string | null;
}

export class Activity {
  readonly #journal: JournalStore;
  readonly #archive: AuditArchive;

  constructor(journal: JournalStore, archive: AuditArchive) {
    this.#journal = journal;
    this.#archive = archive;
  }

  async page(query: ActivityQuery): Promise<RpcResult<ActivityPage>> {
    const start = query.cursor === undefined ? beginning() : parseCursor(query.cursor);
    if (start === undefined) {
      return { ok: false, error: { kind: "invalid", message: "This page of the record does not exist." } };
    }
    const page = new Page(query, start);
    if (start.at === null) {
      for (const event of this.#journal.newest(start.before)) {
        page.take(fromJournal(event));
        if (page.full) return page.answer(null);
      }
    }
    if (page.before <= 1) return page.answer(undefined);
    let batches = 0;
    for (const day of await this.#archive.days()) {
      if (start.at !== null && day > start.at.slice(0, 10)) continue;
      for (const name of await this.#archive.batches(day)) {
        if (start.at !== null && name > start.at) continue;
        if (page.full || ++batches > MAX_BATCHES_PER_PAGE) return page.answer(name);
        for (const event of (await this.#archive.events(name)).toReversed()) {
          page.take(event);
          if (page.full) return page.answer(name);
        }
      }
    }
    return page.answer(undefined);
  }
}

/** Collects the events of one page, each at most once. */
class Page {
  readonly #query: ActivityQuery;
  readonly #limit: number;
  readonly #events: ActivityEvent[] = [];
  #before: number;

  constructor(query: ActivityQuery, start: Position) {
    this.#query = query;
    this.#limit = Math.min(Math.max(1, query.limit), MAX_PAGE);
    this.#before = start.before;
  }

  get before(): number {
    return this.#before;
  }

  get full(): boolean {
    return this.#events.length >= this.#limit;
  }

  take(event: ActivityEvent): void {
    if (event.seq >= this.#before) return;
    this.#before = event.seq;
    const { deviceId, tool, only } = this.#query;
    if (deviceId !== undefined && event.deviceId !== deviceId) return;
    if (tool !== undefined && event.tool !== tool) return;
    if (only !== undefined && !isOf(only, event)) return;
    this.#events.push(event);
  }

  /** @param at the batch to go on with; `null`: the journal; undefined: there is no more */
  answer(at: string | null | undefined): RpcResult<ActivityPage> {
    const more = at !== undefined && this.#before > 1;
    const next = more ? `${this.#before}${at === null ? "" : `~${at}`}` : null;
    return { ok: true, value: { events: this.#events, next } };
  }
}

/** A tool that is not in the catalog any more counts as one that changes: nothing done may be hidden. */
function isOf(only: ActivityKind, { method, tool }: ActivityEvent): boolean {
  if (tool === null) return /^(account|device|billing)\//.test(method);
  return only === "calls" || toolByName(tool)?.kind !== "read";
}

function beginning(): Position {
  return { before: Number.MAX_SAFE_INTEGER, at: null };
}

/** `seq` or `seq~date/name`. The name is only ever looked for among the user's own batches. */
function parseCursor(cursor: string): Position | undefined {
  const match = /^(\d{1,15})(?:~(\d{4}-\d{2}-\d{2}\/[A-Za-z0-9-]{1,60}\.json))?$/.exec(cursor);
  return match?.[1] === undefined ? undefined : { before: Number(match[1]), at: match[2] ?? null };
}

/** An event as people see it. */
export function fromJournal({ t_ms, ...event }: JournalEvent): ActivityEvent {
  return { time: new Date(t_ms).toISOString(), ...event };
}
