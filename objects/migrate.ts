/** Brings a user's database to the newest shape. Runs once per life of the object, before anything else. */
import type { Migration } from "../migrations/index.ts";

/**
 * Applies every migration newer than the database, each in its own transaction with its version row,
 * so a crash leaves a whole number of them. A database that is newer than this code (after a
 * rollback) is left as it is: migrations only add, so older code can read it.
 *
 * @returns the version of the database afterwards
 */
export function migrate(
  storage: DurableObjectStorage,
  migrations: readonly Migration[],
  now_ms: number,
): number {
  const sql = storage.sql;
  sql.exec(
    "CREATE TABLE IF NOT EXISTS _migrations (id INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_ms INTEGER NOT NULL)",
  );
  let version = sql.exec<{ v: number }>("SELECT coalesce(max(id), 0) AS v FROM _migrations").one().v;
  for (const migration of migrations) {
    if (migration.id <= version) continue;
    if (migration.id !== version + 1) {
      throw new Error(`migration ${migration.id} (${migration.name}) does not follow version ${version}`);
    }
    storage.transactionSync(() => {
      sql.exec(migration.sql);
      sql.exec(
        "INSERT INTO _migrations (id, name, applied_ms) VALUES (?, ?, ?)",
        migration.id,
        migration.name,
        now_ms,
      );
    });
    version = migration.id;
  }
  return version;
}
