/**
 * The short way of an MCP POST whose token was verified here just now: the same answer as through the routes, without
 * the middleware of pages and OAuth. Everything out of the ordinary (a page's Origin, another name of this machine,
 * a token not seen before) is left to the routes.
 */
import { REQUEST_ID_HEADER } from "../objects/rpc.ts";
import type { Bindings, Config } from "./env.ts";
import { forwardToUser } from "./mcp.ts";
import { knownCaller } from "./oauth/known-callers.ts";
import { observeAnswer } from "./observe/request-log.ts";

const MCP_PATH = "/mcp";

/** @returns undefined when the request must go through the routes */
export function serveKnownCaller(
  request: Request,
  url: URL,
  env: Bindings,
  config: Config,
): Promise<Response> | undefined {
  if (request.method !== "POST" || url.pathname !== MCP_PATH || url.origin !== config.origin)
    return undefined;
  const { headers } = request;
  if (headers.get("Origin") !== null) return undefined;
  const known = knownCaller(env, headers.get("Authorization"));
  return known === undefined ? undefined : answer(request, env, config, known);
}

async function answer(
  request: Request,
  env: Bindings,
  config: Config,
  known: Parameters<typeof forwardToUser>[2],
): Promise<Response> {
  const started_ms = Date.now();
  const requestId = crypto.randomUUID();
  const forwarded = await forwardToUser(request, env, known, requestId);
  const response = new Response(forwarded.body, forwarded);
  observeAnswer(env, response, { requestId, route: MCP_PATH, httpMethod: request.method, started_ms });
  response.headers.set(REQUEST_ID_HEADER, requestId);
  if (config.origin.startsWith("https:"))
    response.headers.set("Strict-Transport-Security", "max-age=31536000");
  // As the routes say it: what pages may read depends on who asks.
  response.headers.append("Vary", "Origin");
  return response;
}
