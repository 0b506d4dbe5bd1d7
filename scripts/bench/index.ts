/** `npm run bench`. */
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildBundles } from "./build.ts";
import { makeCases } from "./cases.ts";
import { measureSlices } from "./slices.ts";
import { startWorkerd } from "./workerd.ts";

const rounds = Number(process.argv[2] ?? 3);
const only = process.argv[3]?.split(",");
const workDir = mkdtempSync("/dev/shm/clickup-mcp-bench-");
const bundles = await buildBundles(workDir);
const running = await startWorkerd(bundles, workDir, join(workDir, "state"));
try {
  const cases = (await makeCases(running, 32)).filter((c) => only === undefined || only.includes(c.name));
  const measured = await measureSlices(running.pid, cases, { rounds, seconds: 1, connections: 16 });
  const echo = measured.find((m) => m.name === "echo")?.cpu_us.median ?? 1;
  for (const m of measured)
    console.log(
      m.name.padEnd(14),
      m.cpu_us.median.toFixed(0).padStart(6),
      `${m.cpu_us.min.toFixed(0)}-${m.cpu_us.max.toFixed(0)}`.padStart(12),
      (m.cpu_us.median / echo).toFixed(2).padStart(7),
      m.requests_per_s.median.toFixed(0).padStart(7),
      m.p50_ms.median.toFixed(1).padStart(7),
    );
} finally {
  await running.stop();
  rmSync(workDir, { recursive: true, force: true });
}
