/** Whatever leaves a check out names what it needs, so that the end of a run can say so. */
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

test("a check that can be left out says what it needs", () => {
  const names = globSync("test/**/*.test.ts", { cwd: ROOT }).flatMap((file) => {
    const text = readFileSync(join(ROOT, file), "utf8");
    return [...text.matchAll(/^ *(?:it|test|describe)\.skip(?:If\([^\n]*?\))?\(\s*(.*)/gm)].map(
      ([, name]) => `${file}: ${name}`,
    );
  });
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name) => !/\(needs [^)]+\)/.test(name))).toEqual([]);
});
