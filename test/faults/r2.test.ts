/** Batches on their way to R2 while R2 fails: each event arrives once, in one chain, whatever became of a put. */
import { env } from "cloudflare:workers";
import { abortAllDurableObjects, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { BACKLOG_MAX_EVENTS, R2_PUT_TIMEOUT_MS } from "../../objects/limits.ts";
import { clickup } from "../support/outside.ts";
import { newUser, rpc, runDueJobs, userObject, type TestUser } from "../support/users.ts";
import { R2Faults, shortenWaits } from "./r2-faults.ts";
import { archiveOf, recordOf } from "./record.ts";

let r2: R2Faults;
beforeEach(() => {
  r2 = R2Faults.install();
});
afterEach(() => vi.restoreAllMocks());

async function call(user: TestUser): Promise<string> {
  const answer = await user.post(rpc("tools/list"));
  expect(answer.status).toBe(200);
  await answer.arrayBuffer();
  return answer.headers.get("x-request-id") ?? "";
}

const alarmOf = (user: TestUser): Promise<number | null> =>
  runInDurableObject(userObject(user.userId), (_, state) => state.storage.getAlarm());

const batchesOf = async (user: TestUser): Promise<string[]> =>
  (await env.AUDIT_LOGS.list({ prefix: `audit/${user.userId}/` })).objects.map((o) => o.key);

describe("a put to R2", () => {
  test.each([
    ["fails before its effect", "before", 0],
    ["fails after it: the acknowledgement is lost", "after", 1],
  ] as const)("that %s is the same put of the same key later", async (_, failure, arrived) => {
    const user = await newUser();
    const ids = [await call(user), await call(user)];
    r2.next = [failure];
    await runDueJobs(user.userId);
    expect(await batchesOf(user)).toHaveLength(arrived);
    expect(await alarmOf(user)).toBeGreaterThan(0);
    // What comes between belongs to the next batch: this one is fixed.
    ids.push(await call(user));
    await runDueJobs(user.userId);
    expect(new Set(r2.asked.slice(0, 2)).size).toBe(1);
    const events = await archiveOf(user.userId);
    expect(events.filter((e) => e.counted).map((e) => e.requestId)).toEqual(ids);
    expect(await alarmOf(user)).toBeNull();
  });

  test("that never answers has a time limit of its own, and may still arrive long after", async () => {
    const user = await newUser();
    const ids = [await call(user)];
    shortenWaits(R2_PUT_TIMEOUT_MS, R2_PUT_TIMEOUT_MS);
    r2.next = ["hang"];
    await runDueJobs(user.userId);
    expect(await batchesOf(user)).toHaveLength(0);
    expect(await alarmOf(user)).toBeGreaterThan(0);
    ids.push(await call(user));
    await runDueJobs(user.userId);
    const before = await archiveOf(user.userId);
    expect(await r2.held[0]?.arrive()).toBeNull();
    expect(await archiveOf(user.userId)).toEqual(before);
    expect(before.filter((e) => e.counted).map((e) => e.requestId)).toEqual(ids);
  });

  test("that arrives after all, before it is tried again, is found there", async () => {
    const user = await newUser();
    const id = await call(user);
    shortenWaits(R2_PUT_TIMEOUT_MS, R2_PUT_TIMEOUT_MS);
    r2.next = ["hang"];
    await runDueJobs(user.userId);
    expect(await r2.held[0]?.arrive()).not.toBeNull();
    await runDueJobs(user.userId);
    expect((await archiveOf(user.userId)).filter((e) => e.requestId === id)).toHaveLength(1);
    expect(await batchesOf(user)).toHaveLength(1);
  });

  test("that is slow holds nobody up: calls go on, and a second alarm joins the first", async () => {
    const user = await newUser();
    const ids = [await call(user)];
    let release = (): void => undefined;
    const slow = new Promise<void>((resolve) => {
      release = resolve;
    });
    r2.arrived = () => slow;
    const first = runDueJobs(user.userId);
    await expect.poll(() => r2.asked.length).toBe(1);
    ids.push(await call(user), await call(user));
    const second = runInDurableObject(user.object, (object) => object.operator().flush());
    expect(r2.asked).toHaveLength(1);
    release();
    await Promise.all([first, second]);
    expect((await recordOf(user.userId)).filter((e) => e.counted).map((e) => e.requestId)).toEqual(ids);
    expect(new Set(r2.asked).size).toBe(r2.asked.length);
  });

  test("whose object dies before it hears of the effect has stored the batch once", async () => {
    const user = await newUser();
    const ids = [await call(user), await call(user)];
    r2.arrived = () => new Promise(() => undefined);
    const cut = runDueJobs(user.userId).catch(() => undefined);
    await expect.poll(() => batchesOf(user)).toHaveLength(1);
    r2.arrived = undefined;
    await abortAllDurableObjects();
    await cut;
    ids.push(await call(user));
    await runDueJobs(user.userId);
    expect(r2.asked.length).toBeGreaterThanOrEqual(2);
    expect((await archiveOf(user.userId)).filter((e) => e.counted).map((e) => e.requestId)).toEqual(ids);
  });

  test("names the digest of its body, so that R2 refuses one that was damaged on the way", async () => {
    const prefix = `audit/u_digest/`;
    const sha256 = "0".repeat(64);
    await expect(env.AUDIT_LOGS.put(`${prefix}x`, "body", { sha256 })).rejects.toThrow();
    vi.restoreAllMocks();
    const user = await newUser();
    await call(user);
    const put = vi.spyOn(Object.getPrototypeOf(env.AUDIT_LOGS) as R2Bucket, "put");
    await runDueJobs(user.userId);
    const [, body, options] = put.mock.calls[0] as unknown as [string, string, R2PutOptions];
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body));
    expect(options.sha256).toBe(new Uint8Array(digest).toHex());
  });
});

describe("R2 away for very long", () => {
  test("past the bound tools that write answer 503 and reach nothing; reading works, and R2 takes it all later", async () => {
    const user = await newUser();
    await user.call("clickup_workspace_hierarchy");
    r2.down = true;
    await runInDurableObject(userObject(user.userId), (_, { storage }) => {
      // As if so many events had come while R2 was away: short rows, so that the test is short too.
      storage.sql.exec(
        `INSERT INTO journal (seq, t_ms, counted, method, started, outcome, finished)
       WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       SELECT (SELECT max(seq) FROM journal) + i, (SELECT max(t_ms) FROM journal), 0, 'x',
         '{"requestId":"filler-' || i || '"}', 'ok', '{}' FROM n`,
        BACKLOG_MAX_EVENTS,
      );
    });
    await evictDurableObject(userObject(user.userId));
    clickup.clearCalls();
    const create = rpc("tools/call", {
      name: "clickup_task_create",
      arguments: { list: "Onboarding", name: "x" },
    });
    const refused = await user.post(create);
    expect([refused.status, refused.headers.get("Retry-After")]).toEqual([503, "60"]);
    expect(await refused.text()).toContain("Reading works");
    expect(clickup.calls).toEqual([]);
    expect((await user.call("clickup_space_get", { space: "Product" })).isError).toBeUndefined();

    r2.down = false;
    await runDueJobs(user.userId);
    const archived = await archiveOf(user.userId);
    expect(archived.length).toBeGreaterThan(BACKLOG_MAX_EVENTS);
    expect((await user.post(create)).status).toBe(200);
  });
});
