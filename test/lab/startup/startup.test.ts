/** What `npm run startup` reads of a profile, and when it fails. */
import { describe, expect, test } from "vitest";
import { activeCpu_ms, BUDGET_MS, verdict } from "./profile.ts";

describe("start-up", () => {
  const profile = {
    nodes: ["(root)", "(idle)", "(garbage collector)", "start"].map((functionName, id) => ({
      id,
      callFrame: { functionName },
    })),
    samples: [1, 3, 2, 3, 1],
    timeDeltas: [40_000, 1_500, 2_000, 500, 7_000],
  };

  test("active time is what was sampled outside idling", () => {
    expect(activeCpu_ms(profile)).toBe(4);
    expect(() => activeCpu_ms({ ...profile, samples: [] })).toThrow("no samples");
  });

  test("the median is held to the budget", () => {
    expect(verdict([BUDGET_MS, BUDGET_MS * 9, 1]).within).toBe(true);
    expect(verdict([BUDGET_MS + 1, BUDGET_MS * 9, 1]).within).toBe(false);
    expect(verdict([30, 10, 20]).lines[0]).toContain("20 ms of active CPU (median of 3 runs, 10-30)");
  });
});
