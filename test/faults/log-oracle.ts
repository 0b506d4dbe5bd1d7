/**
 * What the limiter must say, told from the whole list of what it ever admitted: a request passes when fewer than the
 * limit were admitted in the 60 seconds before it. Its time never runs back while the object lives; the next life
 * goes on from the newest row, or from when it woke.
 */
const WINDOW_MS = 60_000;

export class LogOracle {
  readonly times: number[] = [];
  /** The newest time that is in the database, counted or not. */
  #row_ms = 0;
  #last_ms = 0;

  /** The time the log would give a request now. */
  now(wall_ms: number): number {
    return Math.max(wall_ms, this.#last_ms);
  }

  /** Asks for one more. @returns whether it passes */
  ask(wall_ms: number, limit: number): boolean {
    const now_ms = this.now(wall_ms);
    this.#last_ms = now_ms;
    return this.times.filter((t_ms) => t_ms > now_ms - WINDOW_MS).length < limit;
  }

  /** A row was written at this moment. @param counted whether it takes a place in the window */
  wrote(wall_ms: number, counted: boolean): void {
    const t_ms = this.now(wall_ms);
    this.#row_ms = Math.max(this.#row_ms, t_ms);
    this.#last_ms = t_ms;
    if (counted) this.times.push(t_ms);
  }

  /** Memory is lost; the rows are not, and the time of waking is known. */
  woke(wall_ms: number): void {
    this.#last_ms = Math.max(wall_ms, this.#row_ms);
  }
}
