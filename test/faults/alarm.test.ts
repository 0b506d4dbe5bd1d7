/** The object's one alarm while what it works for fails: it is armed as long as events wait, and the backlog drains. */
import { abortAllDurableObjects, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FLUSH_RETRY_MAX_MS } from "../../objects/limits.ts";
import { clickup } from "../support/outside.ts";
import { newUser, rpc, runDueJobs, userObject, type TestUser } from "../support/users.ts";
import { R2Faults } from "./r2-faults.ts";
import { archiveOf, journalOf } from "./record.ts";

let r2: R2Faults;
beforeEach(() => {
  r2 = R2Faults.install();
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const alarmOf = (user: TestUser): Promise<number | null> =>
  runInDurableObject(userObject(user.userId), (_, state) => state.storage.getAlarm());

const sql = (user: TestUser, query: string): Promise<unknown[]> =>
  runInDurableObject(user.object, (_, state) => state.storage.sql.exec(query).toArray());

async function calls(user: TestUser, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await (await user.post(rpc("tools/list"))).arrayBuffer();
}

/** Waits for what the object does after it answered. */
const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 150));

describe("the alarm", () => {
  test("is armed after more failures than the platform repeats, less and less often, and drains when R2 is back", async () => {
    const user = await newUser();
    await calls(user, 3);
    r2.down = true;
    const waits: number[] = [];
    for (let failure = 0; failure < 9; failure++) {
      await runDueJobs(user.userId);
      const at_ms = await alarmOf(user);
      expect(at_ms, `after failure ${failure + 1}`).not.toBeNull();
      waits.push((at_ms ?? 0) - Date.now());
    }
    expect(waits.at(-1)).toBeGreaterThan(120_000);
    expect(waits.at(-1)).toBeLessThanOrEqual(FLUSH_RETRY_MAX_MS * 1.25);
    expect((await archiveOf(user.userId)).length).toBe(0);
    r2.down = false;
    await runDueJobs(user.userId);
    expect(await archiveOf(user.userId)).toHaveLength((await journalOf(user.userId)).length);
    expect(await alarmOf(user)).toBeNull();
  });

  test("is not needed for a full batch, which leaves with the call that filled it", async () => {
    const user = await newUser();
    await runDueJobs(user.userId);
    await calls(user, 60);
    await settle();
    const archived = (await archiveOf(user.userId)).filter((e) => e.counted);
    expect(archived.length).toBeGreaterThanOrEqual(45);
    expect(((await alarmOf(user)) ?? 0) - Date.now()).toBeGreaterThan(30_000);
    // The rest leaves by it.
    await runDueJobs(user.userId);
    expect((await archiveOf(user.userId)).filter((e) => e.counted)).toHaveLength(60);
    expect(await alarmOf(user)).toBeNull();
  });

  test("is not needed either when time passes with every look at the clock", async () => {
    const user = await newUser();
    await runDueJobs(user.userId);
    let now_ms = Date.now();
    vi.spyOn(Date, "now").mockImplementation(() => ++now_ms);
    await calls(user, 50);
    await settle();
    const due_ms = (await alarmOf(user)) ?? 0;
    vi.mocked(Date.now).mockRestore();
    expect(due_ms - Date.now()).toBeGreaterThan(30_000);
    expect((await archiveOf(user.userId)).filter((e) => e.counted).length).toBeGreaterThanOrEqual(45);
  });

  test("tries again soon what a call could not store, although nobody calls", async () => {
    const user = await newUser();
    await runDueJobs(user.userId);
    const before = r2.asked.length;
    r2.down = true;
    await calls(user, 50);
    await settle();
    expect(r2.asked.length).toBe(before + 1);
    expect(((await alarmOf(user)) ?? Number.POSITIVE_INFINITY) - Date.now()).toBeLessThan(5_000);
    r2.down = false;
    await runDueJobs(user.userId);
    expect((await archiveOf(user.userId)).filter((e) => e.counted)).toHaveLength(50);
    // The same put under the same key.
    expect(new Set(r2.asked.slice(before)).size).toBe(1);
  });

  test("one put at a time, however many calls come while R2 takes its time", async () => {
    const user = await newUser();
    await runDueJobs(user.userId);
    const before = r2.asked.length;
    r2.arrived = () => new Promise((resolve) => setTimeout(resolve, 1_000));
    await calls(user, 75);
    expect(r2.asked.length).toBe(before + 1);
    r2.arrived = undefined;
    const flushed = () => sql(user, "SELECT 1 FROM outbox_batch");
    await expect.poll(flushed, { timeout: 5_000 }).toEqual([]);
    await runDueJobs(user.userId);
    expect((await archiveOf(user.userId)).filter((e) => e.counted)).toHaveLength(75);
  });

  test("keeps its distance from a failing R2 however busy the user is, also after eviction", async () => {
    const user = await newUser();
    r2.down = true;
    await calls(user, 55);
    await settle();
    for (let i = 0; i < 4; i++) await runDueJobs(user.userId);
    const asked = r2.asked.length;
    await calls(user, 20);
    await settle();
    expect(r2.asked.length).toBe(asked);
    await evictDurableObject(user.object);
    await calls(user, 20);
    await settle();
    expect(r2.asked.length).toBe(asked);
    expect(await alarmOf(user)).not.toBeNull();
    r2.down = false;
    await runDueJobs(user.userId);
    expect(await alarmOf(user)).toBeNull();
    expect((await archiveOf(user.userId)).filter((e) => e.counted)).toHaveLength(95);
  });

  test("is not brought forward by a busy user while R2 fails for long, also after eviction", async () => {
    const user = await newUser();
    await calls(user, 3);
    r2.down = true;
    for (let failure = 0; failure < 9; failure++) await runDueJobs(user.userId);
    const due_ms = (await alarmOf(user)) ?? 0;
    // Longer than events wait as a rule.
    expect(due_ms - Date.now()).toBeGreaterThan(120_000);
    const asked = r2.asked.length;
    await calls(user, 5);
    await settle();
    expect(await alarmOf(user)).toBe(due_ms);
    await evictDurableObject(user.object);
    await calls(user, 5);
    await settle();
    expect(await alarmOf(user)).toBe(due_ms);
    expect(r2.asked.length).toBe(asked);
  });

  test("does not spin while a long call holds back what came after it", async () => {
    const user = await newUser();
    await runDueJobs(user.userId);
    clickup.fault({ kind: "slow", path: "/space", ms: 1_500 });
    const long = user.call("clickup_space_get", { space: "Product" });
    await expect.poll(() => clickup.calls.length).toBeGreaterThan(0);
    await calls(user, 60);
    await settle();
    expect(((await alarmOf(user)) ?? 0) - Date.now()).toBeGreaterThan(30_000);
    expect((await archiveOf(user.userId)).filter((e) => e.counted)).toEqual([]);
    await long;
    await expect.poll(async () => (await archiveOf(user.userId)).length).toBeGreaterThan(60);
  });

  test("sends the record although cleaning up fails", async () => {
    const fault = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const user = await newUser();
    await calls(user, 2);
    await sql(user, "ALTER TABLE cache RENAME TO cache_away");
    await runDueJobs(user.userId);
    expect((await archiveOf(user.userId)).filter((e) => e.counted)).toHaveLength(2);
    expect(fault.mock.calls.flat().join()).toContain("no such table");
  });

  test("is armed after a failure of our own, and goes on once it is mended", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const user = await newUser();
    await calls(user, 2);
    await sql(user, "ALTER TABLE outbox_batch RENAME TO outbox_away");
    for (let failure = 0; failure < 4; failure++) {
      await runDueJobs(user.userId);
      expect(await alarmOf(user), `after failure ${failure + 1}`).not.toBeNull();
    }
    await sql(user, "ALTER TABLE outbox_away RENAME TO outbox_batch");
    await runDueJobs(user.userId);
    expect((await archiveOf(user.userId)).filter((e) => e.counted)).toHaveLength(2);
  });

  test("a flush that fails by a fault of ours is left to it, however many calls fill the batch", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const user = await newUser();
    await sql(user, "ALTER TABLE outbox_batch RENAME TO outbox_away");
    await calls(user, 80);
    await settle();
    expect(logged.mock.calls.length).toBe(1);
    expect(await alarmOf(user)).not.toBeNull();
    await sql(user, "ALTER TABLE outbox_away RENAME TO outbox_batch");
    await runDueJobs(user.userId);
    expect((await archiveOf(user.userId)).filter((e) => e.counted)).toHaveLength(80);
  });

  test.each([
    ["the alarm is gone and its time long past", "UPDATE cf_agents_jobs SET time = time - 3600000"],
    ["the job itself is gone", "DELETE FROM cf_agents_jobs"],
  ])("%s: whatever wakes the object arms it again", async (_, damage) => {
    const user = await newUser();
    await calls(user, 2);
    await runInDurableObject(user.object, async (_object, state) => {
      state.storage.sql.exec(damage);
      await state.storage.deleteAlarm();
    });
    await evictDurableObject(user.object);
    await user.object.devices();
    await settle();
    expect(await alarmOf(user)).not.toBeNull();
    await runDueJobs(user.userId);
    expect((await archiveOf(user.userId)).filter((e) => e.counted)).toHaveLength(2);
  });

  test("is armed while a call runs, so that its row leaves although the object dies and nobody calls again", async () => {
    const user = await newUser();
    await runDueJobs(user.userId);
    expect(await alarmOf(user)).toBeNull();
    clickup.fault({ kind: "slow", path: "/space", ms: 1_500 });
    const cut = user.call("clickup_space_get", { space: "Product" }).catch(() => undefined);
    await expect.poll(() => clickup.calls.length).toBeGreaterThan(0);
    await expect.poll(() => alarmOf(user)).not.toBeNull();
    await runInDurableObject(user.object, (_, state) => state.storage.sync());
    await abortAllDurableObjects();
    await cut;
    expect(await alarmOf(user)).not.toBeNull();
    await runDueJobs(user.userId);
    expect((await archiveOf(user.userId)).at(-1)).toMatchObject({
      tool: "clickup_space_get",
      outcome: "unknown",
    });
  });
});
