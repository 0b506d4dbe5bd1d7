/**
 * One JSON-RPC request of the 2025 revisions that needs no stream and no handshake, and of a session only that it is
 * there, asked and answered without an HTTP request of its own. It says exactly what `serveMcp` says; what it cannot
 * serve it leaves alone.
 */
import {
  isJsonContentType,
  SUPPORTED_PROTOCOL_VERSIONS,
  type JSONRPCRequest,
} from "@modelcontextprotocol/server";
import { REVISION, SESSION_HEADER } from "../rpc/names.ts";
import type { DirectAnswer, DirectPost } from "../rpc/user.ts";
import type { Caller } from "./exchange.ts";
import { acceptsJson, isOneRequest, isTooDeep, parsed } from "./inbound.ts";
import { rateHeaders, refusalResponse } from "./responses.ts";
import type { Endpoint } from "./endpoint.ts";
import type { Session } from "./session.ts";
import { answerRequest } from "./sessionless.ts";
import { SSE_HEADERS } from "./sse.ts";
import type { Surface } from "./surface.ts";

/** @returns undefined when the request is not of this kind; nothing has been recorded then */
export async function answerDirect(
  post: DirectPost,
  caller: Caller,
  endpoint: Endpoint,
): Promise<Omit<DirectAnswer, "figures"> | undefined> {
  const { protocolVersion, body } = post;
  if (!isJsonContentType(post.contentType) || !acceptsJson(post.accept)) return undefined;
  if (isTooDeep(body)) return undefined;
  if (protocolVersion !== null && !SUPPORTED_PROTOCOL_VERSIONS.includes(protocolVersion)) return undefined;
  let message: unknown;
  try {
    message = parsed(body);
  } catch {
    return undefined;
  }
  if (!isOneRequest(message) || message.method === "ping" || message.method === "initialize")
    return undefined;
  let session: Session | undefined;
  if (post.sessionId !== null) {
    if (!isDirect(message, caller, endpoint.surface)) return undefined;
    session = await endpoint.hub.get(post.sessionId, caller.principal.deviceId);
    if (session === undefined || session.row.kind !== "http" || session.inFlight(message.id))
      return undefined;
  }
  const protocol = session?.row.protocol ?? protocolVersion ?? REVISION.batches;
  const answer = await answerRequest(message, protocol, body.length, caller, endpoint, session);
  if (answer.kind === "refused") return fromResponse(refusalResponse(answer.refusal, answer.id));
  const headers = (type: Record<string, string>): Record<string, string> => ({
    ...type,
    ...(session === undefined ? {} : { [SESSION_HEADER]: session.sessionId }),
    ...rateHeaders(answer.rate),
  });
  switch (answer.kind) {
    case "silence":
      return { status: 200, headers: headers(SSE_HEADERS), body: { text: "" } };
    case "tools": {
      const { access, toolSets } = caller.grant;
      const tools = { tier: caller.tier, grant: { access, toolSets } };
      return { status: 200, headers: headers(JSON_TYPE), body: { id: message.id, tools } };
    }
    case "answer":
      return { status: 200, headers: headers(JSON_TYPE), body: { text: answer.text } };
  }
}

const JSON_TYPE = { "Content-Type": "application/json" };

/** What the server of a session would answer in the same words, without a use for its client. */
function isDirect({ method, params }: JSONRPCRequest, { tier }: Caller, surface: Surface): boolean {
  if (method === "tools/list") return true;
  if (method !== "tools/call") return false;
  const { name, arguments: args } = (params ?? {}) as { name?: unknown; arguments?: unknown };
  if (typeof name !== "string" || surface.direct?.(name, tier) !== true) return false;
  return args === undefined || (typeof args === "object" && args !== null && !Array.isArray(args));
}

async function fromResponse(response: Response): Promise<Omit<DirectAnswer, "figures">> {
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: { text: await response.text() },
  };
}
