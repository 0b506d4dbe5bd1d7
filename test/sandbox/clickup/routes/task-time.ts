import { badRequest, notAuthorized } from "../errors.ts";
import { asObject, dateField, numberField, textField, textList } from "../input.ts";
import { taskByInternalId, taskOf, workspaceOf } from "../lookup.ts";
import { person } from "../render-people.ts";
import { statusOfTask } from "../render-task.ts";
import type { Context, Route } from "../route.ts";
import { CUSTOM_ID_QUERY } from "../route.ts";
import type { Task, TimeEntry } from "../types.ts";

/** Time as the older operations see it (per task), how long a task stood in each status, and tags of entries. */

function entriesOf(ctx: Context, task: Task): TimeEntry[] {
  return Object.values(ctx.state.data.time_entries).filter(
    (entry) => entry.task_id === task.id && entry.end !== null,
  );
}

const lengthOf = (entry: TimeEntry) => (entry.end ?? entry.start) - entry.start;

function tracked(ctx: Context) {
  const byUser = Map.groupBy(entriesOf(ctx, taskOf(ctx)), (entry) => entry.user);
  return {
    data: [...byUser].map(([user, entries]) => ({
      user: person(ctx.state, user),
      time: entries.reduce((sum, entry) => sum + lengthOf(entry), 0),
      intervals: entries.map((entry) => ({
        id: entry.id,
        start: String(entry.start),
        end: String(entry.end),
        time: String(lengthOf(entry)),
        source: entry.source,
        date_added: String(entry.at),
      })),
    })),
  };
}

function interval(ctx: Context): TimeEntry {
  const entry = entriesOf(ctx, taskOf(ctx)).find((one) => one.id === ctx.params.interval_id);
  if (entry === undefined) throw notAuthorized();
  return entry;
}

/** `time` alone is taken as ending now; start and end win over it. */
function spanOf(ctx: Context, present?: TimeEntry): { start: number; end: number } {
  const start = dateField(ctx.body, "start") ?? present?.start;
  const end = dateField(ctx.body, "end") ?? present?.end;
  const time_ms = numberField(ctx.body, "time");
  if (typeof start === "number" && typeof end === "number") return { start, end };
  if (typeof time_ms !== "number") throw badRequest("time is required", "TIMESPENT_002");
  return { start: ctx.now_ms - time_ms, end: ctx.now_ms };
}

const TRACK_BODY = { start: "int", end: "int", time: "int" };

function inStatus(ctx: Context, task: Task) {
  if (ctx.state.workspace(task.team_id).time_in_status === false)
    throw badRequest("Time in status is not enabled", "TIS_027");
  const status = statusOfTask(ctx.state, task);
  const minutes = Math.round((ctx.now_ms - task.status_since) / 60_000);
  const { statuses } = { statuses: ctx.state.statusesOf(ctx.state.list(task.list_id)) };
  const current = { by_minute: minutes, since: String(task.status_since) };
  return {
    current_status: { status: status.status, color: status.color, total_time: current },
    status_history: [
      ...task.status_history.map((past) => {
        const known = statuses.find((one) => one.status === past.status) ?? status;
        return {
          status: past.status,
          color: known.color,
          type: known.type,
          total_time: { by_minute: past.minutes, since: String(past.since) },
          orderindex: known.orderindex,
        };
      }),
      {
        status: status.status,
        color: status.color,
        type: status.type,
        total_time: current,
        orderindex: status.orderindex,
      },
    ],
  };
}

/** Entries of a body's ids that are there; what is unknown is passed over. */
function entriesNamed(ctx: Context): TimeEntry[] {
  const workspace = workspaceOf(ctx);
  return textList(ctx.body.time_entry_ids).flatMap((id) => {
    const entry = ctx.state.data.time_entries[id];
    return entry === undefined || entry.team_id !== workspace.id ? [] : [entry];
  });
}

const tagNames = (ctx: Context) =>
  Array.isArray(ctx.body.tags)
    ? ctx.body.tags.map((tag) => textField(asObject(tag), "name") ?? "").filter((name) => name !== "")
    : [];

export const taskTimeRoutes: Route[] = [
  { operation: "GET /v2/task/{task_id}/time", query: CUSTOM_ID_QUERY, handler: tracked },
  {
    operation: "POST /v2/task/{task_id}/time",
    query: CUSTOM_ID_QUERY,
    body: TRACK_BODY,
    handler: (ctx) => {
      const task = taskOf(ctx);
      const entry: TimeEntry = {
        id: ctx.state.newTimeEntryId(),
        team_id: task.team_id,
        task_id: task.id,
        user: ctx.user.id,
        billable: false,
        ...spanOf(ctx),
        description: "",
        tags: [],
        at: ctx.now_ms,
        source: "api",
      };
      ctx.state.data.time_entries[entry.id] = entry;
      return { id: entry.id };
    },
  },
  {
    operation: "PUT /v2/task/{task_id}/time/{interval_id}",
    query: CUSTOM_ID_QUERY,
    body: TRACK_BODY,
    handler: (ctx) => {
      const entry = interval(ctx);
      Object.assign(entry, spanOf(ctx, entry));
      return {};
    },
  },
  {
    operation: "DELETE /v2/task/{task_id}/time/{interval_id}",
    query: CUSTOM_ID_QUERY,
    handler: (ctx) => {
      delete ctx.state.data.time_entries[interval(ctx).id];
      return {};
    },
  },
  {
    operation: "GET /v2/task/{task_id}/time_in_status",
    query: CUSTOM_ID_QUERY,
    handler: (ctx) => inStatus(ctx, taskOf(ctx)),
  },
  {
    operation: "GET /v2/task/bulk_time_in_status/task_ids",
    query: { task_ids: "list", ...CUSTOM_ID_QUERY },
    handler: (ctx) => {
      const ids = ctx.query.getAll("task_ids");
      if (ids.length < 2 || ids.length > 100)
        throw badRequest("task_ids must name 2 to 100 tasks", "TIS_012");
      return Object.fromEntries(ids.map((id) => [id, inStatus(ctx, taskByInternalId(ctx, id))]));
    },
  },
  {
    operation: "GET /v2/team/{team_id}/time_entries/{timer_id}/history",
    handler: (ctx) => {
      const workspace = workspaceOf(ctx);
      const entry = ctx.state.data.time_entries[ctx.params.timer_id ?? ""];
      if (entry === undefined || entry.team_id !== workspace.id) return { data: [] };
      return {
        data: [
          {
            id: entry.id,
            user: person(ctx.state, entry.user),
            date: String(entry.at),
            field: "created",
            before: null,
            after: null,
          },
        ],
      };
    },
  },
  {
    operation: "POST /v2/team/{team_id}/time_entries/tags",
    body: { time_entry_ids: "strings", tags: "objects" },
    handler: (ctx) => {
      for (const entry of entriesNamed(ctx)) {
        for (const name of tagNames(ctx)) {
          if (!entry.tags.some((tag) => tag.name === name))
            entry.tags.push({ name, tag_fg: "#ffffff", tag_bg: "#8c4bff", creator: ctx.user.id });
        }
      }
      return {};
    },
  },
  {
    operation: "DELETE /v2/team/{team_id}/time_entries/tags",
    body: { time_entry_ids: "strings", tags: "objects" },
    handler: (ctx) => {
      const names = tagNames(ctx);
      for (const entry of entriesNamed(ctx))
        entry.tags = entry.tags.filter((tag) => !names.includes(tag.name));
      return {};
    },
  },
  {
    operation: "PUT /v2/team/{team_id}/time_entries/tags",
    body: { name: "string", new_name: "string", tag_bg: "string", tag_fg: "string" },
    handler: (ctx) => {
      const workspace = workspaceOf(ctx);
      const name = textField(ctx.body, "name");
      const renamed = textField(ctx.body, "new_name") ?? name;
      if (name === undefined || renamed === undefined) throw badRequest("name is required", "TIMEENTRY_060");
      for (const entry of Object.values(ctx.state.data.time_entries)) {
        if (entry.team_id !== workspace.id) continue;
        entry.tags = entry.tags.map((tag) =>
          tag.name === name
            ? {
                ...tag,
                name: renamed,
                tag_bg: textField(ctx.body, "tag_bg") ?? tag.tag_bg,
                tag_fg: textField(ctx.body, "tag_fg") ?? tag.tag_fg,
              }
            : tag,
        );
      }
      return {};
    },
  },
];
