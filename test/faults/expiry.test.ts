/** What ends by time ends at its time: the row decides, whatever a cookie, a token or a client still holds. */
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { SESSION_IDLE_MS } from "../../objects/limits.ts";
import { newUser, rpc, tokenFor } from "../support/users.ts";
import { signedIn, sqlOf } from "../worker/person.ts";

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
});
afterEach(() => vi.useRealTimers());

test("a browser's session whose row has expired opens nothing, though its cookie is still good", async () => {
  const browser = await signedIn("alice");
  expect((await browser.get("/account")).status).toBe(200);
  await sqlOf("alice", "UPDATE web_sessions SET expires_ms = ?", Date.now() - 1);
  const away = await browser.get("/account");
  expect([away.status, away.headers.get("Location")]).toEqual([302, expect.stringContaining("/auth/login")]);
});

test("an MCP session nobody used for a week is gone, to the millisecond", async () => {
  const user = await newUser();
  const post = async (body: unknown, more: Record<string, string>): Promise<Response> => {
    const headers = { Authorization: `Bearer ${await tokenFor(user.userId, user.deviceId)}`, ...more };
    const answer = await user.post(body, { Accept: "application/json, text/event-stream", ...headers });
    await answer.arrayBuffer();
    return answer;
  };
  const params = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } };
  const opened = await post(rpc("initialize", params), {});
  const session = { "Mcp-Session-Id": opened.headers.get("mcp-session-id") ?? "" };
  vi.setSystemTime(Date.now() + SESSION_IDLE_MS - 1);
  expect((await post(rpc("tools/list"), session)).status).toBe(200);
  vi.setSystemTime(Date.now() + SESSION_IDLE_MS);
  expect((await post(rpc("tools/list"), session)).status).toBe(404);
});

test("a device that ends at a time works until then and not after", async () => {
  const ends_ms = Date.now() + 60_000;
  const user = await newUser({ expires_ms: ends_ms });
  expect((await user.post(rpc("tools/list"))).status).toBe(200);
  vi.setSystemTime(ends_ms - 1);
  expect((await user.post(rpc("tools/list"))).status).toBe(200);
  vi.setSystemTime(ends_ms);
  expect((await user.post(rpc("tools/list"))).status).toBe(401);
});
