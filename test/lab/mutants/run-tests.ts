/** Runs test files in a tree and says how it went. */
import { spawn } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { projectOf } from "./mutant.ts";

/** Nothing a mutant names takes near this long; one that hangs the tests was noticed. */
const MAX_MS = 150_000;
/** Added for each file: without a mutant all of them run at once. */
const MAX_MS_PER_FILE = 10_000;

export type Verdict =
  | { kind: "green"; tests: number }
  /** `first` is the name of the first test that failed. */
  | { kind: "red"; first: string }
  | { kind: "hung" }
  /** No test ran: the tree does not load, which says nothing about the tests. */
  | { kind: "broken"; output: string };

/** Runs under way, by the group they are in. */
const running = new Set<number>();

/** Ends every run under way, and everything they started. */
export function endRuns(): void {
  for (const pid of running) end(pid);
}

interface Report {
  numTotalTests: number;
  testResults: {
    status: string;
    message: string;
    assertionResults: { fullName: string; status: string }[];
  }[];
}

/** @param stopAtFirst ends at the first test that fails */
export async function runTests(
  tree: string,
  tests: readonly string[],
  options: { stopAtFirst: boolean },
): Promise<Verdict> {
  const report = join(tree, ".report.json");
  rmSync(report, { force: true });
  const projects = [...new Set(tests.map(projectOf))].flatMap((name) => ["--project", name]);
  const args = ["run", ...projects, ...tests, "--reporter=json", `--outputFile=${report}`];
  if (options.stopAtFirst) args.push("--bail=1");
  const run = spawn(join(tree, "node_modules/.bin/vitest"), args, {
    cwd: tree,
    env: { ...process.env, CI: "true", WRANGLER_SEND_METRICS: "false" },
    stdio: ["ignore", "pipe", "pipe"],
    // A group of its own, so that what it started ends with it.
    detached: true,
  });
  if (run.pid !== undefined) running.add(run.pid);
  let output = "";
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-20_000);
  };
  run.stdout.on("data", keep);
  run.stderr.on("data", keep);
  let hung = false;
  const timer = setTimeout(
    () => {
      hung = true;
      end(run.pid);
    },
    MAX_MS + tests.length * MAX_MS_PER_FILE,
  );
  const code = await new Promise<number | null>((resolve) => run.on("close", resolve));
  clearTimeout(timer);
  end(run.pid);
  if (run.pid !== undefined) running.delete(run.pid);
  if (hung) return { kind: "hung" };
  if (!existsSync(report)) return { kind: "broken", output };
  const { numTotalTests, testResults } = JSON.parse(readFileSync(report, "utf8")) as Report;
  const failed = testResults.flatMap((file) => file.assertionResults).find((one) => one.status === "failed");
  if (failed !== undefined) return { kind: "red", first: failed.fullName };
  const unloaded = testResults.find((file) => file.status === "failed");
  if (unloaded !== undefined || numTotalTests === 0) {
    return { kind: "broken", output: unloaded?.message ?? output };
  }
  // The runtime itself went down, or something failed outside of a test.
  return code === 0 ? { kind: "green", tests: numTotalTests } : { kind: "red", first: "(outside of a test)" };
}

/** Ends a run and everything it started. */
function end(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // It has ended by itself.
  }
}
