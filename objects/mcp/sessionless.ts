/** Messages of the 2025 revisions without a session: each is answered by itself, with JSON. */
import {
  isInitializeRequest,
  ProtocolError,
  type JSONRPCMessage,
  type JSONRPCRequest,
  type MessageExtraInfo,
  type Transport,
} from "@modelcontextprotocol/server";
import type { RateStatus, Refusal } from "../limit/gate.ts";
import { answerInOneRow, Exchange, type Caller } from "./exchange.ts";
import { echoableId } from "./inbound.ts";
import { cursorProblem, runCallJson } from "./methods.ts";
import {
  RPC,
  rateHeaders,
  refusalResponse,
  refusedElement,
  rpcError,
  rpcErrorResponse,
  type JsonRpcId,
} from "./responses.ts";
import { REVISION } from "../rpc/names.ts";
import type { Endpoint } from "./endpoint.ts";
import { buildServer } from "./server.ts";
import type { Session } from "./session.ts";
import type { PreparedTools, Surface } from "./surface.ts";

type Refused = { kind: "refused"; refusal: Refusal; id: JsonRpcId };
type One = { kind: "accepted" } | Refused | { kind: "answer"; text: string; rate?: RateStatus };

/**
 * What became of a request. A list of tools is not yet written down: whoever sends it can make it. "silence": the
 * client of a session cancelled it, or ended the session.
 */
export type Answered =
  | Refused
  | { kind: "silence"; rate: RateStatus }
  | { kind: "answer"; text: string; rate: RateStatus }
  | { kind: "tools"; list: PreparedTools; rate: RateStatus };

export async function answerWithoutSession(
  body: JSONRPCMessage | JSONRPCMessage[],
  bytes_in: number,
  version: string | null,
  caller: Caller,
  endpoint: Endpoint,
): Promise<Response> {
  if (Array.isArray(body)) return answerBatch(body, bytes_in, version, caller, endpoint);
  const one = await answerOne(body, version ?? REVISION.batches, bytes_in, caller, endpoint);
  switch (one.kind) {
    case "accepted":
      return new Response(null, { status: 202 });
    case "refused":
      return refusalResponse(one.refusal, one.id);
    case "answer":
      return json(one.text, one.rate);
  }
}

async function answerOne(
  message: JSONRPCMessage,
  protocol: string,
  bytes_in: number,
  caller: Caller,
  endpoint: Endpoint,
): Promise<One> {
  const { ledger } = endpoint;
  // It is known to be a message: only requests have both.
  const request = "id" in message && "method" in message ? message : undefined;
  if (request === undefined || request.method === "ping") {
    const control = ledger.control(caller);
    if (!control.ok) return { kind: "refused", refusal: control.refusal, id: request?.id ?? null };
    if (request === undefined) return { kind: "accepted" };
    return { kind: "answer", text: JSON.stringify({ jsonrpc: "2.0", id: request.id, result: {} }) };
  }
  const answer = await answerRequest(request, protocol, bytes_in, caller, endpoint);
  if (answer.kind === "silence") throw new Error("only a session's request can be cancelled");
  if (answer.kind !== "tools") return answer;
  const text = `{"jsonrpc":"2.0","id":${JSON.stringify(request.id)},"result":{"tools":${answer.list.json}}}`;
  return { kind: "answer", text, rate: answer.rate };
}

/** Admits a request, records it and answers it. @param session the one it belongs to, where it is served directly */
export async function answerRequest(
  request: JSONRPCRequest,
  protocol: string,
  bytes_in: number,
  caller: Caller,
  endpoint: Endpoint,
  session?: Session,
): Promise<Answered> {
  const { surface } = endpoint;
  if (request.method === "tools/list") return list(request, protocol, bytes_in, caller, endpoint);
  const begun = Exchange.begin(endpoint, caller, request, protocol, bytes_in);
  if (!begun.ok) return { kind: "refused", refusal: begun.refusal, id: request.id };
  const { exchange } = begun;
  const work = (): Promise<string> => run(surface, request, exchange);
  const text = await (session === undefined ? work() : session.direct(request.id, exchange, work));
  const { rate } = exchange;
  return text === undefined ? { kind: "silence", rate } : { kind: "answer", text, rate };
}

/** Prepared lists need no waiting, so their requests are one row. */
function list(
  request: JSONRPCRequest,
  protocol: string,
  bytes_in: number,
  caller: Caller,
  endpoint: Endpoint,
): Answered {
  const at = { protocol, bytes_in };
  const answered = answerInOneRow<string | PreparedTools>(endpoint, caller, request, at, () => {
    const wrong = cursorProblem(request.params);
    if (wrong !== undefined) return { value: wrong, bytes_out: 0, outcome: "protocol_error" };
    const prepared = endpoint.surface.tools(caller);
    return { value: prepared, bytes_out: prepared.json.length, outcome: "ok" };
  });
  if (!answered.ok) return { kind: "refused", refusal: answered.refusal, id: request.id };
  const { value, rate } = answered;
  if (typeof value !== "string") return { kind: "tools", list: value, rate };
  return { kind: "answer", text: JSON.stringify(rpcError(request.id, RPC.invalidParams, value)), rate };
}

/** A JSON-RPC batch (2025-03-26): every element is limited and recorded as one message. */
async function answerBatch(
  elements: JSONRPCMessage[],
  bytes_in: number,
  version: string | null,
  caller: Caller,
  endpoint: Endpoint,
): Promise<Response> {
  if (version !== null && version !== REVISION.batches) {
    return rpcErrorResponse(
      400,
      null,
      RPC.invalidRequest,
      `Batches are not part of MCP ${version}; send one message.`,
    );
  }
  const bytes_each = Math.ceil(bytes_in / elements.length);
  const results = await Promise.all(
    elements.map(async (element): Promise<One> => {
      if (isInitializeRequest(element)) {
        const why = "initialize cannot be part of a batch.";
        const text = JSON.stringify(rpcError(echoableId(element), RPC.invalidRequest, why));
        return { kind: "answer", text };
      }
      return answerOne(element, REVISION.batches, bytes_each, caller, endpoint);
    }),
  );
  const refusals = results.filter((r) => r.kind === "refused");
  const [refused] = refusals;
  if (refused !== undefined && refusals.length === results.length)
    return refusalResponse(refused.refusal, null);
  const answers = results.flatMap((r) => {
    if (r.kind === "answer") return [r.text];
    return r.kind === "refused" && r.id !== null ? [JSON.stringify(refusedElement(r.refusal, r.id))] : [];
  });
  if (answers.length === 0) return new Response(null, { status: 202 });
  const rates = results.flatMap((r) => (r.kind === "answer" && r.rate !== undefined ? [r.rate] : []));
  return json(`[${answers.join(",")}]`, rates.at(-1));
}

function json(text: string, rate: RateStatus | undefined): Response {
  return new Response(text, {
    headers: { "Content-Type": "application/json", ...(rate === undefined ? {} : rateHeaders(rate)) },
  });
}

/**
 * `tools/call` is dispatched by itself: a bare curl call needs no handshake and no Accept header. What is not, and not
 * answered before (`tools/list`), goes through the SDK's server.
 * @returns the JSON of the JSON-RPC response
 */
async function run(surface: Surface, message: JSONRPCRequest, exchange: Exchange): Promise<string> {
  try {
    switch (message.method) {
      case "tools/call":
        return response(message, await runCallJson(surface, message.params, exchange));
      default: {
        const transport = new SingleTransport();
        const server = buildServer(surface, () => exchange);
        await server.connect(transport);
        const answer = JSON.stringify(await transport.ask(message));
        await server.close();
        exchange.end(answer.length, answer.includes('"error":') ? "protocol_error" : undefined);
        return answer;
      }
    }
  } catch (error) {
    if (error instanceof ProtocolError) {
      exchange.end(0, "protocol_error");
      return JSON.stringify(rpcError(message.id, error.code, error.message, error.data));
    }
    const incident = exchange.fault(error);
    return JSON.stringify(
      rpcError(message.id, RPC.internal, `Something went wrong on our side. Incident ${incident}.`),
    );
  }
}

function response(message: JSONRPCRequest, result: string): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(message.id)},"result":${result}}`;
}

/** A transport that carries one request to an SDK server and resolves with its response. */
class SingleTransport implements Transport {
  onclose?: () => void;
  onerror?: (error: Error) => void;
  onmessage?: <T extends JSONRPCMessage>(message: T, extra?: MessageExtraInfo) => void;
  #settle: ((message: JSONRPCMessage) => void) | undefined;

  async start(): Promise<void> {}

  async close(): Promise<void> {
    this.onclose?.();
  }

  async send(message: JSONRPCMessage): Promise<void> {
    // Notifications have nowhere to go on an answer without a stream.
    if ("result" in message || "error" in message) this.#settle?.(message);
  }

  ask(request: JSONRPCRequest): Promise<JSONRPCMessage> {
    return new Promise((resolve) => {
      this.#settle = resolve;
      this.onmessage?.(request);
    });
  }
}
