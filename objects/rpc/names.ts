/** Names on the wire that the Worker and the object share. */

/** Of MCP's sessions, in requests and answers. */
export const SESSION_HEADER = "Mcp-Session-Id";

/** The two scopes of this server. Writing includes reading. */
export const READ = "clickup:read";
export const WRITE = "clickup:write";
