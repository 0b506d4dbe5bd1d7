/** A dispute of one of the user's charges. An inquiry takes no money and holds nothing back. */
export interface DisputeFact {
  id: string;
  status: "open" | "won" | "lost" | "inquiry";
  created_ms: number;
}

/** Table `billing_disputes`. */
export class DisputeStore {
  readonly #sql: SqlStorage;
  /** Copy of the rows that hold: looked at on every call. */
  #holds: DisputeFact[] | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  save(facts: readonly DisputeFact[]): void {
    this.#holds = undefined;
    for (const { id, status, created_ms } of facts) {
      this.#sql.exec(
        `INSERT INTO billing_disputes (dispute_id, status, created_ms) VALUES (?, ?, ?)
         ON CONFLICT (dispute_id) DO UPDATE SET status = excluded.status
         WHERE billing_disputes.status <> excluded.status`,
        id,
        status,
        created_ms,
      );
    }
  }

  /** Disputes whose end is not known, or whose loss has not ended a subscription yet. */
  unsettled(): DisputeFact[] {
    return this.#rows("WHERE status IN ('open', 'inquiry') OR (status = 'lost' AND settled = 0)");
  }

  /** Those that hold the plan back. */
  holds(): DisputeFact[] {
    this.#holds ??= this.#rows("WHERE status = 'open' OR (status = 'lost' AND settled = 0)");
    return this.#holds;
  }

  /** Their customer is gone: what an operator deleted holds nothing back any more. */
  clear(): void {
    this.#holds = undefined;
    this.#sql.exec("DELETE FROM billing_disputes");
  }

  /** A lost dispute has had its consequence. */
  settle(id: string): void {
    this.#holds = undefined;
    this.#sql.exec("UPDATE billing_disputes SET settled = 1 WHERE dispute_id = ?", id);
  }

  #rows(where: string): DisputeFact[] {
    return this.#sql
      .exec<{ dispute_id: string; status: DisputeFact["status"]; created_ms: number }>(
        `SELECT dispute_id, status, created_ms FROM billing_disputes ${where} ORDER BY created_ms`,
      )
      .toArray()
      .map(({ dispute_id, status, created_ms }) => ({ id: dispute_id, status, created_ms }));
  }
}
