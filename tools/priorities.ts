/** ClickUp numbers priorities 1 (urgent) to 4 (low); none is null. */
export const PRIORITIES = ["urgent", "high", "normal", "low", "none"] as const;
export type Priority = (typeof PRIORITIES)[number];

/** The number ClickUp takes, null for none. */
export function priorityNumber(priority: Priority): number | null {
  return priority === "none" ? null : PRIORITIES.indexOf(priority) + 1;
}
