/**
 * `npm run fuzz`: some thousands of requests, made from a seed, at everything the Worker offers, in workerd (test/fuzz).
 * FUZZ_RUNS: cases for each area; FUZZ_SEED: the same cases again; FUZZ_CASE: one case, as a failure prints it.
 */
import { spawn } from "node:child_process";

interface Tally {
  area: string;
  cases: number;
  unsendable: number;
  statuses: Record<string, number>;
}

/** About three minutes on two cores. */
const RUNS = process.env["FUZZ_RUNS"] ?? "900";
/** A new one each time: a seed that was tried finds nothing new. */
const SEED = process.env["FUZZ_SEED"] ?? String(Date.now() % 1_000_000_000);
const LONGEST_MS = 30 * 60_000;

const run = spawn(
  "vitest",
  ["run", "--project", "workerd", "--silent=false", "--reporter=dot", "test/fuzz"],
  {
    env: { ...process.env, FUZZ_RUNS: RUNS, FUZZ_SEED: SEED, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "pipe"],
  },
);
const late = setTimeout(() => run.kill("SIGKILL"), LONGEST_MS);

const tallies: Tally[] = [];
/** What vitest says of failures: the requests' own log lines are left out. */
const said: string[] = [];
for (const stream of [run.stdout, run.stderr]) {
  let rest = "";
  stream.setEncoding("utf8");
  stream.on("data", (text: string) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (line.startsWith("fuzz {")) show(JSON.parse(line.slice("fuzz ".length)) as Tally);
      else if (!/^(\{"level"|std(out|err) \||\s*$)/.test(line)) said.push(line);
    }
  });
}

function show(tally: Tally): void {
  tallies.push(tally);
  const statuses = Object.entries(tally.statuses).map(([status, count]) => `${status}: ${count}`);
  console.log(`${tally.area.padEnd(10)} ${String(tally.cases).padStart(6)} cases   ${statuses.join(", ")}`);
}

console.log(`seed ${SEED}, ${RUNS} cases an area`);
const code = await new Promise<number | null>((resolve) => run.once("exit", resolve));
clearTimeout(late);
const total = tallies.reduce((sum, { cases }) => sum + cases, 0);
const unsendable = tallies.reduce((sum, one) => sum + one.unsendable, 0);
if (code !== 0) {
  console.error(said.slice(said.findIndex((line) => /Failed Tests|FAIL/.test(line))).join("\n"));
  console.error(`\nA violation, or the run broke off. seed ${SEED}`);
  process.exit(1);
}
if (process.env["FUZZ_CASE"] !== undefined) console.log("The case is answered as it has to be.");
else console.log(`${total} cases (${unsendable} were no HTTP request), 0 violations, seed ${SEED}`);
