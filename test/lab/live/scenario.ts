import type { LiveWorld } from "./world.ts";

export interface Scenario {
  /** With the codes of the behaviours it covers. */
  name: string;
  /** @throws Error when it does not hold. @returns what was seen, or why it cannot be tried here */
  run(world: LiveWorld): Promise<string | { skipped: string }>;
}

export function must(condition: boolean, message: string): asserts condition {
  if (!condition) throw new Error(message);
}
