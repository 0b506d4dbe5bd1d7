/** Tool calls by bearer token, in the plain form of the user guide. */
import { exports } from "cloudflare:workers";
import { ORIGIN } from "./browser.ts";

export interface ToolResult {
  content: { type: string; text: string }[];
  isError?: boolean;
}

export function rpc(token: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return exports.default.fetch(
    new Request(`${ORIGIN}/mcp`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json", ...headers },
      body: JSON.stringify(body),
    }),
  );
}

export const toolCall = (name: string, args: Record<string, unknown> = {}) => ({
  jsonrpc: "2.0",
  id: 1,
  method: "tools/call",
  params: { name, arguments: args },
});

export async function callTool(
  token: string,
  name: string,
  args: Record<string, unknown> = {},
): Promise<ToolResult> {
  const response = await rpc(token, toolCall(name, args));
  const answer = await response.json<{ result?: ToolResult }>();
  if (answer.result === undefined) throw new Error(`${response.status}: ${JSON.stringify(answer)}`);
  return answer.result;
}

/** Names of the tools a token sees. */
export async function toolNames(token: string): Promise<string[]> {
  const response = await rpc(token, { jsonrpc: "2.0", id: 1, method: "tools/list" });
  const { result } = await response.json<{ result: { tools: { name: string }[] } }>();
  return result.tools.map(({ name }) => name);
}
