/** A dispute of one of the user's charges. An inquiry takes no money and holds nothing back. */
export interface DisputeFact {
  id: string;
  status: "open" | "won" | "lost" | "inquiry";
  created_ms: number;
  /** What the charge paid for: a subscription, "" for nothing of ours; `null`: a version before did not look. */
  subscriptionId: string | null;
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
    for (const { id, status, created_ms, subscriptionId } of facts) {
      this.#sql.exec(
        `INSERT INTO billing_disputes (dispute_id, status, created_ms, subscription_id) VALUES (?, ?, ?, ?)
         ON CONFLICT (dispute_id) DO UPDATE SET status = excluded.status, subscription_id = excluded.subscription_id
         WHERE billing_disputes.status <> excluded.status
           OR billing_disputes.subscription_id IS NOT excluded.subscription_id`,
        id,
        status,
        created_ms,
        subscriptionId,
      );
    }
  }

  /** Disputes whose end is not known, or whose loss has not ended a subscription yet. */
  unsettled(): DisputeFact[] {
    return this.#rows("WHERE status IN ('open', 'inquiry') OR (status = 'lost' AND settled = 0)");
  }

  /** Those that hold a subscription back, or that nobody knows the subscription of yet. */
  holds(): DisputeFact[] {
    this.#holds ??= this.#rows(
      "WHERE (status = 'open' OR (status = 'lost' AND settled = 0)) AND subscription_id IS NOT ''",
    );
    return this.#holds;
  }

  /** True while a dispute holds this subscription back. */
  holdsBack(subscriptionId: string): boolean {
    return this.holds().some((d) => d.subscriptionId === null || d.subscriptionId === subscriptionId);
  }

  /** What disputes are about, by dispute, as far as it was looked up. */
  disputed(): Record<string, string> {
    return Object.fromEntries(
      this.#rows("WHERE subscription_id IS NOT NULL").map(({ id, subscriptionId }) => [
        id,
        subscriptionId ?? "",
      ]),
    );
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
      .exec<{
        dispute_id: string;
        status: DisputeFact["status"];
        created_ms: number;
        subscription_id: string | null;
      }>(
        `SELECT dispute_id, status, created_ms, subscription_id FROM billing_disputes ${where} ORDER BY created_ms`,
      )
      .toArray()
      .map(({ dispute_id, status, created_ms, subscription_id }) => ({
        id: dispute_id,
        status,
        created_ms,
        subscriptionId: subscription_id,
      }));
  }
}
