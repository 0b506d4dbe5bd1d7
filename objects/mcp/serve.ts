/** One HTTP request to `/mcp`: read, classify, admit each message, dispatch to the lane that speaks its revision. */
import {
  classifyInboundRequest,
  isInitializeRequest,
  isJSONRPCRequest,
  SUPPORTED_PROTOCOL_VERSIONS,
  type JSONRPCMessage,
} from "@modelcontextprotocol/server";
import type { Endpoint } from "./endpoint.ts";
import { Exchange, type Caller } from "./exchange.ts";
import { acceptsJson, echoableId, readInbound } from "./inbound.ts";
import { RPC, rateHeaders, refusalResponse, rpcError, rpcErrorResponse } from "./responses.ts";
import { connectStream, endSession, isLive, openSession, postToSession } from "./session-lane.ts";
import { SSE_PATH, serveSse } from "./sse-lane.ts";
import { answerWithoutSession } from "./sessionless.ts";
import { REVISION, SESSION_HEADER } from "../rpc/names.ts";
import { STREAM_BODY_HEADER } from "../rpc/user.ts";

const SPOKEN: readonly string[] = [REVISION.stateless, ...SUPPORTED_PROTOCOL_VERSIONS];

export async function serveMcp(request: Request, caller: Caller, endpoint: Endpoint): Promise<Response> {
  const answer = await dispatch(request, caller, endpoint);
  // What is no message, or none that is recorded, is bounded too.
  if (caller.meter?.uncounted !== true || answer.webSocket !== null) return answer;
  const control = endpoint.ledger.control(caller);
  return control.ok ? answer : refusalResponse(control.refusal, null);
}

async function dispatch(request: Request, caller: Caller, endpoint: Endpoint): Promise<Response> {
  const streamBody = request.headers.get(STREAM_BODY_HEADER);
  const { pathname } = new URL(request.url);
  if (pathname.startsWith(SSE_PATH)) {
    const control = request.method === "GET" ? endpoint.ledger.control(caller) : { ok: true as const };
    return control.ok ? serveSse(request, caller, endpoint) : refusalResponse(control.refusal, null);
  }
  if (streamBody !== null) {
    const { headers, url } = request;
    const posted = new Request(url, { method: "POST", headers, body: decodeURIComponent(streamBody) });
    return servePost(posted, caller, endpoint);
  }
  switch (request.method) {
    case "POST":
      return servePost(request, caller, endpoint);
    case "GET":
    case "DELETE": {
      const control = endpoint.ledger.control(caller);
      if (!control.ok) return refusalResponse(control.refusal, null);
      return request.method === "GET"
        ? connectStream(request, caller, endpoint)
        : endSession(request, caller, endpoint);
    }
    default:
      return rpcErrorResponse(405, null, RPC.server, "Method not allowed: send JSON-RPC messages by POST.", {
        Allow: "GET, POST, DELETE",
      });
  }
}

async function servePost(request: Request, caller: Caller, endpoint: Endpoint): Promise<Response> {
  const inbound = await readInbound(request);
  if (!inbound.ok) return inbound.response;
  const { body, bytes } = inbound;
  const { headers } = request;
  const route = classifyInboundRequest({
    httpMethod: "POST",
    ...header("protocolVersionHeader", headers.get("mcp-protocol-version")),
    ...header("mcpMethodHeader", headers.get("mcp-method")),
    ...header("mcpNameHeader", headers.get("mcp-name")),
    body,
  });
  const version = headers.get("mcp-protocol-version");
  // What names a revision in its envelope is answered by that lane.
  if (route.kind !== "modern" && version !== null && !SPOKEN.includes(version))
    return unsupportedVersion(body, version);
  if (route.kind === "reject") {
    return Response.json(rpcError(echoableId(body), route.code, route.message, route.data), {
      status: route.httpStatus,
    });
  }
  if (route.kind === "modern") return serveModern(request, body as JSONRPCMessage, bytes, caller, endpoint);
  if (!acceptsJson(headers.get("accept"))) {
    const why = "Not acceptable: Accept must include application/json.";
    return rpcErrorResponse(406, echoableId(body), RPC.server, why);
  }
  const initializes = !Array.isArray(body) && isInitializeRequest(body) ? body : undefined;
  if (headers.get(SESSION_HEADER) !== null) {
    // A client that begins again with the id of a session that is gone wants a new one.
    const begins = initializes !== undefined && !(await isLive(request, caller, endpoint));
    if (!begins) return postToSession(request, body, bytes, caller, endpoint);
  }
  if (initializes !== undefined) return openSession(request, initializes, bytes, caller, endpoint);
  return answerWithoutSession(body, bytes, version, caller, endpoint);
}

/** Names the revisions there are (2026-07-28: -32022; earlier revisions ask for a 400 alone). */
function unsupportedVersion(body: JSONRPCMessage | unknown[], requested: string): Response {
  const why = `Unsupported MCP-Protocol-Version. This server speaks 2026-07-28 and, with initialize, ${SUPPORTED_PROTOCOL_VERSIONS.join(", ")}.`;
  const data = { supported: SPOKEN, requested: requested.slice(0, 64) };
  return Response.json(rpcError(echoableId(body), RPC.unsupportedVersion, why, data), { status: 400 });
}

/** Protocol 2026-07-28: stateless. */
async function serveModern(
  request: Request,
  body: JSONRPCMessage,
  bytes_in: number,
  caller: Caller,
  endpoint: Endpoint,
): Promise<Response> {
  if (!isJSONRPCRequest(body)) {
    const control = endpoint.ledger.control(caller);
    if (!control.ok) return refusalResponse(control.refusal, null);
    return endpoint.modern.serve(request, body, undefined);
  }
  const protocol = request.headers.get("mcp-protocol-version") ?? REVISION.stateless;
  const begun = Exchange.begin(endpoint, caller, body, protocol, bytes_in);
  if (!begun.ok) return refusalResponse(begun.refusal, body.id);
  const { exchange } = begun;
  const served = await exchange.within(() => endpoint.modern.serve(request, body, exchange));
  const listens = body.method === "subscriptions/listen";
  if (listens) begun.exchange.end(0, served.status === 200 ? "ok" : "protocol_error");
  const response = listens ? await endpoint.listeners.adopt(served, caller.principal.deviceId) : served;
  if (response.webSocket !== null) return response;
  const answer = new Response(response.body, response);
  for (const [name, value] of Object.entries(rateHeaders(begun.exchange.rate)))
    answer.headers.set(name, value);
  return answer;
}

function header<K extends string>(name: K, value: string | null): { [P in K]?: string } {
  return (value === null ? {} : { [name]: value }) as { [P in K]?: string };
}
