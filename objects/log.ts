/**
 * One JSON line for one of our own faults. The message of the error is ours or the platform's; request
 * arguments, tokens and ClickUp's text never get here.
 */
export function logFault(incident: string, userId: string, error: unknown): void {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  console.error(JSON.stringify({ level: "error", incident, user: userId, name, message, stack }));
}

/** The same under a new incident. @returns its id */
export function logNewFault(userId: string, error: unknown): string {
  const incident = crypto.randomUUID();
  logFault(incident, userId, error);
  return incident;
}
