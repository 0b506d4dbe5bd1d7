import { badRequest, ClickUpFault, gone } from "../errors.ts";
import { asObject, boolField, dateField, numberField, textField } from "../input.ts";
import { taskByInternalId, taskOf, workspaceOf } from "../lookup.ts";
import { person } from "../render-people.ts";
import { folderStub, renderStatus } from "../render-places.ts";
import { renderTag, statusOfTask } from "../render-task.ts";
import type { Context, QueryType, Route } from "../route.ts";
import { CUSTOM_ID_QUERY } from "../route.ts";
import type { Tag, TimeEntry } from "../types.ts";

const DAY_MS = 86_400_000;
const ENTRY_QUERY: Record<string, QueryType> = {
  include_task_tags: "bool",
  include_location_names: "bool",
  include_approval_history: "bool",
  include_approval_details: "bool",
};

/** An entry as ClickUp answers it: times are strings, a running timer has a negative duration and no end. */
function render(ctx: Context, entry: TimeEntry) {
  const { state } = ctx;
  const task = entry.task_id === null ? undefined : state.data.tasks[entry.task_id];
  const list = task === undefined ? undefined : state.list(task.list_id);
  const folder = list === undefined ? undefined : folderStub(state.folder(list.folder_id));
  const names = ctx.query.get("include_location_names") === "true";
  return {
    id: entry.id,
    task:
      task === undefined
        ? null
        : {
            id: task.id,
            custom_id: task.custom_id,
            name: task.name,
            status: renderStatus(statusOfTask(state, task)),
            custom_type: task.custom_item_id === 0 ? null : String(task.custom_item_id),
          },
    wid: entry.team_id,
    user: person(state, entry.user),
    billable: entry.billable,
    start: String(entry.start),
    ...(entry.end === null ? {} : { end: String(entry.end) }),
    duration: entry.end === null ? String(entry.start - ctx.now_ms) : String(entry.end - entry.start),
    description: entry.description,
    tags: entry.tags.map(renderTag),
    source: entry.source,
    at: String(entry.at),
    ...(list === undefined || folder === undefined
      ? {}
      : {
          task_location: {
            list_id: Number(list.id),
            folder_id: Number(folder.id),
            space_id: Number(list.space_id),
            ...(names
              ? {
                  list_name: list.name,
                  folder_name: folder.name,
                  space_name: state.space(list.space_id).name,
                }
              : {}),
          },
          task_url: `https://app.clickup.com/t/${task?.id}`,
        }),
    ...(ctx.query.get("include_task_tags") === "true" && task !== undefined
      ? {
          task_tags: task.tags.map((name) => ({
            name,
            tag_fg: "#ffffff",
            tag_bg: "#1090e0",
            creator: task.creator,
          })),
        }
      : {}),
  };
}

/** As the answers of start, stop and delete have it: end, duration and at are numbers there. */
function renderEvent(ctx: Context, entry: TimeEntry) {
  const { start, end, at } = entry;
  return {
    ...render(ctx, entry),
    ...(end === null ? {} : { end }),
    duration: end === null ? Math.min(-1, start - ctx.now_ms) : end - start,
    at,
  };
}

/** Time entry tags of a body; missing colours are filled in. */
function tagsOf(ctx: Context): Tag[] {
  if (!Array.isArray(ctx.body.tags)) return [];
  return ctx.body.tags.map(asObject).map((tag) => ({
    name: textField(tag, "name") ?? "",
    tag_fg: textField(tag, "tag_fg") ?? "#ffffff",
    tag_bg: textField(tag, "tag_bg") ?? "#8c4bff",
    creator: ctx.user.id,
  }));
}

/** The task named by `tid`; with custom_task_ids=true it may be a custom id. */
function taskIdOf(ctx: Context): string | null {
  const tid = textField(ctx.body, "tid");
  if (tid === undefined) return null;
  return ctx.query.get("custom_task_ids") === "true" ? taskOf(ctx, tid).id : taskByInternalId(ctx, tid).id;
}

function entryOf(ctx: Context): TimeEntry {
  const workspace = workspaceOf(ctx);
  const entry = ctx.state.data.time_entries[ctx.params.timer_id ?? ""];
  if (entry === undefined || entry.team_id !== workspace.id) throw gone("Time entry", "TIMEENTRY_013");
  return entry;
}

function running(ctx: Context, teamId: string, user: number): TimeEntry | undefined {
  return Object.values(ctx.state.data.time_entries).find(
    (entry) => entry.team_id === teamId && entry.user === user && entry.end === null,
  );
}

/** Only owners and admins may name other people. */
function mayActFor(ctx: Context, teamId: string, user: number): void {
  const role = ctx.state.workspace(teamId).members.find((member) => member.user === ctx.user.id)?.role ?? 4;
  if (user !== ctx.user.id && role > 2) {
    throw new ClickUpFault(
      403,
      "You must be an owner or admin to use other people's time entries",
      "TIMEENTRY_059",
    );
  }
}

function list(ctx: Context) {
  const workspace = workspaceOf(ctx);
  const { query } = ctx;
  const from = Number(query.get("start_date") ?? ctx.now_ms - 30 * DAY_MS);
  const to = Number(query.get("end_date") ?? ctx.now_ms);
  const users = query.get("assignee")?.split(",").map(Number) ?? [ctx.user.id];
  for (const user of users) mayActFor(ctx, workspace.id, user);
  const places = ["space_id", "folder_id", "list_id", "task_id"].filter((name) => query.has(name));
  if (places.length > 1) throw badRequest("Only one location filter is allowed", "TIMEENTRY_022");
  const taskId = query.get("task_id");
  const onlyTask = taskId === null ? null : taskOf(ctx, taskId).id;
  const billable = query.get("is_billable");
  const inPlace = (entry: TimeEntry) => {
    if (places.length === 0) return true;
    if (onlyTask !== null) return entry.task_id === onlyTask;
    const task = entry.task_id === null ? undefined : ctx.state.data.tasks[entry.task_id];
    if (task === undefined) return false;
    const home = ctx.state.list(task.list_id);
    return (
      home.id === query.get("list_id") ||
      home.folder_id === query.get("folder_id") ||
      home.space_id === query.get("space_id")
    );
  };
  const entries = Object.values(ctx.state.data.time_entries)
    .filter((entry) => entry.team_id === workspace.id && users.includes(entry.user))
    .filter((entry) => entry.start >= from && entry.start <= to && inPlace(entry))
    .filter((entry) => billable === null || String(entry.billable) === billable)
    .sort((a, b) => a.start - b.start);
  return { data: entries.map((entry) => render(ctx, entry)) };
}

function create(ctx: Context) {
  const workspace = workspaceOf(ctx);
  const start = dateField(ctx.body, "start");
  if (typeof start !== "number") throw badRequest("start is required", "TIMEENTRY_016");
  const stop = dateField(ctx.body, "stop") ?? dateField(ctx.body, "end");
  const duration_ms = numberField(ctx.body, "duration");
  const end = typeof stop === "number" ? stop : typeof duration_ms === "number" ? start + duration_ms : null;
  if (end === null) throw badRequest("duration or stop is required", "TIMEENTRY_017");
  const user = numberField(ctx.body, "assignee") ?? ctx.user.id;
  mayActFor(ctx, workspace.id, user);
  const entry: TimeEntry = {
    id: ctx.state.newTimeEntryId(),
    team_id: workspace.id,
    task_id: taskIdOf(ctx),
    user,
    billable: boolField(ctx.body, "billable") ?? false,
    start,
    // A negative duration means that the timer runs from now on.
    end: end < start ? null : end,
    description: textField(ctx.body, "description") ?? "",
    tags: tagsOf(ctx),
    at: ctx.now_ms,
    source: "clickup",
  };
  ctx.state.data.time_entries[entry.id] = entry;
  return {
    data: { ...render(ctx, entry), start: entry.start, duration: (entry.end ?? ctx.now_ms) - entry.start },
  };
}

/** Starting while a timer runs ends that one: a person has one running timer. */
function start(ctx: Context) {
  const workspace = workspaceOf(ctx);
  const taskId = taskIdOf(ctx);
  const previous = running(ctx, workspace.id, ctx.user.id);
  if (previous !== undefined) previous.end = ctx.now_ms;
  const entry: TimeEntry = {
    id: ctx.state.newTimeEntryId(),
    team_id: workspace.id,
    task_id: taskId,
    user: ctx.user.id,
    billable: boolField(ctx.body, "billable") ?? false,
    start: ctx.now_ms,
    end: null,
    description: textField(ctx.body, "description") ?? "",
    tags: tagsOf(ctx),
    at: ctx.now_ms,
    source: "clickup",
  };
  ctx.state.data.time_entries[entry.id] = entry;
  return { data: renderEvent(ctx, entry) };
}

function stop(ctx: Context) {
  const entry = running(ctx, workspaceOf(ctx).id, ctx.user.id);
  if (entry === undefined) throw badRequest("No timer is running", "TIMEENTRY_029");
  entry.end = ctx.now_ms;
  entry.at = ctx.now_ms;
  return { data: renderEvent(ctx, entry) };
}

function update(ctx: Context) {
  const entry = entryOf(ctx);
  if (!Array.isArray(ctx.body.tags)) throw badRequest("tags is required", "TIMEENTRY_019");
  const action = textField(ctx.body, "tag_action") ?? "replace";
  const tags = tagsOf(ctx);
  const names = tags.map((tag) => tag.name);
  if (action === "add") entry.tags = [...entry.tags.filter((tag) => !names.includes(tag.name)), ...tags];
  else if (action === "remove") entry.tags = entry.tags.filter((tag) => !names.includes(tag.name));
  else entry.tags = tags;
  entry.description = textField(ctx.body, "description") ?? entry.description;
  entry.billable = boolField(ctx.body, "billable") ?? entry.billable;
  const from = dateField(ctx.body, "start");
  const to = dateField(ctx.body, "end");
  if ((typeof from === "number") !== (typeof to === "number"))
    throw badRequest("start and end go together", "TIMEENTRY_020");
  if (typeof from === "number" && typeof to === "number") {
    entry.start = from;
    entry.end = to;
  } else {
    const duration_ms = numberField(ctx.body, "duration");
    if (typeof duration_ms === "number") entry.end = entry.start + duration_ms;
  }
  entry.task_id = taskIdOf(ctx) ?? entry.task_id;
  entry.at = ctx.now_ms;
  return { data: [render(ctx, entry)] };
}

export const timeEntryRoutes: Route[] = [
  {
    operation: "GET /v2/team/{team_Id}/time_entries",
    query: {
      ...CUSTOM_ID_QUERY,
      ...ENTRY_QUERY,
      start_date: "int",
      end_date: "int",
      assignee: "string",
      space_id: "int",
      folder_id: "int",
      list_id: "int",
      task_id: "string",
      is_billable: "bool",
    },
    handler: list,
  },
  {
    operation: "POST /v2/team/{team_Id}/time_entries",
    query: CUSTOM_ID_QUERY,
    body: {
      description: "string",
      tags: "objects",
      start: "int",
      stop: "int",
      end: "int",
      billable: "bool",
      duration: "int",
      assignee: "int",
      tid: "string",
    },
    handler: create,
  },
  {
    operation: "POST /v2/team/{team_Id}/time_entries/start",
    query: CUSTOM_ID_QUERY,
    body: { description: "string", tags: "objects", tid: "string", billable: "bool" },
    handler: start,
  },
  { operation: "POST /v2/team/{team_id}/time_entries/stop", handler: stop },
  {
    operation: "GET /v2/team/{team_id}/time_entries/current",
    query: { assignee: "int" },
    handler: (ctx) => {
      const workspace = workspaceOf(ctx);
      const user = Number(ctx.query.get("assignee") ?? ctx.user.id);
      mayActFor(ctx, workspace.id, user);
      const entry = running(ctx, workspace.id, user);
      if (entry === undefined) return { data: null };
      return { data: { ...render(ctx, entry), duration: Math.min(-1, entry.start - ctx.now_ms) } };
    },
  },
  {
    operation: "GET /v2/team/{team_id}/time_entries/tags",
    handler: (ctx) => {
      const workspace = workspaceOf(ctx);
      const tags = new Map<string, Tag>();
      for (const entry of Object.values(ctx.state.data.time_entries)) {
        if (entry.team_id === workspace.id) for (const tag of entry.tags) tags.set(tag.name, tag);
      }
      return { data: [...tags.values()].map(renderTag) };
    },
  },
  {
    operation: "GET /v2/team/{team_id}/time_entries/{timer_id}",
    query: ENTRY_QUERY,
    handler: (ctx) => ({ data: render(ctx, entryOf(ctx)) }),
  },
  {
    operation: "PUT /v2/team/{team_id}/time_entries/{timer_id}",
    query: CUSTOM_ID_QUERY,
    body: {
      description: "string",
      tags: "objects",
      tag_action: "string",
      start: "int",
      end: "int",
      tid: "string",
      billable: "bool",
      duration: "int",
    },
    handler: update,
  },
  {
    operation: "DELETE /v2/team/{team_id}/time_entries/{timer_id}",
    handler: (ctx) => {
      const entry = entryOf(ctx);
      const shown = renderEvent(ctx, entry);
      delete ctx.state.data.time_entries[entry.id];
      return { data: shown };
    },
  },
];
