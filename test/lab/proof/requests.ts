/** Requests as the three kinds of client send them. */
import { requestBytes, type Prepared } from "../workerd/connection.ts";

/** `plain`: JSON-RPC alone; `session`: 2025-11-25 with a session; `stateless`: 2026-07-28. */
export type Lane = "plain" | "session" | "stateless";

export interface Rpc {
  method: string;
  params?: Record<string, unknown>;
  /** What the client can do, as the lane `stateless` says with every request. */
  capabilities?: Record<string, unknown>;
}

const SESSION_PROTOCOL = "2025-11-25";
const STATELESS_PROTOCOL = "2026-07-28";
const BOTH = { Accept: "application/json, text/event-stream" };

export const INITIALIZE: Rpc = {
  method: "initialize",
  params: {
    protocolVersion: SESSION_PROTOCOL,
    capabilities: {},
    clientInfo: { name: "chaos", version: "1" },
  },
};

export function toolCall(name: string, args: Record<string, unknown>): Rpc {
  return { method: "tools/call", params: { name, arguments: args } };
}

/**
 * @param mark length of the body in bytes; spaces fill it up
 * @param sessionId of the lane `session`, once it is open
 */
export function mcpRequest(
  url: string,
  bearer: string,
  lane: Lane,
  rpc: Rpc,
  mark: number,
  sessionId?: string,
): Prepared {
  const headers: Record<string, string> = { Authorization: `Bearer ${bearer}` };
  const { method, capabilities = {} } = rpc;
  let { params } = rpc;
  if (lane !== "plain") Object.assign(headers, BOTH);
  if (sessionId !== undefined) {
    Object.assign(headers, { "Mcp-Session-Id": sessionId, "MCP-Protocol-Version": SESSION_PROTOCOL });
  }
  if (lane === "stateless") {
    const name = params?.["name"] ?? params?.["taskId"];
    Object.assign(headers, {
      "MCP-Protocol-Version": STATELESS_PROTOCOL,
      "Mcp-Method": method,
      ...(typeof name === "string" ? { "Mcp-Name": name } : {}),
    });
    params = {
      ...params,
      _meta: {
        "io.modelcontextprotocol/protocolVersion": STATELESS_PROTOCOL,
        "io.modelcontextprotocol/clientCapabilities": capabilities,
        "io.modelcontextprotocol/clientInfo": { name: "chaos", version: "1" },
      },
    };
  }
  const body = JSON.stringify({ jsonrpc: "2.0", id: mark, method, ...(params && { params }) });
  if (body.length > mark) throw new Error(`a request of ${body.length} bytes cannot be marked ${mark}`);
  return requestBytes("POST", url, headers, body.padEnd(mark));
}

/** The end of opening a session; it has no answer and leaves no event. */
export function initializedRequest(url: string, bearer: string, sessionId: string): Prepared {
  const headers = {
    ...BOTH,
    Authorization: `Bearer ${bearer}`,
    "Mcp-Session-Id": sessionId,
    "MCP-Protocol-Version": SESSION_PROTOCOL,
  };
  const body = JSON.stringify({ jsonrpc: "2.0", method: "notifications/initialized" });
  return requestBytes("POST", url, headers, body);
}

export function endSessionRequest(url: string, bearer: string, sessionId: string): Prepared {
  return requestBytes("DELETE", url, { Authorization: `Bearer ${bearer}`, "Mcp-Session-Id": sessionId });
}

/** The JSON-RPC message of an answer, which may come as the one event of a stream. */
export function messageOf(body: string): {
  id?: unknown;
  result?: {
    isError?: boolean;
    structuredContent?: Record<string, unknown>;
    tools?: unknown[];
    taskId?: string;
    status?: string;
  };
  error?: { message: string };
} {
  const text = body.startsWith("{")
    ? body
    : (body.split("\n").findLast((line) => line.startsWith("data: {")) ?? "data: {}").slice("data: ".length);
  return JSON.parse(text) as ReturnType<typeof messageOf>;
}
