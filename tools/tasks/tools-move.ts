import * as z from "zod";
import { defineTool } from "../define.ts";
import { UserInputError } from "../words/errors.ts";
import { once } from "../kept/idempotency.ts";
import { FieldValues, Flag, IdempotencyKey, PlaceReference, someOf, TaskReference, Text } from "../params.ts";
import { withPlace } from "../resolve/place.ts";
import { loadTask } from "../resolve/task.ts";
import { Change, NotApplied, Ref, TaskDetail } from "../shapes.ts";
import { duplicateTask, INCLUDABLE } from "./task-duplicate.ts";
import { readStatusMap } from "./task-move.ts";
import { moveTaskSeen } from "./task-move-seen.ts";
import { taskDetail } from "./task-view.ts";

const DUPLICATE = "clickup_task_duplicate";

export const taskMove = defineTool({
  name: "clickup_task_move",
  tier: "premium",
  set: "tasks",
  kind: "write",
  idempotent: true,
  title: "Move task",
  description: "Move a task and its subtasks to another list.",
  input: z.object({
    task: TaskReference,
    to_list: PlaceReference,
    status_map: FieldValues.describe("old → new status").optional(),
    move_custom_fields: Flag.optional(),
  }),
  output: z.object({
    task: Ref,
    changes: z.array(Change),
    not_applied: z.array(NotApplied).optional(),
    fields_hidden: z.array(z.string()).optional(),
  }),
  operations: [
    "GET /v2/task/{task_id}",
    "PUT /v3/workspaces/{workspace_id}/tasks/{task_id}/home_list/{list_id}",
    "GET /v2/list/{list_id}",
  ],
  async handler(params, ctx) {
    const status_map = readStatusMap(params.status_map);
    const before = await loadTask(ctx, params.task, "task");
    return await withPlace(ctx, "list", params.to_list, "to_list", async (to) => {
      const { move_custom_fields } = params;
      const seen = await moveTaskSeen(ctx, before, to, { status_map, move_custom_fields });
      const { changes, not_applied, fields_hidden, verified } = seen;
      const done = verified
        ? before.list?.id === to.id
          ? `Task ${before.id} is in list ${to.id} already; nothing was sent.`
          : not_applied.some((one) => one.field === "to_list")
            ? `ClickUp accepted the move of task ${before.id} and did not make it.`
            : `Moved task ${before.id} to list ${to.id}.`
        : `Moved task ${before.id}, but its new state could not be read; check with clickup_task_get.`;
      const missing = not_applied.length === 0 ? "" : ` ${not_applied.length} not applied: see not_applied.`;
      const hidden =
        fields_hidden.length === 0
          ? ""
          : ` ${fields_hidden.length} custom fields are not in the new list: their values are hidden there (fields_hidden).`;
      return {
        data: {
          task: { id: before.id, name: before.name },
          changes,
          ...(not_applied.length === 0 ? {} : { not_applied }),
          ...(fields_hidden.length === 0 ? {} : { fields_hidden }),
        },
        summary: done + missing + hidden,
      };
    });
  },
});

export const taskDuplicate = defineTool({
  name: DUPLICATE,
  tier: "premium",
  set: "tasks",
  kind: "write",
  adds: true,
  title: "Duplicate task",
  description: "Copy a task without comments and files; include adds more.",
  input: z.object({
    task: TaskReference,
    to_list: PlaceReference.optional(),
    name: Text.optional(),
    include: someOf(INCLUDABLE).optional(),
    idempotency_key: IdempotencyKey.optional(),
  }),
  output: z.object({
    task: TaskDetail,
    copied_from: z.string(),
    subtasks_copied: z.number().optional(),
    not_copied: z.array(z.string()),
    not_applied: z.array(NotApplied).optional(),
    replayed: z.boolean().optional(),
  }),
  operations: ["GET /v2/task/{task_id}", "POST /v2/list/{list_id}/task", "GET /v2/list/{list_id}/field"],
  async handler(params, ctx) {
    const include = new Set(params.include);
    const { result, replayed } = await once(ctx, DUPLICATE, params.idempotency_key, async () => {
      const subtasks = include.has("subtasks");
      const original = await loadTask(ctx, params.task, "task", { markdown: true, subtasks });
      const target = params.to_list ?? original.list?.id;
      if (target === undefined) {
        throw new UserInputError("to_list: ClickUp did not say which list the task is in; name one.", {
          argument: "to_list",
        });
      }
      return await withPlace(ctx, "list", target, "to_list", async (to) => {
        const options = { listId: to.id, include, name: params.name };
        const copy = await duplicateTask(ctx, original, options);
        return {
          task: taskDetail(copy.task, ctx),
          copied_from: original.id,
          ...(subtasks ? { subtasks_copied: copy.subtasks_copied } : {}),
          not_copied: copy.not_copied,
          ...(copy.not_applied.length === 0 ? {} : { not_applied: copy.not_applied }),
        };
      });
    });
    ctx.touch("task", result.task.id);
    const missing = result.not_applied === undefined ? "" : " Some fields were not applied: see not_applied.";
    return {
      data: { ...result, ...(replayed ? { replayed: true } : {}) },
      summary: replayed
        ? `Task ${result.task.id} was already copied with this idempotency_key; no second copy was made.`
        : `Copied task ${result.copied_from} to ${result.task.id}. Not copied: see not_copied.${missing}`,
    };
  },
});

export const taskMoveTools = [taskMove, taskDuplicate];
