/** Runs the official conformance suite (@modelcontextprotocol/conformance) and reads what it found. */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

interface Check {
  id: string;
  status: "SUCCESS" | "FAILURE" | "WARNING" | "SKIPPED" | "INFO";
  errorMessage?: string;
}

export interface ScenarioResult {
  scenario: string;
  /** Whether the revision requires it; the others are extensions, or newer than the revision. */
  scored: boolean;
  passed: number;
  /** Failed checks, each with why. */
  failures: string[];
  warnings: string[];
}

/** A scored scenario that proved nothing has not been passed. */
export function hasFailed(result: ScenarioResult): boolean {
  return result.failures.length > 0 || (result.scored && result.passed === 0);
}

/** Ends a run that hangs. */
const RUN_TIMEOUT_MS = 180_000;
const OUTPUT_KEPT_CHARS = 4_000;

/**
 * Runs every server scenario of a revision, those it does not score included.
 * @param outputDir an empty folder for the suite's own files
 * @throws Error when the suite did not run to its end
 */
export async function runServerScenarios(
  revision: string,
  url: string,
  outputDir: string,
): Promise<ScenarioResult[]> {
  const required = await requiredScenarios(revision);
  await run(["server", "--url", url, "--requirements", revision, "--output-dir", outputDir]);
  const found = readResults(outputDir, "server-");
  const results = [...found].map(([scenario, checks]) =>
    resultOf(scenario, required.includes(scenario), checks),
  );
  const missing = required.filter((scenario) => !found.has(scenario));
  return [...results, ...missing.map((scenario) => resultOf(scenario, true, []))];
}

/**
 * Runs the scenarios for an authorization server.
 * @param client a client registered with `http://127.0.0.1:{port}/callback`
 * @param authorize opens the authorization URL as a person would, up to the callback
 */
export async function runAuthorizationScenarios(
  issuer: string,
  client: { id: string; port: number },
  outputDir: string,
  authorize: (url: string) => Promise<void>,
): Promise<ScenarioResult[]> {
  const args = ["authorization", "--url", issuer, "--client-id", client.id, "--resource", issuer];
  args.push("--port", String(client.port), "--output-dir", outputDir);
  const failed = new AbortController();
  let printed = "";
  let opening = false;
  const opens = (text: string): void => {
    printed += text;
    const url = /^(https?:\/\/\S+[?&]response_type=\S+)$/m.exec(printed)?.[1];
    if (url === undefined || opening) return;
    opening = true;
    // Without its callback the suite would wait for minutes.
    authorize(url).catch((error: unknown) => failed.abort(error));
  };
  await run(args, opens, failed.signal);
  const found = readResults(outputDir, "authorization-server-");
  return AUTHORIZATION_SCENARIOS.map((scenario) => resultOf(scenario, true, found.get(scenario) ?? []));
}

const AUTHORIZATION_SCENARIOS = ["authorization-server-metadata-endpoint", "authorization-code-grant"];

/** Names under "Server scenarios" of the list of what a revision requires. */
async function requiredScenarios(revision: string): Promise<string[]> {
  const listed = await run(["list", "--requirements", revision]);
  const section = /Server scenarios[^\n]*\n((?: {2}- \S+\n)+)/.exec(listed)?.[1] ?? "";
  const names = section.split("\n").flatMap((line) => /- (\S+)/.exec(line)?.[1] ?? []);
  if (names.length === 0) throw new Error(`the suite lists no server scenarios for ${revision}`);
  return names;
}

/** @returns what it printed. @throws Error when it does not end in time, or ends in a way that is no verdict */
function run(
  args: string[],
  onOutput: (text: string) => void = () => undefined,
  signal?: AbortSignal,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const suite = spawn("conformance", args, { stdio: ["ignore", "pipe", "pipe"], timeout: RUN_TIMEOUT_MS });
    let output = "";
    signal?.addEventListener("abort", () => {
      suite.kill();
      reject(signal.reason instanceof Error ? signal.reason : new Error("aborted"));
    });
    for (const stream of [suite.stdout, suite.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text: string) => {
        output += text;
        onOutput(text);
      });
    }
    suite.once("error", reject);
    suite.once("close", (code) => {
      // 1 is a verdict: checks failed, and the files say which.
      if (code === 0 || code === 1) resolve(output);
      else {
        const name = args.slice(0, 2).join(" ");
        reject(new Error(`conformance ${name} did not end: ${output.slice(-OUTPUT_KEPT_CHARS)}`));
      }
    });
  });
}

/** Checks by scenario, from the folders `{prefix}{scenario}-{time}` the suite writes. */
function readResults(outputDir: string, prefix: string): Map<string, Check[]> {
  const results = new Map<string, Check[]>();
  for (const file of readdirSync(outputDir, { recursive: true, encoding: "utf8" })) {
    if (basename(file) !== "checks.json") continue;
    const folder = basename(dirname(file));
    const scenario = folder.slice(prefix.length).replace(/-\d{4}-\d\d-\d\dT[\d-]+Z$/, "");
    results.set(scenario, JSON.parse(readFileSync(join(outputDir, file), "utf8")) as Check[]);
  }
  return results;
}

function resultOf(scenario: string, scored: boolean, checks: Check[]): ScenarioResult {
  const told = (status: Check["status"]): string[] =>
    checks.filter((check) => check.status === status).map((c) => `${c.id}: ${c.errorMessage ?? ""}`);
  const passed = checks.filter((check) => check.status === "SUCCESS").length;
  return { scenario, scored, passed, failures: told("FAILURE"), warnings: told("WARNING") };
}
