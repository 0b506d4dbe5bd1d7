/** "FROM..TO" as ClickUp's filters take it; either side may be open, and a single day means the whole of it. */
import { UserInputError } from "../words/errors.ts";
import { shown } from "../words/names.ts";
import { dayBounds, namedSpan, parseWhen } from "./when.ts";
import type { Clock } from "./when.ts";

/** Ms since the epoch, both ends included. */
export interface Span {
  from_ms?: number;
  to_ms?: number;
}

/** Throws UserInputError naming `argument`. */
export function parseSpan(text: string, clock: Clock, argument: string): Span {
  const named = namedSpan(text, clock);
  if (named !== undefined) {
    return { from_ms: named.start_ms, to_ms: named.end_ms };
  }
  if (/^(overdue|late)$/i.test(text.trim())) {
    return { to_ms: dayBounds(clock.now_ms, clock.timeZone).start_ms - 1 };
  }
  const [from = "", to, ...rest] = text.split("..").map((part) => part.trim());
  if (rest.length > 0 || (to !== undefined && from === "" && to === "")) {
    throw wrong(text, argument);
  }
  if (to === undefined) {
    const moment = parseWhen(from, clock, argument);
    if (moment.hasTime) {
      throw wrong(text, argument);
    }
    const day = dayBounds(moment.ms, clock.timeZone);
    return { from_ms: day.start_ms, to_ms: day.end_ms };
  }
  const span = {
    ...(from === "" ? {} : { from_ms: bound(from, clock, argument, "start_ms") }),
    ...(to === "" ? {} : { to_ms: bound(to, clock, argument, "end_ms") }),
  };
  if (span.from_ms !== undefined && span.to_ms !== undefined && span.from_ms > span.to_ms) {
    throw new UserInputError(`${argument}: it ends before it begins. Swap the two.`, { argument });
  }
  return span;
}

function bound(text: string, clock: Clock, argument: string, side: "start_ms" | "end_ms"): number {
  const moment = parseWhen(text, clock, argument);
  return moment.hasTime ? moment.ms : dayBounds(moment.ms, clock.timeZone)[side];
}

function wrong(text: string, argument: string): UserInputError {
  return new UserInputError(
    `${argument}: "${shown(text)}" is not a range. Use a day, FROM..TO, FROM.. or ..TO, this week, last month or overdue, e.g. today..+7d.`,
    { argument },
  );
}
