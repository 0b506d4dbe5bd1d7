/** One task of a bulk update: one request where nothing has to be known of the task before. */
import { ClickUpError } from "../clickup/errors.ts";
import type { BulkDone } from "./bulk-report.ts";
import type { ToolContext } from "../define.ts";
import { UserInputError } from "../words/errors.ts";
import { loadTask, withTask } from "../resolve/task.ts";
import { updateTaskWith } from "./task-update.ts";
import type { TaskUpdateArguments } from "./task-update.ts";

/** Fields whose change does not depend on what the task has. */
const INDEPENDENT = new Set(["name", "markdown", "status", "priority", "estimate", "points", "parent"]);

/**
 * `claim` is told the task's id before anything is sent. The task is read first when people, tags, fields or
 * one of two dates change: those depend on what is there. Otherwise `changes` has no values from before.
 */
export async function updateOne(
  ctx: ToolContext,
  reference: string,
  given: TaskUpdateArguments,
  claim: (id: string) => void,
): Promise<BulkDone> {
  const fields = Object.entries(given).filter(([, value]) => value !== undefined);
  if (fields.length === 0) {
    throw new UserInputError("Nothing to change: give at least one field, or clear.");
  }
  // Both dates are checked against each other; one alone against the one the task has.
  const dates = fields.filter(([name]) => name === "due" || name === "start").length;
  const independent =
    dates !== 1 && fields.every(([name]) => INDEPENDENT.has(name) || name === "due" || name === "start");
  return await withTask(ctx, reference, "task", async ({ id, record }) => {
    claim(id);
    if (!independent || record !== undefined) {
      return done(await updateTaskWith(ctx, record ?? (await loadTask(ctx, reference, "task")), given));
    }
    try {
      return done(await updateTaskWith(ctx, { id, name: "" }, given));
    } catch (error) {
      // ClickUp refused and changed nothing: with the task at hand the error can name what would be right.
      if (given.status !== undefined && error instanceof ClickUpError && error.kind === "validation") {
        return done(await updateTaskWith(ctx, await loadTask(ctx, reference, "task"), given));
      }
      throw error;
    }
  });
}

function done({ task, changes, not_applied }: Awaited<ReturnType<typeof updateTaskWith>>): BulkDone {
  return { id: task.id, name: task.name, changes, not_applied };
}
