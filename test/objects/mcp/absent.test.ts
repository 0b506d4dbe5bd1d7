/** Members without a value are absent, on every lane; and how a revision says that an error answers nothing. */
import { describe, expect, test } from "vitest";
import { withoutNothing } from "../../../objects/mcp/absent.ts";
import { newUser, rpc } from "../../support/users.ts";

type Answer = { id?: unknown; error?: { code: number; message: string }; result?: Record<string, unknown> };

const BOTH = { Accept: "application/json, text/event-stream" };
const MODERN_META = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": { elicitation: null, sampling: true },
  "io.modelcontextprotocol/clientInfo": { name: "t", version: "1", title: null },
  progressToken: null,
};

describe("members without a value", () => {
  test.each([
    ["params", rpc("tools/list", null)],
    ["_meta", rpc("tools/list", { _meta: null })],
    ["cursor", rpc("tools/list", { cursor: null })],
    ["arguments", rpc("tools/call", { name: "clickup_workspace_hierarchy", arguments: null })],
    ["a progress token", rpc("tools/list", { _meta: { progressToken: null } })],
    ["the cursor of resources", rpc("resources/list", { cursor: null })],
    ["the params of prompts", rpc("prompts/list", null)],
  ])("are absent without a session and in one: %s", async (_, body) => {
    const user = await newUser();
    const opened = await user.post(
      rpc("initialize", {
        protocolVersion: "2025-11-25",
        capabilities: { roots: null, sampling: true, elicitation: { form: null, url: true }, tasks: false },
        clientInfo: { name: "t", version: "1", title: null, icons: null },
        _meta: null,
      }),
      BOTH,
    );
    expect([opened.status, (await opened.json<Answer>()).error]).toEqual([200, undefined]);
    const session = { ...BOTH, "Mcp-Session-Id": opened.headers.get("Mcp-Session-Id") ?? "" };
    for (const headers of [{}, session]) {
      // Twice: the second request of a token takes the direct way.
      for (let round = 0; round < 2; round++) {
        const { error } = await (await user.post(body, headers)).json<Answer>();
        expect(error).toBeUndefined();
      }
    }
  });

  test("are absent in the envelope of 2026-07-28, which itself is asked for", async () => {
    const user = await newUser();
    const headers = (method: string) => ({
      ...BOTH,
      "MCP-Protocol-Version": "2026-07-28",
      "Mcp-Method": method,
    });
    const listed = await user.post(
      rpc("tools/list", { _meta: MODERN_META, cursor: null }),
      headers("tools/list"),
    );
    expect((await listed.json<Answer>()).result).toHaveProperty("tools");
    for (const params of [{ _meta: null }, null, {}]) {
      const refused = await user.post(rpc("tools/list", params), headers("tools/list"));
      const { error } = await refused.json<Answer>();
      expect([refused.status, error?.code, error?.message]).toEqual([
        400,
        -32602,
        expect.stringContaining("_meta"),
      ]);
    }
  });

  test("are absent among what a prompt or a completion is given", () => {
    const get = {
      jsonrpc: "2.0",
      id: 1,
      method: "prompts/get",
      params: { name: "p", arguments: { a: null, b: "x" } },
    };
    expect(withoutNothing(get)).toMatchObject({ params: { name: "p", arguments: { b: "x" } } });
    const complete = {
      jsonrpc: "2.0",
      id: 1,
      method: "completion/complete",
      params: { context: { arguments: null } },
    };
    expect(withoutNothing(complete)).toMatchObject({ params: { context: {} } });
    const call = {
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name: "t", arguments: { a: null } },
    };
    expect(withoutNothing(call)).toEqual(call);
  });

  test("keep what is said beside them", () => {
    const said = rpc("initialize", {
      capabilities: { roots: { listChanged: true }, sampling: {}, experimental: { x: {} } },
      clientInfo: { name: "t" },
    });
    expect(withoutNothing(said)).toEqual(said);
    const list = rpc("tools/list", { cursor: "x" });
    expect(withoutNothing(list)).toBe(list);
    expect(withoutNothing({ jsonrpc: "2.0", id: 1, result: { action: "decline", content: null } })).toEqual({
      jsonrpc: "2.0",
      id: 1,
      result: { action: "decline" },
    });
    const call = rpc("tools/call", { name: "n", arguments: { a: null } });
    expect(withoutNothing(call)).toBe(call);
    for (const odd of [null, 1, "x", [], { params: [null] }]) expect(withoutNothing(odd)).toEqual(odd);
  });
});

describe("the id of an error that answers no request", () => {
  test.each([
    [undefined, true],
    ["2024-11-05", true],
    ["2025-03-26", true],
    ["2025-06-18", true],
    ["2025-11-25", false],
    ["2026-07-28", false],
  ] as const)("%s", async (version, kept) => {
    const user = await newUser();
    const headers: Record<string, string> = version === undefined ? {} : { "MCP-Protocol-Version": version };
    for (const body of ["{", { jsonrpc: "2.0", method: 1 }]) {
      const answer = await (await user.post(body, headers)).json<Answer>();
      expect(answer.error).toBeDefined();
      expect(answer).toEqual(kept ? { ...answer, id: null } : { jsonrpc: "2.0", error: answer.error });
    }
    // A request's own id stays in every revision.
    const own = await user.post(rpc("tools/list", { cursor: "2" }, 7), {
      ...headers,
      "Mcp-Session-Id": "gone",
    });
    expect((await own.json<Answer>()).id).toBe(7);
  });
});
