/**
 * Runs something once, later.
 * @param delay_ms from now
 * @returns what calls it off; harmless once it ran
 */
export type After = (delay_ms: number, run: () => void) => () => void;

/** The runtime's own timer, for code that lives no longer than a request. An object has one of its own. */
export const after: After = (delay_ms, run) => {
  const timer = setTimeout(run, delay_ms);
  return () => clearTimeout(timer);
};
