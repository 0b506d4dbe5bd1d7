/** A time entry as our answers show it: small, in the user's time zone. */
import * as z from "zod";
import type { TimeEntryRecord } from "../clickup/time.ts";
import type { ToolContext } from "../define.ts";
import { formatDuration } from "../when/durations.ts";
import { compact, cutText } from "../words/render.ts";
import { Ref } from "../shapes.ts";
import { personRef } from "../tasks/task-view.ts";
import { formatInstant } from "../when/when.ts";

const DESCRIPTION_CHARS = 500;

export const TimeEntry = z.object({
  id: z.string(),
  task: Ref.optional(),
  user: Ref.optional(),
  start: z.string().optional(),
  end: z.string().optional(),
  duration: z.string().optional(),
  running: z.boolean().optional(),
  billable: z.boolean().optional(),
  description: z.string().optional(),
  description_total_chars: z.number().optional(),
  tags: z.array(z.string()).optional(),
});
export type TimeEntry = z.infer<typeof TimeEntry>;

/** How long an entry took; a running one until now. Ms. */
export function spentOn(entry: TimeEntryRecord, ctx: ToolContext): number {
  if (!entry.running) {
    return entry.duration_ms ?? 0;
  }
  return entry.start_ms === undefined ? 0 : Math.max(0, ctx.now_ms() - entry.start_ms);
}

/** The whole entry. `duration` of a running one is the time until now. */
export function timeEntry(entry: TimeEntryRecord, ctx: ToolContext): TimeEntry {
  const { timeZone } = ctx.user;
  const instant = (ms: number | undefined) => (ms === undefined ? undefined : formatInstant(ms, timeZone));
  const description =
    entry.description === undefined ? undefined : cutText(entry.description, DESCRIPTION_CHARS);
  return {
    id: entry.id,
    ...compact({
      task: entry.task,
      user: entry.user === undefined ? undefined : personRef(entry.user),
      start: instant(entry.start_ms),
      end: instant(entry.end_ms),
      duration: formatDuration(spentOn(entry, ctx)),
      running: entry.running ? true : undefined,
      billable: entry.billable ? true : undefined,
      description: description?.text,
      description_total_chars: description?.total_chars,
      tags: entry.tags.map((tag) => tag.name),
    }),
  };
}

/** As it stands in lists: without the end, which follows from start and duration. */
export function timeEntryRow(entry: TimeEntryRecord, ctx: ToolContext, withUser: boolean): TimeEntry {
  const { end: _end, user, ...row } = timeEntry(entry, ctx);
  return withUser && user !== undefined ? { ...row, user } : row;
}
