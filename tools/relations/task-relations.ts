/** Dependencies and links of a task by the words of the tools: waiting_on, blocking, links. */
import { isUnknownId } from "../clickup/errors.ts";
import type { Edge } from "../clickup/relations.ts";
import type { TaskRecord } from "../clickup/tasks.ts";
import type { ToolContext } from "../define.ts";
import { UserInputError } from "../words/errors.ts";
import { loadTask, resolveTaskId } from "../resolve/task.ts";

export interface Direction {
  waiting_on?: string | undefined;
  blocking?: string | undefined;
}

export interface Relations {
  waiting_on: string[];
  blocking: string[];
  links: string[];
}

/** Ids of the tasks this one waits on, those that wait on it, and those linked to it. */
export function relationsOf(task: TaskRecord): Relations {
  const edges = task.dependencies ?? [];
  return {
    waiting_on: edges.filter((edge) => edge.waits === task.id).map((edge) => edge.on),
    blocking: edges.filter((edge) => edge.on === task.id).map((edge) => edge.waits),
    links: task.links ?? [],
  };
}

/** The other task a call names and which of the two waits. Exactly one of the directions must be given. */
export function directionOf(given: Direction): { argument: keyof Direction; value: string } {
  const { waiting_on, blocking } = given;
  if ((waiting_on === undefined) === (blocking === undefined)) {
    throw new UserInputError("Give one of waiting_on and blocking.", { argument: "waiting_on" });
  }
  return waiting_on === undefined
    ? { argument: "blocking", value: blocking ?? "" }
    : { argument: "waiting_on", value: waiting_on };
}

export function edgeOf(task: string, other: string, argument: keyof Direction): Edge {
  return argument === "waiting_on" ? { waits: task, on: other } : { waits: other, on: task };
}

/** The other task's id. Throws UserInputError when it is the task itself. */
export async function otherTask(
  ctx: ToolContext,
  value: string,
  argument: string,
  task: string,
): Promise<string> {
  const other = await resolveTaskId(ctx, value, argument);
  refuseSelf(task, other, argument);
  return other;
}

function refuseSelf(task: string, other: string, argument: string): void {
  if (other === task) {
    throw new UserInputError(`${argument}: that is the task itself.`, { argument });
  }
}

/**
 * Runs `use` with the ids of two tasks. When ClickUp does not know one of them, both are looked up, which
 * says which one is wrong, and `use` runs once more where one meant something else: nothing was done before.
 */
export async function withTwoTasks<T>(
  ctx: ToolContext,
  first: string,
  second: { value: string; argument: string },
  use: (task: string, other: string) => Promise<T>,
): Promise<T> {
  const { value, argument } = second;
  const task = await resolveTaskId(ctx, first, "task");
  const other = await otherTask(ctx, value, argument, task);
  try {
    return await use(task, other);
  } catch (error) {
    if (!isUnknownId(error)) {
      throw error;
    }
    const task2 = (await loadTask(ctx, first, "task")).id;
    const other2 = (await loadTask(ctx, value, argument)).id;
    refuseSelf(task2, other2, argument);
    if (task2 === task && other2 === other) {
      throw error;
    }
    return await use(task2, other2);
  }
}
