/**
 * The outbox: journal rows leave for R2 in batches, each exactly once in effect.
 * A batch row with its key and body is durable before the first put; the put creates or finds the same
 * object; one transaction then forgets the batch and the rows it holds. A crash anywhere repeats
 * the same put under the same key.
 */
import {
  BATCH_MAX_BYTES,
  BATCH_MAX_EVENTS,
  FLUSH_AFTER_MS,
  FLUSH_BYTES,
  FLUSH_EVENTS,
  FLUSH_RETRY_MAX_MS,
  FLUSH_RETRY_MIN_MS,
  LONGEST_CALL_MS,
} from "../limits.ts";
import { relyOn } from "../invariant.ts";
import type { JournalStore } from "../stores/journal.ts";
import type { Batch, OutboxStore } from "../stores/outbox.ts";

/** Where batches go. `put` creates the object or finds it already there; it never overwrites. */
export interface AuditSink {
  put(key: string, body: string, sha256: string): Promise<void>;
}

export class AuditOutbox {
  readonly #journal: JournalStore;
  readonly #outbox: OutboxStore;
  readonly #storage: DurableObjectStorage;
  readonly #sink: AuditSink | null;
  readonly #userId: string;
  readonly #now_ms: () => number;
  readonly #beforeRelease: () => void;
  /** Calls of this life that have not ended, with when they began: a batch stops before the first of them. */
  readonly #open = new Map<number, number>();
  #bytes = 0;
  /** The last attempt to store a batch failed: the next one keeps its distance. */
  #failing: boolean;
  #flushing: Promise<number | undefined> | undefined;

  /**
   * @param parts.sink `null` when audit logging is off: rows are dropped once the limiter is done with them
   * @param parts.beforeRelease called before rows may be used again, so that what they count for can be taken down
   */
  constructor(
    parts: {
      journal: JournalStore;
      outbox: OutboxStore;
      storage: DurableObjectStorage;
      sink: AuditSink | null;
      beforeRelease?: () => void;
    },
    userId: string,
    now_ms: () => number,
  ) {
    this.#journal = parts.journal;
    this.#outbox = parts.outbox;
    this.#storage = parts.storage;
    this.#sink = parts.sink;
    this.#beforeRelease = parts.beforeRelease ?? (() => undefined);
    this.#userId = userId;
    this.#now_ms = now_ms;
    this.#failing = (this.#outbox.pending()?.attempts ?? 0) > 0;
    // What an earlier life left open will never end by itself.
    const { flushedSeq } = this.#outbox.state;
    const { lastSeq } = this.#journal;
    const lost = () => `event ${flushedSeq} is in R2, and the newest is ${lastSeq}`;
    if (!this.#relyOn(flushedSeq <= lastSeq, lost)) this.#journal.goOnAfter(flushedSeq);
    this.#journal.abandonAll(flushedSeq);
    this.#journal.release(flushedSeq);
  }

  #relyOn(holds: boolean, instead: () => string): boolean {
    return relyOn(holds, this.#userId, instead);
  }

  begin(seq: number, began_ms: number): void {
    this.#open.set(seq, began_ms);
  }

  end(seq: number, bytes: number): void {
    this.#open.delete(seq);
    this.#bytes += bytes;
  }

  /** Events that are not in R2 yet. */
  get depth(): number {
    return this.#journal.lastSeq - this.#outbox.state.flushedSeq;
  }

  /** True while R2 fails: then the time of the next attempt is the one `flush` said, however much waits. */
  get failing(): boolean {
    return this.#failing;
  }

  /**
   * When the next flush is due, ms since the epoch; undefined when nothing waits.
   * @param now_ms what is due by then is due at exactly that time
   */
  due_ms(now_ms: number): number | undefined {
    // A call that runs waits too: if the object dies, the alarm brings its row, with an unknown end.
    if (this.depth <= 0) return undefined;
    // What a running call holds back cannot leave yet, however much it is.
    const ready = this.#endedUpTo() - this.#outbox.state.flushedSeq;
    if (ready >= FLUSH_EVENTS || (ready > 0 && this.#bytes >= FLUSH_BYTES)) return now_ms;
    return now_ms + FLUSH_AFTER_MS;
  }

  /** The last event before the first call that still runs. */
  #endedUpTo(): number {
    // A map keeps the order of insertion, and calls begin in the order of their numbers.
    const [oldest] = this.#open.keys();
    return oldest === undefined ? this.#journal.lastSeq : oldest - 1;
  }

  /**
   * Stores everything that has ended by now. What R2 does is no error here. What ends meanwhile waits for a flush of
   * its own: a client that calls faster than R2 stores would otherwise be followed by a batch for each event, without
   * an end.
   * @returns when to try again, ms since the epoch; undefined when nothing waits
   */
  flush(): Promise<number | undefined> {
    this.#flushing ??= this.#run().finally(() => {
      this.#flushing = undefined;
    });
    return this.#flushing;
  }

  /**
   * Everything that begins is ended by the code that began it. Should that fail, the call would hold back all events
   * after it for good: what is older than any call may become is ended here, and is a fault of ours.
   */
  #endOverdue(): void {
    const overdue_ms = this.#now_ms() - LONGEST_CALL_MS;
    for (const [seq, began_ms] of this.#open) {
      if (began_ms > overdue_ms) return;
      this.#journal.abandon(seq);
      this.#open.delete(seq);
      this.#relyOn(false, () => `call ${seq} began ${this.#now_ms() - began_ms} ms ago and was never ended`);
    }
  }

  async #run(): Promise<number | undefined> {
    this.#endOverdue();
    const goal = this.#journal.lastSeq;
    for (;;) {
      const batch = this.#outbox.pending() ?? (await this.#freeze(goal));
      if (batch === undefined) return this.due_ms(this.#now_ms());
      try {
        await this.#sink?.put(batch.r2_key, batch.body, batch.sha256);
      } catch {
        // Whether it was stored or not, the next attempt is the same put of the same key.
        this.#outbox.attempted();
        this.#failing = true;
        return this.#now_ms() + retryDelay(batch.attempts);
      }
      this.#storage.transactionSync(() => {
        this.#beforeRelease();
        this.#outbox.stored(batch);
      });
      this.#journal.release(batch.last_seq);
      this.#failing = false;
    }
  }

  /**
   * Fixes the next batch: whole events of one UTC day, in order, up to the first call still running.
   * @returns undefined when nothing up to `goal` is left to store
   */
  async #freeze(goal: number): Promise<Batch | undefined> {
    const { flushedSeq, lastHash, batches } = this.#outbox.state;
    if (flushedSeq >= goal) return undefined;
    const upTo = this.#endedUpTo();
    if (this.#sink === null) {
      this.#beforeRelease();
      this.#outbox.advance(upTo);
      this.#journal.release(upTo);
      return undefined;
    }
    const events: { seq: number; time: string; json: string }[] = [];
    let bytes = 0;
    let open: number | undefined;
    for (const event of this.#journal.texts(flushedSeq, upTo)) {
      if (!event.ended) {
        open = event.seq;
        break;
      }
      const full = events.length >= BATCH_MAX_EVENTS || bytes + event.json.length > BATCH_MAX_BYTES;
      if (events.length > 0 && (full || dayOf(event) !== dayOf(events[0]))) break;
      events.push(event);
      bytes += event.json.length;
    }
    if (!this.#relyOn(open === undefined, () => `event ${open} is to leave and has no end`)) {
      this.#journal.abandon(open ?? 0);
      if (events.length === 0) return this.#freeze(goal);
    }
    const [first] = events;
    const last = events.at(-1);
    this.#bytes = 0;
    if (first === undefined || last === undefined) return undefined;
    const isWhole = first.seq === flushedSeq + 1 && last.seq === flushedSeq + events.length;
    const found = `${events.length} events from ${first.seq} to ${last.seq}`;
    this.#relyOn(isWhole, () => `after event ${flushedSeq} there are ${found}`);
    const head = JSON.stringify({
      v: 1,
      user: this.#userId,
      batch: batches + 1,
      first_seq: first.seq,
      last_seq: last.seq,
      previous_sha256: lastHash,
    });
    const body = `${head.slice(0, -1)},"events":[${events.map(({ json }) => json).join(",")}]}`;
    const sha256 = await hexSha256(body);
    const day = dayOf(first);
    const stamp = first.time.replaceAll(/[-:.]/g, "");
    const random = crypto.getRandomValues(new Uint8Array(6)).toHex();
    const batch: Batch = {
      r2_key: `audit/${this.#userId}/${day}/${stamp}-${random}.json`,
      first_seq: first.seq,
      last_seq: last.seq,
      body,
      sha256,
      attempts: 0,
    };
    this.#outbox.freeze(batch);
    return batch;
  }
}

/** The UTC day of an event. */
function dayOf(event: { time: string } | undefined): string {
  return event?.time.slice(0, 10) ?? "";
}

/** Doubles from the minimum to the maximum, with up to a quarter of jitter so users do not retry in step. */
function retryDelay(attempts: number): number {
  const base_ms = Math.min(FLUSH_RETRY_MAX_MS, FLUSH_RETRY_MIN_MS * 2 ** Math.min(attempts, 30));
  return base_ms + Math.floor(Math.random() * (base_ms / 4));
}

async function hexSha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
  return new Uint8Array(digest).toHex();
}
