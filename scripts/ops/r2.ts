/** `npm run r2:create`: the audit buckets with their rules. One environment with `--env`, else all three. */
import { parseArgs } from "node:util";
import { ConfigFile } from "./config-file.ts";
import { ENVIRONMENTS, environmentOf, type Environment } from "./environments.ts";
import { OperatorError, runScript } from "./operator-error.ts";
import { requireAccount, wrangler } from "./wrangler.ts";

const PREFIX = "audit/";
const EXPIRE_RULE = "audit-expire";
const LOCK_RULE = "audit-lock";
const DEFAULT_KEEP_DAYS = 400;

export interface Rules {
  /** Batches are deleted after this many days. */
  keep_days: number;
  /** Batches can be neither changed nor deleted for this many days; 0: no lock. */
  lock_days: number;
}

/** Creates what is missing. An existing rule is left as it is. */
export async function provisionBucket(
  environment: Environment,
  config: ConfigFile,
  rules: Rules,
): Promise<string[]> {
  const bucket = config.bucket(environment);
  const lines: string[] = [];
  if (namesIn(await wrangler(["r2", "bucket", "list"])).includes(bucket)) lines.push(`${bucket}  as before`);
  else {
    await wrangler(["r2", "bucket", "create", bucket]);
    lines.push(`${bucket}  created`);
  }
  lines.push(
    await addRule(bucket, "lifecycle", EXPIRE_RULE, ["--expire-days", String(rules.keep_days)]),
    ...(rules.lock_days === 0
      ? []
      : [await addRule(bucket, "lock", LOCK_RULE, ["--retention-days", String(rules.lock_days)])]),
  );
  return lines;
}

async function addRule(
  bucket: string,
  kind: "lifecycle" | "lock",
  name: string,
  options: readonly string[],
): Promise<string> {
  if (namesIn(await wrangler(["r2", "bucket", kind, "list", bucket])).includes(name)) {
    return `  ${kind} rule ${name}  as before`;
  }
  await wrangler(["r2", "bucket", kind, "add", bucket, name, PREFIX, ...options, "--force"]);
  return `  ${kind} rule ${name}  added (${options.join(" ")})`;
}

/** The values of `name:` lines, as wrangler lists buckets and rules. */
export function namesIn(listing: string): string[] {
  return [...listing.matchAll(/^\s*name:\s*(\S+)\s*$/gm)].map((match) => match[1] ?? "");
}

function days(text: string | undefined, fallback: number, option: string, least: number): number {
  const value = text === undefined ? fallback : Number(text);
  if (!Number.isInteger(value) || value < least) {
    throw new OperatorError(`--${option} takes a whole number of days, at least ${least}.`);
  }
  return value;
}

if (import.meta.main) {
  await runScript(async () => {
    const options = {
      env: { type: "string" },
      "keep-days": { type: "string" },
      "lock-days": { type: "string" },
    } as const;
    const { values } = parseArgs({ options });
    const rules: Rules = {
      keep_days: days(values["keep-days"], DEFAULT_KEEP_DAYS, "keep-days", 1),
      lock_days: days(values["lock-days"], 0, "lock-days", 0),
    };
    if (rules.lock_days > rules.keep_days) {
      throw new OperatorError("--lock-days must not be longer than --keep-days.");
    }
    await requireAccount();
    const chosen = values.env === undefined ? ENVIRONMENTS : [environmentOf(values.env)];
    const config = new ConfigFile();
    for (const environment of chosen) {
      for (const line of await provisionBucket(environment, config, rules)) console.log(line);
    }
    if (rules.lock_days > 0) {
      console.log(
        `Accounts cannot be deleted until their last batch is ${rules.lock_days} days old (docs/security.md).`,
      );
    }
  });
}
