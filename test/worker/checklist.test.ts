/**
 * MCP 2026-07-28, basic/authorization: each line of the specification that binds a server, with its proof: here,
 * or in the test that is named. RS: resource server (`/mcp`); AS: authorization server.
 */
import { exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { SANDBOX } from "../sandbox/clickup/facts.ts";
import { answerHost, clickup } from "../support/outside.ts";
import { Browser, locationOf, ORIGIN } from "./browser.ts";
import {
  authorizePath,
  callMcp,
  connect,
  consent,
  newClient,
  refresh,
  registerRaw,
  tokenRequest,
  type Tokens,
} from "./client.ts";

const get = (path: string, init: RequestInit = {}) =>
  exports.default.fetch(new Request(ORIGIN + path, { redirect: "manual", ...init }));
const resourceMetadata = () => get("/.well-known/oauth-protected-resource");
const serverMetadata = async () =>
  (await get("/.well-known/oauth-authorization-server")).json<Record<string, unknown>>();

describe("RS MUST", () => {
  it("publish RFC 9728 metadata with an authorization server, and point at it from the 401", async () => {
    const metadata = await (await resourceMetadata()).json<{ authorization_servers: string[] }>();
    expect(metadata.authorization_servers).toEqual([ORIGIN]);
    expect(await (await get("/.well-known/oauth-protected-resource/mcp")).json()).toEqual({
      ...metadata,
      resource: `${ORIGIN}/mcp`,
    });
    const challenge = (await get("/mcp", { method: "POST" })).headers.get("WWW-Authenticate") ?? "";
    expect(challenge).toMatch(/^Bearer /);
    expect(challenge).toContain(`resource_metadata="${ORIGIN}/.well-known/oauth-protected-resource/mcp"`);
  });

  it("take only tokens whose audience is the canonical URI", async () => {
    const [, tokens] = await connect(new Browser(), SANDBOX.tokens.alice);
    const foreign = await exports.default.fetch("https://other.test/mcp", {
      method: "POST",
      headers: { Authorization: `Bearer ${tokens.access_token}` },
    });
    expect(foreign.status).toBe(421);
    // JWTs for another audience or issuer: login.test.ts; codes for another resource: oauth-flow.test.ts.
    expect((await callMcp(tokens.access_token)).status).toBe(200);
  });

  it("take no token from the query, and check it on every request, in a session too", async () => {
    const [, { access_token }] = await connect(new Browser(), SANDBOX.tokens.alice);
    expect((await get(`/mcp?access_token=${access_token}`, { method: "POST" })).status).toBe(401);
    expect((await callMcp("", { "Mcp-Session-Id": crypto.randomUUID() })).status).toBe(401);
  });

  it("answer 401 to invalid tokens, 403 to insufficient scope, 400 to malformed requests", async () => {
    const invalid = await callMcp("u_x:y:z");
    expect([invalid.status, invalid.headers.get("WWW-Authenticate")]).toEqual([
      401,
      expect.stringContaining('error="invalid_token"'),
    ]);
    const [, { access_token }] = await connect(new Browser(), SANDBOX.tokens.alice);
    const malformed = await get("/mcp", {
      method: "POST",
      headers: { Authorization: `Bearer ${access_token}`, "Content-Type": "application/json" },
      body: "{",
    });
    expect(malformed.status).toBe(400);
    // 403: step-up.test.ts.
  });

  it("never pass the MCP token upstream, and never take ClickUp's for one", async () => {
    const [, { access_token }] = await connect(new Browser(), SANDBOX.tokens.alice);
    clickup.clearCalls();
    const body = {
      jsonrpc: "2.0",
      id: 1,
      method: "tools/call",
      params: { name: "clickup_workspace_hierarchy", arguments: { workspace: "Side Project" } },
    };
    await get("/mcp", {
      method: "POST",
      headers: { Authorization: `Bearer ${access_token}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
    expect(clickup.calls.length).toBeGreaterThan(0);
    expect(JSON.stringify(clickup.calls)).not.toContain(access_token);
    expect((await callMcp(SANDBOX.tokens.alice)).status).toBe(401);
  });
});

describe("RS SHOULD", () => {
  it("name the scope in the 401, the least of it in the metadata, and no offline_access", async () => {
    const challenge = (await get("/mcp", { method: "POST" })).headers.get("WWW-Authenticate") ?? "";
    expect(challenge).toContain('scope="clickup:read"');
    const { scopes_supported } = await (await resourceMetadata()).json<{ scopes_supported: string[] }>();
    expect(scopes_supported).toEqual(["clickup:read"]);
    expect(JSON.stringify(await serverMetadata())).not.toContain("offline_access");
    // All scopes of an operation in one 403 with resource_metadata: step-up.test.ts.
  });
});

describe("AS MUST", () => {
  it("publish RFC 8414 metadata with the identical issuer and S256 alone", async () => {
    expect(await serverMetadata()).toMatchObject({
      issuer: ORIGIN,
      code_challenge_methods_supported: ["S256"],
      response_types_supported: ["code"],
      authorization_response_iss_parameter_supported: true,
    });
    // PKCE missing or plain: consent.test.ts. Exact redirects, free loopback ports, schemes: consent.test.ts.
  });

  it("rotate refresh tokens, and take the one before until the new one was used (lost answers, parallel refreshes)", async () => {
    const [client, first] = await connect(new Browser(), SANDBOX.tokens.alice);
    const second = await (await refresh(client, first)).json<Tokens>();
    expect(second.refresh_token).not.toBe(first.refresh_token);
    const third = await (await refresh(client, first)).json<Tokens>();
    expect((await callMcp(third.access_token)).status).toBe(200);
    const used = await refresh(client, third);
    expect(used.status).toBe(200);
    expect((await refresh(client, first)).status).toBe(400);
  });

  it("send iss with answers and with errors (RFC 9207)", async () => {
    const client = await newClient();
    const denied = locationOf(await consent(new Browser(), client, "deny"));
    const invalid = locationOf(
      await new Browser().get(authorizePath(client, { code_challenge_method: "plain" })),
    );
    const elsewhere = locationOf(
      await new Browser().get(authorizePath(client, { resource: "https://x.example" })),
    );
    for (const location of [denied, invalid, elsewhere]) {
      expect(location.searchParams.get("error")).toBeTruthy();
      expect(location.searchParams.get("iss")).toBe(ORIGIN);
      expect(location.searchParams.get("state")).toBe("client-state");
    }
    // Success: oauth-flow.test.ts; declined at ClickUp or at the Workspace question: consent-choices.test.ts.
  });

  it("refuse private-use redirect schemes, and serve a client that has an https one beside", async () => {
    const cursor = "cursor://anysphere.cursor-mcp/oauth/callback";
    expect((await registerRaw({ redirect_uris: [cursor] })).status).toBe(400);
    const both = await newClient({ redirect_uris: ["https://client.example/cb", cursor] });
    expect((await new Browser().get(authorizePath(both))).status).toBe(200);
    const refused = await new Browser().get(authorizePath(both, { redirect_uri: cursor }));
    expect([refused.status, refused.headers.get("Location")]).toEqual([400, null]);
  });

  it("show the redirect's host at consent, and refuse to be framed", async () => {
    const page = await new Browser().get(authorizePath(await newClient()));
    expect(page.headers.get("Content-Security-Policy")).toContain("frame-ancestors 'none'");
    expect(page.headers.get("X-Frame-Options")).toBe("DENY");
    expect(await page.text()).toContain("<strong>client.example</strong>");
    // CIMD documents (id equals URL, redirect listed, valid JSON, 5 KB): cimd.test.ts.
  });
});

describe("AS SHOULD", () => {
  it("support CIMD, and never fetch a private or redirecting address for it", async () => {
    expect((await serverMetadata())["client_id_metadata_document_supported"]).toBe(true);
    let fetched = 0;
    for (const host of ["127.0.0.1", "10.0.0.1", "169.254.169.254", "[::1]", "localhost"]) {
      answerHost(host, () => {
        throw new Error("a private address was asked");
      });
    }
    answerHost("hop.example", () => {
      fetched++;
      return Response.redirect("http://169.254.169.254/latest", 302);
    });
    const client = await newClient();
    for (const clientId of [
      "https://127.0.0.1/client.json",
      "https://10.0.0.1/client.json",
      "https://169.254.169.254/client.json",
      "https://[::1]/client.json",
      "https://localhost/client.json",
      "https://hop.example/client.json",
    ]) {
      const response = await new Browser().get(authorizePath({ ...client, clientId }));
      expect([response.status, response.headers.get("Location")]).toEqual([400, null]);
      const form = { grant_type: "authorization_code", code: "x", client_id: clientId, code_verifier: "x" };
      expect((await tokenRequest(form)).status).toBe(401);
    }
    // Following the redirect would have met the blocked network; the first answer is already a refusal.
    expect(fetched).toBeLessThanOrEqual(2);
  });

  it("give access tokens that live an hour", async () => {
    const [, tokens] = await connect(new Browser(), SANDBOX.tokens.alice);
    expect(tokens.expires_in).toBe(3600);
  });

  it("warn of a redirect to this computer", async () => {
    const client = await newClient({}, "http://localhost:1234/cb");
    expect(await (await new Browser().get(authorizePath(client))).text()).toContain(
      "program on this computer",
    );
  });
});

describe("a proxy to ClickUp with one client id MUST", () => {
  it("ask for each client before ClickUp is reached, with its name and redirect", async () => {
    const browser = new Browser();
    await connect(browser, SANDBOX.tokens.alice);
    clickup.clearCalls();
    const page = await browser.get(authorizePath(await newClient({ client_name: "Another client" })));
    expect([page.status, await page.text()]).toEqual([200, expect.stringContaining("Another client")]);
    expect(clickup.calls).toHaveLength(0);
  });

  it("bind state to the browser, once, ten minutes, made after consent only, in __Host- cookies", async () => {
    const browser = new Browser();
    await browser.get(authorizePath(await newClient()));
    expect([...browser.cookies.keys()].join()).toMatch(/^__Host-oauth-consent/);
    const away = await consent(browser, await newClient(), "clickup");
    expect(away.headers.getSetCookie().join()).toMatch(/__Host-oauth-upstream[^;]*;[^,]*Max-Age=600/i);
    // Use in another browser, twice, or swapped: oauth-flow.test.ts. Flags of every cookie: browser.ts.
  });
});
