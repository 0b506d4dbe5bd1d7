/**
 * The direct way of a token that was verified just now says what the routes say: same status, same headers, same body,
 * same record. And what is out of the ordinary does not take it.
 */
import { env } from "cloudflare:workers";
import { createExecutionContext } from "cloudflare:test";
import { afterEach, describe, expect, test, vi } from "vitest";
import { FIGURES_HEADER, type DirectPost } from "../../objects/rpc/user.ts";
import type { Bindings } from "../../worker/env.ts";
import { serve } from "../../worker/router.tsx";
import { journalOf } from "../faults/record.ts";
import { clickup } from "../support/outside.ts";
import { newUser, rpc, type TestUser } from "../support/users.ts";

type Init = { body: unknown; headers?: Record<string, string> };

afterEach(() => vi.restoreAllMocks());

function request(user: TestUser, { body, headers = {} }: Init): Request {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return new Request("https://mcp.test/mcp", {
    method: "POST",
    body: text,
    headers: {
      Authorization: `Bearer ${user.bearer}`,
      "Content-Type": "application/json",
      // A request over HTTP declares its length; one made in the test has to say so.
      "Content-Length": String(new TextEncoder().encode(text).length),
      ...headers,
    },
  });
}

/** Bindings that are new to the Worker: no token is known under them. */
const strange = (): Bindings => ({ ...(env as unknown as Bindings) });

/** An isolate that has seen the token; counts what its objects are asked by RPC and gave an answer to. */
async function familiar(user: TestUser) {
  const seen = { posts: 0 };
  const USER = {
    getByName(name: string) {
      const stub = env.USER.getByName(name);
      return {
        fetch: (asked: Request) => stub.fetch(asked),
        async post(post: DirectPost) {
          const answer = await stub.post(post);
          if (answer !== null) seen.posts++;
          return answer;
        },
      };
    },
  };
  const bindings = { ...strange(), USER } as unknown as Bindings;
  const send = (init: Init): Promise<Response> =>
    serve(request(user, init), bindings, createExecutionContext());
  expect((await send({ body: rpc("ping") })).status).toBe(200);
  expect(seen.posts).toBe(0);
  return { send, seen };
}

/** What a client sees, without what differs from one request to the next. */
async function shown(answer: Response) {
  // CORS headers mean something to pages alone, and pages do not take the direct way.
  const shownHeaders = [...answer.headers].filter(([name]) => !name.startsWith("access-control-"));
  const varying = /^(x-request-id|x-ratelimit-|ratelimit$|retry-after)/;
  const headers = Object.fromEntries(shownHeaders.filter(([name]) => !varying.test(name)));
  const names = shownHeaders.map(([name]) => name).toSorted();
  const text = (await answer.text())
    .replaceAll(/clickup [0-9a-f]{12}/g, "clickup FENCE")
    .replaceAll(/in \d+ seconds?/g, "in a while")
    .replaceAll(/"retry_after":\d+/g, '"retry_after":0');
  const json = headers["content-type"]?.startsWith("application/json") === true;
  return { status: answer.status, headers, names, body: json ? (JSON.parse(text) as unknown) : text };
}

/** Lists in lists. */
function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
}

const CASES: [string, Init, direct: boolean][] = [
  ["a list", { body: rpc("tools/list") }, true],
  ["a list with a cursor", { body: rpc("tools/list", { cursor: "x" }) }, true],
  [
    "a call",
    { body: rpc("tools/call", { name: "clickup_space_get", arguments: { space: "Product" } }) },
    true,
  ],
  [
    "a call that names nothing",
    { body: rpc("tools/call", { name: "clickup_space_get", arguments: { space: "Nowhere" } }) },
    true,
  ],
  ["wrong arguments", { body: rpc("tools/call", { name: "clickup_space_get", arguments: [1] }) }, true],
  ["an unknown tool", { body: rpc("tools/call", { name: "clickup_invent" }) }, true],
  ["a premium tool on the free plan", { body: rpc("tools/call", { name: "clickup_tag_list" }) }, true],
  ["an unknown method", { body: rpc("tools/invent") }, true],
  ["prompts", { body: rpc("prompts/list") }, true],
  [
    "a revision in the header",
    { body: rpc("tools/list"), headers: { "MCP-Protocol-Version": "2025-06-18" } },
    true,
  ],
  ["a text as id", { body: rpc("tools/list", undefined, 'seven "7"') }, true],
  [
    "an unknown revision",
    { body: rpc("tools/list"), headers: { "MCP-Protocol-Version": "1999-01-01" } },
    false,
  ],
  ["what is not JSON", { body: "{not json" }, false],
  ["another content type", { body: rpc("tools/list"), headers: { "Content-Type": "text/plain" } }, false],
  ["a client that takes no JSON", { body: rpc("tools/list"), headers: { Accept: "image/png" } }, false],
  ["a batch", { body: [rpc("tools/list", undefined, 1), rpc("ping", undefined, 2)] }, false],
  ["a ping", { body: rpc("ping") }, false],
  ["a message as deep as one may be", { body: rpc("tools/list", { filler: nested(97) }) }, true],
  ["a message that is deeper", { body: rpc("tools/list", { filler: nested(99) }) }, false],
  ["a message without a bottom", { body: rpc("tools/call", { name: "x", arguments: nested(5_000) }) }, false],
  ["brackets in a text", { body: rpc("tools/list", { filler: '[\\"{'.repeat(200) }) }, true],
  ["a notification", { body: { jsonrpc: "2.0", method: "notifications/initialized" } }, false],
  ["no message", { body: { hello: 1 } }, false],
  ["an unknown session", { body: rpc("tools/list"), headers: { "Mcp-Session-Id": "none" } }, false],
  [
    "a progress token and notes of the client's",
    {
      body: rpc("tools/call", {
        name: "clickup_space_get",
        arguments: { space: "Product" },
        _meta: { progressToken: 7, "example.com/note": { a: 1 } },
      }),
    },
    true,
  ],
  [
    "what the specification gives a meaning to",
    { body: rpc("tools/list", { _meta: { "io.modelcontextprotocol/related-task": { taskId: "t" } } }) },
    false,
  ],
  ["a progress token that is none", { body: rpc("tools/list", { _meta: { progressToken: [1] } }) }, false],
];

const call = (name: string, args?: unknown, more: Record<string, unknown> = {}) =>
  rpc("tools/call", { name, ...(args === undefined ? {} : { arguments: args }), ...more });

/** In a session. */
const SESSION_CASES: [string, unknown, direct: boolean, premium?: boolean][] = [
  ["a list", rpc("tools/list"), true],
  ["a list with a cursor", rpc("tools/list", { cursor: "x" }), true],
  ["a call that reads", call("clickup_space_get", { space: "Product" }), true],
  [
    "a call that reads, with a progress token",
    call("clickup_space_get", { space: "Product" }, { _meta: { progressToken: "p" } }),
    true,
  ],
  ["a call that names nothing", call("clickup_space_get", { space: "Nowhere" }), true],
  ["a call with arguments of other types", call("clickup_space_get", { space: 7 }), true],
  ["a call without arguments", call("clickup_space_get"), true],
  ["arguments that are none", call("clickup_space_get", [1]), false],
  ["a call that changes something", call("clickup_task_update", { task: "86nowhere", name: "x" }), false],
  ["a tool of another plan", call("clickup_tag_list"), false],
  ["an unknown tool", call("clickup_invent"), false],
  ["a tool that says how far it is", call("clickup_task_search", { query: "a" }), false, true],
  ["a premium tool on the premium plan", call("clickup_tag_list", { space: "Product" }), true, true],
  ["another method", rpc("prompts/list"), false],
  ["a ping", rpc("ping"), false],
  ["a batch, which its revision does not have", [rpc("tools/list")], false],
];

/** Opens a session. @returns the headers of its requests */
async function opened(user: TestUser): Promise<Record<string, string>> {
  const accept = { Accept: "application/json, text/event-stream" };
  const body = rpc("initialize", {
    protocolVersion: "2025-11-25",
    capabilities: { elicitation: { form: {}, url: {} } },
    clientInfo: { name: "t", version: "1" },
  });
  const answer = await serve(request(user, { body, headers: accept }), strange(), createExecutionContext());
  await answer.arrayBuffer();
  return {
    ...accept,
    "Mcp-Session-Id": answer.headers.get("Mcp-Session-Id") ?? "",
    "MCP-Protocol-Version": "2025-11-25",
  };
}

function endOf(user: TestUser, headers: Record<string, string>): Request {
  const Authorization = `Bearer ${user.bearer}`;
  return new Request("https://mcp.test/mcp", { method: "DELETE", headers: { ...headers, Authorization } });
}

/** Sends the same by the routes and by the direct way: the same is answered and written down. */
async function compare(user: TestUser, init: Init, expected: boolean): Promise<void> {
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  const { send, seen } = await familiar(user);
  const byRoutes = await shown(await serve(request(user, init), strange(), createExecutionContext()));
  const before = await journalOf(user.userId);
  const direct = await shown(await send(init));
  const after = await journalOf(user.userId);
  expect(direct).toEqual(byRoutes);
  expect(direct.names).not.toContain(FIGURES_HEADER);
  expect(seen.posts).toBe(expected ? 1 : 0);
  // The record has the same of both.
  const kept = ({ method, tool, outcome }: (typeof after)[number]) => ({
    method,
    tool,
    outcome,
  });
  const added = after.slice(before.length).filter((e) => e.counted || e.method.startsWith("tools/"));
  expect(added.map(kept)).toEqual(
    before
      .slice(-added.length)
      .filter(() => added.length > 0)
      .map(kept),
  );
}

describe("the direct way", () => {
  test.each(CASES)("says what the routes say: %s", async (_, init, direct) => {
    await compare(await newUser(), init, direct);
  });

  test.each(SESSION_CASES)("says what the routes say in a session: %s", async (_, body, direct, premium) => {
    const user = await newUser(premium === true ? { tier: "premium" } : {});
    await compare(user, { body, headers: await opened(user) }, direct);
  });

  test.each(["cancels", "ends its session"])("no response when the client %s meanwhile", async (how) => {
    const user = await newUser();
    const headers = await opened(user);
    const { send, seen } = await familiar(user);
    const byRoutes = (init: Init) => serve(request(user, init), strange(), createExecutionContext());
    for (const [way, ask] of [
      ["routes", byRoutes],
      ["short", send],
    ] as const) {
      const own = way === "short" && how !== "cancels" ? await opened(user) : headers;
      clickup.fault({ kind: "slow", ms: 400, method: "GET", times: 10 });
      const asked = ask({ body: call("clickup_space_get", { space: "90125550001" }), headers: own });
      await vi.waitFor(async () => expect((await journalOf(user.userId)).at(-1)?.outcome).toBeUndefined());
      // The same id again is refused while it runs.
      const twice = await ask({ body: call("clickup_space_get", { space: "Product" }), headers: own });
      expect(await twice.text()).toContain("still running");
      if (how === "cancels") {
        const params = { requestId: 1 };
        await ask({ body: { jsonrpc: "2.0", method: "notifications/cancelled", params }, headers: own });
      } else {
        await serve(endOf(user, own), strange(), createExecutionContext());
      }
      const answer = await asked;
      expect([way, answer.status, await answer.text()]).toEqual([way, 200, ""]);
      expect((await journalOf(user.userId)).at(-1)?.outcome).toBe("cancelled");
      clickup.clearFaults();
    }
    expect(seen.posts).toBe(1);
  });

  test("a session that has ended is not found, by whichever way", async () => {
    const user = await newUser();
    const headers = await opened(user);
    const { send } = await familiar(user);
    expect((await send({ body: rpc("tools/list"), headers })).status).toBe(200);
    const ended = await serve(endOf(user, headers), strange(), createExecutionContext());
    expect(ended.status).toBe(200);
    expect((await send({ body: rpc("tools/list"), headers })).status).toBe(404);
  });

  test("the request above the limit gets 429, by whichever way", async () => {
    const user = await newUser();
    const { send } = await familiar(user);
    for (let i = 0; i < 100; i++) expect((await send({ body: rpc("tools/list") })).status).toBe(200);
    const refused = await send({ body: rpc("tools/list") });
    const byRoutes = await serve(
      request(user, { body: rpc("tools/list") }),
      strange(),
      createExecutionContext(),
    );
    expect([refused.status, byRoutes.status]).toEqual([429, 429]);
    expect(Number(refused.headers.get("Retry-After"))).toBeGreaterThan(0);
    expect(await shown(refused)).toEqual(await shown(byRoutes));
  });

  test("a stopped device is out on its next request, although its token is known", async () => {
    const user = await newUser();
    const { send } = await familiar(user);
    await user.object.revokeDevice(user.deviceId);
    const refused = await send({ body: rpc("tools/list") });
    expect(refused.status).toBe(401);
    expect(refused.headers.get("WWW-Authenticate")).toContain("resource_metadata");
  });

  test("a page of another origin is refused, whatever token it carries", async () => {
    const user = await newUser();
    const { send } = await familiar(user);
    const refused = await send({ body: rpc("tools/list"), headers: { Origin: "https://evil.example" } });
    expect(refused.status).toBe(403);
  });

  test("one line in the log, with the figures of the request", async () => {
    const user = await newUser();
    const { send } = await familiar(user);
    const logged = vi.spyOn(console, "info").mockImplementation(() => undefined);
    const answer = await send({
      body: rpc("tools/call", { name: "clickup_space_get", arguments: { space: "Product" } }),
    });
    const lines = logged.mock.calls.map(([line]) => JSON.parse(String(line)) as Record<string, unknown>);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({
      event: "request",
      route: "/mcp",
      status: 200,
      requestId: answer.headers.get("x-request-id"),
      user: user.userId,
      device: user.deviceId,
      tool: "clickup_space_get",
      outcome: "ok",
      messages: 1,
    });
  });
});
