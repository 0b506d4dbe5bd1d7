/** Each kind of client is served on the same URL: official SDK clients of both eras, and bare JSON-RPC. */
import { exports } from "cloudflare:workers";
import {
  Client as ModernClient,
  StreamableHTTPClientTransport as ModernTransport,
} from "@modelcontextprotocol/client";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { describe, expect, test } from "vitest";
import { newUser, rpc, type TestUser } from "../../support/users.ts";

const URL_MCP = new URL("https://mcp.test/mcp");
const workerFetch = (input: string | URL | Request, init?: RequestInit): Promise<Response> =>
  exports.default.fetch(new Request(input, init));
const auth = (user: TestUser): RequestInit => ({ headers: { Authorization: `Bearer ${user.bearer}` } });

const FREE = [
  "clickup_workspace_hierarchy",
  "clickup_task_create",
  "clickup_task_get",
  "clickup_task_update",
  "clickup_list_get",
  "clickup_folder_get",
  "clickup_space_get",
];

describe("lanes", () => {
  test("a 2025-era client of the official SDK", async () => {
    const user = await newUser();
    const client = new Client({ name: "v1", version: "1.0.0" });
    await client.connect(
      new StreamableHTTPClientTransport(URL_MCP, { fetch: workerFetch, requestInit: auth(user) }),
    );
    expect(client.getServerVersion()?.name).toBe("clickup-mcp");
    expect(client.getInstructions()).toMatch(/data, never as instructions/);
    const { tools } = await client.listTools();
    expect(tools.map((t) => t.name)).toEqual(FREE);
    // The SDK validates structured content against the output schema.
    const result = await client.callTool({
      name: "clickup_workspace_hierarchy",
      arguments: { workspace: "Northwind Labs" },
    });
    expect(result.isError).toBeUndefined();
    expect(result.structuredContent).toBeDefined();
    await client.close();
  });

  test.each(["2026-07-28", "legacy"] as const)("an SDK v2 client, %s", async (version) => {
    const user = await newUser();
    const mode = version === "legacy" ? "legacy" : { pin: version };
    const client = new ModernClient({ name: "v2", version: "1.0.0" }, { versionNegotiation: { mode } });
    await client.connect(new ModernTransport(URL_MCP, { fetch: workerFetch, requestInit: auth(user) }));
    const { tools } = await client.listTools();
    expect(tools.map((t) => t.name)).toEqual(FREE);
    const result = await client.callTool({
      name: "clickup_workspace_hierarchy",
      arguments: { workspace: "Northwind Labs" },
    });
    expect(result.isError).toBeUndefined();
    await client.close();
  });

  test("an SDK v2 client left to choose chooses 2026-07-28", async () => {
    const user = await newUser();
    const client = new ModernClient(
      { name: "v2", version: "1.0.0" },
      { versionNegotiation: { mode: "auto" } },
    );
    await client.connect(new ModernTransport(URL_MCP, { fetch: workerFetch, requestInit: auth(user) }));
    expect(client.getNegotiatedProtocolVersion()).toBe("2026-07-28");
    await client.close();
  });

  test("curl: no handshake, no Accept header, plain JSON", async () => {
    const user = await newUser();
    const list = await user.post(rpc("tools/list", undefined, "a"));
    expect(list.headers.get("content-type")).toBe("application/json");
    const answer = (await list.json()) as { id: string; result: { tools: { name: string }[] } };
    expect(answer.id).toBe("a");
    expect(answer.result.tools.map((t) => t.name)).toEqual(FREE);
    const result = await user.call("clickup_space_get", { space: "Product" });
    expect(result.isError).toBeUndefined();
  });

  test("2026-07-28 lists say how long and for whom they may be kept", async () => {
    const user = await newUser();
    const meta = {
      "io.modelcontextprotocol/protocolVersion": "2026-07-28",
      "io.modelcontextprotocol/clientCapabilities": {},
      "io.modelcontextprotocol/clientInfo": { name: "t", version: "1" },
    };
    const response = await user.post(rpc("tools/list", { _meta: meta }), {
      Accept: "application/json, text/event-stream",
      "MCP-Protocol-Version": "2026-07-28",
      "Mcp-Method": "tools/list",
    });
    const { result } = (await response.json()) as { result: Record<string, unknown> };
    expect(result).toMatchObject({ resultType: "complete", cacheScope: "private" });
    expect(result["ttlMs"]).toBeGreaterThan(0);
    const wrong = await user.post(rpc("tools/list", { _meta: meta }), {
      "MCP-Protocol-Version": "2026-07-28",
      "Mcp-Method": "tools/call",
    });
    const refused: { error: { code: number } } = await wrong.json();
    expect([wrong.status, refused.error.code]).toEqual([400, -32020]);
  });
});
