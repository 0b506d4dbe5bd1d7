/** A session that was sent to the upgrade page by URL elicitation (2025-11-25). */
export interface PaywallWait {
  elicitationId: string;
  sessionId: string;
  deviceId: string;
}

/** A person who has not upgraded after a day has left the question behind. */
const KEEP_MS = 24 * 60 * 60_000;
const MAX_WAITS = 100;

/** Table `paywall_waits`. */
export class PaywallWaitStore {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** @returns the id a session waits under already, if it does */
  waiting(sessionId: string): string | undefined {
    return this.#sql
      .exec<{ elicitation_id: string }>(
        "SELECT elicitation_id FROM paywall_waits WHERE session_id = ?",
        sessionId,
      )
      .toArray()[0]?.elicitation_id;
  }

  add(wait: PaywallWait, now_ms: number): void {
    this.prune(now_ms);
    this.#sql.exec(
      `DELETE FROM paywall_waits WHERE elicitation_id IN
         (SELECT elicitation_id FROM paywall_waits ORDER BY created_ms DESC LIMIT -1 OFFSET ?)`,
      MAX_WAITS - 1,
    );
    this.#sql.exec(
      "INSERT INTO paywall_waits (elicitation_id, session_id, device_id, created_ms) VALUES (?, ?, ?, ?)",
      wait.elicitationId,
      wait.sessionId,
      wait.deviceId,
      now_ms,
    );
  }

  /** Removes every wait and returns them. */
  take(): PaywallWait[] {
    return this.#sql
      .exec<{ elicitation_id: string; session_id: string; device_id: string }>(
        "DELETE FROM paywall_waits RETURNING elicitation_id, session_id, device_id",
      )
      .toArray()
      .map((row) => ({
        elicitationId: row.elicitation_id,
        sessionId: row.session_id,
        deviceId: row.device_id,
      }));
  }

  prune(now_ms: number): void {
    this.#sql.exec("DELETE FROM paywall_waits WHERE created_ms < ?", now_ms - KEEP_MS);
  }
}
