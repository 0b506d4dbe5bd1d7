/** What `/mcp` answers to requests that are wrong: the specified error, never a 500. */
import { exports } from "cloudflare:workers";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { newUser, rpc } from "../../support/users.ts";

type Answer = { error?: { code: number; message: string; data?: unknown }; id?: unknown; result?: unknown };

describe("wrong requests", () => {
  test.each<[string, unknown, Record<string, string>, number, number, RegExp]>([
    ["not JSON", "{", {}, 400, -32700, /not valid JSON/],
    ["empty body", "", {}, 400, -32700, /not valid JSON/],
    ["not an object", "1", {}, 400, -32600, /JSON object/],
    ["no jsonrpc", { id: 1, method: "tools/list" }, {}, 400, -32600, /`jsonrpc` must be "2.0"/],
    ["no method", { jsonrpc: "2.0", id: 1 }, {}, 400, -32600, /`method`/],
    ["id null", { jsonrpc: "2.0", id: null, method: "ping" }, {}, 400, -32600, /`id`/],
    ["unknown method", rpc("tools/fetch"), {}, 200, -32601, /not found/i],
    [
      "unknown tool",
      rpc("tools/call", { name: "clickup_nothing" }),
      {},
      200,
      -32602,
      /Unknown tool: clickup_nothing/,
    ],
    ["no tool name", rpc("tools/call", {}), {}, 200, -32602, /`name` must be/],
    [
      "arguments not an object",
      rpc("tools/call", { name: "clickup_space_get", arguments: [1] }),
      {},
      200,
      -32602,
      /`arguments` must be an object/,
    ],
    ["a cursor", rpc("tools/list", { cursor: "2" }), {}, 200, -32602, /Invalid cursor/],
    ["empty batch", [], {}, 400, -32600, /1 to 100/],
    ["101 in a batch", Array.from({ length: 101 }, () => rpc("ping")), {}, 400, -32600, /1 to 100/],
    ["no message in a batch", [rpc("ping"), { jsonrpc: "2.0", id: 1 }], {}, 400, -32600, /invalid message/],
    ["nothing in a batch", [rpc("tools/list"), null], {}, 400, -32600, /invalid message/],
    [
      "a batch in a revision without",
      [rpc("ping")],
      { "MCP-Protocol-Version": "2025-06-18" },
      400,
      -32600,
      /not part of MCP/,
    ],
    [
      "unknown revision",
      rpc("tools/list"),
      { "MCP-Protocol-Version": "1999-01-01" },
      400,
      -32022,
      /Unsupported MCP-Protocol-Version.* 2026-07-28 .*2025-11-25/,
    ],
    ...["2026-11-01", "foobar", "2026-07-28x"].map(
      (version): [string, unknown, Record<string, string>, number, number, RegExp] => [
        `a revision to come: ${version}`,
        rpc("tools/list"),
        { "MCP-Protocol-Version": version },
        400,
        -32022,
        /Unsupported MCP-Protocol-Version.* 2026-07-28 .*2025-11-25/,
      ],
    ),
    ["content type", rpc("tools/list"), { "Content-Type": "text/plain" }, 415, -32000, /application\/json/],
    ["accept", rpc("tools/list"), { Accept: "text/html" }, 406, -32000, /application\/json/],
    ["a foreign session", rpc("tools/list"), { "Mcp-Session-Id": "x" }, 404, -32001, /Session not found/],
    [
      "2026-07-28 without its envelope",
      rpc("tools/list"),
      { "MCP-Protocol-Version": "2026-07-28" },
      400,
      -32602,
      /./,
    ],
  ])("%s", async (_, body, headers, status, code, message) => {
    const user = await newUser();
    const response = await user.post(body, headers);
    const answer = (await response.json()) as Answer;
    expect([response.status, answer.error?.code]).toEqual([status, code]);
    expect(answer.error?.message).toMatch(message);
  });

  test("over 4 MiB is 413, with or without a declared length", async () => {
    const user = await newUser();
    const big = JSON.stringify(
      rpc("tools/call", { name: "clickup_task_create", arguments: { name: "x".repeat(4_300_000) } }),
    );
    expect((await user.post(big)).status).toBe(413);
    let sent = 0;
    const readable = new ReadableStream<Uint8Array>({
      pull(controller) {
        if (sent++ < 6) controller.enqueue(new Uint8Array(1024 * 1024).fill(32));
        else controller.close();
      },
    });
    const response = await exports.default.fetch(
      new Request("https://mcp.test/mcp", {
        method: "POST",
        headers: { Authorization: `Bearer ${user.bearer}`, "Content-Type": "application/json" },
        body: readable,
      }),
    );
    expect(response.status).toBe(413);
  });

  test("GET and DELETE say what to do instead", async () => {
    const user = await newUser();
    for (const method of ["PUT", "PATCH"]) {
      const response = await exports.default.fetch(
        new Request("https://mcp.test/mcp", { method, headers: { Authorization: `Bearer ${user.bearer}` } }),
      );
      expect(response.status).toBe(405);
      expect(response.headers.get("allow")).toContain("POST");
    }
  });
});

const MODERN = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": {},
  "io.modelcontextprotocol/clientInfo": { name: "t", version: "1" },
};

/** The same request on each lane. */
async function onEachLane(method: string, params: Record<string, unknown>) {
  const user = await newUser();
  const accept = { Accept: "application/json, text/event-stream" };
  const initialize = {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "t", version: "1" },
  };
  const opened = await user.post(rpc("initialize", initialize), accept);
  await opened.text();
  const session = { ...accept, "Mcp-Session-Id": opened.headers.get("Mcp-Session-Id") ?? "" };
  const modern = { ...accept, "MCP-Protocol-Version": "2026-07-28", "Mcp-Method": method };
  const ask = async (body: unknown, headers = {}): Promise<Answer> =>
    (await (await user.post(body, headers)).json()) as Answer;
  return {
    user,
    ask: async () => [
      await ask(rpc(method, params)),
      await ask(rpc(method, params), session),
      await ask(rpc(method, { ...params, _meta: MODERN }), modern),
    ],
  };
}

describe("whose fault it is", () => {
  test.each([
    ["resources/read", {}, /^Invalid params: params\.uri: /],
    ["prompts/get", { arguments: {} }, /^Invalid params: params\.name: /],
    ["completion/complete", { ref: 1 }, /^Invalid params: params\.(ref|argument)/],
  ])("%s with params that do not fit: the client's, in words", async (method, params, message) => {
    const { user, ask } = await onEachLane(method, params);
    for (const { error } of await ask()) {
      expect(error?.code).toBe(-32602);
      expect(error?.message).toMatch(/invalid/i);
      expect(error?.message).not.toContain("\n");
    }
    const [plain] = await ask();
    expect(plain?.error?.message).toMatch(message);
    const ends = await runInDurableObject(user.object, (_, { storage }) =>
      storage.sql
        .exec<{ outcome: string }>("SELECT DISTINCT outcome FROM journal WHERE method = ?", method)
        .toArray(),
    );
    expect(ends).toEqual([{ outcome: "protocol_error" }]);
  });

  test("a handler that breaks: ours, with an incident and nothing of its inside", async () => {
    const { user, ask } = await onEachLane("resources/list", {});
    await runInDurableObject(user.object, (_, { storage }) => {
      storage.sql.exec("ALTER TABLE account RENAME TO account_away");
    });
    // The object keeps the account for its life once it has read it.
    await evictDurableObject(user.object);
    for (const { error } of await ask()) {
      expect(error?.code).toBe(-32603);
      expect(error?.message).toMatch(/^Something went wrong on our side\. Incident [0-9a-f-]{36}\.$/);
    }
    const rows = await runInDurableObject(user.object, (_, { storage }) => {
      storage.sql.exec("ALTER TABLE account_away RENAME TO account");
      return storage.sql
        .exec<{ outcome: string; finished: string }>(
          "SELECT outcome, finished FROM journal WHERE method = 'resources/list'",
        )
        .toArray();
    });
    expect(rows).toHaveLength(3);
    for (const { outcome, finished } of rows) {
      expect(outcome).toBe("internal_error");
      expect(JSON.parse(finished).incident).toMatch(/^[0-9a-f-]{36}$/);
    }
  });
});
