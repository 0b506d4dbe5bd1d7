/** Wall clocks and instants in an IANA time zone, by the platform's own zone data (Intl). */

export interface WallClock {
  year: number;
  /** 1 … 12 */
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** Making a formatter costs far more than using it, so one per zone is kept. */
function formatOf(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) {
    return known;
  }
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: isTimeZone(timeZone) ? timeZone : "UTC",
    hourCycle: "h23",
    era: "short",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  formats.set(timeZone, format);
  return format;
}

/** True for a zone name the platform knows. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en-US", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** What a clock on the wall shows at an instant. An unknown zone counts as UTC. */
export function wallClock(ms: number, timeZone: string): WallClock {
  const parts: Record<string, string> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(ms)) {
    parts[type] = value;
  }
  const read = (name: string) => Number(parts[name]);
  const year = parts["era"] === "BC" ? 1 - read("year") : read("year");
  return {
    year,
    month: read("month"),
    day: read("day"),
    hour: read("hour"),
    minute: read("minute"),
    second: read("second"),
  };
}

/** Minutes the zone is ahead of UTC at an instant (whole minutes). */
export function offsetMinutes(ms: number, timeZone: string): number {
  return Math.round((asUtc(wallClock(ms, timeZone)) - Math.floor(ms / 1000) * 1000) / 60_000);
}

/**
 * The instant of a wall clock. A time that happens twice (clocks go back) is the first; a time that is
 * skipped (clocks go forward) moves on by the skipped hour.
 */
export function instantOf(wall: WallClock, timeZone: string): number {
  const utc = asUtc(wall);
  const before = offsetMinutes(utc - 86_400_000, timeZone) * 60_000;
  const after = offsetMinutes(utc + 86_400_000, timeZone) * 60_000;
  const fits = [utc - before, utc - after].filter((ms) => asUtc(wallClock(ms, timeZone)) === utc);
  return fits.length === 0 ? utc - before : Math.min(...fits);
}

/** A calendar date, or undefined when there is no such day. */
export function dateOf(
  year: number,
  month: number,
  day: number,
): Pick<WallClock, "year" | "month" | "day"> | undefined {
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
    ? { year, month, day }
    : undefined;
}

function asUtc(wall: WallClock): number {
  return Date.UTC(wall.year, wall.month - 1, wall.day, wall.hour, wall.minute, wall.second);
}
