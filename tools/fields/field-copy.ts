/** Values of Custom Fields as ClickUp answers them, in the form it takes for a new task: the two differ. */
import type { FieldRecord } from "../clickup/fields.ts";
import { items, num, record, text } from "../clickup/lenient.ts";
import { formatDate } from "../when/when.ts";

export interface FieldCopy {
  value: unknown;
  value_options?: { time: boolean };
}

/** ClickUp works these out for the copy itself. */
const COMPUTED = new Set(["formula", "automatic_progress", "rollup"]);

/** "nothing": there is no value to copy. Undefined: there is one that cannot be written, as files and votes. */
export function fieldCopy(field: FieldRecord, timeZone: string): FieldCopy | "nothing" | undefined {
  const { value, type } = field;
  const empty =
    value === undefined || value === null || value === "" || (Array.isArray(value) && value.length === 0);
  return empty || COMPUTED.has(type) ? "nothing" : writable(field, timeZone);
}

function writable(field: FieldRecord, timeZone: string): FieldCopy | undefined {
  const { value } = field;
  switch (field.type) {
    case "drop_down": {
      const option = field.options.find((one) => one.id === value || one.orderindex === num(value));
      return option === undefined ? undefined : { value: option.id };
    }
    case "labels":
      return listed(Array.isArray(value) ? value.flatMap((one: unknown) => text(one) ?? []) : []);
    case "users":
      return added(items(value, (person) => num(person["id"])));
    case "tasks":
    case "list_relationship":
      return added(items(value, (task) => text(task["id"])));
    case "number":
    case "currency":
    case "emoji":
      return numeric(num(value));
    case "date": {
      const ms = num(value);
      return ms === undefined
        ? undefined
        : { value: ms, value_options: { time: formatDate(ms, timeZone).includes("T") } };
    }
    case "checkbox":
      return { value: value === true || value === "true" };
    case "manual_progress": {
      const current = num(record(value)["current"]);
      return current === undefined ? undefined : { value: { current } };
    }
    case "location": {
      const { location, formatted_address } = record(value);
      return location === undefined
        ? undefined
        : { value: { location, formatted_address: text(formatted_address) ?? "" } };
    }
    case "text":
    case "short_text":
    case "email":
    case "phone":
    case "url":
      return { value };
    default:
      return undefined;
  }
}

function listed(values: string[]): FieldCopy | undefined {
  return values.length === 0 ? undefined : { value: values };
}

function added(ids: (string | number)[]): FieldCopy | undefined {
  return ids.length === 0 ? undefined : { value: { add: ids, rem: [] } };
}

function numeric(value: number | undefined): FieldCopy | undefined {
  return value === undefined ? undefined : { value };
}
