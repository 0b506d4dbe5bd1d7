import type { Grant } from "../../tools/define.ts";
import type { Tier } from "../../tools/tiers.ts";
import { CALL_DEADLINE_MS } from "../limits.ts";
import type { Admission, RateStatus, Refusal } from "../admission.ts";
import type { AuditOutbox } from "../audit.ts";
import type { Principal } from "../rpc.ts";
import type { JournalStore, Outcome } from "../stores/journal.ts";
import type { Scope, Surface } from "./surface.ts";

/** What every message of one HTTP request shares. */
export interface Caller {
  principal: Principal;
  grant: Grant;
  tier: Tier;
  requestId: string;
  /** Name the client gave itself, or its OAuth client id. */
  client: string;
}

/** Where admitted messages are recorded. */
export interface Ledger {
  admission: Admission;
  journal: JournalStore;
  audit: AuditOutbox;
  now_ms(): number;
  /** Called when an event has ended, so that the flush can be scheduled. */
  recorded(): void;
}

/** One admitted JSON-RPC request, from its "started" row to its end. */
export class Exchange {
  readonly scope: Scope;
  readonly rate: RateStatus;
  /** True while the work goes on after its HTTP answer (a task). */
  detached = false;
  readonly #seq: number;
  readonly #ledger: Ledger;
  readonly #started_ms: number;
  readonly #abort: AbortController;
  #ended = false;

  private constructor(
    ledger: Ledger,
    seq: number,
    rate: RateStatus,
    scope: Omit<Scope, "signal" | "record" | "progress" | "deadline_ms">,
  ) {
    this.#ledger = ledger;
    this.#seq = seq;
    this.rate = rate;
    this.#started_ms = ledger.now_ms();
    this.#abort = new AbortController();
    this.scope = {
      ...scope,
      signal: this.#abort.signal,
      record: { outcome: "ok", upstream_calls: 0, targets: new Set() },
      progress: () => undefined,
      deadline_ms: CALL_DEADLINE_MS,
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
    const call = surface.describeCall(message.method, message.params, caller.tier);
    const admitted = ledger.admission.request(
      { principal: caller.principal, tier: caller.tier },
      {
        requestId: caller.requestId,
        deviceId: caller.principal.deviceId,
        client: caller.client,
        protocol,
        method: message.method.slice(0, 100),
        tool: call.tool,
        fields: call.fields,
        ids: call.ids,
        bytes_in,
      },
      { counted: call.counted, writes: call.writes },
    );
    if (!admitted.ok) return admitted;
    ledger.audit.opened(admitted.seq);
    const { principal, grant, tier, requestId } = caller;
    const scope = { principal, grant, tier, requestId, protocol };
    return { ok: true, exchange: new Exchange(ledger, admitted.seq, admitted.rate, scope) };
  }

  /** The client cancelled or went away: stops the ClickUp calls of this request. */
  cancel(): void {
    this.#abort.abort(new DOMException("The client cancelled the request.", "AbortError"));
  }

  /** Writes the end of the request. The first end counts; later ones do nothing. */
  end(bytes_out: number, outcome: Outcome = this.scope.record.outcome): void {
    if (this.#ended) return;
    this.#ended = true;
    const { record } = this.scope;
    this.#ledger.journal.finish(this.#seq, {
      outcome,
      duration_ms: Math.max(0, this.#ledger.now_ms() - this.#started_ms),
      upstream_calls: record.upstream_calls,
      bytes_out,
      targets: [...record.targets].slice(0, 50),
      ...(record.incident === undefined ? {} : { incident: record.incident }),
    });
    this.#ledger.audit.closed(this.#seq, 600);
    this.#ledger.recorded();
  }
}
