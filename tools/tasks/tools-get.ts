import * as z from "zod";
import { requireToolSet } from "../call/grant.ts";
import { getTaskComments } from "../clickup/tasks.ts";
import { defineTool } from "../define.ts";
import { someOf, TaskReference } from "../params.ts";
import { keepTask } from "../kept/recent-task.ts";
import { loadTask } from "../resolve/task.ts";
import { TaskDetail } from "../shapes.ts";
import {
  attachmentsOf,
  commentsOf,
  descriptionOf,
  fieldValuesOf,
  subtasksOf,
  taskDetail,
} from "./task-view.ts";

const INCLUDE = ["subtasks", "description", "comments", "custom_fields", "attachments"] as const;

export const taskGet = defineTool({
  name: "clickup_task_get",
  tier: "free",
  set: "tasks",
  kind: "read",
  core: true,
  title: "Get task",
  description: "Read one task; include adds more.",
  input: z.object({ task: TaskReference, include: someOf(INCLUDE).optional() }),
  output: TaskDetail,
  operations: ["GET /v2/task/{task_id}", "GET /v2/task/{task_id}/comment", "GET /v2/team/{team_Id}/task"],
  async handler(params, ctx) {
    const include = new Set(params.include);
    if (include.has("comments")) requireToolSet(ctx, "comments", "include comments");
    if (include.has("custom_fields")) requireToolSet(ctx, "fields", "include custom_fields");
    const task = await loadTask(ctx, params.task, "task", {
      subtasks: include.has("subtasks"),
      markdown: include.has("description"),
    });
    keepTask(ctx, task);
    const comments = include.has("comments") ? await getTaskComments(ctx.clickup, task.id) : undefined;
    return {
      data: {
        ...taskDetail(task, ctx),
        ...(include.has("description") ? descriptionOf(task) : {}),
        ...(include.has("custom_fields") ? { custom_fields: fieldValuesOf(task, ctx) } : {}),
        ...(include.has("subtasks") ? subtasksOf(task, ctx) : {}),
        ...(comments === undefined ? {} : commentsOf(comments, ctx)),
        ...(include.has("attachments") ? { attachments: attachmentsOf(task, ctx) } : {}),
      },
      summary: `Task ${task.id}.`,
    };
  },
});
