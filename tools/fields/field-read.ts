/** Custom Field values as ClickUp answers them, in readable form. ClickUp reads and writes them differently. */
import type { FieldRecord } from "../clickup/fields.ts";
import { items, num, record, text, words } from "../clickup/lenient.ts";
import { formatDate } from "../when/when.ts";

/** Option names, plain numbers, ISO dates, people and tasks by id and name; undefined when unset. */
export function readFieldValue(field: FieldRecord, timeZone: string): unknown {
  const { value } = field;
  if (value === undefined || value === null || value === "") {
    return undefined;
  }
  switch (field.type) {
    case "drop_down":
      return optionName(field, value);
    case "labels":
      return filled(
        Array.isArray(value) ? value.flatMap((one: unknown) => optionName(field, one) ?? []) : [],
      );
    case "users":
      return filled(items(value, (person) => named(person["id"], person["username"] ?? person["email"])));
    case "tasks":
    case "list_relationship":
      return filled(items(value, (task) => named(task["id"], task["name"])));
    case "attachment":
      return filled(items(value, (file) => named(file["id"], file["title"])));
    case "date": {
      const ms = num(value);
      return ms === undefined ? undefined : formatDate(ms, timeZone);
    }
    case "checkbox":
    case "button":
      return value === true || value === "true";
    case "number":
    case "currency":
    case "emoji":
      return num(value) ?? text(value);
    case "manual_progress":
    case "automatic_progress":
      return progress(field, value);
    case "location":
      return words(record(value)["formatted_address"]) ?? coordinates(value);
    case "votes":
      return Array.isArray(value) ? value.length : num(value);
    default:
      return text(value) ?? (typeof value === "boolean" ? value : undefined);
  }
}

/** One line for before → after and for comparing. */
export function fieldValueText(value: unknown): string | undefined {
  if (value === undefined) {
    return undefined;
  }
  if (Array.isArray(value)) {
    return value.map((one: unknown) => fieldValueText(one) ?? "").join(", ");
  }
  if (typeof value === "object" && value !== null) {
    const { id, name } = record(value);
    return typeof name === "string" ? `${name} (${String(id)})` : String(id);
  }
  return typeof value === "boolean" ? String(value) : text(value);
}

/** Options are named by position in answers to some requests and by id in others. */
function optionName(field: FieldRecord, value: unknown): string | undefined {
  const byId = field.options.find((option) => option.id === value);
  const position = byId === undefined ? num(value) : undefined;
  const found =
    byId ?? field.options.find((option) => option.orderindex !== undefined && option.orderindex === position);
  return found?.name ?? text(value);
}

function named(id: unknown, name: unknown): { id: string; name?: string } | undefined {
  const key = text(id);
  const called = words(name);
  return key === undefined ? undefined : { id: key, ...(called === undefined ? {} : { name: called }) };
}

function filled<T>(list: T[]): T[] | undefined {
  return list.length === 0 ? undefined : list;
}

/**
 * Per cent. ClickUp answers a manual one as `current` beside a fraction of 1, so it is reckoned from where the field
 * starts and ends; an automatic one has only `percent_complete`.
 */
function progress(field: FieldRecord, value: unknown): string | undefined {
  const json = record(value);
  const current = num(json["current"]);
  const start = field.start ?? 0;
  const end = field.end ?? 100;
  const fraction = num(json["percent_completed"]);
  const percent =
    current !== undefined && end !== start
      ? ((current - start) / (end - start)) * 100
      : fraction === undefined
        ? num(json["percent_complete"])
        : fraction * 100;
  return percent === undefined ? undefined : `${Math.round(percent * 10) / 10}%`;
}

function coordinates(value: unknown): string | undefined {
  const { lat, lng } = record(record(value)["location"]);
  return num(lat) === undefined || num(lng) === undefined ? undefined : `${num(lat)},${num(lng)}`;
}
