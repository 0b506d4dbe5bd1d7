/**
 * The short way of a token that was verified just now says what the routes say: same status, same headers, same body,
 * same record. And what is out of the ordinary does not take it.
 */
import { env } from "cloudflare:workers";
import { createExecutionContext } from "cloudflare:test";
import { afterEach, describe, expect, test, vi } from "vitest";
import { FIGURES_HEADER, type PlainPost } from "../../objects/rpc.ts";
import type { Bindings } from "../../worker/env.ts";
import { serve } from "../../worker/router.tsx";
import { journalOf } from "../faults/record.ts";
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
        async post(post: PlainPost) {
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
  // CORS headers mean something to pages alone, and pages do not take the short way.
  const shownHeaders = [...answer.headers].filter(([name]) => !name.startsWith("access-control-"));
  const varying = /^(x-request-id|x-ratelimit-|ratelimit$|retry-after)/;
  const headers = Object.fromEntries(shownHeaders.filter(([name]) => !varying.test(name)));
  const names = shownHeaders.map(([name]) => name).toSorted();
  const text = (await answer.text())
    .replaceAll(/clickup [0-9a-f]{12}/g, "clickup FENCE")
    .replaceAll(/in \d+ seconds?|"retry_after":\d+/g, "in a while");
  return { status: answer.status, headers, names, text };
}

/** Lists in lists. */
function nested(levels: number): unknown {
  let value: unknown = 1;
  for (let i = 0; i < levels; i++) value = [value];
  return value;
}

const CASES: [string, Init, plain: boolean][] = [
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
];

describe("the short way", () => {
  test.each(CASES)("says what the routes say: %s", async (_, init, plain) => {
    const user = await newUser();
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    const { send, seen } = await familiar(user);
    const byRoutes = await shown(await serve(request(user, init), strange(), createExecutionContext()));
    const before = await journalOf(user.userId);
    const direct = await shown(await send(init));
    const after = await journalOf(user.userId);
    expect(direct).toEqual(byRoutes);
    expect(direct.names).not.toContain(FIGURES_HEADER);
    expect(seen.posts).toBe(plain ? 1 : 0);
    // The record has the same of both.
    const kept = ({ method, tool, outcome }: (typeof after)[number]) => ({ method, tool, outcome });
    const added = after.slice(before.length).filter((e) => e.counted || e.method.startsWith("tools/"));
    expect(added.map(kept)).toEqual(
      before
        .slice(-added.length)
        .filter(() => added.length > 0)
        .map(kept),
    );
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
