/** The whole product on this machine: the Worker in workerd with local storage, and the ClickUp sandbox. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ensureDevVars } from "./dev-vars.ts";
import { freePort, portIsFree } from "./ports.ts";
import { noteRunning, noteStopped, otherUrl, registryOf, ROOT } from "./running.ts";
import { startClickUpSandbox, startStripeSandbox, stripeVars, type SandboxServer } from "./sandbox-server.ts";

export type ClickUpTarget = "sandbox" | "real";

export interface StackOptions {
  port: number;
  /** Folder of Durable Objects, KV, R2 and the sandbox's state. */
  dataDir: string;
  clickup: ClickUpTarget | undefined;
  /** Variables set over everything else. */
  vars?: Record<string, string>;
  /** Lines of the Worker's own output. */
  onLog?(line: string): void;
  /** Ends a start that is under way. */
  signal?: AbortSignal;
}

export interface Stack {
  url: string;
  clickup: ClickUpTarget;
  sandbox: SandboxServer | undefined;
  /** The Stripe sandbox; undefined when `.dev.vars` has keys of a real Stripe account. */
  stripe: SandboxServer | undefined;
  dataDir: string;
  /** Resolves when the Worker's process has ended by itself. */
  ended: Promise<number | null>;
  stop(): Promise<void>;
}

const READY_TIMEOUT_MS = 90_000;

/** @throws Error with a sentence for people: a taken port, a Worker that does not start */
export async function startStack(options: StackOptions): Promise<Stack> {
  if (!(await portIsFree(options.port))) {
    throw new Error(`Port ${options.port} is taken. Choose another: PORT=${options.port + 10} npm start`);
  }
  const other = otherUrl(options.dataDir);
  if (other !== undefined) {
    throw new Error(
      `${other} runs with the state in ${options.dataDir}. Stop it, or name another folder: npm start -- --data FOLDER`,
    );
  }
  const secrets = ensureDevVars(join(ROOT, ".dev.vars"));
  const hasApp = Boolean(secrets["CLICKUP_CLIENT_ID"] && secrets["CLICKUP_CLIENT_SECRET"]);
  const target = options.clickup ?? (hasApp ? "real" : "sandbox");
  const url = `http://localhost:${options.port}`;
  const vars: Record<string, string> = { ...secrets, PUBLIC_URL: url, CHECKOUT: ROOT };
  const broken = new AbortController();
  let sandbox: SandboxServer | undefined;
  if (target === "sandbox") {
    sandbox = await startClickUpSandbox(
      await freePort(options.port + 1),
      join(options.dataDir, "sandbox", "clickup.json"),
    );
    vars["CLICKUP_API_URL"] = `${sandbox.url}/api`;
    vars["CLICKUP_AUTH_URL"] = `${sandbox.url}/api`;
    vars["CLICKUP_CLIENT_ID"] = "sandbox-client";
    vars["CLICKUP_CLIENT_SECRET"] = "sandbox-secret";
  }
  let stripe: SandboxServer | undefined;
  if ((options.vars?.["STRIPE_SECRET_KEY"] ?? secrets["STRIPE_SECRET_KEY"]) === undefined) {
    const port = await freePort(options.port + 2);
    const stateFile = join(options.dataDir, "sandbox", "stripe.json");
    stripe = await startStripeSandbox(port, stateFile, `${url}/stripe/webhook`);
    Object.assign(vars, stripeVars(stripe.url));
  }
  Object.assign(vars, options.vars);
  // A bundle that does not build leaves wrangler waiting for an edit; here it is the end.
  const failed = AbortSignal.any([options.signal ?? new AbortController().signal, broken.signal]);
  const worker = await startWorker(options, vars, (line) => {
    if (line.includes("Build failed")) setTimeout(() => broken.abort(), 500);
  });
  const ended = new Promise<number | null>((resolve) => worker.once("exit", (code) => resolve(code)));
  const stop = async (): Promise<void> => {
    worker.kill("SIGTERM");
    const late = setTimeout(() => worker.kill("SIGKILL"), 5_000);
    await ended;
    clearTimeout(late);
    await Promise.all([sandbox?.stop(), stripe?.stop()]);
    noteStopped(options.dataDir);
  };
  try {
    await ready(url, ended, failed);
    noteRunning(options.dataDir, url);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, clickup: target, sandbox, stripe, dataDir: options.dataDir, ended, stop };
}

async function startWorker(
  options: StackOptions,
  vars: Record<string, string>,
  onLine: (line: string) => void,
): Promise<ChildProcess> {
  // One env file with everything: wrangler then does not read .dev.vars beside it.
  mkdirSync(options.dataDir, { recursive: true });
  const envFile = join(options.dataDir, "worker.env");
  const lines = Object.entries(vars).map(([k, v]) => `${k}=${JSON.stringify(v)}\n`);
  writeFileSync(envFile, lines.join(""), { mode: 0o600 });
  const args = [
    "dev",
    "--port",
    String(options.port),
    "--env-file",
    envFile,
    "--persist-to",
    options.dataDir,
  ];
  args.push("--show-interactive-dev-session", "false", "--log-level", "log");
  args.push("--inspector-port", String(await freePort(options.port + 3)), "--install-skills", "false");
  const worker = spawn("wrangler", args, {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      ...process.env,
      WRANGLER_SEND_METRICS: "false",
      CI: "true",
      WRANGLER_REGISTRY_PATH: registryOf(options.dataDir),
    },
  });
  for (const stream of [worker.stdout, worker.stderr]) {
    stream.setEncoding("utf8");
    stream.on("data", (text: string) => {
      for (const line of text.split("\n")) {
        if (line.trim() === "") continue;
        options.onLog?.(line);
        onLine(line);
      }
    });
  }
  return worker;
}

async function ready(url: string, ended: Promise<number | null>, failed: AbortSignal): Promise<void> {
  const deadline_ms = Date.now() + READY_TIMEOUT_MS;
  const state = { over: false };
  void ended.then(() => {
    state.over = true;
  });
  let health = "";
  while (Date.now() < deadline_ms && !state.over && !failed.aborted) {
    try {
      const response = await fetch(`${url}/health`, {
        signal: AbortSignal.any([failed, AbortSignal.timeout(5_000)]),
      });
      health = await response.text();
      if (response.ok && health.includes('"healthy"')) return;
      if (health.includes("misconfigured")) break;
    } catch {
      health = "no answer yet";
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`The Worker did not start (${health || "it ended"}). Its output is above.`);
}
