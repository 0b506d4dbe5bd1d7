/** The edge: any method on any path with any header. */
import fc from "fast-check";
import type { Case } from "../case.ts";
import { encode, headerText, strangeText } from "../strange.ts";

const PATHS = (
  "/ /health /favicon.svg /mcp /mcp/ /mcp/x /sse /sse/ /sse/message /sse/x /token /register /authorize /authorize/token " +
  "/authorize/workspaces /auth/login /auth/callback /auth/logout /auth/api-key /account /account/tokens /account/devices/x " +
  "/account/devices/x/stop /account/devices/stop-all /account/activity /account/activity/export /account/settings " +
  "/account/settings/token /account/data /account/delete /account/plan /account/plan/x /account/plan/checkout /billing/success " +
  "/billing/cancel /stripe/webhook /stripe/create-checkout /stripe/create-portal-session /.well-known/oauth-authorization-server " +
  "/.well-known/oauth-protected-resource /.well-known/oauth-protected-resource/mcp /.well-known/oauth-protected-resource/sse " +
  "/.well-known/x /robots.txt /admin /admin/users /users /__sandbox/state"
).split(" ");

const path = fc.oneof(
  { weight: 15, arbitrary: fc.constantFrom(...PATHS) },
  fc.constantFrom(...PATHS).map((p) => `/${p}`),
  fc.constantFrom(...PATHS).map((p) => p.toUpperCase()),
  fc.constantFrom(...PATHS).map((p) => `${p}/%2e%2e/..;/${p}`),
  fc.constantFrom(
    "/%",
    "/%00",
    "/%zz",
    "/\\",
    "//evil.example/x",
    "/.",
    "/?",
    "/#",
    "/mcp%2F",
    "/%6dcp",
    "/mcp;x=1",
    "/..%2f..%2fetc/passwd",
  ),
  strangeText.map((text) => `/${encodeURIComponent(text.toWellFormed())}`),
);
const query = fc.oneof(
  fc.constant(""),
  fc
    .array(
      fc.tuple(
        fc.oneof(
          fc.constantFrom(
            "access_token",
            "sessionId",
            "code",
            "state",
            "next",
            "for",
            "client_id",
            "device",
            "before",
          ),
          strangeText,
        ),
        strangeText,
      ),
      { maxLength: 3 },
    )
    .map((pairs) => `?${encode(pairs)}`),
  fc.constantFrom("?", "?&&==", "?%", "?a[]=1&a[b]=2", `?${"a=1&".repeat(2_000)}`),
);

/** Headers that decide something, those of our own inside, and those of proxies. */
const NAMES = (
  "Accept Accept-Language Authorization Content-Type Content-Length Cookie Host Origin Referer Sec-Fetch-Site User-Agent " +
  "Mcp-Session-Id MCP-Protocol-Version Mcp-Method Mcp-Name Last-Event-ID Upgrade Connection Range If-None-Match Expect " +
  "X-Forwarded-Host X-Forwarded-Proto X-Original-URL X-HTTP-Method-Override CF-Connecting-IP traceparent Stripe-Signature " +
  "x-clickup-mcp-principal x-clickup-mcp-figures x-clickup-mcp-stream-body x-request-id"
).split(" ");
const GOOD: Record<string, string[]> = {
  Accept: ["text/html", "application/json", "application/json, text/event-stream", "text/event-stream"],
  Authorization: [
    "Bearer {{bearer}}",
    "Bearer {{access}}",
    "bearer {{bearer}}",
    "Bearer  {{bearer}}",
    "Basic YTpi",
    "Bearer a.b.c",
    "Bearer {{user}}:x:y",
    `Bearer ${"x".repeat(600)}:y:z`,
    "Bearer ..:..:..",
  ],
  "Content-Type": [
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "text/plain",
    "application/json; charset=utf-16",
  ],
  Cookie: [
    "{{cookie}}",
    "__Host-clickup-mcp-session=x",
    "__Host-clickup-mcp-session=a.b.c; __Host-clickup-mcp-session=d.e.f",
  ],
  Origin: ["null", "https://mcp.test", "https://evil.example", "https://mcp.test.evil.example", "file://"],
  Upgrade: ["websocket"],
  "Mcp-Session-Id": ["{{session}}", "{{foreignSession}}"],
  "MCP-Protocol-Version": [
    "2026-07-28",
    "2025-11-25",
    "2025-06-18",
    "2025-03-26",
    "2024-11-05",
    "2099-01-01",
  ],
  "Mcp-Method": ["tools/list", "subscriptions/listen", "=?base64?dG9vbHMvbGlzdA==?="],
  "x-clickup-mcp-principal": [
    '{"userId":"{{user}}","deviceId":"{{device}}","via":"jwt","clientId":"jwt","scopes":["clickup:write"]}',
    "null",
    "{",
  ],
  "x-clickup-mcp-stream-body": ["%7B%7D", "%", "x".repeat(20_000)],
};
const header = fc
  .constantFrom(...NAMES)
  .chain((name): fc.Arbitrary<[string, string]> =>
    fc.tuple(
      fc.constant(name),
      fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...(GOOD[name] ?? ["x"])) }, headerText),
    ),
  );

export const http: fc.Arbitrary<Case> = fc
  .tuple(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom("GET", "POST", "HEAD", "OPTIONS", "DELETE", "PUT", "PATCH") },
      fc.constantFrom("PROPFIND", "MKCOL", "get", "PURGE", "LINK"),
    ),
    path,
    query,
    fc.array(header, { maxLength: 5 }),
    fc.option(
      fc.oneof(
        strangeText,
        fc.constantFrom("{}", "[]", '{"jsonrpc":"2.0","id":1,"method":"tools/list"}', "a=b&c=d"),
      ),
      { nil: undefined },
    ),
  )
  .map(([method, where, search, headers, body]): Case => ({
    method,
    path: where + search,
    headers,
    ...(body === undefined ? {} : { body }),
  }));
