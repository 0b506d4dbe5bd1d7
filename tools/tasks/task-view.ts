/** A task as our answers show it: small, named, in the user's time zone. */
import type { CommentRecord, TaskRecord } from "../clickup/tasks.ts";
import type { Person } from "../clickup/people.ts";
import type { ToolContext } from "../define.ts";
import { formatDuration } from "../when/durations.ts";
import { readFieldValue } from "../fields/field-read.ts";
import { knownSpaceName } from "../resolve/hierarchy.ts";
import { cutTo } from "../words/answer-size.ts";
import { compact, cutText, pageOf, TEXT_CHARS } from "../words/render.ts";
import type { TaskDetail, TaskRow } from "../shapes.ts";
import { knownTaskTypeName } from "./task-types.ts";
import { formatDate, formatInstant } from "../when/when.ts";

/** ClickUp answers this many comments at most. */
const COMMENT_PAGE = 25;
const COMMENT_CHARS = 2_000;

export function personRef(person: Person): { id: string; name: string } {
  return { id: person.id, name: person.username };
}

/** About 200 bytes: what a list of tasks shows of each. */
export function taskRow(task: TaskRecord, ctx: ToolContext): TaskRow {
  const { timeZone } = ctx.user;
  return {
    id: task.id,
    name: task.name,
    ...compact({
      custom_id: task.customId,
      status: task.status,
      priority: task.priority,
      due: task.due_ms === undefined ? undefined : formatDate(task.due_ms, timeZone),
      start: task.start_ms === undefined ? undefined : formatDate(task.start_ms, timeZone),
      assignees: task.assignees?.map(personRef),
      tags: task.tags,
      parent: task.parent,
      list: task.list,
    }),
  };
}

/** The task with its places, times and numbers, without the parts that `include` adds. */
export function taskDetail(task: TaskRecord, ctx: ToolContext): TaskDetail {
  const instant = (ms: number | undefined) =>
    ms === undefined ? undefined : formatInstant(ms, ctx.user.timeZone);
  const space =
    task.space === undefined
      ? undefined
      : compact({ ...task.space, name: task.space.name ?? knownSpaceName(ctx, task.space.id) });
  return {
    ...taskRow(task, ctx),
    ...compact({
      type: taskTypeName(task, ctx),
      estimate: task.estimate_ms === undefined ? undefined : formatDuration(task.estimate_ms),
      spent: task.spent_ms === undefined || task.spent_ms === 0 ? undefined : formatDuration(task.spent_ms),
      points: task.points,
      archived: task.archived === true ? true : undefined,
      created: instant(task.created_ms),
      updated: instant(task.updated_ms),
      closed: instant(task.closed_ms),
      creator: task.creator === undefined ? undefined : personRef(task.creator),
      groups: task.groupAssignees,
      folder: task.folder,
      space: space as TaskDetail["space"],
      workspace: task.workspaceId,
      url: task.url,
    }),
  };
}

function taskTypeName(task: TaskRecord, ctx: ToolContext): string | undefined {
  const { customItemId } = task;
  return customItemId === undefined || customItemId === 0
    ? undefined
    : (knownTaskTypeName(ctx, task.workspaceId, customItemId) ?? String(customItemId));
}

/** The description, and its whole length when it was cut. */
export function descriptionOf(task: TaskRecord): Pick<TaskDetail, "description" | "description_total_chars"> {
  if (task.markdown === undefined) {
    return {};
  }
  const { text, total_chars } = cutText(task.markdown);
  return { description: text, ...compact({ description_total_chars: total_chars }) };
}

/** Custom Fields that have a value. */
export function fieldValuesOf(task: TaskRecord, ctx: ToolContext): NonNullable<TaskDetail["custom_fields"]> {
  return (task.fields ?? []).flatMap((field) => {
    const value = readFieldValue(field, ctx.user.timeZone);
    const shown = typeof value === "string" ? cutTo(value, TEXT_CHARS) : value;
    return value === undefined ? [] : [{ id: field.id, name: field.name, type: field.type, value: shown }];
  });
}

/** Subtasks that fit a page, and how many there are when they do not all fit. */
export function subtasksOf(
  task: TaskRecord,
  ctx: ToolContext,
): Pick<TaskDetail, "subtasks" | "subtasks_total"> {
  const rows = (task.subtasks ?? []).map((one) => {
    const { list: _list, parent, ...row } = taskRow(one, ctx);
    return parent === undefined || parent === task.id ? row : { ...row, parent };
  });
  const { shown, next_cursor } = pageOf(rows, undefined, (row) => JSON.stringify(row).length);
  return { subtasks: shown, ...(next_cursor === undefined ? {} : { subtasks_total: rows.length }) };
}

/** The newest comments; `comments_more` when ClickUp may have older ones. */
export function commentsOf(
  comments: readonly CommentRecord[],
  ctx: ToolContext,
): Pick<TaskDetail, "comments" | "comments_more"> {
  const shown = comments.map((comment) => {
    const { text, total_chars } = cutText(comment.text, COMMENT_CHARS);
    return {
      id: comment.id,
      text,
      ...compact({
        by: comment.user === undefined ? undefined : personRef(comment.user),
        at: comment.date_ms === undefined ? undefined : formatInstant(comment.date_ms, ctx.user.timeZone),
        text_total_chars: total_chars,
        resolved: comment.resolved === true ? true : undefined,
        replies: comment.replyCount === 0 ? undefined : comment.replyCount,
      }),
    };
  });
  return { comments: shown, ...(comments.length >= COMMENT_PAGE ? { comments_more: true } : {}) };
}

export function attachmentsOf(task: TaskRecord, ctx: ToolContext): NonNullable<TaskDetail["attachments"]> {
  return (task.attachments ?? []).map((one) => ({
    id: one.id,
    name: one.title,
    ...compact({
      url: one.url,
      bytes: one.size_bytes,
      type: one.mimetype,
      at: one.date_ms === undefined ? undefined : formatInstant(one.date_ms, ctx.user.timeZone),
    }),
  }));
}
