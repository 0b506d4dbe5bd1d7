/** The checks behind `npm run tools:size` fail where a figure is over its budget, or grows with the workspace. */
import { describe, expect, test } from "vitest";
import { LIST_BUDGET, listOverBudget, overBudget, TASK_BUDGETS } from "./budgets.ts";
import { grewWith, type Cost } from "./growth.ts";
import { handedOn, type Measured } from "./measure.ts";
import { TOOL_TASKS } from "./tasks.ts";

const budgets = { "Rename a task": [2, 90, 40], "Tag a task": [1, 80, 30] } as const;
const rename = measured("Rename a task", 2, 90, 40);
const tag = measured("Tag a task", 1, 80, 30);

function measured(
  what: string,
  clickup_calls: number,
  text_tokens: number,
  structured_tokens: number,
): Measured {
  return { what, tool_calls: 1, clickup_calls, text_tokens, structured_tokens, raw_tokens: 2_000 };
}

describe("budgets of tasks", () => {
  test("figures at their budget are within it", () => {
    expect(overBudget([rename, tag], budgets)).toEqual([]);
  });

  test.each([
    ["clickup_calls", "Rename a task: 3 calls to ClickUp, budget 2"],
    ["text_tokens", "Rename a task: 91 tokens of text, budget 90"],
    ["structured_tokens", "Rename a task: 41 tokens of structured content, budget 40"],
  ] as const)("one more of %s is named with its task", (key, said) => {
    expect(overBudget([{ ...rename, [key]: rename[key] + 1 }, tag], budgets)).toEqual([said]);
  });

  test("each task over budget is named", () => {
    const over = overBudget([measured("Rename a task", 3, 91, 40), measured("Tag a task", 2, 1, 1)], budgets);
    expect(over.map((line) => line.split(":")[0])).toEqual(["Rename a task", "Rename a task", "Tag a task"]);
  });

  test("a task without a budget and a budget without a task are named", () => {
    expect(overBudget([rename, measured("Fly", 0, 0, 0)], budgets)).toEqual([
      "Fly: has no budget",
      "Tag a task: has a budget and is not measured",
    ]);
  });

  test("the table has a budget for every task, and at least twenty", () => {
    expect(Object.keys(TASK_BUDGETS).toSorted()).toEqual(TOOL_TASKS.map(({ what }) => what).toSorted());
    expect(TOOL_TASKS.length).toBeGreaterThanOrEqual(20);
  });

  test("the tool list has a budget too", () => {
    expect(listOverBudget(LIST_BUDGET)).toEqual([]);
    const over = { ...LIST_BUDGET, free_tokens: LIST_BUDGET.free_tokens + 1 };
    expect(listOverBudget(over)).toEqual([expect.stringContaining("free_tokens")]);
  });
});

describe("growth of the workspace", () => {
  const grown = (...costs: [clickup_calls: number, bytes_read: number][]) => ({
    what: "Rename a task",
    costs: costs.map(([clickup_calls, bytes_read], i) => ({
      tasks: 10 ** (i + 1),
      cost: { clickup_calls, bytes_read } satisfies Cost,
    })),
  });

  test("the same cost in every size is right", () => {
    expect(grewWith([grown([2, 500], [2, 500], [2, 500])])).toEqual([]);
  });

  test("a call more, or a byte more, in one size is named", () => {
    expect(grewWith([grown([2, 500], [2, 500], [3, 500])])).toEqual([
      "Rename a task: 2 calls and 500 bytes at 10 tasks, 2 calls and 500 bytes at 100 tasks, 3 calls and 500 bytes at 1000 tasks",
    ]);
    expect(grewWith([grown([2, 500], [2, 501], [2, 500])])).toHaveLength(1);
  });

  test("what has to read tasks may, up to its bound", () => {
    expect(grewWith([{ ...grown([2, 500], [6, 90_000]), most_calls: 6 }])).toEqual([]);
    expect(grewWith([{ ...grown([2, 500], [7, 90_000]), most_calls: 6 }])).toHaveLength(1);
  });
});

test("of a change only its writes are counted as raw, of a look each address once", () => {
  const get = { method: "GET", url: "https://api.clickup.test/api/v2/task/1", text: "{}" };
  const other = { ...get, url: "https://api.clickup.test/api/v2/task/2" };
  const put = { ...get, method: "PUT" };
  expect(handedOn([get, put, get])).toEqual([put]);
  expect(handedOn([get, other, get])).toEqual([get, other]);
});
