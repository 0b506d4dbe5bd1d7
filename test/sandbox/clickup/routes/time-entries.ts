import { badRequest, ClickUpFault } from "../errors.ts";
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
    ...(task === undefined
      ? {}
      : {
          task: {
            id: task.id,
            ...(task.custom_id === null ? {} : { custom_id: task.custom_id }),
            name: task.name,
            status: renderStatus(statusOfTask(state, task)),
            custom_type: task.custom_item_id === 0 ? null : String(task.custom_item_id),
          },
        }),
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
    is_locked: false,
    approval_id: null,
    task_url: `https://app.clickup.com/t/${task?.id ?? "null"}`,
    ...(list === undefined || folder === undefined
      ? { task_location: { list_id: null, folder_id: null, space_id: null } }
      : {
          task_location: {
            list_id: list.id,
            folder_id: folder.id,
            space_id: list.space_id,
            ...(names
              ? {
                  list_name: list.name,
                  folder_name: folder.name,
                  space_name: state.space(list.space_id).name,
                }
              : {}),
          },
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

/** The answer to a DELETE names the status without its id. */
function withoutId<T extends { id: unknown }>({ id: _id, ...status }: T): Omit<T, "id"> {
  return status;
}

/** The answers to POST and PUT leave the task's type out. */
function withoutType<T extends { task?: { custom_type: unknown } }>(shown: T) {
  if (shown.task === undefined) return shown;
  const { custom_type: _type, ...task } = shown.task;
  return { ...shown, task };
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

/** An unknown id answers `data: null` with 200, whatever is asked of it. */
function entryOf(ctx: Context): TimeEntry | undefined {
  const workspace = workspaceOf(ctx);
  const entry = ctx.state.data.time_entries[ctx.params.timer_id ?? ""];
  if (entry === undefined || entry.team_id !== workspace.id) return undefined;
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
    throw new ClickUpFault(403, "You have no access", "TIMEENTRY_059");
  }
}

function list(ctx: Context) {
  const workspace = workspaceOf(ctx);
  const { query } = ctx;
  const from = Number(query.get("start_date") ?? ctx.now_ms - 30 * DAY_MS);
  const to = Number(query.get("end_date") ?? ctx.now_ms);
  const named = query.get("assignee")?.split(",").map(Number);
  const users = named ?? [ctx.user.id];
  // An OAuth token may name one person at a time.
  if (users.length > 1 && ctx.token.kind === "oauth")
    throw new ClickUpFault(403, "You have no access", "TIMEENTRY_059");
  for (const user of users) mayActFor(ctx, workspace.id, user);
  // Asked for one task and nobody in particular, everybody's time is there.
  const everybody = named === undefined && query.has("task_id");
  const places = ["space_id", "folder_id", "list_id", "task_id"].filter((name) => query.has(name));
  if (places.length > 1) throw badRequest("Only one hierarchy ID could be provided", "TIMEENTRY_065");
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
    .filter(
      (entry) =>
        entry.team_id === workspace.id && (everybody || users.includes(entry.user)) && entry.end !== null,
    )
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
  const { source: _source, task_url: _url, approval_id: _approval, ...shown } = render(ctx, entry);
  const { timezone } = ctx.user;
  return {
    data: {
      ...withoutType(shown),
      user: { ...shown.user, timezone },
      start: entry.start,
      duration: (entry.end ?? ctx.now_ms) - entry.start,
      at: entry.at,
      task_location: {},
    },
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
  if (entry === undefined) return { data: null };
  const action = textField(ctx.body, "tag_action") ?? "replace";
  const tags = tagsOf(ctx);
  const names = tags.map((tag) => tag.name);
  // Described as required; left out, the tags stay.
  if (!Array.isArray(ctx.body.tags)) entry.tags = [...entry.tags];
  else if (action === "add") entry.tags = [...entry.tags.filter((tag) => !names.includes(tag.name)), ...tags];
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
  const { task_url: _left, ...shown } = render(ctx, entry);
  return { data: [withoutType(shown)] };
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
      if (ctx.query.has("assignee") && ctx.token.kind === "oauth")
        throw new ClickUpFault(403, "You have no an access", "TEAMM_002");
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
      return {
        data: [...tags.values()].map((tag) => ({ team_id: workspace.id, ...renderTag(tag) })),
      };
    },
  },
  {
    operation: "GET /v2/team/{team_id}/time_entries/{timer_id}",
    query: ENTRY_QUERY,
    handler: (ctx) => {
      const entry = entryOf(ctx);
      return { data: entry === undefined ? null : render(ctx, entry) };
    },
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
      if (entry === undefined) return { data: null };
      const { task_url: _url, task, ...rest } = render(ctx, entry);
      const shown = {
        ...rest,
        ...(task === undefined ? {} : { task: { ...task, status: withoutId(task.status) } }),
      };
      delete ctx.state.data.time_entries[entry.id];
      return { data: [shown] };
    },
  },
];
