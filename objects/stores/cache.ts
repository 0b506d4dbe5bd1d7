import type { Cache } from "../../tools/define.ts";
import { CACHE_MAX_BYTES } from "../limits.ts";

/** `value` is `null` for a key that is not there. */
type Row = { value: string | null; expires_ms: number };

/** An isolate of 128 MB holds many users' objects: a few small rows each. */
const READ_MAX_ROWS = 32;
const READ_MAX_BYTES = 4_096;

/** Table `cache`: short-lived JSON copies of what ClickUp said, surviving eviction of the object. */
export class CacheStore implements Cache {
  readonly #sql: SqlStorage;
  readonly #now_ms: () => number;
  /** Copies of rows read lately: a call looks the same few keys up again and again. */
  readonly #read = new Map<string, Row>();
  /** Larger values as they were read, as long as nothing else needs the memory. */
  readonly #large = new Map<string, { value: WeakRef<object>; expires_ms: number }>();

  constructor(sql: SqlStorage, now_ms: () => number) {
    this.#sql = sql;
    this.#now_ms = now_ms;
  }

  get<T>(key: string): T | undefined {
    const now_ms = this.#now_ms();
    const large = this.#large.get(key);
    const kept = large?.value.deref();
    if (large !== undefined && kept !== undefined) return large.expires_ms > now_ms ? (kept as T) : undefined;
    const row = this.#read.get(key) ?? this.#load(key);
    if (row.value === null || row.expires_ms <= now_ms) return undefined;
    const value = frozen(JSON.parse(row.value));
    if (row.value.length > READ_MAX_BYTES && typeof value === "object" && value !== null) {
      if (this.#large.size >= READ_MAX_ROWS) this.#large.clear();
      this.#large.set(key, { value: new WeakRef(value), expires_ms: row.expires_ms });
    }
    return value as T;
  }

  #load(key: string): Row {
    const found = this.#sql.exec<Row>("SELECT value, expires_ms FROM cache WHERE key = ?", key).toArray()[0];
    const row = found ?? { value: null, expires_ms: 0 };
    if ((row.value?.length ?? 0) <= READ_MAX_BYTES) {
      if (this.#read.size >= READ_MAX_ROWS) this.#read.clear();
      this.#read.set(key, row);
    }
    return row;
  }

  /** Values too large for a row are not kept: the next call asks ClickUp again. */
  set(key: string, value: unknown, ttl_ms: number): void {
    const text = JSON.stringify(value);
    this.#read.delete(key);
    this.#large.delete(key);
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
    this.#forget();
    this.#sql.exec("DELETE FROM cache WHERE substr(key, 1, length(?)) = ?", prefix, prefix);
  }

  /** Removes what has expired. */
  prune(): void {
    this.#forget();
    this.#sql.exec("DELETE FROM cache WHERE expires_ms <= ?", this.#now_ms());
  }

  #forget(): void {
    this.#read.clear();
    this.#large.clear();
  }
}

/** Calls share what is read once, so none may change it. */
function frozen(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  for (const one of Object.values(value)) frozen(one);
  return Object.freeze(value);
}
