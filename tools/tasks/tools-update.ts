import * as z from "zod";
import { defineTool } from "../define.ts";
import { TaskReference, Text, TextList } from "../params.ts";
import { forgetTask, keepTask } from "../kept/recent-task.ts";
import { lastSeenTask, loadTask } from "../resolve/task.ts";
import { Change, NotApplied, Ref } from "../shapes.ts";
import { taskArguments } from "./task-fields.ts";
import { CLEARABLE, updateTaskWith } from "./task-update.ts";

/** What is sent for these depends on what the task has at this moment. */
const DEPENDING = [
  "assignees",
  "assignees_add",
  "assignees_remove",
  "tags",
  "clear",
  "due",
  "start",
] as const;

function dependsOnNow(given: Partial<Record<(typeof DEPENDING)[number], unknown>>): boolean {
  return DEPENDING.some((field) => given[field] !== undefined);
}

export const taskUpdate = defineTool({
  name: "clickup_task_update",
  tier: "free",
  set: "tasks",
  kind: "write",
  idempotent: true,
  core: true,
  emptied: { arguments: CLEARABLE, by: "clear" },
  title: "Update task",
  description: "Change a task. assignees and tags replace all that is there.",
  input: z.object({
    task: TaskReference,
    name: Text.optional(),
    ...taskArguments,
    assignees_add: TextList.optional(),
    assignees_remove: TextList.optional(),
    clear: TextList.describe("fields to empty, e.g. due").optional(),
  }),
  output: z.object({
    task: Ref,
    url: z.string().optional(),
    changes: z.array(Change),
    not_applied: z.array(NotApplied).optional(),
  }),
  operations: [
    "GET /v2/task/{task_id}",
    "PUT /v2/task/{task_id}",
    "POST /v2/task/{task_id}/field/{field_id}",
    "DELETE /v2/task/{task_id}/field/{field_id}",
    "POST /v2/task/{task_id}/tag/{tag_name}",
    "DELETE /v2/task/{task_id}/tag/{tag_name}",
    "GET /v2/list/{list_id}",
    "GET /v2/list/{list_id}/field",
    "GET /v2/team/{team_id}/custom_item",
    "GET /v2/team",
  ],
  async handler(params, ctx) {
    const { task: wanted, ...given } = params;
    const before =
      (dependsOnNow(given) ? undefined : lastSeenTask(ctx, wanted)) ?? (await loadTask(ctx, wanted, "task"));
    const { task, changes, not_applied, verified } = await updateTaskWith(ctx, before, given);
    if (verified) keepTask(ctx, task);
    else forgetTask(ctx, task.id);
    const done = verified
      ? `Task ${task.id}: ${changes.length === 0 ? "nothing changed" : `${changes.length} changed`}.`
      : `Task ${task.id} was changed, but its new state could not be read; check with clickup_task_get.`;
    const warning = not_applied.length === 0 ? "" : ` ${not_applied.length} not applied: see not_applied.`;
    return {
      data: {
        task: { id: task.id, name: task.name },
        ...(task.url === undefined ? {} : { url: task.url }),
        changes,
        ...(not_applied.length === 0 ? {} : { not_applied }),
      },
      summary: done + warning,
    };
  },
});
