/**
 * The outgoing request budget of one ClickUp token. ClickUp limits requests per token and minute
 * (100 on most plans), shared with the person's other apps, and says where it stands in X-RateLimit-*.
 * At most four calls run at once; interactive calls go before bulk ones, first in first out within each.
 * A call that would start too late fails at once with the seconds to wait.
 */
import { ClickUpError } from "./errors.ts";
import type { RateHeaders } from "./errors.ts";
import type { StopSignal } from "./stop.ts";
import { after, type After } from "./timer.ts";

export type Priority = "interactive" | "bulk";

/** Time, so that an object's own timer or a test can drive it. */
export interface BudgetClock {
  now_ms(): number;
  after: After;
}

export interface BudgetOptions {
  clock?: BudgetClock;
  /** Assumed until the first answer tells. */
  limitPerMinute?: number;
  concurrency?: number;
  maxWait_ms?: number;
}

export interface AcquireOptions {
  priority?: Priority | undefined;
  signal?: StopSignal | undefined;
  /** Shortens the wait this call accepts. */
  maxWait_ms?: number | undefined;
}

interface Waiter {
  expires_ms: number;
  start(): void;
  fail(error: unknown): void;
}

const WINDOW_MS = 60_000;
/** A reset further away than this is a broken header or clock. */
const MAX_RESET_MS = 120_000;
/** The reset header counts whole seconds: the window may end up to one second later than it says. */
const RESET_GRAIN_MS = 1_000;

const systemClock: BudgetClock = { now_ms: () => Date.now(), after };

export class Budget {
  readonly #clock: BudgetClock;
  readonly #concurrency: number;
  readonly #maxWait_ms: number;
  readonly #waiting: Record<Priority, Waiter[]> = { interactive: [], bulk: [] };
  #limit: number;
  #remaining: number;
  /** End of the current window; null until a call starts one. */
  #reset_ms: number | null = null;
  #running = 0;
  /** Smoothed duration of a call, to predict when a slot frees. */
  #average_ms = 300;
  #cancelTimer: (() => void) | null = null;

  constructor(options: BudgetOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#limit = options.limitPerMinute ?? 100;
    this.#remaining = this.#limit;
    this.#concurrency = options.concurrency ?? 4;
    this.#maxWait_ms = options.maxWait_ms ?? 25_000;
  }

  /** Calls running and waiting now, and what the window still allows. */
  get state(): { running: number; waiting: number; limit: number; remaining: number } {
    this.#roll();
    const waiting = this.#waiting.interactive.length + this.#waiting.bulk.length;
    return { running: this.#running, waiting, limit: this.#limit, remaining: this.#remaining };
  }

  /**
   * Waits for a slot. Resolves with the function that gives it back, to be called exactly once when the
   * exchange is over. Throws ClickUpError "rate_limited" when the start would be too late, and
   * `signal.reason` when the caller aborts while waiting.
   */
  async acquire(options: AcquireOptions = {}): Promise<() => void> {
    const { priority = "interactive", signal } = options;
    signal?.throwIfAborted();
    this.#roll();
    const now = this.#clock.now_ms();
    const maxWait_ms = Math.min(this.#maxWait_ms, options.maxWait_ms ?? this.#maxWait_ms);
    const start_ms = this.#predict(this.#ahead(priority));
    if (start_ms - now > maxWait_ms) {
      throw tooLate(start_ms - now);
    }
    if (this.#free && this.#ahead("bulk") === 0) {
      this.#take(now);
      return this.#lease();
    }
    await new Promise<void>((resolve, reject) => {
      const onAbort = () => {
        this.#waiting[priority] = this.#waiting[priority].filter((other) => other !== waiter);
        reject(signal?.reason);
        this.#pump();
      };
      const settle = (then: () => void) => {
        signal?.removeEventListener("abort", onAbort);
        then();
      };
      const waiter: Waiter = {
        expires_ms: now + maxWait_ms,
        start: () => settle(resolve),
        fail: (error) => settle(() => reject(error)),
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      this.#waiting[priority].push(waiter);
      this.#pump();
    });
    return this.#lease();
  }

  /** Takes in what an answer said about the window. Call it before giving the slot back. */
  learn(rate: RateHeaders): void {
    this.#roll();
    this.#apply(rate);
    this.#pump();
  }

  /** ClickUp answered 429: nothing starts until the window ends. */
  exhausted(rate: RateHeaders): void {
    this.#roll();
    this.#apply(rate);
    this.#remaining = 0;
    const now = this.#clock.now_ms();
    const told_ms = rate.retryAfter_s === undefined ? this.#reset_ms : now + rate.retryAfter_s * 1000;
    this.#reset_ms = Math.min(Math.max(told_ms ?? now + WINDOW_MS, now + 1_000), now + MAX_RESET_MS);
    this.#pump();
  }

  #apply(rate: RateHeaders): void {
    const now = this.#clock.now_ms();
    if (rate.limit !== undefined) {
      // Until an answer told, the limit was only assumed: what is left moves with it.
      this.#remaining += rate.limit - this.#limit;
      this.#limit = rate.limit;
    }
    const reset_ms =
      rate.reset_ms === undefined
        ? undefined
        : Math.min(Math.max(rate.reset_ms + RESET_GRAIN_MS, now), now + MAX_RESET_MS);
    if (rate.remaining !== undefined) {
      // Other calls in flight may not be counted yet in what ClickUp says is left.
      const left = rate.remaining - Math.max(0, this.#running - 1);
      const newWindow =
        reset_ms !== undefined && this.#reset_ms !== null && reset_ms > this.#reset_ms + RESET_GRAIN_MS;
      this.#remaining = newWindow ? left : Math.min(this.#remaining, left);
    }
    if (reset_ms !== undefined) {
      this.#reset_ms = reset_ms;
    }
  }

  #lease(): () => void {
    const started_ms = this.#clock.now_ms();
    let open = true;
    return () => {
      if (!open) {
        return;
      }
      open = false;
      this.#running -= 1;
      this.#average_ms += (this.#clock.now_ms() - started_ms - this.#average_ms) * 0.2;
      this.#pump();
    };
  }

  /** Begins a new window when the old one is over; calls in flight may count in the new one. */
  #roll(): void {
    const now = this.#clock.now_ms();
    if (this.#reset_ms !== null && now >= this.#reset_ms) {
      this.#reset_ms = this.#running > 0 ? now + WINDOW_MS : null;
      this.#remaining = this.#limit - this.#running;
    }
  }

  #ahead(priority: Priority): number {
    return this.#waiting.interactive.length + (priority === "bulk" ? this.#waiting.bulk.length : 0);
  }

  /** When a call with `ahead` others before it would start, ms since the epoch. */
  #predict(ahead: number): number {
    const now = this.#clock.now_ms();
    if (ahead < this.#remaining) {
      const rounds = Math.ceil((this.#running + ahead + 1 - this.#concurrency) / this.#concurrency);
      return now + Math.max(0, rounds) * this.#average_ms;
    }
    const windows = Math.floor((ahead - Math.max(0, this.#remaining)) / this.#limit);
    return (this.#reset_ms ?? now) + windows * WINDOW_MS;
  }

  /** Starts what may start, refuses what has become too late, and sleeps until the next change. */
  #pump(): void {
    this.#roll();
    if (this.#ahead("bulk") === 0) {
      this.#cancelTimer?.();
      this.#cancelTimer = null;
      return;
    }
    const now = this.#clock.now_ms();
    while (this.#free) {
      const next = this.#waiting.interactive.shift() ?? this.#waiting.bulk.shift();
      if (next === undefined) {
        break;
      }
      this.#take(now);
      next.start();
    }
    this.#refuseLate(now);
    this.#schedule(now);
  }

  /** Whether a call may start now. */
  get #free(): boolean {
    return this.#running < this.#concurrency && this.#remaining > 0;
  }

  #take(now: number): void {
    this.#running += 1;
    this.#remaining -= 1;
    this.#reset_ms ??= now + WINDOW_MS;
  }

  #refuseLate(now: number): void {
    let ahead = 0;
    for (const priority of ["interactive", "bulk"] as const) {
      const kept: Waiter[] = [];
      for (const waiter of this.#waiting[priority]) {
        const start_ms = this.#predict(ahead);
        if (now >= waiter.expires_ms || start_ms > waiter.expires_ms) {
          waiter.fail(tooLate(Math.max(1, start_ms - now)));
        } else {
          kept.push(waiter);
          ahead += 1;
        }
      }
      this.#waiting[priority] = kept;
    }
  }

  #schedule(now: number): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    const waiters = [...this.#waiting.interactive, ...this.#waiting.bulk];
    if (waiters.length === 0) {
      return;
    }
    const wake_ms = Math.min(
      ...waiters.map((waiter) => waiter.expires_ms),
      this.#remaining > 0 || this.#reset_ms === null ? Number.POSITIVE_INFINITY : this.#reset_ms,
    );
    this.#cancelTimer = this.#clock.after(Math.max(0, wake_ms - now), () => {
      this.#cancelTimer = null;
      this.#pump();
    });
  }
}

function tooLate(wait_ms: number): ClickUpError {
  const seconds = Math.max(1, Math.ceil(wait_ms / 1000));
  return new ClickUpError(
    "rate_limited",
    `ClickUp's request limit for this account is used up. Try again in ${seconds} s.`,
    { retry_after_s: seconds },
  );
}
