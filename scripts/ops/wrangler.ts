/** Running wrangler: always as a program with arguments, never through a shell; secrets go in by stdin. */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { OperatorError } from "./operator-error.ts";

export const ROOT = join(import.meta.dirname, "../..");
const MAX_SHOWN_LINES = 12;

export interface Run {
  status: number;
  stdout: string;
  stderr: string;
}

export interface WranglerOptions {
  /** Written to stdin. */
  input?: string;
  /** Show the output while it comes, besides keeping it. */
  show?: boolean;
  cwd?: string;
}

/** Runs `wrangler` from PATH (npm scripts find the project's own) to its end, whatever its exit code. */
export function tryWrangler(args: readonly string[], options: WranglerOptions = {}): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn("wrangler", [...args], {
      cwd: options.cwd ?? ROOT,
      stdio: ["pipe", "pipe", "pipe"],
      // CI makes wrangler take its defaults instead of asking.
      env: { ...process.env, WRANGLER_SEND_METRICS: "false", CI: "true", NO_COLOR: "1" },
    });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      if (options.show === true) process.stdout.write(text);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      if (options.show === true) process.stderr.write(text);
    });
    child.on("error", (error) =>
      reject(new OperatorError(`wrangler could not be started (${error.message}). Run: npm ci`)),
    );
    child.on("close", (code) => resolve({ status: code ?? 1, stdout, stderr }));
    // A program that ends without reading closes the pipe; its exit code says why.
    child.stdin.on("error", () => child.stdin.destroy());
    child.stdin.end(options.input ?? "");
  });
}

/** As `tryWrangler`. @throws OperatorError that says what to do when it fails */
export async function wrangler(args: readonly string[], options: WranglerOptions = {}): Promise<string> {
  const run = await tryWrangler(args, options);
  if (run.status !== 0) throw new OperatorError(explain(args, run));
  return run.stdout;
}

/** As `wrangler`, for commands that print JSON. */
export async function wranglerJson(args: readonly string[]): Promise<unknown> {
  const stdout = await wrangler(args);
  const start = stdout.search(/[[{]/);
  try {
    return JSON.parse(stdout.slice(Math.max(0, start)));
  } catch {
    throw new OperatorError(`wrangler ${args.join(" ")} did not print JSON:\n${stdout.trim()}`);
  }
}

const KNOWN: readonly [RegExp, string][] = [
  [
    /not (logged in|authenticated)|CLOUDFLARE_API_TOKEN environment variable|Authentication error|code: 10000/i,
    "Cloudflare does not know who you are. Run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN to a token with the permissions of docs/deployment-runbook.md.",
  ],
  [
    /more than one account/i,
    "Your login reaches several accounts. Choose one: set CLOUDFLARE_ACCOUNT_ID (`npx wrangler whoami` lists them).",
  ],
  [
    /Please enable R2|code: 10042/i,
    "R2 is off in this account. Turn it on in the dashboard: Storage & databases, R2.",
  ],
  [
    /Analytics Engine.*(enable|not enabled)|code: 10089/i,
    "Analytics Engine is off in this account. Turn it on in the dashboard: Workers & Pages, Analytics Engine.",
  ],
  [
    /subscription.*Durable Objects|Durable Objects.*paid plan/i,
    "Durable Objects need Cloudflare's Workers Paid plan; docs/deployment-runbook.md says what it is needed for.",
  ],
];

/** What a failed run means, and what to do. */
export function explain(args: readonly string[], { stdout, stderr, status }: Run): string {
  const output = `${stderr}\n${stdout}`;
  const known = KNOWN.find(([pattern]) => pattern.test(output));
  const lines = output
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
  const said = lines.slice(-MAX_SHOWN_LINES).join("\n  ");
  const head = `wrangler ${args.join(" ")} failed (${status}).`;
  return known === undefined ? `${head} It said:\n  ${said}` : `${head} ${known[1]}`;
}

export interface Account {
  id: string;
  name: string;
}

/** Who is logged in. @throws OperatorError when nobody is, or the account is not decided */
export async function requireAccount(): Promise<Account> {
  const run = await tryWrangler(["whoami", "--json"]);
  const text = run.stdout.slice(Math.max(0, run.stdout.indexOf("{")));
  const who = run.status === 0 && text.startsWith("{") ? (JSON.parse(text) as { accounts?: Account[] }) : {};
  const accounts = who.accounts ?? [];
  if (accounts.length === 0) {
    throw new OperatorError(
      "No Cloudflare account. Run `npx wrangler login`, or set CLOUDFLARE_API_TOKEN to a token with the permissions of docs/deployment-runbook.md.",
    );
  }
  const chosen = process.env["CLOUDFLARE_ACCOUNT_ID"];
  const account =
    chosen === undefined
      ? accounts.length === 1
        ? accounts[0]
        : undefined
      : accounts.find((a) => a.id === chosen);
  if (account === undefined) {
    const list = accounts.map((a) => `${a.id} (${a.name})`).join(", ");
    throw new OperatorError(
      chosen === undefined
        ? `Your login reaches several accounts. Set CLOUDFLARE_ACCOUNT_ID to one of: ${list}`
        : `CLOUDFLARE_ACCOUNT_ID is ${chosen}, which this login does not reach. It reaches: ${list}`,
    );
  }
  return account;
}
