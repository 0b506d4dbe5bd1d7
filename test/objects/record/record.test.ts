/** What the journal and R2 say of calls: everything that was answered, and nothing people wrote. */
import { env } from "cloudflare:workers";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, test, vi } from "vitest";
import { BACKLOG_MAX_EVENTS, TIMER_TICK_MS } from "../../../objects/limits.ts";
import { JournalStore } from "../../../objects/stores/journal.ts";
import { ObjectTimer } from "../../../objects/timer.ts";
import { clickup } from "../../support/outside.ts";
import { newUser, rpc, runDueJobs, type TestUser } from "../../support/users.ts";

interface Event {
  seq: number;
  method: string;
  tool: string | null;
  outcome?: string;
  counted: boolean;
  fields: string[];
  ids: Record<string, string>;
  targets?: string[];
  upstream_calls?: number;
  protocol: string | null;
  deviceId: string | null;
  client: string;
}

async function stored(user: TestUser): Promise<{ keys: string[]; text: string; events: Event[] }> {
  await runDueJobs(user.userId);
  const { objects } = await env.AUDIT_LOGS.list({ prefix: `audit/${user.userId}/` });
  const texts = await Promise.all(objects.map(async (o) => (await env.AUDIT_LOGS.get(o.key))?.text() ?? ""));
  const events = texts.flatMap((t) => (JSON.parse(t) as { events: Event[] }).events);
  return {
    keys: objects.map((o) => o.key),
    text: texts.join("\n"),
    events: events.sort((a, b) => a.seq - b.seq),
  };
}

describe("the record", () => {
  test("holds every call with who, what, how it ended, and no content", async () => {
    const user = await newUser();
    const canary = "CANARY-words-of-a-person";
    const made = await user.call("clickup_task_create", {
      list: "Onboarding",
      name: canary,
      markdown: canary,
    });
    await user.call("clickup_task_get", { task: "no such task at all" });
    await user.post(rpc("tools/call", { name: canary }));
    const { events, text, keys } = await stored(user);
    expect(keys[0]).toMatch(
      new RegExp(`^audit/${user.userId}/\\d{4}-\\d\\d-\\d\\d/\\d{8}T\\d{9}Z-[0-9a-f]{12}\\.json$`),
    );
    expect(events.map((e) => e.seq)).toEqual(events.map((_, i) => i + 1));
    expect(events.map((e) => e.method)).toEqual([
      "account/sign_in",
      "device/added",
      "tools/call",
      "tools/call",
      "tools/call",
    ]);
    const [, , create, get, unknown] = events;
    expect(create).toMatchObject({
      tool: "clickup_task_create",
      counted: true,
      client: "test client",
      deviceId: user.deviceId,
    });
    expect(create?.fields).toEqual(expect.arrayContaining(["list", "name", "markdown"]));
    if (made.isError !== true) {
      expect(create?.outcome).toBe("ok");
      expect(create?.targets?.some((t) => t.startsWith("task:"))).toBe(true);
      expect(create?.upstream_calls).toBeGreaterThan(0);
    }
    expect(get?.outcome).toBe("user_error");
    expect(unknown).toMatchObject({ tool: null, outcome: "protocol_error" });
    expect(text).not.toContain(canary);
    expect(text).not.toContain("pk_");
  });

  test("50 events leave at once, without waiting for the minute", async () => {
    const user = await newUser();
    for (let i = 0; i < 50; i++) await (await user.post(rpc("tools/list"))).arrayBuffer();
    const flushed = () =>
      runInDurableObject(
        user.object,
        (_, state) =>
          state.storage.sql.exec<{ n: number }>("SELECT flushed_seq AS n FROM outbox_state").one().n,
      );
    await expect.poll(flushed).toBeGreaterThanOrEqual(50);
  });

  test("a batch holds what the journal holds, in the fields' order", async () => {
    const user = await newUser();
    await user.call("clickup_space_get", { space: "Product" });
    await (await user.post(rpc('no "method" \\ at all'))).arrayBuffer();
    const rows = await runInDurableObject(user.object, (_, state) =>
      new JournalStore(state.storage.sql).recent(50).reverse(),
    );
    const { text } = await stored(user);
    const { events } = JSON.parse(text) as { events: unknown[] };
    expect(events).toEqual(rows.map(({ t_ms, ...row }) => ({ time: new Date(t_ms).toISOString(), ...row })));
    expect(JSON.stringify(JSON.parse(text))).toBe(text);
    expect(Object.keys(events.at(-1) ?? {}).slice(0, 7)).toEqual([
      "time",
      "seq",
      "counted",
      "deviceId",
      "method",
      "tool",
      "requestId",
    ]);
  });

  test("nothing armed when nothing waits", async () => {
    const user = await newUser();
    await stored(user);
    expect(await runInDurableObject(user.object, (_, state) => state.storage.getAlarm())).toBeNull();
  });

  test("a call cut off by the end of the object is in the record, with an unknown end", async () => {
    const user = await newUser();
    clickup.fault({ path: /\/team\/.*\/space/, kind: "slow", ms: 600 });
    const cut = user
      .post(
        rpc("tools/call", {
          name: "clickup_workspace_hierarchy",
          arguments: { workspace: "Northwind Labs" },
        }),
      )
      .catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 150));
    await runInDurableObject(user.object, (_, state) => state.abort("test")).catch(() => undefined);
    await cut;
    await (await user.post(rpc("tools/list"))).arrayBuffer();
    const { events } = await stored(user);
    expect(events.map((e) => [e.method, e.outcome])).toEqual([
      ["account/sign_in", "ok"],
      ["device/added", "ok"],
      ["tools/call", "unknown"],
      ["tools/list", "ok"],
    ]);
  });

  test(
    "a call that has ended holds nothing: the object can be evicted at once",
    { timeout: 10_000 },
    async () => {
      const user = await newUser();
      expect((await user.call("clickup_space_get", { space: "Product" })).isError).toBeUndefined();
      await evictDurableObject(user.object);
    },
  );

  test("calls leave no timer behind, and their object sets none once they have ended", async () => {
    const wait = globalThis.setTimeout;
    const user = await newUser();
    const clear = vi.spyOn(globalThis, "clearTimeout");
    const after = vi.spyOn(ObjectTimer.prototype, "after");
    expect((await user.call("clickup_space_get", { space: "Product" })).isError).toBeUndefined();
    // The deadline of the call, and the time limit of its request to ClickUp.
    expect(after.mock.calls.length).toBeGreaterThanOrEqual(2);
    expect(clear).not.toHaveBeenCalled();
    await new Promise((resolve) => wait(resolve, 2 * TIMER_TICK_MS));
    const set = vi.spyOn(globalThis, "setTimeout");
    await new Promise((resolve) => wait(resolve, 3 * TIMER_TICK_MS));
    expect(set).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });

  test("an eviction between calls loses nothing", async () => {
    const user = await newUser();
    for (let i = 0; i < 3; i++) {
      await (await user.post(rpc("tools/list"))).arrayBuffer();
      await evictDurableObject(user.object);
    }
    const { events } = await stored(user);
    expect(events.filter((e) => e.method === "tools/list" && e.outcome === "ok")).toHaveLength(3);
  });

  test("past the bound of what may wait, tools that write stop, and reading goes on", async () => {
    const user = await newUser();
    await runInDurableObject(user.object, (_, { storage }) => {
      storage.sql.exec(
        "UPDATE journal SET seq = seq + ? WHERE seq = (SELECT max(seq) FROM journal)",
        BACKLOG_MAX_EVENTS,
      );
    });
    await evictDurableObject(user.object);
    clickup.clearCalls();
    const call = (name: string, args: unknown): Promise<Response> =>
      user.post(rpc("tools/call", { name, arguments: args }));
    const refused = await call("clickup_task_create", { list: "Onboarding", name: "x" });
    expect([refused.status, refused.headers.get("Retry-After")]).toEqual([503, "60"]);
    expect(await refused.text()).toContain("Reading works");
    expect(clickup.calls).toEqual([]);
    expect((await call("clickup_space_get", { space: "Product" })).status).toBe(200);
  });
});
