/** Custom Field values as people give them, turned into the form ClickUp takes for the field's type. */
import type { FieldOption, FieldRecord } from "../clickup/fields.ts";
import { items, num, record, text } from "../clickup/lenient.ts";
import type { ToolContext } from "../define.ts";
import { ambiguous, notFound, UserInputError } from "../words/errors.ts";
import { sameName, shown } from "../words/names.ts";
import { resolvePeople } from "../resolve/people.ts";
import { resolveTaskId } from "../resolve/task.ts";
import { foreign } from "../words/untrusted.ts";
import { parseWhen } from "../when/when.ts";

export interface FieldWrite {
  field: FieldRecord;
  /** What POST …/field/{id} takes; null: the value is to be removed. */
  body: { value: unknown; value_options?: { time: boolean } } | null;
  /** The value as asked, in one line, for reports. */
  asked: string;
}

const COMPUTED = new Set(["formula", "automatic_progress", "rollup", "votes"]);

/** The field an argument names by id or name. Throws UserInputError listing candidates or the nearest. */
export function findField(fields: readonly FieldRecord[], name: string, argument: string): FieldRecord {
  const byId = fields.find((field) => field.id === name);
  if (byId !== undefined) {
    return byId;
  }
  const found = fields.filter((field) => sameName(field.name) === sameName(name));
  if (found.length > 1) {
    throw ambiguous("Custom Field", name, found, argument);
  }
  if (found[0] === undefined) {
    throw notFound("Custom Field", name, fields, argument);
  }
  return found[0];
}

/** Each entry of `values` (field name or id → value) for ClickUp. null and "" remove a value. */
export async function convertFields(
  ctx: ToolContext,
  fields: readonly FieldRecord[],
  values: Record<string, unknown>,
  argument = "custom_fields",
): Promise<FieldWrite[]> {
  const writes: FieldWrite[] = [];
  for (const [name, value] of Object.entries(values)) {
    const field = findField(fields, name, argument);
    writes.push(await convertField(ctx, field, value, `${argument}.${shown(name, 40)}`));
  }
  return writes;
}

/** One value for ClickUp; `where` names it in errors. null and "" remove it. */
export async function convertField(
  ctx: ToolContext,
  field: FieldRecord,
  value: unknown,
  where: string,
): Promise<FieldWrite> {
  if (COMPUTED.has(field.type)) {
    throw new UserInputError(`${where}: ClickUp computes fields of type ${field.type}; they cannot be set.`, {
      argument: where,
    });
  }
  const empty = value === null || value === undefined || value === "";
  const body = empty ? null : await convertValue(ctx, field, value, where);
  const asked = empty ? "nothing" : shown(typeof value === "string" ? value : JSON.stringify(value), 200);
  return { field, body, asked };
}

async function convertValue(
  ctx: ToolContext,
  field: FieldRecord,
  value: unknown,
  where: string,
): Promise<NonNullable<FieldWrite["body"]>> {
  switch (field.type) {
    case "drop_down":
      return { value: findOption(field, value, where).id };
    case "labels":
      return { value: listOf(value).map((one) => findOption(field, one, where).id) };
    case "users":
      return { value: await peopleChange(ctx, field, value, where) };
    case "tasks":
    case "list_relationship":
      return { value: await tasksChange(ctx, field, value, where) };
    case "date": {
      const clock = { now_ms: ctx.now_ms(), timeZone: ctx.user.timeZone };
      const moment = parseWhen(text(value) ?? "", clock, where);
      return { value: moment.ms, value_options: { time: moment.hasTime } };
    }
    case "number":
    case "currency":
      return { value: amount(value, where) };
    case "emoji":
      return { value: rating(field, value, where) };
    case "checkbox":
    case "button":
      return { value: truth(value, where) };
    case "manual_progress":
      return { value: { current: progressed(field, record(value)["current"] ?? value, where) } };
    case "location":
      return { value: location(value, where) };
    default:
      return { value: text(value) ?? value };
  }
}

/** A number as it is; "75%" as it is shown, of the way from start to end. */
function progressed(field: FieldRecord, value: unknown, where: string): number {
  const share = typeof value === "string" ? /^\s*(-?[\d.]+)\s*%\s*$/.exec(value)?.[1] : undefined;
  if (share === undefined) {
    return amount(value, where);
  }
  const { start = 0, end = 100 } = field;
  return start + (amount(share, where) / 100) * (end - start);
}

/** A list given as one, as JSON-like object {add}, or as comma-separated text. */
function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) {
    return value;
  }
  return typeof value === "string"
    ? value
        .split(",")
        .map((one) => one.trim())
        .filter((one) => one !== "")
    : [value];
}

function findOption(field: FieldRecord, value: unknown, where: string): FieldOption {
  const wanted = text(value) ?? "";
  const byId = field.options.find((option) => option.id === wanted);
  if (byId !== undefined) {
    return byId;
  }
  const found = field.options.filter((option) => sameName(option.name) === sameName(wanted));
  if (found.length > 1) {
    throw ambiguous("option", wanted, found, where);
  }
  if (found[0] !== undefined) {
    return found[0];
  }
  const byPosition =
    typeof value === "number" ? field.options.find((option) => option.orderindex === value) : undefined;
  if (byPosition !== undefined) {
    return byPosition;
  }
  const options = field.options.slice(0, 30).map((option) => `"${shown(option.name)}"`);
  throw new UserInputError(
    `${where}: no option "${shown(wanted)}". Options: ${foreign(options.join(", "))}.`,
    {
      argument: where,
    },
  );
}

/** People as {add, rem}: whoever is in the field and not named goes. */
async function peopleChange(ctx: ToolContext, field: FieldRecord, value: unknown, where: string) {
  const given = record(value);
  if (Array.isArray(given["add"]) || Array.isArray(given["rem"])) {
    return { add: await personIds(ctx, given["add"], where), rem: await personIds(ctx, given["rem"], where) };
  }
  const add = await personIds(ctx, listOf(value), where);
  const rem = items(field.value, (person) => num(person["id"])).filter((id) => !add.includes(id));
  return { add, rem };
}

async function personIds(ctx: ToolContext, values: unknown, where: string): Promise<number[]> {
  const names = (Array.isArray(values) ? values : []).map(
    (one: unknown) => text(one) ?? text(record(one)["id"]) ?? "",
  );
  return (await resolvePeople(ctx, names, where)).map((person) => Number(person.id));
}

async function tasksChange(ctx: ToolContext, field: FieldRecord, value: unknown, where: string) {
  const given = record(value);
  const ids = async (values: unknown): Promise<string[]> =>
    await Promise.all(
      (Array.isArray(values) ? values : []).map((one: unknown) => resolveTaskId(ctx, text(one) ?? "", where)),
    );
  if (Array.isArray(given["add"]) || Array.isArray(given["rem"])) {
    return { add: await ids(given["add"]), rem: await ids(given["rem"]) };
  }
  const add = await ids(listOf(value));
  const rem = items(field.value, (task) => text(task["id"])).filter((id) => !add.includes(id));
  return { add, rem };
}

function amount(value: unknown, where: string): number {
  const found =
    typeof value === "string"
      ? num(value.replaceAll(/[,\s](?=\d{3}(?:\D|$))/g, "").replace(/^[^\d.-]+/, ""))
      : num(value);
  if (found === undefined) {
    throw new UserInputError(`${where}: expected a number.`, { argument: where });
  }
  return found;
}

function rating(field: FieldRecord, value: unknown, where: string): number {
  const found = amount(value, where);
  const most = field.count ?? 5;
  if (!Number.isInteger(found) || found < 0 || found > most) {
    throw new UserInputError(`${where}: expected a whole number from 0 to ${most}.`, { argument: where });
  }
  return found;
}

function truth(value: unknown, where: string): boolean {
  const word = typeof value === "string" ? value.trim().toLowerCase() : value;
  if (word === true || word === "true" || word === "yes" || word === 1) {
    return true;
  }
  if (word === false || word === "false" || word === "no" || word === 0) {
    return false;
  }
  throw new UserInputError(`${where}: expected true or false.`, { argument: where });
}

/** {lat, lng, address?} or "lat,lng"; ClickUp's own form is taken as it is. */
function location(value: unknown, where: string): unknown {
  const given = record(value);
  if (given["location"] !== undefined) {
    return value;
  }
  const [first, second] = typeof value === "string" ? value.split(",") : [given["lat"], given["lng"]];
  const lat = num(first);
  const lng = num(second);
  if (lat === undefined || lng === undefined || Math.abs(lat) > 90 || Math.abs(lng) > 180) {
    throw new UserInputError(`${where}: expected {lat, lng, address}.`, { argument: where });
  }
  return { location: { lat, lng }, formatted_address: text(given["address"]) ?? "" };
}
