import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Budget, type BudgetClock } from "../../../tools/clickup/budget.ts";
import { ClickUpError } from "../../../tools/clickup/errors.ts";

/** Time that moves only when told; timers fire in order. */
class TestClock implements BudgetClock {
  #now_ms = 1_000_000_000_000;
  #timers: { at_ms: number; run: () => void }[] = [];

  now_ms(): number {
    return this.#now_ms;
  }

  after(delay_ms: number, run: () => void): () => void {
    const timer = { at_ms: this.#now_ms + delay_ms, run };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((one) => one !== timer);
    };
  }

  async advance(ms: number): Promise<void> {
    const until_ms = this.#now_ms + ms;
    for (;;) {
      await settle();
      const [next] = this.#timers.filter((one) => one.at_ms <= until_ms).sort((a, b) => a.at_ms - b.at_ms);
      if (next === undefined) {
        break;
      }
      this.#timers = this.#timers.filter((one) => one !== next);
      this.#now_ms = Math.max(this.#now_ms, next.at_ms);
      next.run();
    }
    this.#now_ms = until_ms;
    await settle();
  }
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) {
    await Promise.resolve();
  }
}

/** Counts requests per fixed window of a minute and refuses the rest, as ClickUp does. */
class FakeLimit {
  #started_ms = Number.NEGATIVE_INFINITY;
  #used = 0;
  refused = 0;
  readonly #clock: TestClock;
  readonly #limit: number;

  constructor(clock: TestClock, limit: number) {
    this.#clock = clock;
    this.#limit = limit;
  }

  take(): { limit: number; remaining: number; reset_ms: number } {
    if (this.#clock.now_ms() - this.#started_ms >= 60_000) {
      this.#started_ms = this.#clock.now_ms();
      this.#used = 0;
    }
    this.#used += 1;
    if (this.#used > this.#limit) {
      this.refused += 1;
    }
    return {
      limit: this.#limit,
      remaining: Math.max(0, this.#limit - this.#used),
      reset_ms: Math.ceil((this.#started_ms + 60_000) / 1000) * 1000,
    };
  }
}

type Outcome = "done" | "refused" | "waiting";

/** Starts one call of `duration_ms` and tells how it ends. */
function start(
  budget: Budget,
  clock: TestClock,
  limit: FakeLimit | undefined,
  options: { priority?: "interactive" | "bulk"; duration_ms?: number } = {},
) {
  const call = { outcome: "waiting" as Outcome, started_ms: Number.NaN, error: undefined as unknown };
  const run = async () => {
    try {
      const release = await budget.acquire({ priority: options.priority ?? "interactive" });
      call.started_ms = clock.now_ms();
      const rate = limit?.take();
      await new Promise<void>((resolve) => clock.after(options.duration_ms ?? 100, resolve));
      if (rate !== undefined) {
        budget.learn(rate);
      }
      release();
      call.outcome = "done";
    } catch (error) {
      call.error = error;
      call.outcome = "refused";
    }
  };
  void run();
  return call;
}

describe("Budget", () => {
  it("runs at most four at once, first in first out, interactive before bulk", async () => {
    const clock = new TestClock();
    const budget = new Budget({ clock });
    const bulk = Array.from({ length: 6 }, () => start(budget, clock, undefined, { priority: "bulk" }));
    const person = start(budget, clock, undefined);
    await settle();
    expect(budget.state).toMatchObject({ running: 4, waiting: 3 });
    await clock.advance(100);
    expect(person.started_ms).toBeLessThanOrEqual(bulk[4]?.started_ms ?? 0);
    await clock.advance(1_000);
    expect(bulk.map((call) => call.outcome)).toEqual(Array.from({ length: 6 }, () => "done"));
    const starts = bulk.map((call) => call.started_ms);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(budget.state).toMatchObject({ running: 0, waiting: 0 });
  });

  it("refuses at once, with the seconds, what would start after 25 s", async () => {
    const clock = new TestClock();
    const limit = new FakeLimit(clock, 10);
    const budget = new Budget({ clock, limitPerMinute: 10 });
    const first = Array.from({ length: 10 }, () => start(budget, clock, limit));
    await clock.advance(1_000);
    expect(first.every((call) => call.outcome === "done")).toBe(true);
    const late = start(budget, clock, limit);
    await settle();
    expect(late.outcome).toBe("refused");
    expect(late.error).toBeInstanceOf(ClickUpError);
    const error = late.error as ClickUpError;
    expect(error.kind).toBe("rate_limited");
    expect(error.retry_after_s).toBeGreaterThanOrEqual(58);
    expect(error.retry_after_s).toBeLessThanOrEqual(61);
    expect(error.message).toContain(`${error.retry_after_s} s`);
    await clock.advance(40_000);
    const soon = start(budget, clock, limit);
    await settle();
    expect(soon.outcome).toBe("waiting");
    await clock.advance(21_000);
    expect(soon.outcome).toBe("done");
    expect(limit.refused).toBe(0);
  });

  it("learns the limit and what other apps used", async () => {
    const clock = new TestClock();
    const budget = new Budget({ clock });
    budget.learn({ limit: 1_000, remaining: 900, reset_ms: clock.now_ms() + 30_000 });
    expect(budget.state).toMatchObject({ limit: 1_000, remaining: 900 });
    budget.learn({ limit: 1_000, remaining: 3, reset_ms: clock.now_ms() + 30_000 });
    expect(budget.state.remaining).toBe(3);
    budget.learn({ limit: 1_000, remaining: 500, reset_ms: clock.now_ms() + 30_000 });
    expect(budget.state.remaining).toBe(3);
    await clock.advance(31_001);
    expect(budget.state.remaining).toBe(1_000);
  });

  it("leaves room for calls in flight that ClickUp has not counted yet", async () => {
    const clock = new TestClock();
    const budget = new Budget({ clock });
    const releases = await Promise.all(Array.from({ length: 4 }, async () => await budget.acquire()));
    // Another app left four; three of ours are still on their way there.
    budget.learn({ limit: 100, remaining: 4, reset_ms: clock.now_ms() + 60_000 });
    expect(budget.state.remaining).toBe(1);
    for (const release of releases) {
      release();
    }
  });

  it("waits out a 429", async () => {
    const clock = new TestClock();
    const budget = new Budget({ clock });
    budget.exhausted({ retryAfter_s: 10 });
    const call = start(budget, clock, undefined);
    await clock.advance(9_900);
    expect(call.outcome).toBe("waiting");
    await clock.advance(300);
    expect(call.outcome).toBe("done");
    budget.exhausted({});
    const long = start(budget, clock, undefined);
    await settle();
    expect(long.outcome).toBe("refused");
  });

  it("lets a waiting caller go", async () => {
    const clock = new TestClock();
    const budget = new Budget({ clock });
    Array.from({ length: 4 }, () => start(budget, clock, undefined, { duration_ms: 5_000 }));
    const leaving = new AbortController();
    const waiting = budget.acquire({ signal: leaving.signal });
    const next = start(budget, clock, undefined);
    await settle();
    leaving.abort(new Error("gone"));
    await expect(waiting).rejects.toThrow("gone");
    expect(budget.state.waiting).toBe(1);
    await clock.advance(6_000);
    expect(next.outcome).toBe("done");
    await expect(budget.acquire({ signal: leaving.signal })).rejects.toThrow("gone");
  });

  it("gives a slot back once only", async () => {
    const budget = new Budget({ clock: new TestClock() });
    const release = await budget.acquire();
    release();
    release();
    expect(budget.state.running).toBe(0);
  });

  it("never sends more than the limit in any window, and every call ends (property)", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 5, max: 40 }),
        fc.array(
          fc.record({
            wait_ms: fc.integer({ min: 0, max: 4_000 }),
            duration_ms: fc.integer({ min: 1, max: 3_000 }),
            bulk: fc.boolean(),
          }),
          { minLength: 1, maxLength: 120 },
        ),
        async (perMinute, plan) => {
          const clock = new TestClock();
          const limit = new FakeLimit(clock, perMinute);
          const budget = new Budget({ clock, limitPerMinute: perMinute });
          const calls = [];
          for (const { wait_ms, duration_ms, bulk } of plan) {
            await clock.advance(wait_ms);
            calls.push(start(budget, clock, limit, { duration_ms, priority: bulk ? "bulk" : "interactive" }));
            await settle();
            expect(budget.state.running).toBeLessThanOrEqual(4);
          }
          await clock.advance(200_000);
          expect(limit.refused).toBe(0);
          expect(calls.every((call) => call.outcome !== "waiting")).toBe(true);
          const refused = calls.filter((call) => call.outcome === "refused");
          expect(refused.every((call) => call.error instanceof ClickUpError)).toBe(true);
          expect(budget.state).toMatchObject({ running: 0, waiting: 0 });
        },
      ),
      { numRuns: 40 },
    );
  });
});
