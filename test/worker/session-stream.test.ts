/** A 2025 session through the whole Worker: initialize, listen on GET, end. */
import { exports } from "cloudflare:workers";
import { expect, it } from "vitest";
import { SANDBOX } from "../sandbox/clickup/facts.ts";
import { Browser, ORIGIN } from "./browser.ts";
import { connect } from "./client.ts";

it("opens a session, holds its stream, and closes it with the session", async () => {
  const [, { access_token }] = await connect(new Browser(), SANDBOX.tokens.alice);
  const send = (method: string, headers: Record<string, string>, body?: unknown) =>
    exports.default.fetch(
      new Request(`${ORIGIN}/mcp`, {
        method,
        headers: {
          Authorization: `Bearer ${access_token}`,
          Accept: "application/json, text/event-stream",
          "Content-Type": "application/json",
          ...headers,
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    );
  const opened = await send(
    "POST",
    {},
    {
      jsonrpc: "2.0",
      id: 1,
      method: "initialize",
      params: {
        protocolVersion: "2025-11-25",
        capabilities: {},
        clientInfo: { name: "test", version: "1" },
      },
    },
  );
  expect(opened.status).toBe(200);
  await opened.text();
  const session = {
    "Mcp-Session-Id": opened.headers.get("Mcp-Session-Id") ?? "",
    "MCP-Protocol-Version": "2025-11-25",
  };
  expect(session["Mcp-Session-Id"]).not.toBe("");

  const stream = await send("GET", session);
  expect([stream.status, stream.headers.get("Content-Type")]).toEqual([200, "text/event-stream"]);
  const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
  expect(new TextDecoder().decode((await reader.read()).value)).toMatch(/^id: /);

  expect((await send("DELETE", session)).status).toBe(200);
  expect((await reader.read()).done).toBe(true);
  expect((await send("GET", session)).status).toBe(404);
});
