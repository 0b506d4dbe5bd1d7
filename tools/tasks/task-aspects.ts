/** What each named field of a task is, in one line: for before → after and for what was not applied. */
import type { TaskRecord } from "../clickup/tasks.ts";
import type { ToolContext } from "../define.ts";
import { formatDuration } from "../when/durations.ts";
import { fieldValueText, readFieldValue } from "../fields/field-read.ts";
import { shown } from "../words/names.ts";
import type { Change } from "../shapes.ts";
import { knownTaskTypeName } from "./task-types.ts";
import { formatDate } from "../when/when.ts";

type Read = (task: TaskRecord, ctx: ToolContext) => string | undefined;

const date = (ms: number | undefined, ctx: ToolContext) =>
  ms === undefined ? undefined : formatDate(ms, ctx.user.timeZone);
const joined = (parts: readonly string[] | undefined) =>
  parts === undefined || parts.length === 0 ? undefined : parts.join(", ");

const ASPECTS: Record<string, Read> = {
  name: (task) => task.name,
  markdown: (task) => (task.markdown === undefined ? undefined : `${task.markdown.length} characters`),
  status: (task) => task.status,
  priority: (task) => task.priority,
  due: (task, ctx) => date(task.due_ms, ctx),
  start: (task, ctx) => date(task.start_ms, ctx),
  assignees: (task) => joined(task.assignees?.map((one) => `${one.username} (${one.id})`)),
  tags: (task) => joined(task.tags),
  parent: (task) => task.parent,
  estimate: (task) => (task.estimate_ms === undefined ? undefined : formatDuration(task.estimate_ms)),
  points: (task) => (task.points === undefined ? undefined : String(task.points)),
  custom_type: (task, ctx) => {
    const id = task.customItemId ?? 0;
    return knownTaskTypeName(ctx, task.workspaceId, id) ?? String(id);
  },
};

/** Prefix of the names of Custom Fields among the aspects: "custom_fields.ID". */
export const FIELD_PREFIX = "custom_fields.";

/** The current value of a field, or undefined when it is empty. */
export function aspectOf(field: string, task: TaskRecord, ctx: ToolContext): string | undefined {
  if (!field.startsWith(FIELD_PREFIX)) {
    return ASPECTS[field]?.(task, ctx);
  }
  const found = fieldOf(field, task);
  const value = found === undefined ? undefined : fieldValueText(readFieldValue(found, ctx.user.timeZone));
  return value === undefined ? undefined : shown(value, 200);
}

/** Which of `fields` differ between two states of a task, before → after. */
export function changesBetween(
  fields: readonly string[],
  before: TaskRecord,
  after: TaskRecord,
  ctx: ToolContext,
): Change[] {
  return fields.flatMap((field) => {
    const was = aspectOf(field, before, ctx);
    const is = aspectOf(field, after, ctx);
    // Descriptions that differ in their marks alone read the same here: what was written counts as changed.
    const same = was === is && (field !== "markdown" || was === undefined);
    const change = {
      ...(was === undefined ? {} : { before: was }),
      ...(is === undefined ? {} : { after: is }),
    };
    return same ? [] : [{ field: fieldLabel(field, after), ...change }];
  });
}

/** "custom_fields.Severity" instead of the id, where the task knows the name. */
export function fieldLabel(field: string, task: TaskRecord): string {
  const name = field.startsWith(FIELD_PREFIX) ? fieldOf(field, task)?.name : undefined;
  return name === undefined ? field : `${FIELD_PREFIX}${name}`;
}

function fieldOf(field: string, task: TaskRecord) {
  const id = field.slice(FIELD_PREFIX.length);
  return task.fields?.find((one) => one.id === id);
}
