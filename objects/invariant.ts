/** What code relies on and other code has to keep, said where it is relied on. */
import { logFault } from "./log.ts";

/**
 * Looks at what is relied on. Where it does not hold, that is an incident for operators, as one line of the log with ids
 * and numbers alone (`InvariantError`), and nothing to the caller: it never throws.
 * @param instead says what is the case instead; asked only then
 * @returns `holds`, for code that knows a safer way to go on
 */
export function relyOn(holds: boolean, userId: string, instead: () => string): boolean {
  const error = (): Error => Object.assign(new Error(instead()), { name: "InvariantError" });
  if (!holds) logFault(crypto.randomUUID(), userId, error());
  return holds;
}
