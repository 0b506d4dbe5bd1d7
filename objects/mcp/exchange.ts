import type { Grant } from "../../tools/define.ts";
import type { Tier } from "../../tools/tiers.ts";
import { CALL_DEADLINE_MS } from "../limits.ts";
import type { RateStatus, Refusal } from "../limit/gate.ts";
import type { Counting, Entry, Ledger } from "../record/ledger.ts";
import type { Meter } from "../record/meter.ts";
import { Stop, type Running, type Stoppable } from "./stop.ts";
import type { Principal } from "../rpc/user.ts";
import type { After } from "../timer.ts";
import type { Beginning, Outcome } from "../rpc/views.ts";
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

/** What exchanges need of their endpoint. */
export interface Grounds {
  surface: Surface;
  ledger: Ledger;
  running: Running;
  after: After;
}

/** What a method's name looks like in every revision; anything else a client sends could be content. */
const METHOD = /^[A-Za-z_$][\w$.-]{0,39}(\/[\w$.-]{1,40}){0,3}$/;

/** A revision of MCP is a date; anything else a client sends could be content. */
const REVISION_FORM = /^\d{4}-\d{2}-\d{2}$/;

/** What the journal says of a request, and how it counts. */
function describe(
  surface: Surface,
  caller: Caller,
  message: { method: string; params?: unknown },
  protocol: string,
  bytes_in: number,
): { beginning: Beginning; counting: Counting } {
  const { tool, fields, ids, counted, writes } = surface.describeCall(
    message.method,
    message.params,
    caller.tier,
  );
  const beginning: Beginning = {
    requestId: caller.requestId,
    deviceId: caller.principal.deviceId,
    client: caller.client,
    protocol: REVISION_FORM.test(protocol) ? protocol : "(not a revision)",
    method: METHOD.test(message.method) ? message.method : "(not a method name)",
    tool,
    fields,
    ids,
    bytes_in,
  };
  return { beginning, counting: { counted, writes } };
}

/** Admits a request whose answer needs no waiting, and ends it in the same row. */
export function answerInOneRow<T>(
  { surface, ledger }: Grounds,
  caller: Caller,
  message: { method: string; params?: unknown },
  { protocol, bytes_in }: { protocol: string; bytes_in: number },
  answer: () => { value: T; bytes_out: number; outcome: Outcome },
): ReturnType<typeof ledger.inOneRow<T>> {
  const { beginning, counting } = describe(surface, caller, message, protocol, bytes_in);
  return ledger.inOneRow(caller.tier, beginning, counting, caller.meter, answer);
}

/** One admitted JSON-RPC request, from its row's beginning to its end. */
export class Exchange implements Stoppable {
  readonly scope: Scope;
  /** True while the work goes on after its HTTP answer (a long call). */
  detached = false;
  readonly #grounds: Grounds;
  readonly #entry: Entry;
  readonly #stop = new Stop();
  #cancelDeadline: (() => void) | undefined;

  private constructor(
    grounds: Grounds,
    entry: Entry,
    scope: Omit<
      Scope,
      "signal" | "record" | "progress" | "deadline_ms" | "startDeadline" | "stillAllowed" | "stop"
    >,
  ) {
    this.#grounds = grounds;
    this.#entry = entry;
    this.scope = {
      ...scope,
      signal: this.#stop,
      record: { outcome: "ok", upstream_calls: 0, targets: new Set() },
      progress: () => undefined,
      deadline_ms: CALL_DEADLINE_MS,
      startDeadline: () => this.#startDeadline(),
      stillAllowed: () => grounds.ledger.stillAllows(scope.principal, scope.grant),
      stop: (reason) => this.stop(reason),
    };
    grounds.running.add(this);
  }

  /** Admits a request and begins its row, synchronously; or says why not. */
  static begin(
    grounds: Grounds,
    caller: Caller,
    message: { method: string; params?: unknown },
    protocol: string,
    bytes_in: number,
  ): { ok: true; exchange: Exchange } | { ok: false; refusal: Refusal } {
    const { beginning, counting } = describe(grounds.surface, caller, message, protocol, bytes_in);
    const begun = grounds.ledger.begin(caller.tier, beginning, counting, caller.meter);
    if (!begun.ok) return begun;
    const { principal, grant, tier, requestId } = caller;
    const scope = { principal, grant, tier, requestId, protocol };
    return { ok: true, exchange: new Exchange(grounds, begun.entry, scope) };
  }

  get rate(): RateStatus {
    return this.#entry.rate;
  }

  get deviceId(): string {
    return this.scope.principal.deviceId;
  }

  stop(reason: unknown): void {
    this.#stop.abort(reason);
  }

  /** The client cancelled or went away: stops the ClickUp calls of this request. */
  cancel(): void {
    this.stop(new DOMException("The client cancelled the request.", "AbortError"));
  }

  /** Does work that must not leave the row open: what it throws ends the request as a fault of ours. */
  async within<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      this.fault(error);
      throw error;
    }
  }

  /** The request ends by a fault of ours. @returns the incident id, for the client and the journal */
  fault(error: unknown): string {
    const incident = this.#grounds.ledger.report(error);
    this.scope.record.incident = incident;
    this.end(0, "internal_error");
    return incident;
  }

  #startDeadline(): void {
    this.#cancelDeadline ??= this.#grounds.after(this.scope.deadline_ms, () => {
      this.#stop.abort(new DOMException("The call took too long.", "TimeoutError"));
    });
  }

  /** Writes the end of the request. The first end counts; later ones do nothing. */
  end(bytes_out: number, outcome: Outcome = this.scope.record.outcome): void {
    this.#cancelDeadline?.();
    this.#grounds.running.remove(this);
    const { upstream_calls, targets, incident } = this.scope.record;
    this.#grounds.ledger.end(this.#entry, {
      outcome,
      upstream_calls,
      bytes_out,
      targets: [...targets].slice(0, 50),
      ...(incident === undefined ? {} : { incident }),
    });
  }
}
