/** Start and due days by working days (Monday to Friday) in the user's time zone. */
import * as z from "zod";
import { runEach } from "../call/each.ts";
import { addDependency } from "../clickup/relations.ts";
import type { TaskRecord } from "../clickup/tasks.ts";
import type { ToolContext } from "../define.ts";
import { parseDuration } from "../when/durations.ts";
import { UserInputError } from "../words/errors.ts";
import { shown } from "../words/names.ts";
import {
  dayAt,
  dayOfIndex,
  daysOfEstimate,
  formatDay,
  indexOf,
  lastDayOf,
  onOrAfter,
  workingDaysIn,
} from "./working-days.ts";
import type { Day } from "./working-days.ts";
import { loadTask } from "../resolve/task.ts";
import type { BatchItem } from "../tasks/task-batch.ts";
import { parseWhen } from "../when/when.ts";

const MOST_DAYS = 2_000;

export const DaySpan = z.object({
  start: z.string(),
  due: z.string(),
  working_days: z.number(),
  /** Why the start is not the day that was asked for. */
  moved: z.string().optional(),
});
export type DaySpan = z.infer<typeof DaySpan>;

/** A span of days, and the text that `start` of a new task takes: a time of day is kept. */
export interface Planned {
  span: DaySpan;
  start: string;
  due: string;
}

/** Throws UserInputError naming `argument` unless it is a whole number of working days. */
export function checkDays(days: number, argument = "duration_days"): number {
  if (!Number.isInteger(days) || days < 1 || days > MOST_DAYS) {
    throw new UserInputError(`${argument}: a whole number of working days from 1 to ${MOST_DAYS}.`, {
      argument,
    });
  }
  return days;
}

/** The day a time falls on in the user's zone. */
export function dayOf(ctx: ToolContext, text: string, argument: string): { day: Day; hasTime: boolean } {
  const { timeZone } = ctx.user;
  const moment = parseWhen(text, { now_ms: ctx.now_ms(), timeZone }, argument);
  return { day: dayAt(moment.ms, timeZone), hasTime: moment.hasTime };
}

/** Work of `days` working days from `start` on; begins on a Monday when that is a weekend day. */
export function planDays(ctx: ToolContext, start: string, days: number): Planned {
  const { day, hasTime } = dayOf(ctx, start, "start");
  const first = onOrAfter(day);
  return planned(first, lastDayOf(first, days), {
    start: hasTime && first === day ? start : formatDay(first),
    moved: first === day ? undefined : "it was on a weekend",
  });
}

/**
 * Work that begins on `start`, or on the first working day after all of `waiting_on` are due, and ends at
 * `due` or after the working days its estimate fills (one without either).
 */
export function planAfter(
  ctx: ToolContext,
  given: { start: string; due?: string | undefined; estimate?: string | undefined },
  waiting_on: readonly TaskRecord[],
): Planned {
  const { timeZone } = ctx.user;
  const asked = dayOf(ctx, given.start, "start");
  let first = given.due === undefined ? onOrAfter(asked.day) : asked.day;
  let moved = first === asked.day ? undefined : "it was on a weekend";
  for (const task of waiting_on) {
    const open = task.statusType !== "done" && task.statusType !== "closed";
    const free = task.due_ms === undefined || !open ? undefined : onOrAfter(dayAt(task.due_ms, timeZone) + 1);
    if (free !== undefined && free > first) {
      first = free;
      moved = `it waits on ${task.customId ?? task.id}, due ${formatDay(dayAt(task.due_ms ?? 0, timeZone))}`;
    }
  }
  const start = asked.hasTime && first === asked.day ? given.start : formatDay(first);
  if (given.due === undefined) {
    const days = given.estimate === undefined ? 1 : daysOfEstimate(parseDuration(given.estimate, "estimate"));
    return planned(first, lastDayOf(first, days), { start, moved });
  }
  const last = dayOf(ctx, given.due, "due").day;
  if (last < first) {
    const why = moved === undefined ? "" : ` (${moved})`;
    throw new UserInputError(
      `due: ${formatDay(last)} is before it can start, ${formatDay(first)}${why}. Give a later due.`,
      { argument: "due" },
    );
  }
  return { ...planned(first, last, { start, moved }), due: given.due };
}

function planned(first: Day, last: Day, words: { start: string; moved: string | undefined }): Planned {
  return {
    span: {
      start: formatDay(first),
      due: formatDay(last),
      working_days: workingDaysIn(first, last),
      ...(words.moved === undefined ? {} : { moved: words.moved }),
    },
    start: words.start,
    due: formatDay(last),
  };
}

const PHASES = ["Planning", "Design", "Development", "Testing", "Launch"];
const MOST_PHASES = 50;

/**
 * A milestone at the end of each of some phases of about equal length, within `duration_days` working days
 * from `start` on. Keys are the numbers of the phases. Throws UserInputError.
 */
export function milestoneBatch(
  ctx: ToolContext,
  given: { start: string; duration_days: number; phases?: string[] | undefined },
): Omit<BatchItem, "list">[] {
  const phases = given.phases ?? PHASES;
  const days = checkDays(given.duration_days);
  if (phases.length === 0 || phases.length > MOST_PHASES) {
    throw new UserInputError(`phases: give 1 to ${MOST_PHASES} names.`, { argument: "phases" });
  }
  if (days < phases.length) {
    throw new UserInputError(
      `duration_days: ${phases.length} phases need at least ${phases.length} working days.`,
      { argument: "duration_days" },
    );
  }
  const first = indexOf(dayOf(ctx, given.start, "start").day);
  return phases.map((name, index) => {
    const end = Math.ceil(((index + 1) * days) / phases.length);
    const due = formatDay(dayOfIndex(first + end - 1));
    return { key: String(index + 1), waiting_on: [], given: { name, due, custom_type: "milestone" } };
  });
}

/** The tasks a new one waits on, each once; one request each. */
export async function loadAwaited(
  ctx: ToolContext,
  references: readonly string[] | undefined,
): Promise<TaskRecord[]> {
  const tasks = await Promise.all(
    [...new Set(references)].map(async (one) => await loadTask(ctx, one, "waiting_on")),
  );
  return [...new Map(tasks.map((task) => [task.id, task])).values()];
}

export const WaitingOn = z.object({
  id: z.string(),
  name: z.string(),
  status: z.enum(["done", "failed", "not_tried"]),
  reason: z.string().optional(),
});

/** Lets a new task wait on others; each is reported, since the task itself exists already. */
export async function waitOn(
  ctx: ToolContext,
  taskId: string,
  tasks: readonly TaskRecord[],
): Promise<z.infer<typeof WaitingOn>[]> {
  const results = await runEach(
    ctx,
    tasks,
    async (task) => await addDependency(ctx.clickup, { waits: taskId, on: task.id }),
  );
  return tasks.map((task, index) => {
    const result = results[index];
    const { status = "not_tried" as const } = result ?? {};
    const reason = result === undefined || result.status === "done" ? undefined : result.reason;
    return {
      id: task.id,
      name: shown(task.name, 120),
      status,
      ...(reason === undefined ? {} : { reason }),
    };
  });
}
