import type { Cache } from "../../tools/define.ts";
import { CACHE_MAX_BYTES } from "../limits.ts";

/** Table `cache`: short-lived JSON copies of what ClickUp said, surviving eviction of the object. */
export class CacheStore implements Cache {
  readonly #sql: SqlStorage;
  readonly #now_ms: () => number;

  constructor(sql: SqlStorage, now_ms: () => number) {
    this.#sql = sql;
    this.#now_ms = now_ms;
  }

  get<T>(key: string): T | undefined {
    const row = this.#sql
      .exec<{ value: string }>(
        "SELECT value FROM cache WHERE key = ? AND expires_ms > ?",
        key,
        this.#now_ms(),
      )
      .toArray()[0];
    return row === undefined ? undefined : (JSON.parse(row.value) as T);
  }

  /** Values too large for a row are not kept: the next call asks ClickUp again. */
  set(key: string, value: unknown, ttl_ms: number): void {
    const text = JSON.stringify(value);
    if (text.length > CACHE_MAX_BYTES) {
      this.#sql.exec("DELETE FROM cache WHERE key = ?", key);
      return;
    }
    this.#sql.exec(
      `INSERT INTO cache (key, value, expires_ms) VALUES (?, ?, ?)
       ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires_ms = excluded.expires_ms`,
      key,
      text,
      this.#now_ms() + ttl_ms,
    );
  }

  drop(prefix: string): void {
    this.#sql.exec("DELETE FROM cache WHERE substr(key, 1, length(?)) = ?", prefix, prefix);
  }

  /** Removes what has expired. */
  prune(): void {
    this.#sql.exec("DELETE FROM cache WHERE expires_ms <= ?", this.#now_ms());
  }
}
