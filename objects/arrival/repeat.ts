/**
 * A request the entry Worker sends again, because the platform failed between it and the object and nobody knows
 * whether the first was carried out. Only what changes nothing is served a second time. A change is not even when
 * no row of it is in the journal: a request that was held up on its way may still arrive.
 */
import { toolByName } from "../../tools/catalog.ts";
import { named, peekMessages } from "./peek.ts";
import { NOT_REPEATED_HEADER } from "../rpc/user.ts";

/** Methods that change nothing, besides calls of tools that read. */
const READS = new Set([
  "completion/complete",
  "ping",
  "prompts/get",
  "prompts/list",
  "resources/list",
  "resources/read",
  "resources/templates/list",
  "server/discover",
  "skills/get",
  "skills/list",
  "tasks/get",
  "tools/list",
]);

/** True when serving the request twice does what serving it once does: a stream to listen on, or messages that read. */
export async function mayBeRepeated(request: Request): Promise<boolean> {
  if (request.method === "GET") return true;
  const messages = await peekMessages(request);
  return messages.length > 0 && messages.every(reads);
}

/** Tells the entry Worker that the request was not served. It never reaches a client. */
export function notRepeatedResponse(): Response {
  return new Response(null, { status: 503, headers: { [NOT_REPEATED_HEADER]: "1" } });
}

function reads(message: unknown): boolean {
  const call = named(message);
  if (call === undefined) return false;
  if (call.method !== "tools/call") return READS.has(call.method);
  return call.tool !== null && toolByName(call.tool)?.kind === "read";
}
