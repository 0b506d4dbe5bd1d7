import { describe, expect, it } from "vitest";
import { SANDBOX } from "./clickup/index.ts";
import { sandboxWithClient } from "./sandbox-client.ts";

const { lists, tasks } = SANDBOX;
const create = `POST /v2/list/${lists.empty}/task`;

describe("fault injection", () => {
  it("hits matching calls so many times, after the skipped ones", async () => {
    const { sandbox, send } = sandboxWithClient();
    sandbox.fault({
      kind: "status",
      status: 503,
      err: "Down",
      ecode: "X_1",
      path: /\/task\//,
      method: "get",
      times: 2,
      skip: 1,
    });
    const statuses: number[] = [];
    for (let n = 0; n < 4; n++) statuses.push((await send(`GET /v2/task/${tasks.docs}`)).status);
    expect(statuses).toEqual([200, 503, 503, 200]);
    expect((await send("GET /v2/user")).status).toBe(200);
    expect(sandbox.calls.map((call) => call.fault)).toEqual([
      undefined,
      "status",
      "status",
      undefined,
      undefined,
    ]);
  });

  it("selects by operation and can be cleared", async () => {
    const { sandbox, send } = sandboxWithClient();
    sandbox.fault({ kind: "status", operation: "GET /v2/user", times: 10 });
    expect((await send("GET /v2/team")).status).toBe(200);
    expect((await send("GET /v2/user")).status).toBe(500);
    sandbox.clearFaults();
    expect((await send("GET /v2/user")).status).toBe(200);
  });

  it("sends a 429 with headers, an HTML page, and cut JSON", async () => {
    const { sandbox, send, clock } = sandboxWithClient();
    sandbox.fault({ kind: "rate_limited", ms: 5_000 });
    sandbox.fault({ kind: "html" });
    sandbox.fault({ kind: "truncated" });
    const limited = await send("GET /v2/user");
    expect(limited.status).toBe(429);
    expect(limited.headers.get("X-RateLimit-Reset")).toBe(String((clock.now_ms + 5_000) / 1000));
    const page = await send("GET /v2/user");
    expect(page.status).toBe(502);
    expect(page.headers.get("Content-Type")).toContain("text/html");
    const cut = await send("GET /v2/user");
    expect(cut.status).toBe(200);
    expect(cut.body.text).toMatch(/^\{"user":/);
  });

  it("drops the connection before or after the effect", async () => {
    const { sandbox, send } = sandboxWithClient();
    sandbox.fault({ kind: "reset", method: "POST" });
    await expect(send(create, { body: { name: "lost" } })).rejects.toThrow(TypeError);
    expect(sandbox.state.tasksOfList(lists.empty)).toHaveLength(0);
    sandbox.fault({ kind: "reset", method: "POST", after_effect: true });
    await expect(send(create, { body: { name: "made" } })).rejects.toThrow(TypeError);
    expect(sandbox.state.tasksOfList(lists.empty).map((task) => task.name)).toEqual(["made"]);
    expect(sandbox.calls.map((call) => call.status)).toEqual([0, 0]);
  });

  it("answers an error although the write was done", async () => {
    const { sandbox, send } = sandboxWithClient();
    sandbox.fault({ kind: "status", status: 504, method: "POST", after_effect: true });
    expect((await send(create, { body: { name: "made" } })).status).toBe(504);
    expect(sandbox.state.tasksNamed("made")).toHaveLength(1);
  });

  it("never answers until the caller goes away or the time is over", async () => {
    const { sandbox, send } = sandboxWithClient();
    sandbox.fault({ kind: "timeout" });
    const abort = new AbortController();
    const pending = send("GET /v2/user", { signal: abort.signal });
    setTimeout(() => abort.abort(), 10);
    await expect(pending).rejects.toThrow();
    sandbox.fault({ kind: "timeout", ms: 5 });
    expect((await send("GET /v2/user")).status).toBe(504);
  });

  it("can be slow", async () => {
    const { sandbox, send } = sandboxWithClient();
    sandbox.fault({ kind: "slow", ms: 30 });
    const started_ms = performance.now();
    expect((await send("GET /v2/user")).status).toBe(200);
    expect(performance.now() - started_ms).toBeGreaterThanOrEqual(25);
  });
});

describe("control endpoints", () => {
  it("arms faults, shows calls and resets over HTTP", async () => {
    const { sandbox, send } = sandboxWithClient();
    const control = (method: string, path: string, body?: unknown) =>
      sandbox.fetch(
        new Request(`http://localhost:1234/__sandbox/${path}`, {
          method,
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      );
    expect((await control("POST", "faults", { kind: "nonsense" })).status).toBe(400);
    expect(
      (await control("POST", "faults", [{ kind: "status", path: "^/api/v2/user$", status: 500 }])).status,
    ).toBe(204);
    expect((await send("GET /v2/user")).status).toBe(500);
    await send(create, { body: { name: "made" } });
    const { calls } = (await (await control("GET", "calls")).json()) as {
      calls: { operation: string; body: unknown }[];
    };
    expect(calls.map((call) => call.operation)).toEqual(["GET /v2/user", "POST /v2/list/{list_id}/task"]);
    expect(calls[1]?.body).toEqual({ name: "made" });
    expect((await control("POST", "reset")).status).toBe(204);
    expect(sandbox.calls).toEqual([]);
    expect(sandbox.state.tasksNamed("made")).toEqual([]);
    expect(await (await control("GET", "health")).json()).toMatchObject({ ok: true });
    expect((await control("GET", "nothing")).status).toBe(404);
  });

  it("revokes a token", async () => {
    const { sandbox, send } = sandboxWithClient();
    const revoke = (token: string) =>
      sandbox.fetch(
        new Request("http://localhost/__sandbox/revoke", { method: "POST", body: JSON.stringify({ token }) }),
      );
    expect((await revoke("nobody's")).status).toBe(404);
    expect((await revoke(SANDBOX.tokens.alice)).status).toBe(204);
    const answer = await send("GET /v2/user");
    expect(answer.status).toBe(401);
    expect(answer.body.ECODE).toBe("OAUTH_019");
  });
});
