import { WINDOW_MS } from "../limits.ts";

/** Whether one more request may pass, and what to tell the caller. */
export type Passage =
  | { admitted: true; remaining: number; reset_ms: number }
  | { admitted: false; remaining: 0; retry_ms: number };

/**
 * Exact sliding window over the times of admitted requests: request n passes iff request n - limit is
 * at least a window old. Holds the times of the last window in memory as a copy of durable rows: it is
 * rebuilt from them at wake, and a time enters only after its row was inserted.
 */
export class SlidingLog {
  #times: number[] = [];
  #head = 0;
  #last_ms: number;

  /** @param times_ms admission times of the window that ends at `last_ms`, oldest first; @param last_ms the time it is */
  constructor(times_ms: readonly number[], last_ms: number) {
    this.#times = [...times_ms];
    this.#last_ms = last_ms;
  }

  /** The log's clock: never behind the newest entry, so a clock set back admits nothing twice. */
  now(wall_ms: number): number {
    return Math.max(wall_ms, this.#last_ms);
  }

  /** Asks without recording. `now_ms` comes from `now()`. */
  check(now_ms: number, limit: number): Passage {
    // What has left the window is forgotten here, so the clock may not go back behind this moment either.
    this.#last_ms = Math.max(this.#last_ms, now_ms);
    while (this.#head < this.#times.length && (this.#times[this.#head] ?? 0) <= now_ms - WINDOW_MS)
      this.#head++;
    if (this.#head > 1024 && this.#head * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#head);
      this.#head = 0;
    }
    const used = this.#times.length - this.#head;
    if (used >= limit) {
      // The request that must leave the window before another fits.
      const blocking_ms = this.#times[this.#times.length - limit] ?? now_ms;
      return { admitted: false, remaining: 0, retry_ms: Math.max(1, blocking_ms + WINDOW_MS - now_ms) };
    }
    const oldest_ms = used > 0 ? (this.#times[this.#head] ?? now_ms) : now_ms;
    return { admitted: true, remaining: limit - used - 1, reset_ms: oldest_ms + WINDOW_MS - now_ms };
  }

  /** Records an admitted request whose row is in the database. */
  record(t_ms: number): void {
    this.#times.push(t_ms);
    this.#last_ms = t_ms;
  }

  /** Takes note of a row that does not count: the clock may not go back behind it either. */
  passed(t_ms: number): void {
    this.#last_ms = Math.max(this.#last_ms, t_ms);
  }

  /** Requests in the window that ends at `now_ms`. */
  used(now_ms: number): number {
    let n = 0;
    for (let i = this.#times.length - 1; i >= this.#head && (this.#times[i] ?? 0) > now_ms - WINDOW_MS; i--)
      n++;
    return n;
  }
}
