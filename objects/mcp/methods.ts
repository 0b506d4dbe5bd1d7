/** The methods of a surface, each ending its exchange: shared by what is dispatched here and by the SDK's server. */
import {
  isInputRequiredResult,
  ProtocolError,
  type CallToolResult,
  type InputRequiredResult,
  type JSONObject,
  type ListToolsResult,
} from "@modelcontextprotocol/server";
import type { Exchange } from "./exchange.ts";
import { RPC } from "./responses.ts";
import { REVISION } from "../rpc/names.ts";
import type { Surface } from "./surface.ts";

/** @throws ProtocolError -32602 for a cursor: the list has one page */
export function runList(surface: Surface, params: unknown, exchange: Exchange): ListToolsResult {
  checkCursor(params, exchange);
  const prepared = surface.tools(exchange.scope);
  exchange.end(prepared.json.length);
  return { tools: [...prepared.tools] };
}

/** @throws ProtocolError -32602 for malformed params or an unknown tool */
export async function runCall(
  surface: Surface,
  params: unknown,
  exchange: Exchange,
): Promise<CallToolResult | InputRequiredResult> {
  const result = await callTool(surface, params, exchange).catch((error: unknown) => {
    // A refusal that is an error of the protocol (URL elicitation of 2025-11-25) has said how the call ended.
    if (exchange.scope.record.outcome !== "ok") exchange.end(0);
    throw error;
  });
  if (isInputRequiredResult(result)) {
    // In a 2025 session the SDK asks the client now and runs the handler again: the call goes on.
    if (exchange.scope.protocol < REVISION.stateless) return result;
    exchange.end(0, "input_required");
    return result;
  }
  exchange.end(JSON.stringify(result).length);
  return result;
}

/**
 * The JSON text of a `tools/call` result, for a client that cannot be asked anything.
 * @throws ProtocolError as `runCall`
 */
export async function runCallJson(surface: Surface, params: unknown, exchange: Exchange): Promise<string> {
  const text = JSON.stringify(await callTool(surface, params, exchange));
  exchange.end(text.length);
  return text;
}

/** Runs the tool without ending the exchange. @throws ProtocolError as `runCall` */
export async function callTool(
  surface: Surface,
  params: unknown,
  exchange: Exchange,
): Promise<CallToolResult | InputRequiredResult> {
  const { name, args } = callParams(params, exchange);
  const result = await surface.callTool(name, args, exchange.scope);
  if (result === undefined) {
    exchange.end(0, "protocol_error");
    throw new ProtocolError(
      RPC.invalidParams,
      `Unknown tool: ${name.slice(0, 128)}. tools/list has the names.`,
    );
  }
  return result;
}

function checkCursor(params: unknown, exchange: Exchange): void {
  const wrong = cursorProblem(params);
  if (wrong === undefined) return;
  exchange.end(0, "protocol_error");
  throw new ProtocolError(RPC.invalidParams, wrong);
}

/** What is wrong with the cursor of a `tools/list`; undefined: nothing, there is none. */
export function cursorProblem(params: unknown): string | undefined {
  const cursor = (params as { cursor?: unknown } | undefined)?.cursor;
  return cursor === undefined ? undefined : "Invalid cursor: the list has one page; leave `cursor` out.";
}

function callParams(params: unknown, exchange: Exchange): { name: string; args: JSONObject } {
  const { name, arguments: args } = (params ?? {}) as { name?: unknown; arguments?: unknown };
  const wrong =
    typeof name !== "string" || name === ""
      ? "`name` must be the name of a tool (a string)."
      : args !== undefined && (typeof args !== "object" || args === null || Array.isArray(args))
        ? "`arguments` must be an object."
        : undefined;
  if (wrong !== undefined) {
    exchange.end(0, "protocol_error");
    throw new ProtocolError(RPC.invalidParams, `Invalid params: ${wrong}`);
  }
  return { name: name as string, args: (args ?? {}) as JSONObject };
}
