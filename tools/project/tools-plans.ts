import * as z from "zod";
import { defineTool } from "../define.ts";
import type { Tool } from "../define.ts";
import { once } from "../kept/idempotency.ts";
import { resolveList } from "../resolve/list.ts";
import {
  FieldValues,
  Flag,
  IdempotencyKey,
  Markdown,
  People,
  PriorityName,
  Text,
  TextList,
} from "../params.ts";
import { Ref } from "../shapes.ts";
import { BatchOutput, batchSummary, checkBatch, createBatch, prepareBatch } from "../tasks/task-batch.ts";
import { batchOfPlan } from "./task-plan.ts";
import { taskList } from "../tasks/task-list-argument.ts";

const FROM_PLAN = "clickup_task_create_from_plan";
const WITH_DEPENDENCIES = "clickup_task_bulk_create_with_dependencies";

const OPERATIONS = [
  "POST /v2/list/{list_id}/task",
  "POST /v2/task/{task_id}/dependency",
  "GET /v2/list/{list_id}",
  "GET /v2/list/{list_id}/field",
  "GET /v2/team/{team_id}/custom_item",
  "GET /v2/team",
] as const;

export const taskCreateFromPlan = defineTool({
  name: FROM_PLAN,
  bulk: true,
  tier: "premium",
  set: "projects",
  kind: "write",
  adds: true,
  title: "Create tasks from a plan",
  description:
    "Create tasks from Markdown headings, bullets, check boxes and numbers. " +
    "Line marks: @person !priority due: start: est: id:, last after:name or number.",
  input: z.object({
    list: Text,
    plan: Markdown,
    parent: Text.optional(),
    defaults: FieldValues.describe("priority, assignees, tags…").optional(),
    detect_dependencies: Flag.describe("numbered items in sequence").optional(),
    idempotency_key: IdempotencyKey.optional(),
  }),
  output: z.object({
    list: Ref,
    title: z.string().optional(),
    ignored_lines: z.number().optional(),
    ...BatchOutput,
    replayed: z.boolean().optional(),
  }),
  operations: [...OPERATIONS, "GET /v2/task/{task_id}"],
  async handler({ list: wanted, idempotency_key, ...given }, ctx) {
    const { result, replayed } = await once(ctx, FROM_PLAN, idempotency_key, async () => {
      const list = await resolveList(ctx, wanted);
      const { items, title, ignored_lines } = await batchOfPlan(ctx, list, given);
      checkBatch(items, "plan");
      const report = await createBatch(ctx, items, await prepareBatch(ctx, items));
      return {
        list: { id: list.id, name: list.name },
        ...(title === undefined ? {} : { title }),
        ...(ignored_lines === 0 ? {} : { ignored_lines }),
        ...report,
      };
    });
    const skipped = result.ignored_lines ?? 0;
    return {
      data: { ...result, ...(replayed ? { replayed: true } : {}) },
      summary: replayed
        ? "This plan was already created with this idempotency_key; nothing was made."
        : batchSummary(result, `list ${result.list.id}`) +
          (skipped === 0 ? "" : ` ${skipped} lines of text belong to no task and were left out.`),
    };
  },
});

const PlannedTask = z.object({
  key: Text,
  name: Text,
  waiting_on: TextList.describe("keys").optional(),
  parent: Text.describe("key").optional(),
  markdown: Markdown.optional(),
  status: Text.optional(),
  priority: PriorityName.optional(),
  start: Text.optional(),
  due: Text.optional(),
  estimate: Text.optional(),
  assignees: People.optional(),
  tags: TextList.optional(),
});

export const taskBulkCreateWithDependencies = defineTool({
  name: WITH_DEPENDENCIES,
  bulk: true,
  tier: "premium",
  set: "projects",
  kind: "write",
  adds: true,
  title: "Create tasks with dependencies",
  description: "Create up to 100 tasks that wait on each other by key.",
  input: z.object({
    list: Text,
    tasks: taskList(PlannedTask),
    continue_on_error: Flag.optional(),
    idempotency_key: IdempotencyKey.optional(),
  }),
  output: z.object({ list: Ref, ...BatchOutput, replayed: z.boolean().optional() }),
  operations: OPERATIONS,
  async handler({ list: wanted, tasks, continue_on_error, idempotency_key }, ctx) {
    const { result, replayed } = await once(ctx, WITH_DEPENDENCIES, idempotency_key, async () => {
      const planned = tasks.map(({ key, waiting_on, parent, ...given }) => ({
        key,
        parent,
        waiting_on: waiting_on ?? [],
        given,
      }));
      checkBatch(planned, "tasks");
      const list = await resolveList(ctx, wanted);
      const items = planned.map((item) => ({ ...item, list }));
      const report = await createBatch(ctx, items, await prepareBatch(ctx, items), {
        continueOnError: continue_on_error ?? true,
      });
      return { list: { id: list.id, name: list.name }, ...report };
    });
    return {
      data: { ...result, ...(replayed ? { replayed: true } : {}) },
      summary: replayed
        ? "These tasks were already created with this idempotency_key; nothing was made."
        : batchSummary(result, `list ${result.list.id}`),
    };
  },
});

export const planTools: readonly Tool[] = [taskCreateFromPlan, taskBulkCreateWithDependencies];
