/** Rows of a Gantt chart: each task with its first and last day, progress and what it waits on. */
import * as z from "zod";
import type { ToolContext } from "../define.ts";
import { childrenOf, dayBefore } from "./list-plan.ts";
import type { PlanTask } from "./list-plan.ts";
import type { Scheduled } from "./critical-path.ts";
import { dayAt, dayOfIndex, formatDay } from "./working-days.ts";

export const GanttRow = z.object({
  id: z.string(),
  name: z.string(),
  start: z.string(),
  end: z.string(),
  /** Percent. */
  progress: z.number(),
  /** Ids, of this list or another. */
  waiting_on: z.array(z.string()).optional(),
  parent: z.string().optional(),
  assignees: z.array(z.string()).optional(),
  milestone: z.boolean().optional(),
  critical: z.boolean().optional(),
  /** At least one of the two days is computed, not planned. */
  computed: z.boolean().optional(),
});
export type GanttRow = z.infer<typeof GanttRow>;

/**
 * One row for each task, by first day. Planned days are shown as they are; a missing one follows from the
 * schedule, which has every open task. `scheduled` is by task id.
 */
export function ganttRows(
  ctx: ToolContext,
  tasks: readonly PlanTask[],
  scheduled: ReadonlyMap<string, Scheduled>,
): GanttRow[] {
  const children = childrenOf(tasks);
  const rows = tasks.map((task): GanttRow => {
    const place = scheduled.get(task.id);
    const days = daysOf(ctx, task, place);
    return {
      id: task.id,
      name: task.name,
      start: days.start,
      end: days.end,
      progress: progressOf(task, children.get(task.id) ?? []),
      ...(task.waits.length === 0 ? {} : { waiting_on: task.waits }),
      ...(task.parent === undefined ? {} : { parent: task.parent }),
      ...(task.assignees.length === 0 ? {} : { assignees: task.assignees.map((one) => one.name) }),
      ...(task.milestone ? { milestone: true } : {}),
      ...(place?.critical === true ? { critical: true } : {}),
      ...(days.computed ? { computed: true } : {}),
    };
  });
  return rows.sort((a, b) => a.start.localeCompare(b.start) || a.end.localeCompare(b.end));
}

function daysOf(
  ctx: ToolContext,
  task: PlanTask,
  place: Scheduled | undefined,
): { start: string; end: string; computed: boolean } {
  const { timeZone } = ctx.user;
  const planned = (ms: number | undefined) => (ms === undefined ? undefined : formatDay(dayAt(ms, timeZone)));
  const due = planned(task.due_ms);
  const first = place === undefined ? due : formatDay(dayOfIndex(place.earliest_start));
  // A task with a due day alone is drawn on that day when it is done or would start later.
  const begun = first === undefined || (due !== undefined && due < first) ? due : first;
  const start = planned(task.start_ms) ?? (task.milestone ? (due ?? begun) : begun) ?? today(ctx);
  const last = place === undefined ? start : dayBefore(place.earliest_start, place.earliest_finish);
  const end = due ?? (last < start ? start : last);
  return {
    start: start > end ? end : start,
    end,
    computed: due === undefined || (task.start_ms === undefined && !task.milestone),
  };
}

function today(ctx: ToolContext): string {
  return formatDay(dayAt(ctx.now_ms(), ctx.user.timeZone));
}

/** Done is 100; else the share of subtasks that are done, or of the estimate that was spent (99 at most). */
function progressOf(task: PlanTask, below: readonly PlanTask[]): number {
  if (task.done) {
    return 100;
  }
  const share =
    below.length > 0
      ? below.filter((one) => one.done).length / below.length
      : task.estimate_ms === undefined
        ? 0
        : (task.spent_ms ?? 0) / task.estimate_ms;
  return Math.min(99, Math.round(share * 100));
}
