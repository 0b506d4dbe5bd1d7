/**
 * `npm run mutants`: switches one safety off at a time, in a copy of the tree, and runs the tests that must notice.
 * A mutant that stays green has survived: a safety could be lost without anybody seeing it.
 *
 *   --list              names and what they protect
 *   --only NAME         this one (may be repeated; a part of a name is enough)
 *   --sample N          so many, drawn by --seed
 *   --seed TEXT         of the sample; the commit unless given
 *   --jobs N            copies of the tree that are tested at once; 1 unless given
 */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { MUTANTS } from "./list.ts";
import type { Mutant } from "./mutant.ts";
import { endRuns, runTests, type Verdict } from "./run-tests.ts";
import { mutated, ROOT, Tree } from "./tree.ts";

const { values: options } = parseArgs({
  options: {
    list: { type: "boolean", default: false },
    only: { type: "string", multiple: true, default: [] },
    sample: { type: "string" },
    seed: { type: "string" },
    jobs: { type: "string", default: "1" },
  },
});

const names = MUTANTS.map(({ name }) => name);
const twins = names.filter((name, i) => names.indexOf(name) !== i);
if (twins.length > 0) fail(`names occur twice: ${twins.join(", ")}`);
// Every mutant, also those that are not run now: a stale one must not wait for its turn to be noticed.
const stale = MUTANTS.flatMap((mutant) => {
  try {
    mutated(mutant, readFileSync(join(ROOT, mutant.file), "utf8"));
    for (const test of mutant.tests) readFileSync(join(ROOT, test));
    return [];
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
});
if (stale.length > 0) fail(stale.join("\n"));

if (options.list) {
  for (const { name, protects, file } of MUTANTS) console.log(`${name.padEnd(34)} ${protects} (${file})`);
  process.exit(0);
}

const chosen = choose();
const trees = Array.from({ length: Math.max(1, Number(options.jobs)) }, () => Tree.copy());
const remove = (): void => {
  for (const tree of trees) tree.remove();
};
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    endRuns();
    remove();
    process.exit(130);
  });
}
try {
  process.exitCode = await main();
} finally {
  remove();
}

async function main(): Promise<number> {
  const tests = [...new Set(chosen.flatMap((mutant) => mutant.tests))];
  console.log(`${chosen.length} of ${MUTANTS.length} mutants, ${tests.length} test files`);
  const [first] = trees;
  const whole = await runTests(first?.path ?? ROOT, tests, { stopAtFirst: false });
  if (whole.kind !== "green") {
    console.error(`The tests are not green without a mutant${detail(whole)}`);
    return 1;
  }
  console.log(`unbroken: ${whole.tests} tests green\n`);
  const waiting = [...chosen];
  const survivors: string[] = [];
  const invalid: string[] = [];
  await Promise.all(
    trees.map(async (tree) => {
      for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
        const { name, tests } = mutant;
        const began_ms = Date.now();
        const verdict = await tree.broken(mutant, () => runTests(tree.path, tests, { stopAtFirst: true }));
        if (verdict.kind === "green") survivors.push(name);
        if (verdict.kind === "broken") invalid.push(name);
        const seconds = ((Date.now() - began_ms) / 1000).toFixed(0);
        console.log(`${said(verdict).padEnd(9)} ${name} (${seconds} s)${detail(verdict)}`);
      }
    }),
  );
  const killed = chosen.length - survivors.length - invalid.length;
  console.log(`\n${killed} / ${chosen.length} killed`);
  for (const name of survivors) console.log(`survived: ${name}: ${protects(name)}`);
  for (const name of invalid) console.log(`does not load, so it proves nothing: ${name}`);
  return survivors.length + invalid.length === 0 ? 0 : 1;
}

function choose(): readonly Mutant[] {
  const { only, sample } = options;
  const named =
    only.length === 0 ? MUTANTS : MUTANTS.filter(({ name }) => only.some((part) => name.includes(part)));
  if (named.length === 0) fail(`no mutant is called ${only.join(" or ")}`);
  if (sample === undefined) return named;
  const seed = options.seed ?? commit();
  console.log(`sample of ${sample}, seed ${seed}`);
  const rank = ({ name }: Mutant): string => createHash("sha256").update(`${seed} ${name}`).digest("hex");
  return named.toSorted((a, b) => rank(a).localeCompare(rank(b))).slice(0, Number(sample));
}

/** Another commit draws another sample, the same commit the same. */
function commit(): string {
  return execFileSync("git", ["rev-parse", "--short", "HEAD"], { cwd: ROOT, encoding: "utf8" }).trim();
}

function protects(name: string): string {
  return MUTANTS.find((mutant) => mutant.name === name)?.protects ?? "";
}

function said(verdict: Verdict): string {
  return { green: "SURVIVED", red: "killed", hung: "killed", broken: "INVALID" }[verdict.kind];
}

function detail(verdict: Verdict): string {
  switch (verdict.kind) {
    case "red":
      return `: ${verdict.first}`;
    case "hung":
      return ": the tests hung";
    case "broken":
      return `\n${verdict.output.slice(-1_500)}`;
    case "green":
      return "";
  }
}

function fail(message: string): never {
  console.error(message);
  process.exit(1);
}
