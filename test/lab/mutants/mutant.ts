/** A safety that is switched off on purpose: the tests named must turn red, or they would not notice if it were lost. */
export interface Mutant {
  name: string;
  /** What people rely on that this breaks. */
  protects: string;
  file: string;
  /** Text of the file as it is; must occur exactly once, so that a mutant never means something else by accident. */
  find: string;
  replace: string;
  /** Test files that must notice. */
  tests: readonly string[];
}

/** The vitest project a test file belongs to (vitest.config.ts). */
export function projectOf(test: string): "node" | "workerd" {
  return /^test\/(repo|tools|sandbox|contract|scripts|lab)\/|\.node\.test\.ts$/.test(test)
    ? "node"
    : "workerd";
}
