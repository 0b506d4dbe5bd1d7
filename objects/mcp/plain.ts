/**
 * One JSON-RPC request of the 2025 revisions that needs no session, no stream and no handshake, asked and answered
 * without an HTTP request of its own. It says exactly what `serveMcp` says; what it cannot serve it leaves alone.
 */
import { isJsonContentType, SUPPORTED_PROTOCOL_VERSIONS } from "@modelcontextprotocol/server";
import type { PlainAnswer, PlainPost } from "../rpc.ts";
import type { Caller } from "./exchange.ts";
import { acceptsJson, isPlainRequest, isTooDeep } from "./inbound.ts";
import { rateHeaders, refusalResponse } from "./responses.ts";
import type { Endpoint } from "./serve.ts";
import { answerRequest, ASSUMED_PROTOCOL } from "./sessionless.ts";

/** @returns undefined when the request is not of this kind; nothing has been recorded then */
export async function servePlain(
  post: PlainPost,
  caller: Caller,
  endpoint: Endpoint,
): Promise<Omit<PlainAnswer, "figures"> | undefined> {
  const { protocolVersion, body } = post;
  if (!isJsonContentType(post.contentType) || !acceptsJson(post.accept)) return undefined;
  if (isTooDeep(body)) return undefined;
  if (protocolVersion !== null && !SUPPORTED_PROTOCOL_VERSIONS.includes(protocolVersion)) return undefined;
  let message: unknown;
  try {
    message = JSON.parse(body);
  } catch {
    return undefined;
  }
  if (!isPlainRequest(message) || message.method === "ping" || message.method === "initialize")
    return undefined;
  const answer = await answerRequest(
    message,
    protocolVersion ?? ASSUMED_PROTOCOL,
    body.length,
    caller,
    endpoint,
  );
  if (answer.kind === "refused") return fromResponse(refusalResponse(answer.refusal, answer.id));
  const headers: Record<string, string> = { "Content-Type": "application/json", ...rateHeaders(answer.rate) };
  if (answer.kind === "tools") {
    const { access, toolSets } = caller.grant;
    const tools = { tier: caller.tier, grant: { access, toolSets } };
    return { status: 200, headers, body: { id: message.id, tools } };
  }
  return { status: 200, headers, body: { text: answer.text } };
}

async function fromResponse(response: Response): Promise<Omit<PlainAnswer, "figures">> {
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: { text: await response.text() },
  };
}
