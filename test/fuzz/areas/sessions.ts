/** Sessions and streams: their ids, their positions, and messages that belong to none. */
import fc from "fast-check";
import type { Case } from "../case.ts";
import { bodyOf, encode, headerText, mutated, strangeText, type Json } from "../strange.ts";

const AUTH: [string, string] = ["Authorization", "Bearer {{bearer}}"];
const STREAM: [string, string] = ["Accept", "text/event-stream"];
const JSON_TYPE: [string, string] = ["Content-Type", "application/json"];
const session = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(
      "{{session}}",
      "{{session}}",
      "{{foreignSession}}",
      "00000000-0000-4000-8000-000000000000",
    ),
  },
  headerText,
);
const revision = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom("2025-11-25", "2025-06-18", "2025-03-26") },
  headerText,
);
const position = fc.oneof(
  fc.constantFrom("0", "1", "-1", "9999999", "standalone_1", "_GET_stream_1", "x:1:2"),
  headerText,
);

const MESSAGES: Json[] = [
  { jsonrpc: "2.0", method: "notifications/initialized" },
  { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } },
  { jsonrpc: "2.0", method: "notifications/roots/list_changed" },
  { jsonrpc: "2.0", id: 1, result: {} },
  { jsonrpc: "2.0", id: "x", error: { code: 1, message: "x" } },
  {
    jsonrpc: "2.0",
    id: 5,
    method: "tools/call",
    params: { name: "clickup_space_get", arguments: { space: "Product" }, _meta: { progressToken: "p" } },
  },
  { jsonrpc: "2.0", id: 6, method: "resources/subscribe", params: { uri: "clickup://9012345601/hierarchy" } },
  { jsonrpc: "2.0", id: 8, method: "logging/setLevel", params: { level: "debug" } },
  {
    jsonrpc: "2.0",
    id: 9,
    method: "initialize",
    params: { protocolVersion: "2025-06-18", capabilities: {}, clientInfo: { name: "x", version: "1" } },
  },
];
const message = bodyOf(mutated(fc.constantFrom(...MESSAGES)));

const stream = fc
  .tuple(
    fc.constantFrom("GET", "DELETE", "HEAD", "PUT"),
    session,
    revision,
    fc.option(position, { nil: undefined }),
  )
  .map(([method, id, version, last]): Case => ({
    // The run's own session is kept: a DELETE names another.
    method,
    path: "/mcp",
    headers: [
      AUTH,
      STREAM,
      ["Mcp-Session-Id", method === "DELETE" && id === "{{session}}" ? "{{foreignSession}}" : id],
      ["MCP-Protocol-Version", version],
      ...(last === undefined ? [] : ([["Last-Event-ID", last]] as [string, string][])),
    ],
  }));

const posted = fc.tuple(session, revision, message).map(([id, version, body]): Case => ({
  method: "POST",
  path: "/mcp",
  headers: [
    AUTH,
    JSON_TYPE,
    ["Accept", "application/json, text/event-stream"],
    ["Mcp-Session-Id", id],
    ["MCP-Protocol-Version", version],
  ],
  body,
}));

const sseStream = fc
  .tuple(fc.constantFrom("GET", "POST", "DELETE"), fc.constantFrom("/sse", "/sse?x=1", "/sse/"), position)
  .map(([method, path, last]): Case => ({ method, path, headers: [AUTH, STREAM, ["Last-Event-ID", last]] }));

const ssePost = fc
  .tuple(fc.oneof(fc.constantFrom("{{session}}", "{{foreignSession}}"), strangeText), message)
  .map(([id, body]): Case => ({
    method: "POST",
    path: `/sse/message?${encode([["sessionId", id]])}`,
    headers: [AUTH, JSON_TYPE],
    body,
  }));

const listen = fc
  .tuple(
    mutated(
      fc.constant<Json>({
        jsonrpc: "2.0",
        id: "l",
        method: "subscriptions/listen",
        params: {
          notifications: {
            toolsListChanged: true,
            resourceSubscriptions: ["clickup://9012345601/hierarchy"],
          },
          _meta: {
            "io.modelcontextprotocol/protocolVersion": "2026-07-28",
            "io.modelcontextprotocol/clientCapabilities": {},
            "io.modelcontextprotocol/clientInfo": { name: "t", version: "1" },
          },
        },
      }),
    ),
    fc.constantFrom("POST", "POST", "GET"),
  )
  .map(([json, method]): Case => ({
    method,
    path: "/mcp",
    headers: [
      AUTH,
      JSON_TYPE,
      ["Accept", "application/json, text/event-stream"],
      ["MCP-Protocol-Version", "2026-07-28"],
      ["Mcp-Method", "subscriptions/listen"],
    ],
    body: JSON.stringify(json),
  }));

export const sessions: fc.Arbitrary<Case> = fc.oneof(stream, posted, posted, sseStream, ssePost, listen);
