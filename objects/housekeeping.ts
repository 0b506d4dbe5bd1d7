/**
 * The object's background jobs over its one alarm: flushing the outbox, removing what has expired, and the jobs
 * other parts of the object bring.
 */
import type { Lifecycle, LifecycleJobOutcome } from "agents/lifecycle";
import type { AuditOutbox } from "./audit.ts";
import { FLUSH_RETRY_MAX_MS } from "./limits.ts";

type Jobs = Lifecycle["jobs"];

const FLUSH = "flush";

/** A job of another part. Must not throw. @returns when to run again, ms since the epoch; undefined: done */
export type Job = () => Promise<number | undefined>;

export class Housekeeping {
  readonly #jobs: Jobs;
  readonly #audit: AuditOutbox;
  readonly #prune: () => void;
  readonly #others: Readonly<Record<string, Job>>;
  /** When the pending flush job is due; undefined: not known to be pending. */
  #armed_ms: number | undefined;
  #asked = false;

  constructor(jobs: Jobs, audit: AuditOutbox, prune: () => void, others: Readonly<Record<string, Job>> = {}) {
    this.#jobs = jobs;
    this.#audit = audit;
    this.#prune = prune;
    this.#others = others;
  }

  /** Makes one of the other jobs due at a time, instead of the time it had. */
  async plan(name: string, at_ms: number): Promise<void> {
    await this.#jobs.push({ id: name, fn: name, time: at_ms });
  }

  /**
   * Makes sure a flush is due when events wait: after 60 s, or at once when a batch is full. Also mends
   * a job that was lost. @returns the write under way, or undefined when nothing had to be done
   */
  schedule(now_ms: number): Promise<void> | undefined {
    const due_ms = this.#audit.due_ms();
    if (due_ms === undefined) return undefined;
    if (!this.#asked) {
      this.#asked = true;
      this.#armed_ms = this.#jobs.get(FLUSH)?.time;
    }
    if (this.#armed_ms !== undefined && this.#armed_ms <= due_ms) {
      // A job far overdue means its alarm was lost: arm it again.
      if (now_ms - this.#armed_ms < FLUSH_RETRY_MAX_MS) return undefined;
    }
    this.#armed_ms = due_ms;
    return this.#jobs.push({ id: FLUSH, fn: FLUSH, time: due_ms }).then(() => undefined);
  }

  /** Runs a due job. Never throws: the lifecycle would drop the job after three tries. */
  async run(fn: string): Promise<LifecycleJobOutcome> {
    const other = this.#others[fn];
    if (other !== undefined) {
      const next_ms = await other();
      return next_ms === undefined ? undefined : { rescheduleAt: next_ms };
    }
    if (fn !== FLUSH) return undefined;
    this.#prune();
    const again_ms = await this.#audit.flush();
    this.#armed_ms = again_ms;
    return again_ms === undefined ? undefined : { rescheduleAt: again_ms };
  }
}
