/** Copies a task by reading it and creating another. ClickUp has no operation for it, so not all can be copied. */
import { bulkClient } from "../clickup/client.ts";
import { createTask, getTask } from "../clickup/tasks.ts";
import type { NewTask, TaskRecord } from "../clickup/tasks.ts";
import type { ToolContext } from "../define.ts";
import { runEach } from "../call/each.ts";
import { fieldCopy } from "../fields/field-copy.ts";
import { loadListFields } from "../fields/list-fields.ts";
import { sameName } from "../words/names.ts";
import { PRIORITIES, priorityNumber } from "../priorities.ts";
import type { NotApplied } from "../shapes.ts";
import { expectAssignees, expectTags, notApplied } from "./task-fields.ts";
import type { Expectation } from "./task-fields.ts";
import { formatDate } from "../when/when.ts";

/** What is copied only when asked for. */
export const INCLUDABLE = ["status", "subtasks"] as const;
type Includable = (typeof INCLUDABLE)[number];

/** Subtasks of subtasks count too; the rest is named as not copied. */
const MOST_SUBTASKS = 100;

export interface DuplicateOptions {
  listId: string;
  include: ReadonlySet<Includable>;
  name?: string | undefined;
}

export interface Duplicate {
  task: TaskRecord;
  not_applied: NotApplied[];
  /** What the copy does not have, in words. */
  not_copied: string[];
  subtasks_copied: number;
}

/**
 * Copies name, description, assignees, tags, Custom Fields, dates, priority, type, estimate and points.
 * Two requests (the original was read before), one more into another List; two for each subtask.
 * `original` must have been read with its Markdown, and with subtasks when they are included.
 */
export async function duplicateTask(
  ctx: ToolContext,
  original: TaskRecord,
  options: DuplicateOptions,
): Promise<Duplicate> {
  // A subtask copied within its List stays under its parent; elsewhere it becomes a task of its own.
  const parent = original.list?.id === options.listId ? original.parent : undefined;
  const made = await copyOne(ctx, original, options, { parent, name: options.name ?? original.name });
  const subtasks = options.include.has("subtasks")
    ? await copySubtasks(ctx, original, made.task.id, options)
    : undefined;
  return {
    task: made.task,
    not_applied: made.not_applied,
    not_copied: [
      ...made.fields.map((name) => `custom field "${name}"`),
      ...leftOut(original, options),
      ...(subtasks?.not_copied ?? []),
    ],
    subtasks_copied: subtasks?.copied ?? 0,
  };
}

interface Copied {
  task: TaskRecord;
  not_applied: NotApplied[];
  /** Names of Custom Fields with a value that could not be copied. */
  fields: string[];
}

async function copyOne(
  ctx: ToolContext,
  original: TaskRecord,
  options: DuplicateOptions,
  at: { parent: string | undefined; name: string },
): Promise<Copied> {
  const { custom_fields, skipped } = await copyFields(ctx, original, options.listId);
  const body: NewTask = {
    ...plainFields(ctx, original),
    name: at.name,
    ...(options.include.has("status") && original.status !== undefined ? { status: original.status } : {}),
    ...(custom_fields.length === 0 ? {} : { custom_fields }),
    ...(at.parent === undefined ? {} : { parent: at.parent }),
  };
  const task = await createTask(ctx.clickup, options.listId, body);
  return { task, not_applied: notApplied(ctx, expectations(original, body), task), fields: skipped };
}

function plainFields(ctx: ToolContext, original: TaskRecord): Omit<NewTask, "name"> {
  const { timeZone } = ctx.user;
  const hasTime = (ms: number) => formatDate(ms, timeZone).includes("T");
  const priority = PRIORITIES.find((one) => one === original.priority);
  const { markdown, due_ms, start_ms, estimate_ms, points, customItemId, tags } = original;
  const assignees = (original.assignees ?? []).map((one) => Number(one.id));
  const groups = (original.groupAssignees ?? []).map((one) => one.id);
  return {
    ...(markdown === undefined ? {} : { markdown_content: markdown }),
    ...(priority === undefined ? {} : { priority: priorityNumber(priority) }),
    ...(due_ms === undefined ? {} : { due_date: due_ms, due_date_time: hasTime(due_ms) }),
    ...(start_ms === undefined ? {} : { start_date: start_ms, start_date_time: hasTime(start_ms) }),
    ...(estimate_ms === undefined || estimate_ms === 0 ? {} : { time_estimate: estimate_ms }),
    ...(points === undefined ? {} : { points }),
    ...(customItemId === undefined || customItemId === 0 ? {} : { custom_item_id: customItemId }),
    ...(assignees.length === 0 ? {} : { assignees }),
    ...(groups.length === 0 ? {} : { group_assignees: groups }),
    ...(tags === undefined || tags.length === 0 ? {} : { tags }),
  };
}

/** Fields the new List lacks would be refused together with the whole task. */
async function copyFields(ctx: ToolContext, original: TaskRecord, listId: string) {
  const valued = (original.fields ?? []).filter((field) => field.value !== undefined);
  const offered =
    valued.length === 0 || original.list?.id === listId
      ? undefined
      : new Set((await loadListFields(ctx, listId)).map((field) => field.id));
  const skipped: string[] = [];
  const custom_fields = valued.flatMap((field) => {
    const copy = fieldCopy(field, ctx.user.timeZone);
    if (copy === "nothing") {
      return [];
    }
    if (copy === undefined || offered?.has(field.id) === false) {
      skipped.push(field.name);
      return [];
    }
    return [{ id: field.id, ...copy }];
  });
  return { custom_fields, skipped };
}

function expectations(original: TaskRecord, body: NewTask): Expectation[] {
  const { priority, status } = original;
  return [
    ...(body.assignees === undefined ? [] : [expectAssignees(body.assignees.map(String))]),
    ...(body.tags === undefined ? [] : [expectTags(body.tags)]),
    ...(priority === undefined
      ? []
      : [{ field: "priority", asked: priority, holds: (task: TaskRecord) => task.priority === priority }]),
    ...(body.status === undefined || status === undefined
      ? []
      : [
          {
            field: "status",
            asked: status,
            holds: (task: TaskRecord) =>
              task.status !== undefined && sameName(task.status) === sameName(status),
          },
        ]),
  ];
}

/** Parents before their children; each is read for itself, since lists of subtasks leave fields out. */
async function copySubtasks(
  ctx: ToolContext,
  original: TaskRecord,
  parent: string,
  options: DuplicateOptions,
): Promise<{ copied: number; not_copied: string[] }> {
  const bulk: ToolContext = { ...ctx, clickup: bulkClient(ctx.clickup) };
  const not_copied: string[] = [];
  let copied = 0;
  let level = childrenOf(original).map((id) => ({ id, parent }));
  let room = MOST_SUBTASKS;
  while (level.length > 0) {
    not_copied.push(...level.slice(room).map(({ id }) => `subtask ${id}: more than ${MOST_SUBTASKS}`));
    const tried = level.slice(0, room);
    room -= tried.length;
    const results = await runEach(bulk, tried, async (child) => {
      const full = await getTask(bulk.clickup, { id: child.id }, { subtasks: true, markdown: true });
      const made = await copyOne(bulk, full, options, { parent: child.parent, name: full.name });
      return { below: childrenOf(full), id: made.task.id };
    });
    const below: typeof level = [];
    for (const [index, result] of results.entries()) {
      if (result.status === "done") {
        copied += 1;
        below.push(...result.value.below.map((id) => ({ id, parent: result.value.id })));
      } else {
        not_copied.push(`subtask ${tried[index]?.id ?? ""}: ${result.reason}`);
      }
    }
    level = below;
  }
  return { copied, not_copied };
}

function childrenOf(task: TaskRecord): string[] {
  return (task.subtasks ?? [])
    .filter((one) => one.parent === undefined || one.parent === task.id)
    .map((one) => one.id);
}

function leftOut(original: TaskRecord, options: DuplicateOptions): string[] {
  const { attachments = [], dependencies = [], links = [], checklistCount = 0, spent_ms = 0 } = original;
  const counted = [
    [attachments.length, "attachments"],
    [checklistCount, "checklists"],
    [dependencies.length + links.length, "dependencies and links"],
  ] as const;
  return [
    "comments",
    "watchers",
    ...counted.flatMap(([count, what]) => (count === 0 ? [] : [`${count} ${what}`])),
    ...(spent_ms === 0 ? [] : ["tracked time"]),
    ...INCLUDABLE.filter((one) => !options.include.has(one)),
  ];
}
