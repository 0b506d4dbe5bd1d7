/** The routes of the entry Worker. */
import type { OAuthResourceServer } from "@cloudflare/workers-oauth-provider";
import { Hono } from "hono";
import { cors } from "hono/cors";
import { showPlan } from "./account/overview.tsx";
import { addAccount } from "./account/routes.ts";
import { storeApiKey } from "./auth/api-key.ts";
import { showLogin, startLogin } from "./auth/login.tsx";
import { answerBillingApi, BILLING_API_PATHS, serveBillingApi } from "./billing/api.ts";
import { addBilling } from "./billing/routes.ts";
import type { App, AppContext, AppEnv } from "./context.ts";
import { configOf, isLoopback, loadConfig, type Bindings, type Config } from "./env.ts";
import { limitFloods } from "./flood.ts";
import { health } from "./health.ts";
import { errorPage, htmlPage, readCapped } from "./html.tsx";
import { apiJson } from "./json.ts";
import { logIncident } from "./log.ts";
import { forwardToUser } from "./mcp.ts";
import { serveDirect } from "./direct.ts";
import { observeRequest } from "./observe/request-log.ts";
import { decideConsent, showConsent, takeToken } from "./oauth/authorize.tsx";
import { clickUpCallback } from "./oauth/callback.ts";
import { isPrivateClientId } from "./oauth/cimd-host.ts";
import { narrowRegistration } from "./oauth/client-metadata.ts";
import { metadataPaths, resourceAt, resourcesOf } from "./oauth/endpoints.ts";
import { takeWorkspaces } from "./oauth/finish.tsx";
import { rememberToken } from "./oauth/verified-tokens.ts";
import { answerOAuthRefusal } from "./oauth/refusal.ts";
import { oauthHelpers, oauthParts, type Caller, type ResourceHandler } from "./oauth/provider.ts";
import { acceptedForm, namesPrivateClient } from "./oauth/token-request.ts";
import { HSTS, isAllowedOrigin, isOurHost } from "./origins.ts";
import { SESSION_HEADER } from "../objects/rpc/names.ts";
import { REQUEST_ID_HEADER } from "../objects/rpc/user.ts";
import { isPassing } from "./reach-user.ts";
import { LandingPage } from "./pages/landing.tsx";
import { FAVICON } from "./pages/layout.tsx";

const MCP_PATH = "/mcp";
const API_KEY_PATH = "/auth/api-key";
/** Need a bearer token. `/sse` and the message endpoint below it serve 2024-11-05 clients. */
const RESOURCE_PATHS = [MCP_PATH, `${MCP_PATH}/`, "/sse/*", API_KEY_PATH, ...BILLING_API_PATHS];
const OAUTH_PATHS = ["/token", "/register"];
/** Codes and tokens are short; an assertion of a client's key is the longest field. */
const TOKEN_FORM_BYTES = 32 * 1024;
/** The library's own bound for a registration. */
const REGISTRATION_BYTES = 1024 * 1024;
const AS_METADATA = "/.well-known/oauth-authorization-server";

const serveResource: ResourceHandler = (request, env, ctx) => {
  const { pathname } = new URL(request.url);
  if (pathname === API_KEY_PATH) return storeApiKey(request, env, configOf(env), ctx);
  if (BILLING_API_PATHS.includes(pathname)) return serveBillingApi(request, env, configOf(env), ctx);
  // What is remembered serves this path alone (direct.ts), and says which resource a challenge is about.
  if (pathname === MCP_PATH) rememberToken(env, ctx);
  return forwardToUser(request, env, ctx);
};

const app = createApp();

/**
 * Serves a request: health, configuration, host, then the routes. The URL is rewritten to the canonical origin,
 * so that a token's audience matches under every name of this machine in development.
 */
export async function serve(request: Request, env: Bindings, ctx: ExecutionContext): Promise<Response> {
  const known = serveDirect(request, env);
  if (known !== undefined) return known;
  const url = new URL(request.url);
  if (url.pathname === "/health") return health(request, env);
  const result = loadConfig(env);
  if (!result.ok) return apiJson(503, { error: "misconfigured", message: result.message });
  const { config } = result;
  if (!isOurHost(config, url)) {
    return apiJson(421, { error: "misdirected_request", message: `This server is ${config.origin}` });
  }
  const target = config.origin + url.pathname + url.search;
  if (request.method === "GET" && leavesItsCookies(config, url)) {
    return new Response(null, { status: 307, headers: { Location: target, "Cache-Control": "no-store" } });
  }
  const canonical = url.origin === config.origin ? request : new Request(target, request);
  return app.fetch(canonical, env, ctx);
}

/**
 * True for a page opened in development under another name of this machine: a sign-in comes back under the
 * canonical one, where the browser would not send the cookie it was given here.
 */
function leavesItsCookies(config: Config, url: URL): boolean {
  const canonical = new URL(config.origin);
  return (
    url.hostname !== canonical.hostname &&
    url.port === canonical.port &&
    ["/", "/authorize", "/auth/login"].includes(url.pathname)
  );
}

function createApp(): App {
  const app: App = new Hono<AppEnv>();
  app.use(async (c, next) => {
    const config = configOf(c.env);
    const parts = oauthParts(config.origin, serveResource);
    c.set("config", config);
    c.set("parts", parts);
    c.set("oauth", oauthHelpers(parts, c.env));
    c.set("requestId", crypto.randomUUID());
    await next();
    c.header(REQUEST_ID_HEADER, c.var.requestId);
    if (config.origin.startsWith("https:")) c.header(HSTS.name, HSTS.value);
  });
  app.use(observeRequest);
  limitFloods(app);
  addApi(app);
  addPages(app);
  addBilling(app, showPlan);
  addAccount(app);
  app.notFound((c) =>
    wantsHtml(c)
      ? errorPage(404, {
          title: "There is nothing here",
          message: "The address may be mistyped.",
          next: { label: "Go to the start page", href: "/" },
        })
      : apiJson(404, { error: "not_found", message: "No such address. The MCP endpoint is /mcp." }),
  );
  app.onError((error, c) => answerFault(error, c));
  return app;
}

function addApi(app: App): void {
  const refuseForeignPages = async (c: AppContext, next: () => Promise<void>) => {
    const origin = c.req.header("Origin");
    if (origin !== undefined && !isAllowedOrigin(c.var.config, origin)) {
      return apiJson(403, {
        error: "origin_not_allowed",
        message: `Pages of ${origin} may not call this server. Its operator allows them by adding that origin to ALLOWED_ORIGINS, separated by commas.`,
      });
    }
    await next();
  };
  const allowListedPages = cors({
    origin: (origin, c: AppContext) => (isAllowedOrigin(c.var.config, origin) ? origin : null),
    allowMethods: ["GET", "POST", "DELETE", "OPTIONS"],
    allowHeaders: [
      "Authorization",
      "Content-Type",
      "Accept",
      "Last-Event-ID",
      SESSION_HEADER,
      "MCP-Protocol-Version",
      "Mcp-Method",
      "Mcp-Name",
    ],
    exposeHeaders: ["WWW-Authenticate", SESSION_HEADER, "Retry-After", "RateLimit", "RateLimit-Policy"],
    maxAge: 86_400,
  });

  for (const path of [...RESOURCE_PATHS, ...OAUTH_PATHS]) app.use(path, refuseForeignPages, allowListedPages);
  for (const path of RESOURCE_PATHS) {
    app.all(path, async (c) => {
      const answered = await answerBillingApi(c);
      if (answered !== null) return answered;
      const request = withoutOrigin(c.req.raw);
      request.headers.set(REQUEST_ID_HEADER, c.var.requestId);
      return explainChallenge(await resourceServer(c, c.req.path).fetch(request, c.env, contextOf(c)));
    });
  }
  app.post("/token", async (c) => {
    const text = await readCapped(c.req.raw.clone(), TOKEN_FORM_BYTES);
    if (text === null) return apiJson(413, { error: "invalid_request", error_description: "Too large" });
    const form = new URLSearchParams(text);
    const authorization = c.req.header("Authorization") ?? null;
    if (namesPrivateClient(form, authorization)) return apiJson(401, { error: "invalid_client" });
    if (!isForm(c)) return authorizationServer(c);
    return authorizationServer(c, acceptedForm(c.var.config.origin, form, authorization));
  });
  app.post("/register", async (c) => {
    const text = await readCapped(c.req.raw.clone(), REGISTRATION_BYTES);
    const asked = text === null ? undefined : parseJson(text);
    return authorizationServer(
      c,
      asked === undefined ? undefined : JSON.stringify(narrowRegistration(asked)),
    );
  });
  for (const path of OAUTH_PATHS) app.all(path, (c) => authorizationServer(c));

  app.use("/.well-known/*", allowListedPages);
  app.all(AS_METADATA, async (c) => {
    const answer = await authorizationServer(c);
    if (answer.status !== 200 || c.req.method !== "GET") return answer;
    const metadata = await answer.json<Record<string, unknown>>();
    // The library knows the audience alone (RFC 9728 section 4 names the resources).
    const protectedResources = resourcesOf(c.var.config.origin);
    return Response.json({ ...metadata, protected_resources: protectedResources }, answer);
  });
  app.all("/.well-known/oauth-protected-resource/*", (c, next) => {
    const { origin } = c.var.config;
    const resource = metadataPaths(origin).get(c.req.path);
    if (resource === undefined) return next();
    return resourceServer(c, resource.slice(origin.length)).fetch(
      withoutOrigin(c.req.raw),
      c.env,
      contextOf(c),
    );
  });
}

/** The resource server that a path is served by. */
function resourceServer(c: AppContext, pathname: string): OAuthResourceServer<Bindings, Caller> {
  const { config, parts } = c.var;
  const server = parts.resourceServers.get(resourceAt(config.origin, pathname));
  if (server === undefined) throw new Error(`no resource server for ${pathname}`);
  return server;
}

function isForm(c: AppContext): boolean {
  const type = c.req.header("Content-Type")?.split(";", 1)[0]?.trim().toLowerCase();
  return type === "application/x-www-form-urlencoded";
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function addPages(app: App): void {
  app.get("/", (c) =>
    htmlPage((nonce) => {
      const { origin } = c.var.config;
      return (
        <LandingPage nonce={nonce} mcpUrl={`${origin}/mcp`} local={isLoopback(new URL(origin).hostname)} />
      );
    }),
  );
  app.get("/favicon.svg", () => {
    const headers = { "Content-Type": "image/svg+xml", "Cache-Control": "public, max-age=86400" };
    return new Response(FAVICON, { headers: { ...headers, "X-Content-Type-Options": "nosniff" } });
  });
  app.get("/authorize", oauthPage(showConsent));
  app.post("/authorize", oauthPage(decideConsent));
  app.post("/authorize/token", oauthPage(takeToken));
  app.post("/authorize/workspaces", oauthPage(takeWorkspaces));
  app.get("/auth/callback", oauthPage(clickUpCallback));
  app.get("/auth/login", showLogin);
  app.post("/auth/login", startLogin);
  const methods = { "/": "GET, HEAD", "/favicon.svg": "GET, HEAD", "/auth/callback": "GET, HEAD" };
  const withPost = {
    "/authorize": "GET, HEAD, POST",
    "/auth/login": "GET, HEAD, POST",
    "/authorize/token": "POST",
    "/authorize/workspaces": "POST",
  };
  for (const [path, allow] of Object.entries({ ...methods, ...withPost })) {
    app.all(path, () =>
      apiJson(405, { error: "method_not_allowed", message: `Use ${allow}` }, { Allow: allow }),
    );
  }
}

/** @param body in place of the request's own */
function authorizationServer(c: AppContext, body?: string): Promise<Response> {
  const { authorizationServer: server } = c.var.parts;
  const request = withoutOrigin(c.req.raw);
  return server.fetch(body === undefined ? request : withBody(request, body), c.env, contextOf(c));
}

function withBody(request: Request, body: string): Request {
  const headers = new Headers(request.headers);
  headers.delete("Content-Length");
  return new Request(request.url, { method: request.method, headers, body });
}

/** Hono types the context by an interface of its own; it is the runtime's object. */
function contextOf(c: AppContext): ExecutionContext {
  return c.executionCtx as ExecutionContext;
}

/** The library reflects any Origin in its CORS headers; without one it adds none, and ours apply. */
function withoutOrigin(request: Request): Request {
  const copy = new Request(request);
  copy.headers.delete("Origin");
  return copy;
}

/** The library's 401 has no body; people who try the endpoint by hand get told what to do. */
function explainChallenge(response: Response): Response {
  if (response.status !== 401 || response.body !== null) return response;
  return Response.json(
    { error: "unauthorized", message: "Sign in: send a valid token as 'Authorization: Bearer …'." },
    response,
  );
}

/** Runs a page of the OAuth flow; a refusal of the library becomes a redirect or a page. */
function oauthPage(handler: (c: AppContext) => Promise<Response>): (c: AppContext) => Promise<Response> {
  return async (c) => {
    if (isPrivateClientId(c.req.query("client_id") ?? "")) {
      return errorPage(400, {
        title: "The application could not be verified",
        message: "Its address is not a public one.",
      });
    }
    try {
      return await handler(c);
    } catch (error) {
      return answerOAuthRefusal(error);
    }
  };
}

function wantsHtml(c: AppContext): boolean {
  return c.req.header("Accept")?.includes("text/html") ?? false;
}

/** Our own fault: an id for the operator, nothing else for the caller. What passes by itself is said to. */
function answerFault(error: unknown, c: AppContext): Response {
  const incident = logIncident(error, { method: c.req.method, path: c.req.path, requestId: c.var.requestId });
  if (isPassing(error)) return answerPassing(incident, c);
  if (!wantsHtml(c))
    return apiJson(500, { error: "internal_error", message: "Something broke on our side.", incident });
  return errorPage(500, {
    title: "Something broke on our side",
    message: "It is not your doing. Try again; if it stays, tell the operator this id.",
    incident,
  });
}

/** The platform failed between us and the user's object, as it does during a deployment. */
function answerPassing(incident: string, c: AppContext): Response {
  const headers = { "Retry-After": "5" };
  const message = "Your account cannot be reached right now. Try again in a few seconds.";
  if (!wantsHtml(c)) return apiJson(503, { error: "temporarily_unavailable", message, incident }, headers);
  return errorPage(503, { title: "Not reachable right now", message, incident }, new Headers(headers));
}
