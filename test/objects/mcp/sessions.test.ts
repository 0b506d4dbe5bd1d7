/** Sessions of the 2025 revisions: opened, used, resumed, restored after eviction, ended. */
import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { exports } from "cloudflare:workers";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { ToolListChangedNotificationSchema } from "@modelcontextprotocol/sdk/types.js";
import { describe, expect, test } from "vitest";
import { clickup } from "../../support/outside.ts";
import { FULL_GRANT, newUser, rpc, tokenFor, type TestUser } from "../../support/users.ts";
import { readEvents } from "../../support/sse.ts";

const BOTH = { Accept: "application/json, text/event-stream" };

const initialize = (protocolVersion = "2025-11-25"): Record<string, unknown> =>
  rpc("initialize", { protocolVersion, capabilities: {}, clientInfo: { name: "t", version: "1" } }, "init");

interface Opened {
  id: string;
  headers: Record<string, string>;
}

async function open(user: TestUser, protocolVersion = "2025-11-25"): Promise<Opened> {
  const response = await user.post(initialize(protocolVersion), BOTH);
  expect(response.status).toBe(200);
  const id = response.headers.get("mcp-session-id") ?? "";
  expect(id).toMatch(/^[\x21-\x7e]{20,}$/);
  const { result } = (await response.json()) as { result: { protocolVersion: string } };
  expect(result.protocolVersion).toBe(protocolVersion);
  const headers = { ...BOTH, "Mcp-Session-Id": id, "MCP-Protocol-Version": protocolVersion };
  const initialized = await user.post({ jsonrpc: "2.0", method: "notifications/initialized" }, headers);
  expect(initialized.status).toBe(202);
  return { id, headers };
}

function listen(user: TestUser, headers: Record<string, string>): Promise<Response> {
  return exports.default.fetch(
    new Request("https://mcp.test/mcp", {
      headers: { Authorization: `Bearer ${user.bearer}`, ...headers, Accept: "text/event-stream" },
    }),
  );
}

async function resultOf(response: Response): Promise<Record<string, unknown>> {
  const answer: { result: Record<string, unknown> } = await response.json();
  return answer.result;
}

const notifyAll = (user: TestUser): Promise<void> =>
  runInDurableObject(user.object, (instance) => instance.toolsChanged());

describe("sessions", () => {
  test("answers JSON when nothing comes midway, and knows its client after eviction", async () => {
    const user = await newUser();
    const session = await open(user);
    for (let i = 0; i < 2; i++) {
      const response = await user.post(rpc("tools/list", undefined, i), session.headers);
      expect(response.headers.get("content-type")).toBe("application/json");
      expect((await resultOf(response)).tools).toHaveLength(7);
      await evictDurableObject(user.object);
    }
    const rows = await runInDurableObject(user.object, (_, state) =>
      state.storage.sql.exec<{ initialize: string }>("SELECT initialize FROM sessions").toArray(),
    );
    expect(rows.map((r) => JSON.parse(r.initialize))).toEqual([
      { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } },
    ]);
  });

  test("a foreign, ended or made-up session id is 404, another device's too", async () => {
    const [alice, bob] = [await newUser(), await newUser({ person: "bob" })];
    const session = await open(alice);
    expect((await bob.post(rpc("tools/list"), session.headers)).status).toBe(404);
    await alice.object.addDevice({
      deviceId: "other",
      via: "jwt",
      clientId: "jwt",
      clientName: "other",
      grant: FULL_GRANT,
      expires_ms: null,
    });
    const other = { Authorization: `Bearer ${await tokenFor(alice.userId, "other")}` };
    expect((await alice.post(rpc("tools/list"), { ...session.headers, ...other })).status).toBe(404);
    expect(
      (await alice.post(rpc("tools/list"), { ...session.headers, "Mcp-Session-Id": "no-such" })).status,
    ).toBe(404);
    const end = (): Promise<Response> =>
      exports.default.fetch(
        new Request("https://mcp.test/mcp", {
          method: "DELETE",
          headers: { Authorization: `Bearer ${alice.bearer}`, ...session.headers },
        }),
      );
    expect((await end()).status).toBe(200);
    expect((await alice.post(rpc("tools/list"), session.headers)).status).toBe(404);
    expect((await end()).status).toBe(404);
  });

  test("the idle stream lives through eviction: a notification still reaches the client", async () => {
    const user = await newUser();
    const session = await open(user);
    const stream = await listen(user, session.headers);
    expect(stream.headers.get("content-type")).toBe("text/event-stream");
    const events = readEvents(stream);
    const primed = await events.next();
    expect(primed.id).toMatch(/^s~\d+$/);
    await evictDurableObject(user.object);
    await notifyAll(user);
    const note = await events.next();
    expect(JSON.parse(note.data)).toEqual({ jsonrpc: "2.0", method: "notifications/tools/list_changed" });
    await events.cancel();
  });

  test("50 idle streams of a user let the object be evicted, and all hear the notification", async () => {
    const user = await newUser();
    const streams = [];
    for (let s = 0; s < 5; s++) {
      const session = await open(user);
      // Five sessions with ten streams each; the newest of each session is the one that is spoken to.
      for (let i = 0; i < 10; i++)
        streams.push({ session: s, events: readEvents(await listen(user, session.headers)) });
    }
    for (const { events } of streams) await events.next();
    await evictDurableObject(user.object);
    await notifyAll(user);
    for (let s = 0; s < 5; s++) {
      const newest = streams.filter((x) => x.session === s).at(-1);
      expect(JSON.parse((await newest?.events.next())?.data ?? "{}")).toMatchObject({
        method: /list_changed/,
      });
    }
    for (const { events } of streams) await events.cancel();
  });

  test("an eleventh stream of a session closes the oldest", async () => {
    const user = await newUser();
    const session = await open(user);
    const streams = [];
    for (let i = 0; i < 11; i++) streams.push(readEvents(await listen(user, session.headers)));
    for (const events of streams) await events.next();
    await expect(streams[0]?.next()).rejects.toThrow(/ended/);
    expect(await sockets(user)).toBe(10);
    await notifyAll(user);
    expect((await streams[10]?.next())?.data).toContain("list_changed");
    for (const events of streams) await events.cancel();
  });

  test("what was missed comes by Last-Event-ID, once, in order; a foreign or malformed id is 400", async () => {
    const user = await newUser();
    const session = await open(user);
    const first = readEvents(await listen(user, session.headers));
    const { id } = await first.next();
    await first.cancel();
    for (let i = 0; i < 3; i++) await notifyAll(user);
    const second = readEvents(await listen(user, { ...session.headers, "Last-Event-ID": id }));
    const missed = [await second.next(), await second.next(), await second.next()];
    expect(missed.every((e) => e.data.includes("list_changed"))).toBe(true);
    await second.cancel();
    const third = readEvents(
      await listen(user, { ...session.headers, "Last-Event-ID": missed[1]?.id ?? "" }),
    );
    expect((await third.next()).id).toBe(missed[2]?.id);
    await third.cancel();
    for (const bad of ["x", "s", "s~", "~1", "nothing~1", `${"a".repeat(300)}~1`]) {
      expect((await listen(user, { ...session.headers, "Last-Event-ID": bad })).status).toBe(400);
    }
  });

  test("a duplicate id of a running request is refused, the running one goes on", async () => {
    const user = await newUser();
    const session = await open(user);
    const call = rpc("tools/call", { name: "clickup_space_get", arguments: { space: "Product" } }, 7);
    clickup.fault({ kind: "slow", ms: 200, method: "GET", times: 10 });
    const [a, b] = await Promise.all([user.post(call, session.headers), user.post(call, session.headers)]);
    const answers = [await a.json(), await b.json()] as { result?: unknown; error?: { code: number } }[];
    expect(answers.filter((x) => x.result !== undefined)).toHaveLength(1);
    expect(answers.find((x) => x.error !== undefined)?.error?.code).toBe(-32600);
  });

  test("sessions stay within the cap; the least recently used goes", async () => {
    const user = await newUser();
    const ids: Opened[] = [];
    for (let i = 0; i < 25; i++) ids.push(await open(user));
    const { n } = await runInDurableObject(user.object, (_, state) =>
      state.storage.sql.exec<{ n: number }>("SELECT count(*) AS n FROM sessions").one(),
    );
    expect(n).toBe(20);
    expect((await user.post(rpc("tools/list"), ids[0]?.headers)).status).toBe(404);
    expect((await user.post(rpc("tools/list"), ids[24]?.headers)).status).toBe(200);
  });

  test("stopping the device ends its sessions and streams", async () => {
    const user = await newUser();
    const session = await open(user);
    const events = readEvents(await listen(user, session.headers));
    await events.next();
    await user.object.revokeDevice(user.deviceId);
    expect((await user.post(rpc("tools/list"), session.headers)).status).toBe(401);
    await expect(events.next()).rejects.toThrow(/ended/);
  });

  test("GET without a session, and without an event stream in Accept, says what is missing", async () => {
    const user = await newUser();
    const get = (headers: Record<string, string>) =>
      exports.default.fetch(
        new Request("https://mcp.test/mcp", {
          headers: { Authorization: `Bearer ${user.bearer}`, ...headers },
        }),
      );
    for (const Accept of ["text/event-stream", "text/html", "*/*"]) {
      const response = await get({ Accept });
      expect([response.status, response.headers.get("Allow")]).toEqual([405, "POST"]);
    }
    const session = await open(user);
    expect((await get({ ...session.headers, Accept: "text/html" })).status).toBe(406);
  });

  test("initialize with the id of a session that is gone opens a new one", async () => {
    const user = await newUser();
    const initialize = rpc("initialize", {
      protocolVersion: "2025-11-25",
      capabilities: {},
      clientInfo: { name: "t", version: "1" },
    });
    const accept = { Accept: "application/json, text/event-stream" };
    const lost = { ...accept, "Mcp-Session-Id": crypto.randomUUID() };
    const begun = await user.post(initialize, lost);
    const id = begun.headers.get("Mcp-Session-Id") ?? "";
    expect([begun.status, id]).not.toEqual([200, lost["Mcp-Session-Id"]]);
    expect(await begun.json()).toMatchObject({ result: { protocolVersion: "2025-11-25" } });
    expect((await user.post(rpc("tools/list"), { ...accept, "Mcp-Session-Id": id })).status).toBe(200);
    // One that is there is not begun again; another message in one that is gone is not found.
    const again = await user.post(initialize, { ...accept, "Mcp-Session-Id": id });
    expect(await again.json()).toMatchObject({
      error: { message: expect.stringContaining("already initialized") as string },
    });
    expect((await user.post(rpc("tools/list"), lost)).status).toBe(404);
  });

  test("the official SDK v1 client: sessions, its stream, and termination", async () => {
    const user = await newUser();
    const transport = new StreamableHTTPClientTransport(new URL("https://mcp.test/mcp"), {
      fetch: (input, init) => exports.default.fetch(new Request(input, init)),
      requestInit: { headers: { Authorization: `Bearer ${user.bearer}` } },
    });
    const client = new Client({ name: "v1", version: "1.0.0" });
    const heard = new Promise<void>((resolve) => {
      client.setNotificationHandler(ToolListChangedNotificationSchema, () => resolve());
    });
    await client.connect(transport);
    expect(transport.sessionId).toBeDefined();
    await evictDurableObject(user.object);
    expect((await client.listTools()).tools).toHaveLength(7);
    await expect.poll(() => sockets(user)).toBe(1);
    await notifyAll(user);
    await heard;
    await transport.terminateSession();
    await client.close();
  });
});

const sockets = (user: TestUser): Promise<number> =>
  runInDurableObject(user.object, (_, state) => state.getWebSockets().length);
