/**
 * HTTP+SSE of 2024-11-05: GET /sse opens the one stream of a session, whose first event names the URL that
 * messages are posted to; every answer comes on the stream. The session ends with its stream.
 */
import { isInitializeRequest, isJSONRPCRequest, type JSONRPCMessage } from "@modelcontextprotocol/server";
import { Exchange, type Caller } from "./exchange.ts";
import { echoableId, initializeProblem, readInbound } from "./inbound.ts";
import { RPC, refusalResponse, rpcErrorResponse } from "./responses.ts";
import { REVISION } from "../rpc/names.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Session } from "./session.ts";

export const SSE_PATH = "/sse";
const SSE_MESSAGE_PATH = "/sse/message";

export async function serveSse(request: Request, caller: Caller, endpoint: Endpoint): Promise<Response> {
  const url = new URL(request.url);
  if (url.pathname === SSE_PATH) {
    if (request.method !== "GET") {
      const why = "GET opens the stream; messages are posted to the URL its first event names.";
      return rpcErrorResponse(405, null, RPC.server, why, { Allow: "GET" });
    }
    const session = await endpoint.hub.open("sse", caller.principal.deviceId, {
      protocolVersion: REVISION.sse,
    });
    return endpoint.hub.connectSse(session, `${SSE_MESSAGE_PATH}?sessionId=${session.sessionId}`);
  }
  if (request.method !== "POST") {
    return rpcErrorResponse(405, null, RPC.server, "Send JSON-RPC messages by POST.", { Allow: "POST" });
  }
  const id = url.searchParams.get("sessionId");
  if (id === null) {
    return rpcErrorResponse(400, null, RPC.server, "`sessionId` is missing: use the URL the stream named.");
  }
  const session = await endpoint.hub.get(id, caller.principal.deviceId);
  if (session === undefined || session.row.kind !== "sse") {
    return rpcErrorResponse(404, null, RPC.sessionNotFound, "Session not found. Open the stream again.");
  }
  const inbound = await readInbound(request);
  if (!inbound.ok) return inbound.response;
  const { body, bytes } = inbound;
  if (Array.isArray(body)) {
    return rpcErrorResponse(
      400,
      null,
      RPC.invalidRequest,
      `Batches are not part of MCP ${REVISION.sse}; send one message.`,
    );
  }
  return post(session, body, bytes, caller, endpoint);
}

function post(
  session: Session,
  message: JSONRPCMessage,
  bytes_in: number,
  caller: Caller,
  endpoint: Endpoint,
): Response {
  const { ledger } = endpoint;
  if (!isJSONRPCRequest(message) || message.method === "ping") {
    const control = ledger.control(caller);
    if (!control.ok) return refusalResponse(control.refusal, echoableId(message));
    if (isJSONRPCRequest(message)) void session.send({ jsonrpc: "2.0", id: message.id, result: {} });
    else session.deliver(message);
    return accepted();
  }
  const problem = isInitializeRequest(message) ? initializeProblem(message.params) : undefined;
  if (problem !== undefined) return rpcErrorResponse(400, message.id, RPC.invalidParams, problem);
  if (session.inFlight(message.id)) {
    const why = "A request of this id is still running; ids must be unique in a session.";
    return rpcErrorResponse(400, message.id, RPC.invalidRequest, why);
  }
  const begun = Exchange.begin(endpoint, caller, message, session.row.protocol, bytes_in);
  if (!begun.ok) return refusalResponse(begun.refusal, message.id);
  if (isInitializeRequest(message)) endpoint.hub.initialized(session, message.params);
  session.push(message, begun.exchange);
  return accepted();
}

function accepted(): Response {
  return new Response(null, { status: 202 });
}
