/** The object goes away, gently or not, in the middle of its work: limit, session, stream and record are as before. */
import {
  abortAllDurableObjects,
  evictAllDurableObjects,
  evictDurableObject,
  runInDurableObject,
} from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { clickup } from "../support/outside.ts";
import { readEvents } from "../support/sse.ts";
import { newUser, rpc, runDueJobs, userObject, type TestUser } from "../support/users.ts";
import { listen, openSession } from "./sessions.ts";
import { R2Faults } from "./r2-faults.ts";
import { archiveOf, recordOf } from "./record.ts";

const LIMIT = 12;
const vars = env as unknown as Record<string, string | undefined>;

beforeAll(() => {
  vars["FREE_REQUESTS_PER_MINUTE"] = String(LIMIT);
});
afterAll(() => {
  delete vars["FREE_REQUESTS_PER_MINUTE"];
});
afterEach(() => vi.restoreAllMocks());

const notify = (user: TestUser): Promise<void> => userObject(user.userId).toolsChanged();

const openSockets = (user: TestUser): Promise<number> =>
  runInDurableObject(userObject(user.userId), (_, state) => state.getWebSockets().length);

const count = async (user: TestUser, calls: number): Promise<number> => {
  const answers = await Promise.all(Array.from({ length: calls }, () => user.post(rpc("tools/list"))));
  for (const answer of answers) await answer.arrayBuffer();
  return answers.filter((answer) => answer.status === 200).length;
};

describe.each([
  ["evicted", () => evictAllDurableObjects()],
  ["reset, its memory lost", () => abortAllDurableObjects()],
])("an object that is %s", (_, away) => {
  test("remembers window, session, its settings, and the batch that was on its way", async () => {
    const r2 = R2Faults.install();
    const user = await newUser();
    const session = await openSession(user);
    await (await user.post(rpc("logging/setLevel", { level: "error" }), session)).arrayBuffer();
    const uri = "account://usage";
    await (await user.post(rpc("resources/subscribe", { uri }), session)).arrayBuffer();
    expect(await count(user, LIMIT - 5)).toBe(LIMIT - 5);
    r2.next = ["after"];
    await runDueJobs(user.userId);
    await away();

    // Three calls made the session; two places are left.
    expect(await count(user, 5)).toBe(2);
    await away();
    expect(await count(user, 3)).toBe(0);
    const pong = await user.post(rpc("ping"), session);
    expect([pong.status, await pong.json()]).toEqual([200, { jsonrpc: "2.0", id: 1, result: {} }]);
    const rows = await runInDurableObject(userObject(user.userId), (_, state) =>
      state.storage.sql
        .exec<{ log_level: string; subscriptions: string }>("SELECT log_level, subscriptions FROM sessions")
        .toArray(),
    );
    expect(rows).toEqual([{ log_level: "error", subscriptions: JSON.stringify([uri]) }]);
    await runDueJobs(user.userId);
    expect(r2.asked[0]).toBe(r2.asked[1]);
    const record = await recordOf(user.userId);
    expect(await archiveOf(user.userId)).toHaveLength(record.length);
    expect(record.filter((e) => e.counted)).toHaveLength(LIMIT);
  });

  test("keeps what a client missed for its Last-Event-ID", async () => {
    const user = await newUser();
    const session = await openSession(user);
    const first = readEvents(await listen(user, session));
    const { id } = await first.next();
    await notify(user);
    expect((await first.next()).data).toContain("list_changed");
    await first.cancel();
    await expect.poll(() => openSockets(user)).toBe(0);
    await notify(user);
    await away();
    const again = readEvents(await listen(user, { ...session, "Last-Event-ID": id }));
    for (let i = 0; i < 2; i++) expect((await again.next()).data).toContain("list_changed");
    await notify(user);
    expect((await again.next()).data).toContain("list_changed");
    await again.cancel();
  });
});

describe("an object that is reset in the middle of a call", () => {
  test("has the call in the record once, with an unknown end; nothing is sent to ClickUp again", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const user = await newUser();
    await user.call("clickup_workspace_hierarchy");
    clickup.clearCalls();
    clickup.fault({ kind: "slow", method: "POST", ms: 1_000 });
    const cut = user.post(
      rpc("tools/call", { name: "clickup_task_create", arguments: { list: "Onboarding", name: "Cut off" } }),
    );
    await expect.poll(() => clickup.calls.filter((c) => c.method === "POST").length).toBe(1);
    await runInDurableObject(userObject(user.userId), (_, state) => state.storage.sync());
    await abortAllDurableObjects();
    const answer = await cut;
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain("whether this request was carried out is not known");
    await count(user, 1);
    await runDueJobs(user.userId);
    const record = await archiveOf(user.userId);
    const calls = record.filter((e) => e.tool === "clickup_task_create");
    expect(calls.map((e) => e.outcome)).toEqual(["unknown"]);
    expect(clickup.calls.filter((c) => c.method === "POST")).toHaveLength(1);
  });

  test("an eviction waits for the call that runs", async () => {
    const user = await newUser();
    clickup.fault({ kind: "slow", path: "/space", ms: 300 });
    const running = user.call("clickup_space_get", { space: "Product" });
    await expect.poll(() => clickup.calls.length).toBeGreaterThan(0);
    const evicted = evictDurableObject(userObject(user.userId)).catch(() => undefined);
    expect((await running).isError).toBeUndefined();
    await evicted;
    await runDueJobs(user.userId);
    const calls = (await archiveOf(user.userId)).filter((e) => e.tool === "clickup_space_get");
    expect(calls.map((e) => e.outcome)).toEqual(["ok"]);
  });
});
