import * as z from "zod";
import { defineTool } from "../define.ts";
import { once } from "../kept/idempotency.ts";
import { Flag, IdempotencyKey, PlaceReference, Text } from "../params.ts";
import { withPlace } from "../resolve/place.ts";
import { NotApplied, TaskDetail } from "../shapes.ts";
import { createTaskIn } from "./task-create.ts";
import { taskArguments } from "./task-fields.ts";
import { taskDetail } from "./task-view.ts";

const TOOL = "clickup_task_create";

export const taskCreate = defineTool({
  name: TOOL,
  tier: "free",
  set: "tasks",
  kind: "write",
  adds: true,
  core: true,
  title: "Create task",
  description: "Create a task; with parent, a subtask. Repeating an idempotency_key returns the first task.",
  input: z.object({
    list: PlaceReference,
    name: Text,
    ...taskArguments,
    check_required_fields: Flag.optional(),
    idempotency_key: IdempotencyKey.optional(),
  }),
  output: z.object({
    task: TaskDetail,
    not_applied: z.array(NotApplied).optional(),
    replayed: z.boolean().optional(),
  }),
  operations: [
    "POST /v2/list/{list_id}/task",
    "GET /v2/list/{list_id}/field",
    "GET /v2/list/{list_id}",
    "GET /v2/team/{team_id}/custom_item",
    "GET /v2/team",
  ],
  async handler(params, ctx) {
    const { list: wanted, idempotency_key, ...given } = params;
    const { result, replayed } = await once(ctx, TOOL, idempotency_key, async () => {
      const made = await withPlace(
        ctx,
        "list",
        wanted,
        "list",
        async (list) => await createTaskIn(ctx, list, given),
      );
      return {
        task: taskDetail(made.task, ctx),
        ...(made.not_applied.length === 0 ? {} : { not_applied: made.not_applied }),
      };
    });
    ctx.touch("task", result.task.id);
    const missing = result.not_applied?.length ?? 0;
    const warning = missing === 0 ? "" : ` ClickUp did not apply ${missing} of the fields: see not_applied.`;
    return {
      data: { ...result, ...(replayed ? { replayed: true } : {}) },
      summary: replayed
        ? `Task ${result.task.id} was already created with this idempotency_key; no second one was made.`
        : `Created task ${result.task.id}.${warning}`,
    };
  },
});
