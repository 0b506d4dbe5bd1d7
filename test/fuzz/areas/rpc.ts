/** JSON-RPC on /mcp: messages of every revision, nearly right. */
import fc from "fast-check";
import { PROMPTS } from "../../../tools/prompts.ts";
import { SANDBOX } from "../../sandbox/clickup/facts.ts";
import type { Case } from "../case.ts";
import { bodyOf, headerText, mostly, mutated, strangeJson, strangeText, type Json } from "../strange.ts";

const { workspaces, tasks, lists } = SANDBOX;
const MODERN = "2026-07-28";
const REVISIONS = ["2025-11-25", "2025-06-18", "2025-03-26", "2024-11-05"];

const id: fc.Arbitrary<Json> = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom<Json>(1, "a", 0, -1) },
  fc.constantFrom<Json>(1.5, 2 ** 53, 1e308, "", null, "x".repeat(2_000), true, { a: 1 }, [1]),
);

const uri = fc.oneof(
  fc.constantFrom(
    `clickup://${workspaces.northwind}/hierarchy`,
    `clickup://${workspaces.northwind}/task/${tasks.export}`,
    `clickup://${workspaces.bobcorp}/list/${lists.bob}`,
    "account://plan",
    "account://activity",
    "clickup://",
    "clickup://%/%/%",
    "file:///etc/passwd",
  ),
  strangeText,
);

/** Method → params as a client would send them. */
const METHODS: Record<string, fc.Arbitrary<Json>> = {
  initialize: fc.record({
    protocolVersion: fc.constantFrom(...REVISIONS, MODERN, "1999-01-01"),
    capabilities: fc.constantFrom<Json>({}, { elicitation: {}, sampling: {}, roots: { listChanged: true } }),
    clientInfo: fc.record({ name: strangeText, version: fc.constant("1") }),
  }),
  "server/discover": fc.constant({}),
  ping: fc.constant({}),
  "tools/list": fc.constantFrom<Json>({}, { cursor: "x" }),
  "tools/call": fc.constantFrom<Json>(
    { name: "clickup_space_get", arguments: { space: "Product" } },
    { name: "clickup_task_get", arguments: { task: tasks.export } },
    { name: "clickup_task_delete", arguments: { task: "86cnone01" } },
    { name: "nothing", arguments: {} },
  ),
  "resources/list": fc.constant({}),
  "resources/templates/list": fc.constant({}),
  "resources/read": fc.record({ uri }),
  "resources/subscribe": fc.record({ uri }),
  "resources/unsubscribe": fc.record({ uri }),
  "prompts/list": fc.constant({}),
  "prompts/get": fc.record({
    name: fc.constantFrom(...PROMPTS.map(({ name }) => name), "none"),
    arguments: fc.dictionary(fc.constantFrom("list", "space", "workspace", "task"), strangeText, {
      maxKeys: 3,
    }),
  }),
  "completion/complete": fc.record({
    ref: fc.constantFrom<Json>(
      { type: "ref/resource", uri: "clickup://{workspace}/list/{list}" },
      { type: "ref/prompt", name: "x" },
    ),
    argument: fc.record({ name: fc.constantFrom("list", "workspace", "folder", "x"), value: strangeText }),
  }),
  "logging/setLevel": fc.constantFrom<Json>({ level: "debug" }, { level: "loud" }),
  "subscriptions/listen": fc.constantFrom<Json>(
    { notifications: { toolsListChanged: true } },
    { notifications: { resourceSubscriptions: ["clickup://x"] } },
  ),
  "tasks/get": fc.record({ taskId: strangeText }),
  "tasks/cancel": fc.record({ taskId: strangeText }),
  "tasks/result": fc.record({ taskId: strangeText }),
  "notifications/initialized": fc.constant({}),
  "notifications/cancelled": fc.record({ requestId: id, reason: strangeText }),
  "notifications/progress": fc.constant({ progressToken: 1, progress: 1 }),
  "sampling/createMessage": fc.constant({ messages: [], maxTokens: 1 }),
  "elicitation/create": fc.constant({ message: "x", requestedSchema: {} }),
};

const META = {
  "io.modelcontextprotocol/protocolVersion": MODERN,
  "io.modelcontextprotocol/clientCapabilities": { elicitation: {} },
  "io.modelcontextprotocol/clientInfo": { name: "fuzz", version: "1" },
};

interface Draft {
  method: string;
  message: Json;
  modern: boolean;
  revision: string;
}

const draft: fc.Arbitrary<Draft> = fc
  .tuple(
    fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...Object.keys(METHODS)) }, strangeText),
    fc.boolean(),
    mostly("2025-11-25", ...REVISIONS),
    id,
  )
  .chain(([method, modern, revision, theId]) =>
    (Object.hasOwn(METHODS, method) ? METHODS[method]! : strangeJson).map((params): Draft => {
      const withMeta =
        modern && typeof params === "object" && params !== null && !Array.isArray(params)
          ? { ...params, _meta: META }
          : params;
      const notification = method.startsWith("notifications/");
      const message = { jsonrpc: "2.0", ...(notification ? {} : { id: theId }), method, params: withMeta };
      return { method, message, modern, revision };
    }),
  );

/** What a client may answer to us, asked or not. */
const reply: fc.Arbitrary<Json> = fc.oneof(
  id.map((one): Json => ({
    jsonrpc: "2.0",
    id: one,
    result: { action: "accept", content: { confirm: true } },
  })),
  id.map((one): Json => ({ jsonrpc: "2.0", id: one, error: { code: -1, message: "no" } })),
);

const modernHeaders = (method: string, message: Json): [string, string][] => {
  const { params } = message as { params?: { name?: unknown; uri?: unknown } };
  const name = params?.name ?? params?.uri;
  return [
    ["MCP-Protocol-Version", MODERN],
    ["Mcp-Method", method.replaceAll(/[^\x20-\x7E]/g, "?").slice(0, 200)],
    ...(typeof name === "string"
      ? ([["Mcp-Name", name.replaceAll(/[^\x20-\x7E]/g, "?").slice(0, 200)]] as [string, string][])
      : []),
  ];
};

const oddHeader: fc.Arbitrary<[string, string][]> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<[string, string][]>([]) },
  fc
    .tuple(
      fc.constantFrom(
        "MCP-Protocol-Version",
        "Mcp-Method",
        "Mcp-Name",
        "Accept",
        "Mcp-Session-Id",
        "Content-Type",
        "traceparent",
      ),
      headerText,
    )
    .map((h) => [h]),
);

export const rpcMessages: fc.Arbitrary<Case> = fc
  .tuple(draft, oddHeader, fc.nat(9))
  .chain(([{ method, message, modern, revision }, odd, lane]) => {
    const headers: [string, string][] = [
      ["Authorization", "Bearer {{bearer}}"],
      ["Content-Type", "application/json"],
      ...(lane === 0 ? [] : ([["Accept", "application/json, text/event-stream"]] as [string, string][])),
      ...(modern
        ? modernHeaders(method, message)
        : lane < 6
          ? ([
              ["Mcp-Session-Id", "{{session}}"],
              ["MCP-Protocol-Version", revision],
            ] as [string, string][])
          : []),
      ...odd,
    ];
    const json =
      lane === 9
        ? fc.array(fc.oneof(mutated(fc.constant(message)), reply), { maxLength: 6 }).map((all): Json => all)
        : lane === 8
          ? mutated(reply)
          : mutated(fc.constant(message));
    return bodyOf(json).map((body): Case => ({ method: "POST", path: "/mcp", headers, body }));
  });
