/** Times as people read them: in their zone, or as a distance from now. */

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** The zone times are shown in: `timeZone` (IANA), or UTC where this runtime does not know it. ClickUp's list is its own. */
export function shownZone(timeZone: string): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone;
  } catch {
    return "UTC";
  }
}

/** "2026-11-23 08:05" in `timeZone` (IANA; an unknown one counts as UTC). */
export function wallTime(ms: number, timeZone: string): string {
  // The Swedish form is the ISO one with a space.
  return new Intl.DateTimeFormat("sv-SE", {
    timeZone: shownZone(timeZone),
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    hourCycle: "h23",
  }).format(ms);
}

/** "5 minutes ago", "in 3 days". */
function distance(ms: number, now_ms: number): string {
  const span_ms = Math.abs(ms - now_ms);
  const words =
    span_ms < MINUTE_MS
      ? "less than a minute"
      : span_ms < HOUR_MS
        ? count(span_ms / MINUTE_MS, "minute")
        : span_ms < 2 * DAY_MS
          ? count(span_ms / HOUR_MS, "hour")
          : count(span_ms / DAY_MS, "day");
  return ms > now_ms ? `in ${words}` : `${words} ago`;
}

function count(n: number, unit: string): string {
  const whole = Math.max(1, Math.round(n));
  return `${whole} ${unit}${whole === 1 ? "" : "s"}`;
}

interface TimeProps {
  ms: number;
  timeZone: string;
}

/** A point in time, with the exact one for machines. The account pages name the zone once, at their end. */
export function Time({ ms, timeZone }: TimeProps) {
  return (
    <time datetime={new Date(ms).toISOString()} class="nowrap">
      {wallTime(ms, timeZone)}
    </time>
  );
}

export function Distance({ ms, timeZone, now_ms }: TimeProps & { now_ms: number }) {
  return (
    <time datetime={new Date(ms).toISOString()} title={`${wallTime(ms, timeZone)} (${shownZone(timeZone)})`}>
      {distance(ms, now_ms)}
    </time>
  );
}
