/**
 * Custom Fields in a search: name or id → what the value must be, in ClickUp's operators. A value alone is
 * equality (text: contains), a list any of them, null "not set", "*" "set"; ">5", "<=5", "!=x" and "a..b" for
 * numbers and dates. Source: ClickUp's guide to filtering by Custom Fields.
 */
import type { FieldRecord } from "../clickup/fields.ts";
import { num, record, text } from "../clickup/lenient.ts";
import type { ToolContext } from "../define.ts";
import { UserInputError } from "../words/errors.ts";
import { loadFields } from "../fields/field-definitions.ts";
import { convertField, findField } from "../fields/field-write.ts";
import { sameName, shown } from "../words/names.ts";
import { parseSpan } from "../when/span.ts";
import { dayBounds, parseWhen } from "../when/when.ts";

const ARGUMENT = "custom_fields";
const FIELDS_AGE_MS = 300_000;
/** Lists whose fields are read to find a name; each is a request when it is not kept. */
const MOST_LISTS = 5;
const MEASURED = new Set([
  "number",
  "currency",
  "emoji",
  "date",
  "manual_progress",
  "automatic_progress",
  "formula",
]);

export interface FieldCondition {
  field_id: string;
  operator: string;
  value: unknown;
}

/** `listIds`: Lists that lie within the search, in which the names are looked for. */
export async function fieldConditions(
  ctx: ToolContext,
  wanted: Record<string, unknown>,
  listIds: () => Promise<readonly string[]>,
): Promise<FieldCondition[]> {
  const names = Object.keys(wanted);
  if (names.length === 0) {
    return [];
  }
  const fields = await knownFields(ctx, names, await listIds());
  const conditions: FieldCondition[] = [];
  for (const [name, value] of Object.entries(wanted)) {
    const field = fields.some((one) => one.id === name || sameName(one.name) === sameName(name))
      ? findField(fields, name, ARGUMENT)
      : unseen(name, fields);
    conditions.push(await conditionOf(ctx, field, value, `${ARGUMENT}.${shown(name, 40)}`));
  }
  return conditions;
}

async function knownFields(
  ctx: ToolContext,
  names: readonly string[],
  listIds: readonly string[],
): Promise<FieldRecord[]> {
  const fields = new Map<string, FieldRecord>();
  for (const listId of listIds.slice(0, MOST_LISTS)) {
    for (const field of (await loadFields(ctx, "list", listId, FIELDS_AGE_MS)).value) {
      fields.set(field.id, field);
    }
    const known = [...fields.values()];
    if (
      names.every((name) => known.some((one) => one.id === name || sameName(one.name) === sameName(name)))
    ) {
      break;
    }
  }
  return [...fields.values()];
}

/** A field known by id alone takes its value as given; a name that was not found is an error with the nearest. */
function unseen(name: string, fields: readonly FieldRecord[]): FieldRecord {
  if (/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(name)) {
    return { id: name, name, type: "", required: false, options: [] };
  }
  return findField(fields, name, ARGUMENT);
}

async function conditionOf(
  ctx: ToolContext,
  field: FieldRecord,
  given: unknown,
  where: string,
): Promise<FieldCondition> {
  const condition = (operator: string, value: unknown): FieldCondition => ({
    field_id: field.id,
    operator,
    value,
  });
  if (given === null || given === "") {
    return condition("IS NULL", null);
  }
  if (given === "*") {
    return condition("IS NOT NULL", null);
  }
  const [, operator, operand] = (typeof given === "string" && /^(>=|<=|!=|>|<)\s*(.+)$/.exec(given)) || [];
  if (MEASURED.has(field.type)) {
    return operator === undefined || operand === undefined
      ? measured(ctx, field, given, where, condition)
      : condition(operator, measure(ctx, field, operand, where, operator));
  }
  if (operator === "!=" && operand !== undefined) {
    const found = await equality(ctx, field, operand, where);
    return condition(found.operator === "ANY" ? "NOT ANY" : "!=", found.value);
  }
  const found = await equality(ctx, field, given, where);
  return condition(found.operator, found.value);
}

/** A number or a date alone, or a range of them. */
function measured(
  ctx: ToolContext,
  field: FieldRecord,
  given: unknown,
  where: string,
  condition: (operator: string, value: unknown) => FieldCondition,
): FieldCondition {
  const clock = { now_ms: ctx.now_ms(), timeZone: ctx.user.timeZone };
  if (field.type === "date") {
    const { from_ms, to_ms } = parseSpan(text(given) ?? "", clock, where);
    if (from_ms !== undefined && to_ms !== undefined) {
      return condition("RANGE", [from_ms, to_ms]);
    }
    return from_ms === undefined ? condition("<=", to_ms) : condition(">=", from_ms);
  }
  const [low, high, ...rest] = typeof given === "string" ? given.split("..") : [];
  if (high === undefined || rest.length > 0) {
    return condition("=", measure(ctx, field, given, where, "="));
  }
  return condition(
    "RANGE",
    [low, high].map((one) => measure(ctx, field, one, where, "=")),
  );
}

function measure(
  ctx: ToolContext,
  field: FieldRecord,
  given: unknown,
  where: string,
  operator: string,
): number {
  if (field.type === "date") {
    const moment = parseWhen(text(given) ?? "", { now_ms: ctx.now_ms(), timeZone: ctx.user.timeZone }, where);
    const day = dayBounds(moment.ms, ctx.user.timeZone);
    const end = operator === ">" || operator === "<=";
    return moment.hasTime ? moment.ms : end ? day.end_ms : day.start_ms;
  }
  const found = num(given);
  if (found === undefined) {
    throw new UserInputError(`${where}: expected a number, ">5", "<=5" or "1..5".`, { argument: ARGUMENT });
  }
  return found;
}

/** Options, people and tasks by name or id; text as it is. */
async function equality(
  ctx: ToolContext,
  field: FieldRecord,
  given: unknown,
  where: string,
): Promise<{ operator: string; value: unknown }> {
  const values = Array.isArray(given) ? (given as unknown[]) : [given];
  switch (field.type) {
    case "drop_down": {
      const ids = await Promise.all(values.map(async (one) => await converted(ctx, field, one, where)));
      return ids.length === 1 ? { operator: "=", value: ids[0] } : { operator: "ANY", value: ids };
    }
    case "labels":
      return { operator: "ANY", value: await converted(ctx, field, given, where) };
    case "users":
    case "tasks":
    case "list_relationship":
      return { operator: "ANY", value: record(await converted(ctx, field, given, where))["add"] };
    case "checkbox":
    case "button":
      return { operator: "=", value: String(await converted(ctx, field, given, where)) };
    default:
      return values.length === 1
        ? { operator: "=", value: text(values[0]) ?? values[0] }
        : { operator: "ANY", value: values };
  }
}

async function converted(
  ctx: ToolContext,
  field: FieldRecord,
  value: unknown,
  where: string,
): Promise<unknown> {
  // Without the value it has: a search removes nobody from a field.
  const { value: _value, ...definition } = field;
  return (await convertField(ctx, definition, value, where)).body?.value;
}
