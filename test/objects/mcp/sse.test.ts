/** Clients of 2024-11-05: one stream, messages posted beside it. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { exports } from "cloudflare:workers";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { SSEClientTransport } from "@modelcontextprotocol/sdk/client/sse.js";
import { describe, expect, test } from "vitest";
import { readEvents } from "../../support/sse.ts";
import { newUser, rpc, type TestUser } from "../../support/users.ts";

const send = (user: TestUser, path: string, init: RequestInit = {}): Promise<Response> =>
  exports.default.fetch(
    new Request(`https://mcp.test${path}`, {
      ...init,
      headers: { Authorization: `Bearer ${user.bearer}`, "Content-Type": "application/json", Accept: "*/*" },
    }),
  );

const post = (user: TestUser, endpoint: string, message: unknown): Promise<Response> =>
  send(user, endpoint, { method: "POST", body: JSON.stringify(message) });

const initialize = rpc(
  "initialize",
  { protocolVersion: "2024-11-05", capabilities: {}, clientInfo: { name: "old", version: "1" } },
  0,
);

describe("HTTP+SSE", () => {
  test("the HTTP+SSE transport of the official SDK", async () => {
    const user = await newUser();
    const client = new Client({ name: "old", version: "1.0.0" });
    const fetcher = (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
      const request = new Request(input, init);
      request.headers.set("Authorization", `Bearer ${user.bearer}`);
      return exports.default.fetch(request);
    };
    await client.connect(
      new SSEClientTransport(new URL("https://mcp.test/sse"), {
        eventSourceInit: { fetch: fetcher },
        fetch: fetcher,
      }),
    );
    expect((await client.listTools()).tools).toHaveLength(7);
    const result = await client.callTool({ name: "clickup_space_get", arguments: { space: "Product" } });
    expect(result.isError).toBeUndefined();
    await client.close();
  });

  test("answers come on the stream, also after the object was evicted in between", async () => {
    const user = await newUser();
    const stream = readEvents(await send(user, "/sse"));
    const endpoint = await stream.next();
    expect(endpoint.event).toBe("endpoint");
    expect((await post(user, endpoint.data, initialize)).status).toBe(202);
    expect(JSON.parse((await stream.next()).data).result.protocolVersion).toBe("2024-11-05");
    await post(user, endpoint.data, { jsonrpc: "2.0", method: "notifications/initialized" });
    await evictDurableObject(user.object);
    expect((await post(user, endpoint.data, rpc("tools/list", undefined, 5))).status).toBe(202);
    const answer = JSON.parse((await stream.next()).data);
    expect([answer.id, answer.result.tools.length]).toEqual([5, 7]);
    await post(user, endpoint.data, rpc("ping", undefined, 6));
    expect(JSON.parse((await stream.next()).data)).toEqual({ jsonrpc: "2.0", id: 6, result: {} });
    await stream.cancel();
    // The session ends with its stream.
    await expect
      .poll(() =>
        runInDurableObject(
          user.object,
          (_, s) => s.storage.sql.exec("SELECT 1 FROM sessions").toArray().length,
        ),
      )
      .toBe(0);
    expect((await post(user, endpoint.data, rpc("ping"))).status).toBe(404);
  });

  test("a stranger's or made-up session id is 404, none is 400", async () => {
    const [alice, bob] = [await newUser(), await newUser({ person: "bob" })];
    const stream = readEvents(await send(alice, "/sse"));
    const endpoint = (await stream.next()).data;
    expect((await post(bob, endpoint, rpc("ping"))).status).toBe(404);
    expect((await post(alice, "/sse/message", rpc("ping"))).status).toBe(400);
    expect((await post(alice, "/sse/message?sessionId=nope", rpc("ping"))).status).toBe(404);
    expect((await send(alice, "/sse", { method: "POST", body: "{}" })).status).toBe(405);
    await stream.cancel();
  });
});
