/**
 * The fields of a task that create and update share: their arguments, the body ClickUp takes, and what must
 * be seen in its answer for each to count as applied.
 */
import type { TaskFields, TaskRecord } from "../clickup/tasks.ts";
import type { ToolContext } from "../define.ts";
import { parseDuration } from "../when/durations.ts";
import { UserInputError } from "../words/errors.ts";
import { sameName, shown } from "../words/names.ts";
import {
  Amount,
  Duration,
  FieldValues,
  Markdown,
  People,
  PriorityName,
  Text,
  TextList,
  When,
  WhenExplained,
} from "../params.ts";
import { priorityNumber } from "../priorities.ts";
import type { Priority } from "../priorities.ts";
import { resolveTaskId } from "../resolve/task.ts";
import { resolveWorkspace } from "../resolve/workspace.ts";
import type { NotApplied } from "../shapes.ts";
import { aspectOf } from "./task-aspects.ts";
import { resolveTaskType } from "./task-types.ts";
import { localDay, parseWhen } from "../when/when.ts";

/** Optional arguments of every tool that writes one task; made once. */
export const taskArguments = {
  markdown: Markdown.describe("description").optional(),
  status: Text.optional(),
  priority: PriorityName.optional(),
  due: WhenExplained.optional(),
  start: When.optional(),
  assignees: People.optional(),
  tags: TextList.optional(),
  parent: Text.describe("task").optional(),
  custom_fields: FieldValues.optional(),
  estimate: Duration.optional(),
  points: Amount.optional(),
  custom_type: Text.optional(),
};

export interface TaskArguments {
  name?: string | undefined;
  markdown?: string | undefined;
  status?: string | undefined;
  priority?: Priority | undefined;
  due?: string | undefined;
  start?: string | undefined;
  parent?: string | undefined;
  estimate?: string | undefined;
  points?: number | undefined;
  custom_type?: string | undefined;
}

/** One thing that was asked for and how to see it in ClickUp's answer. */
export interface Expectation {
  field: string;
  asked: string;
  /** undefined: the answer does not show it either way. */
  holds(task: TaskRecord): boolean | undefined;
}

export interface PreparedFields {
  body: TaskFields;
  expected: Expectation[];
}

/** Body and expectations of the plain fields. Assignees, tags and Custom Fields are the caller's. */
export async function prepareFields(
  ctx: ToolContext,
  given: TaskArguments,
  workspaceId: string | undefined,
): Promise<PreparedFields> {
  const prepared: PreparedFields = { body: {}, expected: [] };
  plainFields(given, prepared);
  dateField(ctx, given, "due", prepared);
  dateField(ctx, given, "start", prepared);
  const { body, expected } = prepared;
  if (given.parent !== undefined) {
    const parent = await resolveTaskId(ctx, given.parent, "parent");
    body.parent = parent;
    expected.push({ field: "parent", asked: parent, holds: (task) => task.parent === parent });
  }
  if (given.custom_type !== undefined) {
    const workspace = workspaceId ?? resolveWorkspace(ctx, undefined).id;
    const type = await resolveTaskType(ctx, given.custom_type, workspace, "custom_type");
    body.custom_item_id = type.id;
    expected.push({
      field: "custom_type",
      asked: type.name,
      holds: (task) => (task.customItemId ?? 0) === type.id,
    });
  }
  return prepared;
}

function plainFields(given: TaskArguments, { body, expected }: PreparedFields): void {
  const { name, markdown, status, priority, estimate, points } = given;
  if (name !== undefined) {
    body.name = name;
    expected.push({ field: "name", asked: name, holds: (task) => sameName(task.name) === sameName(name) });
  }
  if (markdown !== undefined) {
    // ClickUp leaves the description as it is for an empty text; one space empties it.
    body.markdown_content = markdown === "" ? " " : markdown;
  }
  if (status !== undefined) {
    body.status = status;
    expected.push({
      field: "status",
      asked: status,
      holds: (task) => (task.status === undefined ? undefined : sameName(task.status) === sameName(status)),
    });
  }
  if (priority !== undefined) {
    body.priority = priorityNumber(priority);
    expected.push({
      field: "priority",
      asked: priority,
      holds: (task) => (task.priority ?? "none") === priority,
    });
  }
  if (estimate !== undefined) {
    const estimate_ms = parseDuration(estimate, "estimate");
    body.time_estimate = estimate_ms;
    expected.push({
      field: "estimate",
      asked: estimate,
      holds: (task) => (task.estimate_ms ?? 0) === estimate_ms,
    });
  }
  if (points !== undefined) {
    body.points = points;
    expected.push({ field: "points", asked: String(points), holds: (task) => task.points === points });
  }
}

function dateField(
  ctx: ToolContext,
  given: TaskArguments,
  which: "due" | "start",
  prepared: PreparedFields,
): void {
  const asked = given[which];
  if (asked === undefined) {
    return;
  }
  const { timeZone } = ctx.user;
  const moment = parseWhen(asked, { now_ms: ctx.now_ms(), timeZone }, which);
  const { body, expected } = prepared;
  if (which === "due") {
    body.due_date = moment.ms;
    body.due_date_time = moment.hasTime;
  } else {
    body.start_date = moment.ms;
    body.start_date_time = moment.hasTime;
  }
  expected.push({
    field: which,
    asked,
    holds: (task) => {
      const is_ms = which === "due" ? task.due_ms : task.start_ms;
      if (is_ms === undefined) {
        return false;
      }
      return moment.hasTime
        ? is_ms === moment.ms
        : localDay(is_ms, timeZone) === localDay(moment.ms, timeZone);
    },
  });
}

/** The people a task must have afterwards. */
export function expectAssignees(ids: readonly string[]): Expectation {
  return {
    field: "assignees",
    asked: ids.join(", "),
    holds: (task) =>
      task.assignees &&
      sameSet(
        task.assignees.map((one) => one.id),
        ids,
      ),
  };
}

/** The tags a task must have afterwards. ClickUp writes tags in lower case. */
export function expectTags(tags: readonly string[]): Expectation {
  return {
    field: "tags",
    asked: tags.join(", "),
    holds: (task) => task.tags && sameSet(task.tags.map(sameName), tags.map(sameName)),
  };
}

function sameSet(left: readonly string[], right: readonly string[]): boolean {
  const wanted = new Set(right);
  return new Set(left).size === wanted.size && left.every((one) => wanted.has(one));
}

/** What was asked and is not to be seen in ClickUp's answer. */
export function notApplied(
  ctx: ToolContext,
  expected: readonly Expectation[],
  task: TaskRecord,
): NotApplied[] {
  return expected.flatMap((one) => {
    if (one.holds(task) !== false) {
      return [];
    }
    const is = aspectOf(one.field, task, ctx);
    return [{ field: one.field, asked: shown(one.asked, 200), ...(is === undefined ? {} : { is }) }];
  });
}

/** Throws when a task would be due before it starts: ClickUp takes it and shows nonsense. */
export function checkDateOrder(start_ms: number | null | undefined, due_ms: number | null | undefined): void {
  if (typeof start_ms === "number" && typeof due_ms === "number" && start_ms > due_ms) {
    throw new UserInputError("start: it is after due. Swap or correct them.", { argument: "start" });
  }
}
