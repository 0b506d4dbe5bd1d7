/** All tasks of a List as a plan: lengths in working days, what waits on what, and dates of the whole. */
import { cached } from "../kept/cached.ts";
import { getListTasks } from "../clickup/list-tasks.ts";
import type { TaskRecord } from "../clickup/tasks.ts";
import type { ToolContext } from "../define.ts";
import { UserInputError } from "../words/errors.ts";
import { shown } from "../words/names.ts";
import { scheduleOf } from "./critical-path.ts";
import type { Activity, Schedule } from "./critical-path.ts";
import { findCycle } from "../tasks/graph.ts";
import { dayAt, dayOfIndex, daysOfEstimate, formatDay, indexOf, workingDaysIn } from "./working-days.ts";
import { withPlace } from "../resolve/place.ts";
import { dayOf } from "./task-schedule.ts";
import { foreign } from "../words/untrusted.ts";

const MOST_PAGES = 20;
/** How long the pages of one answer show the same state. */
const PLAN_AGE_MS = 300_000;
const MILESTONE = 1;

/** What of a task a plan needs. Plain JSON: it is kept for the next page of the answer. */
export interface PlanTask {
  id: string;
  name: string;
  done: boolean;
  milestone: boolean;
  start_ms?: number;
  due_ms?: number;
  estimate_ms?: number;
  spent_ms?: number;
  parent?: string;
  assignees: { id: string; name: string }[];
  /** Ids of all it waits on, in the List or not. */
  waits: string[];
}

export interface ListPlan {
  list: { id: string; name?: string };
  tasks: PlanTask[];
  /** False when the List has more tasks than were read. */
  complete: boolean;
}

/**
 * Reads the whole List, at most 2,000 tasks, one request for each hundred. With the cursor of a page before,
 * the kept copy is used.
 */
export async function loadPlan(
  ctx: ToolContext,
  list: string,
  options: { subtasks: boolean; closed: boolean; cursor?: string | undefined },
): Promise<ListPlan> {
  return await withPlace(ctx, "list", list, "list", async ({ id, name }) => {
    const key = `plan:${id}:${options.subtasks}:${options.closed}`;
    const maxAge_ms = options.cursor === undefined ? 0 : PLAN_AGE_MS;
    const { value } = await cached(
      ctx,
      key,
      { ttl_ms: PLAN_AGE_MS, maxAge_ms },
      async () => await readPlan(ctx, id, options),
    );
    return { list: { id, ...(name === undefined ? {} : { name }) }, ...value };
  });
}

async function readPlan(
  ctx: ToolContext,
  listId: string,
  options: { subtasks: boolean; closed: boolean },
): Promise<Omit<ListPlan, "list">> {
  const tasks = new Map<string, PlanTask>();
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const answer = await getListTasks(ctx.clickup, listId, { page, ...options });
    for (const task of answer.tasks) {
      tasks.set(task.id, planTask(task));
    }
    if (answer.last) {
      return { tasks: [...tasks.values()], complete: true };
    }
  }
  return { tasks: [...tasks.values()], complete: false };
}

function planTask(task: TaskRecord): PlanTask {
  const { start_ms, due_ms, estimate_ms, spent_ms, parent } = task;
  return {
    id: task.id,
    name: shown(task.name, 120),
    done: task.statusType === "done" || task.statusType === "closed",
    milestone: task.customItemId === MILESTONE,
    ...(start_ms === undefined ? {} : { start_ms }),
    ...(due_ms === undefined ? {} : { due_ms }),
    ...(estimate_ms === undefined || estimate_ms === 0 ? {} : { estimate_ms }),
    ...(spent_ms === undefined || spent_ms === 0 ? {} : { spent_ms }),
    ...(parent === undefined ? {} : { parent }),
    assignees: (task.assignees ?? []).map(({ id, username }) => ({ id, name: username })),
    waits: (task.dependencies ?? []).flatMap((edge) => (edge.waits === task.id ? [edge.on] : [])),
  };
}

export interface PlanSchedule {
  schedule: Schedule;
  /** Ids of tasks whose length was neither planned nor estimated: they count as one day. */
  assumed: Set<string>;
  /** Dependencies on tasks that are not open in the List: they count as done. */
  outside: number;
  /** Ids of tasks that are planned to start before what they wait on can be done. */
  conflicts: Set<string>;
}

/**
 * Schedules tasks from `start` on, or from the first planned start, else today. A planned start is kept: a
 * task does not begin before it. Throws UserInputError naming the loop when tasks wait on each other.
 */
export function schedulePlan(ctx: ToolContext, tasks: readonly PlanTask[], start?: string): PlanSchedule {
  const { timeZone } = ctx.user;
  const known = new Set(tasks.map((task) => task.id));
  const children = childrenOf(tasks);
  const assumed = new Set<string>();
  let outside = 0;
  const activities = tasks.map((task): Activity & { notBefore?: number } => {
    const inside = task.waits.filter((id) => known.has(id));
    outside += task.waits.length - inside.length;
    const below = children.get(task.id) ?? [];
    const days = lengthOf(task, timeZone);
    // A task that only holds subtasks ends with the last of them.
    const holds = days === undefined && below.length > 0;
    const held = holds ? below.filter((one) => !one.waits.includes(task.id)).map((one) => one.id) : [];
    if (days === undefined && !holds) {
      assumed.add(task.id);
    }
    return {
      key: task.id,
      duration: days ?? (holds ? 0 : 1),
      after: [...inside, ...held],
      ...(task.start_ms === undefined ? {} : { notBefore: indexOf(dayAt(task.start_ms, timeZone)) }),
    };
  });
  refuseLoop(tasks, activities);
  const starts = activities.flatMap((one) => one.notBefore ?? []);
  const from =
    start !== undefined
      ? indexOf(dayOf(ctx, start, "start").day)
      : starts.length > 0
        ? starts.reduce((least, one) => Math.min(least, one))
        : indexOf(dayAt(ctx.now_ms(), timeZone));
  const schedule = scheduleOf(activities, from);
  const conflicts = new Set(
    schedule.activities.flatMap((one, index) => {
      const planned = activities[index]?.notBefore;
      return planned !== undefined && planned >= from && planned < one.earliest_start ? [one.key] : [];
    }),
  );
  return { schedule, assumed, outside, conflicts };
}

/** Subtasks by the id of their parent, where both are in the plan. */
export function childrenOf(tasks: readonly PlanTask[]): Map<string, PlanTask[]> {
  const known = new Set(tasks.map((task) => task.id));
  const children = new Map<string, PlanTask[]>();
  for (const task of tasks) {
    if (task.parent !== undefined && known.has(task.parent)) {
      children.set(task.parent, [...(children.get(task.parent) ?? []), task]);
    }
  }
  return children;
}

/** Working days from start to due, else what the estimate fills; a milestone has none. */
function lengthOf(task: PlanTask, timeZone: string): number | undefined {
  if (task.milestone) {
    return 0;
  }
  if (task.start_ms !== undefined && task.due_ms !== undefined) {
    return Math.max(1, workingDaysIn(dayAt(task.start_ms, timeZone), dayAt(task.due_ms, timeZone)));
  }
  return task.estimate_ms === undefined ? undefined : daysOfEstimate(task.estimate_ms);
}

/** Throws when tasks wait on each other in a loop. */
export function refuseLoop(
  tasks: readonly PlanTask[],
  nodes: readonly { key: string; after: readonly string[] }[],
): void {
  const loop = findCycle(nodes);
  if (loop === undefined) {
    return;
  }
  const names = new Map(tasks.map((task) => [task.id, task.name]));
  const words = [...loop, ...loop.slice(0, 1)].map(
    (id) => `${foreign(`"${shown(names.get(id) ?? id)}"`)} (${id})`,
  );
  throw new UserInputError(
    `list: its tasks wait on each other in a loop: ${words.join(" waits on ")}. ` +
      "Remove one of these dependencies with clickup_task_remove_dependency.",
    { argument: "list" },
  );
}

/** The last day of work that ends before `finish`; a milestone lies on the day its work ends. */
export function dayBefore(start: number, finish: number): string {
  return formatDay(dayOfIndex(Math.max(start, finish - 1)));
}

/** First and last day as an ISO 8601 interval. */
export function dayInterval(start: number, finish: number): string {
  return `${formatDay(dayOfIndex(start))}/${dayBefore(start, finish)}`;
}

/** What the reader has to know of a plan before relying on it. */
export function planNotes(plan: ListPlan, { assumed, outside, conflicts }: PlanSchedule): string[] {
  return [
    ...(plan.complete ? [] : [`The list has more tasks: only the first ${plan.tasks.length} were read.`]),
    ...(assumed.size === 0 ? [] : [`${assumed.size} tasks without dates and estimate count as one day.`]),
    ...(outside === 0
      ? []
      : [`${outside} dependencies on closed tasks or tasks of other lists count as done.`]),
    ...(conflicts.size === 0
      ? []
      : [`${conflicts.size} tasks are planned to start before what they wait on ends.`]),
  ];
}
