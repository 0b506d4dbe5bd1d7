/** The mutants fit the code as it is: each one's text occurs once, changes something, and names tests that exist. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { MUTANTS } from "../lab/mutants/list.ts";
import { mutated } from "../lab/mutants/tree.ts";

const ROOT = new URL("../..", import.meta.url).pathname;

describe("mutants", () => {
  test("each breaks its safety in the code as it is", () => {
    const faults = MUTANTS.flatMap((mutant) => {
      const text = readFileSync(join(ROOT, mutant.file), "utf8");
      try {
        return mutated(mutant, text) === text ? [`${mutant.name} changes nothing`] : [];
      } catch (error) {
        return [error instanceof Error ? error.message : "unknown"];
      }
    });
    expect(faults).toEqual([]);
    expect(MUTANTS.length).toBeGreaterThan(100);
  });

  test("each names tests that exist, and has a name of its own", () => {
    const missing = MUTANTS.flatMap(({ tests }) => tests).filter((file) => !existsSync(join(ROOT, file)));
    expect(missing).toEqual([]);
    expect(MUTANTS.filter(({ tests }) => tests.length === 0)).toEqual([]);
    expect(new Set(MUTANTS.map(({ name }) => name)).size).toBe(MUTANTS.length);
  });

  test("a text that is not there, or there twice, is refused", () => {
    const [mutant] = MUTANTS;
    if (mutant === undefined) throw new Error("no mutants");
    expect(() => mutated(mutant, "")).toThrow("occurs 0 times");
    expect(() => mutated(mutant, mutant.find + mutant.find)).toThrow("occurs 2 times");
  });
});
