/**
 * The task as it was last seen by one of our tools, for a minute: a change right after a look then needs no second
 * look just to say what was there before.
 */
import type { TaskRecord } from "../clickup/tasks.ts";
import type { ToolContext } from "../define.ts";

const KEPT_MS = 60_000;

const keyOf = (id: string): string => `task:${id.toLowerCase()}`;

/** Keeps a whole task that ClickUp has just sent. */
export function keepTask(ctx: ToolContext, task: TaskRecord): void {
  ctx.cache.set(keyOf(task.id), task, KEPT_MS);
}

/** The task of this internal id as kept; undefined when it was not seen lately. */
export function keptTask(ctx: ToolContext, id: string): TaskRecord | undefined {
  return ctx.cache.get<TaskRecord>(keyOf(id.trim()));
}

/** After a change by any other tool: what was kept is no longer so. */
export function forgetTask(ctx: ToolContext, id: string): void {
  ctx.cache.drop(keyOf(id));
}
