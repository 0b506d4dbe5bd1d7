/** What is measured: a name and the requests of it, one per user. */
import { postBytes, type Prepared } from "../workerd/connection.ts";
import { makeUsers, openSession, peerToken, type SignedIn } from "../workerd/users.ts";
import type { Running } from "./workerd.ts";

export interface Case {
  name: CaseName;
  what: string;
  prepared: Prepared[];
  /** Part of every right answer. */
  expect: string;
  /** True for what writes to storage: measured on the disk too. */
  stores: boolean;
}

export type CaseName =
  | "bare"
  | "echo"
  | "floor"
  | "floor_fetch"
  | "floor_list"
  | "recorded"
  | "recorded_list"
  | "oauth_echo"
  | "mcp_agent"
  | "sdk_call"
  | "sdk_list"
  | "our_dispatch"
  | "call_oauth"
  | "call_oauth_fetch"
  | "call_jwt"
  | "list_oauth"
  | "call_session";

export const toolCall = {
  jsonrpc: "2.0",
  id: 7,
  method: "tools/call",
  params: { name: "clickup_space_get", arguments: { space: "90120001" } },
};
const toolList = { jsonrpc: "2.0", id: 7, method: "tools/list" };
const echoed = {
  jsonrpc: "2.0",
  id: 7,
  method: "tools/call",
  params: { name: "echo", arguments: { text: "hello there" } },
};
const BOTH = { Accept: "application/json, text/event-stream" };

/** Users and sessions are made first; the warm-up is the caller's. */
export async function makeCases(running: Running, users: number): Promise<Case[]> {
  const at = (service: string): string => `${running.origins[service]}/mcp`;
  const people = await makeUsers(running, {
    service: "product",
    setup: "setup",
    count: users,
    prefix: "bench",
  });
  const inside = await makeUsers(running, {
    service: "inside",
    setup: "setup-inside",
    count: users,
    prefix: "inside",
  });
  const token = await peerToken(running);
  const agentSessions = await Promise.all(people.map(() => openSession(at("mcp-agent"))));
  const ourSessions = await Promise.all(
    people.map((user) => openSession(at("product"), { Authorization: `Bearer ${user.oauth}` })),
  );
  const each = (
    service: string,
    body: unknown,
    headers: (user: SignedIn, i: number) => Record<string, string>,
  ) => people.map((user, i) => postBytes(at(service), body, headers(user, i)));
  const oauth = (user: SignedIn) => ({ Authorization: `Bearer ${user.oauth}` });
  const none = () => ({});
  const made = (
    name: CaseName,
    what: string,
    prepared: Prepared[],
    expect: string,
    stores = false,
  ): Case => ({ name, what, prepared, expect, stores });
  return [
    made("bare", "bare fetch handler", each("bare", toolCall, none), '"result"'),
    made(
      "echo",
      "Worker to object, echo over RPC",
      each("echo", toolCall, (u) => ({ "x-user": u.userId })),
      "clickup_space_get",
      true,
    ),
    made(
      "floor",
      "the hop and rows of our tools/call, without our code",
      each("floor", toolCall, (u) => ({ "x-user": u.userId, "x-work": "inside" })),
      "Product",
      true,
    ),
    made(
      "floor_fetch",
      "the same, ClickUp a request of its own",
      each("floor", toolCall, (u) => ({ "x-user": u.userId, "x-work": "fetch" })),
      "Product",
    ),
    made(
      "floor_list",
      "one hop, one row and the bytes of our tools/list",
      each("floor", toolList, (u) => ({ "x-user": u.userId, "x-work": "list" })),
      "clickup_space_get",
    ),
    made(
      "recorded",
      "the hop and rows of our tools/call, with headers, log line and batches",
      each("floor", toolCall, (u) => ({ "x-user": `${u.userId}-recorded`, "x-work": "recorded" })),
      "Product",
      true,
    ),
    made(
      "recorded_list",
      "the same of our tools/list",
      each("floor", toolList, (u) => ({ "x-user": `${u.userId}-recorded`, "x-work": "recorded-list" })),
      "clickup_space_get",
    ),
    made(
      "oauth_echo",
      "workers-oauth-provider before the echo",
      each("oauth-echo", toolCall, (u) => ({ "x-user": u.userId, Authorization: `Bearer ${token}` })),
      "clickup_space_get",
    ),
    made(
      "mcp_agent",
      "McpAgent, one tool, no authentication, no record",
      each("mcp-agent", echoed, (_, i) => ({ ...BOTH, "Mcp-Session-Id": agentSessions[i] ?? "" })),
      "hello there",
      true,
    ),
    made(
      "sdk_call",
      "createMcpHandler per request, 72 tools: tools/call",
      each("sdk-per-request", toolCall, () => BOTH),
      "Product",
    ),
    made(
      "sdk_list",
      "the same: tools/list",
      each("sdk-per-request", toolList, () => BOTH),
      "clickup_space_get",
    ),
    made(
      "our_dispatch",
      "our dispatch alone, 72 tools: tools/call",
      each("dispatch", toolCall, none),
      "Product",
    ),
    made(
      "call_oauth",
      "ours, OAuth token: tools/call, all in",
      inside.map((user) => postBytes(at("inside"), toolCall, oauth(user))),
      "Product",
      true,
    ),
    made(
      "call_oauth_fetch",
      "the same, ClickUp a request of its own",
      each("product", toolCall, oauth),
      "Product",
    ),
    made(
      "call_jwt",
      "ours, JWT: tools/call, all in",
      each("product", toolCall, (u) => ({ Authorization: `Bearer ${u.jwt}` })),
      "Product",
    ),
    made(
      "list_oauth",
      "ours, OAuth token: tools/list (72)",
      each("product", toolList, oauth),
      "clickup_space_get",
      true,
    ),
    made(
      "call_session",
      "ours, OAuth token, 2025 session: tools/call",
      each("product", toolCall, (u, i) => ({ ...BOTH, ...oauth(u), "Mcp-Session-Id": ourSessions[i] ?? "" })),
      "Product",
      true,
    ),
  ];
}
