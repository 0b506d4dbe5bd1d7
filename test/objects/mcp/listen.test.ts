/** `subscriptions/listen` of 2026-07-28, over the object: it lives through eviction and reaches every isolate. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { readEvents } from "../../support/sse.ts";
import { newUser, rpc, type TestUser } from "../../support/users.ts";

const meta = {
  "io.modelcontextprotocol/protocolVersion": "2026-07-28",
  "io.modelcontextprotocol/clientCapabilities": {},
  "io.modelcontextprotocol/clientInfo": { name: "t", version: "1" },
};

const listen = (user: TestUser, notifications: unknown, id: string | number): Promise<Response> =>
  user.post(rpc("subscriptions/listen", { notifications, _meta: meta }, id), {
    Accept: "application/json, text/event-stream",
    "MCP-Protocol-Version": "2026-07-28",
    "Mcp-Method": "subscriptions/listen",
  });

const changed = (user: TestUser): Promise<void> =>
  runInDurableObject(user.object, (instance) => instance.toolsChanged());

describe("subscriptions/listen", () => {
  test("acknowledges first, then tags every note with its subscription, through eviction", async () => {
    const user = await newUser();
    const streams = [
      readEvents(await listen(user, { toolsListChanged: true }, "a")),
      readEvents(await listen(user, { toolsListChanged: true }, 7)),
    ];
    const acks = await Promise.all(streams.map(async (s) => JSON.parse((await s.next()).data)));
    expect(acks.map((a) => a.method)).toEqual(Array(2).fill("notifications/subscriptions/acknowledged"));
    expect(acks[0].params.notifications).toEqual({ toolsListChanged: true });
    await evictDurableObject(user.object);
    await changed(user);
    const notes = await Promise.all(streams.map(async (s) => JSON.parse((await s.next()).data)));
    expect(notes).toEqual(
      ["a", 7].map((id) => ({
        jsonrpc: "2.0",
        method: "notifications/tools/list_changed",
        params: { _meta: { "io.modelcontextprotocol/subscriptionId": id } },
      })),
    );
    for (const stream of streams) await stream.cancel();
  });

  test("nothing offered: acknowledged as such, and the stream ends", async () => {
    const user = await newUser();
    const events = await readEvents(await listen(user, {}, 1)).rest();
    expect(JSON.parse(events[0]?.data ?? "{}").params.notifications).toEqual({});
    expect(JSON.parse(events[1]?.data ?? "{}").id).toBe(1);
    expect(events).toHaveLength(2);
  });

  test("without notifications it is -32602; stopping the device ends the stream", async () => {
    const user = await newUser();
    const wrong: { error: { code: number } } = await (await listen(user, undefined, 1)).json();
    expect(wrong.error.code).toBe(-32602);
    const stream = readEvents(await listen(user, { toolsListChanged: true }, 2));
    await stream.next();
    await user.object.revokeDevice(user.deviceId);
    await expect(stream.next()).rejects.toThrow(/ended/);
  });
});
