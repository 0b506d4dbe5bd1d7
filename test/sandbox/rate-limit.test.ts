import { describe, expect, it } from "vitest";
import { SANDBOX, SEED_NOW_MS } from "./clickup/index.ts";
import { sandboxWithClient } from "./sandbox-client.ts";

describe("rate limit", () => {
  it("tells limit, remaining and reset on every answer, errors too", async () => {
    const { send } = sandboxWithClient({ rateLimitPerMinute: 100 });
    const first = await send("GET /v2/user");
    const second = await send("GET /v2/task/86cnothere");
    expect(second.status).toBe(401);
    expect(first.headers.get("X-RateLimit-Limit")).toBe("100");
    expect(first.headers.get("X-RateLimit-Remaining")).toBe("99");
    expect(second.headers.get("X-RateLimit-Remaining")).toBe("98");
    expect(first.headers.get("X-RateLimit-Reset")).toBe(String(SEED_NOW_MS / 1000 + 60));
  });

  it("answers 429 above 100 a minute, per token, until the window ends", async () => {
    const { send, clock, sandbox } = sandboxWithClient({ rateLimitPerMinute: 100 });
    for (let n = 0; n < 100; n++) expect((await send("GET /v2/user")).status).toBe(200);
    const denied = await send("GET /v2/user");
    expect(denied.status).toBe(429);
    expect(denied.body).toEqual({ err: "Rate limit reached", ECODE: "APP_002" });
    expect(denied.headers.get("X-RateLimit-Remaining")).toBe("0");
    expect((await send("GET /v2/user", { token: SANDBOX.tokens.carol })).status).toBe(200);
    clock.now_ms += 59_999;
    expect((await send("GET /v2/user")).status).toBe(429);
    clock.now_ms += 1;
    expect((await send("GET /v2/user")).status).toBe(200);
    expect(sandbox.calls.filter((call) => call.status === 429)).toHaveLength(2);
  });

  it("does nothing of a denied write", async () => {
    const { send, sandbox } = sandboxWithClient({ rateLimitPerMinute: 1 });
    await send("GET /v2/user");
    const denied = await send(`POST /v2/list/${SANDBOX.lists.empty}/task`, { body: { name: "x" } });
    expect(denied.status).toBe(429);
    expect(sandbox.state.tasksOfList(SANDBOX.lists.empty)).toEqual([]);
  });
});
