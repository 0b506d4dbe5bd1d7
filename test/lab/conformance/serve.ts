/** The Worker of `test/lab/conformance/worker` in workerd with fresh data, and the ClickUp sandbox people sign in at. */
import { spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "../../../scripts/ports.ts";
import { startClickUpSandbox } from "../../../scripts/sandbox-server.ts";

export interface ConformanceWorker {
  origin: string;
  /** The Worker's output so far. */
  log: string[];
  stop(): Promise<void>;
}

const ROOT = join(import.meta.dirname, "../../..");
const CONFIG = "test/lab/conformance/worker/wrangler.jsonc";
const READY_TIMEOUT_MS = 60_000;
const QUIET = { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true" };

/**
 * @param dataDir an empty folder for what the Worker stores
 * @throws Error when the Worker does not answer in time; `log` has why
 */
export async function startConformanceWorker(dataDir: string, log: string[]): Promise<ConformanceWorker> {
  const port = await freePort(8897);
  const origin = `http://localhost:${port}`;
  const sandbox = await startClickUpSandbox(await freePort(port + 1), join(dataDir, "clickup.json"));
  const vars = {
    PUBLIC_URL: origin,
    ENCRYPTION_KEY: randomBytes(32).toString("base64"),
    JWT_SECRET: randomBytes(48).toString("base64url"),
    CLICKUP_API_URL: `${sandbox.url}/api`,
    CLICKUP_AUTH_URL: `${sandbox.url}/api`,
    CLICKUP_CLIENT_ID: "sandbox-client",
    CLICKUP_CLIENT_SECRET: "sandbox-secret",
  };
  const envFile = join(dataDir, "worker.env");
  const lines = Object.entries(vars).map(([name, value]) => `${name}=${JSON.stringify(value)}\n`);
  writeFileSync(envFile, lines.join(""), { mode: 0o600 });
  const args = [
    "dev",
    build(join(dataDir, "bundle")),
    "--no-bundle",
    "--config",
    CONFIG,
    "--port",
    String(port),
  ];
  args.push("--env-file", envFile, "--persist-to", dataDir, "--log-level", "log");
  args.push("--inspector-port", String(await freePort(port + 2)));
  args.push("--show-interactive-dev-session", "false", "--install-skills", "false");
  const worker = spawn("wrangler", args, {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: QUIET,
  });
  for (const stream of [worker.stdout, worker.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => log.push(...text.split("\n").filter((line) => line.trim() !== "")));
  }
  const kill = (): void => void worker.kill("SIGTERM");
  process.once("exit", kill);
  const over = { ended: false };
  const ended = new Promise<void>((resolve) => {
    const end = (): void => {
      over.ended = true;
      process.off("exit", kill);
      resolve();
    };
    worker.once("exit", end);
    worker.once("error", end);
  });
  const stop = async (): Promise<void> => {
    worker.kill("SIGTERM");
    const late = setTimeout(() => worker.kill("SIGKILL"), 5_000);
    await ended;
    clearTimeout(late);
    await sandbox.stop();
  };
  const deadline_ms = Date.now() + READY_TIMEOUT_MS;
  while (!(await healthy(origin))) {
    if (over.ended || Date.now() > deadline_ms) {
      await stop();
      throw new Error("the Worker did not start");
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return { origin, log, stop };
}

/** Bundles once, so that an edit during the run does not replace the Worker. @returns the entry of the bundle */
function build(outDir: string): string {
  const args = ["deploy", "--dry-run", "--config", CONFIG, "--outdir", outDir];
  const built = spawnSync("wrangler", args, { cwd: ROOT, env: QUIET, encoding: "utf8" });
  if (built.status !== 0) throw new Error(`the Worker could not be built: ${built.stderr}`);
  return join(outDir, "worker.js");
}

async function healthy(origin: string): Promise<boolean> {
  try {
    const response = await fetch(`${origin}/health`, { signal: AbortSignal.timeout(5_000) });
    return response.ok && (await response.text()).includes('"healthy"');
  } catch {
    return false;
  }
}
