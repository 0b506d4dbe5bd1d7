import { WINDOW_MS } from "../limits.ts";

/** Table `control_log`: times of pings, notifications and responses, kept for one window. */
export class ControlLogStore {
  readonly #sql: SqlStorage;
  #lastSeq: number;
  #last_ms: number;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
    const last = sql
      .exec<{ seq: number; t_ms: number }>("SELECT seq, t_ms FROM control_log ORDER BY seq DESC LIMIT 1")
      .toArray()[0];
    this.#lastSeq = last?.seq ?? 0;
    this.#last_ms = last?.t_ms ?? 0;
  }

  get last_ms(): number {
    return this.#last_ms;
  }

  /** Inserts one entry; every hundredth removes what has left the window. */
  insert(t_ms: number): void {
    this.#lastSeq++;
    this.#last_ms = t_ms;
    this.#sql.exec("INSERT INTO control_log (seq, t_ms) VALUES (?, ?)", this.#lastSeq, t_ms);
    if (this.#lastSeq % 100 === 0) {
      this.#sql.exec("DELETE FROM control_log WHERE seq < ? AND t_ms <= ?", this.#lastSeq, t_ms - WINDOW_MS);
    }
  }

  /** Times inside the window, oldest first. */
  windowTimes(now_ms: number): number[] {
    const times: number[] = [];
    for (const row of this.#sql.exec<{ t_ms: number }>("SELECT t_ms FROM control_log ORDER BY seq DESC")) {
      if (row.t_ms <= now_ms - WINDOW_MS) break;
      times.push(row.t_ms);
    }
    return times.reverse();
  }
}
