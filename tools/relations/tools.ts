import * as z from "zod";
import { addDependency, addLink, removeDependency, removeLink } from "../clickup/relations.ts";
import { confirmFirst } from "../call/confirm.ts";
import { defineTool } from "../define.ts";
import { UserInputError } from "../words/errors.ts";
import { shown } from "../words/names.ts";
import { TaskReference, Text } from "../params.ts";
import { loadTask } from "../resolve/task.ts";
import { Ref } from "../shapes.ts";
import { directionOf, edgeOf, otherTask, relationsOf, withTwoTasks } from "./task-relations.ts";

const Direction = { waiting_on: Text.optional(), blocking: Text.optional() };
const EdgeOutput = z.object({ waiting: z.string(), on: z.string() });

export const taskAddDependency = defineTool({
  name: "clickup_task_add_dependency",
  tier: "premium",
  set: "tasks",
  kind: "write",
  adds: true,
  idempotent: true,
  title: "Add dependency",
  description: "Make a task wait on, or block, another: give one of both.",
  input: z.object({ task: TaskReference, ...Direction }),
  output: EdgeOutput,
  operations: ["POST /v2/task/{task_id}/dependency", "GET /v2/task/{task_id}"],
  async handler(params, ctx) {
    const direction = directionOf(params);
    return await withTwoTasks(ctx, params.task, direction, async (task, other) => {
      const edge = edgeOf(task, other, direction.argument);
      await addDependency(ctx.clickup, edge);
      return {
        data: { waiting: edge.waits, on: edge.on },
        summary: `Task ${edge.waits} now waits on task ${edge.on}.`,
      };
    });
  },
});

export const taskRemoveDependency = defineTool({
  name: "clickup_task_remove_dependency",
  tier: "premium",
  set: "tasks",
  kind: "destructive",
  idempotent: true,
  title: "Remove dependency",
  description: "Remove a dependency: give one of waiting_on and blocking.",
  input: z.object({ task: TaskReference, ...Direction }),
  output: EdgeOutput,
  operations: ["DELETE /v2/task/{task_id}/dependency", "GET /v2/task/{task_id}"],
  async handler(params, ctx) {
    const { argument, value } = directionOf(params);
    const task = await loadTask(ctx, params.task, "task");
    const other = await otherTask(ctx, value, argument, task.id);
    const relations = relationsOf(task);
    if (!relations[argument].includes(other)) {
      const words = (ids: string[]) => (ids.length === 0 ? "none" : ids.slice(0, 10).join(", "));
      throw new UserInputError(
        `${argument}: task ${task.id} has no such dependency on ${other}. It waits on: ${words(relations.waiting_on)}; it blocks: ${words(relations.blocking)}.`,
        { argument },
      );
    }
    const edge = edgeOf(task.id, other, argument);
    await confirmFirst(
      ctx,
      `Remove the dependency of "${shown(task.name)}": task ${edge.waits} waits on task ${edge.on}?`,
    );
    await removeDependency(ctx.clickup, edge);
    return {
      data: { waiting: edge.waits, on: edge.on },
      summary: `Task ${edge.waits} no longer waits on task ${edge.on}.`,
    };
  },
});

export const taskGetDependencies = defineTool({
  name: "clickup_task_get_dependencies",
  tier: "premium",
  set: "tasks",
  kind: "read",
  title: "Get dependencies",
  description: "What a task waits on, blocks and links to.",
  input: z.object({ task: TaskReference }),
  output: z.object({
    task: Ref,
    waiting_on: z.array(z.string()),
    blocking: z.array(z.string()),
    links: z.array(z.string()),
  }),
  operations: ["GET /v2/task/{task_id}"],
  async handler(params, ctx) {
    const task = await loadTask(ctx, params.task, "task");
    const relations = relationsOf(task);
    return {
      data: { task: { id: task.id, name: task.name }, ...relations },
      summary: `Task ${task.id} waits on ${relations.waiting_on.length}, blocks ${relations.blocking.length}, links to ${relations.links.length}.`,
    };
  },
});

const LinkOutput = z.object({ task: z.string(), to: z.string(), links: z.array(z.string()).optional() });

export const taskAddLink = defineTool({
  name: "clickup_task_add_link",
  tier: "premium",
  set: "tasks",
  kind: "write",
  adds: true,
  idempotent: true,
  title: "Link tasks",
  description: "Link two tasks, without order.",
  input: z.object({ task: TaskReference, to: Text.describe("task") }),
  output: LinkOutput,
  operations: ["POST /v2/task/{task_id}/link/{links_to}", "GET /v2/task/{task_id}"],
  async handler(params, ctx) {
    const other = { value: params.to, argument: "to" };
    return await withTwoTasks(ctx, params.task, other, async (id, to) => {
      const links = (await addLink(ctx.clickup, id, to))?.links;
      return {
        data: { task: id, to, ...(links === undefined ? {} : { links }) },
        summary:
          links?.includes(to) === false
            ? `ClickUp accepted the link of ${id} and ${to} and does not show it; check with clickup_task_get_dependencies.`
            : `Linked task ${id} and task ${to}.`,
      };
    });
  },
});

export const taskRemoveLink = defineTool({
  name: "clickup_task_remove_link",
  tier: "premium",
  set: "tasks",
  kind: "destructive",
  idempotent: true,
  title: "Unlink tasks",
  description: "Remove the link of two tasks.",
  input: z.object({ task: TaskReference, to: Text.describe("task") }),
  output: LinkOutput,
  operations: ["DELETE /v2/task/{task_id}/link/{links_to}", "GET /v2/task/{task_id}"],
  async handler(params, ctx) {
    const task = await loadTask(ctx, params.task, "task");
    const to = await otherTask(ctx, params.to, "to", task.id);
    const linked = task.links ?? [];
    if (!linked.includes(to)) {
      const known = linked.length === 0 ? "none" : linked.slice(0, 10).join(", ");
      throw new UserInputError(`to: task ${task.id} has no link to ${to}. It links to: ${known}.`, {
        argument: "to",
      });
    }
    await confirmFirst(ctx, `Remove the link of "${shown(task.name)}" (${task.id}) and task ${to}?`);
    const links = (await removeLink(ctx.clickup, task.id, to))?.links;
    return {
      data: { task: task.id, to, ...(links === undefined ? {} : { links }) },
      summary:
        links?.includes(to) === true
          ? `ClickUp accepted the removal and still shows the link of ${task.id} and ${to}.`
          : `Task ${task.id} and task ${to} are no longer linked.`,
    };
  },
});

export const relationTools = [
  taskAddDependency,
  taskRemoveDependency,
  taskGetDependencies,
  taskAddLink,
  taskRemoveLink,
];
