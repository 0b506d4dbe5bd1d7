import { badRequest } from "../errors.ts";
import { asObject, textList } from "../input.ts";
import type { Context, Route } from "../route.ts";
import type { SandboxState } from "../state.ts";
import { setStatus } from "../task-changes.ts";
import type { List, Task } from "../types.ts";
import { reachedWorkspace, v3NotFound, v3Task } from "../v3-lookup.ts";

function targetList(ctx: Context, teamId: string): List {
  const list = ctx.state.data.lists[ctx.params.list_id ?? ""];
  if (list === undefined || ctx.state.space(list.space_id).team_id !== teamId) throw v3NotFound("List");
  return list;
}

/** The status a task has after the move: the same one when the list knows it, else the mapped one, else 400. */
function statusAfter(state: SandboxState, task: Task, to: List, mappings: unknown): string {
  if (state.findStatus(to, task.status) !== undefined) return task.status;
  const from = state.findStatus(state.list(task.list_id), task.status);
  const sent = Array.isArray(mappings) ? mappings.map(asObject) : [];
  const mapping = sent.find((candidate) => candidate.source_status_id === from?.id);
  const status = state.statusesOf(to).find((candidate) => candidate.id === mapping?.destination_status_id);
  if (status === undefined) {
    throw badRequest(
      `Status "${task.status}" does not exist in the destination list: status_mappings required`,
      "V3_400",
    );
  }
  return status.status;
}

function withSubtasks(state: SandboxState, task: Task): Task[] {
  return [task, ...state.subtasksOf(task.id).flatMap((child) => withSubtasks(state, child))];
}

function carryFields(ctx: Context, from: List, to: List): void {
  const chosen = textList(ctx.body.custom_fields_to_move);
  if (ctx.body.move_custom_fields !== true && chosen.length === 0) return;
  for (const field of ctx.state.fieldsOfList(from)) {
    const wanted = chosen.length === 0 || chosen.includes(field.id);
    if (wanted && !ctx.state.fieldsOfList(to).includes(field)) field.carried_to.push(to.id);
  }
}

/** Moves the home list of a task and its subtasks; comments, time and relations stay with it. */
function move(ctx: Context) {
  const teamId = reachedWorkspace(ctx);
  const task = v3Task(ctx, teamId, ctx.params.task_id ?? "");
  const to = targetList(ctx, teamId);
  const from = ctx.state.list(task.list_id);
  const moved = withSubtasks(ctx.state, task);
  const statuses = moved.map((one) => statusAfter(ctx.state, one, to, ctx.body.status_mappings));
  carryFields(ctx, from, to);
  moved.forEach((one, index) => {
    one.list_id = to.id;
    one.extra_lists = one.extra_lists.filter((id) => id !== to.id);
    setStatus(ctx.state, one, statuses[index] ?? one.status, ctx.now_ms);
    one.date_updated = ctx.now_ms;
  });
  if (task.parent !== null && ctx.state.task(task.parent).list_id !== to.id) task.parent = null;
  return { data: { task_id: task.id, new_list_id: to.id } };
}

/** Estimates per assignee: PATCH adds to those present, PUT replaces them all. */
function estimates(ctx: Context, replace: boolean) {
  const task = v3Task(ctx, reachedWorkspace(ctx), ctx.params.task_id ?? "");
  if (!Array.isArray(ctx.json)) throw badRequest("The body must be an array", "V3_400");
  if (replace) task.estimates_by_user = {};
  for (const { assignee, time } of ctx.json.map(asObject)) {
    if (typeof time !== "number") throw badRequest("time must be a number of milliseconds", "V3_400");
    task.estimates_by_user[String(assignee)] = time;
  }
  task.time_estimate = Object.values(task.estimates_by_user).reduce((sum, time_ms) => sum + time_ms, 0);
  task.date_updated = ctx.now_ms;
  return task;
}

export const taskMoveRoutes: Route[] = [
  {
    operation: "PUT /v3/workspaces/{workspace_id}/tasks/{task_id}/home_list/{list_id}",
    body: { move_custom_fields: "bool", custom_fields_to_move: "strings", status_mappings: "objects" },
    handler: move,
  },
  {
    operation: "PATCH /v3/workspaces/{workspace_id}/tasks/{task_id}/time_estimates_by_user",
    body: "array",
    handler: (ctx) => {
      const task = estimates(ctx, false);
      return { data: { total_time_estimate: task.time_estimate, updated_estimates: task.estimates_by_user } };
    },
  },
  {
    operation: "PUT /v3/workspaces/{workspace_id}/tasks/{task_id}/time_estimates_by_user",
    body: "array",
    handler: (ctx) => {
      const task = estimates(ctx, true);
      return {
        data: { total_time_estimate: task.time_estimate, assignee_estimates: task.estimates_by_user },
      };
    },
  },
];
