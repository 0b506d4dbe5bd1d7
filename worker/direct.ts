/**
 * The direct way of an MCP POST whose token was verified here just now: the same answer as through the routes, without
 * the middleware of pages and OAuth. Everything out of the ordinary (a page's Origin, another name of this machine,
 * a token not seen before) is left to the routes.
 */
import { SESSION_HEADER } from "../objects/rpc/names.ts";
import { REQUEST_ID_HEADER, type DirectPost } from "../objects/rpc/user.ts";
import { mayRead } from "./auth/scopes.ts";
import { userObject } from "./directory.ts";
import { loadConfig, type Bindings } from "./env.ts";
import { forwardToUser, principalOf, WHOLE_BODY_BYTES } from "./mcp.ts";
import { HSTS } from "./origins.ts";
import { verifiedToken, type VerifiedToken } from "./oauth/verified-tokens.ts";
import { record } from "./observe/request-log.ts";
import { takeFigures } from "./observe/figures.ts";
import { toolListAnswer } from "./tool-list.ts";

const MCP_PATH = "/mcp";
/** Say that a request belongs to a revision with lanes of its own. */
const OTHER_LANES = ["mcp-method", "mcp-name"];

/** By what is remembered of a token. */
const principals = new WeakMap<VerifiedToken, string>();

function principalJson(known: VerifiedToken): string {
  const made = principals.get(known) ?? JSON.stringify(principalOf(known));
  principals.set(known, made);
  return made;
}

/** @returns undefined when the request must go through the routes */
export function serveDirect(request: Request, env: Bindings): Promise<Response> | undefined {
  if (request.method !== "POST") return undefined;
  const result = loadConfig(env);
  if (!result.ok || request.url !== result.config.origin + MCP_PATH) return undefined;
  const { headers } = request;
  if (headers.get("Origin") !== null) return undefined;
  const known = verifiedToken(env, headers.get("Authorization"));
  if (known === undefined || !mayRead(known.auth.scope)) return undefined;
  return answer(request, env, known, result.config.origin.startsWith("https:"));
}

async function answer(
  request: Request,
  env: Bindings,
  known: VerifiedToken,
  https: boolean,
): Promise<Response> {
  const started_ms = Date.now();
  const requestId = crypto.randomUUID();
  // As the routes say it; what pages may read depends on who asks.
  const headers: Record<string, string> = { [REQUEST_ID_HEADER]: requestId, Vary: "Origin" };
  if (https) headers[HSTS.name] = HSTS.value;
  const { response, figures } = await askObject(request, env, known, requestId, headers);
  record(env, response.status, { requestId, route: MCP_PATH, httpMethod: "POST", started_ms }, figures);
  return response;
}

interface Asked {
  response: Response;
  /** JSON of `RequestFigures`. */
  figures: string | null;
}

/**
 * One call of the object where that is enough, else the request itself is handed over.
 * @param added headers every answer gets
 */
async function askObject(
  request: Request,
  env: Bindings,
  known: VerifiedToken,
  requestId: string,
  added: Record<string, string>,
): Promise<Asked> {
  const { headers } = request;
  const length = Number(headers.get("Content-Length") ?? "NaN");
  if (!(length <= WHOLE_BODY_BYTES) || OTHER_LANES.some((name) => headers.get(name) !== null))
    return handOver(await forwardToUser(request, env, known, { requestId }), added);
  const body = await request.text();
  const sessionId = headers.get(SESSION_HEADER);
  // Nothing else of a session can be answered so: not worth asking.
  if (sessionId !== null && !body.includes('"tools/'))
    return handOver(await forwardToUser(request, env, known, { requestId, body }), added);
  const post: DirectPost = {
    principal: principalJson(known),
    requestId,
    sessionId,
    contentType: headers.get("Content-Type"),
    accept: headers.get("Accept"),
    protocolVersion: headers.get("MCP-Protocol-Version"),
    body,
  };
  let direct;
  try {
    direct = await userObject(env, known.props.userId).post(post);
  } catch (error) {
    // A passing fault: what may be repeated is, by the way that says so.
    return handOver(await forwardToUser(request, env, known, { requestId, body, fault: error }), added);
  }
  if (direct === null) return handOver(await forwardToUser(request, env, known, { requestId, body }), added);
  const text = "text" in direct.body ? direct.body.text : toolListAnswer(direct.body.id, direct.body.tools);
  return {
    response: new Response(text, { status: direct.status, headers: { ...direct.headers, ...added } }),
    figures: direct.figures,
  };
}

function handOver(answer: Response, added: Record<string, string>): Asked {
  const taken = takeFigures(answer);
  for (const [name, value] of Object.entries(added)) taken.response.headers.append(name, value);
  return taken;
}
