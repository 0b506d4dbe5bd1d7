/**
 * The object's background jobs over its one alarm: flushing the outbox, removing what has expired, and the jobs
 * other parts of the object bring.
 */
import type { Lifecycle, LifecycleJobOutcome } from "agents/lifecycle";
import type { AuditOutbox } from "./outbox.ts";
import { FLUSH_AFTER_MS, FLUSH_RETRY_MAX_MS, FLUSH_RETRY_MIN_MS } from "../limits.ts";

type Jobs = Lifecycle["jobs"];

const FLUSH = "flush";

/** A job of another part. @returns when to run again, ms since the epoch; undefined: done */
export type Job = () => Promise<number | undefined>;

export class Housekeeping {
  readonly #jobs: Jobs;
  readonly #audit: AuditOutbox;
  readonly #prune: () => void;
  readonly #others: Readonly<Record<string, Job>>;
  readonly #report: (error: unknown) => void;
  readonly #now_ms: () => number;
  /** Runs of a job that threw, one after the other. */
  readonly #failures = new Map<string, number>();
  /** When the pending flush job is due; undefined: not known to be pending. */
  #armed_ms: number | undefined;
  #asked = false;
  /** A flush runs outside of the job. */
  #flushing = false;
  /** The last one ended by a fault of ours: the job tries again, at its own distance. */
  #faulty = false;

  /** @param parts.report logs a fault of ours */
  constructor(parts: {
    jobs: Jobs;
    audit: AuditOutbox;
    prune: () => void;
    others: Readonly<Record<string, Job>>;
    report: (error: unknown) => void;
    now_ms: () => number;
  }) {
    this.#jobs = parts.jobs;
    this.#audit = parts.audit;
    this.#prune = parts.prune;
    this.#others = parts.others;
    this.#report = parts.report;
    this.#now_ms = parts.now_ms;
  }

  /** Makes one of the other jobs due at a time, instead of the time it had. */
  async plan(name: string, at_ms: number): Promise<void> {
    await this.#jobs.push({ id: name, fn: name, time: at_ms });
  }

  /**
   * Makes sure that what waits leaves for R2: a full batch at once, within the invocation that filled it, the rest by
   * a job 60 s from now at most. The job is there before the flush begins, for what a dying object cannot finish. Also
   * mends a job that was lost. @returns the work under way, or undefined when nothing had to be done
   */
  schedule(now_ms: number): Promise<void> | undefined {
    const due_ms = this.#audit.due_ms(now_ms);
    if (due_ms === undefined) return undefined;
    const full = due_ms <= now_ms;
    const armed = this.#arm(full ? now_ms + FLUSH_AFTER_MS : due_ms, now_ms);
    // While R2 fails the next attempt stays where it is, so that a busy user does not undo the backoff.
    if (!full || this.#flushing || this.#faulty || this.#audit.failing) return armed;
    return this.#flushNow(armed);
  }

  #arm(due_ms: number, now_ms: number): Promise<void> | undefined {
    if (!this.#asked) {
      this.#asked = true;
      this.#armed_ms = this.#jobs.get(FLUSH)?.time;
    }
    if (this.#armed_ms !== undefined && !isLost(this.#armed_ms, now_ms)) {
      if (this.#armed_ms <= due_ms || this.#audit.failing) return undefined;
    }
    return this.#push(due_ms);
  }

  async #push(due_ms: number): Promise<void> {
    this.#armed_ms = due_ms;
    await this.#jobs.push({ id: FLUSH, fn: FLUSH, time: due_ms });
  }

  /** Never throws: the job that is armed tries again. */
  async #flushNow(armed: Promise<void> | undefined): Promise<void> {
    this.#flushing = true;
    try {
      await armed;
      const again_ms = await this.#audit.flush();
      // A failure is tried again sooner than the job would; so is what became a full batch meanwhile.
      if (again_ms !== undefined && again_ms < (this.#armed_ms ?? Number.POSITIVE_INFINITY))
        await this.#push(again_ms);
    } catch (error) {
      this.#faulty = true;
      this.#report(error);
    } finally {
      this.#flushing = false;
    }
  }

  /** Runs a due job. Never throws: the lifecycle would drop the job after three tries. */
  async run(fn: string): Promise<LifecycleJobOutcome> {
    try {
      const again_ms = await this.#work(fn);
      this.#failures.delete(fn);
      return again_ms === undefined ? undefined : { rescheduleAt: again_ms };
    } catch (error) {
      this.#report(error);
      const failures = this.#failures.get(fn) ?? 0;
      this.#failures.set(fn, failures + 1);
      const again_ms = this.#now_ms() + Math.min(FLUSH_RETRY_MAX_MS, FLUSH_RETRY_MIN_MS * 2 ** failures);
      if (fn === FLUSH) this.#armed_ms = again_ms;
      return { rescheduleAt: again_ms };
    }
  }

  async #work(fn: string): Promise<number | undefined> {
    const other = this.#others[fn];
    if (other !== undefined) return other();
    if (fn !== FLUSH) return undefined;
    try {
      this.#prune();
    } catch (error) {
      // What cannot be cleaned up must not keep the record from leaving.
      this.#report(error);
    }
    this.#armed_ms = await this.#audit.flush();
    this.#faulty = false;
    return this.#armed_ms;
  }
}

/** A job far overdue has lost its alarm; one further ahead than any wait was armed by a clock that has been set back. */
function isLost(armed_ms: number, now_ms: number): boolean {
  return now_ms - armed_ms >= FLUSH_RETRY_MAX_MS || armed_ms - now_ms >= 2 * FLUSH_RETRY_MAX_MS;
}
