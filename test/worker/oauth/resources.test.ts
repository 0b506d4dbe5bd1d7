/** Each endpoint is a resource with a document of its own; a token for one works at all of them. */
import { env, exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { userObject } from "../../../worker/directory.ts";
import type { Bindings } from "../../../worker/env.ts";
import { SANDBOX } from "../../sandbox/clickup/facts.ts";
import before from "../../upgrade/oauth-grant.json" with { type: "json" };
import { Browser, formAction, hiddenField, locationOf, ORIGIN } from "../browser.ts";
import { allWorkspaces, authorizePath, newClient, tokenRequest, type Tokens } from "../client.ts";

const OURS = [
  ORIGIN,
  `${ORIGIN}/`,
  `${ORIGIN}/mcp`,
  `${ORIGIN}/mcp/`,
  `${ORIGIN}/sse`,
  "HTTPS://MCP.test/mcp",
  `${ORIGIN}/mcp?toolsets=tasks`,
];
const NOT_OURS = [
  "https://other.example",
  "https://other.example/mcp",
  `${ORIGIN}/other`,
  `${ORIGIN}/MCP`,
  `${ORIGIN}/mcp/x`,
  `${ORIGIN}/./mcp`,
  `${ORIGIN}\\mcp`,
  `${ORIGIN}/mcp#part`,
  `${ORIGIN}:8443/mcp`,
  "https://mcp.test@other.example/mcp",
  "http://mcp.test/mcp",
  "/mcp",
  "",
];

/** A call that needs a token at each place that takes one, and what it answers to a good one. */
const ENDPOINTS: [path: string, init: RequestInit, status: number][] = [
  ["/mcp", json({ jsonrpc: "2.0", id: 1, method: "tools/list" }), 200],
  ["/mcp/", json({ jsonrpc: "2.0", id: 1, method: "tools/list" }), 200],
  ["/sse", { method: "GET", headers: { Accept: "text/event-stream" } }, 200],
  ["/auth/api-key", json({}), 400],
  ["/stripe/create-portal-session", json({}), 404],
];

function json(body: unknown): RequestInit {
  return { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
}

async function at(path: string, init: RequestInit, token?: string): Promise<Response> {
  const headers = new Headers(init.headers);
  if (token !== undefined) headers.set("Authorization", `Bearer ${token}`);
  const response = await exports.default.fetch(new Request(ORIGIN + path, { ...init, headers }));
  if (response.headers.get("Content-Type") === "text/event-stream") await response.body?.cancel();
  return response;
}

/** The way to tokens with `resource` in the authorization request and, where given, at the token endpoint. */
async function tokensFor(asked: string[], redeemed: string[]): Promise<Response> {
  const client = await newClient();
  const url = new URL(ORIGIN + authorizePath(client));
  url.searchParams.delete("resource");
  for (const resource of asked) url.searchParams.append("resource", resource);
  const browser = new Browser();
  const page = await browser.get(url.pathname + url.search);
  if (page.status !== 200) return page;
  const handle = hiddenField(await page.text(), "handle");
  const form = await browser.post("/authorize", { handle, decision: "token", access: "write" });
  const typed = await browser.post(formAction(await form.text()), { api_key: SANDBOX.tokens.alice });
  const code = locationOf(await allWorkspaces(browser, typed)).searchParams.get("code") ?? "";
  return token(
    {
      grant_type: "authorization_code",
      code,
      client_id: client.clientId,
      redirect_uri: client.redirectUri,
      code_verifier: client.verifier,
    },
    redeemed,
  );
}

function token(fields: Record<string, string>, resources: string[]): Promise<Response> {
  const body = new URLSearchParams(fields);
  for (const resource of resources) body.append("resource", resource);
  return exports.default.fetch(`${ORIGIN}/token`, { method: "POST", body });
}

describe("a document", () => {
  it("is named by its endpoint's challenge, and names that endpoint", async () => {
    for (const [path, init] of ENDPOINTS) {
      for (const bearer of [undefined, "u_x:y:z"]) {
        const refused = await at(path, init, bearer);
        expect(refused.status).toBe(401);
        const url = /resource_metadata="([^"]+)"/.exec(refused.headers.get("WWW-Authenticate") ?? "")?.[1];
        const { resource } = await (await exports.default.fetch(url ?? "")).json<{ resource: string }>();
        const named = path.startsWith("/mcp") || path === "/sse" ? ORIGIN + path : ORIGIN;
        expect([path, resource]).toEqual([path, named]);
        // RFC 9728 section 3.1: where a client that was given the endpoint's address looks first.
        expect(url).toBe(`${ORIGIN}/.well-known/oauth-protected-resource${named.slice(ORIGIN.length)}`);
      }
    }
  });
});

describe("a token", () => {
  it.each(OURS)("asked for as %s works at every endpoint", async (resource) => {
    const response = await tokensFor([resource], [resource]);
    expect(response.status).toBe(200);
    const { access_token } = await response.json<Tokens>();
    for (const [path, init, status] of ENDPOINTS)
      expect([path, (await at(path, init, access_token)).status]).toEqual([path, status]);
  });

  it("needs no resource, and may name it twice in two forms", async () => {
    expect((await tokensFor([], [])).status).toBe(200);
    expect((await tokensFor([`${ORIGIN}/mcp`], [])).status).toBe(200);
    expect((await tokensFor([ORIGIN, `${ORIGIN}/mcp`], [`${ORIGIN}/sse`, ORIGIN])).status).toBe(200);
  });

  it.each(NOT_OURS)("is not given for %j", async (resource) => {
    const asked = await tokensFor([resource], []);
    const location = new URL(asked.headers.get("Location") ?? "");
    expect([location.origin, location.searchParams.get("error")]).toEqual([
      "https://client.example",
      "invalid_target",
    ]);
    const redeemed = await tokensFor([ORIGIN], [resource]);
    expect([redeemed.status, await redeemed.json()]).toMatchObject([400, { error: "invalid_target" }]);
    const beside = await tokensFor([ORIGIN], [`${ORIGIN}/mcp`, resource]);
    expect(beside.status).toBe(400);
  });
});

/** State the server made when the origin was its only resource (the records as they were in KV). */
describe("a grant from before", () => {
  const hour_s = 3600;

  async function restore(): Promise<void> {
    const now_s = Math.floor(Date.now() / 1000);
    for (const [key, record] of Object.entries(before.kv)) {
      const fresh = { ...record } as Record<string, unknown>;
      // Times are plain in a record; everything that is sealed stays as it was made.
      if ("expiresAt" in fresh) fresh["expiresAt"] = now_s + hour_s;
      if ("registrationExpiresAt" in fresh) fresh["registrationExpiresAt"] = now_s + 90 * 24 * hour_s;
      await env.OAUTH_KV.put(key, JSON.stringify(fresh));
    }
    const user = userObject(env as unknown as Bindings, before.userId);
    await user.signIn({
      identity: {
        clickupUserId: String(SANDBOX.users.alice),
        username: "Alice",
        email: "alice@example.com",
        timeZone: "UTC",
        workspaces: [],
      },
      credential: { kind: "personal", token: SANDBOX.tokens.alice },
    });
    await user.addDevice({
      deviceId: before.deviceId,
      via: "oauth",
      clientId: before.client.clientId,
      clientName: "Test client",
      grant: { access: "write", toolSets: null, workspaces: null },
      expires_ms: null,
    });
  }

  it("has tokens that work at every endpoint", async () => {
    await restore();
    for (const [path, init, status] of ENDPOINTS)
      expect([path, (await at(path, init, before.tokens.access_token)).status]).toEqual([path, status]);
  });

  it.each([[[]], [[ORIGIN]], [[`${ORIGIN}/mcp`]], [[`${ORIGIN}/sse`]]])(
    "is refreshed with resource %j",
    async (resources) => {
      await restore();
      const fields = {
        grant_type: "refresh_token",
        refresh_token: before.tokens.refresh_token,
        client_id: before.client.clientId,
      };
      const renewed = await token(fields, resources);
      expect(renewed.status).toBe(200);
      const { access_token } = await renewed.json<Tokens>();
      expect((await at("/mcp", ENDPOINTS[0]?.[1] ?? {}, access_token)).status).toBe(200);
      const elsewhere = await token(fields, ["https://other.example/mcp"]);
      expect([elsewhere.status, await elsewhere.json()]).toMatchObject([400, { error: "invalid_target" }]);
    },
  );
});

it("the token endpoint keeps its other fields as they were sent", async () => {
  const response = await tokenRequest({ grant_type: "password", client_id: "nobody", resource: ORIGIN });
  expect(response.status).toBe(401);
});
