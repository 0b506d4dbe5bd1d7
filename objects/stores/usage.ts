const DAY_MS = 86_400_000;
/** Days kept; the account page shows the last 30. */
const KEEP_DAYS = 90;

/** Table `usage_days`: counted requests per UTC day. It reads the journal, which forgets its rows after a while. */
export class UsageStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /**
   * Counts the journal's rows that came since the last time: one row written per day touched. Call it before
   * rows are deleted. Repeating it counts nothing twice.
   */
  absorb(): void {
    this.#sql.exec(
      `INSERT INTO usage_days (day, requests, last_seq)
       SELECT t_ms / ${DAY_MS}, sum(counted), max(seq) FROM journal
       WHERE seq > (SELECT coalesce(max(last_seq), 0) FROM usage_days) GROUP BY 1
       ON CONFLICT (day) DO UPDATE SET requests = requests + excluded.requests, last_seq = excluded.last_seq`,
    );
  }

  /** Requests of the `count` days that end today (UTC), oldest first. */
  days(count: number, now_ms: number): { day: string; requests: number }[] {
    const today = Math.floor(now_ms / DAY_MS);
    const known = new Map(
      this.#sql
        .exec<{ day: number; requests: number }>(
          "SELECT day, requests FROM usage_days WHERE day > ?",
          today - count,
        )
        .toArray()
        .map(({ day, requests }) => [day, requests]),
    );
    return Array.from({ length: count }, (_, i) => {
      const day = today - count + 1 + i;
      return { day: new Date(day * DAY_MS).toISOString().slice(0, 10), requests: known.get(day) ?? 0 };
    });
  }

  /** Removes old days; the newest row stays, it carries the mark. */
  prune(now_ms: number): void {
    this.#sql.exec(
      "DELETE FROM usage_days WHERE day < ? AND day < (SELECT max(day) FROM usage_days)",
      Math.floor(now_ms / DAY_MS) - KEEP_DAYS,
    );
  }
}
