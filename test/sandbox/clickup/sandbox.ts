import { authenticate, credentialOf, reachOf } from "./auth.ts";
import { control } from "./control.ts";
import { badRequest, ClickUpFault, errorResponse } from "./errors.ts";
import { SANDBOX } from "./facts.ts";
import { FaultBox, playFault } from "./faults.ts";
import { asObject } from "./input.ts";
import type { ClickUpSandbox, ClickUpSandboxOptions, SandboxCall } from "./interface.ts";
import { exchangeCode, showAuthorize, submitAuthorize } from "./oauth.ts";
import { rateLimited, RateLimiter } from "./rate-limit.ts";
import { type Context, type Route, Router } from "./route.ts";
import { routes } from "./routes/index.ts";
import { undescribedRoutes } from "./routes/undescribed.ts";
import { seededState } from "./seed.ts";
import { strictViolations } from "./strict.ts";
import { deliver, taskBefore, tellWebhooks } from "./collaboration/webhook-events.ts";

/** The operation of the token exchange, which is answered before authentication. */
export const TOKEN_OPERATION = "POST /v2/oauth/token";

interface Read {
  json: unknown;
  form: FormData | null;
  /** What `calls` keeps. */
  logged: unknown;
}

/** Reads a body by its content type. A body that is not JSON is refused as ClickUp refuses it. */
async function readBody(request: Request): Promise<Read> {
  if (request.method === "GET") return { json: undefined, form: null, logged: undefined };
  const type = request.headers.get("Content-Type") ?? "";
  if (type.includes("multipart/form-data") || type.includes("x-www-form-urlencoded")) {
    const form = await request.formData();
    const logged: Record<string, unknown> = {};
    for (const [name, value] of form.entries()) {
      logged[name] =
        typeof value === "string"
          ? value
          : { filename: value.name, type: value.type, size_bytes: value.size };
    }
    return { json: undefined, form, logged };
  }
  const text = await request.text();
  if (text === "") return { json: undefined, form: null, logged: undefined };
  try {
    const json: unknown = JSON.parse(text);
    return { json, form: null, logged: json };
  } catch {
    throw badRequest("Unexpected token in JSON", "INPUT_002");
  }
}

function queryRecord(query: URLSearchParams): Record<string, string | string[]> {
  return Object.fromEntries(
    [...new Set(query.keys())].map((name) => {
      const values = query.getAll(name);
      return [name, values.length === 1 && !name.endsWith("[]") ? (values[0] ?? "") : values];
    }),
  );
}

/** What no operation is: plain text, with 405 where another method would be one. */
function unknownRoute(router: Router, method: string, pathname: string): Response {
  const path = pathname.slice("/api".length);
  const others = ["GET", "POST", "PUT", "PATCH", "DELETE"].filter((one) => one !== method);
  return others.some((one) => router.match(one, path) !== undefined)
    ? new Response("405 method not allowed", { status: 405 })
    : new Response("404 page not found", { status: 404 });
}

/** Makes a sandbox with its own state. */
export function createClickUpSandbox(options: ClickUpSandboxOptions = {}): ClickUpSandbox {
  const clock = options.now_ms ?? Date.now;
  const app = options.app ?? SANDBOX;
  const router = new Router([...routes, ...undescribedRoutes]);
  const limiter = new RateLimiter(options.rateLimitPerMinute ?? 100);
  const faults = new FaultBox();
  const calls: SandboxCall[] = [];
  const violations: string[] = [];
  const freshState = () => seededState(clock(), options.seed);
  const state = freshState();
  let trace = 0;

  async function answer(
    request: Request,
    url: URL,
    call: SandboxCall,
    route: Route | undefined,
    params: Record<string, string>,
  ) {
    const now_ms = clock();
    const version = url.pathname.startsWith("/api/v3/") ? "v3" : "v2";
    trace++;
    let headers: Record<string, string> = {};
    let response: Response;
    try {
      const credential = credentialOf(request);
      if (credential !== null) {
        const verdict = limiter.take(credential.token, now_ms);
        headers = verdict.headers;
        if (!verdict.allowed) return rateLimited(headers);
      }
      const read = await readBody(request);
      call.body = read.logged;
      if (call.operation === TOKEN_OPERATION) {
        const sent = {
          ...Object.fromEntries(url.searchParams),
          ...asObject(read.json),
          ...asObject(read.logged),
        };
        return exchangeCode(state, app, sent, now_ms);
      }
      const token = authenticate(state, request);
      call.token_user = token.user;
      if (route === undefined) return unknownRoute(router, request.method, url.pathname);
      if (options.strict) refuseViolations(route, url.searchParams, read.json);
      const ctx: Context = {
        state,
        user: state.user(token.user),
        token,
        reach: reachOf(state, token),
        params,
        query: url.searchParams,
        body: asObject(read.json),
        json: read.json,
        form: read.form,
        now_ms,
      };
      const before = taskBefore(ctx);
      const result = route.handler(ctx);
      if (request.method !== "GET" && !(result instanceof Response && result.status >= 300))
        tellWebhooks(ctx, route.operation, before, result);
      response = result instanceof Response ? result : Response.json(result);
    } catch (error) {
      if (!(error instanceof ClickUpFault)) throw error;
      response = errorResponse(version, error, trace, now_ms);
    }
    for (const [name, value] of Object.entries(headers)) response.headers.set(name, value);
    return response;
  }

  function refuseViolations(route: Route, query: URLSearchParams, json: unknown): void {
    const found = strictViolations(route, query, json);
    if (found.length === 0) return;
    violations.push(...found);
    throw badRequest(`Sandbox strict mode: ${found.join("; ")}`, "SANDBOX_STRICT");
  }

  async function api(request: Request, url: URL): Promise<Response> {
    const path = url.pathname.slice("/api".length);
    const matched = router.match(request.method, path);
    const isToken = request.method === "POST" && path === "/v2/oauth/token";
    const operation = isToken ? TOKEN_OPERATION : (matched?.route.operation ?? null);
    const call: SandboxCall = {
      method: request.method,
      path: url.pathname,
      operation,
      token_user: null,
      status: 0,
      query: queryRecord(url.searchParams),
      body: undefined,
      at_ms: clock(),
    };
    calls.push(call);
    const work = () => answer(request, url, call, matched?.route, matched?.params ?? {});
    const fault = faults.take(request.method, url.pathname, operation);
    if (fault !== null) call.fault = fault.kind;
    const response = fault === null ? await work() : await playFault(fault, request, clock(), work);
    call.status = response.status;
    return response;
  }

  const sandbox: ClickUpSandbox = {
    async fetch(request) {
      const url = new URL(request.url);
      if (url.pathname.startsWith("/__sandbox/")) return control(sandbox, request, url.pathname);
      if (url.pathname === "/api" || url.pathname === "/api/") {
        if (request.method === "GET") return showAuthorize(state, app, url, options.authorizeOrigin);
        if (request.method === "POST") return submitAuthorize(state, app, request, clock());
      }
      if (/^\/api\/v[23]\//.test(url.pathname)) return api(request, url);
      return new Response("404 page not found", { status: 404 });
    },
    calls,
    clearCalls: () => void calls.splice(0),
    fault: (fault) => faults.add(fault),
    clearFaults: () => faults.clear(),
    reset() {
      state.restore(freshState().snapshot());
      calls.splice(0);
      violations.splice(0);
      faults.clear();
      limiter.reset();
    },
    snapshot: () => state.snapshot(),
    restore: (snapshot) => state.restore(snapshot),
    deliverWebhooks: (send) => deliver(state.data.webhooks, state.data.deliveries, send),
    state,
    violations,
  };
  return sandbox;
}
