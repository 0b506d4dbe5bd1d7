/** Devices and personal tokens on the account page. */
import { exports } from "cloudflare:workers";
import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import { SANDBOX } from "../../sandbox/clickup/facts.ts";
import { clickup } from "../../support/outside.ts";
import { Browser, hiddenField, ORIGIN, unescapeHtml } from "../browser.ts";
import { authorizeByToken, callMcp, connect, newClient, refresh, type Tokens } from "../client.ts";
import { callTool, rpc, toolNames } from "../mcp-call.ts";
import { signedIn, submit, userOf } from "../person.ts";

async function deviceOf(person: "alice" | "bob" | "carol", clientId: string) {
  const device = (await (await userOf(person)).devices()).find((one) => one.clientId === clientId);
  if (device === undefined) throw new Error("no device of this client");
  return device;
}

const tokenIn = (html: string) =>
  unescapeHtml(/<textarea[^>]*>([^<]*)<\/textarea>/.exec(html)?.[1] ?? "").trim();

describe("a connected device", () => {
  it("is listed with what it may do and when it was used, its name escaped", async () => {
    const client = await newClient({ client_name: `<script>alert(1)</script> "Robot"` });
    await authorizeByToken(new Browser(), client, SANDBOX.tokens.alice, "read");
    const browser = await signedIn("alice");
    const html = await (await browser.get("/account")).text();
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(html).not.toContain("<script>alert");
    expect(html).toContain("Read only · all Workspaces · all tools");
    expect(html).toContain("Not used yet");
    const { deviceId } = await deviceOf("alice", client.clientId);
    const page = await (await browser.get(`/account/devices/${deviceId}`)).text();
    expect(page).not.toContain("<script>alert");
  });

  it("is stopped with one click, on its next request, and cannot refresh", async () => {
    const [client, tokens] = await connect(new Browser(), SANDBOX.tokens.alice);
    expect((await callMcp(tokens.access_token)).status).toBe(200);
    const { deviceId } = await deviceOf("alice", client.clientId);
    const browser = await signedIn("alice");
    const stopped = await submit(browser, `/account/devices/${deviceId}/stop`, { back: "/account" });
    const after = stopped.headers.get("Location") ?? "";
    expect([stopped.status, after]).toEqual([
      303,
      expect.stringMatching(/^\/account\?done=stopped&device=d_/),
    ]);
    expect(await (await browser.get(after)).text()).toContain("<bdi>Test client</bdi> is stopped.");
    // Only a device of this person that is stopped is named: a link puts no words on the page.
    for (const device of ["d_other", "Test client", ""]) {
      const page = await browser.get(
        `/account?${new URLSearchParams({ done: "stopped", device }).toString()}`,
      );
      expect(await page.text()).not.toContain("is stopped");
    }
    expect(await (await browser.get("/account?done=constructor")).text()).not.toContain('class="good"');
    expect((await callMcp(tokens.access_token)).status).toBe(401);
    expect((await refresh(client, tokens)).status).toBe(400);
    expect((await browser.get(`/account/devices/${deviceId}`)).status).toBe(404);
  });

  it("does what was changed from the next request on", async () => {
    const [client, tokens] = await connect(new Browser(), SANDBOX.tokens.alice);
    const { deviceId } = await deviceOf("alice", client.clientId);
    const browser = await signedIn("alice");
    expect(await toolNames(tokens.access_token)).toContain("clickup_task_create");
    const changed = await submit(browser, `/account/devices/${deviceId}`, [
      ["access", "write"],
      ["workspaces", "some"],
      ["workspace", SANDBOX.workspaces.side],
      ["tool_sets", "some"],
      ["tool_set", "spaces"],
      ["lifetime", "7d"],
    ]);
    expect(changed.status).toBe(303);
    const now = await deviceOf("alice", client.clientId);
    expect(now.grant).toEqual({
      access: "write",
      toolSets: ["spaces"],
      workspaces: [SANDBOX.workspaces.side],
    });
    expect(Math.abs((now.expires_ms ?? 0) - Date.now() - 7 * 86_400_000)).toBeLessThan(60_000);
    expect(await toolNames(tokens.access_token)).not.toContain("clickup_task_create");
    clickup.clearCalls();
    const refused = await callTool(tokens.access_token, "clickup_task_create", { list: "x", name: "y" });
    expect(refused.isError).toBe(true);
    const elsewhere = await callTool(tokens.access_token, "clickup_workspace_hierarchy", {
      workspace: "Northwind Labs",
    });
    expect(elsewhere.isError).toBe(true);
    expect(clickup.calls).toHaveLength(0);
    const page = await (await browser.get(`/account/devices/${deviceId}`)).text();
    expect(page).toMatch(new RegExp(`value="${SANDBOX.workspaces.side}" checked`));
    expect(page).not.toMatch(new RegExp(`value="${SANDBOX.workspaces.northwind}" checked`));
  });

  it("refuses choices that are not among those offered, and keeps what it had", async () => {
    const [client] = await connect(new Browser(), SANDBOX.tokens.alice, "read");
    const { deviceId, grant } = await deviceOf("alice", client.clientId);
    const browser = await signedIn("alice");
    const bad: [string, string][][] = [
      [],
      [["access", "admin"]],
      [
        ["access", "write"],
        ["tool_sets", "some"],
      ],
      [
        ["access", "write"],
        ["tool_sets", "some"],
        ["tool_set", "tasks"],
        ["tool_set", "everything"],
      ],
      [
        ["access", "write"],
        ["workspaces", "some"],
      ],
      [
        ["access", "write"],
        ["workspaces", "some"],
        ["workspace", SANDBOX.workspaces.bobcorp],
      ],
      [
        ["access", "write"],
        ["lifetime", "forever"],
      ],
    ];
    for (const fields of bad) {
      const response = await submit(browser, `/account/devices/${deviceId}`, fields);
      expect([response.status, await response.text()]).toEqual([
        400,
        expect.stringContaining('role="alert"'),
      ]);
    }
    expect((await deviceOf("alice", client.clientId)).grant).toEqual(grant);
  });

  it("gets a wider token at its next refresh when it was widened", async () => {
    const [client, tokens] = await connect(new Browser(), SANDBOX.tokens.alice, "read");
    expect(tokens.scope).toBe("clickup:read");
    const { deviceId } = await deviceOf("alice", client.clientId);
    const browser = await signedIn("alice");
    await submit(browser, `/account/devices/${deviceId}`, { access: "write" });
    const renewed = await (await refresh(client, tokens)).json<Tokens>();
    expect(renewed.scope).toBe("clickup:read clickup:write");
    expect(await toolNames(renewed.access_token)).toContain("clickup_task_create");
    await submit(browser, `/account/devices/${deviceId}`, { access: "read" });
    expect(await toolNames(renewed.access_token)).not.toContain("clickup_task_create");
    expect((await (await refresh(client, renewed)).json<Tokens>()).scope).toBe("clickup:read");
  });

  it("hears of a change on the stream it has open", async () => {
    const [client, { access_token }] = await connect(new Browser(), SANDBOX.tokens.alice);
    const { deviceId } = await deviceOf("alice", client.clientId);
    const params = {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: { name: "t", version: "1" },
    };
    const both = { Accept: "application/json, text/event-stream" };
    const opened = await rpc(access_token, { jsonrpc: "2.0", id: 1, method: "initialize", params }, both);
    const session = {
      ...both,
      Authorization: `Bearer ${access_token}`,
      "Mcp-Session-Id": opened.headers.get("Mcp-Session-Id") ?? "",
      "MCP-Protocol-Version": "2025-11-25",
    };
    await opened.text();
    const stream = await exports.default.fetch(new Request(`${ORIGIN}/mcp`, { headers: session }));
    await submit(await signedIn("alice"), `/account/devices/${deviceId}`, { access: "read" });
    let heard = "";
    const reader = (stream.body as ReadableStream<Uint8Array>).getReader();
    while (!heard.includes("list_changed")) {
      const { done, value } = await reader.read();
      if (done) break;
      heard += new TextDecoder().decode(value);
    }
    await reader.cancel();
    expect(heard).toContain("notifications/tools/list_changed");
  });

  it("ends with the others by one button", async () => {
    const [, one] = await connect(new Browser(), SANDBOX.tokens.carol);
    const [, two] = await connect(new Browser(), SANDBOX.tokens.carol);
    await submit(await signedIn("carol"), "/account/devices/stop-all");
    for (const { access_token } of [one, two]) expect((await callMcp(access_token)).status).toBe(401);
  });
});

describe("a personal token", () => {
  async function issue(browser: Browser, changes: [string, string][] = []): Promise<Response> {
    const html = await (await browser.get("/account/tokens")).text();
    const fields = new Map<string, string>([
      ["device_id", hiddenField(html, "device_id")],
      ["name", "Laptop"],
      ["access", "read"],
      ["lifetime", "7d"],
    ]);
    for (const [name] of changes) fields.delete(name);
    return submit(browser, "/account/tokens", [...fields, ...changes]);
  }

  it("is issued with a name, choices and an end, shown once, and works", async () => {
    const browser = await signedIn("bob");
    const page = await issue(browser, [
      ["name", "CI <b>runner</b>"],
      ["tool_sets", "some"],
      ["tool_set", "tasks"],
    ]);
    const html = await page.text();
    expect([page.status, page.headers.get("Cache-Control")]).toEqual([200, "no-store"]);
    expect(html).not.toContain("<b>runner");
    const token = tokenIn(html);
    const { exp = 0, iat = 0, jti = "", scope } = decodeJwt(token);
    expect([exp - iat, scope]).toEqual([7 * 86_400, "clickup:read"]);
    expect(await toolNames(token)).toContain("clickup_task_get");
    expect(await toolNames(token)).not.toContain("clickup_space_get");
    const list = await (await browser.get("/account/tokens")).text();
    expect(list).toContain("CI &lt;b&gt;runner&lt;/b&gt;");
    expect(list).not.toContain(token);
    await submit(browser, `/account/devices/${jti}/stop`, { back: "/account/tokens" });
    expect((await callMcp(token)).status).toBe(401);
  });

  it("is made once by one form", async () => {
    const browser = await signedIn("bob");
    const html = await (await browser.get("/account/tokens")).text();
    const fields = {
      device_id: hiddenField(html, "device_id"),
      name: "Twice",
      access: "read",
      lifetime: "1d",
    };
    expect((await submit(browser, "/account/tokens", fields)).status).toBe(200);
    const again = await submit(browser, "/account/tokens", fields);
    expect([again.status, await again.text()]).toEqual([400, expect.stringContaining("issued already")]);
    const named = (await (await userOf("bob")).devices()).filter((one) => one.clientName === "Twice");
    expect(named).toHaveLength(1);
  });

  it.each<[string, [string, string]]>([
    ["no name", ["name", " "]],
    ["a very long name", ["name", "x".repeat(61)]],
    ["no access", ["access", ""]],
    ["no end", ["lifetime", "until"]],
    ["an unknown end", ["lifetime", "10y"]],
    ["an id of its own making", ["device_id", "d_mine"]],
    ["another's Workspace", ["workspace", SANDBOX.workspaces.northwind]],
  ])("is refused with %s", async (_, change) => {
    const browser = await signedIn("bob");
    const extra: [string, string][] = change[0] === "workspace" ? [["workspaces", "some"], change] : [change];
    expect((await issue(browser, extra)).status).toBe(400);
  });

  it("issued for reading stays so, and keeps its end", async () => {
    const browser = await signedIn("bob");
    const token = tokenIn(await (await issue(browser)).text());
    const { jti = "", exp = 0 } = decodeJwt(token);
    const page = await (await browser.get(`/account/devices/${jti}`)).text();
    expect(page).toContain("issued for reading only");
    const widen = await submit(browser, `/account/devices/${jti}`, { access: "write", lifetime: "until" });
    expect(widen.status).toBe(400);
    await submit(browser, `/account/devices/${jti}`, { access: "read", lifetime: "until" });
    expect((await (await userOf("bob")).activeDevice(jti))?.expires_ms).toBe(exp * 1000);
  });

  it("lives as long as was chosen at /auth/login", async () => {
    for (const [lifetime, days] of [
      ["standard", 1],
      ["30d", 30],
      ["90d", 90],
    ] as const) {
      const browser = new Browser();
      const state = hiddenField(await (await browser.get("/auth/login")).text(), "state");
      const fields = { state, access: "read", method: "token", lifetime, api_key: SANDBOX.tokens.bob };
      const { exp = 0, iat = 0 } = decodeJwt(
        tokenIn(await (await browser.post("/auth/login", fields)).text()),
      );
      expect(exp - iat).toBe(days * 86_400);
    }
    const browser = new Browser();
    const state = hiddenField(await (await browser.get("/auth/login")).text(), "state");
    const fields = { state, access: "read", method: "token", lifetime: "until", api_key: SANDBOX.tokens.bob };
    expect((await browser.post("/auth/login", fields)).status).toBe(400);
  });
});
