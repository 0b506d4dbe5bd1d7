/** What the plan decides on every call: tools, limits, and that Stripe is not asked for it. */
import { env } from "cloudflare:workers";
import { createExecutionContext, evictDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Bindings } from "../../worker/env.ts";
import { serve } from "../../worker/router.tsx";
import { TOOLS } from "../../tools/catalog.ts";
import { SANDBOX } from "../sandbox/clickup/index.ts";
import { clickup } from "../support/outside.ts";
import { readEvents } from "../support/sse.ts";
import { newUser, rpc, type TestUser } from "../support/users.ts";
import { configured } from "./other-configuration.ts";
import {
  api,
  billingOf,
  deliver,
  DAY_MS,
  ORIGIN,
  sql,
  stripe,
  subscribe,
  subscriptionOf,
  tierOf,
  useStripe,
  worker,
} from "./stripe-world.ts";

useStripe();
afterEach(() => vi.restoreAllMocks());

const BOTH = { Accept: "application/json, text/event-stream" };
const PREMIUM_TOOL = "clickup_task_delete";

async function toolNames(user: TestUser): Promise<string[]> {
  const answer = (await (await user.post(rpc("tools/list"))).json()) as {
    result: { tools: { name: string }[] };
  };
  return answer.result.tools.map((tool) => tool.name);
}
const grant = (user: TestUser, until_ms: number | null) =>
  billingOf(user, (billing) => billing.grantPremium(until_ms));
const cancel = async (user: TestUser): Promise<void> => {
  await api("DELETE", `/v1/subscriptions/${await subscriptionOf(user)}`);
  await deliver();
};

test("E1 a token issued on the free plan is premium right after the payment, and free right after the end", async () => {
  const user = await newUser();
  expect(await toolNames(user)).toHaveLength(7);
  await subscribe(user);
  expect(await toolNames(user)).toHaveLength(72);
  expect((await user.call(PREMIUM_TOOL, {})).structuredContent?.["error"]).not.toBe("premium_required");
  await cancel(user);
  expect(await toolNames(user)).toHaveLength(7);
  expect((await user.call(PREMIUM_TOOL, {})).structuredContent?.["error"]).toBe("premium_required");
});

test("E2 tools/list and tools/call ask Stripe nothing, on either plan", async () => {
  for (const premium of [false, true]) {
    const user = await newUser();
    if (premium) await subscribe(user);
    stripe.clearCalls();
    await toolNames(user);
    expect(
      (await user.call("clickup_workspace_hierarchy", { workspace: "Northwind Labs" })).isError,
    ).toBeUndefined();
    await user.call(PREMIUM_TOOL, { task: "x" });
    expect(stripe.calls).toEqual([]);
  }
});

describe("E3 open streams hear of a change of plan, both ways", () => {
  test("a session of 2025-11-25", async () => {
    const user = await newUser();
    const { headers } = await openSession(user, {});
    const stream = readEvents(
      await worker(
        new Request(`${ORIGIN}/mcp`, {
          headers: { ...headers, Authorization: `Bearer ${user.bearer}`, Accept: "text/event-stream" },
        }),
      ),
    );
    await stream.next();
    for (const change of [() => subscribe(user), () => cancel(user)]) {
      await change();
      for (const list of ["tools", "prompts"]) {
        expect(JSON.parse((await stream.next()).data)).toMatchObject({
          method: `notifications/${list}/list_changed`,
        });
      }
    }
    await stream.cancel();
  });

  test("a subscription of 2026-07-28", async () => {
    const user = await newUser();
    const listening = await user.post(
      rpc("subscriptions/listen", { notifications: { toolsListChanged: true }, _meta: meta({}) }, "a"),
      { ...BOTH, "MCP-Protocol-Version": "2026-07-28", "Mcp-Method": "subscriptions/listen" },
    );
    const stream = readEvents(listening);
    await stream.next();
    for (const until_ms of [Date.now() + DAY_MS, null]) {
      await grant(user, until_ms);
      expect(JSON.parse((await stream.next()).data)).toMatchObject({
        method: "notifications/tools/list_changed",
      });
    }
    await stream.cancel();
  });
});

describe("E4 a premium tool on the free plan", () => {
  test("answers with where to upgrade, reaches no ClickUp, and is not counted", async () => {
    const user = await newUser();
    clickup.clearCalls();
    const before = await user.post(rpc("tools/list"));
    const left = Number(before.headers.get("x-ratelimit-remaining"));
    const result = await user.call(PREMIUM_TOOL, { task: "x" });
    expect(result.isError).toBe(true);
    expect(result.structuredContent).toEqual({
      error: "premium_required",
      tool: PREMIUM_TOOL,
      plan: "premium",
      upgrade_url: expect.stringMatching(/^https:\/\/mcp\.test\/account\/plan\/[0-9a-f]{32}$/),
    });
    expect(result.content[0]?.text).toContain(String(result.structuredContent?.["upgrade_url"]));
    expect(clickup.calls).toEqual([]);
    const after = await user.post(rpc("tools/list"));
    expect(Number(after.headers.get("x-ratelimit-remaining"))).toBe(left - 1);
    const rows = await sql<{ outcome: string }>(
      user,
      "SELECT outcome FROM journal WHERE tool = ?",
      PREMIUM_TOOL,
    );
    expect(rows).toEqual([{ outcome: "refused_tier" }]);
  });

  test("every premium tool answers so, and so does a resource that one reads", async () => {
    const user = await newUser();
    clickup.clearCalls();
    for (const { name } of TOOLS.filter((tool) => tool.tier === "premium")) {
      expect((await user.call(name)).structuredContent?.["error"], name).toBe("premium_required");
    }
    const uri = `clickup://${SANDBOX.workspaces.northwind}/doc/${SANDBOX.docs.handbook}/page/${SANDBOX.pages.style}`;
    const { headers } = await openSession(user, {});
    const read = async () => (await user.post(rpc("resources/read", { uri }), headers)).text();
    expect(await read()).toMatch(/premium tool .* Upgrade: https:\/\/mcp\.test\/account\/plan\/[0-9a-f]{32}/);
    expect(clickup.calls).toEqual([]);
    const outcome = "SELECT outcome FROM journal WHERE method = 'resources/read'";
    expect(await sql<{ outcome: string }>(user, outcome)).toEqual([{ outcome: "refused_tier" }]);
    await subscribe(user);
    expect(await read()).toContain("<<<clickup");
  });

  test("the link holds nothing of the person and opens nothing by itself", async () => {
    const user = await newUser();
    await subscribe(user);
    await cancel(user);
    const { structuredContent } = await user.call(PREMIUM_TOOL, {});
    const url = String(structuredContent?.["upgrade_url"]);
    for (const secret of [user.userId, "alice", "cus_", "sub_", "cs_", "stripe"])
      expect(url).not.toContain(secret);
    const opened = await worker(new Request(url, { redirect: "manual" }));
    expect([opened.status, opened.headers.get("location")]).toEqual([
      302,
      expect.stringContaining("/auth/login"),
    ]);
  });

  test("2026-07-28 with URL elicitation: the client is asked to open the page, and the retry runs the tool", async () => {
    const user = await newUser();
    const asked = await modern(user, { elicitation: { url: {} } });
    expect(asked.result).toMatchObject({
      resultType: "input_required",
      inputRequests: { upgrade: { method: "elicitation/create", params: { mode: "url" } } },
    });
    const { requestState, inputRequests } = asked.result ?? {};
    const url = inputRequests?.["upgrade"]?.params.url ?? "";
    expect(url).toMatch(/^https:\/\/mcp\.test\/account\/plan\/[0-9a-f]{32}$/);
    const answer = { inputResponses: { upgrade: { action: "accept" } }, requestState };
    // Somebody else's state is nobody's.
    const stranger = await modern(await newUser(), { elicitation: { url: {} } }, answer);
    expect(stranger.error?.code).toBe(-32602);
    await subscribe(user);
    const retried = await modern(user, { elicitation: { url: {} } }, answer);
    expect(JSON.stringify(retried)).not.toContain("premium_required");
    expect(retried.result?.resultType ?? "complete").not.toBe("input_required");
  });

  test("2026-07-28: who comes back without having paid is told so, not sent round again", async () => {
    const user = await newUser();
    const asked = await modern(user, { elicitation: { url: {} } });
    const answer = {
      inputResponses: { upgrade: { action: "cancel" } },
      requestState: asked.result?.requestState,
    };
    const again = await modern(user, { elicitation: { url: {} } }, answer);
    expect(again.result).toMatchObject({ isError: true, structuredContent: { error: "premium_required" } });
  });

  test("only what the client declared: forms alone, or nothing, get words", async () => {
    const user = await newUser();
    for (const capabilities of [{}, { elicitation: {} }, { elicitation: { form: {} } }]) {
      const answer = await modern(user, capabilities);
      expect(answer.result).toMatchObject({
        isError: true,
        structuredContent: { error: "premium_required" },
      });
    }
    const { headers } = await openSession(user, { elicitation: { form: {} } });
    expect(await callIn(user, headers)).toMatchObject({ result: { isError: true } });
  });

  test("2025-11-25 with URL elicitation: -32042 with the link, and word when premium is on", async () => {
    const user = await newUser();
    const { headers } = await openSession(user, { elicitation: { url: {} } });
    const refused = await callIn(user, headers);
    expect(refused.error).toMatchObject({
      code: -32042,
      data: {
        elicitations: [
          {
            mode: "url",
            elicitationId: expect.any(String),
            url: expect.stringMatching(/^https:\/\/mcp\.test\/account\/plan\/[0-9a-f]{32}$/),
            message: expect.any(String),
          },
        ],
      },
    });
    const { elicitationId } = refused.error?.data.elicitations[0] ?? {};
    // Asked again before it is paid, it is the same question.
    expect((await callIn(user, headers, 8)).error?.data.elicitations[0]?.elicitationId).toBe(elicitationId);
    const rows = await sql<{ outcome: string }>(
      user,
      "SELECT outcome FROM journal WHERE tool = ?",
      PREMIUM_TOOL,
    );
    expect(rows.map((r) => r.outcome)).toEqual(["refused_tier", "refused_tier"]);
    const stream = readEvents(
      await worker(
        new Request(`${ORIGIN}/mcp`, {
          headers: { ...headers, Authorization: `Bearer ${user.bearer}`, Accept: "text/event-stream" },
        }),
      ),
    );
    await stream.next();
    await subscribe(user);
    const heard = [JSON.parse((await stream.next()).data), JSON.parse((await stream.next()).data)];
    expect(heard).toContainEqual({
      jsonrpc: "2.0",
      method: "notifications/elicitation/complete",
      params: { elicitationId },
    });
    expect(heard.map((m) => m.method)).toContain("notifications/tools/list_changed");
    await stream.cancel();
    expect(JSON.stringify(await callIn(user, headers, 9))).not.toContain("premium_required");
  });
});

describe("E5 what cannot be read or reached is never premium", () => {
  test.each([
    "UPDATE entitlement SET subscription = '{broken'",
    "DELETE FROM entitlement",
    "DROP TABLE entitlement",
    "DROP TABLE billing_disputes",
  ])("a store that is broken (%s): free tools go on, premium ones are refused", async (fault) => {
    const user = await newUser();
    await subscribe(user);
    await sql(user, fault);
    await evictDurableObject(user.object);
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    expect(await toolNames(user)).toHaveLength(7);
    expect(
      (await user.call("clickup_workspace_hierarchy", { workspace: "Northwind Labs" })).isError,
    ).toBeUndefined();
    expect((await user.call(PREMIUM_TOOL, {})).structuredContent?.["error"]).toBe("premium_required");
    expect(JSON.stringify(logged.mock.calls)).toContain("incident");
  });

  test("a way to Stripe that fails in every way breaks no call, and changes no plan", async () => {
    const user = await newUser();
    await subscribe(user);
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const port = () => {
      throw new Error("the way to Stripe is broken");
    };
    const view = await configured(user, { port }, (billing) => billing.refresh(0));
    expect(view).toMatchObject({ tier: "premium", why: "active" });
    expect(await toolNames(user)).toHaveLength(72);
  });

  test("an object that cannot be reached holds the credentials, too: 503 for every tool, and nothing premium", async () => {
    const user = await newUser();
    await subscribe(user);
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const unreachable = { fetch: () => Promise.reject(new Error("Durable Object is overloaded.")) };
    const bindings = { ...(env as unknown as Bindings), USER: { getByName: () => unreachable } };
    clickup.clearCalls();
    for (const tool of ["clickup_workspace_hierarchy", PREMIUM_TOOL]) {
      const request = new Request(`${ORIGIN}/mcp`, {
        method: "POST",
        headers: { Authorization: `Bearer ${user.bearer}`, "Content-Type": "application/json" },
        body: JSON.stringify(rpc("tools/call", { name: tool, arguments: {} })),
      });
      const response = await serve(request, bindings as unknown as Bindings, createExecutionContext());
      const body = await response.text();
      expect([response.status, response.headers.get("retry-after")]).toEqual([503, "2"]);
      expect(JSON.parse(body)).toMatchObject({
        error: "temporarily_unavailable",
        incident: expect.any(String),
      });
      expect(body).not.toMatch(/overloaded|premium/);
    }
    expect(clickup.calls).toEqual([]);
  });
});

test("E6 the limit is another one from the next request on, in both directions", async () => {
  const user = await newUser();
  const limit = async () => Number((await user.post(rpc("tools/list"))).headers.get("x-ratelimit-limit"));
  expect(await limit()).toBe(100);
  await subscribe(user);
  expect(await limit()).toBe(500);
  const passed = await Promise.all(Array.from({ length: 150 }, () => user.post(rpc("tools/list"))));
  expect(passed.every((r) => r.status === 200)).toBe(true);
  await cancel(user);
  const refused = await user.post(rpc("tools/list"));
  expect([refused.status, refused.headers.get("x-ratelimit-limit")]).toEqual([429, "100"]);
  expect(await tierOf(user)).toBe("free");
});

const meta = (capabilities: object): Record<string, unknown> => ({
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": capabilities,
  "io.modelcontextprotocol/clientInfo": { name: "t", version: "1" },
});

interface ModernAnswer {
  result?: {
    resultType?: string;
    isError?: boolean;
    structuredContent?: Record<string, unknown>;
    requestState?: string;
    inputRequests?: Record<
      string,
      { method: string; params: { mode: string; url: string; message: string } }
    >;
  };
  error?: { code: number; message: string };
}

async function modern(user: TestUser, capabilities: object, more: object = {}): Promise<ModernAnswer> {
  const params = { name: PREMIUM_TOOL, arguments: { task: "none" }, ...more, _meta: meta(capabilities) };
  const response = await user.post(rpc("tools/call", params), {
    ...BOTH,
    "MCP-Protocol-Version": "2026-07-28",
    "Mcp-Method": "tools/call",
    "Mcp-Name": PREMIUM_TOOL,
  });
  return response.json();
}

async function openSession(
  user: TestUser,
  capabilities: object,
): Promise<{ headers: Record<string, string> }> {
  const initialize = { protocolVersion: "2025-11-25", capabilities, clientInfo: { name: "t", version: "1" } };
  const opened = await user.post(rpc("initialize", initialize, "init"), BOTH);
  const headers = {
    ...BOTH,
    "Mcp-Session-Id": opened.headers.get("mcp-session-id") ?? "",
    "MCP-Protocol-Version": "2025-11-25",
  };
  await user.post({ jsonrpc: "2.0", method: "notifications/initialized" }, headers);
  return { headers };
}

interface SessionAnswer {
  result?: { isError?: boolean };
  error?: { code: number; data: { elicitations: { elicitationId: string }[] } };
}

async function callIn(user: TestUser, headers: Record<string, string>, id = 7): Promise<SessionAnswer> {
  const response = await user.post(rpc("tools/call", { name: PREMIUM_TOOL, arguments: {} }, id), headers);
  const text = await response.text();
  const data = text.startsWith("{") ? text : (/^data: (\{.*)$/m.exec(text)?.[1] ?? "{}");
  return JSON.parse(data) as SessionAnswer;
}
