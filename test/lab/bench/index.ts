/**
 * `npm run bench`: what a request costs, beside peers in the same workerd, without `wrangler dev` in between.
 * Options: `--rounds 28` slices a case, `--seconds 0.15` a slice, `--only echo,call_oauth`, `--no-disk`, `--no-cold`,
 * `--no-growth`, `--json`, `--write` (docs/performance.md and its plots).
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildBundles } from "./build.ts";
import { makeCases } from "./cases.ts";
import { measureCold } from "./cold.ts";
import { writeDocs } from "./docs.ts";
import { measureGrowth } from "./growth.ts";
import { machine, reportText, type BenchRun } from "./report.ts";
import { measureSlices } from "./slices.ts";
import { startWorkerd, type Running } from "./workerd.ts";

/** Of Linux: memory behind the interface of a file system. */
const TMPFS = "/dev/shm";
const USERS = 32;

const { values } = parseArgs({
  options: {
    rounds: { type: "string", default: "28" },
    seconds: { type: "string", default: "0.15" },
    connections: { type: "string", default: "16" },
    only: { type: "string" },
    disk: { type: "boolean", default: true },
    cold: { type: "boolean", default: true },
    growth: { type: "boolean", default: true },
    json: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
  },
  allowNegative: true,
});
const options = {
  rounds: Number(values.rounds),
  seconds: Number(values.seconds),
  connections: Number(values.connections),
};
const only = values.only?.split(",");
const workDir = mkdtempSync(join(TMPFS, "clickup-mcp-bench-"));
const diskDir = mkdtempSync(join(tmpdir(), "clickup-mcp-bench-"));

try {
  const bundles = await buildBundles(workDir);
  const onState = async <T>(stateDir: string, work: (running: Running) => Promise<T>): Promise<T> => {
    mkdirSync(stateDir, { recursive: true });
    const running = await startWorkerd(bundles, workDir, stateDir);
    try {
      return await work(running);
    } finally {
      await running.stop();
    }
  };
  const slices = async (running: Running, storing: boolean) => {
    const cases = await makeCases(running, USERS);
    const wanted = cases.filter(
      (c) => (only === undefined || only.includes(c.name)) && (!storing || c.stores),
    );
    return measureSlices(running.pid, wanted, options);
  };
  const run: BenchRun = {
    machine: machine(),
    ...options,
    ...(await onState(join(workDir, "state"), async (running) => ({
      tmpfs: await slices(running, false),
      cold: values.cold ? await measureCold(running) : null,
      growth: values.growth ? await measureGrowth(running, options.seconds) : [],
    }))),
    disk: values.disk ? await onState(diskDir, (running) => slices(running, true)) : [],
  };
  console.log(values.json ? JSON.stringify(run, null, 1) : reportText(run));
  if (values.write) writeDocs(run);
} finally {
  rmSync(workDir, { recursive: true, force: true });
  rmSync(diskDir, { recursive: true, force: true });
}
