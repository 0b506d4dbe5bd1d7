import { afterEach, describe, expect, it, vi } from "vitest";
import { Budget } from "../../../tools/clickup/budget.ts";
import {
  bulkClient,
  type CallReport,
  createClickUpClient,
  type ClientOptions,
} from "../../../tools/clickup/client.ts";

const realFetch = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = realFetch;
  vi.useRealTimers();
});

/** Answers in order, the last one for ever. */
function answers(...make: (() => Response | Promise<Response>)[]): { count: number } {
  const seen = { count: 0 };
  globalThis.fetch = async () => {
    const one = make[Math.min(seen.count, make.length - 1)];
    seen.count += 1;
    return await (one?.() ?? Response.error());
  };
  return seen;
}

const status =
  (code: number, headers: Record<string, string> = {}) =>
  () =>
    Response.json(code < 300 ? { ok: code } : { err: "no", ECODE: "X_1" }, { status: code, headers });

function client(options: Partial<ClientOptions> = {}) {
  return createClickUpClient({
    baseUrl: "https://api.clickup.test/api",
    token: "pk_1_ABCDEFGH",
    budget: new Budget(),
    signal: new AbortController().signal,
    pause_ms: () => 0,
    ...options,
  });
}

describe("createClickUpClient", () => {
  it("counts and reports every request, retries included", async () => {
    const reports: CallReport[] = [];
    answers(status(503), status(200));
    const clickup = client({ onCall: (report) => reports.push(report) });
    expect(await clickup.request({ method: "GET", path: "/v2/user" })).toEqual({ ok: 200 });
    expect(clickup.calls).toBe(2);
    expect(reports.map((report) => [report.method, report.path, report.status])).toEqual([
      ["GET", "/v2/user", 503],
      ["GET", "/v2/user", 200],
    ]);
    expect(reports.every((report) => report.duration_ms >= 0)).toBe(true);
  });

  it.each([400, 401, 403, 404, 500])("does not retry a read that got %s", async (code) => {
    const seen = answers(status(code));
    await expect(client().request({ method: "GET", path: "/v2/x" })).rejects.toMatchObject({ status: code });
    expect(seen.count).toBe(1);
  });

  it("retries a read after a 429 when the window ends soon", async () => {
    vi.useFakeTimers();
    const seen = answers(status(429, { "retry-after": "3" }), status(200));
    const reading = client().request({ method: "GET", path: "/v2/x" });
    await vi.advanceTimersByTimeAsync(2_900);
    expect(seen.count).toBe(1);
    await vi.advanceTimersByTimeAsync(200);
    expect(await reading).toEqual({ ok: 200 });
    expect(seen.count).toBe(2);
  });

  it("heeds what an answer says is left: nothing is sent that ClickUp would refuse", async () => {
    const reset = String(Math.ceil(Date.now() / 1000) + 50);
    const spent = { "x-ratelimit-limit": "100", "x-ratelimit-remaining": "0", "x-ratelimit-reset": reset };
    const seen = answers(status(200, spent));
    const clickup = client();
    expect(await clickup.request({ method: "GET", path: "/v2/x" })).toEqual({ ok: 200 });
    await expect(clickup.request({ method: "GET", path: "/v2/x" })).rejects.toMatchObject({
      kind: "rate_limited",
      status: 0,
    });
    expect(seen.count).toBe(1);
  });

  it("refuses at once after a 429 with a far reset, and names the seconds", async () => {
    const seen = answers(status(429, { "retry-after": "50" }));
    const clickup = client();
    await expect(clickup.request({ method: "GET", path: "/v2/x" })).rejects.toMatchObject({
      kind: "rate_limited",
      retry_after_s: expect.toSatisfy((seconds: number) => seconds > 45 && seconds <= 51),
    });
    await expect(clickup.request({ method: "GET", path: "/v2/y" })).rejects.toMatchObject({
      kind: "rate_limited",
    });
    expect(seen.count).toBe(1);
    expect(clickup.calls).toBe(1);
  });

  it("never repeats a write after a 429", async () => {
    const seen = answers(status(429, { "retry-after": "1" }), status(200));
    await expect(client().request({ method: "POST", path: "/v2/x", body: {} })).rejects.toMatchObject({
      kind: "rate_limited",
    });
    expect(seen.count).toBe(1);
  });

  it("sends nothing after the deadline, and waits no longer than it", async () => {
    const seen = answers(status(200));
    const past = client({ deadline_ms: Date.now() - 1 });
    await expect(past.request({ method: "POST", path: "/v2/x" })).rejects.toMatchObject({ kind: "timeout" });
    expect(seen.count).toBe(0);
    answers(() => new Promise<Response>(() => undefined));
    const soon = client({ deadline_ms: Date.now() + 30 });
    const started = Date.now();
    await expect(soon.request({ method: "GET", path: "/v2/x" })).rejects.toMatchObject({ kind: "timeout" });
    expect(Date.now() - started).toBeLessThan(1_000);
    const write = client({ deadline_ms: Date.now() + 30 });
    await expect(
      write.request({ method: "PUT", path: "/v2/x", verify: "clickup_task_get" }),
    ).rejects.toMatchObject({
      kind: "unknown_outcome",
      message: expect.stringContaining("Check with clickup_task_get"),
    });
  });

  it("queues a bulk client behind the rest", async () => {
    const order: string[] = [];
    globalThis.fetch = async (input: Parameters<typeof fetch>[0]) => {
      order.push(new URL(new Request(input).url).pathname.slice(-1));
      await new Promise((resolve) => setTimeout(resolve, 2));
      return Response.json({});
    };
    const one = client({ budget: new Budget({ concurrency: 1 }) });
    const bulk = bulkClient(one);
    const read = (from: typeof one, name: string) => from.request({ method: "GET", path: `/v2/${name}` });
    await Promise.all([read(bulk, "a"), read(bulk, "b"), read(one, "c")]);
    expect(order).toEqual(["a", "c", "b"]);
    expect(bulk.calls).toBe(3);
  });

  it("keeps at most four requests open over all clients of one budget", async () => {
    let open = 0;
    let most = 0;
    answers(async () => {
      open += 1;
      most = Math.max(most, open);
      await new Promise((resolve) => setTimeout(resolve, 5));
      open -= 1;
      return Response.json({});
    });
    const budget = new Budget();
    const clients = [client({ budget }), client({ budget })];
    await Promise.all(
      Array.from(
        { length: 20 },
        async (_, n) => await clients[n % 2]?.request({ method: "GET", path: "/v2/x" }),
      ),
    );
    expect(most).toBe(4);
  });
});
