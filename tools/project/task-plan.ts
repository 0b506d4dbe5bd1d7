/** Turns a Markdown plan into tasks that can be created as one batch. */
import * as z from "zod";
import type { ToolContext } from "../define.ts";
import { UserInputError } from "../words/errors.ts";
import { describeIssues } from "../call/issues.ts";
import { loadListStatuses } from "../fields/list-fields.ts";
import { FieldValues, People, PriorityName, Text, TextList, When } from "../params.ts";
import { parsePlan } from "./plan-parser.ts";
import type { PlanItem } from "./plan-parser.ts";
import type { Place } from "../resolve/place.ts";
import { resolveTaskId } from "../resolve/task.ts";
import type { BatchItem } from "../tasks/task-batch.ts";

/** ClickUp nests subtasks seven deep. */
const MOST_ANCESTORS = 7;

/** What a plan's items get when they do not say otherwise. */
const PlanDefaults = z.strictObject({
  status: Text.optional(),
  priority: PriorityName.optional(),
  start: When.optional(),
  due: When.optional(),
  assignees: People.optional(),
  tags: TextList.optional(),
  custom_type: Text.optional(),
  custom_fields: FieldValues.optional(),
});
type PlanDefaults = z.infer<typeof PlanDefaults>;

export interface PlanArguments {
  plan: string;
  parent?: string | undefined;
  defaults?: Record<string, unknown> | undefined;
  detect_dependencies?: boolean | undefined;
}

export interface PlannedBatch {
  items: BatchItem[];
  title?: string;
  ignored_lines: number;
}

/** Nothing is created. Throws UserInputError naming the line or argument. */
export async function batchOfPlan(
  ctx: ToolContext,
  list: Place,
  given: PlanArguments,
): Promise<PlannedBatch> {
  const plan = parsePlan(given.plan, { detectDependencies: given.detect_dependencies ?? false });
  if (plan.items.length === 0) {
    throw new UserInputError(
      "plan: no tasks in it. Write headings, bullets, check boxes or numbered lines.",
      {
        argument: "plan",
      },
    );
  }
  refuseDeep(plan.items);
  const defaults = readDefaults(given.defaults);
  const parentTask =
    given.parent === undefined ? undefined : await resolveTaskId(ctx, given.parent, "parent");
  const checked = plan.items.some((item) => item.checked === true)
    ? await doneStatus(ctx, list.id)
    : undefined;
  return {
    items: plan.items.map((item) => batchItem(item, { list, parentTask, checked, defaults })),
    ...(plan.title === undefined ? {} : { title: plan.title }),
    ignored_lines: plan.ignored_lines,
  };
}

function batchItem(
  item: PlanItem,
  around: {
    list: Place;
    parentTask: string | undefined;
    checked: string | undefined;
    defaults: PlanDefaults;
  },
): BatchItem {
  const { defaults } = around;
  return {
    key: item.key,
    list: around.list,
    parent: item.parent,
    ...(item.parent === undefined ? { parentTask: around.parentTask } : {}),
    waiting_on: item.after,
    given: {
      ...defaults,
      name: item.name,
      markdown: item.markdown,
      estimate: item.estimate,
      status: item.checked === true ? around.checked : defaults.status,
      priority: item.priority ?? defaults.priority,
      due: item.due ?? defaults.due,
      start: item.start ?? defaults.start,
      assignees: item.people.length > 0 ? item.people : defaults.assignees,
    },
  };
}

function readDefaults(given: Record<string, unknown> | undefined): PlanDefaults {
  const parsed = PlanDefaults.safeParse(given ?? {});
  if (!parsed.success) {
    throw new UserInputError(`defaults: ${describeIssues(parsed.error, PlanDefaults)}`, {
      argument: "defaults",
    });
  }
  return parsed.data;
}

function refuseDeep(items: readonly PlanItem[]): void {
  const depth = new Map<string, number>();
  for (const { key, line, parent } of items) {
    const own = parent === undefined ? 0 : (depth.get(parent) ?? 0) + 1;
    depth.set(key, own);
    if (own > MOST_ANCESTORS) {
      throw new UserInputError(
        `plan, line ${line}: nested ${own} deep; ClickUp nests subtasks ${MOST_ANCESTORS} deep.`,
        { argument: "plan" },
      );
    }
  }
}

/** The status of a checked box: the List's first of type done, else the closed one. */
async function doneStatus(ctx: ToolContext, listId: string): Promise<string | undefined> {
  const statuses = await loadListStatuses(ctx, listId);
  const done = statuses.find((one) => one.type === "done") ?? statuses.find((one) => one.type === "closed");
  return done?.status;
}
