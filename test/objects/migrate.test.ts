import { runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { MIGRATIONS, type Migration } from "../../migrations/index.ts";
import { migrate } from "../../objects/migrate.ts";
import { userObject } from "../support/users.ts";

let made = 0;

/** Runs `test` in an object whose database is empty. */
function inEmptyDatabase<T>(run: (storage: DurableObjectStorage) => T | Promise<T>): Promise<T> {
  made++;
  return runInDurableObject(userObject(`u_migrate${made}`), async (_, state) => {
    await state.storage.deleteAll();
    return run(state.storage);
  });
}

const tables = (storage: DurableObjectStorage): string[] =>
  storage.sql
    .exec<{ name: string }>("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    .toArray()
    .map((r) => r.name)
    .filter((name) => !name.startsWith("_cf_"));

const first: Migration = { id: 1, name: "one", sql: "CREATE TABLE a (x); INSERT INTO a VALUES (1);" };
const second: Migration = { id: 2, name: "two", sql: "ALTER TABLE a ADD COLUMN y; UPDATE a SET y = x + 1;" };

describe("migrations", () => {
  test("bring an empty database to the newest version, and a second run changes nothing", async () => {
    await inEmptyDatabase((storage) => {
      expect(migrate(storage, MIGRATIONS, 1)).toBe(MIGRATIONS.length);
      const before = tables(storage);
      expect(before).toContain("journal");
      expect(migrate(storage, MIGRATIONS, 2)).toBe(MIGRATIONS.length);
      expect(tables(storage)).toEqual(before);
      const rows = storage.sql
        .exec<{ id: number; applied_ms: number }>("SELECT id, applied_ms FROM _migrations")
        .toArray();
      expect(rows).toEqual(MIGRATIONS.map((m) => ({ id: m.id, applied_ms: 1 })));
    });
  });

  test("from every older version, with the data that was there", async () => {
    for (let k = 1; k <= MIGRATIONS.length; k++) {
      await inEmptyDatabase((storage) => {
        migrate(storage, MIGRATIONS.slice(0, k), 1);
        storage.sql.exec(
          "INSERT INTO journal (seq, t_ms, counted, method, started) VALUES (1, 5, 1, 'tools/list', '{}')",
        );
        expect(migrate(storage, MIGRATIONS, 2)).toBe(MIGRATIONS.length);
        expect(storage.sql.exec("SELECT seq, t_ms FROM journal").one()).toEqual({ seq: 1, t_ms: 5 });
      });
    }
  });

  test("one that fails leaves the database at the version before it, whole", async () => {
    await inEmptyDatabase((storage) => {
      const broken: Migration = {
        id: 2,
        name: "broken",
        sql: "CREATE TABLE b (x); INSERT INTO nowhere VALUES (1);",
      };
      expect(() => migrate(storage, [first, broken], 1)).toThrow();
      expect(tables(storage)).not.toContain("b");
      expect(migrate(storage, [first, second], 2)).toBe(2);
      expect(storage.sql.exec("SELECT x, y FROM a").one()).toEqual({ x: 1, y: 2 });
    });
  });

  test("a gap in the numbers is refused; a newer database is left alone", async () => {
    await inEmptyDatabase((storage) => {
      expect(() => migrate(storage, [first, { ...second, id: 3 }], 1)).toThrow(/does not follow version 1/);
      expect(migrate(storage, [first, second], 1)).toBe(2);
      expect(migrate(storage, [first], 2)).toBe(2);
    });
  });
});
