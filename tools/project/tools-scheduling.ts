import * as z from "zod";
import { defineTool } from "../define.ts";
import type { Tool } from "../define.ts";
import { once } from "../kept/idempotency.ts";
import { resolveList } from "../resolve/list.ts";
import { Amount, IdempotencyKey, Markdown, PriorityName, Text, TextList } from "../params.ts";
import { withPlace } from "../resolve/place.ts";
import { NotApplied, Ref, TaskRow } from "../shapes.ts";
import { BatchOutput, batchSummary, createBatch, prepareBatch } from "../tasks/task-batch.ts";
import { createTaskIn } from "../tasks/task-create.ts";
import {
  checkDays,
  DaySpan,
  loadAwaited,
  milestoneBatch,
  planAfter,
  planDays,
  WaitingOn,
  waitOn,
} from "./task-schedule.ts";
import { taskRow } from "../tasks/task-view.ts";

const WITH_DURATION = "clickup_task_create_with_duration";
const WITH_SCHEDULING = "clickup_task_create_with_scheduling";
const MILESTONES = "clickup_project_create_milestones";

const CREATE_OPERATIONS = ["POST /v2/list/{list_id}/task", "GET /v2/list/{list_id}", "GET /v2/team"] as const;

const scheduledArguments = {
  list: Text,
  name: Text,
  start: Text,
  estimate: Text.optional(),
  priority: PriorityName.optional(),
  assignees: TextList.optional(),
  markdown: Markdown.optional(),
  idempotency_key: IdempotencyKey.optional(),
};

const scheduledOutput = {
  task: TaskRow,
  url: z.string().optional(),
  schedule: DaySpan,
  not_applied: z.array(NotApplied).optional(),
  replayed: z.boolean().optional(),
};

export const taskCreateWithDuration = defineTool({
  name: WITH_DURATION,
  tier: "premium",
  set: "projects",
  kind: "write",
  adds: true,
  title: "Create task with duration",
  description: "Create a task whose due date follows from start and working days.",
  input: z.object({ ...scheduledArguments, duration_days: Amount }),
  output: z.object(scheduledOutput),
  operations: CREATE_OPERATIONS,
  async handler({ list: wanted, duration_days, idempotency_key, ...given }, ctx) {
    const { result, replayed } = await once(ctx, WITH_DURATION, idempotency_key, async () => {
      const { span, start, due } = planDays(ctx, given.start, checkDays(duration_days));
      const { task, not_applied } = await withPlace(
        ctx,
        "list",
        wanted,
        "list",
        async (list) => await createTaskIn(ctx, list, { ...given, start, due }),
      );
      return {
        task: taskRow(task, ctx),
        ...(task.url === undefined ? {} : { url: task.url }),
        schedule: span,
        ...(not_applied.length === 0 ? {} : { not_applied }),
      };
    });
    ctx.touch("task", result.task.id);
    const { start, due } = result.schedule;
    return {
      data: { ...result, ...(replayed ? { replayed: true } : {}) },
      summary: replayed
        ? `Task ${result.task.id} was already created with this idempotency_key; no second one was made.`
        : `Created task ${result.task.id}, ${start} to ${due}.`,
    };
  },
});

export const taskCreateWithScheduling = defineTool({
  name: WITH_SCHEDULING,
  tier: "premium",
  set: "projects",
  kind: "write",
  adds: true,
  title: "Create scheduled task",
  description: "Create a task that starts after the tasks it waits on are due.",
  input: z.object({ ...scheduledArguments, due: Text.optional(), waiting_on: TextList.optional() }),
  output: z.object({ ...scheduledOutput, waiting_on: z.array(WaitingOn).optional() }),
  operations: [
    ...CREATE_OPERATIONS,
    "GET /v2/task/{task_id}",
    "GET /v2/team/{team_Id}/task",
    "POST /v2/task/{task_id}/dependency",
  ],
  async handler({ list: wanted, waiting_on, idempotency_key, ...given }, ctx) {
    const { result, replayed } = await once(ctx, WITH_SCHEDULING, idempotency_key, async () => {
      const awaited = await loadAwaited(ctx, waiting_on);
      const { span, start, due } = planAfter(ctx, given, awaited);
      const { task, not_applied } = await withPlace(
        ctx,
        "list",
        wanted,
        "list",
        async (list) => await createTaskIn(ctx, list, { ...given, start, due }),
      );
      const set = await waitOn(ctx, task.id, awaited);
      return {
        task: taskRow(task, ctx),
        ...(task.url === undefined ? {} : { url: task.url }),
        schedule: span,
        ...(set.length === 0 ? {} : { waiting_on: set }),
        ...(not_applied.length === 0 ? {} : { not_applied }),
      };
    });
    ctx.touch("task", result.task.id);
    const { start, due, moved } = result.schedule;
    const unset = (result.waiting_on ?? []).filter((one) => one.status !== "done").length;
    return {
      data: { ...result, ...(replayed ? { replayed: true } : {}) },
      summary: replayed
        ? `Task ${result.task.id} was already created with this idempotency_key; no second one was made.`
        : `Created task ${result.task.id}, ${start} to ${due}.` +
          (moved === undefined ? "" : ` Its start was moved: ${moved}.`) +
          (unset === 0 ? "" : ` ${unset} dependencies were not set: see waiting_on.`),
    };
  },
});

export const projectCreateMilestones = defineTool({
  name: MILESTONES,
  bulk: true,
  tier: "premium",
  set: "projects",
  kind: "write",
  adds: true,
  title: "Create milestones",
  description: "Create a milestone at the end of each phase of a span of working days.",
  input: z.object({
    list: Text,
    start: Text,
    duration_days: Amount,
    phases: TextList.describe("names").optional(),
    idempotency_key: IdempotencyKey.optional(),
  }),
  output: z.object({ list: Ref, ...BatchOutput, replayed: z.boolean().optional() }),
  operations: ["POST /v2/list/{list_id}/task", "GET /v2/list/{list_id}"],
  async handler({ list: wanted, idempotency_key, ...given }, ctx) {
    const { result, replayed } = await once(ctx, MILESTONES, idempotency_key, async () => {
      const planned = milestoneBatch(ctx, given);
      const list = await resolveList(ctx, wanted);
      const items = planned.map((item) => ({ ...item, list }));
      const report = await createBatch(ctx, items, await prepareBatch(ctx, items));
      return { list: { id: list.id, name: list.name }, ...report };
    });
    return {
      data: { ...result, ...(replayed ? { replayed: true } : {}) },
      summary: replayed
        ? "These milestones were already created with this idempotency_key; nothing was made."
        : batchSummary(result, `list ${result.list.id}`),
    };
  },
});

export const schedulingTools: readonly Tool[] = [
  taskCreateWithDuration,
  taskCreateWithScheduling,
  projectCreateMilestones,
];
