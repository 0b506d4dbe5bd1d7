/** Tells whether a Custom Field holds what was written. Written and read forms differ by type. */
import type { FieldRecord } from "../clickup/fields.ts";
import { items, num, record, text } from "../clickup/lenient.ts";
import { readFieldValue } from "../fields/field-read.ts";
import type { FieldWrite } from "../fields/field-write.ts";
import { localDay } from "../when/when.ts";

/**
 * `after` is the field as the task then has it; `write` is what was sent. undefined: cannot be told. ClickUp
 * answers 200 for people outside the Workspace, tasks it does not know and options of another field.
 */
export function fieldHolds(write: FieldWrite, after: FieldRecord, timeZone: string): boolean | undefined {
  if (write.body === null) {
    return readFieldValue(after, timeZone) === undefined;
  }
  const { value } = write.body;
  switch (after.type) {
    case "drop_down": {
      const wanted = write.field.options.find((option) => option.id === value)?.name;
      return readFieldValue(after, timeZone) === wanted;
    }
    case "labels": {
      const names = readFieldValue(after, timeZone);
      const wanted = write.field.options.filter(
        (option) => Array.isArray(value) && value.includes(option.id),
      );
      return sameMembers(
        Array.isArray(names) ? names.map(String) : [],
        wanted.map((option) => option.name),
      );
    }
    case "users":
    case "tasks":
    case "list_relationship":
      return holdsChange(after, record(value));
    case "date": {
      const is_ms = num(after.value);
      const asked_ms = num(value) ?? 0;
      if (is_ms === undefined) {
        return false;
      }
      return write.body.value_options?.time === false
        ? localDay(is_ms, timeZone) === localDay(asked_ms, timeZone)
        : is_ms === asked_ms;
    }
    case "number":
    case "currency":
    case "emoji":
      return num(after.value) === value;
    case "checkbox":
      // Unticked may be answered as absent.
      return (readFieldValue(after, timeZone) ?? false) === value;
    case "manual_progress":
      return num(record(after.value)["current"]) === record(value)["current"];
    default:
      // ClickUp normalises texts, phone numbers and places.
      return readFieldValue(after, timeZone) !== undefined;
  }
}

function holdsChange(after: FieldRecord, change: Record<string, unknown>): boolean {
  const ids = items(after.value, (one) => text(one["id"]));
  const listed = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);
  return (
    listed(change["add"]).every((id) => ids.includes(id)) &&
    !listed(change["rem"]).some((id) => ids.includes(id))
  );
}

function sameMembers(left: readonly string[], right: readonly string[]): boolean {
  const wanted = new Set(right);
  return new Set(left).size === wanted.size && left.every((one) => wanted.has(one));
}
