import * as z from "zod";
import { bulkContext, BulkOutput, bulkReport, bulkSummary, claimTask } from "./bulk-report.ts";
import { updateOne } from "./bulk-update.ts";
import { CLEARABLE } from "./task-update.ts";
import { deleteTask } from "../clickup/tasks.ts";
import { confirmFirst } from "../call/confirm.ts";
import { defineTool } from "../define.ts";
import { runEach } from "../call/each.ts";
import { UserInputError } from "../words/errors.ts";
import { once } from "../kept/idempotency.ts";
import { resolveList } from "../resolve/list.ts";
import { shown } from "../words/names.ts";
import {
  FieldValues,
  Flag,
  IdempotencyKey,
  Markdown,
  PlaceReference,
  PlainFieldValues,
  Text,
  TextList,
  When,
} from "../params.ts";
import { loadTask, resolveTaskId, withTask } from "../resolve/task.ts";
import { MOST_TASKS } from "./task-batch.ts";
import { createTaskIn } from "./task-create.ts";
import { taskArguments } from "./task-fields.ts";
import { taskList } from "./task-list-argument.ts";
import { moveTask, readStatusMap } from "./task-move.ts";

const CREATE = "clickup_task_bulk_create";

/** The arguments of the tools for one task, without their words: those are in the same list. */
const fields = {
  ...taskArguments,
  markdown: Markdown.optional(),
  due: When.optional(),
  assignees: TextList.optional(),
  parent: Text.optional(),
  custom_fields: PlainFieldValues.optional(),
  estimate: When.optional(),
};

const References = TextList.refine((tasks) => tasks.length > 0 && tasks.length <= MOST_TASKS, {
  error: `give 1 to ${MOST_TASKS} of them`,
});

export const taskBulkCreate = defineTool({
  name: CREATE,
  bulk: true,
  tier: "premium",
  set: "tasks",
  kind: "write",
  adds: true,
  title: "Create many tasks",
  description: "Create up to 100 tasks in a list.",
  input: z.object({
    list: PlaceReference,
    tasks: taskList(z.object({ name: Text, ...fields })),
    continue_on_error: Flag.optional(),
    idempotency_key: IdempotencyKey.optional(),
  }),
  output: BulkOutput,
  operations: [
    "POST /v2/list/{list_id}/task",
    "GET /v2/list/{list_id}",
    "GET /v2/list/{list_id}/field",
    "GET /v2/team/{team_id}/custom_item",
    "GET /v2/team",
    "GET /v2/task/{task_id}",
  ],
  async handler(params, ctx) {
    const bulk = bulkContext(ctx);
    const list = await resolveList(bulk, params.list);
    const { tasks, idempotency_key: key, continue_on_error } = params;
    const results = await runEach(
      bulk,
      tasks,
      async (given, index) => {
        // A key of its own for each: the same call again makes those that are missing.
        const own = key === undefined ? undefined : `${key}#${index}`;
        const { result, replayed } = await once({ ...bulk, args: given }, CREATE, own, async () => {
          const { task, not_applied } = await createTaskIn(bulk, list, given);
          return { id: task.id, name: task.name, not_applied };
        });
        return { ...result, replayed };
      },
      { continueOnError: continue_on_error ?? true },
    );
    const report = bulkReport(
      ctx,
      results,
      tasks.map((task) => task.name),
    );
    return { data: report, summary: bulkSummary("Created", report) };
  },
});

export const taskBulkUpdate = defineTool({
  name: "clickup_task_bulk_update",
  bulk: true,
  tier: "premium",
  set: "tasks",
  kind: "write",
  idempotent: true,
  emptied: { arguments: CLEARABLE, by: "clear" },
  title: "Update many tasks",
  description: "Change up to 100 tasks, each as clickup_task_update does.",
  input: z.object({
    updates: taskList(
      z.object({
        task: Text,
        name: Text.optional(),
        ...fields,
        assignees_add: TextList.optional(),
        assignees_remove: TextList.optional(),
        clear: TextList.optional(),
      }),
    ),
    continue_on_error: Flag.optional(),
  }),
  output: BulkOutput,
  operations: [
    "PUT /v2/task/{task_id}",
    "GET /v2/task/{task_id}",
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
    const bulk = bulkContext(ctx);
    const seen = new Map<string, number>();
    const results = await runEach(
      bulk,
      params.updates,
      async ({ task, ...given }, index) =>
        await updateOne(bulk, task, given, (id) => claimTask(seen, id, index)),
      { continueOnError: params.continue_on_error ?? true },
    );
    const report = bulkReport(
      ctx,
      results,
      params.updates.map((one) => one.task),
    );
    return { data: report, summary: bulkSummary("Updated", report) };
  },
});

export const taskBulkMove = defineTool({
  name: "clickup_task_bulk_move",
  bulk: true,
  tier: "premium",
  set: "tasks",
  kind: "write",
  idempotent: true,
  title: "Move many tasks",
  description: "Move up to 100 tasks to a list.",
  input: z.object({
    tasks: References,
    to_list: PlaceReference,
    status_map: FieldValues.describe("old → new status").optional(),
  }),
  output: BulkOutput,
  operations: [
    "PUT /v3/workspaces/{workspace_id}/tasks/{task_id}/home_list/{list_id}",
    "GET /v2/task/{task_id}",
    "GET /v2/list/{list_id}",
  ],
  async handler(params, ctx) {
    const status_map = readStatusMap(params.status_map);
    const bulk = bulkContext(ctx);
    const to = await resolveList(bulk, params.to_list, "to_list");
    const seen = new Map<string, number>();
    const results = await runEach(bulk, params.tasks, async (reference, index) =>
      withTask(bulk, reference, "task", async ({ id, record }) => {
        claimTask(seen, id, index);
        // Which status is mapped depends on the list the task comes from.
        const known =
          record ?? (status_map === undefined ? undefined : await loadTask(bulk, reference, "task"));
        const { listId = to.id } = await moveTask(bulk, { id, record: known }, to, { status_map });
        const not_applied = listId === to.id ? [] : [{ field: "to_list", asked: to.id, is: listId }];
        return { id, name: known?.name, not_applied };
      }),
    );
    const report = bulkReport(ctx, results, params.tasks);
    return { data: report, summary: bulkSummary("Moved", report) };
  },
});

export const taskBulkDelete = defineTool({
  name: "clickup_task_bulk_delete",
  bulk: true,
  tier: "premium",
  set: "tasks",
  kind: "destructive",
  title: "Delete many tasks",
  description: "Delete up to 100 tasks with their subtasks.",
  input: z.object({ tasks: References }),
  output: BulkOutput,
  operations: ["DELETE /v2/task/{task_id}", "GET /v2/task/{task_id}"],
  async handler(params, ctx) {
    const bulk = bulkContext(ctx);
    const references = [...new Set(params.tasks)];
    // All are found before the first is deleted: a mistake in one name deletes nothing.
    const ids: string[] = [];
    for (const [index, reference] of references.entries()) {
      ids.push(await resolveTaskId(bulk, reference, `tasks[${index}]`));
    }
    if (new Set(ids).size < ids.length) {
      throw new UserInputError("tasks: two of them are the same task. Nothing was deleted.", {
        argument: "tasks",
      });
    }
    const named = references.slice(0, 10).map((one) => shown(one));
    const more = references.length > named.length ? ` and ${references.length - named.length} more` : "";
    await confirmFirst(
      ctx,
      `Delete ${references.length} tasks with their subtasks: ${named.join(", ")}${more}?`,
    );
    const results = await runEach(bulk, ids, async (id) => {
      await deleteTask(bulk.clickup, id);
      return { id };
    });
    const report = bulkReport(ctx, results, references);
    return { data: report, summary: bulkSummary("Deleted", report) };
  },
});

export const taskBulkTools = [taskBulkCreate, taskBulkUpdate, taskBulkMove, taskBulkDelete];
