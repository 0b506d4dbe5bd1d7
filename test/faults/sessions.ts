/** A 2025-era session of a test's user, over HTTP. */
import { exports } from "cloudflare:workers";
import { rpc, type TestUser } from "../support/users.ts";

const BOTH = { Accept: "application/json, text/event-stream" };

/** Opens a session. @returns the headers of its requests */
export async function openSession(user: TestUser): Promise<Record<string, string>> {
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } };
  const response = await user.post(rpc("initialize", params), BOTH);
  await response.arrayBuffer();
  return { ...BOTH, "Mcp-Session-Id": response.headers.get("mcp-session-id") ?? "" };
}

/** Opens the session's own stream (GET). */
export function listen(user: TestUser, headers: Record<string, string>): Promise<Response> {
  return exports.default.fetch(
    new Request("https://mcp.test/mcp", {
      headers: { Authorization: `Bearer ${user.bearer}`, ...headers, Accept: "text/event-stream" },
    }),
  );
}
