/** Lengths of time as people write them: "1h30m", "90" (minutes). ClickUp takes milliseconds. */
import { UserInputError } from "../words/errors.ts";
import { shown } from "../words/names.ts";

const PARTS = /^(?:(\d+(?:\.\d+)?)\s*h(?:ours?|rs?)?)?\s*(?:(\d+(?:\.\d+)?)\s*m(?:in(?:ute)?s?)?)?$/;

/** Milliseconds. Days are refused: whether a day has 8 or 24 hours is the reader's guess. */
export function parseDuration(text: string, argument: string): number {
  const value = text.trim().toLowerCase();
  const minutes = /^\d+(?:\.\d+)?$/.test(value) ? Number(value) : hoursAndMinutes(value);
  if (minutes === undefined || !Number.isFinite(minutes)) {
    throw new UserInputError(`${argument}: "${shown(text)}" is not a duration. Use 1h30m or minutes.`, {
      argument,
    });
  }
  return Math.round(minutes * 60_000);
}

function hoursAndMinutes(value: string): number | undefined {
  const match = PARTS.exec(value);
  if (match === null || (match[1] === undefined && match[2] === undefined)) {
    return undefined;
  }
  return Number(match[1] ?? 0) * 60 + Number(match[2] ?? 0);
}

/** "1h30m", "45m", "2h"; seconds below a minute are rounded. */
export function formatDuration(duration_ms: number): string {
  const minutes = Math.round(Math.abs(duration_ms) / 60_000);
  const hours = Math.trunc(minutes / 60);
  const rest = minutes % 60;
  const size = `${hours === 0 ? "" : `${hours}h`}${rest === 0 && hours > 0 ? "" : `${rest}m`}`;
  return duration_ms < 0 ? `-${size}` : size;
}
