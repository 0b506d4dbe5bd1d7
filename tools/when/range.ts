/** A range of days in the user's time zone, as instants for ClickUp. */
import { UserInputError } from "../words/errors.ts";
import { dayBounds, namedSpan, parseWhen } from "./when.ts";
import type { Clock } from "./when.ts";

const DAY_MS = 86_400_000;
/** ClickUp's own default. */
const DEFAULT_RANGE_DAYS = 30;

/** Ms since the epoch, both ends included. */
export interface TimeRange {
  from_ms: number;
  to_ms: number;
}

/**
 * Reads `from` and `to`. A day without a time is meant whole: `from` its first instant, `to` its last.
 * Without `to` the range ends with today, without `from` it begins 30 days before its end. Bounds of days,
 * not the present instant, so that the pages of one listing share a range. Throws UserInputError.
 */
export function parseRange(from: string | undefined, to: string | undefined, clock: Clock): TimeRange {
  const named = from === undefined ? undefined : namedSpan(from, clock);
  if (named !== undefined && to === undefined) {
    return { from_ms: named.start_ms, to_ms: named.end_ms };
  }
  const to_ms = to === undefined ? dayBounds(clock.now_ms, clock.timeZone).end_ms : bound(to, clock, "to");
  const from_ms =
    from === undefined
      ? dayBounds(to_ms - DEFAULT_RANGE_DAYS * DAY_MS, clock.timeZone).start_ms
      : bound(from, clock, "from");
  if (from_ms > to_ms) {
    throw new UserInputError("from: it is after to. Swap or correct them.", { argument: "from" });
  }
  return { from_ms, to_ms };
}

function bound(text: string, clock: Clock, which: "from" | "to"): number {
  const moment = parseWhen(text, clock, which);
  if (moment.hasTime) {
    return moment.ms;
  }
  const day = dayBounds(moment.ms, clock.timeZone);
  return which === "from" ? day.start_ms : day.end_ms;
}
