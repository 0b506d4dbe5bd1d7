import { badRequest, ClickUpFault } from "./errors.ts";
import { statusOfTask } from "./render-task.ts";
import type { QueryType } from "./route.ts";
import type { SandboxState } from "./state.ts";
import type { Task } from "./types.ts";

/** Filters that list tasks and Workspace tasks share. */
export const TASK_FILTER_QUERY: Record<string, QueryType> = {
  page: "int",
  order_by: "string",
  reverse: "bool",
  subtasks: "bool",
  include_closed: "bool",
  include_markdown_description: "bool",
  "statuses[]": "list",
  "assignees[]": "list",
  "tags[]": "list",
  "custom_items[]": "list",
  due_date_gt: "int",
  due_date_lt: "int",
  date_created_gt: "int",
  date_created_lt: "int",
  date_updated_gt: "int",
  date_updated_lt: "int",
  date_done_gt: "int",
  date_done_lt: "int",
  custom_fields: "string",
};

const DATES = [
  ["due_date", (task: Task) => task.due_date],
  ["date_created", (task: Task) => task.date_created],
  ["date_updated", (task: Task) => task.date_updated],
  ["date_done", (task: Task) => task.date_done],
] as const;

/**
 * Applies the filters of a query. Closed tasks and subtasks are left out unless asked for; an unknown assignee
 * simply matches nothing; filters without brackets are not filters at all.
 */
export function filterTasks(state: SandboxState, tasks: Task[], query: URLSearchParams): Task[] {
  const tests: ((task: Task) => boolean)[] = [];
  if (query.get("subtasks") !== "true" && query.get("parent") === null)
    tests.push((task) => task.parent === null);
  if (query.get("include_closed") !== "true")
    tests.push((task) => statusOfTask(state, task).type !== "closed");
  const statuses = query.getAll("statuses[]").map((name) => name.toLowerCase());
  if (statuses.length > 0) tests.push((task) => statuses.includes(statusOfTask(state, task).status));
  const assignees = query.getAll("assignees[]").map(Number);
  if (assignees.length > 0) tests.push((task) => task.assignees.some((id) => assignees.includes(id)));
  const tags = query.getAll("tags[]").map((name) => name.toLowerCase());
  if (tags.length > 0) tests.push((task) => task.tags.some((name) => tags.includes(name)));
  const items = query.getAll("custom_items[]").map(Number);
  if (items.length > 0) tests.push((task) => items.includes(task.custom_item_id));
  for (const [name, read] of DATES) {
    const after = query.get(`${name}_gt`);
    const before = query.get(`${name}_lt`);
    if (after !== null) tests.push((task) => (read(task) ?? Number.NEGATIVE_INFINITY) > Number(after));
    if (before !== null) tests.push((task) => (read(task) ?? Number.POSITIVE_INFINITY) < Number(before));
  }
  const fields = query.get("custom_fields");
  if (fields !== null) tests.push(...fieldTests(fields));
  return tasks.filter((task) => tests.every((test) => test(task)));
}

function fieldTests(source: string): ((task: Task) => boolean)[] {
  let conditions: unknown;
  try {
    conditions = JSON.parse(source);
  } catch {
    throw badRequest("Custom fields filter invalid", "FILTER_033");
  }
  if (!Array.isArray(conditions)) throw badRequest("Custom fields filter invalid", "FILTER_033");
  return conditions.map((condition) =>
    fieldTest(condition as { field_id?: string; operator?: string; value?: unknown }),
  );
}

function fieldTest({
  field_id = "",
  operator = "",
  value,
}: {
  field_id?: string;
  operator?: string;
  value?: unknown;
}) {
  const wanted = Array.isArray(value) ? value.map(String) : [String(value)];
  const stored = (task: Task) => task.fields[field_id] ?? null;
  const texts = (task: Task) => {
    const found = stored(task);
    if (Array.isArray(found)) return found.map(String);
    return typeof found === "string" || typeof found === "number" || typeof found === "boolean"
      ? [String(found)]
      : [];
  };
  // "=" finds the words anywhere in a text; "==" wants the whole of it.
  const contains = (task: Task) => {
    const found = stored(task);
    if (typeof found !== "string") return texts(task).some((text) => wanted.includes(text));
    return wanted.some((word) => found.toLowerCase().includes(word.toLowerCase()));
  };
  switch (operator) {
    case "=":
      return contains;
    case "==":
    case "ANY":
      return (task: Task) => texts(task).some((text) => wanted.includes(text));
    case "ALL":
      return (task: Task) => wanted.every((text) => texts(task).includes(text));
    case "!=":
      return (task: Task) => !contains(task);
    case "NOT ALL":
      return (task: Task) => !wanted.every((text) => texts(task).includes(text));
    case "!==":
    case "NOT ANY":
      return (task: Task) => !texts(task).some((text) => wanted.includes(text));
    case "<":
      return (task: Task) => stored(task) !== null && Number(stored(task)) < Number(value);
    case ">":
      return (task: Task) => stored(task) !== null && Number(stored(task)) > Number(value);
    case "<=":
      return (task: Task) => stored(task) !== null && Number(stored(task)) <= Number(value);
    case ">=":
      return (task: Task) => stored(task) !== null && Number(stored(task)) >= Number(value);
    case "RANGE":
      return (task: Task) => {
        const [low, high] = wanted.map(Number);
        const number = Number(stored(task));
        return stored(task) !== null && number >= (low ?? 0) && number <= (high ?? 0);
      };
    case "IS NULL":
      return (task: Task) => stored(task) === null;
    case "IS NOT NULL":
      return (task: Task) => stored(task) !== null;
    default:
      throw badRequest(`Operator ${operator} invalid`, "FILTER_034");
  }
}

/** Newest first unless `reverse`. An unknown `order_by` is a 500, as at ClickUp. */
export function sortTasks(tasks: Task[], query: URLSearchParams): Task[] {
  const order = query.get("order_by") ?? "created";
  const compare = comparison(order);
  const sorted = [...tasks].sort((a, b) => compare(a, b) || (a.id < b.id ? 1 : -1));
  return query.get("reverse") === "true" ? sorted.reverse() : sorted;
}

function comparison(order: string): (a: Task, b: Task) => number {
  switch (order) {
    case "id":
      return (a, b) => (a.id === b.id ? 0 : a.id < b.id ? 1 : -1);
    case "created":
      return (a, b) => b.date_created - a.date_created;
    case "updated":
      return (a, b) => b.date_updated - a.date_updated;
    case "due_date":
      return (a, b) => (b.due_date ?? 0) - (a.due_date ?? 0);
    default:
      throw new ClickUpFault(500, "Internal server error", "ITEMV2_003");
  }
}
