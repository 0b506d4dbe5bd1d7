/**
 * One timer for everything an object bounds in time. Nearly all of it is called off long before its time, and workerd
 * keeps a record of some 250 bytes of every timer that is cleared in an object for as long as the object lives (those
 * that fire are let go; `npm run load` measures it, no report of it is known). So nothing is cleared here: a timer of the runtime's wakes the object a short while after
 * the first entry, looks what is due, and goes on only while there are entries.
 */
import type { After } from "../tools/clickup/timer.ts";
import { TIMER_TICK_MS } from "./limits.ts";

export type { After };

interface Entry {
  /** By `performance.now()`, which no change of the wall clock moves. */
  due_ms: number;
  run: () => void;
}

export class ObjectTimer {
  readonly #entries = new Set<Entry>();
  /** When the next timer of the runtime fires; undefined while none is set. */
  #wakes_ms: number | undefined;

  /** As `After`. */
  after(delay_ms: number, run: () => void): () => void {
    const entry = { due_ms: performance.now() + delay_ms, run };
    this.#entries.add(entry);
    this.#wakeFor(entry.due_ms);
    return () => this.#entries.delete(entry);
  }

  #wakeFor(due_ms: number): void {
    const now_ms = performance.now();
    const wakes_ms = Math.min(due_ms, now_ms + TIMER_TICK_MS);
    if (this.#wakes_ms !== undefined && this.#wakes_ms <= wakes_ms) return;
    this.#wakes_ms = wakes_ms;
    setTimeout(() => this.#woke(wakes_ms), Math.max(0, wakes_ms - now_ms));
  }

  #woke(wakes_ms: number): void {
    // A timer that was set before an earlier one finds nothing left to do for it.
    if (this.#wakes_ms === wakes_ms) this.#wakes_ms = undefined;
    const now_ms = performance.now();
    const due: Entry[] = [];
    let next_ms = Number.POSITIVE_INFINITY;
    for (const entry of this.#entries) {
      if (entry.due_ms <= now_ms) due.push(entry);
      else next_ms = Math.min(next_ms, entry.due_ms);
    }
    if (next_ms < Number.POSITIVE_INFINITY) this.#wakeFor(next_ms);
    const thrown: unknown[] = [];
    for (const entry of due) {
      try {
        // What ran before may have called it off.
        if (this.#entries.delete(entry)) entry.run();
      } catch (error) {
        // One entry takes no other along.
        thrown.push(error);
      }
    }
    if (thrown.length > 0) throw thrown[0];
  }
}
