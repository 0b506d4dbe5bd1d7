/** Copies of what ClickUp said: read once while they fit in memory, never older than they may be, never changed. */
import { runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { CacheStore } from "../../../objects/stores/cache.ts";
import { userObject } from "../../support/users.ts";

/** Larger than what is kept as text. */
const TREE = {
  spaces: Array.from({ length: 400 }, (_, i) => ({ id: String(i), name: `Space ${i}`, lists: [] })),
};

/** A store on a fresh database, a clock, and how often the table was read. */
function withCache(run: (w: { cache: CacheStore; clock: { ms: number }; reads: () => number }) => void) {
  const user = userObject(`u_${crypto.randomUUID().replaceAll("-", "").slice(0, 20)}`);
  return runInDurableObject(user, (_, { storage }) => {
    let reads = 0;
    const clock = { ms: 1_000 };
    const sql = {
      exec(query: string, ...values: (string | number)[]) {
        if (query.startsWith("SELECT")) reads++;
        return storage.sql.exec(query, ...values);
      },
    } as unknown as SqlStorage;
    run({ cache: new CacheStore(sql, () => clock.ms), clock, reads: () => reads });
  });
}

describe("the cache", () => {
  test.each([
    ["small", { a: [1, 2], b: "x" }],
    ["large", TREE],
    ["a text", "home"],
    ["a long text", "x".repeat(10_000)],
    ["null", null],
  ])("gives back what was set until its time: %s", (_, value) =>
    withCache(({ cache, clock }) => {
      expect(cache.get("k")).toBeUndefined();
      cache.set("k", value, 500);
      for (let i = 0; i < 3; i++) expect(cache.get("k")).toEqual(value);
      clock.ms = 1_499;
      expect(cache.get("k")).toEqual(value);
      clock.ms = 1_500;
      expect(cache.get("k")).toBeUndefined();
      cache.set("k", "again", 500);
      expect(cache.get("k")).toBe("again");
    }),
  );

  test("a large value is read and parsed once for many calls, and nobody can change it", () =>
    withCache(({ cache, reads }) => {
      cache.set("tree", TREE, 60_000);
      const first = cache.get<typeof TREE>("tree");
      for (let i = 0; i < 20; i++) expect(cache.get("tree")).toBe(first);
      expect(reads()).toBe(1);
      expect(() => first?.spaces.push({ id: "x", name: "x", lists: [] })).toThrow(TypeError);
      expect(() => Object.assign(first?.spaces[0] ?? {}, { name: "changed" })).toThrow(TypeError);
    }));

  test("what is set, dropped or pruned is not remembered", () =>
    withCache(({ cache, clock }) => {
      cache.set("tree:a", TREE, 60_000);
      cache.set("tree:b", TREE, 500);
      cache.get("tree:a");
      cache.get("tree:b");
      cache.set("tree:a", { ...TREE, more: true }, 60_000);
      expect(cache.get("tree:a")).toEqual({ ...TREE, more: true });
      clock.ms = 2_000;
      cache.prune();
      expect(cache.get("tree:b")).toBeUndefined();
      cache.drop("tree:");
      expect(cache.get("tree:a")).toBeUndefined();
    }));

  test("a value too large for a row takes the old one's place by leaving none", () =>
    withCache(({ cache }) => {
      cache.set("tree", TREE, 60_000);
      cache.get("tree");
      cache.set("tree", "x".repeat(1_600_000), 60_000);
      expect(cache.get("tree")).toBeUndefined();
    }));

  test("many large values do not add up", () =>
    withCache(({ cache, reads }) => {
      for (let i = 0; i < 100; i++) cache.set(`tree:${i}`, { ...TREE, i }, 60_000);
      for (let i = 0; i < 100; i++) expect(cache.get<{ i: number }>(`tree:${i}`)?.i).toBe(i);
      expect(reads()).toBe(100);
      expect(cache.get<{ i: number }>("tree:0")?.i).toBe(0);
      expect(reads()).toBe(101);
    }));
});
