/** An event of Stripe's as the user's object keeps it: what it was, and how far it was worked on. */
export interface BillingEventRow {
  eventId: string;
  type: string;
  created_ms: number;
  received_ms: number;
  attempts: number;
  /** `null` until it was worked on. */
  done_ms: number | null;
  /** Why the last attempt failed. */
  problem: string | null;
}

/** Stripe keeps its events for 30 days; a few more, so that none can come back as new. */
const KEEP_MS = 35 * 24 * 60 * 60_000;

/** Table `billing_events`: each event is worked on once, however often it arrives. */
export class BillingEventStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Takes an event down. @returns "new", "waiting" (seen, not done) or "done" */
  receive(
    event: { id: string; type: string; created_ms: number },
    now_ms: number,
  ): "new" | "waiting" | "done" {
    // Rows written, index included: 0 for one that is there already.
    const { rowsWritten } = this.#sql.exec(
      `INSERT OR IGNORE INTO billing_events (event_id, type, created_ms, received_ms, attempts)
       VALUES (?, ?, ?, ?, 0)`,
      event.id,
      event.type,
      event.created_ms,
      now_ms,
    );
    if (rowsWritten > 0) return "new";
    const { done_ms } = this.#sql
      .exec<{ done_ms: number | null }>("SELECT done_ms FROM billing_events WHERE event_id = ?", event.id)
      .one();
    return done_ms === null ? "waiting" : "done";
  }

  done(id: string, now_ms: number): void {
    this.#sql.exec(
      "UPDATE billing_events SET done_ms = ?, attempts = attempts + 1, problem = NULL WHERE event_id = ?",
      now_ms,
      id,
    );
  }

  /** @param problem our own word for it */
  failed(id: string, problem: string): void {
    this.#sql.exec(
      "UPDATE billing_events SET attempts = attempts + 1, problem = ? WHERE event_id = ?",
      problem,
      id,
    );
  }

  /** Marks everything that waits as done: a reading of Stripe that began later covers it. */
  allDone(receivedUpTo_ms: number, now_ms: number): void {
    this.#sql.exec(
      "UPDATE billing_events SET done_ms = ?, problem = NULL WHERE done_ms IS NULL AND received_ms <= ?",
      now_ms,
      receivedUpTo_ms,
    );
  }

  /** Events that were not worked on yet, oldest first. */
  waiting(): BillingEventRow[] {
    return this.#rows("WHERE done_ms IS NULL ORDER BY received_ms");
  }

  /** The event that arrived last. */
  newest(): BillingEventRow | undefined {
    return this.#rows("ORDER BY received_ms DESC LIMIT 1")[0];
  }

  prune(now_ms: number): void {
    this.#sql.exec("DELETE FROM billing_events WHERE received_ms < ?", now_ms - KEEP_MS);
  }

  #rows(rest: string): BillingEventRow[] {
    return this.#sql
      .exec<{
        event_id: string;
        type: string;
        created_ms: number;
        received_ms: number;
        attempts: number;
        done_ms: number | null;
        problem: string | null;
      }>(`SELECT * FROM billing_events ${rest}`)
      .toArray()
      .map(({ event_id, ...row }) => ({ eventId: event_id, ...row }));
  }
}
