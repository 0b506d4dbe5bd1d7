import * as z from "zod";
import { notAppliedWarning } from "../words/asked.ts";
import {
  createTimeEntry,
  deleteTimeEntry,
  getRunningEntry,
  getTimeEntry,
  startTimer,
} from "../clickup/time.ts";
import { confirmFirst } from "../call/confirm.ts";
import { defineTool } from "../define.ts";
import { formatDuration } from "../when/durations.ts";
import { UserInputError } from "../words/errors.ts";
import { once } from "../kept/idempotency.ts";
import { shown } from "../words/names.ts";
import {
  Cursor,
  Duration,
  Flag,
  IdempotencyKey,
  Markdown,
  TaskReference,
  Text,
  TextList,
  When,
  WhenExplained,
} from "../params.ts";
import { compact, pageOf } from "../words/render.ts";
import { resolveEveryone } from "../resolve/everyone.ts";
import { resolveTaskId } from "../resolve/task.ts";
import { resolveWorkspace } from "../resolve/workspace.ts";
import { NextCursor, NotApplied, Ref } from "../shapes.ts";
import {
  missingFrom,
  otherSpan,
  parseSpan,
  stopRunning,
  timerBody,
  withTimedTask,
} from "./time-entry-write.ts";
import { timeOfPeople } from "./time-of-people.ts";
import { spentOn, TimeEntry, timeEntry, timeEntryRow } from "./time-entry-view.ts";
import { parseRange } from "../when/range.ts";
import { formatInstant } from "../when/when.ts";

const START = "clickup_time_tracking_start";
const ADD = "clickup_time_entry_add";

const timeEntryList = defineTool({
  name: "clickup_time_entry_list",
  tier: "premium",
  set: "time",
  kind: "read",
  title: "List time entries",
  description: "Tracked time and its sum; mine, last 30 days unless told.",
  input: z.object({
    task: Text.optional(),
    from: WhenExplained.optional(),
    to: When.optional(),
    assignees: TextList.describe("people or all").optional(),
    workspace: Text.optional(),
    cursor: Cursor.optional(),
  }),
  output: z.object({
    from: z.string(),
    to: z.string(),
    entries: z.array(TimeEntry),
    total_duration: z.string(),
    billable_duration: z.string().optional(),
    not_shown: z.array(Ref.partial({ name: true })).optional(),
    total: z.number(),
    total_shown: z.number(),
    next_cursor: NextCursor,
  }),
  operations: ["GET /v2/team/{team_Id}/time_entries", "GET /v2/task/{task_id}", "GET /v2/team"],
  async handler(params, ctx) {
    const { timeZone } = ctx.user;
    const range = parseRange(params.from, params.to, { now_ms: ctx.now_ms(), timeZone });
    const read = async (workspaceId: string, taskId?: string) => {
      const people = await resolveEveryone(ctx, params.assignees, "assignees", workspaceId);
      const query = {
        start_ms: range.from_ms,
        end_ms: range.to_ms,
        ...(taskId === undefined ? {} : { taskId }),
      };
      return await timeOfPeople(ctx, workspaceId, query, people);
    };
    const { entries, refused } =
      params.task !== undefined && params.workspace === undefined
        ? await withTimedTask(ctx, params.task, async (task) => await read(task.workspaceId, task.id))
        : await read(
            resolveWorkspace(ctx, params.workspace).id,
            params.task === undefined ? undefined : await resolveTaskId(ctx, params.task, "task"),
          );
    const newest = entries.toSorted((a, b) => (b.start_ms ?? 0) - (a.start_ms ?? 0));
    const several = new Set(entries.map((one) => one.user?.id)).size > 1 || params.assignees !== undefined;
    const rows = newest.map((one) => timeEntryRow(one, ctx, several));
    const page = pageOf(rows, params.cursor, (row) => JSON.stringify(row).length);
    const sum = (of: typeof entries) =>
      formatDuration(of.reduce((total_ms, one) => total_ms + spentOn(one, ctx), 0));
    const from = formatInstant(range.from_ms, timeZone);
    const to = formatInstant(range.to_ms, timeZone);
    const billable = entries.filter((one) => one.billable);
    return {
      data: {
        from,
        to,
        entries: page.shown,
        total_duration: sum(entries),
        ...(billable.length === 0 ? {} : { billable_duration: sum(billable) }),
        ...compact({
          not_shown: refused.map((one) => ({
            id: one.id,
            ...(one.username === undefined ? {} : { name: one.username }),
          })),
        }),
        total: rows.length,
        total_shown: page.shown.length,
        ...compact({ next_cursor: page.next_cursor }),
      },
      summary:
        `${rows.length} time entries from ${from} to ${to}, ${sum(entries)} in all.` +
        (refused.length === 0
          ? ""
          : ` ClickUp would not show the time of ${refused.length} of the people asked for: see not_shown.`) +
        (params.assignees === undefined ? " Only your own: name assignees for others." : "") +
        (page.next_cursor === undefined ? "" : " Pass next_cursor as cursor for more."),
    };
  },
});

const timeTrackingStart = defineTool({
  name: START,
  tier: "premium",
  set: "time",
  kind: "write",
  title: "Start timer",
  description: "Start my timer on a task; a running one stops.",
  input: z.object({
    task: TaskReference,
    description: Markdown.optional(),
    billable: Flag.optional(),
    tags: TextList.optional(),
    idempotency_key: IdempotencyKey.optional(),
  }),
  output: z.object({
    entry: TimeEntry,
    replaced: TimeEntry.optional(),
    not_applied: z.array(NotApplied).optional(),
    replayed: z.boolean().optional(),
  }),
  operations: [
    "GET /v2/team/{team_id}/time_entries/current",
    "POST /v2/team/{team_Id}/time_entries/start",
    "GET /v2/task/{task_id}",
  ],
  async handler(params, ctx) {
    const { result, replayed } = await once(
      ctx,
      START,
      params.idempotency_key,
      async () =>
        await withTimedTask(ctx, params.task, async ({ id, workspaceId }) => {
          // The answer of the start does not name the timer it ends.
          const before = await getRunningEntry(ctx.clickup, workspaceId);
          const entry = await startTimer(ctx.clickup, workspaceId, timerBody(id, params));
          const not_applied = missingFrom(entry, params, id);
          return {
            entry: timeEntry(entry, ctx),
            ...(before === undefined || before.id === entry.id ? {} : { replaced: timeEntry(before, ctx) }),
            ...(not_applied.length === 0 ? {} : { not_applied }),
          };
        }),
    );
    ctx.touch("entry", result.entry.id);
    const { replaced } = result;
    const ended =
      replaced === undefined ? "" : ` Timer ${replaced.id} was running and is stopped by this: see replaced.`;
    return {
      data: { ...result, ...(replayed ? { replayed: true } : {}) },
      summary: replayed
        ? `Timer ${result.entry.id} was already started with this idempotency_key; no second one was started.`
        : `Started timer ${result.entry.id}.${ended}${notAppliedWarning(result.not_applied ?? [])}`,
    };
  },
});

const timeTrackingStop = defineTool({
  name: "clickup_time_tracking_stop",
  tier: "premium",
  set: "time",
  kind: "write",
  title: "Stop timer",
  description: "Stop my running timer.",
  input: z.object({
    description: Markdown.optional(),
    tags: TextList.describe("to add").optional(),
    workspace: Text.optional(),
  }),
  output: z.object({ entry: TimeEntry, not_applied: z.array(NotApplied).optional() }),
  operations: [
    "POST /v2/team/{team_id}/time_entries/stop",
    "PUT /v2/team/{team_id}/time_entries/{timer_id}",
    "GET /v2/team/{team_id}/time_entries/current",
  ],
  async handler(params, ctx) {
    const workspace = resolveWorkspace(ctx, params.workspace);
    const { entry, not_applied } = await stopRunning(ctx, workspace.id, params);
    ctx.touch("entry", entry.id);
    return {
      data: { entry: timeEntry(entry, ctx), ...(not_applied.length === 0 ? {} : { not_applied }) },
      summary: `Stopped timer ${entry.id} after ${formatDuration(spentOn(entry, ctx))}.${notAppliedWarning(not_applied)}`,
    };
  },
});

const timeEntryAdd = defineTool({
  name: ADD,
  tier: "premium",
  set: "time",
  kind: "write",
  adds: true,
  title: "Add time entry",
  description: "Record time spent; give duration or end.",
  input: z.object({
    task: TaskReference,
    start: WhenExplained,
    duration: Duration.optional(),
    end: When.optional(),
    description: Markdown.optional(),
    billable: Flag.optional(),
    tags: TextList.optional(),
    idempotency_key: IdempotencyKey.optional(),
  }),
  output: z.object({
    entry: TimeEntry,
    not_applied: z.array(NotApplied).optional(),
    replayed: z.boolean().optional(),
  }),
  operations: ["POST /v2/team/{team_Id}/time_entries", "GET /v2/task/{task_id}"],
  async handler(params, ctx) {
    const { start_ms, duration_ms } = parseSpan(ctx, params);
    const { result, replayed } = await once(
      ctx,
      ADD,
      params.idempotency_key,
      async () =>
        await withTimedTask(ctx, params.task, async ({ id, workspaceId }) => {
          const body = { ...timerBody(id, params), start: start_ms, duration: duration_ms };
          const entry = await createTimeEntry(ctx.clickup, workspaceId, body);
          const not_applied = [...missingFrom(entry, params, id), ...otherSpan(entry, start_ms, duration_ms)];
          return {
            entry: timeEntry({ start_ms, duration_ms, ...entry, running: false }, ctx),
            ...(not_applied.length === 0 ? {} : { not_applied }),
          };
        }),
    );
    ctx.touch("entry", result.entry.id);
    return {
      data: { ...result, ...(replayed ? { replayed: true } : {}) },
      summary: replayed
        ? `Time entry ${result.entry.id} was already added with this idempotency_key; no second one was made.`
        : `Added time entry ${result.entry.id}.${notAppliedWarning(result.not_applied ?? [])}`,
    };
  },
});

const timeEntryDelete = defineTool({
  name: "clickup_time_entry_delete",
  tier: "premium",
  set: "time",
  kind: "destructive",
  idempotent: true,
  title: "Delete time entry",
  description: "Delete a time entry.",
  input: z.object({ entry: Text.describe("id"), workspace: Text.optional() }),
  output: z.object({ deleted: TimeEntry }),
  operations: [
    "GET /v2/team/{team_id}/time_entries/{timer_id}",
    "DELETE /v2/team/{team_id}/time_entries/{timer_id}",
  ],
  async handler(params, ctx) {
    // ClickUp deletes several entries for ids with commas: one at a time here, so each is confirmed.
    if (!/^[\w-]+$/.test(params.entry)) {
      throw new UserInputError("entry: give the id of one time entry, as clickup_time_entry_list shows it.", {
        argument: "entry",
      });
    }
    const workspace = resolveWorkspace(ctx, params.workspace);
    ctx.touch("entry", params.entry);
    const found = await getTimeEntry(ctx.clickup, workspace.id, params.entry);
    if (found === undefined) {
      throw new UserInputError(`entry: no time entry ${params.entry} in Workspace ${workspace.id}.`, {
        argument: "entry",
      });
    }
    const entry = timeEntry(found, ctx);
    const of = found.task?.name === undefined ? "" : ` on "${shown(found.task.name)}"`;
    await confirmFirst(
      ctx,
      `Delete the time entry of ${entry.duration ?? "0m"}${of}, begun ${entry.start ?? "?"}?`,
    );
    await deleteTimeEntry(ctx.clickup, workspace.id, params.entry);
    return { data: { deleted: entry }, summary: `Deleted time entry ${entry.id}.` };
  },
});

const timeTrackingCurrent = defineTool({
  name: "clickup_time_tracking_current",
  tier: "premium",
  set: "time",
  kind: "read",
  title: "Current timer",
  description: "My running timer, if any.",
  input: z.object({ workspace: Text.optional() }),
  output: z.object({ running: z.boolean(), entry: TimeEntry.optional() }),
  operations: ["GET /v2/team/{team_id}/time_entries/current"],
  async handler(params, ctx) {
    const workspace = resolveWorkspace(ctx, params.workspace);
    const entry = await getRunningEntry(ctx.clickup, workspace.id);
    return {
      data: {
        running: entry !== undefined,
        ...(entry === undefined ? {} : { entry: timeEntry(entry, ctx) }),
      },
      summary:
        entry === undefined
          ? `No timer is running in Workspace ${workspace.id}.`
          : `Timer ${entry.id} runs since ${formatDuration(spentOn(entry, ctx))}.`,
    };
  },
});

export const timeTools = [
  timeEntryList,
  timeTrackingStart,
  timeTrackingStop,
  timeEntryAdd,
  timeEntryDelete,
  timeTrackingCurrent,
];
