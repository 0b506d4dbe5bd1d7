/** Sets or empties one Custom Field of a task and reads back what ClickUp made of it. */
import type { FieldRecord } from "../clickup/fields.ts";
import { removeTaskField, setTaskField } from "../clickup/tasks.ts";
import type { TaskRecord } from "../clickup/tasks.ts";
import type { ToolContext } from "../define.ts";
import { UserInputError } from "../words/errors.ts";
import { fieldHolds } from "./field-applied.ts";
import { convertField, findField } from "../fields/field-write.ts";
import type { FieldWrite } from "../fields/field-write.ts";
import { loadListFields } from "../fields/list-fields.ts";
import { sameName, shown } from "../words/names.ts";
import type { NotApplied } from "../shapes.ts";
import { aspectOf, FIELD_PREFIX } from "./task-aspects.ts";
import { readBack } from "./task-update.ts";

export interface FieldChange {
  field: { id: string; name: string; type: string };
  before?: string;
  after?: string;
  not_applied: NotApplied[];
  /** False when the state after the change could not be read. */
  verified: boolean;
}

/** Types whose values are lists or objects: for these a text may be JSON. */
const STRUCTURED = new Set(["labels", "users", "tasks", "list_relationship", "manual_progress", "location"]);

/**
 * The field a task has, or its List offers, by id or name. Throws UserInputError naming `field`: the
 * candidates of an ambiguous name, or the nearest of an unknown one.
 */
export async function taskField(ctx: ToolContext, task: TaskRecord, name: string): Promise<FieldRecord> {
  const own = task.fields ?? [];
  const known = own.some((one) => one.id === name || sameName(one.name) === sameName(name));
  if (known || task.list === undefined) {
    return findField(own, name, "field");
  }
  const offered = await loadListFields(ctx, task.list.id);
  return findField(
    [...own, ...offered.filter((field) => !own.some((one) => one.id === field.id))],
    name,
    "field",
  );
}

/** Writes a value in the form people give it; see `field-write.ts`. Throws UserInputError naming `value`. */
export async function setField(
  ctx: ToolContext,
  task: TaskRecord,
  field: FieldRecord,
  value: unknown,
): Promise<FieldChange> {
  const write = await convertField(ctx, field, structured(field, value), "value");
  if (write.body === null) {
    throw new UserInputError("value: to empty a field use clickup_custom_field_remove_value.", {
      argument: "value",
    });
  }
  await setTaskField(ctx.clickup, task.id, field.id, write.body);
  return await compare(ctx, task, write);
}

export async function emptyField(
  ctx: ToolContext,
  task: TaskRecord,
  field: FieldRecord,
): Promise<FieldChange> {
  await removeTaskField(ctx.clickup, task.id, field.id);
  return await compare(ctx, task, { field, body: null, asked: "nothing" });
}

/** The value of a field in one line; undefined when it has none. */
export function fieldText(ctx: ToolContext, task: TaskRecord, field: FieldRecord): string | undefined {
  return aspectOf(`${FIELD_PREFIX}${field.id}`, task, ctx);
}

async function compare(ctx: ToolContext, before: TaskRecord, write: FieldWrite): Promise<FieldChange> {
  const { field } = write;
  const after = await readBack(ctx, before.id);
  const was = fieldText(ctx, before, field);
  const is = after === undefined ? undefined : fieldText(ctx, after, field);
  const found = after?.fields?.find((one) => one.id === field.id);
  const ignored = found !== undefined && fieldHolds(write, found, ctx.user.timeZone) === false;
  return {
    field: { id: field.id, name: field.name, type: field.type },
    ...(was === undefined ? {} : { before: was }),
    ...(is === undefined ? {} : { after: is }),
    not_applied: ignored
      ? [{ field: shown(field.name), asked: write.asked, ...(is === undefined ? {} : { is }) }]
      : [],
    verified: found !== undefined,
  };
}

/** Lists and objects also as JSON text, for fields that hold such. */
function structured(field: FieldRecord, value: unknown): unknown {
  if (!STRUCTURED.has(field.type) || typeof value !== "string" || !/^\s*[[{]/.test(value)) {
    return value;
  }
  try {
    return JSON.parse(value) as unknown;
  } catch (error) {
    throw new UserInputError("value: that is not valid JSON.", { argument: "value", cause: error });
  }
}
