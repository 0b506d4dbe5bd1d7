import { badRequest } from "./errors.ts";
import { asObject, idList, textList } from "./input.ts";
import type { SandboxState } from "./state.ts";
import type { FieldDefinition, FieldOption, Task, Workspace } from "./types.ts";

const wrongValue = (field: FieldDefinition, wanted: string) =>
  badRequest(`Value of ${field.type} must be ${wanted}`, "FIELD_146");

/**
 * Stores a custom field value given in ClickUp's write form. Throws 400 for a value the field's type does not take.
 * Written: option uuid or index for a drop-down, option uuids for labels, {add, rem} for people and relationships,
 * ms for a date, {current} for progress. Read back in other forms: see render-fields.ts.
 */
/** One use of a Custom Field more. Throws FIELD_033 where the plan has none left. */
export function useField(workspace: Workspace): void {
  if (workspace.custom_field_uses_left === 0)
    throw badRequest("Custom field usages exceeded for your plan", "FIELD_033");
  if (workspace.custom_field_uses_left !== undefined) workspace.custom_field_uses_left--;
}

export function setFieldValue(state: SandboxState, task: Task, field: FieldDefinition, value: unknown): void {
  if (value === null) {
    delete task.fields[field.id];
    return;
  }
  task.fields[field.id] = storedForm(state, task, field, value);
}

function storedForm(state: SandboxState, task: Task, field: FieldDefinition, value: unknown): unknown {
  const options = field.type_config.options ?? [];
  switch (field.type) {
    case "drop_down":
      return optionId(options, value);
    case "labels":
      return labelIds(field, options, value);
    case "users":
      return people(state, task, field, value);
    case "tasks":
    case "list_relationship":
      return relatedTasks(state, task, field, value);
    case "number":
    case "currency":
      return numeric(field, value);
    case "emoji": {
      const rating = numeric(field, value);
      if (!Number.isInteger(rating) || rating < 0 || rating > (field.type_config.count ?? 5)) {
        throw wrongValue(field, `an integer from 0 to ${field.type_config.count ?? 5}`);
      }
      return rating;
    }
    case "date": {
      const time = numeric(field, value);
      if (time <= 0) throw wrongValue(field, "Unix time in milliseconds");
      return time;
    }
    case "checkbox":
      if (value !== true && value !== false && value !== "true" && value !== "false")
        throw wrongValue(field, "true or false");
      return value === true || value === "true";
    case "manual_progress": {
      const current = numeric(field, asObject(value).current);
      const { start = 0, end = 100 } = field.type_config;
      if (current < start || current > end) throw wrongValue(field, `between ${start} and ${end}`);
      return current;
    }
    case "location": {
      const { location, formatted_address } = asObject(value);
      const { lat, lng } = asObject(location);
      if (typeof lat !== "number" || typeof lng !== "number")
        throw wrongValue(field, "{location: {lat, lng}}");
      return { location: { lat, lng }, formatted_address: formatted_address ?? "", place_id: null };
    }
    case "email":
      return matching(field, value, /^[^@\s]+@[^@\s]+\.[^@\s]+$/, "an email address");
    case "url":
      return matching(field, value, /^https?:\/\/\S+$/, "a URL");
    case "phone":
      return matching(field, value, /^\+\d[\d\s()-]{5,}$/, "a phone number with country code");
    case "text":
    case "short_text":
      if (typeof value !== "string") throw wrongValue(field, "text");
      return value;
    case "votes":
      return idList(asObject(value).add);
    case "button":
      return value === true;
    case "attachment":
      return attachments(state, task, field, value);
    default:
      throw badRequest(`Custom field of type ${field.type} cannot be set`, "FIELD_033");
  }
}

function optionId(options: FieldOption[], value: unknown): string {
  const option = options.find((candidate) => candidate.id === value || candidate.orderindex === value);
  if (option === undefined) throw badRequest("Value must be an option index or uuid", "FIELD_011");
  return option.id;
}

function labelIds(field: FieldDefinition, options: FieldOption[], value: unknown): string[] {
  const ids = textList(value);
  if (!Array.isArray(value) || ids.length !== value.length)
    throw wrongValue(field, "an array of label uuids");
  for (const id of ids) {
    if (!options.some((option) => option.id === id))
      throw badRequest("Value must be an array of label uuids", "FIELD_011");
  }
  return ids;
}

function numeric(field: FieldDefinition, value: unknown): number {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof number !== "number" || !Number.isFinite(number)) throw wrongValue(field, "a number");
  return number;
}

function matching(field: FieldDefinition, value: unknown, pattern: RegExp, wanted: string): string {
  if (typeof value !== "string" || !pattern.test(value)) throw wrongValue(field, wanted);
  return value;
}

/** {add, rem}; people outside the Workspace are skipped without a word. */
function people(state: SandboxState, task: Task, field: FieldDefinition, value: unknown): number[] {
  if (Array.isArray(value)) throw wrongValue(field, "{add: [], rem: []}");
  const { add, rem } = asObject(value);
  const current = (task.fields[field.id] as number[] | undefined) ?? [];
  const removed = idList(rem);
  const added = idList(add).filter((id) => state.isMember(task.team_id, id));
  return [...new Set([...current, ...added])].filter((id) => !removed.includes(id));
}

function relatedTasks(state: SandboxState, task: Task, field: FieldDefinition, value: unknown): string[] {
  if (Array.isArray(value)) throw wrongValue(field, "{add: [], rem: []}");
  const { add, rem } = asObject(value);
  const current = (task.fields[field.id] as string[] | undefined) ?? [];
  const removed = textList(rem);
  const added = textList(add).filter((id) => state.data.tasks[id]?.team_id === task.team_id);
  return [...new Set([...current, ...added])].filter((id) => !removed.includes(id));
}

/** Ids of attachments uploaded to the field before (v3 attachments of custom_fields). */
function attachments(state: SandboxState, task: Task, field: FieldDefinition, value: unknown): unknown[] {
  const { add, rem } = asObject(value);
  const current = (task.fields[field.id] as { id: string }[] | undefined) ?? [];
  const uploaded = state.data.field_attachments[field.id] ?? [];
  const added = uploaded.filter((attachment) => textList(add).includes(attachment.id));
  return [...current, ...added].filter((attachment) => !textList(rem).includes(attachment.id));
}
