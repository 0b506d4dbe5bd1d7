import { describe, expect, test } from "vitest";
import fc from "fast-check";
import { SlidingLog } from "../../../objects/limit/sliding-log.ts";

const WINDOW_MS = 60_000;

/** One step of a run: the wall clock moves (also backwards), then one request comes. */
const step = fc.record({
  advance_ms: fc.oneof(fc.integer({ min: 0, max: 3_000 }), fc.integer({ min: -90_000, max: 90_000 })),
  limit: fc.constantFrom(3, 5, 8),
  wake: fc.boolean(),
});

describe("sliding log", () => {
  test("never more than the limit in any window, none refused without need, over clock jumps and wakes", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        let wall_ms = 1_000_000;
        const admitted: number[] = [];
        let log = new SlidingLog([], 0);
        for (const { advance_ms, limit, wake } of steps) {
          wall_ms += advance_ms;
          const last = admitted.at(-1) ?? 0;
          // A wake rebuilds the log from the rows of the last window.
          if (wake) {
            const now = Math.max(wall_ms, last);
            log = new SlidingLog(
              admitted.filter((t) => t > now - WINDOW_MS),
              now,
            );
          }
          const now_ms = log.now(wall_ms);
          expect(now_ms).toBeGreaterThanOrEqual(last);
          const used = admitted.filter((t) => t > now_ms - WINDOW_MS).length;
          const answer = log.check(now_ms, limit);
          expect(answer.admitted).toBe(used < limit);
          expect(log.used(now_ms)).toBe(used);
          if (answer.admitted) {
            expect(answer.remaining).toBe(limit - used - 1);
            log.record(now_ms);
            admitted.push(now_ms);
          } else {
            // Waiting exactly as long as told is enough, a millisecond less is not.
            const later = new SlidingLog(
              admitted.filter((t) => t > now_ms - WINDOW_MS),
              last,
            );
            expect(later.check(now_ms + answer.retry_ms, limit).admitted).toBe(true);
            const early = admitted.filter((t) => t > now_ms + answer.retry_ms - 1 - WINDOW_MS).length;
            expect(early).toBeGreaterThanOrEqual(limit);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test("the request after the limit waits for the oldest to leave the window", () => {
    const log = new SlidingLog([], 0);
    for (let i = 0; i < 100; i++) {
      expect(log.check(log.now(1_000 + i), 100).admitted).toBe(true);
      log.record(1_000 + i);
    }
    expect(log.check(log.now(2_000), 100)).toEqual({ admitted: false, remaining: 0, retry_ms: 59_000 });
    expect(log.check(log.now(60_999), 100).admitted).toBe(false);
    expect(log.check(log.now(61_000), 100).admitted).toBe(true);
  });
});
