/**
 * Points in time as people write them, read in the user's time zone (IANA name) and shown back as ISO 8601.
 * ClickUp stores a due or start date without a time as 04:00 local of that day.
 */
import { UserInputError } from "../words/errors.ts";
import { shown } from "../words/names.ts";
import { dateOf, instantOf, offsetMinutes, wallClock } from "./zone.ts";
import type { WallClock } from "./zone.ts";

export interface Clock {
  now_ms: number;
  /** IANA name. */
  timeZone: string;
}

export interface Moment {
  /** Ms since the epoch. Without a time: local noon, the hour that stays on its day in every zone nearby. */
  ms: number;
  hasTime: boolean;
}

const WEEKDAYS = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"];
const MONTHS = [
  "january",
  "february",
  "march",
  "april",
  "may",
  "june",
  "july",
  "august",
  "september",
  "october",
  "november",
  "december",
];
const HOURS = [
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
  "ten",
  "eleven",
  "twelve",
];
const FORMS =
  "ISO 8601, YYYY-MM-DD, 4 December 2026, today, tomorrow at 9am, 15:00, next friday, last monday or +3d";

interface Day {
  year: number;
  month: number;
  day: number;
}

/**
 * Reads a time. A weekday is the first such day after today. "+3d" counts calendar days; "+4h" and
 * "+30min" count from now. Throws UserInputError naming `argument`.
 */
export function parseWhen(text: string, clock: Clock, argument: string): Moment {
  const value = text.trim().toLowerCase();
  const moment =
    parseInstant(value, clock) ??
    parseOffset(value, clock) ??
    parseNamedDay(value, clock) ??
    parseWritten(value, clock) ??
    parseHour(value, clock);
  if (moment === undefined || !Number.isFinite(moment.ms)) {
    throw new UserInputError(`${argument}: "${shown(text)}" is not a time. Use ${FORMS}.`, { argument });
  }
  return moment;
}

/** An instant in the user's zone, e.g. "2026-12-01T15:00:00+01:00". */
export function formatInstant(ms: number, timeZone: string): string {
  const at = wallClock(ms, timeZone);
  const time = [at.hour, at.minute, at.second].map(pad).join(":");
  const offset = offsetMinutes(ms, timeZone);
  const zone = `${offset < 0 ? "-" : "+"}${pad(Math.trunc(Math.abs(offset) / 60))}:${pad(Math.abs(offset) % 60)}`;
  return `${formatDay(at)}T${time}${offset === 0 ? "Z" : zone}`;
}

/** A due or start date: the day alone where ClickUp's mark for "no time" (04:00 local) stands. */
export function formatDate(ms: number, timeZone: string): string {
  const at = wallClock(ms, timeZone);
  const dayOnly = at.hour === 4 && at.minute === 0 && at.second === 0;
  return dayOnly ? formatDay(at) : formatInstant(ms, timeZone);
}

/** The calendar day of an instant in the user's zone: YYYY-MM-DD. */
export function localDay(ms: number, timeZone: string): string {
  return formatDay(wallClock(ms, timeZone));
}

/** First and last millisecond of the calendar day an instant lies in; days have 23 to 25 hours. */
export function dayBounds(ms: number, timeZone: string): { start_ms: number; end_ms: number } {
  const midnight = { hour: 0, minute: 0, second: 0 };
  const today = wallClock(ms, timeZone);
  return {
    start_ms: instantOf({ ...today, ...midnight }, timeZone),
    end_ms: instantOf({ ...addDays(today, 1), ...midnight }, timeZone) - 1,
  };
}

function formatDay(at: Day): string {
  return `${String(at.year).padStart(4, "0")}-${pad(at.month)}-${pad(at.day)}`;
}

function pad(value: number): string {
  return String(value).padStart(2, "0");
}

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[t ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(z|[+-]\d{2}:?\d{2})?)?$/;

function parseInstant(value: string, clock: Clock): Moment | undefined {
  // Models repeat the Unix milliseconds they saw in ClickUp's own API.
  if (/^\d{12,13}$/.test(value)) {
    return { ms: Number(value), hasTime: true };
  }
  const match = ISO.exec(value);
  if (match === null) {
    return undefined;
  }
  const [, year, month, day, hour, minute, second, fraction, zone] = match;
  const date = dateOf(Number(year), Number(month), Number(day));
  if (date === undefined) {
    return undefined;
  }
  if (hour === undefined || minute === undefined) {
    return dayMoment(date, clock);
  }
  const time = { hour: Number(hour), minute: Number(minute), second: Number(second ?? 0) };
  if (time.hour > 23 || time.minute > 59 || time.second > 59) {
    return undefined;
  }
  const fraction_ms = Math.trunc(Number(`0.${fraction ?? 0}`) * 1000);
  const wall: WallClock = { ...date, ...time };
  if (zone === undefined) {
    return { ms: instantOf(wall, clock.timeZone) + fraction_ms, hasTime: true };
  }
  const offset = zoneMinutes(zone);
  if (offset === undefined) {
    return undefined;
  }
  const asUtc = Date.UTC(
    wall.year,
    wall.month - 1,
    wall.day,
    wall.hour,
    wall.minute,
    wall.second,
    fraction_ms,
  );
  return { ms: asUtc - offset * 60_000, hasTime: true };
}

/** Minutes east of UTC; undefined for what no clock shows: zones reach from -12:00 to +14:00. */
function zoneMinutes(zone: string): number | undefined {
  if (zone === "z") {
    return 0;
  }
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(-2))];
  const east = (zone.startsWith("-") ? -1 : 1) * (hours * 60 + minutes);
  return minutes > 59 || east < -12 * 60 || east > 14 * 60 ? undefined : east;
}

const OFFSET = /^(?:in |([+-]))?\s*(\d{1,5})\s*([a-z]+)( ago)?$/;
const UNITS: Record<string, "minute" | "hour" | "day" | "week" | "month" | "year"> = {
  min: "minute",
  mins: "minute",
  minute: "minute",
  minutes: "minute",
  h: "hour",
  hour: "hour",
  hours: "hour",
  d: "day",
  day: "day",
  days: "day",
  w: "week",
  week: "week",
  weeks: "week",
  mo: "month",
  month: "month",
  months: "month",
  y: "year",
  year: "year",
  years: "year",
};

const DAYS_OF = { minute: 1 / 1440, hour: 1 / 24, day: 1, week: 7, month: 31, year: 366 };
/** A hundred years: nobody plans farther, and dates end somewhere. */
const FARTHEST_DAYS = 36_600;

function parseOffset(value: string, clock: Clock): Moment | undefined {
  const match = OFFSET.exec(value);
  const unit = match === null ? undefined : UNITS[match[3] ?? ""];
  const marked =
    match !== null && (match[1] !== undefined || value.startsWith("in ") || match[4] !== undefined);
  if (match === null || unit === undefined || !marked) {
    return undefined;
  }
  if (Number(match[2]) * DAYS_OF[unit] > FARTHEST_DAYS) {
    return undefined;
  }
  const count = Number(match[2]) * (match[1] === "-" || match[4] !== undefined ? -1 : 1);
  if (unit === "minute" || unit === "hour") {
    return { ms: clock.now_ms + count * (unit === "hour" ? 3_600_000 : 60_000), hasTime: true };
  }
  const today = wallClock(clock.now_ms, clock.timeZone);
  if (unit === "day" || unit === "week") {
    return dayMoment(addDays(today, count * (unit === "week" ? 7 : 1)), clock);
  }
  return dayMoment(addMonths(today, count * (unit === "year" ? 12 : 1)), clock);
}

const WRITTEN =
  /^(?:(\d{1,2})(?:st|nd|rd|th)?(?: of)? ([a-z]{3,9})\.?|([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?),? (\d{4})(?:,?\s+(?:at )?(.+))?$/;

/** "4 December 2026", "Dec 4, 2026 at 9am": with the year, which says that no day was missed. */
function parseWritten(value: string, clock: Clock): Moment | undefined {
  const [, dayA, monthA, monthB, dayB, year, at] = WRITTEN.exec(value) ?? [];
  const month = MONTHS.findIndex((name) => name.startsWith(monthA ?? monthB ?? "?")) + 1;
  const date = month === 0 ? undefined : dateOf(Number(year), month, Number(dayA ?? dayB));
  return date === undefined ? undefined : atTime(date, at, clock);
}

/** "9am", "11:00": that hour of today. */
function parseHour(value: string, clock: Clock): Moment | undefined {
  return parseTime(value) === undefined
    ? undefined
    : atTime(wallClock(clock.now_ms, clock.timeZone), value, clock);
}

function atTime(day: Day, text: string | undefined, clock: Clock): Moment | undefined {
  if (text === undefined) {
    return dayMoment(day, clock);
  }
  const time = parseTime(text);
  const { year, month } = day;
  return time === undefined
    ? undefined
    : { ms: instantOf({ year, month, day: day.day, ...time, second: 0 }, clock.timeZone), hasTime: true };
}

const NAMED_DAY =
  /^(now|today|tomorrow|yesterday|(?:(?:next|this|on|last) )?[a-z]+day|next week|next month)(?:,?\s+(?:at )?(.+))?$/;

function parseNamedDay(value: string, clock: Clock): Moment | undefined {
  const match = NAMED_DAY.exec(value);
  const name = match?.[1];
  if (name === undefined) {
    return undefined;
  }
  if (name === "now") {
    return match?.[2] === undefined ? { ms: clock.now_ms, hasTime: true } : undefined;
  }
  const day = namedDay(name, clock);
  return day === undefined ? undefined : atTime(day, match?.[2], clock);
}

function namedDay(name: string, clock: Clock): Day | undefined {
  const today = wallClock(clock.now_ms, clock.timeZone);
  switch (name) {
    case "today":
      return today;
    case "tomorrow":
      return addDays(today, 1);
    case "yesterday":
      return addDays(today, -1);
    case "next week":
      return addDays(today, 7);
    case "next month":
      return addMonths(today, 1);
    default: {
      const [, which, weekdayName] = /^(?:(next|this|on|last) )?(\w+)$/.exec(name) ?? [];
      const weekday = WEEKDAYS.indexOf(weekdayName ?? "");
      if (weekday === -1) {
        return undefined;
      }
      const ahead = (weekday - weekdayOf(today) + 7) % 7;
      if (which === "last") {
        return addDays(today, ahead === 0 ? -7 : ahead - 7);
      }
      return addDays(today, ahead === 0 && which !== "this" ? 7 : ahead);
    }
  }
}

function parseTime(text: string): { hour: number; minute: number } | undefined {
  if (text === "noon") {
    return { hour: 12, minute: 0 };
  }
  const hourWord = HOURS.indexOf(text) + 1;
  if (hourWord > 0) {
    // "at nine" is of the working day.
    return { hour: hourWord < 7 ? hourWord + 12 : hourWord, minute: 0 };
  }
  const match = /^(\d{1,2})(?::(\d{2}))?\s*(am|pm)?$/.exec(text);
  if (match === null || (match[2] === undefined && match[3] === undefined)) {
    return undefined;
  }
  const half = match[3];
  const hour = half === undefined ? Number(match[1]) : (Number(match[1]) % 12) + (half === "pm" ? 12 : 0);
  const minute = Number(match[2] ?? 0);
  const valid =
    hour < 24 && minute < 60 && (half === undefined || (Number(match[1]) >= 1 && Number(match[1]) <= 12));
  return valid ? { hour, minute } : undefined;
}

function dayMoment(day: Day, clock: Clock): Moment {
  const { year, month } = day;
  return {
    ms: instantOf({ year, month, day: day.day, hour: 12, minute: 0, second: 0 }, clock.timeZone),
    hasTime: false,
  };
}

const NAMED_SPAN = /^(this|last|next|current|previous) (week|month|year)$/;

/**
 * First and last millisecond of "this week", "last month" and the like, in the user's zone; weeks begin on Monday.
 * Undefined for any other text.
 */
export function namedSpan(text: string, clock: Clock): { start_ms: number; end_ms: number } | undefined {
  const [, which, unit] = NAMED_SPAN.exec(text.trim().toLowerCase().replaceAll(/\s+/g, " ")) ?? [];
  if (unit === undefined) {
    return undefined;
  }
  const today = wallClock(clock.now_ms, clock.timeZone);
  const steps = which === "last" || which === "previous" ? -1 : which === "next" ? 1 : 0;
  const first =
    unit === "week"
      ? addDays(today, -((weekdayOf(today) + 6) % 7) + steps * 7)
      : addMonths(
          { ...today, ...(unit === "year" ? { month: 1 } : {}), day: 1 },
          steps * (unit === "year" ? 12 : 1),
        );
  const after = unit === "week" ? addDays(first, 7) : addMonths(first, unit === "year" ? 12 : 1);
  const midnight = { hour: 0, minute: 0, second: 0 };
  return {
    start_ms: instantOf({ ...first, ...midnight }, clock.timeZone),
    end_ms: instantOf({ ...after, ...midnight }, clock.timeZone) - 1,
  };
}

function weekdayOf(day: Day): number {
  return new Date(Date.UTC(day.year, day.month - 1, day.day)).getUTCDay();
}

function addDays(day: Day, count: number): Day {
  return fromUtc(Date.UTC(day.year, day.month - 1, day.day + count));
}

/** The same day of another month; the last day of it where the month is shorter. */
function addMonths(day: Day, count: number): Day {
  const lastDay = new Date(Date.UTC(day.year, day.month + count, 0)).getUTCDate();
  return fromUtc(Date.UTC(day.year, day.month - 1 + count, Math.min(day.day, lastDay)));
}

function fromUtc(ms: number): Day {
  const date = new Date(ms);
  return { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
}
