import * as z from "zod";
import { deleteTask } from "../clickup/tasks.ts";
import { confirmFirst } from "../call/confirm.ts";
import { defineTool } from "../define.ts";
import { shown } from "../words/names.ts";
import { TaskReference } from "../params.ts";
import { loadTask } from "../resolve/task.ts";
import { Ref } from "../shapes.ts";

export const taskDelete = defineTool({
  name: "clickup_task_delete",
  tier: "premium",
  set: "tasks",
  kind: "destructive",
  title: "Delete task",
  description: "Delete a task with its subtasks.",
  input: z.object({ task: TaskReference }),
  output: z.object({ task: Ref, deleted: z.literal(true), subtasks: z.number().optional() }),
  operations: ["GET /v2/task/{task_id}", "DELETE /v2/task/{task_id}"],
  async handler(params, ctx) {
    const task = await loadTask(ctx, params.task, "task", { subtasks: true });
    const subtasks = task.subtasks?.length ?? 0;
    const below = subtasks === 0 ? "" : ` and its ${subtasks} subtasks`;
    await confirmFirst(ctx, `Delete task ${task.customId ?? task.id} "${shown(task.name)}"${below}?`);
    await deleteTask(ctx.clickup, task.id);
    return {
      data: {
        task: { id: task.id, name: task.name },
        deleted: true as const,
        ...(subtasks === 0 ? {} : { subtasks }),
      },
      summary: `Deleted task ${task.id}${below}.`,
    };
  },
});

export const taskDeleteTools = [taskDelete];
