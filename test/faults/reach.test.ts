/**
 * The way from the Worker to a user's object fails as Cloudflare says it can: `retryable`, `overloaded`, a reset.
 * Nothing is done twice, reading goes on, and the client is told the truth.
 */
import { env } from "cloudflare:workers";
import { createExecutionContext } from "cloudflare:test";
import { afterEach, describe, expect, test, vi } from "vitest";
import { REPEAT_HEADER, type DirectPost } from "../../objects/rpc/user.ts";
import type { Bindings } from "../../worker/env.ts";
import { serve } from "../../worker/router.tsx";
import { clickup } from "../support/outside.ts";
import { newUser, rpc, type TestUser } from "../support/users.ts";
import { signedIn } from "../worker/person.ts";
import { journalOf } from "./record.ts";

interface Break {
  /** Whether the request reaches the object before the answer is lost. */
  when: "before" | "after";
  flags: { retryable?: boolean; overloaded?: boolean; durableObjectReset?: boolean };
}

const BEFORE: Break = { when: "before", flags: { retryable: true } };
const AFTER: Break = { when: "after", flags: { retryable: true } };

/** A Worker whose stubs break as the script says, one entry a request; then they work. */
function brokenWay(user: TestUser, script: Break[]) {
  const left = [...script];
  const seen = { stubs: 0, attempts: 0 };
  const USER = {
    getByName(name: string) {
      seen.stubs++;
      const stub = env.USER.getByName(name);
      const attempt = async <T>(send: () => Promise<T>): Promise<T> => {
        seen.attempts++;
        const broken = left.shift();
        if (broken?.when !== "before") {
          const answer = await send();
          if (broken === undefined) return answer;
          if (answer instanceof Response) await answer.arrayBuffer();
        }
        throw Object.assign(new Error("internal detail of the platform"), broken.flags);
      };
      return {
        fetch: (request: Request) => attempt(() => stub.fetch(request)),
        post: (post: DirectPost) => attempt(() => stub.post(post)),
      };
    },
  };
  const bindings = { ...(env as unknown as Bindings), USER } as unknown as Bindings;
  const send = (init: RequestInit): Promise<Response> =>
    serve(
      new Request("https://mcp.test/mcp", {
        ...init,
        headers: {
          Authorization: `Bearer ${user.bearer}`,
          "Content-Type": "application/json",
          ...(init.headers as Record<string, string> | undefined),
        },
      }),
      bindings,
      createExecutionContext(),
    );
  const post = (body: unknown, headers: Record<string, string> = {}): Promise<Response> => {
    const text = JSON.stringify(body);
    // A request over HTTP declares its length; one made in the test has to say so.
    return send({
      method: "POST",
      body: text,
      headers: { "Content-Length": String(text.length), ...headers },
    });
  };
  /** From now on requests break as the script says. */
  const breaks = (...more: Break[]): void => {
    left.push(...more);
    Object.assign(seen, { stubs: 0, attempts: 0 });
  };
  return { seen, send, post, breaks };
}

const CREATE = rpc("tools/call", {
  name: "clickup_task_create",
  arguments: { list: "Onboarding", name: "Made at most once" },
});
const READ = rpc("tools/call", { name: "clickup_space_get", arguments: { space: "Product" } });
const made = (): number => clickup.calls.filter((c) => c.operation === "POST /v2/list/{list_id}/task").length;

const methodsOf = async (user: TestUser): Promise<string[]> =>
  (await journalOf(user.userId)).filter((e) => e.counted).map((e) => e.method);

afterEach(() => vi.restoreAllMocks());

describe("a passing fault", () => {
  test.each([
    ["tools/list", rpc("tools/list")],
    ["a tool that reads", READ],
    ["a batch that reads", [rpc("tools/list", undefined, 1), rpc("ping", undefined, 2)]],
  ])("%s is asked again through a new stub, twice at most", async (_, body) => {
    const user = await newUser();
    const way = brokenWay(user, [BEFORE, BEFORE]);
    const answer = await way.post(body);
    expect(answer.status).toBe(200);
    expect(JSON.stringify(await answer.json())).toContain("result");
    expect(way.seen).toEqual({ stubs: 3, attempts: 3 });
    expect(await methodsOf(user)).toHaveLength(1);
  });

  test("what lasts is a 503 with an incident and without detail, after three attempts", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const user = await newUser();
    const way = brokenWay(user, [BEFORE, BEFORE, BEFORE, BEFORE]);
    const answer = await way.post(rpc("tools/list"));
    const text = await answer.text();
    expect([answer.status, answer.headers.get("Retry-After"), way.seen.attempts]).toEqual([503, "2", 3]);
    expect(text).not.toContain("internal detail");
    expect(String(logged.mock.calls[0]?.[0])).toContain((JSON.parse(text) as { incident: string }).incident);
  });

  test("a reading whose answer was lost is in the record as often as it ran", async () => {
    const user = await newUser();
    const way = brokenWay(user, [AFTER]);
    expect((await way.post(rpc("tools/list"))).status).toBe(200);
    const rows = (await journalOf(user.userId)).filter((e) => e.counted);
    expect(rows.map((e) => e.outcome)).toEqual(["ok", "ok"]);
    expect(new Set(rows.map((e) => e.requestId)).size).toBe(1);
  });

  test("a stream to listen on is opened again", async () => {
    const user = await newUser();
    const init = { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "t", version: "1" } };
    const opened = await user.post(rpc("initialize", init), {
      Accept: "application/json, text/event-stream",
    });
    const session = { "Mcp-Session-Id": opened.headers.get("mcp-session-id") ?? "" };
    await opened.arrayBuffer();
    const way = brokenWay(user, [BEFORE]);
    const stream = await way.send({ method: "GET", headers: { ...session, Accept: "text/event-stream" } });
    expect([stream.status, stream.headers.get("Content-Type")]).toEqual([200, "text/event-stream"]);
    await stream.body?.cancel();
    // Ending it is the client's to repeat: a second attempt would say that there is no such session.
    const ending = brokenWay(user, [BEFORE]);
    expect((await ending.send({ method: "DELETE", headers: session })).status).toBe(503);
    expect(ending.seen.attempts).toBe(1);
  });
});

describe("a change is never sent twice", () => {
  test.each([
    ["lost on the way", BEFORE, 0],
    ["lost after it was made", AFTER, 1],
  ])("%s: one call at most, and the client is told to look", async (_, broken, expected) => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const user = await newUser();
    // Names are resolved before, so that the only calls left are the change itself.
    await user.call("clickup_workspace_hierarchy");
    clickup.clearCalls();
    const way = brokenWay(user, [broken]);
    const answer = await way.post(CREATE);
    expect(answer.status).toBe(503);
    expect(await answer.text()).toContain("look in ClickUp whether it was made");
    expect(made()).toBe(expected);
    const calls = (await journalOf(user.userId)).filter((e) => e.tool === "clickup_task_create");
    expect(calls.map((e) => e.outcome)).toEqual(expected === 1 ? ["ok"] : []);
  });

  test.each([
    ["a batch with one change in it", [rpc("tools/list", undefined, 1), { ...CREATE, id: 2 }]],
    ["opening a session", rpc("initialize", { protocolVersion: "2025-11-25" })],
    ["a method nobody knows", rpc("tools/invent")],
    ["a tool nobody knows", rpc("tools/call", { name: "clickup_invent" })],
    ["something that is no message", [1, "two", null]],
  ])("%s is not served again", async (_, body) => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const user = await newUser();
    const way = brokenWay(user, [BEFORE]);
    const before = (await journalOf(user.userId)).length;
    expect((await way.post(body)).status).toBe(503);
    expect(await journalOf(user.userId)).toHaveLength(before);
    expect(made()).toBe(0);
  });

  test("a body that was streamed is gone, so even a reading is not sent again", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const user = await newUser();
    const way = brokenWay(user, [BEFORE]);
    const padded = JSON.stringify(rpc("tools/list", { filler: "x".repeat(70_000) }));
    expect((await way.send({ method: "POST", body: padded })).status).toBe(503);
    expect(way.seen.attempts).toBe(1);
  });
});

describe("the direct way of a token that was verified just now", () => {
  /** The first request of a token goes through the routes; the next ones do not. */
  async function known(user: TestUser) {
    const way = brokenWay(user, []);
    expect((await way.post(rpc("ping"))).status).toBe(200);
    return way;
  }

  test("reading is asked again, twice at most", async () => {
    const user = await newUser();
    const way = await known(user);
    way.breaks(BEFORE, AFTER);
    const answer = await way.post(READ);
    expect([answer.status, way.seen.attempts]).toEqual([200, 3]);
    const outcomes = (await journalOf(user.userId)).filter((e) => e.counted).map((e) => e.outcome);
    expect(outcomes).toEqual(["ok", "ok"]);
  });

  test("a change is not, and the client is told to look", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const user = await newUser();
    const way = await known(user);
    await user.call("clickup_workspace_hierarchy");
    for (const [broken, expected] of [
      [BEFORE, 0],
      [AFTER, 1],
    ] as const) {
      clickup.clearCalls();
      way.breaks(broken);
      const answer = await way.post(CREATE);
      expect(await answer.text()).toContain("look in ClickUp whether it was made");
      expect([answer.status, made()]).toEqual([503, expected]);
    }
  });

  test("an overloaded object is left alone", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const user = await newUser();
    const way = await known(user);
    way.breaks({ when: "before", flags: { overloaded: true, retryable: true } });
    expect(await (await way.post(READ)).text()).toContain("This one was not started");
    expect(way.seen.attempts).toBe(1);
  });
});

describe("faults that are not passing", () => {
  test.each([
    ["overloaded", { overloaded: true }],
    ["overloaded, marked as retryable too", { overloaded: true, retryable: true }],
  ])("%s: nothing is asked again, and the client knows that nothing began", async (_, flags) => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const user = await newUser();
    const way = brokenWay(user, [{ when: "before", flags }]);
    const answer = await way.post(rpc("tools/list"));
    expect([answer.status, answer.headers.get("Retry-After"), way.seen.attempts]).toEqual([503, "2", 1]);
    expect(await answer.text()).toContain("This one was not started");
  });

  test("a reset without a word about repeating is not repeated", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const user = await newUser();
    const way = brokenWay(user, [{ when: "before", flags: { durableObjectReset: true } }]);
    expect((await way.post(rpc("tools/list"))).status).toBe(503);
    expect(way.seen.attempts).toBe(1);
  });

  test("overloaded after a first attempt that may have been carried out is told as unknown", async () => {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const user = await newUser();
    const way = brokenWay(user, [AFTER, { when: "before", flags: { overloaded: true } }]);
    expect(await (await way.post(READ)).text()).toContain("is not known");
  });
});

describe("the other addresses of an account", () => {
  test.each([
    ["retryable", { retryable: true }],
    ["overloaded", { overloaded: true }],
    ["reset, as a deployment does", { durableObjectReset: true }],
  ])(
    "%s: 503 with the time to come back, as JSON and as a page, and an incident for the operator",
    async (_, flags) => {
      const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
      const user = await newUser();
      const broken = () => Promise.reject(Object.assign(new Error("internal detail"), flags));
      const USER = { getByName: () => ({ activeDevice: broken, desk: () => ({ webSession: broken }) }) };
      const bindings = { ...(env as unknown as Bindings), USER } as unknown as Bindings;
      const ask = (path: string, init: RequestInit): Promise<Response> =>
        serve(new Request(`https://mcp.test${path}`, init), bindings, createExecutionContext());
      const stored = await ask("/auth/api-key", {
        method: "POST",
        headers: { Authorization: `Bearer ${user.bearer}`, "Content-Type": "application/json" },
        body: JSON.stringify({ api_key: "pk_1_X" }),
      });
      expect([stored.status, stored.headers.get("Retry-After")]).toEqual([503, "5"]);
      const { incident, ...rest } = await stored.json<{ incident: string; error: string }>();
      expect(rest).toMatchObject({ error: "temporarily_unavailable" });
      expect(logged.mock.calls.flat().join()).toContain(incident);
      const browser = await signedIn("alice");
      const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
      const page = await ask("/account", { headers: { Accept: "text/html", Cookie: cookie } });
      expect(page.status).toBe(503);
      const html = await page.text();
      expect(html).toContain("Try again in a few seconds");
      expect(html).not.toContain("internal detail");
    },
  );
});

test("a client cannot mark its own request as a repetition", async () => {
  const user = await newUser();
  const answer = await user.post(CREATE, { [REPEAT_HEADER]: "1" });
  expect(answer.status).toBe(200);
  expect(made()).toBe(1);
});
