/** What an authenticated request carries to the user's object, and what comes back. */
import { env } from "cloudflare:workers";
import { afterEach, expect, it, vi } from "vitest";
import type { OAuthResourceContext } from "@cloudflare/workers-oauth-provider";
import { PRINCIPAL_HEADER, REQUEST_ID_HEADER } from "../../objects/rpc/user.ts";
import type { Bindings } from "../../worker/env.ts";
import { forwardToUser } from "../../worker/mcp.ts";
import type { Caller } from "../../worker/oauth/provider.ts";

const URL_MCP = "https://mcp.test/mcp?toolsets=tasks&access_token=in-the-query";

interface Seen {
  name: string;
  request: Request;
}

function forward(
  answer: (request: Request) => Promise<Response>,
  init: RequestInit = {},
  scope = ["clickup:read", "clickup:write"],
): { seen: Seen[]; response: Promise<Response> } {
  const seen: Seen[] = [];
  const USER = {
    getByName: (name: string) => ({
      fetch: (request: Request) => {
        seen.push({ name, request });
        return answer(request);
      },
    }),
  };
  const ctx = {
    props: { userId: "u_me", deviceId: "d_me", via: "oauth" },
    auth: {
      token: "secret-token",
      audience: "https://mcp.test",
      scope,
      userId: "u_me",
      clientId: "client-1",
    },
  } as unknown as OAuthResourceContext<Caller>;
  const bindings = { ...(env as unknown as Bindings), USER } as unknown as Bindings;
  return { seen, response: forwardToUser(new Request(URL_MCP, init), bindings, ctx) };
}

afterEach(() => vi.restoreAllMocks());

it("hands over the verified principal and nothing a client could forge", async () => {
  const { seen, response } = forward(() => Promise.resolve(new Response("ok")), {
    method: "POST",
    body: "payload",
    headers: {
      Authorization: "Bearer secret-token",
      Cookie: "a=b",
      [PRINCIPAL_HEADER]: JSON.stringify({ userId: "u_victim" }),
      "x-clickup-mcp-anything": "forged",
      "X-Forwarded-For": "10.0.0.1",
      "Content-Type": "application/json",
      Accept: "application/json, text/event-stream",
      "Mcp-Session-Id": "session-1",
      "MCP-Protocol-Version": "2025-11-25",
      "Last-Event-ID": "7",
    },
  });
  expect((await response).status).toBe(200);
  const [{ name, request }] = seen as [Seen];
  expect(name).toBe("u_me");
  expect(JSON.parse(request.headers.get(PRINCIPAL_HEADER) ?? "")).toEqual({
    userId: "u_me",
    deviceId: "d_me",
    via: "oauth",
    clientId: "client-1",
    scopes: ["clickup:read", "clickup:write"],
  });
  expect([...request.headers.keys()].toSorted()).toEqual(
    [
      "accept",
      "content-type",
      "last-event-id",
      "mcp-protocol-version",
      "mcp-session-id",
      PRINCIPAL_HEADER,
      REQUEST_ID_HEADER,
    ].toSorted(),
  );
  expect(new URL(request.url).search).toBe("?toolsets=tasks");
  expect(await request.text()).toBe("payload");
});

it.each(["GET", "POST", "DELETE"])("keeps the method %s and the answer as they are", async (method) => {
  const answer = new Response("answer", { status: 418, headers: { "Mcp-Session-Id": "s", "X-Other": "y" } });
  const { seen, response } = forward(() => Promise.resolve(answer), { method });
  expect(await response).toBe(answer);
  expect(seen[0]?.request.method).toBe(method);
});

it("passes a stream on while it is still being written", async () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  const { response } = forward(() => Promise.resolve(new Response(readable)));
  const reader = (await response).body?.getReader();
  const first = reader?.read();
  await writer.write(new TextEncoder().encode("data: 1\n\n"));
  expect(new TextDecoder().decode((await first)?.value)).toBe("data: 1\n\n");
  await reader?.cancel();
});

it("turns a socket of the object into the client's event stream", async () => {
  const { 0: client, 1: server } = new WebSocketPair();
  server.accept();
  const { seen, response } = forward(
    () => Promise.resolve(new Response(null, { status: 101, webSocket: client })),
    {
      headers: { "Mcp-Session-Id": "session-1", Accept: "text/event-stream" },
    },
  );
  const answer = await response;
  expect(seen[0]?.request.headers.get("Upgrade")).toBe("websocket");
  expect([answer.status, answer.headers.get("Content-Type"), answer.headers.get("Mcp-Session-Id")]).toEqual([
    200,
    "text/event-stream",
    "session-1",
  ]);
  server.send("data: hello\n\n");
  const first = await answer.body?.getReader().read();
  expect(new TextDecoder().decode(first?.value)).toBe("data: hello\n\n");
});

it("answers 503 without detail when the object cannot be reached", async () => {
  const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
  const { response } = forward(() => Promise.reject(new Error("Durable Object reset: internal detail")));
  const answer = await response;
  expect(answer.status).toBe(503);
  expect(answer.headers.get("Retry-After")).toMatch(/^\d+$/);
  const text = await answer.text();
  expect(text).toContain("temporarily_unavailable");
  expect(text).not.toContain("internal detail");
  expect(String(error.mock.calls[0]?.[0])).toContain((JSON.parse(text) as { incident: string }).incident);
});

it("asks for the reading scope, and takes writing as including it", async () => {
  const without = forward(() => Promise.resolve(new Response()), {}, []);
  const refused = await without.response;
  expect(refused.status).toBe(403);
  expect(refused.headers.get("WWW-Authenticate")).toContain('error="insufficient_scope"');
  expect(refused.headers.get("WWW-Authenticate")).toContain('scope="clickup:read"');
  expect(without.seen).toHaveLength(0);
  const writing = forward(() => Promise.resolve(new Response()), {}, ["clickup:write"]);
  expect((await writing.response).status).toBe(200);
});

it("tells a signed-out client where to sign in again", async () => {
  const { response } = forward(() =>
    Promise.resolve(new Response("{}", { status: 401, headers: { "WWW-Authenticate": "Bearer" } })),
  );
  const challenge = (await response).headers.get("WWW-Authenticate");
  expect(challenge).toContain('resource_metadata="https://mcp.test/.well-known/oauth-protected-resource"');
  expect(challenge).toContain('error="invalid_token"');
});
