/** One HTTP request to `/mcp`: read, classify, admit each message, dispatch, answer. */
import {
  classifyInboundRequest,
  isInitializeRequest,
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResponse,
  isJsonContentType,
  SUPPORTED_PROTOCOL_VERSIONS,
  type JSONRPCRequest,
} from "@modelcontextprotocol/server";
import type { RateStatus, Refusal } from "../admission.ts";
import { MAX_BATCH_ELEMENTS } from "../limits.ts";
import { Exchange, type Caller, type Ledger } from "./exchange.ts";
import { answerLegacy } from "./legacy.ts";
import type { ModernLane } from "./modern.ts";
import {
  RPC,
  rateHeaders,
  rateLimitMessage,
  readBody,
  refusalResponse,
  rpcError,
  rpcErrorResponse,
  type JsonRpcId,
} from "./responses.ts";
import type { Surface } from "./surface.ts";

/** The revision assumed when a 2025-era request names none (2025-11-25, transports). */
const ASSUMED_PROTOCOL = "2025-03-26";

export interface Endpoint {
  surface: Surface;
  modern: ModernLane;
  ledger: Ledger;
  /** Logs one of our own faults. @returns the incident id */
  report: (error: unknown) => string;
}

export async function serveMcp(request: Request, caller: Caller, endpoint: Endpoint): Promise<Response> {
  if (request.method !== "POST") {
    return rpcErrorResponse(405, null, RPC.server, "Method not allowed: send JSON-RPC messages by POST.", {
      Allow: "POST",
    });
  }
  if (!isJsonContentType(request.headers.get("content-type"))) {
    return rpcErrorResponse(415, null, RPC.server, "Content-Type must be application/json.");
  }
  const text = await readBody(request);
  if (text === undefined)
    return rpcErrorResponse(413, null, RPC.server, "The request body is larger than 4 MiB.");
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return rpcErrorResponse(400, null, RPC.parse, "Parse error: the request body is not valid JSON.");
  }
  const headers = request.headers;
  const route = classifyInboundRequest({
    httpMethod: "POST",
    ...header("protocolVersionHeader", headers.get("mcp-protocol-version")),
    ...header("mcpMethodHeader", headers.get("mcp-method")),
    ...header("mcpNameHeader", headers.get("mcp-name")),
    body,
  });
  if (route.kind === "legacy") return serveLegacy(request, body, text.length, caller, endpoint);
  if (route.kind === "reject") {
    const id = echoableId(body);
    return Response.json(rpcError(id, route.code, route.message, route.data), { status: route.httpStatus });
  }
  return serveModern(request, body, text.length, caller, endpoint);
}

async function serveModern(
  request: Request,
  body: unknown,
  bytes_in: number,
  caller: Caller,
  endpoint: Endpoint,
): Promise<Response> {
  if (!isJSONRPCRequest(body)) {
    const control = endpoint.ledger.admission.control(caller.tier);
    if (!control.ok) return refusalResponse(control.refusal, null);
    return endpoint.modern.serve(request, body, undefined);
  }
  const protocol = request.headers.get("mcp-protocol-version") ?? "2026-07-28";
  const opened = Exchange.open(endpoint.ledger, endpoint.surface, caller, body, protocol, bytes_in);
  if (!opened.ok) return refusalResponse(opened.refusal, body.id);
  const { exchange } = opened;
  const response = await endpoint.modern.serve(request, body, exchange);
  return withRate(response, exchange.rate);
}

async function serveLegacy(
  request: Request,
  body: unknown,
  bytes_in: number,
  caller: Caller,
  endpoint: Endpoint,
): Promise<Response> {
  const version = request.headers.get("mcp-protocol-version");
  if (version !== null && !SUPPORTED_PROTOCOL_VERSIONS.includes(version)) {
    const known = SUPPORTED_PROTOCOL_VERSIONS.join(", ");
    return rpcErrorResponse(
      400,
      echoableId(body),
      RPC.server,
      `Unsupported MCP-Protocol-Version. This server speaks 2026-07-28 and, with initialize, ${known}.`,
    );
  }
  if (request.headers.get("mcp-session-id") !== null) {
    return rpcErrorResponse(
      404,
      echoableId(body),
      RPC.server,
      "Session not found. Send initialize to begin again.",
    );
  }
  const accept = request.headers.get("accept");
  if (accept !== null && !/application\/json|application\/\*|\*\/\*/.test(accept)) {
    return rpcErrorResponse(
      406,
      echoableId(body),
      RPC.server,
      "Not acceptable: Accept must include application/json.",
    );
  }
  if (Array.isArray(body)) return serveBatch(body, bytes_in, version, caller, endpoint);
  if (!isMessage(body)) {
    return rpcErrorResponse(400, echoableId(body), RPC.invalidRequest, invalidRequest(body));
  }
  const one = await serveOne(body, version ?? ASSUMED_PROTOCOL, bytes_in, caller, endpoint);
  switch (one.kind) {
    case "accepted":
      return new Response(null, { status: 202 });
    case "refused":
      return refusalResponse(one.refusal, one.id);
    case "answer":
      return json(one.text, one.rate);
  }
}

type One =
  | { kind: "accepted" }
  | { kind: "refused"; refusal: Refusal; id: JsonRpcId }
  | { kind: "answer"; text: string; rate?: RateStatus };

/** One message of the 2025 revisions; each element of a batch is one message. */
async function serveOne(
  message: unknown,
  protocol: string,
  bytes_in: number,
  caller: Caller,
  endpoint: Endpoint,
): Promise<One> {
  if (!isJSONRPCRequest(message) || message.method === "ping") {
    const id = isJSONRPCRequest(message) ? message.id : null;
    const control = endpoint.ledger.admission.control(caller.tier);
    if (!control.ok) return { kind: "refused", refusal: control.refusal, id };
    if (!isJSONRPCRequest(message)) return { kind: "accepted" };
    return { kind: "answer", text: JSON.stringify({ jsonrpc: "2.0", id: message.id, result: {} }) };
  }
  const opened = open(message, protocol, bytes_in, caller, endpoint);
  if (!opened.ok) return { kind: "refused", refusal: opened.refusal, id: message.id };
  const { exchange } = opened;
  const text = await answerLegacy(endpoint.surface, message, exchange, endpoint.report);
  return { kind: "answer", text, rate: exchange.rate };
}

function open(
  message: JSONRPCRequest,
  protocol: string,
  bytes_in: number,
  caller: Caller,
  endpoint: Endpoint,
) {
  // The handshake names its revision in the body; the header comes with later requests.
  const asked = isInitializeRequest(message) ? message.params.protocolVersion : protocol;
  return Exchange.open(endpoint.ledger, endpoint.surface, caller, message, asked.slice(0, 20), bytes_in);
}

/** A JSON-RPC batch (2025-03-26): every element is limited and recorded as one message. */
async function serveBatch(
  elements: unknown[],
  bytes_in: number,
  version: string | null,
  caller: Caller,
  endpoint: Endpoint,
): Promise<Response> {
  if (version !== null && version !== ASSUMED_PROTOCOL) {
    return rpcErrorResponse(
      400,
      null,
      RPC.invalidRequest,
      `Batches are not part of MCP ${version}; send one message.`,
    );
  }
  if (elements.length === 0 || elements.length > MAX_BATCH_ELEMENTS) {
    return rpcErrorResponse(
      400,
      null,
      RPC.invalidRequest,
      `A batch holds 1 to ${MAX_BATCH_ELEMENTS} messages.`,
    );
  }
  const bytes_each = Math.ceil(bytes_in / elements.length);
  const results = await Promise.all(
    elements.map((element): One | Promise<One> => {
      if (!isMessage(element) || isInitializeRequest(element)) {
        const why = isMessage(element) ? "initialize cannot be part of a batch." : invalidRequest(element);
        return {
          kind: "answer",
          text: JSON.stringify(rpcError(echoableId(element), RPC.invalidRequest, why)),
        };
      }
      return serveOne(element, ASSUMED_PROTOCOL, bytes_each, caller, endpoint);
    }),
  );
  const refusals = results.filter((r) => r.kind === "refused");
  const [refused] = refusals;
  if (refused !== undefined && refusals.length === results.length)
    return refusalResponse(refused.refusal, null);
  const answers = results.flatMap((r) =>
    r.kind === "answer"
      ? [r.text]
      : r.kind === "refused" && r.id !== null
        ? [refusedElement(r.refusal, r.id)]
        : [],
  );
  if (answers.length === 0) return new Response(null, { status: 202 });
  const rates = results.flatMap((r) => (r.kind === "answer" && r.rate !== undefined ? [r.rate] : []));
  return json(`[${answers.join(",")}]`, rates.at(-1));
}

function refusedElement(refusal: Refusal, id: JsonRpcId): string {
  const message =
    refusal.kind === "rate" ? rateLimitMessage(refusal.limit, refusal.retry_ms) : "Not possible now.";
  return JSON.stringify(rpcError(id, RPC.server, message, { error: "Rate limit exceeded" }));
}

function isMessage(value: unknown): boolean {
  return isJSONRPCRequest(value) || isJSONRPCNotification(value) || isJSONRPCResponse(value);
}

function invalidRequest(value: unknown): string {
  const missing =
    typeof value !== "object" || value === null
      ? "a message is a JSON object."
      : (value as { jsonrpc?: unknown }).jsonrpc !== "2.0"
        ? '`jsonrpc` must be "2.0".'
        : typeof (value as { method?: unknown }).method !== "string"
          ? "`method` must be a string."
          : "`id` must be a string or a number, and `params` an object.";
  return `Invalid request: ${missing}`;
}

function echoableId(body: unknown): JsonRpcId {
  const id = typeof body === "object" && body !== null ? (body as { id?: unknown }).id : undefined;
  return typeof id === "string" || typeof id === "number" ? id : null;
}

function header<K extends string>(name: K, value: string | null): { [P in K]?: string } {
  return (value === null ? {} : { [name]: value }) as { [P in K]?: string };
}

function json(text: string, rate: RateStatus | undefined): Response {
  return new Response(text, {
    headers: { "Content-Type": "application/json", ...(rate === undefined ? {} : rateHeaders(rate)) },
  });
}

function withRate(response: Response, rate: RateStatus): Response {
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(rateHeaders(rate))) headers.set(name, value);
  return new Response(response.body, { status: response.status, headers });
}
