/** Starting, stopping and recording time: resolves the task's Workspace, sends, and reads the answer. */
import type { Asked } from "../words/asked.ts";
import { notAppliedOf } from "../words/asked.ts";
import { ClickUpError } from "../clickup/errors.ts";
import { getRunningEntry, stopTimer, updateTimeEntry } from "../clickup/time.ts";
import type { NewTimer, TimeEntryRecord } from "../clickup/time.ts";
import type { ToolContext } from "../define.ts";
import { formatDuration, parseDuration } from "../when/durations.ts";
import { describeClickUpError, UserInputError } from "../words/errors.ts";
import { sameName, shown } from "../words/names.ts";
import { loadTask, withTask } from "../resolve/task.ts";
import { resolveWorkspace, usableWorkspaces } from "../resolve/workspace.ts";
import type { NotApplied } from "../shapes.ts";
import { plainSentence } from "../words/untrusted.ts";
import { formatInstant, parseWhen } from "../when/when.ts";

/** What may be said about time beside its task and its length. */
export interface EntryArguments {
  description?: string | undefined;
  billable?: boolean | undefined;
  tags?: string[] | undefined;
}

/**
 * Runs `use` with the task and its Workspace, which the path of every time operation names. The task is read
 * only when the user has several Workspaces, or `value` is not its own id.
 */
export async function withTimedTask<T>(
  ctx: ToolContext,
  value: string,
  use: (task: { id: string; workspaceId: string }) => Promise<T>,
): Promise<T> {
  if (usableWorkspaces(ctx).length > 1) {
    const task = await loadTask(ctx, value, "task");
    const workspaceId = task.workspaceId ?? resolveWorkspace(ctx, undefined).id;
    return await use({ id: task.id, workspaceId });
  }
  return await withTask(ctx, value, "task", async ({ id, record }) => {
    const workspaceId = record?.workspaceId ?? resolveWorkspace(ctx, undefined).id;
    return await use({ id, workspaceId });
  });
}

export function timerBody(taskId: string, given: EntryArguments): NewTimer {
  const { description, billable, tags } = given;
  return {
    tid: taskId,
    ...(description === undefined ? {} : { description }),
    ...(billable === undefined ? {} : { billable }),
    ...(tags === undefined ? {} : { tags: tags.map((name) => ({ name })) }),
  };
}

/** What of the arguments must be seen in ClickUp's answer. Plans limit tags and billable time silently. */
export function missingFrom(
  entry: TimeEntryRecord,
  given: EntryArguments,
  taskId: string | undefined,
): NotApplied[] {
  const { description, billable, tags } = given;
  const asked: Asked<TimeEntryRecord>[] = [];
  if (taskId !== undefined) {
    asked.push({ field: "task", asked: taskId, read: (one) => one.task?.id });
  }
  if (description !== undefined) {
    asked.push({
      field: "description",
      asked: description,
      read: (one) => one.description,
      holds: (one) => sameName(one.description ?? "") === sameName(description),
    });
  }
  if (billable !== undefined) {
    asked.push({ field: "billable", asked: String(billable), read: (one) => String(one.billable) });
  }
  if (tags !== undefined) {
    asked.push({
      field: "tags",
      asked: tags.join(", "),
      read: (one) => one.tags.map((tag) => tag.name).join(", ") || undefined,
      holds: (one) => tags.every((tag) => one.tags.some((has) => sameName(has.name) === sameName(tag))),
    });
  }
  return notAppliedOf(asked, entry);
}

/** Start and length in ms from start and one of duration and end. Throws UserInputError. */
export function parseSpan(
  ctx: ToolContext,
  given: { start: string; duration?: string | undefined; end?: string | undefined },
): { start_ms: number; duration_ms: number } {
  const clock = { now_ms: ctx.now_ms(), timeZone: ctx.user.timeZone };
  const start_ms = parseWhen(given.start, clock, "start").ms;
  if ((given.duration === undefined) === (given.end === undefined)) {
    throw new UserInputError("duration: give either duration or end.", { argument: "duration" });
  }
  const duration_ms =
    given.duration === undefined
      ? parseWhen(given.end ?? "", clock, "end").ms - start_ms
      : parseDuration(given.duration, "duration");
  if (duration_ms <= 0) {
    const argument = given.duration === undefined ? "end" : "duration";
    const problem = argument === "end" ? "it is not after start" : "it must be longer than nothing";
    throw new UserInputError(`${argument}: ${problem}.`, { argument });
  }
  return { start_ms, duration_ms };
}

/** Start and length of a new entry, where ClickUp answers others than were asked. */
export function otherSpan(entry: TimeEntryRecord, start_ms: number, duration_ms: number): NotApplied[] {
  const differs = (is_ms: number | undefined, asked_ms: number) =>
    is_ms !== undefined && Math.abs(is_ms - asked_ms) >= 1_000;
  return [
    ...(differs(entry.start_ms, start_ms) ? [{ field: "start", asked: formatInstant(start_ms, "UTC") }] : []),
    ...(differs(entry.duration_ms, duration_ms)
      ? [{ field: "duration", asked: formatDuration(duration_ms) }]
      : []),
  ];
}

/**
 * Stops the running timer; description and tags need a second request, and what ClickUp refuses of it is
 * reported beside the stop that was done. Throws UserInputError when no timer runs.
 */
export async function stopRunning(
  ctx: ToolContext,
  workspaceId: string,
  given: Pick<EntryArguments, "description" | "tags">,
): Promise<{ entry: TimeEntryRecord; not_applied: NotApplied[] }> {
  const stopped = await stopOrExplain(ctx, workspaceId);
  if (given.description === undefined && given.tags === undefined) {
    return { entry: stopped, not_applied: [] };
  }
  const added = (given.tags ?? []).filter(
    (tag) => !stopped.tags.some((has) => sameName(has.name) === sameName(tag)),
  );
  try {
    const changed = await updateTimeEntry(ctx.clickup, workspaceId, stopped.id, {
      tags: [...stopped.tags, ...added.map((name) => ({ name }))],
      // Adding leaves the tags that are there, which ClickUp wants named in every change.
      tag_action: "add",
      ...(given.description === undefined ? {} : { description: given.description }),
    });
    const entry = changed ?? stopped;
    return { entry, not_applied: missingFrom(entry, given, undefined) };
  } catch (error) {
    if (!(error instanceof ClickUpError) && !ctx.signal.aborted) {
      throw error;
    }
    const reason =
      error instanceof ClickUpError ? plainSentence(describeClickUpError(error)) : "the call was cancelled";
    const { description, tags } = given;
    return {
      entry: stopped,
      not_applied: [
        ...(description === undefined
          ? []
          : [{ field: "description", asked: shown(description, 200), reason }]),
        ...(tags === undefined ? [] : [{ field: "tags", asked: shown(tags.join(", "), 200), reason }]),
      ],
    };
  }
}

async function stopOrExplain(ctx: ToolContext, workspaceId: string): Promise<TimeEntryRecord> {
  try {
    const entry = await stopTimer(ctx.clickup, workspaceId);
    if (entry !== undefined) {
      return entry;
    }
  } catch (error) {
    const refused =
      error instanceof ClickUpError && (error.kind === "validation" || error.kind === "not_found");
    if (!refused || (await getRunningEntry(ctx.clickup, workspaceId)) !== undefined) {
      throw error;
    }
  }
  throw new UserInputError(`No timer is running in Workspace ${workspaceId}.`);
}
