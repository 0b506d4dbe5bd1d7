/** The budgets of `npm run tools:size` fail when something goes over them, and only then. */
import { expect, test } from "vitest";
import { grows } from "../../scripts/tool-growth.ts";
import { overBudget, type Measured } from "../../scripts/tool-tasks.ts";

const within: Measured = {
  what: "Rename a task",
  clickup_calls: 2,
  answer_bytes: 240,
  answer_tokens: 80,
  raw_bytes: 9_000,
  raw_tokens: 4_000,
  budget: { calls: 2, tokens: 80 },
};

test("at the budget is within it", () => {
  expect(overBudget([within])).toEqual([]);
});

test("a call or a token more is named", () => {
  expect(overBudget([{ ...within, clickup_calls: 3 }])).toEqual(["Rename a task: 3 calls, at most 2"]);
  expect(overBudget([within, { ...within, answer_tokens: 81 }])).toEqual([
    "Rename a task: 81 tokens, at most 80",
  ]);
});

test("what costs more in a larger workspace is named, a digit more in an answer is not", () => {
  const flat = {
    what: "Rename a task",
    costs: [4_000, 4_010, 4_020].map((raw_bytes) => ({ calls: 1, raw_bytes })),
  };
  expect(grows([flat])).toEqual([]);
  const costs = [...flat.costs.slice(0, 2), { calls: 1, raw_bytes: 9_000 }];
  expect(grows([flat, { ...flat, costs }])).toHaveLength(1);
  expect(
    grows([{ ...flat, costs: [...flat.costs.slice(0, 2), { calls: 2, raw_bytes: 4_020 }] }]),
  ).toHaveLength(1);
});
