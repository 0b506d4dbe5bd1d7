/** Names on the wire that the Worker and the object share. */

/** Of MCP's sessions, in requests and answers. */
export const SESSION_HEADER = "Mcp-Session-Id";

/** The two scopes of this server. Writing includes reading. */
export const READ = "clickup:read";
export const WRITE = "clickup:write";

/**
 * The MCP revisions this server tells apart, each for what it brought (modelcontextprotocol.io/specification). As text
 * they stand in the order of time.
 */
export const REVISION = {
  /** HTTP+SSE. */
  sse: "2024-11-05",
  /** The only one with batches; assumed where a request names none (2025-11-25, basic/transports). */
  batches: "2025-03-26",
  /** URL elicitation; priming events, and polling of SSE streams. */
  polling: "2025-11-25",
  /** No sessions; questions to the client stand in the answer. */
  stateless: "2026-07-28",
} as const;
