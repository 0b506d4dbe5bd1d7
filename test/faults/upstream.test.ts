/** ClickUp fails, seen from the client: an answer in our words with the seconds to wait, and the record knows. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { CALL_DEADLINE_MS } from "../../objects/limits.ts";
import { MAX_ANSWER_BYTES } from "../../tools/clickup/http.ts";
import { clickup } from "../support/outside.ts";
import { newUser, rpc, type TestUser, type ToolResult } from "../support/users.ts";
import { shortenWaits } from "./r2-faults.ts";
import { journalOf } from "./record.ts";

afterEach(() => vi.restoreAllMocks());

const READ = { name: "clickup_space_get", arguments: { space: "Product" } };
const WRITE = { name: "clickup_task_create", arguments: { list: "Onboarding", name: "Faulty" } };

async function call(user: TestUser, params: typeof READ | typeof WRITE): Promise<ToolResult> {
  const response = await user.post(rpc("tools/call", params));
  // Whatever ClickUp does is a tool's answer, never an HTTP error of ours.
  expect(response.status).toBe(200);
  const answer = await response.json<{ result: ToolResult }>();
  return answer.result;
}

const lastOutcome = async (user: TestUser): Promise<string | undefined> =>
  (await journalOf(user.userId)).at(-1)?.outcome;

const textOf = (result: ToolResult): string => result.content.map((c) => c.text).join("\n");

describe("ClickUp", () => {
  test.each([
    ["refuses with 429", { kind: "rate_limited", ms: 40_000, times: 9 }, /Try again in (3[5-9]|4[0-5]) s/],
    ["breaks with 500", { kind: "status", status: 500, times: 9 }, /HTTP 500/],
    ["is away with 503", { kind: "status", status: 503, times: 9 }, /HTTP 503/],
    ["answers a web page", { kind: "html", times: 9 }, /not available right now \(HTTP 502\)/],
    ["cuts its answer", { kind: "truncated", times: 9 }, /not JSON/],
    ["drops the connection", { kind: "reset", times: 9 }, /connection to ClickUp failed/],
  ] as const)(
    "%s: a reading is told in our words, and the record says upstream_error",
    async (_, fault, words) => {
      const user = await newUser();
      clickup.fault(fault);
      const result = await call(user, READ);
      expect(result.isError).toBe(true);
      expect(textOf(result)).toMatch(words);
      expect(textOf(result)).not.toMatch(/<html|Bad Gateway|pk_/);
      expect(await lastOutcome(user)).toBe("upstream_error");
    },
  );

  test("used up its limit: the next call is refused at once, without asking, until its window ends", async () => {
    const user = await newUser();
    clickup.fault({ kind: "rate_limited", ms: 50_000, times: 9 });
    expect(textOf(await call(user, READ))).toMatch(/Try again in \d+ s/);
    clickup.clearFaults();
    clickup.clearCalls();
    const refused = await call(user, READ);
    expect(textOf(refused)).toMatch(/Try again in (4[5-9]|5[0-5]) s/);
    expect(clickup.calls).toEqual([]);
  });

  test("never answers: the call ends by its own time limit, and holds nothing", async () => {
    const user = await newUser();
    shortenWaits(15_000, 25_000);
    clickup.fault({ kind: "timeout", ms: 59_000, times: 9 });
    const result = await call(user, READ);
    expect(textOf(result)).toMatch(/did not answer in time|ran out of time/);
    expect(["upstream_error", "cancelled"]).toContain(await lastOutcome(user));
  });

  test("is slow for longer than a call may take: it ends by its deadline, and says so", async () => {
    const user = await newUser();
    shortenWaits(CALL_DEADLINE_MS, CALL_DEADLINE_MS);
    clickup.fault({ kind: "slow", ms: 3_000, times: 9 });
    expect(textOf(await call(user, READ))).toContain("ran out of time");
    expect(await lastOutcome(user)).toBe("cancelled");
  });

  test.each([
    ["times out after the effect", { kind: "timeout", after_effect: true, ms: 59_000 }],
    ["drops the connection after the effect", { kind: "reset", after_effect: true }],
    ["cuts its answer", { kind: "truncated" }],
    ["answers a web page", { kind: "html" }],
  ] as const)("%s: a change is an unknown outcome, sent once", async (_, fault) => {
    const user = await newUser();
    await user.call("clickup_workspace_hierarchy");
    clickup.clearCalls();
    shortenWaits(15_000, 25_000);
    clickup.fault({ ...fault, method: "POST" });
    const result = await call(user, WRITE);
    expect(textOf(result)).toMatch(/may or may not have been made\. Check with clickup_task/);
    expect(await lastOutcome(user)).toBe("unknown_outcome");
    expect(clickup.calls.filter((c) => c.method === "POST")).toHaveLength(1);
  });

  test("sends more than anybody can read: reading stops at the bound, declared or not", async () => {
    const user = await newUser();
    const pulled: number[] = [];
    const real = globalThis.fetch;
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
      const request = new Request(input, init);
      if (new URL(request.url).hostname !== "api.clickup.test") return real(input, init);
      const chunk = new Uint8Array(1024 * 1024);
      const mine = pulled.push(0) - 1;
      const body = new ReadableStream({
        pull(controller) {
          pulled[mine] = (pulled[mine] ?? 0) + chunk.byteLength;
          controller.enqueue(chunk);
        },
      });
      return new Response(body, { headers: { "Content-Type": "application/json" } });
    });
    const result = await call(user, READ);
    expect(textOf(result)).toContain("too large to read");
    expect(Math.max(...pulled)).toBeGreaterThan(MAX_ANSWER_BYTES);
    expect(Math.max(...pulled)).toBeLessThan(MAX_ANSWER_BYTES + 4 * 1024 * 1024);
  });

  test("is asked by four calls of a user at once at most, however many wait", async () => {
    const user = await newUser();
    let running = 0;
    let most = 0;
    const real = globalThis.fetch;
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
      running++;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 5));
      try {
        return await real(input, init);
      } finally {
        running--;
      }
    });
    const calls = Array.from({ length: 20 }, (_, i) =>
      user.post(rpc("tools/call", { name: "clickup_task_get", arguments: { task: `DEV-${i + 1}` } }, i)),
    );
    for (const answer of await Promise.all(calls)) await answer.arrayBuffer();
    expect(most).toBeLessThanOrEqual(4);
    expect(most).toBeGreaterThan(1);
  });
});
