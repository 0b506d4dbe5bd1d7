/** The clock of the machine is set back or ahead: the limit holds and the record stays in order. */
import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { FULL_GRANT, newUser, rpc, runDueJobs, tokenFor, type TestUser } from "../support/users.ts";
import { journalOf, recordOf } from "./record.ts";

/** Ahead of the machine's clock, so that no alarm fires by itself. */
const AHEAD_MS = 400 * 24 * 3_600_000;

/** A small limit makes short bursts. */
const LIMIT = 10;
const vars = env as unknown as Record<string, string | undefined>;

beforeAll(() => {
  vars["FREE_REQUESTS_PER_MINUTE"] = String(LIMIT);
});
afterAll(() => {
  delete vars["FREE_REQUESTS_PER_MINUTE"];
});
beforeEach(() => {
  vi.useFakeTimers({ toFake: ["Date"] });
  vi.setSystemTime(Date.now() + AHEAD_MS);
});
afterEach(() => vi.useRealTimers());

const setClock = (by_ms: number): void => void vi.setSystemTime(Date.now() + by_ms);

async function burst(user: TestUser, count: number): Promise<number> {
  const headers = { Authorization: `Bearer ${await tokenFor(user.userId, user.deviceId)}` };
  const answers = await Promise.all(
    Array.from({ length: count }, () => user.post(rpc("tools/list"), headers)),
  );
  for (const answer of answers) await answer.arrayBuffer();
  return answers.filter((answer) => answer.status === 200).length;
}

describe("a clock", () => {
  test.each([[1_000], [59_000], [61_000], [3_600_000]])(
    "set back by %d ms gives no second helping, in this life or the next",
    async (by_ms) => {
      const user = await newUser();
      expect(await burst(user, LIMIT)).toBe(LIMIT);
      setClock(-by_ms);
      expect(await burst(user, 5)).toBe(0);
      await evictDurableObject(user.object);
      expect(await burst(user, 5)).toBe(0);
      // 59 of the 60 seconds have really passed, whatever the clock says.
      setClock(59_000);
      expect(await burst(user, 5)).toBe(0);
      setClock(by_ms + 1_000);
      expect(await burst(user, LIMIT)).toBe(LIMIT);
    },
  );

  test("set ahead opens the window as the passing of time does, and set back again closes nothing twice", async () => {
    const user = await newUser();
    expect(await burst(user, LIMIT)).toBe(LIMIT);
    setClock(60_000);
    expect(await burst(user, LIMIT + 1)).toBe(LIMIT);
    setClock(-60_000);
    expect(await burst(user, 5)).toBe(0);
    setClock(120_000);
    expect(await burst(user, LIMIT + 1)).toBe(LIMIT);
  });

  test("that ran ahead while the record left for R2 has made nobody forget the window", async () => {
    const user = await newUser();
    expect(await burst(user, LIMIT)).toBe(LIMIT);
    setClock(61_000);
    await runDueJobs(user.userId);
    setClock(-61_000);
    // Events that do not count could take the rows of requests that do, if those were free.
    for (let i = 0; i < LIMIT; i++)
      await user.object.changeDevice(user.deviceId, { grant: FULL_GRANT, expires_ms: null });
    await evictDurableObject(user.object);
    expect(await burst(user, 5)).toBe(0);
  });

  test("set back after the object woke has not made it forget what it did not read", async () => {
    const user = await newUser();
    expect(await burst(user, LIMIT)).toBe(LIMIT);
    await evictDurableObject(user.object);
    setClock(60_000);
    await user.object.devices();
    setClock(-30_000);
    // Its time stays where it woke: those requests are over, and there is room for as many once.
    expect(await burst(user, LIMIT + 1)).toBe(LIMIT);
    setClock(89_999);
    expect(await burst(user, 1)).toBe(0);
    setClock(1);
    expect(await burst(user, LIMIT + 1)).toBe(LIMIT);
  });

  test("set back leaves the record in order: requests, refused tools and account events", async () => {
    const user = await newUser();
    await burst(user, 1);
    const change = { grant: FULL_GRANT, expires_ms: null };
    for (const by_ms of [-5_000, 2_000, -600_000]) {
      // Later than every row before: the event alone carries this time.
      setClock(10_000);
      await user.object.changeDevice(user.deviceId, change);
      setClock(by_ms);
      await burst(user, 1);
      setClock(by_ms);
      const headers = { Authorization: `Bearer ${await tokenFor(user.userId, user.deviceId)}` };
      const premium = rpc("tools/call", { name: "clickup_space_create", arguments: { name: "x" } });
      await (await user.post(premium, headers)).arrayBuffer();
      setClock(by_ms);
      await user.object.changeDevice(user.deviceId, change);
    }
    const rows = await journalOf(user.userId);
    expect(rows.length).toBeGreaterThanOrEqual(15);
    await recordOf(user.userId);
  });
});
