/** Questions to the person before something is lost: in both eras, signed, bound, single use. */
import { exports } from "cloudflare:workers";
import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from "@modelcontextprotocol/client";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ElicitRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { describe, expect, test } from "vitest";
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { clickup } from "../../support/outside.ts";
import { readEvents } from "../../support/sse.ts";
import { FULL_GRANT, newUser, rpc, tokenFor, type TestUser } from "../../support/users.ts";

const workerFetch = (input: string | URL | Request, init?: RequestInit): Promise<Response> =>
  exports.default.fetch(new Request(input, init));
const auth = (user: TestUser): RequestInit => ({ headers: { Authorization: `Bearer ${user.bearer}` } });
const deletes = (): number => clickup.calls.filter((c) => c.method === "DELETE").length;
const call = { name: "clickup_task_delete", arguments: { task: SANDBOX.tasks.odd } };

const meta = (capabilities: object): Record<string, unknown> => ({
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": capabilities,
  "io.modelcontextprotocol/clientInfo": { name: "t", version: "1" },
});

async function modern(
  user: TestUser,
  params: Record<string, unknown>,
  capabilities: object = { elicitation: {} },
) {
  const response = await user.post(rpc("tools/call", { ...params, _meta: meta(capabilities) }), {
    Accept: "application/json, text/event-stream",
    "MCP-Protocol-Version": "2026-07-28",
    "Mcp-Method": "tools/call",
    "Mcp-Name": String(params["name"]),
  });
  return (await response.json()) as {
    result?: {
      resultType: string;
      requestState?: string;
      inputRequests?: Record<string, { params: { message: string } }>;
      isError?: boolean;
      content?: { text: string }[];
    };
    error?: { code: number; message: string };
  };
}

const yes = { confirm: { action: "accept", content: { confirm: true } } };

describe("2026-07-28", () => {
  test("asks first, then does it once the person agreed", async () => {
    const user = await newUser({ tier: "premium" });
    clickup.clearCalls();
    const asked = await modern(user, call);
    expect(asked.result?.resultType).toBe("input_required");
    expect(asked.result?.inputRequests?.["confirm"]?.params.message).toMatch(/delete/i);
    expect(deletes()).toBe(0);
    const state = asked.result?.requestState;
    const done = await modern(user, { ...call, inputResponses: yes, requestState: state });
    expect(done.result).toMatchObject({ resultType: "complete" });
    expect(deletes()).toBe(1);
    // The same state works once.
    const again = await modern(user, { ...call, inputResponses: yes, requestState: state });
    expect(again.error?.code).toBe(-32602);
    expect(deletes()).toBe(1);
  });

  test("declining does nothing; an answer without our state, with a changed one, or another's is not taken", async () => {
    const [alice, other] = [await newUser({ tier: "premium" }), await newUser({ tier: "premium" })];
    const kept = { name: "clickup_task_delete", arguments: { task: SANDBOX.tasks.schema } };
    const state = (await modern(alice, kept)).result?.requestState ?? "";
    clickup.clearCalls();
    const declined = await modern(alice, {
      ...kept,
      inputResponses: { confirm: { action: "decline" } },
      requestState: state,
    });
    expect(declined.result?.isError).toBe(true);
    const fresh = (await modern(alice, kept)).result?.requestState ?? "";
    const device = { deviceId: "d_beside", via: "jwt", clientId: "jwt", clientName: "beside" } as const;
    await alice.object.addDevice({ ...device, grant: FULL_GRANT, expires_ms: null });
    const Authorization = `Bearer ${await tokenFor(alice.userId, "d_beside")}`;
    const beside: TestUser = { ...alice, post: (body, more) => alice.post(body, { ...more, Authorization }) };
    const flipped = fresh.slice(0, -3) + (fresh.at(-3) === "A" ? "B" : "A") + fresh.slice(-2);
    for (const [user, requestState] of [
      [alice, flipped],
      [other, fresh],
      // Asked on one device of hers, answered from another.
      [beside, fresh],
      [alice, "made-up"],
    ] as const) {
      expect((await modern(user, { ...kept, inputResponses: yes, requestState })).error?.code).toBe(-32602);
    }
    // Without any state the question is simply asked again.
    expect((await modern(alice, { ...kept, inputResponses: yes })).result?.resultType).toBe("input_required");
    // A yes to one question is none to another.
    const another = { name: "clickup_task_delete", arguments: { task: SANDBOX.tasks.longId } };
    const moved = await modern(alice, { ...another, inputResponses: yes, requestState: fresh });
    expect(moved.result?.resultType).toBe("input_required");
    expect(deletes()).toBe(0);
  });

  test("a client that cannot ask is not asked", async () => {
    const user = await newUser({ tier: "premium" });
    clickup.clearCalls();
    const done = await modern(
      user,
      { name: "clickup_list_delete", arguments: { list: SANDBOX.lists.empty } },
      {},
    );
    expect(done.result).toMatchObject({ resultType: "complete" });
    expect(deletes()).toBe(1);
  });

  test("the official client answers the question by itself", async () => {
    const user = await newUser({ tier: "premium" });
    const client = new ModernClient(
      { name: "v2", version: "1.0.0" },
      { capabilities: { elicitation: { form: {} } }, versionNegotiation: { mode: { pin: "2026-07-28" } } },
    );
    client.setRequestHandler("elicitation/create", () => ({
      action: "accept" as const,
      content: { confirm: true },
    }));
    await client.connect(
      new ModernTransport(new URL("https://mcp.test/mcp"), { fetch: workerFetch, requestInit: auth(user) }),
    );
    clickup.clearCalls();
    const result = await client.callTool({
      name: "clickup_folder_delete",
      arguments: { folder: SANDBOX.folders.vendors },
    });
    expect(result.isError).toBeUndefined();
    expect(deletes()).toBe(1);
    await client.close();
  });
});

describe("2025 sessions", () => {
  test.each([
    [true, 1],
    [false, 0],
  ])("asks while the call waits: agreed %s", async (agreed, expected) => {
    const user = await newUser({ tier: "premium" });
    const client = new Client({ name: "v1", version: "1.0.0" }, { capabilities: { elicitation: {} } });
    client.setRequestHandler(ElicitRequestSchema, () =>
      agreed ? { action: "accept", content: { confirm: true } } : { action: "decline" },
    );
    await client.connect(
      new StreamableHTTPClientTransport(new URL("https://mcp.test/mcp"), {
        fetch: workerFetch,
        requestInit: auth(user),
      }),
    );
    clickup.clearCalls();
    const task = agreed ? SANDBOX.tasks.garden : SANDBOX.tasks.injection;
    const result = await client.callTool({ name: "clickup_task_delete", arguments: { task } });
    expect(result.isError === true).toBe(!agreed);
    expect(deletes()).toBe(expected);
    await client.close();
  });

  test("the question survives the client's reconnect: it is replayed, and the answer still counts", async () => {
    const user = await newUser({ tier: "premium" });
    const accept = { Accept: "application/json, text/event-stream" };
    const opened = await user.post(
      rpc(
        "initialize",
        {
          protocolVersion: "2025-11-25",
          capabilities: { elicitation: {} },
          clientInfo: { name: "t", version: "1" },
        },
        "i",
      ),
      accept,
    );
    await opened.json();
    const headers = {
      ...accept,
      "Mcp-Session-Id": opened.headers.get("mcp-session-id") ?? "",
      "MCP-Protocol-Version": "2025-11-25",
    };
    await user.post({ jsonrpc: "2.0", method: "notifications/initialized" }, headers);
    const first = readEvents(
      await user.post(
        rpc("tools/call", { name: "clickup_task_delete", arguments: { task: SANDBOX.tasks.archived } }, 9),
        headers,
      ),
    );
    const primed = await first.next();
    const question = JSON.parse((await first.next()).data) as { id: number; method: string };
    expect(question.method).toBe("elicitation/create");
    await first.cancel();
    // The client comes back and asks for what it missed on that stream.
    const resumed = await exports.default.fetch(
      new Request("https://mcp.test/mcp", {
        headers: {
          Authorization: `Bearer ${user.bearer}`,
          ...headers,
          Accept: "text/event-stream",
          "Last-Event-ID": primed.id,
        },
      }),
    );
    const second = readEvents(resumed);
    expect(JSON.parse((await second.next()).data)).toMatchObject({
      id: question.id,
      method: "elicitation/create",
    });
    const answered = await user.post(
      { jsonrpc: "2.0", id: question.id, result: { action: "accept", content: { confirm: true } } },
      headers,
    );
    expect(answered.status).toBe(202);
    const result = JSON.parse((await second.next()).data) as { id: number; result: { isError?: boolean } };
    expect([result.id, result.result.isError]).toEqual([9, undefined]);
    await expect(second.next()).rejects.toThrow(/ended/);
  });
});

describe("cancellation and progress", () => {
  const bulk = (count: number) => ({
    name: "clickup_task_bulk_create",
    arguments: {
      list: SANDBOX.lists.onboarding,
      tasks: Array.from({ length: count }, (_, i) => ({ name: `Step ${i}` })),
    },
  });

  test("progress is told while it goes on, and the report comes last", async () => {
    const user = await newUser({ tier: "premium" });
    const client = new Client({ name: "v1", version: "1.0.0" });
    await client.connect(
      new StreamableHTTPClientTransport(new URL("https://mcp.test/mcp"), {
        fetch: workerFetch,
        requestInit: auth(user),
      }),
    );
    const seen: number[] = [];
    const result = await client.callTool(bulk(6), undefined, { onprogress: (p) => seen.push(p.progress) });
    expect(result.isError).toBeUndefined();
    expect(seen.length).toBeGreaterThan(1);
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
    await client.close();
  });

  test("cancelling stops the calls to ClickUp, and the record says cancelled", async () => {
    const user = await newUser({ tier: "premium" });
    clickup.fault({ kind: "slow", ms: 60, method: "POST", times: 1_000 });
    const client = new Client({ name: "v1", version: "1.0.0" });
    await client.connect(
      new StreamableHTTPClientTransport(new URL("https://mcp.test/mcp"), {
        fetch: workerFetch,
        requestInit: auth(user),
      }),
    );
    clickup.clearCalls();
    const stop = new AbortController();
    const running = client.callTool(bulk(60), undefined, { signal: stop.signal }).catch(() => "cancelled");
    await expect.poll(() => clickup.calls.filter((c) => c.method === "POST").length).toBeGreaterThan(2);
    stop.abort();
    expect(await running).toBe("cancelled");
    await new Promise((resolve) => setTimeout(resolve, 300));
    const after = clickup.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(clickup.calls.length).toBe(after);
    expect(clickup.calls.filter((c) => c.method === "POST").length).toBeLessThan(40);
    const activity = await client.readResource({ uri: "account://activity" });
    expect(JSON.stringify(activity.contents)).toMatch(
      /clickup_task_bulk_create\\",\\"outcome\\":\\"cancelled/,
    );
    await client.close();
  });
});
