/** What a person can choose for a device, in words. The records are complete by their types. */
import type { ToolSet } from "../../tools/define.ts";

/** In the order they are shown. */
export const TOOL_SET_TEXTS: Record<ToolSet, { name: string; about: string }> = {
  spaces: { name: "Spaces and lists", about: "Spaces, folders, lists, members" },
  tasks: { name: "Tasks", about: "Find, read, create and change tasks" },
  comments: { name: "Comments", about: "Read and write comments" },
  docs: { name: "Docs", about: "Docs and their pages" },
  time: { name: "Time tracking", about: "Time entries and timers" },
  fields: { name: "Custom fields", about: "Values of custom fields" },
  projects: { name: "Projects", about: "Summaries and changes across many tasks" },
};

export const TOOL_SET_NAMES = Object.keys(TOOL_SET_TEXTS) as ToolSet[];

const DAY_S = 24 * 60 * 60;

/** How long access lasts. `null`: until it is stopped. */
export const LIFETIMES = {
  "1d": { label: "1 day", seconds: DAY_S },
  "7d": { label: "7 days", seconds: 7 * DAY_S },
  "30d": { label: "30 days", seconds: 30 * DAY_S },
  "90d": { label: "90 days", seconds: 90 * DAY_S },
  until: { label: "Until I stop it", seconds: null },
} as const satisfies Record<string, { label: string; seconds: number | null }>;

export type Lifetime = keyof typeof LIFETIMES;

/** A pasted token always ends: whoever finds it could use it for as long as it lasts. */
export const TOKEN_LIFETIMES = ["1d", "7d", "30d", "90d"] as const satisfies Lifetime[];

export function isLifetime(value: string): value is Lifetime {
  return Object.hasOwn(LIFETIMES, value);
}
