import { badRequest } from "../errors.ts";
import {
  boolField,
  dateField,
  idList,
  numberField,
  priorityField,
  requiredName,
  textField,
  textList,
  asObject,
} from "../input.ts";
import { listOf, taskByInternalId, taskOf } from "../lookup.ts";
import { createdTask, renderTaskFull, updatedTask } from "../render-task.ts";
import type { Context, Route } from "../route.ts";
import { CUSTOM_ID_QUERY } from "../route.ts";
import { setFieldValue, useField } from "../set-field.ts";
import { addTag, newTask, setStatus } from "../task-changes.ts";
import type { List, Task } from "../types.ts";

const TASK_BODY = {
  name: "string",
  description: "string",
  markdown_content: "string",
  markdown_description: "string",
  status: "string",
  priority: "int|null",
  due_date: "int|null",
  due_date_time: "bool",
  start_date: "int|null",
  start_date_time: "bool",
  time_estimate: "int|null",
  points: "number|null",
  archived: "bool",
  custom_item_id: "int|null",
  parent: "string|null",
};

/** What POST and PUT of a task have in common. */
function applyTaskFields(ctx: Context, task: Task): void {
  const { body } = ctx;
  // `markdown_description` is not in the description; other clients send it, and it is shown formatted.
  const markdown =
    textField(body, "markdown_content") ??
    textField(body, "markdown_description") ??
    textField(body, "description");
  // A single space clears the description; an empty string leaves it as it is.
  if (markdown !== undefined && markdown !== "") task.markdown = markdown.trim() === "" ? "" : markdown;
  const priority = priorityField(body);
  if (priority !== undefined) task.priority = priority;
  const due = dateField(body, "due_date");
  if (due !== undefined) task.due_date = due;
  const start = dateField(body, "start_date");
  if (start !== undefined) task.start_date = start;
  task.due_date_time = boolField(body, "due_date_time") ?? task.due_date_time;
  task.start_date_time = boolField(body, "start_date_time") ?? task.start_date_time;
  const estimate_ms = numberField(body, "time_estimate");
  if (estimate_ms !== undefined) task.time_estimate = estimate_ms;
  const points = numberField(body, "points");
  if (points !== undefined) task.points = points;
  const item = numberField(body, "custom_item_id");
  if (item !== undefined) task.custom_item_id = item ?? 0;
  task.archived = boolField(body, "archived") ?? task.archived;
}

/** People of the Workspace among `ids`; others are dropped without a word, as ClickUp does. */
function members(ctx: Context, task: Task, ids: unknown): number[] {
  return idList(ids).filter((id) => ctx.state.isMember(task.team_id, id));
}

function changePeople(ctx: Context, task: Task, current: number[], change: unknown): number[] {
  const { add, rem } = asObject(change);
  const removed = idList(rem);
  const next = [...new Set([...current, ...members(ctx, task, add)])].filter((id) => !removed.includes(id));
  const several = ctx.state.space(ctx.state.list(task.list_id).space_id).multiple_assignees;
  return several ? next : next.slice(-1);
}

function setCustomFields(ctx: Context, list: List, task: Task): void {
  const fields = ctx.state.fieldsOfList(list);
  const sent = Array.isArray(ctx.body.custom_fields) ? ctx.body.custom_fields.map(asObject) : [];
  for (const { id, value } of sent) {
    const field = fields.find((candidate) => candidate.id === id);
    if (field === undefined) throw badRequest("Custom field not found", "FIELD_013");
    setFieldValue(ctx.state, task, field, value);
  }
  if (ctx.body.check_required_custom_fields !== true) return;
  const missing = fields.find((field) => field.required && task.fields[field.id] === undefined);
  if (missing !== undefined)
    throw badRequest(`Required custom field ${missing.name} is missing`, "FIELD_090");
}

/** A parent must be a task of the same list. */
function parentIn(ctx: Context, list: List, id: string): string {
  const parent = ctx.state.data.tasks[id];
  if (parent === undefined || parent.list_id !== list.id)
    throw badRequest("Parent not child of list", "ITEM_137");
  return parent.id;
}

/** A plan that is used up refuses whole: nothing is made. */
function planAllows(ctx: Context, list: List): void {
  const workspace = ctx.state.workspace(ctx.state.space(list.space_id).team_id);
  if (typeof ctx.body.custom_item_id === "number" && ctx.body.custom_item_id > 1) {
    if (workspace.custom_type_uses_left === 0)
      throw badRequest("Max usage for custom task types reached", "ITEM_246");
    if (workspace.custom_type_uses_left !== undefined) workspace.custom_type_uses_left--;
  }
  if (Array.isArray(ctx.body.custom_fields) && ctx.body.custom_fields.length > 0) useField(workspace);
}

function createTask(ctx: Context): unknown {
  const { body, state } = ctx;
  const list = listOf(ctx);
  const name = requiredName(body, "Task", "INPUT_005");
  planAllows(ctx, list);
  const draft = newTask(state, list, ctx.user.id, name, ctx.now_ms);
  const parent = textField(body, "parent");
  if (parent !== undefined) draft.parent = parentIn(ctx, list, parent);
  const status = textField(body, "status");
  if (status !== undefined) setStatus(state, draft, status, ctx.now_ms);
  applyTaskFields(ctx, draft);
  draft.assignees = changePeople(ctx, draft, [], { add: body.assignees });
  draft.group_assignees = textList(body.group_assignees).filter(
    (id) => state.data.groups[id]?.team_id === draft.team_id,
  );
  for (const tag of textList(body.tags)) addTag(state, draft, tag, ctx.user.id);
  setCustomFields(ctx, list, draft);
  const linked = textField(body, "links_to");
  if (linked !== undefined) taskByInternalId(ctx, linked);
  // Everything was checked: only now does the task exist and take a custom id.
  const space = state.space(list.space_id);
  if (space.custom_id_prefix !== null)
    draft.custom_id = `${space.custom_id_prefix}-${space.custom_id_next++}`;
  state.data.tasks[draft.id] = draft;
  if (linked !== undefined) {
    state.data.links.push({
      task_id: draft.id,
      link_id: linked,
      date_created: ctx.now_ms,
      userid: ctx.user.id,
    });
  }
  return createdTask(state, draft);
}

function changeParent(ctx: Context, task: Task, id: string): void {
  const parent = taskByInternalId(ctx, id);
  for (
    let up: Task | undefined = parent;
    up !== undefined;
    up = up.parent === null ? undefined : ctx.state.task(up.parent)
  ) {
    if (up.id === task.id) throw badRequest("Task cannot be its own parent", "ITEM_144");
  }
  task.parent = parent.id;
  if (parent.list_id !== task.list_id) task.list_id = parent.list_id;
}

function updateTask(ctx: Context): unknown {
  const { body, state } = ctx;
  const task = taskOf(ctx);
  const before = structuredClone(task);
  try {
    if (body.name !== undefined) task.name = requiredName(body, "Task", "INPUT_005");
    applyTaskFields(ctx, task);
    const status = textField(body, "status");
    if (status !== undefined) setStatus(state, task, status, ctx.now_ms, "ITEM_114");
    // A flat array on update does not assign: those people become watchers, and the answer is 200.
    if (Array.isArray(body.assignees))
      task.watchers = [...new Set([...task.watchers, ...members(ctx, task, body.assignees)])];
    else if (body.assignees !== undefined)
      task.assignees = changePeople(ctx, task, task.assignees, body.assignees);
    if (body.watchers !== undefined) {
      const { add, rem } = asObject(body.watchers);
      const removed = idList(rem);
      task.watchers = [...new Set([...task.watchers, ...members(ctx, task, add)])].filter(
        (id) => !removed.includes(id),
      );
    }
    if (body.group_assignees !== undefined) {
      const { add, rem } = asObject(body.group_assignees);
      const added = textList(add).filter((id) => state.data.groups[id]?.team_id === task.team_id);
      const removed = textList(rem);
      task.group_assignees = [...new Set([...task.group_assignees, ...added])].filter(
        (id) => !removed.includes(id),
      );
    }
    // `parent: null` does not make a task of a subtask; `list_id`, `tags` and `custom_fields` are not read at all.
    const parent = textField(body, "parent");
    if (parent !== undefined) changeParent(ctx, task, parent);
  } catch (error) {
    Object.assign(task, before);
    throw error;
  }
  task.date_updated = ctx.now_ms;
  return updatedTask(state, task);
}

export const taskRoutes: Route[] = [
  {
    operation: "POST /v2/list/{list_id}/task",
    body: {
      ...TASK_BODY,
      assignees: "ints",
      group_assignees: "strings",
      tags: "strings",
      notify_all: "bool",
      links_to: "string|null",
      check_required_custom_fields: "bool",
      custom_fields: "objects",
    },
    handler: createTask,
  },
  {
    operation: "GET /v2/task/{task_id}",
    query: {
      ...CUSTOM_ID_QUERY,
      include_subtasks: "bool",
      include_markdown_description: "bool",
      custom_fields: "string",
    },
    handler: (ctx) =>
      renderTaskFull(ctx.state, taskOf(ctx), {
        markdown: ctx.query.get("include_markdown_description") === "true",
        subtasks: ctx.query.get("include_subtasks") === "true",
      }),
  },
  {
    operation: "PUT /v2/task/{task_id}",
    query: CUSTOM_ID_QUERY,
    body: { ...TASK_BODY, assignees: "object", group_assignees: "object", watchers: "object" },
    handler: updateTask,
  },
  {
    operation: "DELETE /v2/task/{task_id}",
    query: CUSTOM_ID_QUERY,
    handler: (ctx) => {
      ctx.state.deleteTask(taskOf(ctx).id);
      return new Response(null, { status: 204 });
    },
  },
];
