/** The one budget of a user's token, however many calls come at once. */
import { evictDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { newUser, rpc } from "../../support/users.ts";

test("the first calls of a cold object share one budget", async () => {
  const user = await newUser({ tier: "premium" });
  await evictDurableObject(user.object);
  const answer = globalThis.fetch;
  let now = 0;
  let most = 0;
  globalThis.fetch = async (input, init) => {
    now++;
    most = Math.max(most, now);
    await scheduler.wait(5);
    try {
      return await answer(input, init);
    } finally {
      now--;
    }
  };
  try {
    const args = { space: SANDBOX.spaces.product };
    const batch = Array.from({ length: 40 }, (_, id) =>
      rpc("tools/call", { name: "clickup_space_get", arguments: args }, id),
    );
    const answers = await (await user.post(batch)).json<{ result?: { isError?: boolean } }[]>();
    expect(answers.filter(({ result }) => result !== undefined && result.isError !== true)).toHaveLength(40);
  } finally {
    globalThis.fetch = answer;
  }
  expect(most).toBeGreaterThan(0);
  expect(most).toBeLessThanOrEqual(4);
});
