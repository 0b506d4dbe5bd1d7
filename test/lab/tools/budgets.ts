/** What each task of `tasks.ts` may cost. About a tenth above what it costs now; calls have no slack. */
import type { Measured } from "./measure.ts";

/** Calls to ClickUp, tokens of the answers' text, tokens of their structured content. */
export type TaskBudget = readonly [clickup_calls: number, text_tokens: number, structured_tokens: number];

export const TASK_BUDGETS: Readonly<Record<string, TaskBudget>> = {
  "See the whole workspace, cold": [7, 240, 310],
  "See it again within a minute": [0, 240, 310],
  "Look at a folderless list by its URL": [1, 100, 50],
  "Find my overdue tasks": [1, 950, 970],
  "One person's tasks in a space, warm": [1, 2480, 2620],
  "Find tasks by words in a folder, warm": [1, 940, 970],
  "A page of 100 tasks of a list": [1, 6910, 7190],
  "Read a task by its custom id": [1, 340, 320],
  "Read a task with its comments": [2, 1670, 1740],
  "Read all of a task": [2, 2690, 2860],
  "Create a task by list name, warm": [1, 190, 140],
  "Rename a task": [2, 90, 40],
  "Set the status and three custom fields of a task, warm": [4, 160, 100],
  "List a list's custom fields and set a drop-down by its label": [4, 880, 820],
  "Tag a task": [2, 80, 30],
  "Move a task to another list": [5, 150, 80],
  "Duplicate a task with its three subtasks": [8, 440, 370],
  "Delete a task after asking": [2, 90, 50],
  "Create ten tasks": [10, 300, 270],
  "Change ten tasks": [20, 770, 740],
  "Create five tasks and their order from a plan, warm": [9, 220, 170],
  "Make a task wait on another and look at it": [2, 190, 70],
  "Critical path of a list": [1, 2900, 2780],
  "Start a project from a template": [23, 420, 370],
  "Add a list to a folder": [2, 90, 50],
  "Log an hour on a task": [1, 160, 100],
  "Start and stop my timer": [3, 290, 180],
  "Everybody's time of a week": [1, 930, 900],
  "Resolve five people, warm": [0, 300, 220],
  "Comment with a mention": [1, 120, 70],
  "Read a task's comments and replies": [2, 1540, 1580],
  "Read a doc page": [1, 190, 130],
  "Find a doc by name and add to one of its pages": [5, 400, 310],
};

/** What a model reads of the lists, in tokens; what a client receives of the whole list, in bytes. */
export const LIST_BUDGET = { premium_tokens: 7_200, free_tokens: 900, answer_bytes: 100_000 };

/**
 * A sentence for each figure above its budget. A task without a budget and a budget without a task are named too: both
 * would hold nothing.
 */
export function overBudget(
  measured: readonly Measured[],
  budgets: Readonly<Record<string, TaskBudget>> = TASK_BUDGETS,
): string[] {
  const named = new Set(measured.map((one) => one.what));
  return [
    ...measured.flatMap((one) => {
      const budget = budgets[one.what];
      return budget === undefined ? [`${one.what}: has no budget`] : overOne(one, budget);
    }),
    ...Object.keys(budgets)
      .filter((what) => !named.has(what))
      .map((what) => `${what}: has a budget and is not measured`),
  ];
}

function overOne(one: Measured, [clickup_calls, text_tokens, structured_tokens]: TaskBudget): string[] {
  const figures: [name: string, is: number, budget: number][] = [
    ["calls to ClickUp", one.clickup_calls, clickup_calls],
    ["tokens of text", one.text_tokens, text_tokens],
    ["tokens of structured content", one.structured_tokens, structured_tokens],
  ];
  return figures
    .filter(([, is, budget]) => is > budget)
    .map(([name, is, budget]) => `${one.what}: ${is} ${name}, budget ${budget}`);
}

/** The same for the tool list. */
export function listOverBudget(
  list: { premium_tokens: number; free_tokens: number; answer_bytes: number },
  budget: typeof LIST_BUDGET = LIST_BUDGET,
): string[] {
  return (Object.keys(budget) as (keyof typeof LIST_BUDGET)[])
    .filter((key) => list[key] > budget[key])
    .map((key) => `the tool list: ${list[key]} ${key}, budget ${budget[key]}`);
}
