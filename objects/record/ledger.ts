/**
 * Where every call and every event of the account begins and ends, told once: to the limiter, the journal, the outbox,
 * the figures of the HTTP request, and the flush that is due. What begins ends; the outbox sees to what does not.
 */
import type { Grant } from "../../tools/define.ts";
import type { Tier } from "../../tools/tiers.ts";
import type { Gate, RateStatus, Refusal } from "../limit/gate.ts";
import type { Principal } from "../rpc/user.ts";
import type { Beginning, Ending } from "../rpc/views.ts";
import type { JournalStore } from "../stores/journal.ts";
import type { Meter } from "./meter.ts";
import type { AuditOutbox } from "./outbox.ts";

/** What an event takes in a batch, roughly. */
const EVENT_BYTES = 600;
/** One of the account's, which has no arguments. */
const ACCOUNT_EVENT_BYTES = 300;

/** How a request counts; see `Gate.request`. */
export interface Counting {
  counted: boolean;
  writes: boolean;
}

/** A row that has begun. */
export interface Entry {
  readonly seq: number;
  readonly began_ms: number;
  readonly rate: RateStatus;
  readonly meter: Meter | undefined;
  ended: boolean;
}

type Refused = { ok: false; refusal: Refusal };

export class Ledger {
  readonly #gate: Gate;
  readonly #journal: JournalStore;
  readonly #audit: AuditOutbox;
  readonly #recorded: () => void;
  readonly now_ms: () => number;
  /** Logs one of our own faults. @returns the incident id */
  readonly report: (error: unknown) => string;

  /** @param parts.recorded called when something has begun or ended, so that the flush can be planned */
  constructor(parts: {
    gate: Gate;
    journal: JournalStore;
    audit: AuditOutbox;
    now_ms: () => number;
    recorded: () => void;
    report: (error: unknown) => string;
  }) {
    this.#gate = parts.gate;
    this.#journal = parts.journal;
    this.#audit = parts.audit;
    this.#recorded = parts.recorded;
    this.now_ms = parts.now_ms;
    this.report = parts.report;
  }

  /** Events that are not in R2 yet. */
  get depth(): number {
    return this.#audit.depth;
  }

  /** Admits a request and begins its row, synchronously; or says why not, and then nothing is written. */
  begin(
    tier: Tier,
    beginning: Beginning,
    counting: Counting,
    meter?: Meter,
  ): { ok: true; entry: Entry } | Refused {
    const admitted = this.#gate.request(tier, beginning, counting);
    if (!admitted.ok) return admitted;
    const { seq, rate } = admitted;
    const began_ms = this.now_ms();
    meter?.begin(beginning, rate.remaining);
    this.#audit.begin(seq, began_ms);
    this.#recorded();
    return { ok: true, entry: { seq, began_ms, rate, meter, ended: false } };
  }

  /** Writes the end of a row. The first end counts; later ones do nothing. */
  end(entry: Entry, how: Omit<Ending, "duration_ms">): void {
    if (entry.ended) return;
    entry.ended = true;
    const ending = { ...how, duration_ms: Math.max(0, this.now_ms() - entry.began_ms) };
    this.#journal.end(entry.seq, ending);
    entry.meter?.end(ending);
    this.#audit.end(entry.seq, EVENT_BYTES);
    this.#recorded();
  }

  /**
   * A request whose answer needs no waiting begins and ends in one row and one synchronous block.
   * @param answer makes the answer once the request is admitted, and says how it ended
   */
  inOneRow<T>(
    tier: Tier,
    beginning: Beginning,
    counting: Counting,
    meter: Meter | undefined,
    answer: () => { value: T; bytes_out: number; outcome: Ending["outcome"] },
  ): { ok: true; value: T; rate: RateStatus } | Refused {
    let made: { value: T; ending: Ending } | undefined;
    const ended = (): Ending => {
      const { value, bytes_out, outcome } = answer();
      const ending = { outcome, duration_ms: 0, upstream_calls: 0, bytes_out, targets: [] };
      made = { value, ending };
      return ending;
    };
    const admitted = this.#gate.request(tier, beginning, { ...counting, ended });
    if (!admitted.ok) return admitted;
    if (made === undefined) throw new Error("an admitted request has no answer");
    meter?.begin(beginning, admitted.rate.remaining);
    meter?.end(made.ending);
    this.#audit.end(admitted.seq, EVENT_BYTES);
    this.#recorded();
    return { ok: true, value: made.value, rate: admitted.rate };
  }

  /** Something that happened to the account: one row, never limited, never counted. */
  event(beginning: Beginning): void {
    const seq = this.#gate.event(beginning, {
      outcome: "ok",
      duration_ms: 0,
      upstream_calls: 0,
      bytes_out: 0,
      targets: [],
    });
    this.#audit.end(seq, ACCOUNT_EVENT_BYTES);
    this.#recorded();
  }

  /** See `Gate.stillAllows`. */
  stillAllows(principal: Principal, grant: Grant): boolean {
    return this.#gate.stillAllows(principal, grant);
  }

  /** Admits a message without a row: a notification, a response, a ping. */
  control({ tier, meter }: { tier: Tier; meter?: Meter }): { ok: true } | Refused {
    meter?.control();
    return this.#gate.control(tier);
  }
}
