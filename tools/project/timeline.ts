/** What the timeline, Gantt and parallel-group tools answer, computed from a List's plan. */
import * as z from "zod";
import type { ToolContext } from "../define.ts";
import { GanttRow, ganttRows } from "./gantt.ts";
import { dayBefore, dayInterval, loadPlan, planNotes, refuseLoop, schedulePlan } from "./list-plan.ts";
import type { ListPlan, PlanSchedule, PlanTask } from "./list-plan.ts";
import { parallelGroups } from "./parallel-groups.ts";
import { dayOfIndex, formatDay } from "./working-days.ts";
import { pageOf } from "../words/render.ts";
import { NextCursor, Ref } from "../shapes.ts";

/** What all three say of the List they read. */
const planOutput = {
  list: Ref,
  total: z.number(),
  total_shown: z.number(),
  /** The list has more tasks than were read. */
  incomplete: z.boolean().optional(),
  next_cursor: NextCursor,
};

export const TimelineOutput = z.object({
  ...planOutput,
  start: z.string(),
  finish: z.string(),
  working_days: z.number(),
  /** Ids, first to last. */
  critical_path: z.array(z.string()),
  tasks: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      working_days: z.number(),
      /** First and last day, as early as possible. */
      earliest: z.string(),
      /** First and last day that do not move the end of all. */
      latest: z.string(),
      total_float: z.number(),
      free_float: z.number(),
      critical: z.boolean().optional(),
      /** Its length is not known: it counts as one day. */
      assumed: z.boolean().optional(),
      /** It is planned to start before what it waits on ends. */
      conflict: z.boolean().optional(),
    }),
  ),
});

export const GanttOutput = z.object({
  ...planOutput,
  from: z.string(),
  to: z.string(),
  rows: z.array(GanttRow),
});

export const GroupsOutput = z.object({
  ...planOutput,
  groups: z.array(
    z.object({
      group: z.number(),
      /** Length of its longest task. */
      working_days: z.number(),
      tasks: z.array(Ref),
      /** People with more than one task in the group. */
      shared_people: z.array(Ref).optional(),
    }),
  ),
});

interface PlanRequest {
  list: string;
  include_subtasks?: boolean | undefined;
  cursor?: string | undefined;
}

/** Floats are working days. Done tasks are left out: what waits on them may start. */
export async function timelineOf(ctx: ToolContext, request: PlanRequest & { start?: string | undefined }) {
  const { plan, open, planned } = await openPlan(ctx, request, request.start);
  const { schedule } = planned;
  const names = new Map(open.map((task) => [task.id, task.name]));
  const rows = schedule.activities
    .toSorted((a, b) => a.earliest_start - b.earliest_start || a.latest_start - b.latest_start)
    .map((one) => ({
      id: one.key,
      name: names.get(one.key) ?? "",
      working_days: one.duration,
      earliest: dayInterval(one.earliest_start, one.earliest_finish),
      latest: dayInterval(one.latest_start, one.latest_finish),
      total_float: one.total_float,
      free_float: one.free_float,
      ...(one.critical ? { critical: true } : {}),
      ...(planned.assumed.has(one.key) ? { assumed: true } : {}),
      ...(planned.conflicts.has(one.key) ? { conflict: true } : {}),
    }));
  const page = paged(plan, rows, request.cursor);
  return {
    data: {
      ...page.facts,
      start: formatDay(dayOfIndex(schedule.start)),
      finish: dayBefore(schedule.start, schedule.finish),
      working_days: schedule.finish - schedule.start,
      critical_path: schedule.criticalPath,
      tasks: page.shown,
    },
    summary: [
      `${open.length} open tasks take ${schedule.finish - schedule.start} working days; ` +
        `${schedule.criticalPath.length} on the critical path.`,
      ...planNotes(plan, planned),
    ].join(" "),
  };
}

/** Rows of every task, done ones too; days that are not planned follow from the schedule from `from` on. */
export async function ganttOf(ctx: ToolContext, request: PlanRequest & { from?: string | undefined }) {
  const { plan, planned } = await openPlan(ctx, request, request.from, true);
  const scheduled = new Map(planned.schedule.activities.map((one) => [one.key, one]));
  const rows = ganttRows(ctx, plan.tasks, scheduled);
  const page = paged(plan, rows, request.cursor);
  const { start, finish } = planned.schedule;
  const to = rows.reduce((latest, row) => (row.end > latest ? row.end : latest), dayBefore(start, finish));
  return {
    data: {
      ...page.facts,
      from: rows[0]?.start ?? formatDay(dayOfIndex(start)),
      to,
      rows: page.shown,
    },
    summary: [`${rows.length} rows.`, ...planNotes(plan, planned)].join(" "),
  };
}

/** Open tasks by what can be worked on at the same time. */
export async function groupsOf(ctx: ToolContext, request: PlanRequest) {
  const { plan, open, planned } = await openPlan(ctx, request, undefined);
  const known = new Set(open.map((task) => task.id));
  const nodes = open.map((task) => ({ key: task.id, after: task.waits.filter((id) => known.has(id)) }));
  refuseLoop(open, nodes);
  const byId = new Map(open.map((task) => [task.id, task]));
  const days = new Map(planned.schedule.activities.map((one) => [one.key, one.duration]));
  const groups = parallelGroups(nodes).map((ids) => ids.flatMap((id) => byId.get(id) ?? []));
  const rows = groups.flatMap((tasks, index) =>
    tasks.map((task) => ({ index, id: task.id, name: task.name })),
  );
  const page = paged(plan, rows, request.cursor);
  const shown = new Map<number, { id: string; name: string }[]>();
  for (const { index, ...task } of page.shown) {
    shown.set(index, [...(shown.get(index) ?? []), task]);
  }
  return {
    data: {
      ...page.facts,
      groups: [...shown].map(([index, tasks]) => {
        const whole = groups[index] ?? [];
        const people = sharedPeople(whole);
        return {
          group: index + 1,
          working_days: whole.reduce((most, task) => Math.max(most, days.get(task.id) ?? 0), 0),
          tasks,
          ...(people.length === 0 ? {} : { shared_people: people }),
        };
      }),
    },
    summary: [
      `${open.length} open tasks in ${groups.length} groups, each after the one before.`,
      ...planNotes(plan, planned),
    ].join(" "),
  };
}

async function openPlan(
  ctx: ToolContext,
  request: PlanRequest,
  start: string | undefined,
  closed = false,
): Promise<{ plan: ListPlan; open: PlanTask[]; planned: PlanSchedule }> {
  const { list, include_subtasks, cursor } = request;
  const plan = await loadPlan(ctx, list, { subtasks: include_subtasks ?? true, closed, cursor });
  const open = plan.tasks.filter((task) => !task.done);
  return { plan, open, planned: schedulePlan(ctx, open, start) };
}

function paged<T>(plan: ListPlan, rows: readonly T[], cursor: string | undefined) {
  const { shown, next_cursor } = pageOf(rows, cursor, (row) => JSON.stringify(row).length + 1);
  return {
    shown,
    facts: {
      list: plan.list,
      total: rows.length,
      total_shown: shown.length,
      ...(plan.complete ? {} : { incomplete: true }),
      ...(next_cursor === undefined ? {} : { next_cursor }),
    },
  };
}

function sharedPeople(tasks: readonly PlanTask[]): { id: string; name: string }[] {
  const people = tasks.flatMap((task) => task.assignees);
  const twice = people.filter((one, index) => people.findIndex((other) => other.id === one.id) < index);
  return [...new Map(twice.map((one) => [one.id, one])).values()];
}
