import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { newUser, rpc, type TestUser } from "../../support/users.ts";

async function statuses(user: TestUser, count: number): Promise<Record<number, number>> {
  const responses = await Promise.all(
    Array.from({ length: count }, (_, i) => user.post(rpc("tools/list", undefined, i))),
  );
  const seen: Record<number, number> = {};
  for (const response of responses) {
    seen[response.status] = (seen[response.status] ?? 0) + 1;
    await response.arrayBuffer();
  }
  return seen;
}

/** The status alone; the body is read, so that nothing holds the object. */
async function statusOf(user: TestUser, body: unknown): Promise<number> {
  const response = await user.post(body);
  await response.arrayBuffer();
  return response.status;
}

describe("the rate limit", () => {
  test("of 300 requests at once exactly 100 pass", async () => {
    expect(await statuses(await newUser(), 300)).toEqual({ 200: 100, 429: 200 });
  });

  test("the 101st in a row is the first to get 429, with the time to wait in words and headers", async () => {
    const user = await newUser();
    for (let i = 0; i < 100; i++) {
      const response = await user.post(rpc("tools/list"));
      expect(response.status).toBe(200);
      expect(response.headers.get("x-ratelimit-remaining")).toBe(String(99 - i));
      await response.arrayBuffer();
    }
    const refused = await user.post(rpc("tools/list"));
    expect(refused.status).toBe(429);
    const body = (await refused.json()) as Record<string, unknown>;
    expect(body).toMatchObject({ error: "Rate limit exceeded", limit: 100, window_seconds: 60 });
    expect(body["message"]).toMatch(
      /^Rate limit of 100 requests per minute reached\. Try again in \d+ seconds?\.$/,
    );
    const wait_s = Number(refused.headers.get("retry-after"));
    expect(wait_s).toBe(body["retry_after"]);
    expect(wait_s).toBeGreaterThan(0);
    expect(wait_s).toBeLessThanOrEqual(60);
    expect(refused.headers.get("ratelimit-policy")).toBe('"user";q=100;w=60');
    expect(refused.headers.get("ratelimit")).toBe(`"user";r=0;t=${wait_s}`);
  });

  test("survives eviction, and refused requests leave no row", async () => {
    const user = await newUser();
    expect(await statuses(user, 99)).toEqual({ 200: 99 });
    await evictDurableObject(user.object);
    expect(await statuses(user, 3)).toEqual({ 200: 1, 429: 2 });
    await evictDurableObject(user.object);
    expect(await statuses(user, 2)).toEqual({ 429: 2 });
    const counted = await runInDurableObject(user.object, (_, state) =>
      state.storage.sql.exec<{ n: number }>("SELECT count(*) AS n FROM journal WHERE counted = 1").one(),
    );
    expect(counted.n).toBe(100);
  });

  test("one user's limit is nobody else's", async () => {
    const [alice, bob] = [await newUser(), await newUser({ person: "bob" })];
    expect(await statuses(alice, 101)).toEqual({ 200: 100, 429: 1 });
    expect(await statuses(bob, 5)).toEqual({ 200: 5 });
  });

  test("each element of a batch is one request", async () => {
    const user = await newUser();
    const batch = Array.from({ length: 60 }, (_, i) => rpc("tools/list", undefined, i));
    const first = (await (await user.post(batch)).json()) as { result?: unknown }[];
    expect(first.filter((a) => a.result !== undefined)).toHaveLength(60);
    const second = (await (await user.post(batch)).json()) as {
      id: number;
      result?: unknown;
      error?: { message: string };
    }[];
    expect(second.filter((a) => a.result !== undefined)).toHaveLength(40);
    const refused = second.filter((a) => a.error !== undefined);
    expect(refused.map((a) => a.id)).toEqual(Array.from({ length: 20 }, (_, i) => 40 + i));
    expect(refused[0]?.error?.message).toMatch(/Rate limit of 100 requests per minute reached/);
    expect((await user.post(batch)).status).toBe(429);
  });

  test("ping and notifications do not count, but have a cap of ten times the limit", async () => {
    const user = await newUser();
    for (let i = 0; i < 5; i++) expect((await user.post(rpc("ping"))).status).toBe(200);
    expect(await statuses(user, 100)).toEqual({ 200: 100 });
    const note = { jsonrpc: "2.0", method: "notifications/cancelled", params: { requestId: 1 } };
    expect((await user.post(note)).status).toBe(202);
    const batch = Array.from({ length: 100 }, () => note);
    const answers: number[] = [];
    for (let i = 0; i < 11; i++) answers.push((await user.post(batch)).status);
    expect(answers.slice(0, 9)).toEqual(Array(9).fill(202));
    expect(answers.at(-1)).toBe(429);
  });

  test("the cap of pings and notifications survives eviction", async () => {
    const user = await newUser();
    const batch = Array.from({ length: 100 }, () => ({
      jsonrpc: "2.0",
      method: "notifications/initialized",
    }));
    for (let i = 0; i < 10; i++) expect(await statusOf(user, batch)).toBe(202);
    expect(await statusOf(user, batch)).toBe(429);
    await evictDurableObject(user.object);
    expect(await statusOf(user, batch)).toBe(429);
  });

  test("calls that do not count, refused premium tools, have the same cap", async () => {
    const user = await newUser();
    const premium = { name: "clickup_space_create", arguments: { name: "x" } };
    const batch = Array.from({ length: 100 }, (_, i) => rpc("tools/call", premium, i));
    for (let i = 0; i < 10; i++) expect(await statusOf(user, batch)).toBe(200);
    expect(await statusOf(user, batch)).toBe(429);
    expect(await statuses(user, 3)).toEqual({ 200: 3 });
  });
});
