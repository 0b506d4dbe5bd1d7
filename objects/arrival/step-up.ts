/**
 * Step-up (MCP authorization, scope challenge): a token that may only read calls a tool that writes, on a device
 * its owner lets write. The token was narrowed by its client, or is older than the owner's decision, so the
 * client can get a better one by itself, by refresh or by asking again: it is told so with 403.
 * A device its owner made read-only is another matter. Asking again would only repeat a question that was answered,
 * and several clients loop on 403: there the tool's own refusal says who can change it.
 */
import { toolByName } from "../../tools/catalog.ts";
import { RPC, rpcErrorResponse } from "../mcp/responses.ts";
import { named, peekMessages } from "./peek.ts";
import { READ, WRITE } from "../rpc/names.ts";
import type { Principal } from "../rpc/user.ts";
import type { DeviceView } from "../rpc/views.ts";

/** True when the device may write and the token may not: only then is the body worth a look. */
export function tokenMayLess(principal: Principal, device: DeviceView | null): boolean {
  return device?.grant.access === "write" && !principal.scopes.includes(WRITE);
}

/** True when the POST calls a tool that writes. */
export async function callsWritingTool(request: Request): Promise<boolean> {
  return (await peekMessages(request)).some(writes);
}

/** The challenge names every scope the call needs (RFC 6750 section 3.1); the Worker adds where to ask. */
export function insufficientScopeResponse(): Response {
  return rpcErrorResponse(
    403,
    null,
    RPC.server,
    "This token may only read, but its owner lets this device write. Get a new token with the scope clickup:write.",
    { "WWW-Authenticate": `Bearer error="insufficient_scope", scope="${READ} ${WRITE}"` },
  );
}

function writes(message: unknown): boolean {
  const name = named(message)?.tool ?? null;
  const tool = name === null ? undefined : toolByName(name);
  return tool !== undefined && tool.kind !== "read";
}
