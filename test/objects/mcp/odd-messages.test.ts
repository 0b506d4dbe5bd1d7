/** Messages no client should send: each is answered, leaves no row open, and is counted. */
import { exports } from "cloudflare:workers";
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { CONTROL_FACTOR, MAX_DEVICE_SESSIONS, MAX_SUBSCRIPTIONS } from "../../../objects/limits.ts";
import { FULL_GRANT, newUser, rpc, tokenFor, type TestUser } from "../../support/users.ts";

const BOTH = { Accept: "application/json, text/event-stream" };
const client = { capabilities: {}, clientInfo: { name: "t", version: "1" } };
type Answer = { id: unknown; result?: object; error?: { code: number; message: string } };

async function open(user: TestUser, protocolVersion = "2025-03-26"): Promise<Record<string, string>> {
  const opened = await user.post(rpc("initialize", { protocolVersion, ...client }), BOTH);
  await opened.arrayBuffer();
  return { ...BOTH, "Mcp-Session-Id": opened.headers.get("mcp-session-id") ?? "" };
}

const openRows = (user: TestUser): Promise<unknown[]> =>
  runInDurableObject(user.object, (_, state) =>
    state.storage.sql.exec("SELECT seq FROM journal WHERE outcome IS NULL").toArray(),
  );
const controls = (user: TestUser): Promise<number> =>
  runInDurableObject(
    user.object,
    (_, state) => state.storage.sql.exec<{ n: number }>("SELECT count(*) AS n FROM control_log").one().n,
  );

describe("a batch of a session", () => {
  test("with the same id twice: one is answered, the other refused, none stays open", async () => {
    const user = await newUser();
    const headers = await open(user);
    const batch = [
      rpc("tools/list", undefined, 1),
      rpc("tools/list", undefined, 1),
      rpc("tools/list", undefined, 2),
    ];
    const answers = await (await user.post(batch, headers)).json<Answer[]>();
    expect(answers.filter(({ id, result }) => id === 1 && result !== undefined)).toHaveLength(1);
    expect(answers.filter(({ id, error }) => id === 1 && error?.code === -32600)).toHaveLength(1);
    expect(answers.filter(({ id, result }) => id === 2 && result !== undefined)).toHaveLength(1);
    expect(await openRows(user)).toEqual([]);
  });

  test("whose refused initialize has the id of another request loses neither answer", async () => {
    const user = await newUser();
    const headers = await open(user);
    const initialize = rpc("initialize", { protocolVersion: "2025-03-26", ...client }, 3);
    const answers = await (
      await user.post([rpc("tools/list", undefined, 3), initialize], headers)
    ).json<Answer[]>();
    expect(answers).toHaveLength(2);
    expect(answers).toContainEqual(expect.objectContaining({ id: 3, result: expect.any(Object) }));
    expect(answers).toContainEqual(
      expect.objectContaining({ error: expect.objectContaining({ code: -32600 }) }),
    );
    expect(await openRows(user)).toEqual([]);
  });
});

test("an id that looks like one of ours is an id like any other", async () => {
  const user = await newUser();
  const headers = await open(user, "2025-11-25");
  for (const id of ["clickup-mcp/replay/1", "clickup-mcp/replay/initialize"]) {
    const answer = await (
      await user.post({ jsonrpc: "2.0", id, method: "tools/list" }, headers)
    ).json<Answer>();
    expect([answer.id, answer.result !== undefined]).toEqual([id, true]);
  }
  expect(await openRows(user)).toEqual([]);
});

describe("what is not recorded is counted", () => {
  const BROKEN: [string, (user: TestUser) => Promise<Response>][] = [
    ["JSON that is none", (user) => user.post("{", BOTH)],
    ["a batch of what are no messages", (user) => user.post([1, 2, 3], BOTH)],
    ["a body of another type", (user) => user.post("x", { ...BOTH, "Content-Type": "text/plain" })],
    ["an unknown session", (user) => user.post(rpc("tools/list"), { ...BOTH, "Mcp-Session-Id": "none" })],
    ["a GET of a stream", (user) => get(user, "/mcp", { "Mcp-Session-Id": "none" })],
    ["a GET without a session", (user) => get(user, "/mcp", {})],
  ];
  const get = (user: TestUser, path: string, headers: Record<string, string>): Promise<Response> =>
    exports.default.fetch(
      new Request(`https://mcp.test${path}`, {
        headers: { Authorization: `Bearer ${user.bearer}`, Accept: "text/event-stream", ...headers },
      }),
    );

  test.each(BROKEN)("%s", async (_, send) => {
    const user = await newUser();
    const answer = await send(user);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(answer.status).toBeLessThan(500);
    await answer.arrayBuffer();
    expect(await controls(user)).toBe(1);
  });

  test("and bounded: the one above the cap is refused as a flood", async () => {
    const user = await newUser();
    const limit = 100 * CONTROL_FACTOR;
    let seen = 0;
    for (let i = 0; i < limit; i += 50) {
      const answers = await Promise.all(Array.from({ length: 50 }, () => user.post("{", BOTH)));
      for (const answer of answers) {
        await answer.arrayBuffer();
        if (answer.status === 400) seen++;
      }
    }
    expect(seen).toBe(limit);
    const refused = await user.post("{", BOTH);
    expect([refused.status, refused.headers.has("retry-after")]).toEqual([429, true]);
  });
});

describe("what a client says of itself", () => {
  test("of 3 MiB is refused in words, however often, and nothing is kept", async () => {
    const user = await newUser();
    const params = {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: { name: "x".repeat(3_000_000), version: "1" },
    };
    for (let i = 0; i < 3; i++) {
      const answer = await user.post(rpc("initialize", params), BOTH);
      expect(answer.status).toBe(400);
      expect((await answer.json<Answer>()).error?.message).toContain("at most 64 KiB");
    }
    const kept = await runInDurableObject(user.object, (_, state) =>
      state.storage.sql.exec("SELECT session_id FROM sessions").toArray(),
    );
    expect(kept).toEqual([]);
  });

  test("subscribes to a bounded number of resources with names of a bounded length", async () => {
    const user = await newUser();
    const headers = await open(user, "2025-11-25");
    const subscribe = async (uri: string): Promise<Answer> =>
      (await user.post(rpc("resources/subscribe", { uri }), headers)).json<Answer>();
    expect((await subscribe(`clickup://${"x".repeat(3_000_000)}`)).error?.message).toContain("at most");
    await runInDurableObject(user.object, (_, state) => {
      const uris = JSON.stringify(Array.from({ length: MAX_SUBSCRIPTIONS }, (_, i) => `clickup://${i}`));
      state.storage.sql.exec("UPDATE sessions SET subscriptions = ?", uris);
    });
    await evictDurableObject(user.object);
    expect((await subscribe("clickup://more")).error?.message).toContain(
      `${MAX_SUBSCRIPTIONS} resources at most`,
    );
    expect((await subscribe("clickup://1")).result).toEqual({});
  });
});

test("a device that opens streams without end takes no session from another", async () => {
  const user = await newUser();
  const headers = await open(user, "2025-11-25");
  await user.object.addDevice({
    deviceId: "many",
    via: "jwt",
    clientId: "jwt",
    clientName: "many",
    grant: { ...FULL_GRANT, access: "read" },
    expires_ms: null,
  });
  const bearer = await tokenFor(user.userId, "many");
  for (let i = 0; i < MAX_DEVICE_SESSIONS + 5; i++) {
    const stream = await exports.default.fetch(
      new Request("https://mcp.test/sse", {
        headers: { Authorization: `Bearer ${bearer}`, Accept: "text/event-stream" },
      }),
    );
    expect(stream.status).toBe(200);
  }
  const answer = await user.post(rpc("tools/list"), headers);
  expect(answer.status).toBe(200);
});
