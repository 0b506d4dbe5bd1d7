/**
 * `npm run deploy:*`: the checks that can stop a bad deployment, then wrangler, then a look at its health. A version
 * that is not healthy is taken back.
 */
import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { ConfigFile } from "./config-file.ts";
import {
  envArgs,
  environmentOf,
  GENERATED_SECRETS,
  KV_BINDINGS,
  shortName,
  type Environment,
} from "./environments.ts";
import { FingerprintFile } from "./fingerprint.ts";
import { waitHealthy } from "./health.ts";
import { OperatorError, runScript } from "./operator-error.ts";
import { rollback } from "./rollback.ts";
import { secretNames } from "./secrets.ts";
import { messageOf, shapeHere } from "./versions.ts";
import { requireAccount, ROOT, wrangler } from "./wrangler.ts";

const PATIENCE_S = 60;

export interface DeployOptions {
  dryRun: boolean;
  /** Origin instead of the one in wrangler.jsonc; for development, whose own is this machine. */
  url: string | undefined;
  /** How long the new version may take to be healthy; 0: nobody looks. */
  patience_ms: number;
}

/** What must be true before anything is uploaded. Every fault in one message. @returns the origin */
export async function mayDeploy(
  environment: Environment,
  config: ConfigFile,
  fingerprints: FingerprintFile,
  options: Pick<DeployOptions, "dryRun" | "url">,
): Promise<URL> {
  const origin = originOf(environment, config, options.url);
  if (options.dryRun) return origin;
  await requireAccount();
  const faults: string[] = [];
  const name = shortName(environment);
  for (const binding of KV_BINDINGS) {
    if (!config.kvId(environment, binding)) faults.push(`${binding} has no id: npm run kv:create:${name}`);
  }
  const present = await secretNames(environment);
  for (const secret of GENERATED_SECRETS) {
    if (!present.includes(secret)) {
      faults.push(`secret ${secret} is missing: npm run secrets:${name}`);
      continue;
    }
    const print = fingerprints.of(environment)[secret];
    if (print === undefined) {
      if (environment === "production") {
        faults.push(
          `the fingerprint of ${secret} is not in key-fingerprints.json, so nobody knows whose key it is. Commit the file of the machine that set it, or replace the key: docs/deployment-runbook.md`,
        );
      }
      continue;
    }
    const elsewhere = fingerprints.usedElsewhere(environment, secret, print);
    if (elsewhere !== undefined)
      faults.push(`${secret} is the key of ${elsewhere}; every environment has its own`);
  }
  for (const [one, other] of [
    ["CLICKUP_CLIENT_ID", "CLICKUP_CLIENT_SECRET"],
    ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"],
  ] as const) {
    if (present.includes(one) !== present.includes(other)) {
      faults.push(`only one of ${one} and ${other} is set: npm run secrets:${name}`);
    }
  }
  if (faults.length > 0) {
    throw new OperatorError(`${environment} is not deployed:\n${faults.map((f) => `  - ${f}`).join("\n")}`);
  }
  return origin;
}

export async function deploy(
  environment: Environment,
  config: ConfigFile,
  fingerprints: FingerprintFile,
  options: DeployOptions,
): Promise<void> {
  const origin = await mayDeploy(environment, config, fingerprints, options);
  const args = ["deploy", ...envArgs(environment), "--message", messageOf(shapeHere(config.classTag()))];
  const tag = commit();
  if (tag !== undefined) args.push("--tag", tag);
  if (options.url !== undefined) args.push("--var", `PUBLIC_URL:${origin.origin}`);
  // A workers.dev address comes with the Worker; any other becomes its custom domain.
  if (!origin.hostname.endsWith(".workers.dev") && origin.protocol === "https:") {
    args.push("--domain", origin.hostname);
  }
  if (options.dryRun) {
    await wrangler(["deploy", ...envArgs(environment), "--dry-run"], { show: true });
    console.log(`Dry run of ${environment}: nothing was uploaded. It would be: wrangler ${args.join(" ")}`);
    return;
  }
  const output = await wrangler(args, { show: true });
  if (options.patience_ms === 0) return;
  const version = /^Current Version ID:\s*(\S+)/m.exec(output)?.[1];
  const seen = await waitHealthy(origin.origin, options.patience_ms, version);
  if (!seen.ok) await takeBack(environment, origin.origin, seen.said, options.patience_ms);
  console.log(`${origin.origin} is ${seen.said}.`);
}

/**
 * The new version is live and does not work: back to the one before, where that is safe.
 * @throws OperatorError always: the deployment failed, whatever runs now
 */
async function takeBack(
  environment: Environment,
  origin: string,
  why: string,
  patience_ms: number,
): Promise<never> {
  const failed = `${environment} was deployed and is not healthy: ${why}`;
  console.error(`\n${failed}\nGoing back to the version before.`);
  let back: string;
  try {
    await rollback(environment, { to: undefined, force: false, dryRun: false });
    const seen = await waitHealthy(origin, patience_ms);
    back = seen.ok
      ? `The version before runs again and is ${seen.said}.`
      : `The version before runs again and is not healthy either: ${seen.said}. Look at the configuration: npm run doctor -- --env ${environment}`;
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    back = `It was not taken back: ${error.message}\nIt is still live. Mend it and deploy again, or see docs/deployment-runbook.md#back-again.`;
  }
  throw new OperatorError(`${failed}\n${back}`);
}

function originOf(environment: Environment, config: ConfigFile, url: string | undefined): URL {
  if (url !== undefined) {
    if (environment === "production")
      throw new OperatorError("Production's origin is the one in wrangler.jsonc; --url is for the others.");
    if (!URL.canParse(url) || new URL(url).protocol !== "https:")
      throw new OperatorError("--url takes an https origin.");
    return new URL(url);
  }
  const origin = config.publicUrl(environment);
  if (environment === "development" && origin.hostname === "localhost") {
    throw new OperatorError(
      "Development's PUBLIC_URL is this machine. To deploy it, say where: npm run deploy:dev -- --url https://clickup-mcp.YOUR-SUBDOMAIN.workers.dev",
    );
  }
  return origin;
}

function commit(): string | undefined {
  const git = spawnSync("git", ["rev-parse", "--short=12", "HEAD"], { cwd: ROOT, encoding: "utf8" });
  return git.status === 0 ? git.stdout.trim() : undefined;
}

if (import.meta.main) {
  await runScript(async () => {
    const { values } = parseArgs({
      options: {
        env: { type: "string" },
        url: { type: "string" },
        "dry-run": { type: "boolean", default: false },
        "skip-health": { type: "boolean", default: false },
        patience: { type: "string", default: String(PATIENCE_S) },
      },
    });
    const patience_s = Number(values.patience);
    if (!(patience_s > 0)) throw new OperatorError("--patience takes a number of seconds.");
    await deploy(environmentOf(values.env), new ConfigFile(), new FingerprintFile(), {
      dryRun: values["dry-run"],
      url: values.url,
      patience_ms: values["skip-health"] ? 0 : patience_s * 1000,
    });
  });
}
