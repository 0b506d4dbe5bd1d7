import type { Grant } from "../../tools/define.ts";
import type { Tier } from "../../tools/tiers.ts";
import { CALL_DEADLINE_MS } from "../limits.ts";
import type { Admission, RateStatus, Refusal } from "../limit/gate.ts";
import type { AuditOutbox } from "../record/outbox.ts";
import type { Meter } from "./meter.ts";
import { Stop } from "./stop.ts";
import type { Principal } from "../rpc/user.ts";
import type { After } from "../timer.ts";
import type { Finished, JournalStore, Outcome, Started } from "../stores/journal.ts";
import type { Scope, Surface } from "./surface.ts";

/** What every message of one HTTP request shares. */
export interface Caller {
  principal: Principal;
  grant: Grant;
  tier: Tier;
  requestId: string;
  /** Name the client gave itself, or its OAuth client id. */
  client: string;
  /** Collects the figures of the request for the log. */
  meter?: Meter;
}

/** Where admitted messages are recorded. */
export interface Ledger {
  admission: Admission;
  journal: JournalStore;
  audit: AuditOutbox;
  now_ms(): number;
  after: After;
  /** Called when an event has begun or ended, so that the flush can be scheduled. */
  recorded(): void;
  /** Logs one of our own faults. @returns the incident id */
  report(error: unknown): string;
}

/** What a method's name looks like in every revision; anything else a client sends could be content. */
const METHOD = /^[A-Za-z_$][\w$.-]{0,39}(\/[\w$.-]{1,40}){0,3}$/;

/** What the journal says of a request, and how it counts. */
function describe(
  surface: Surface,
  caller: Caller,
  message: { method: string; params?: unknown },
  protocol: string,
  bytes_in: number,
): { started: Started; counted: boolean; writes: boolean } {
  const { tool, fields, ids, counted, writes } = surface.describeCall(
    message.method,
    message.params,
    caller.tier,
  );
  const started: Started = {
    requestId: caller.requestId,
    deviceId: caller.principal.deviceId,
    client: caller.client,
    protocol,
    method: METHOD.test(message.method) ? message.method : "(not a method name)",
    tool,
    fields,
    ids,
    bytes_in,
  };
  return { started, counted, writes };
}

/**
 * Admits a request whose answer needs no waiting: it begins and ends in one row and one synchronous block.
 * @param answer makes the answer once the request is admitted, and says how it ended
 */
export function answerAtOnce<T>(
  ledger: Ledger,
  surface: Surface,
  caller: Caller,
  message: { method: string; params?: unknown },
  { protocol, bytes_in }: { protocol: string; bytes_in: number },
  answer: () => { value: T; bytes_out: number; outcome: Outcome },
): { ok: true; value: T; rate: RateStatus } | { ok: false; refusal: Refusal } {
  const { started, counted, writes } = describe(surface, caller, message, protocol, bytes_in);
  let made: { value: T; finished: Finished } | undefined;
  const ended = (): Finished => {
    const { value, bytes_out, outcome } = answer();
    const finished = { outcome, duration_ms: 0, upstream_calls: 0, bytes_out, targets: [] };
    made = { value, finished };
    return finished;
  };
  const admitted = ledger.admission.request(caller, started, { counted, writes, ended });
  if (!admitted.ok) return admitted;
  if (made === undefined) throw new Error("an admitted request has no answer");
  caller.meter?.opened(started, admitted.rate.remaining);
  caller.meter?.ended(made.finished);
  ledger.audit.closed(admitted.seq, EVENT_BYTES);
  ledger.recorded();
  return { ok: true, value: made.value, rate: admitted.rate };
}

/** What an event takes in a batch, roughly. */
const EVENT_BYTES = 600;

/** One admitted JSON-RPC request, from its "started" row to its end. */
export class Exchange {
  readonly scope: Scope;
  readonly rate: RateStatus;
  /** True while the work goes on after its HTTP answer (a task). */
  detached = false;
  readonly #seq: number;
  readonly #ledger: Ledger;
  readonly #started_ms: number;
  readonly #stop = new Stop();
  readonly #meter: Meter | undefined;
  #ended = false;
  #cancelDeadline: (() => void) | undefined;

  private constructor(
    ledger: Ledger,
    seq: number,
    rate: RateStatus,
    scope: Omit<Scope, "signal" | "record" | "progress" | "deadline_ms" | "startDeadline">,
    meter: Meter | undefined,
  ) {
    this.#meter = meter;
    this.#ledger = ledger;
    this.#seq = seq;
    this.rate = rate;
    this.#started_ms = ledger.now_ms();
    this.scope = {
      ...scope,
      signal: this.#stop,
      record: { outcome: "ok", upstream_calls: 0, targets: new Set() },
      progress: () => undefined,
      deadline_ms: CALL_DEADLINE_MS,
      startDeadline: () => this.#startDeadline(),
    };
  }

  /** Admits a request and writes its "started" row, synchronously; or says why not. */
  static open(
    ledger: Ledger,
    surface: Surface,
    caller: Caller,
    message: { method: string; params?: unknown },
    protocol: string,
    bytes_in: number,
  ): { ok: true; exchange: Exchange } | { ok: false; refusal: Refusal } {
    const { started, counted, writes } = describe(surface, caller, message, protocol, bytes_in);
    const admitted = ledger.admission.request(caller, started, { counted, writes });
    if (!admitted.ok) return admitted;
    caller.meter?.opened(started, admitted.rate.remaining);
    ledger.audit.opened(admitted.seq);
    ledger.recorded();
    const { principal, grant, tier, requestId } = caller;
    const scope = { principal, grant, tier, requestId, protocol };
    return { ok: true, exchange: new Exchange(ledger, admitted.seq, admitted.rate, scope, caller.meter) };
  }

  /** The client cancelled or went away: stops the ClickUp calls of this request. */
  cancel(): void {
    this.#stop.abort(new DOMException("The client cancelled the request.", "AbortError"));
  }

  /** The request ends by a fault of ours. @returns the incident id, for the client and the journal */
  fault(error: unknown): string {
    const incident = this.#ledger.report(error);
    this.scope.record.incident = incident;
    this.end(0, "internal_error");
    return incident;
  }

  #startDeadline(): void {
    this.#cancelDeadline ??= this.#ledger.after(this.scope.deadline_ms, () => {
      this.#stop.abort(new DOMException("The call took too long.", "TimeoutError"));
    });
  }

  /** Writes the end of the request. The first end counts; later ones do nothing. */
  end(bytes_out: number, outcome: Outcome = this.scope.record.outcome): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelDeadline?.();
    const { record } = this.scope;
    const finished: Finished = {
      outcome,
      duration_ms: Math.max(0, this.#ledger.now_ms() - this.#started_ms),
      upstream_calls: record.upstream_calls,
      bytes_out,
      targets: [...record.targets].slice(0, 50),
      ...(record.incident === undefined ? {} : { incident: record.incident }),
    };
    this.#ledger.journal.finish(this.#seq, finished);
    this.#meter?.ended(finished);
    this.#ledger.audit.closed(this.#seq, EVENT_BYTES);
    this.#ledger.recorded();
  }
}
