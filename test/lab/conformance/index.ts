/**
 * `npm run conformance`: the official MCP conformance suite against the product's Worker and lanes in workerd,
 * with the suite's fixtures as their surface; first without sign-in, then through OAuth, then the authorization
 * server itself. Prints a table; exits non-zero when a check fails.
 */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startBearerProxy } from "./bearer-proxy.ts";
import { hasFailed, runAuthorizationScenarios, runServerScenarios, type ScenarioResult } from "./suite.ts";
import { startConformanceWorker } from "./serve.ts";
import { FormBrowser } from "../../../scripts/form-browser.ts";
import { consent, fetchInTime, signInByOAuth } from "../oauth-sign-in.ts";
import { freePort } from "../../../scripts/ports.ts";

const REVISIONS = ["2025-11-25", "2026-07-28"];

interface Run {
  name: string;
  results: ScenarioResult[];
  took_ms: number;
}

async function suite(origin: string, dataDir: string): Promise<Run[]> {
  const runs: Run[] = [];
  const add = async (name: string, run: (dir: string) => Promise<ScenarioResult[]>): Promise<void> => {
    const dir = join(dataDir, "suite", String(runs.length));
    mkdirSync(dir, { recursive: true });
    const started_ms = Date.now();
    const results = await run(dir);
    runs.push({ name, results, took_ms: Date.now() - started_ms });
    report(runs.at(-1));
  };
  for (const revision of REVISIONS) {
    await add(revision, (dir) => runServerScenarios(revision, `${origin}/open/mcp`, dir));
  }
  const { tokens } = await signInByOAuth(origin, "Conformance");
  const proxy = await startBearerProxy(`${origin}/mcp`, tokens.access_token, await freePort(8997));
  try {
    for (const revision of REVISIONS) {
      await add(`${revision} through OAuth`, (dir) => runServerScenarios(revision, proxy.url, dir));
    }
  } finally {
    await proxy.stop();
  }
  await add("authorization server", async (dir) => {
    const port = await freePort(53_684);
    const id = await register(origin, `http://127.0.0.1:${port}/callback`);
    return runAuthorizationScenarios(origin, { id, port }, dir, async (url) => {
      await consent(url, new FormBrowser(undefined, fetchInTime), `http://127.0.0.1:${port}/callback`);
    });
  });
  return runs;
}

/** Dynamic client registration (RFC 7591). @returns the client id */
async function register(origin: string, redirectUri: string): Promise<string> {
  const response = await fetch(`${origin}/register`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      client_name: "Conformance suite",
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: "none",
    }),
  });
  if (!response.ok) throw new Error(`registration answered ${response.status}`);
  const { client_id }: { client_id: string } = await response.json();
  return client_id;
}

function report(run: Run | undefined): void {
  if (run === undefined) return;
  const { name, results, took_ms } = run;
  const scenarios = (scored: boolean): string => {
    const of = results.filter((result) => result.scored === scored);
    return of.length === 0 ? "-" : `${of.filter((result) => !hasFailed(result)).length}/${of.length}`;
  };
  const sum = (count: (result: ScenarioResult) => number): string =>
    String(results.reduce((total, result) => total + count(result), 0));
  const cells = [
    scenarios(true),
    scenarios(false),
    sum((r) => r.passed),
    sum((r) => r.failures.length),
    sum((r) => r.warnings.length),
    `${(took_ms / 1000).toFixed(1)} s`,
  ];
  console.log(row(name, cells));
  for (const { scenario, failures, warnings, passed } of results.filter(
    (r) => hasFailed(r) || r.warnings.length > 0,
  )) {
    if (failures.length === 0 && passed === 0) console.log(`    ${scenario}: no check ran`);
    for (const failure of failures) console.log(`    ${scenario}: ${failure}`);
    for (const warning of warnings) console.log(`    ${scenario}, warning: ${warning}`);
  }
}

function row(name: string, cells: string[]): string {
  return name.padEnd(28) + cells.map((cell) => cell.padStart(10)).join("");
}

async function main(): Promise<number> {
  const dataDir = mkdtempSync(join(tmpdir(), "clickup-mcp-conformance-"));
  const log: string[] = [];
  let stop = async (): Promise<void> => undefined;
  process.once("exit", () => rmSync(dataDir, { recursive: true, force: true }));
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, () => void stop().finally(() => process.exit(1)));
  }
  try {
    const worker = await startConformanceWorker(dataDir, log);
    stop = () => worker.stop();
    try {
      console.log(row("suite", ["scored", "others", "checks", "failed", "warnings", "took"]));
      const runs = await suite(worker.origin, dataDir);
      const failed = runs.flatMap((run) => run.results.filter(hasFailed));
      console.log(failed.length === 0 ? "\nConformant." : `\n${failed.length} scenario(s) failed.`);
      return failed.length === 0 ? 0 : 1;
    } finally {
      await stop();
    }
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    console.error(log.slice(-15).join("\n"));
    return 1;
  }
}

process.exit(await main());
