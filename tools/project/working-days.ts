/**
 * Calendar days and working days (Monday to Friday) as plain numbers. A day is the count of days since
 * 1970-01-01; a working day has an index of its own, so that adding working days is adding numbers.
 */
import { wallClock } from "../when/zone.ts";

/** Days since 1970-01-01, whatever the zone. */
export type Day = number;
/** Counts working days alone; the index of a weekend day is that of the Monday after it. */
export type WorkingIndex = number;

const DAY_MS = 86_400_000;
/** Working hours of a day, for estimates. */
const WORKING_DAY_MS = 8 * 3_600_000;
/** 1970-01-01 was a Thursday: three days after a Monday. */
const SINCE_MONDAY = 3;

/** The calendar day an instant falls on in a time zone. */
export function dayAt(ms: number, timeZone: string): Day {
  const { year, month, day } = wallClock(ms, timeZone);
  return Date.UTC(year, month - 1, day) / DAY_MS;
}

/** YYYY-MM-DD */
export function formatDay(day: Day): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** The day itself, or the Monday after a weekend day. */
export function onOrAfter(day: Day): Day {
  return dayOfIndex(indexOf(day));
}

/** How many working days lie before `day`, counted from a fixed Monday. */
export function indexOf(day: Day): WorkingIndex {
  return Math.floor((day + SINCE_MONDAY) / 7) * 5 + Math.min(weekPlace(day), 5);
}

/** The working day with that index: the inverse of `indexOf` on working days. */
export function dayOfIndex(index: WorkingIndex): Day {
  const week = Math.floor(index / 5);
  return week * 7 + (index - week * 5) - SINCE_MONDAY;
}

/** `count` working days after `day` (before it when negative); from a weekend day, counted from its Monday. */
export function addWorkingDays(day: Day, count: number): Day {
  return dayOfIndex(indexOf(day) + count);
}

/** Working days from `first` to `last`, both included; 0 when there is none. */
export function workingDaysIn(first: Day, last: Day): number {
  return Math.max(0, indexOf(last + 1) - indexOf(first));
}

/** The last day of work that begins on `start` and takes `days` working days; at least one. */
export function lastDayOf(start: Day, days: number): Day {
  return addWorkingDays(start, Math.max(1, days) - 1);
}

/** Whole working days an estimate fills, at eight hours each; at least one. */
export function daysOfEstimate(estimate_ms: number): number {
  return Math.max(1, Math.ceil(estimate_ms / WORKING_DAY_MS));
}

/** 0 Monday … 6 Sunday. */
function weekPlace(day: Day): number {
  return (((day + SINCE_MONDAY) % 7) + 7) % 7;
}
