import type { IdempotencyLog } from "../../tools/define.ts";
import { IDEMPOTENCY_TTL_MS } from "../limits.ts";

/**
 * Table `idempotency`: first results of creates that named a key, for 24 hours. Column `key` holds the device and its
 * key; rows of before hold a key alone, and nobody knows whose it was.
 */
export class IdempotencyStore implements IdempotencyLog {
  readonly #sql: SqlStorage;
  readonly #now_ms: () => number;

  constructor(sql: SqlStorage, now_ms: () => number) {
    this.#sql = sql;
    this.#now_ms = now_ms;
  }

  get(deviceId: string, tool: string, key: string): unknown {
    const result = this.#read(tool, JSON.stringify([deviceId, key]));
    if (result !== undefined) return JSON.parse(result);
    // That something was made with this key is all that may be said of it.
    return this.#read(tool, key) === undefined ? undefined : { state: "started" };
  }

  put(deviceId: string, tool: string, key: string, result: unknown): void {
    this.#sql.exec(
      "INSERT OR REPLACE INTO idempotency (tool, key, result, created_ms) VALUES (?, ?, ?, ?)",
      tool,
      JSON.stringify([deviceId, key]),
      JSON.stringify(result),
      this.#now_ms(),
    );
  }

  prune(): void {
    this.#sql.exec("DELETE FROM idempotency WHERE created_ms <= ?", this.#now_ms() - IDEMPOTENCY_TTL_MS);
  }

  #read(tool: string, key: string): string | undefined {
    return this.#sql
      .exec<{ result: string }>(
        "SELECT result FROM idempotency WHERE tool = ? AND key = ? AND created_ms > ?",
        tool,
        key,
        this.#now_ms() - IDEMPOTENCY_TTL_MS,
      )
      .toArray()[0]?.result;
  }
}
