/** Reading one HTTP request: the body, its JSON, and whether it is made of JSON-RPC messages. */
import {
  isJSONRPCNotification,
  isJSONRPCRequest,
  isJSONRPCResponse,
  isJsonContentType,
  type JSONRPCMessage,
  type JSONRPCRequest,
} from "@modelcontextprotocol/server";
import { withoutNothing } from "./absent.ts";
import { MAX_BATCH_ELEMENTS, MAX_BODY_BYTES, MAX_BODY_DEPTH, MAX_INITIALIZE_BYTES } from "../limits.ts";
import { RPC, rpcErrorResponse, type JsonRpcId } from "./responses.ts";

export type Inbound =
  | { ok: true; body: JSONRPCMessage | JSONRPCMessage[]; bytes: number }
  | { ok: false; response: Response };

/** Reads a POST. The answer to a request that is not JSON-RPC names what is wrong with it. */
export async function readInbound(request: Request): Promise<Inbound> {
  const refuse = (status: number, code: number, why: string, id: JsonRpcId = null): Inbound => ({
    ok: false,
    response: rpcErrorResponse(status, id, code, why),
  });
  if (!isJsonContentType(request.headers.get("content-type"))) {
    return refuse(415, RPC.server, "Content-Type must be application/json.");
  }
  const text = await readBody(request);
  if (text === undefined) return refuse(413, RPC.server, "The request body is larger than 4 MiB.");
  if (isTooDeep(text)) {
    return refuse(400, RPC.invalidRequest, `The message is nested more than ${MAX_BODY_DEPTH} levels deep.`);
  }
  let body: unknown;
  try {
    body = parsed(text);
  } catch {
    return refuse(400, RPC.parse, "Parse error: the request body is not valid JSON.");
  }
  if (Array.isArray(body)) {
    // What stands in a batch is judged by the SDK's classification, which refuses the whole for one element.
    if (body.length > 0 && body.length <= MAX_BATCH_ELEMENTS)
      return { ok: true, body: body as JSONRPCMessage[], bytes: text.length };
    return refuse(400, RPC.invalidRequest, `A batch holds 1 to ${MAX_BATCH_ELEMENTS} messages.`);
  }
  if (!isMessage(body)) return refuse(400, RPC.invalidRequest, whyInvalid(body), echoableId(body));
  return { ok: true, body, bytes: text.length };
}

/** What is wrong with the size of what a session would keep of its client; undefined: nothing. */
export function initializeProblem(params: unknown): string | undefined {
  return JSON.stringify(params).length > MAX_INITIALIZE_BYTES
    ? `Invalid params: what initialize says of a client is at most ${MAX_INITIALIZE_BYTES / 1024} KiB.`
    : undefined;
}

/** The JSON of a body, its messages without members that say nothing. @throws SyntaxError */
export function parsed(text: string): unknown {
  const body: unknown = JSON.parse(text);
  return Array.isArray(body) ? body.map(withoutNothing) : withoutNothing(body);
}

function isMessage(value: unknown): value is JSONRPCMessage {
  return (
    isOneRequest(value) || isJSONRPCRequest(value) || isJSONRPCNotification(value) || isJSONRPCResponse(value)
  );
}

const PLAIN_FIELDS = new Set(["jsonrpc", "id", "method", "params"]);

/** The usual request, told without a schema. What is less usual the SDK's schema judges. */
export function isOneRequest(value: unknown): value is JSONRPCRequest {
  if (typeof value !== "object" || value === null) return false;
  const { jsonrpc, id, method, params } = value as Record<string, unknown>;
  const plainParams =
    params === undefined ||
    (typeof params === "object" && params !== null && !Array.isArray(params) && hasPlainMeta(params));
  return (
    jsonrpc === "2.0" &&
    (typeof id === "string" || Number.isSafeInteger(id)) &&
    typeof method === "string" &&
    plainParams &&
    Object.keys(value).every((key) => PLAIN_FIELDS.has(key))
  );
}

/** A progress token and notes of the client's own; what the specification gives a meaning to is left to its schema. */
function hasPlainMeta({ _meta: meta }: { _meta?: unknown }): boolean {
  if (meta === undefined) return true;
  if (typeof meta !== "object" || meta === null || Array.isArray(meta)) return false;
  const { progressToken: token } = meta as { progressToken?: unknown };
  return (
    (token === undefined || typeof token === "string" || Number.isSafeInteger(token)) &&
    !Object.keys(meta).some((key) => key.startsWith("io.modelcontextprotocol/"))
  );
}

/** What is wrong with something that is not a JSON-RPC message. */
function whyInvalid(value: unknown): string {
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

/** The id to answer with, where the message has a usable one. */
export function echoableId(body: unknown): JsonRpcId {
  const id = typeof body === "object" && body !== null ? (body as { id?: unknown }).id : undefined;
  return typeof id === "string" || typeof id === "number" ? id : null;
}

/** Whether the brackets of a JSON text, those in strings apart, open more levels than a message may have. */
export function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let i = 0; i < text.length; i++) {
    const mark = text[i];
    if (mark === '"') inString = !inString;
    else if (inString) {
      // An escaped quote does not end the string.
      if (mark === "\\") i++;
    } else if (mark === "[" || mark === "{") {
      if (++depth > MAX_BODY_DEPTH) return true;
    } else if (mark === "]" || mark === "}") depth--;
  }
  return false;
}

/** Whether a client takes JSON: one that says nothing (curl) does. */
export function acceptsJson(accept: string | null): boolean {
  return accept === null || /application\/json|application\/\*|\*\/\*/.test(accept);
}

/** Reads the body up to the bound. @returns undefined when it is larger */
async function readBody(request: Request): Promise<string | undefined> {
  const declared = Number(request.headers.get("content-length") ?? "NaN");
  if (declared > MAX_BODY_BYTES) return undefined;
  if (request.body === null) return "";
  // The runtime holds a body to its declared length, so only one of unknown length has to be counted.
  if (declared <= MAX_BODY_BYTES) return request.text();
  const decoder = new TextDecoder();
  let bytes = 0;
  let text = "";
  for await (const chunk of request.body as ReadableStream<Uint8Array>) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
