/**
 * Sessions of the 2025 revisions over streamable HTTP: initialize opens one, POST speaks in it, GET listens,
 * DELETE ends it. A session id that is not of this user and device is not found, whoever sends it.
 */
import {
  isJSONRPCRequest,
  type InitializeRequest,
  type JSONRPCMessage,
  type JSONRPCRequest,
  type RequestId,
} from "@modelcontextprotocol/server";
import type { RateStatus, Refusal } from "../limit/gate.ts";
import { Exchange, type Caller } from "./exchange.ts";
import { echoableId, initializeProblem } from "./inbound.ts";
import {
  RPC,
  rateHeaders,
  refusalResponse,
  refusedElement,
  rpcError,
  rpcErrorResponse,
} from "./responses.ts";
import { REVISION, SESSION_HEADER } from "../rpc/names.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Session } from "./session.ts";

/** Opens a session for an initialize request and answers it there. */
export async function openSession(
  request: Request,
  message: InitializeRequest,
  bytes_in: number,
  caller: Caller,
  endpoint: Endpoint,
): Promise<Response> {
  const asRequest = message as unknown as JSONRPCRequest;
  const problem = initializeProblem(message.params);
  if (problem !== undefined) return rpcErrorResponse(400, asRequest.id, RPC.invalidParams, problem);
  const asked = message.params.protocolVersion.slice(0, 20);
  const begun = Exchange.begin(endpoint, caller, asRequest, asked, bytes_in);
  if (!begun.ok) return refusalResponse(begun.refusal, asRequest.id);
  const session = await begun.exchange.within(() =>
    endpoint.hub.open("http", caller.principal.deviceId, message.params),
  );
  return session.post([{ message: asRequest, exchange: begun.exchange }], {
    batch: false,
    mayStream: acceptsStream(request),
    headers: headersOf(session, begun.exchange.rate),
    early: [],
  });
}

/** Messages of a client in its session. */
export async function postToSession(
  request: Request,
  body: JSONRPCMessage | JSONRPCMessage[],
  bytes_in: number,
  caller: Caller,
  endpoint: Endpoint,
): Promise<Response> {
  const found = await find(request, caller, endpoint);
  if (!found.ok) return found.response(echoableId(body));
  const { session } = found;
  const batch = Array.isArray(body);
  if (batch && session.row.protocol !== REVISION.batches) {
    const why = `Batches are not part of MCP ${session.row.protocol}; send one message.`;
    return rpcErrorResponse(400, null, RPC.invalidRequest, why);
  }
  const elements = batch ? body : [body];
  const bytes_each = Math.ceil(bytes_in / elements.length);
  const requests: { message: JSONRPCRequest; exchange: Exchange }[] = [];
  const early: JSONRPCMessage[] = [];
  let refused: Refusal | undefined;
  let rate: RateStatus | undefined;
  const ids = new Set<RequestId>();
  for (const element of elements) {
    const taken = take(element, session, ids, bytes_each, caller, endpoint);
    switch (taken.kind) {
      case "refused":
        refused = taken.refusal;
        if (!batch) return refusalResponse(taken.refusal, echoableId(element));
        if (taken.answer !== undefined) early.push(taken.answer);
        break;
      case "answer":
        early.push(taken.answer);
        break;
      case "request":
        requests.push(taken);
        rate = taken.exchange.rate;
        break;
      case "delivered":
        break;
    }
  }
  if (requests.length === 0 && early.length === 0) {
    return refused === undefined ? new Response(null, { status: 202 }) : refusalResponse(refused, null);
  }
  return session.post(requests, {
    batch,
    mayStream: acceptsStream(request),
    headers: headersOf(session, rate),
    early,
  });
}

type Taken =
  | { kind: "delivered" }
  | { kind: "answer"; answer: JSONRPCMessage }
  | { kind: "refused"; refusal: Refusal; answer?: JSONRPCMessage }
  | { kind: "request"; message: JSONRPCRequest; exchange: Exchange };

/** Admits one message of a session. `ids` are those of its POST so far. Pings and messages without an answer are capped, requests are recorded. */
function take(
  element: JSONRPCMessage,
  session: Session,
  ids: Set<RequestId>,
  bytes_in: number,
  caller: Caller,
  endpoint: Endpoint,
): Taken {
  const failed = (code: number, why: string): Taken => ({
    kind: "answer",
    answer: rpcError(echoableId(element), code, why) as unknown as JSONRPCMessage,
  });
  const { ledger } = endpoint;
  if (!isJSONRPCRequest(element)) {
    const control = ledger.control(caller);
    if (!control.ok) return { kind: "refused", refusal: control.refusal };
    session.deliver(element);
    return { kind: "delivered" };
  }
  if (element.method === "initialize")
    return failed(RPC.invalidRequest, "This session is already initialized.");
  if (session.inFlight(element.id) || ids.has(element.id)) {
    return failed(
      RPC.invalidRequest,
      "A request of this id is still running; ids must be unique in a session.",
    );
  }
  if (element.method === "ping") {
    const control = ledger.control(caller);
    if (!control.ok) return refusedTaken(control.refusal, element);
    return { kind: "answer", answer: { jsonrpc: "2.0", id: element.id, result: {} } };
  }
  const begun = Exchange.begin(endpoint, caller, element, session.row.protocol, bytes_in);
  if (!begun.ok) return refusedTaken(begun.refusal, element);
  ids.add(element.id);
  return { kind: "request", message: element, exchange: begun.exchange };
}

function refusedTaken(refusal: Refusal, message: JSONRPCRequest): Taken {
  return {
    kind: "refused",
    refusal,
    answer: refusedElement(refusal, message.id) as unknown as JSONRPCMessage,
  };
}

/** GET: a stream for messages that belong to no request, or the rest of one that was lost. */
export async function connectStream(request: Request, caller: Caller, endpoint: Endpoint): Promise<Response> {
  if (request.headers.get(SESSION_HEADER) === null) {
    // Clients that try GET first take 405 for "no stream here" and go on with POST.
    const why =
      "GET opens the stream of a session: send initialize first, then Mcp-Session-Id with every request.";
    return rpcErrorResponse(405, null, RPC.server, why, { Allow: "POST" });
  }
  if (!acceptsStream(request)) {
    return rpcErrorResponse(406, null, RPC.server, "Not acceptable: Accept must include text/event-stream.");
  }
  const found = await find(request, caller, endpoint);
  if (!found.ok) return found.response(null);
  const lastEventId = request.headers.get("last-event-id");
  const connected = endpoint.hub.connect(found.session, lastEventId);
  if (connected !== undefined) return connected;
  return rpcErrorResponse(400, null, RPC.server, "Last-Event-ID is not an event of this session.");
}

/** DELETE: the client is done. */
export async function endSession(request: Request, caller: Caller, endpoint: Endpoint): Promise<Response> {
  if (request.headers.get(SESSION_HEADER) === null) {
    const why = "DELETE ends a session: send its Mcp-Session-Id.";
    const modern = request.headers.get("mcp-protocol-version") === REVISION.stateless;
    return rpcErrorResponse(modern ? 405 : 400, null, RPC.server, why, { Allow: "POST" });
  }
  const found = await find(request, caller, endpoint);
  if (!found.ok) return found.response(null);
  endpoint.hub.end(found.session.sessionId);
  return new Response(null, { status: 200 });
}

/** True when the session a request names is there for its client. */
export async function isLive(request: Request, caller: Caller, endpoint: Endpoint): Promise<boolean> {
  return (await find(request, caller, endpoint)).ok;
}

async function find(
  request: Request,
  caller: Caller,
  endpoint: Endpoint,
): Promise<
  { ok: true; session: Session } | { ok: false; response: (id: string | number | null) => Response }
> {
  const id = request.headers.get(SESSION_HEADER) ?? "";
  const session = await endpoint.hub.get(id, caller.principal.deviceId);
  if (session !== undefined && session.row.kind === "http") return { ok: true, session };
  const why = "Session not found. Send initialize to begin again.";
  return { ok: false, response: (rpcId) => rpcErrorResponse(404, rpcId, RPC.sessionNotFound, why) };
}

function acceptsStream(request: Request): boolean {
  return /text\/event-stream|text\/\*|\*\/\*/.test(request.headers.get("accept") ?? "");
}

function headersOf(session: Session, rate: RateStatus | undefined): Record<string, string> {
  return { [SESSION_HEADER]: session.sessionId, ...(rate === undefined ? {} : rateHeaders(rate)) };
}
