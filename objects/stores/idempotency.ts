import type { IdempotencyLog } from "../../tools/define.ts";
import { IDEMPOTENCY_TTL_MS } from "../limits.ts";

/** Table `idempotency`: first results of creates that named a key, for 24 hours. */
export class IdempotencyStore implements IdempotencyLog {
  readonly #sql: SqlStorage;
  readonly #now_ms: () => number;

  constructor(sql: SqlStorage, now_ms: () => number) {
    this.#sql = sql;
    this.#now_ms = now_ms;
  }

  get(tool: string, key: string): unknown {
    const row = this.#sql
      .exec<{ result: string }>(
        "SELECT result FROM idempotency WHERE tool = ? AND key = ? AND created_ms > ?",
        tool,
        key,
        this.#now_ms() - IDEMPOTENCY_TTL_MS,
      )
      .toArray()[0];
    return row === undefined ? undefined : JSON.parse(row.result);
  }

  put(tool: string, key: string, result: unknown): void {
    this.#sql.exec(
      "INSERT OR REPLACE INTO idempotency (tool, key, result, created_ms) VALUES (?, ?, ?, ?)",
      tool,
      key,
      JSON.stringify(result),
      this.#now_ms(),
    );
  }

  prune(): void {
    this.#sql.exec("DELETE FROM idempotency WHERE created_ms <= ?", this.#now_ms() - IDEMPOTENCY_TTL_MS);
  }
}
