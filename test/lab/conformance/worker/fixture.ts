/** What a fixture tool is: the definition as listed, and what happens when it is called. */
import type {
  CallToolResult,
  InputRequiredResult,
  JSONObject,
  ServerContext,
  Tool,
} from "@modelcontextprotocol/server";
import type { Scope } from "../../../../objects/mcp/surface.ts";

export interface FixtureTool {
  definition: Tool;
  /** Whether a call may or must run as a task. @default "never" */
  task?(args: JSONObject, scope: Scope): "never" | "may" | "must";
  call(args: JSONObject, scope: Scope): Promise<CallToolResult | InputRequiredResult>;
}

/** A tool of the suite with plain arguments. */
export function fixtureTool(
  name: string,
  description: string,
  call: FixtureTool["call"],
  input: { properties?: Record<string, JSONObject>; required?: string[] } = {},
): FixtureTool {
  const { properties = {}, required } = input;
  const inputSchema = {
    type: "object" as const,
    properties,
    ...(required === undefined ? {} : { required }),
  };
  return { definition: { name, description, inputSchema }, call };
}

export function text(value: string): CallToolResult {
  return { content: [{ type: "text", text: value }] };
}

export function failure(value: string): CallToolResult {
  return { ...text(value), isError: true };
}

/** @throws Error for a call answered without the SDK's server, where nothing can be sent midway */
export function contextOf(scope: Scope): ServerContext {
  if (scope.sdk === undefined) throw new Error("this fixture needs a session, or a request of 2026-07-28");
  return scope.sdk;
}

/** An argument that is a string; "" when it is not. */
export function word(args: JSONObject, name: string): string {
  const value = args[name];
  return typeof value === "string" ? value : "";
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
