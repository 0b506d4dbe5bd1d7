/**
 * `npm run secrets:*`: sets what is missing, all in one call, through stdin. Values are never printed and never
 * arguments. Given ones come from environment variables of the same name, else from a hidden question.
 */
import { randomBytes } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import {
  ASKED_SECRETS,
  envArgs,
  environmentOf,
  GENERATED_SECRETS,
  type Environment,
  workerName,
} from "./environments.ts";
import { fingerprint, FingerprintFile, type KeyName } from "./fingerprint.ts";
import { askHidden } from "./hidden-question.ts";
import { OperatorError, runScript } from "./operator-error.ts";
import { explain, requireAccount, tryWrangler, wrangler } from "./wrangler.ts";

export interface SecretOptions {
  /** Names to set although they are there. */
  replace: readonly string[];
  given: Record<string, string | undefined>;
  /** `null`: nobody to ask. */
  ask: ((name: string) => Promise<string>) | null;
  /** Where generated values are kept for the operator's password manager; they cannot be read back later. */
  saveTo: string | undefined;
}

/** Names of the secrets the environment's Worker has; none while there is no such Worker. */
export async function secretNames(environment: Environment): Promise<string[]> {
  const args = ["secret", "list", "--format", "json", ...envArgs(environment)];
  const run = await tryWrangler(args);
  if (run.status === 0) {
    const text = run.stdout.slice(Math.max(0, run.stdout.indexOf("[")));
    return (JSON.parse(text) as { name: string }[]).map(({ name }) => name);
  }
  if (/code: 10007|not found|does not exist/i.test(run.stderr + run.stdout)) return [];
  throw new OperatorError(explain(args, run));
}

/** @returns one line per secret: its name and what was done, never its value */
export async function provisionSecrets(
  environment: Environment,
  fingerprints: FingerprintFile,
  options: SecretOptions,
): Promise<string[]> {
  await requireAccount();
  const present = new Set(await secretNames(environment));
  const wanted = (name: string): boolean => !present.has(name) || options.replace.includes(name);
  const values: Record<string, string> = {};
  const generated: Record<string, string> = {};
  const lines: string[] = [];
  for (const name of GENERATED_SECRETS) {
    if (!wanted(name)) {
      lines.push(`${name}  as before`);
      continue;
    }
    refuseReplacingBlindly(name, present, options);
    const given = options.given[name];
    const value =
      given ??
      (name === "ENCRYPTION_KEY"
        ? randomBytes(32).toString("base64")
        : randomBytes(48).toString("base64url"));
    checkKey(environment, name, value, fingerprints);
    values[name] = value;
    if (given === undefined) generated[name] = value;
    lines.push(
      `${name}  ${given === undefined ? "generated" : "set"}, fingerprint ${fingerprint(name, value)}`,
    );
  }
  for (const name of [...ASKED_SECRETS, "ENCRYPTION_KEYS_PREVIOUS", "JWT_SECRET_PREVIOUS"]) {
    const asked = (ASKED_SECRETS as readonly string[]).includes(name);
    const given = options.given[name];
    if (!wanted(name) && given === undefined) {
      lines.push(`${name}  as before`);
      continue;
    }
    const value = given ?? (asked && options.ask !== null ? (await options.ask(name)).trim() : "");
    if (value === "") {
      if (asked) lines.push(`${name}  left out`);
      continue;
    }
    checkGiven(environment, name, value);
    values[name] = value;
    lines.push(`${name}  set`);
  }
  if (Object.keys(values).length === 0) return lines;
  if (options.saveTo !== undefined && Object.keys(generated).length > 0) keep(options.saveTo, generated);
  await wrangler(["secret", "bulk", ...envArgs(environment)], { input: JSON.stringify(values) });
  for (const name of GENERATED_SECRETS) {
    const value = values[name];
    if (value !== undefined) fingerprints.record(environment, name, value);
  }
  return lines;
}

/** A replaced key must stay readable, or every user has to connect ClickUp again. */
function refuseReplacingBlindly(name: string, present: ReadonlySet<string>, options: SecretOptions): void {
  const previous = name === "ENCRYPTION_KEY" ? "ENCRYPTION_KEYS_PREVIOUS" : "JWT_SECRET_PREVIOUS";
  if (present.has(name) && !options.given[previous]) {
    throw new OperatorError(
      `To replace ${name}, give its present value as ${previous} (an environment variable), so that what it sealed stays readable; see docs/deployment-runbook.md.`,
    );
  }
}

function checkKey(
  environment: Environment,
  name: KeyName,
  value: string,
  fingerprints: FingerprintFile,
): void {
  if (name === "ENCRYPTION_KEY" && Buffer.from(value, "base64").length !== 32) {
    throw new OperatorError(
      "ENCRYPTION_KEY must be base64 of exactly 32 bytes. Leave it out to have one generated.",
    );
  }
  if (name === "JWT_SECRET" && value.length < 32) {
    throw new OperatorError(
      "JWT_SECRET must have at least 32 characters. Leave it out to have one generated.",
    );
  }
  const elsewhere = fingerprints.usedElsewhere(environment, name, fingerprint(name, value));
  if (elsewhere !== undefined) {
    throw new OperatorError(
      `This ${name} is the one of ${elsewhere}. Every environment has keys of its own; leave it out to have one generated.`,
    );
  }
}

function checkGiven(environment: Environment, name: string, value: string): void {
  const mode = /^[rs]k_(test|live)_/.exec(value)?.[1];
  if (name !== "STRIPE_SECRET_KEY") return;
  if (mode === undefined)
    throw new OperatorError("STRIPE_SECRET_KEY must be sk_test_…, sk_live_… or a restricted rk_….");
  if ((mode === "live") !== (environment === "production")) {
    throw new OperatorError(
      `STRIPE_SECRET_KEY is a ${mode} key. Production takes live keys, ${environment === "production" ? "and only those" : "the other environments test keys"}.`,
    );
  }
}

function keep(file: string, generated: Record<string, string>): void {
  if (existsSync(file)) throw new OperatorError(`${file} is there already; name a new file.`);
  const lines = Object.entries(generated).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(file, lines.join(""), { mode: 0o600, flag: "wx" });
}

if (import.meta.main) {
  await runScript(async () => {
    const { values } = parseArgs({
      options: {
        env: { type: "string" },
        replace: { type: "string", multiple: true, default: [] },
        "save-to": { type: "string" },
      },
    });
    const environment = environmentOf(values.env);
    const lines = await provisionSecrets(environment, new FingerprintFile(), {
      replace: values.replace,
      given: process.env,
      ask: process.stdin.isTTY ? (name) => askHidden(`${name} (empty to leave out): `) : null,
      saveTo: values["save-to"],
    });
    for (const line of lines) console.log(line);
    console.log(
      `Secrets of ${workerName(environment)} are set. Commit key-fingerprints.json: it holds no key.`,
    );
  });
}
