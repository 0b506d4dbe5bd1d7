/** `npm run deploy:*`: the checks that can stop a bad deployment, then wrangler, then a look at its health. */
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
import { secretNames } from "./secrets.ts";
import { messageOf, shapeHere } from "./versions.ts";
import { requireAccount, ROOT, wrangler } from "./wrangler.ts";

const PATIENCE_MS = 60_000;

export interface DeployOptions {
  dryRun: boolean;
  /** Origin instead of the one in wrangler.jsonc; for development, whose own is this machine. */
  url: string | undefined;
  checkHealth: boolean;
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
          `the fingerprint of ${secret} is not in key-fingerprints.json, so nobody knows whose key it is. Commit the file of the machine that set it, or replace the key: docs/operating.md`,
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
  await wrangler(args, { show: true });
  if (!options.checkHealth) return;
  const why = await waitHealthy(origin.origin, PATIENCE_MS);
  if (why !== undefined) {
    throw new OperatorError(
      `${environment} was deployed and is not healthy: ${why}\nGo back with: npm run rollback:${shortName(environment)}`,
    );
  }
  console.log(`${origin.origin} is healthy.`);
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
      },
    });
    await deploy(environmentOf(values.env), new ConfigFile(), new FingerprintFile(), {
      dryRun: values["dry-run"],
      url: values.url,
      checkHealth: !values["skip-health"],
    });
  });
}
