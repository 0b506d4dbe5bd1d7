/** Routes that need no sign-in: health, host, configuration, pages, discovery, CORS. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { afterEach, describe, expect, it, vi } from "vitest";
import { parseConfig, type Bindings } from "../../worker/env.ts";
import { serve } from "../../worker/router.tsx";

const ORIGIN = "https://mcp.test";
const get = (path: string, init: RequestInit = {}) =>
  exports.default.fetch(new Request(ORIGIN + path, { redirect: "manual", ...init }));

/** Serves one request with other vars than the deployment's. */
async function serveWith(
  changes: Record<string, unknown>,
  url: string,
  init: RequestInit = {},
): Promise<Response> {
  const ctx = createExecutionContext();
  const changed = { ...(env as unknown as Bindings), ...changes } as Bindings;
  const response = await serve(new Request(url, { redirect: "manual", ...init }), changed, ctx);
  await waitOnExecutionContext(ctx);
  return response;
}

afterEach(() => vi.restoreAllMocks());

describe("health", () => {
  it("answers with status, time, environment and version", async () => {
    const response = await get("/health");
    expect(response.status).toBe(200);
    const body = await response.json<Record<string, string>>();
    expect(body).toMatchObject({ status: "healthy", environment: "development" });
    expect(body["version"]).toMatch(/^\d+\.\d+\.\d+/);
    expect(new Date(body["timestamp"] ?? "").toISOString()).toBe(body["timestamp"]);
  });

  it("takes HEAD and refuses POST", async () => {
    const head = await get("/health", { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
    const post = await get("/health", { method: "POST" });
    expect([post.status, post.headers.get("Allow")]).toEqual([405, "GET, HEAD"]);
  });
});

describe("without secrets", () => {
  it("refuses every route but health, naming what is missing, and logs it once", async () => {
    const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const broken = {
      ...(env as unknown as Bindings),
      JWT_SECRET: undefined,
      ENCRYPTION_KEY: undefined,
    } as unknown as Bindings;
    for (const path of ["/", "/mcp", "/authorize", "/.well-known/oauth-authorization-server"]) {
      const response = await serve(new Request(ORIGIN + path), broken, createExecutionContext());
      expect(response.status).toBe(503);
      const { message } = await response.json<{ message: string }>();
      expect(message).toContain("JWT_SECRET is missing");
      expect(message).toContain("ENCRYPTION_KEY is missing");
    }
    expect(error).toHaveBeenCalledTimes(1);
    const health = await serve(new Request(`${ORIGIN}/health`), broken, createExecutionContext());
    expect(await health.json()).toMatchObject({
      status: "misconfigured",
      misconfigured: ["ENCRYPTION_KEY", "JWT_SECRET"],
    });
  });
});

describe("host", () => {
  it("answers only under its own name", async () => {
    const response = await exports.default.fetch("https://evil.example/mcp");
    expect(response.status).toBe(421);
  });

  it("takes every name of this machine in development only", async () => {
    const here = { PUBLIC_URL: "http://localhost:8787" };
    for (const host of ["localhost:8787", "127.0.0.1:8787", "[::1]:8787"]) {
      const response = await serveWith(here, `http://${host}/.well-known/oauth-protected-resource`);
      expect(await response.json()).toMatchObject({ resource: "http://localhost:8787" });
    }
    const page = await serveWith(here, "http://127.0.0.1:8787/auth/login?x=1");
    expect([page.status, page.headers.get("Location")]).toEqual([
      307,
      "http://localhost:8787/auth/login?x=1",
    ]);
    const staging = await serveWith({ ENVIRONMENT: "staging" }, "http://127.0.0.1:8787/");
    expect(staging.status).toBe(421);
  });
});

describe("pages", () => {
  it.each(["/", "/auth/login", "/nowhere"])(
    "%s is HTML with a strict policy and no foreign asset",
    async (path) => {
      const response = await get(path, { headers: { Accept: "text/html" } });
      const html = await response.text();
      const policy = response.headers.get("Content-Security-Policy") ?? "";
      const nonce = /script-src 'nonce-([^']+)'/.exec(policy)?.[1] ?? "none";
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toContain("unsafe");
      expect(response.headers.get("Referrer-Policy")).toBe("no-referrer");
      expect(response.headers.get("X-Content-Type-Options")).toBe("nosniff");
      expect(response.headers.get("X-Frame-Options")).toBe("DENY");
      expect(response.headers.get("Strict-Transport-Security")).toContain("max-age");
      for (const tag of html.match(/<(script|style)[^>]*>/g) ?? []) expect(tag).toContain(`nonce="${nonce}"`);
      expect(html).not.toMatch(/\sstyle="|\son\w+="/);
      expect(html).not.toMatch(/<(script|img|link|iframe)[^>]+(src|href)="(https?:)?\/\//);
      expect(html).toContain('<html lang="en">');
      expect(html).toMatch(/<main id="content">/);
    },
  );

  it("uses a fresh nonce each time", async () => {
    const [one, two] = await Promise.all([get("/"), get("/")]);
    expect(one.headers.get("Content-Security-Policy")).not.toBe(two.headers.get("Content-Security-Policy"));
  });

  it("shows the endpoint and the set-ups on the start page", async () => {
    const html = await (await get("/")).text();
    expect(html).toContain(`${ORIGIN}/mcp`);
    expect(html).toContain("claude mcp add --transport http clickup");
    expect(html).toContain("mcpServers");
  });

  it("answers 405 with Allow and 404 as JSON where no page is wanted", async () => {
    const login = await get("/auth/login", { method: "PUT" });
    expect([login.status, login.headers.get("Allow")]).toEqual([405, "GET, HEAD, POST"]);
    const nowhere = await get("/nowhere");
    expect([nowhere.status, await nowhere.json<{ error: string }>()]).toMatchObject([
      404,
      { error: "not_found" },
    ]);
    const head = await get("/", { method: "HEAD" });
    expect([head.status, await head.text()]).toEqual([200, ""]);
  });

  it("gives an unexpected failure an id and nothing else", async () => {
    const error = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const kv = {
      get: () => Promise.reject(new Error("kv exploded for pk_123_SECRETSECRET with Bearer abc.def")),
    };
    const response = await serveWith(
      { OAUTH_KV: kv },
      `${ORIGIN}/authorize?client_id=abc&response_type=code&redirect_uri=https://c.example/cb`,
    );
    expect(response.status).toBe(500);
    const text = await response.text();
    expect(text).not.toContain("exploded");
    const line = String(error.mock.calls[0]?.[0]);
    const logged = JSON.parse(line) as { incident: string };
    expect(text).toContain(logged.incident);
    expect(line).toContain("exploded");
    expect(line).not.toContain("SECRETSECRET");
    expect(line).not.toContain("abc.def");
  });
});

describe("discovery", () => {
  it("publishes a document for each endpoint, which names it", async () => {
    for (const path of ["", "/mcp", "/mcp/", "/sse"]) {
      const response = await get(`/.well-known/oauth-protected-resource${path}`);
      expect(await response.json()).toEqual({
        resource: ORIGIN + path,
        authorization_servers: [ORIGIN],
        scopes_supported: ["clickup:read"],
        bearer_methods_supported: ["header"],
        resource_name: "ClickUp MCP server",
      });
    }
    for (const path of ["/other", "/", "/mcp/other", "/MCP", "/sse/", "/auth/api-key"]) {
      expect([path, (await get(`/.well-known/oauth-protected-resource${path}`)).status]).toEqual([path, 404]);
    }
  });

  it("publishes the authorization server", async () => {
    const metadata = await (await get("/.well-known/oauth-authorization-server")).json();
    expect(metadata).toMatchObject({
      protected_resources: [ORIGIN, `${ORIGIN}/mcp`, `${ORIGIN}/mcp/`, `${ORIGIN}/sse`],
      issuer: ORIGIN,
      authorization_endpoint: `${ORIGIN}/authorize`,
      token_endpoint: `${ORIGIN}/token`,
      registration_endpoint: `${ORIGIN}/register`,
      code_challenge_methods_supported: ["S256"],
      scopes_supported: ["clickup:read", "clickup:write"],
      authorization_response_iss_parameter_supported: true,
      client_id_metadata_document_supported: true,
    });
  });

  it.each(["GET", "POST", "DELETE"])("challenges %s /mcp without a token", async (method) => {
    const response = await get("/mcp", { method });
    expect(response.status).toBe(401);
    const challenge = response.headers.get("WWW-Authenticate") ?? "";
    expect(challenge).toContain(`resource_metadata="${ORIGIN}/.well-known/oauth-protected-resource/mcp"`);
    expect(challenge).toContain('scope="clickup:read"');
    expect(await response.json()).toMatchObject({ error: "unauthorized" });
  });
});

describe("other origins", () => {
  const post = (path: string, origin: string) => get(path, { method: "POST", headers: { Origin: origin } });

  it.each(["/mcp", "/token", "/register", "/auth/api-key"])("refuses a foreign page on %s", async (path) => {
    for (const origin of ["https://evil.example", "null", "https://mcp.test.evil.example"]) {
      const response = await post(path, origin);
      expect(response.status).toBe(403);
      expect(response.headers.get("Access-Control-Allow-Origin")).toBeNull();
    }
  });

  it("lets our own and, in development, local pages in, without credentials", async () => {
    for (const origin of [ORIGIN, "http://localhost:6274"]) {
      const response = await post("/mcp", origin);
      expect(response.status).toBe(401);
      expect(response.headers.get("Access-Control-Allow-Origin")).toBe(origin);
      expect(response.headers.get("Access-Control-Expose-Headers")).toContain("WWW-Authenticate");
      expect(response.headers.get("Access-Control-Allow-Credentials")).toBeNull();
    }
    const preflight = await get("/mcp", {
      method: "OPTIONS",
      headers: { Origin: "http://localhost:6274", "Access-Control-Request-Method": "POST" },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get("Access-Control-Allow-Headers")).toContain("Mcp-Session-Id");
  });

  it("asks for the operator's list outside development", async () => {
    const staging = { ENVIRONMENT: "staging" };
    const headers = { Origin: "https://inspector.example" };
    const refused = await serveWith(staging, `${ORIGIN}/mcp`, { method: "POST", headers });
    expect(refused.status).toBe(403);
    // Whoever reads it in the browser's tools learns what to ask for.
    expect(await refused.text()).toMatch(/https:\/\/inspector\.example .* ALLOWED_ORIGINS/);
    const listed = { ...staging, ALLOWED_ORIGINS: "https://inspector.example" };
    const accepted = await serveWith(listed, `${ORIGIN}/mcp`, { method: "POST", headers });
    expect(accepted.status).toBe(401);
    const local = { headers: { Origin: "http://localhost:6274" } };
    expect((await serveWith(staging, `${ORIGIN}/mcp`, { method: "POST", ...local })).status).toBe(403);
  });

  it("gives discovery to foreign pages without letting them read it", async () => {
    const response = await get("/.well-known/oauth-authorization-server", {
      headers: { Origin: "https://evil.example" },
    });
    expect(response.status).toBe(200);
    expect(response.headers.get("Access-Control-Allow-Origin")).toBeNull();
  });
});

it("the test's own configuration is valid", () => {
  expect(parseConfig(env as unknown as Bindings).ok).toBe(true);
});
