/**
 * Scope challenges. A token that is narrower than its device is told so with 403; a device its owner made
 * read-only answers in the tool's own words, because asking again would not change the answer.
 */
import { describe, expect, it } from "vitest";
import { SANDBOX } from "../../sandbox/clickup/facts.ts";
import { clickup } from "../../support/outside.ts";
import { Browser } from "../browser.ts";
import { connect, tokenRequest, type Client, type Tokens } from "../client.ts";
import { callTool, rpc, toolCall, toolNames } from "../mcp-call.ts";

/** A refresh that asks for reading alone. */
async function narrowed(client: Client, tokens: Tokens): Promise<Tokens> {
  const response = await tokenRequest({
    grant_type: "refresh_token",
    refresh_token: tokens.refresh_token,
    client_id: client.clientId,
    scope: "clickup:read",
  });
  return response.json<Tokens>();
}

const CREATE = toolCall("clickup_task_create", { list: "Onboarding", name: "x" });

describe("a token narrower than its device", () => {
  it("is challenged for a writing call, in every lane, before ClickUp is reached", async () => {
    const [client, tokens] = await connect(new Browser(), SANDBOX.tokens.alice);
    const narrow = await narrowed(client, tokens);
    expect(narrow.scope).toBe("clickup:read");
    clickup.clearCalls();
    const modern = {
      "MCP-Protocol-Version": "2026-07-28",
      "Mcp-Method": "tools/call",
      "Mcp-Name": "clickup_task_create",
      Accept: "application/json, text/event-stream",
    };
    for (const [body, headers] of [
      [CREATE, {}],
      [CREATE, { "MCP-Protocol-Version": "2025-06-18" }],
      [CREATE, modern],
      [[{ jsonrpc: "2.0", id: 2, method: "tools/list" }, CREATE], {}],
    ] as const) {
      const response = await rpc(narrow.access_token, body, headers);
      const challenge = response.headers.get("WWW-Authenticate") ?? "";
      expect(response.status).toBe(403);
      expect(challenge).toContain('error="insufficient_scope"');
      expect(challenge).toContain('scope="clickup:read clickup:write"');
      expect(challenge).toContain("resource_metadata=");
    }
    expect(clickup.calls).toHaveLength(0);
    expect(await toolNames(narrow.access_token)).not.toContain("clickup_task_create");
    const reading = await callTool(narrow.access_token, "clickup_workspace_hierarchy", {
      workspace: "Side Project",
    });
    expect(reading.isError).toBeUndefined();
  });

  it("gets by refresh what its device may do", async () => {
    const [client, tokens] = await connect(new Browser(), SANDBOX.tokens.alice);
    const narrow = await narrowed(client, tokens);
    const response = await tokenRequest({
      grant_type: "refresh_token",
      refresh_token: narrow.refresh_token,
      client_id: client.clientId,
    });
    expect((await response.json<Tokens>()).scope).toBe("clickup:read clickup:write");
  });

  it("still has its body read only as far as any other, and its nonsense explained", async () => {
    const [client, tokens] = await connect(new Browser(), SANDBOX.tokens.alice);
    const { access_token } = await narrowed(client, tokens);
    for (const body of [
      null,
      5,
      "text",
      [],
      [null],
      { method: "tools/call" },
      { method: "tools/call", params: null },
    ]) {
      expect((await rpc(access_token, body)).status).toBe(400);
    }
  });
});

describe("a device its owner made read-only", () => {
  it("gets the tool's refusal, not a challenge, and never more scope", async () => {
    const [client, tokens] = await connect(new Browser(), SANDBOX.tokens.alice, "read");
    const refused = await callTool(tokens.access_token, "clickup_task_create", { list: "x", name: "y" });
    expect(refused).toMatchObject({ isError: true });
    expect(refused.content[0]?.text).toMatch(/only read/);
    const asks = await tokenRequest({
      grant_type: "refresh_token",
      refresh_token: tokens.refresh_token,
      client_id: client.clientId,
      scope: "clickup:read clickup:write",
    });
    expect((await asks.json<Tokens>()).scope).toBe("clickup:read");
  });

  it("gets no writing token even when it asks for writing alone", async () => {
    const [client, tokens] = await connect(new Browser(), SANDBOX.tokens.alice, "read");
    const response = await tokenRequest({
      grant_type: "refresh_token",
      refresh_token: tokens.refresh_token,
      client_id: client.clientId,
      scope: "clickup:write",
    });
    const { scope } = await response.json<Tokens>();
    expect(scope ?? "").not.toContain("write");
  });
});
