/** Long tools as tasks (2026-07-28, io.modelcontextprotocol/tasks), with the product's own bulk tools. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { clickup } from "../../support/outside.ts";
import { FULL_GRANT, newUser, rpc, tokenFor, type TestUser } from "../../support/users.ts";

const EXTENSION = { extensions: { "io.modelcontextprotocol/tasks": {} } };

async function send(
  user: TestUser,
  method: string,
  params: Record<string, unknown>,
  name: string,
  capabilities: object = EXTENSION,
) {
  const meta = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": capabilities,
    "io.modelcontextprotocol/clientInfo": { name: "t", version: "1" },
  };
  const response = await user.post(rpc(method, { ...params, _meta: meta }), {
    Accept: "application/json, text/event-stream",
    "MCP-Protocol-Version": "2026-07-28",
    "Mcp-Method": method,
    "Mcp-Name": name,
  });
  return (await response.json()) as { result: Record<string, unknown>; error?: { code: number } };
}

const bulk = (count: number) => ({
  name: "clickup_task_bulk_create",
  arguments: {
    list: SANDBOX.lists.onboarding,
    tasks: Array.from({ length: count }, (_, i) => ({ name: `Step ${i}` })),
  },
});

const start = (user: TestUser, count: number, capabilities?: object) =>
  send(user, "tools/call", bulk(count), "clickup_task_bulk_create", capabilities);
const get = (user: TestUser, taskId: string) => send(user, "tasks/get", { taskId }, taskId);

describe("tasks", () => {
  test("a bulk tool answers at once, goes on, and hands over its report", async () => {
    const user = await newUser({ tier: "premium" });
    const { result } = await start(user, 5);
    expect(result).toMatchObject({ resultType: "task", status: "working" });
    const id = String(result["taskId"]);
    await expect
      .poll(async () => (await get(user, id)).result["status"], { timeout: 10_000 })
      .toBe("completed");
    const done = (await get(user, id)).result["result"] as { structuredContent: Record<string, unknown> };
    expect(JSON.stringify(done.structuredContent)).toContain("Step 4");
    const outcome = await runInDurableObject(user.object, (_, state) =>
      state.storage.sql.exec("SELECT outcome FROM journal WHERE tool = 'clickup_task_bulk_create'").one(),
    );
    expect(outcome).toEqual({ outcome: "ok" });
  });

  test("cancelled midway, nothing more is sent to ClickUp", async () => {
    const user = await newUser({ tier: "premium" });
    clickup.fault({ kind: "slow", ms: 60, method: "POST", times: 1_000 });
    const id = String((await start(user, 60)).result["taskId"]);
    await new Promise((resolve) => setTimeout(resolve, 250));
    expect((await send(user, "tasks/cancel", { taskId: id }, id)).result["resultType"]).toBe("complete");
    expect((await get(user, id)).result["status"]).toBe("cancelled");
    await new Promise((resolve) => setTimeout(resolve, 300));
    const sent = clickup.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(clickup.calls.length).toBe(sent);
  });

  test("a client that does not know tasks gets the result itself", async () => {
    const user = await newUser({ tier: "premium" });
    const { result } = await start(user, 2, {});
    expect(result["resultType"]).toBe("complete");
    expect(result["structuredContent"]).toBeDefined();
  });

  test("another user's or device's task is not there; one cut off by a restart says so", async () => {
    const [alice, bob] = [
      await newUser({ tier: "premium" }),
      await newUser({ tier: "premium", person: "bob" }),
    ];
    const id = String((await start(alice, 1)).result["taskId"]);
    expect((await get(bob, id)).error?.code).toBe(-32602);
    const device = { deviceId: "d_second", via: "jwt", clientId: "jwt", clientName: "second" } as const;
    await alice.object.addDevice({ ...device, grant: FULL_GRANT, expires_ms: null });
    const Authorization = `Bearer ${await tokenFor(alice.userId, "d_second")}`;
    const second: TestUser = { ...alice, post: (body, more) => alice.post(body, { ...more, Authorization }) };
    expect((await get(second, id)).error?.code).toBe(-32602);
    expect((await send(second, "tasks/cancel", { taskId: id }, id)).error?.code).toBe(-32602);
    await expect.poll(async () => (await get(alice, id)).result["status"]).toBe("completed");
    await evictDurableObject(alice.object);
    expect((await get(alice, id)).result["status"]).toBe("completed");
    await runInDurableObject(alice.object, (_, state) => {
      state.storage.sql.exec("UPDATE tasks SET status = 'working', result = NULL");
    });
    const cut = (await get(alice, id)).result;
    expect(cut["status"]).toBe("failed");
    expect(JSON.stringify(cut["error"])).toMatch(/restarted/);
  });
});
