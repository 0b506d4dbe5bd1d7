/**
 * Two people, A and B. With everything A has (bearer, cookie, forms), every id, handle, cursor, session, event and
 * state of B is tried: the answer is the one for something that does not exist, and nothing of B changes.
 */
import { env, exports } from "cloudflare:workers";
import { beforeAll, describe, expect, it } from "vitest";
import { SANDBOX } from "../sandbox/clickup/facts.ts";
import { clickup } from "../support/outside.ts";
import { Browser, formAction, hiddenField, ORIGIN } from "./browser.ts";
import {
  authorizeByToken,
  authorizePath,
  type Client,
  connect,
  newClient,
  redeem,
  refresh,
  tokenRequest,
  type Tokens,
} from "./client.ts";
import { callTool, rpc } from "./mcp-call.ts";
import { flush, idOf, SESSION_COOKIE, signedIn, sqlOf, submit, userOf } from "./person.ts";

interface Tenant {
  browser: Browser;
  client: Client;
  tokens: Tokens;
  deviceId: string;
  sessionId: string;
  eventId: string;
}

let a: Tenant;
let b: Tenant;

const MCP_HEADERS = { Accept: "application/json, text/event-stream", "Content-Type": "application/json" };

function mcp(token: string, method: string, headers: Record<string, string>, body?: unknown) {
  return exports.default.fetch(
    new Request(`${ORIGIN}/mcp`, {
      method,
      headers: { Authorization: `Bearer ${token}`, ...MCP_HEADERS, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    }),
  );
}

async function tenant(person: "alice" | "bob"): Promise<Tenant> {
  const [client, tokens] = await connect(new Browser(), SANDBOX.tokens[person]);
  const device = (await (await userOf(person)).devices()).find((one) => one.clientId === client.clientId);
  const params = {
    protocolVersion: "2025-11-25",
    capabilities: {},
    clientInfo: { name: "t", version: "1" },
  };
  const opened = await mcp(
    tokens.access_token,
    "POST",
    {},
    { jsonrpc: "2.0", id: 1, method: "initialize", params },
  );
  await opened.text();
  const sessionId = opened.headers.get("Mcp-Session-Id") ?? "";
  const session = { "Mcp-Session-Id": sessionId, "MCP-Protocol-Version": "2025-11-25" };
  const reader = (await mcp(tokens.access_token, "GET", session)).body?.getReader();
  const first = new TextDecoder().decode((await reader?.read())?.value as Uint8Array);
  await reader?.cancel();
  return {
    browser: await signedIn(person),
    client,
    tokens,
    deviceId: device?.deviceId ?? "",
    sessionId,
    eventId: /^id: (.+)$/m.exec(first)?.[1] ?? "",
  };
}

/** Status and body, without what is new in each answer. */
async function seen(response: Response): Promise<[number, string]> {
  const text = await response.text();
  const dull = text
    .replaceAll(/nonce(="|-)[^"'\s]+/g, "nonce")
    .replaceAll(/value="[\w-]{43}"/g, "token")
    .replaceAll(/[0-9a-f]{8}-[0-9a-f-]{27}/g, "uuid");
  return [response.status, dull];
}

beforeAll(async () => {
  a = await tenant("alice");
  b = await tenant("bob");
  await callTool(b.tokens.access_token, "clickup_workspace_hierarchy");
  await flush("bob");
});

describe("with A's bearer", () => {
  it("B's sessions and events are not there", async () => {
    expect(b.sessionId).not.toBe("");
    expect(b.eventId).not.toBe("");
    const list = { jsonrpc: "2.0", id: 1, method: "tools/list" };
    for (const method of ["POST", "GET", "DELETE"]) {
      const with_ = (sessionId: string, more = {}) =>
        mcp(
          a.tokens.access_token,
          method,
          { "Mcp-Session-Id": sessionId, "MCP-Protocol-Version": "2025-11-25", ...more },
          method === "POST" ? list : undefined,
        );
      const foreign = await seen(await with_(b.sessionId));
      expect(foreign[0]).toBe(404);
      expect(foreign).toEqual(await seen(await with_(crypto.randomUUID())));
      if (method === "GET") {
        // Two streams of the same name exist; B's position in it is not a way into B's log.
        const resumed = await with_(b.sessionId, { "Last-Event-ID": b.eventId });
        expect(resumed.status).toBe(404);
      }
    }
    const own = { "Mcp-Session-Id": b.sessionId, "MCP-Protocol-Version": "2025-11-25" };
    expect((await mcp(b.tokens.access_token, "POST", own, list)).status).toBe(200);
  });

  it("B's tasks and cursors are not there", async () => {
    for (const method of ["tasks/get", "tasks/cancel", "tasks/result"]) {
      const ask = (taskId: string) =>
        rpc(a.tokens.access_token, { jsonrpc: "2.0", id: 1, method, params: { taskId } });
      expect(await seen(await ask("task-of-b"))).toEqual(await seen(await ask("task-of-nobody")));
    }
  });

  it("B's ClickUp is out of reach, and refused like what does not exist", async () => {
    const call = async (name: string, args: Record<string, unknown>) =>
      callTool(a.tokens.access_token, name, args);
    const answers = await Promise.all(
      [
        call("clickup_workspace_hierarchy", { workspace: SANDBOX.workspaces.bobcorp }),
        call("clickup_space_get", { space: SANDBOX.spaces.bob }),
        call("clickup_list_get", { list: SANDBOX.lists.bob }),
      ].map((answer) => answer.catch(() => ({ isError: true, content: [{ type: "text", text: "" }] }))),
    );
    for (const { isError, content } of answers) {
      expect(isError).toBe(true);
      expect(JSON.stringify(content)).not.toContain("Bobcorp");
    }
    const used = clickup.calls.map((one) => JSON.stringify(one));
    expect(used.join()).not.toContain(SANDBOX.tokens.bob);
  });

  it("and B's client, codes and refresh tokens do not mix", async () => {
    expect((await refresh(a.client, b.tokens)).status).toBe(400);
    const target = await authorizeByToken(new Browser(), await newClient(), SANDBOX.tokens.bob);
    expect((await redeem(a.client, target.searchParams.get("code") ?? "")).status).toBe(400);
    const [userId, grantId] = b.tokens.refresh_token.split(":");
    const secret = a.tokens.refresh_token.split(":")[2];
    for (const refresh_token of [
      `${userId}:${grantId}:${secret}`,
      `${a.tokens.refresh_token.split(":")[0]}:${grantId}:${secret}`,
    ]) {
      const crossed = { grant_type: "refresh_token", refresh_token, client_id: a.client.clientId };
      expect((await tokenRequest(crossed)).status).toBe(400);
    }
    const crossed = `${userId}:${b.tokens.access_token.split(":")[1]}:${a.tokens.access_token.split(":")[2]}`;
    expect((await rpc(crossed, { jsonrpc: "2.0", id: 1, method: "tools/list" })).status).toBe(401);
    expect((await rpc(b.tokens.access_token, { jsonrpc: "2.0", id: 1, method: "tools/list" })).status).toBe(
      200,
    );
  });
});

describe("with A's cookie", () => {
  it("B's devices are like devices of nobody, and stay as they are", async () => {
    const before = await (await userOf("bob")).devices();
    const nobody = "d_aaaaaaaaaaaaaaaaaaaaaaaaaa";
    const both = async (try_: (id: string) => Promise<Response>) => {
      const [foreign, unknown] = [await seen(await try_(b.deviceId)), await seen(await try_(nobody))];
      expect(foreign).toEqual(unknown);
      expect(foreign[0]).toBe(404);
    };
    await both((id) => a.browser.get(`/account/devices/${id}`));
    await both((id) => submit(a.browser, `/account/devices/${id}`, { access: "read" }));
    await both((id) => submit(a.browser, `/account/devices/${id}/stop`));
    await submit(a.browser, "/account/devices/stop-all");
    expect(await (await userOf("bob")).devices()).toEqual(before);
    a = { ...(await tenant("alice")), browser: a.browser };
  });

  it("B's record is not in A's pages, exports or data, by any filter or cursor", async () => {
    const [batch] = (await env.AUDIT_LOGS.list({ prefix: `audit/${await idOf("bob")}/` })).objects;
    expect(batch).toBeDefined();
    const name = batch?.key.split("/").slice(2).join("/") ?? "";
    for (const path of [
      `/account/activity?device=${b.deviceId}`,
      `/account/activity?before=${encodeURIComponent(`1000~${name}`)}`,
      `/account/activity/export?format=json&device=${b.deviceId}`,
      "/account/activity/export?format=csv",
      "/account/data",
      "/account",
      "/account/tokens",
      "/account/settings",
    ]) {
      const text = await (await a.browser.get(path)).text();
      const mentions = path.includes(b.deviceId) ? text.replaceAll(b.deviceId, "") : text;
      for (const mark of [b.deviceId, await idOf("bob"), "Bobcorp", b.client.clientId]) {
        expect(mentions).not.toContain(mark);
      }
    }
  });

  it("B's session cookie, forged onto A, opens nothing; B's own form token neither", async () => {
    const [row] = await sqlOf<{ session_id: string }>("bob", "SELECT session_id FROM web_sessions");
    const value = a.browser.cookies.get(SESSION_COOKIE) ?? "";
    const [head, body = "", signature] = value.split(".");
    const claims = JSON.parse(atob(body.replaceAll("-", "+").replaceAll("_", "/"))) as Record<
      string,
      unknown
    >;
    for (const changed of [
      { ...claims, sub: await idOf("bob"), jti: row?.session_id },
      { ...claims, jti: row?.session_id },
      { ...claims, sub: await idOf("bob") },
    ]) {
      const thief = new Browser();
      thief.cookies.set(
        SESSION_COOKIE,
        `${head}.${btoa(JSON.stringify(changed)).replace(/=+$/, "")}.${signature}`,
      );
      expect((await thief.get("/account")).status).toBe(302);
    }
    expect((await b.browser.get("/account")).status).toBe(200);
  });

  it("B's consent page, token form and Workspace question cannot be answered", async () => {
    const client = await newClient();
    const html = await (await b.browser.get(authorizePath(client))).text();
    const handle = hiddenField(html, "handle");
    const for_user = await idOf("bob");
    for (const decision of ["account", "clickup", "token", "deny"]) {
      const response = await a.browser.post("/authorize", { handle, for_user, access: "read", decision });
      expect([response.status, response.headers.get("Location")]).toEqual([400, null]);
    }
    const form = await b.browser.post("/authorize", { handle, for_user, access: "read", decision: "token" });
    const action = formAction(await form.text());
    const taken = await a.browser.post(action, { api_key: SANDBOX.tokens.alice });
    expect([taken.status, taken.headers.get("Location")]).toEqual([400, null]);
    const asWorkspaces = action.replace("/token?", "/workspaces?");
    expect((await a.browser.post(asWorkspaces, { workspaces: "all" })).status).toBe(400);
  });
});
