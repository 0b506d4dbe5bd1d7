/** A device that ends while its calls run: nothing is sent to ClickUp after that but what is on its way. */
import { runInDurableObject } from "cloudflare:test";
import { afterEach, describe, expect, test, vi } from "vitest";
import { MAX_DEVICES } from "../../objects/limits.ts";
import { SANDBOX } from "../sandbox/clickup/index.ts";
import { clickup } from "../support/outside.ts";
import { FULL_GRANT, newUser, rpc, type TestUser } from "../support/users.ts";

const COUNT = 40;
/** Well before the time of a call is up. */
const EXPIRES_MS = 10_000;
const bulk = {
  name: "clickup_task_bulk_create",
  arguments: {
    list: SANDBOX.lists.onboarding,
    tasks: Array.from({ length: COUNT }, (_, i) => ({ name: `Stop ${i}` })),
  },
};
const created = (): number => clickup.calls.filter(({ method }) => method === "POST").length;

/** A bulk call that is under way: some of its tasks are made, and ClickUp is slow. */
async function underWay(user: TestUser): Promise<{ answer: Promise<Response> }> {
  clickup.fault({ kind: "slow", ms: 30, method: "POST", times: COUNT });
  clickup.clearCalls();
  const answer = user.post(rpc("tools/call", bulk));
  await expect.poll(created, { interval: 5 }).toBeGreaterThan(4);
  return { answer };
}

afterEach(() => {
  vi.restoreAllMocks();
});

/** Every way in which a device can end, or may less than when its call was admitted. */
const ROADS: [string, (user: TestUser) => Promise<unknown>][] = [
  ["stopped by its owner or an operator", (user) => user.object.revokeDevice(user.deviceId)],
  [
    "made read-only",
    (user) =>
      user.object.changeDevice(user.deviceId, { grant: { ...FULL_GRANT, access: "read" }, expires_ms: null }),
  ],
  [
    "left another tool set",
    (user) =>
      user.object.changeDevice(user.deviceId, {
        grant: { ...FULL_GRANT, toolSets: ["time"] },
        expires_ms: null,
      }),
  ],
  [
    "left another Workspace",
    (user) =>
      user.object.changeDevice(user.deviceId, {
        grant: { ...FULL_GRANT, workspaces: [SANDBOX.workspaces.side] },
        expires_ms: null,
      }),
  ],
  [
    "expired",
    (user) => {
      const now_ms = Date.now();
      vi.spyOn(Date, "now").mockImplementation(() => now_ms + EXPIRES_MS);
      return Promise.resolve(user);
    },
  ],
  [
    "ousted by newer devices",
    async (user) => {
      for (let i = 0; i < MAX_DEVICES; i++) {
        await user.object.addDevice({
          deviceId: `newer_${i}`,
          via: "jwt",
          clientId: "jwt",
          clientName: "newer",
          grant: FULL_GRANT,
          expires_ms: null,
        });
        await runInDurableObject(user.object, (_, state) => {
          state.storage.sql.exec(
            "UPDATE devices SET last_seen_ms = ? WHERE device_id = ?",
            Date.now() + 1_000 + i,
            `newer_${i}`,
          );
        });
      }
    },
  ],
];

describe("a bulk call under way", () => {
  test.each(ROADS)("when its device is %s", async (_, end) => {
    const user = await newUser({ tier: "premium", expires_ms: Date.now() + EXPIRES_MS });
    const { answer } = await underWay(user);
    await end(user);
    const then = created();
    const text = await (await answer).text();
    // Four are on their way at most.
    expect(created() - then).toBeLessThanOrEqual(4);
    expect(created()).toBeLessThan(COUNT);
    expect(text).toMatch(/not_tried|Nothing more was sent|cancelled/);
    const record = await runInDurableObject(user.object, (_, state) =>
      state.storage.sql.exec("SELECT outcome FROM journal WHERE tool = 'clickup_task_bulk_create'").toArray(),
    );
    expect(record).toHaveLength(1);
    expect(record[0]?.["outcome"]).not.toBeNull();
  });
});
