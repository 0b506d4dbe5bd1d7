/** What can be wrong with an environment, each with what to do about it. */
import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseVars } from "../dev-vars.ts";
import type { ConfigFile } from "./config-file.ts";
import { GENERATED_SECRETS, KV_BINDINGS, shortName, type Environment } from "./environments.ts";
import type { FingerprintFile } from "./fingerprint.ts";
import { inWords, readHealth, serves } from "./health.ts";
import { listNamespaces } from "./kv.ts";
import { OperatorError } from "./operator-error.ts";
import { namesIn } from "./r2.ts";
import { secretNames } from "./secrets.ts";
import { requireAccount, wrangler } from "./wrangler.ts";

export interface Finding {
  state: "ok" | "warning" | "fault" | "skipped";
  what: string;
  /** What was seen; for a fault, also what to do. */
  detail: string;
}

type Check = () => Promise<Finding[]> | Finding[];
/** Tokens and OAuth states are compared with the clock. */
const CLOCK_TOLERANCE_MS = 30_000;
const LEAST_NODE = 22;

const ok = (what: string, detail: string): Finding => ({ state: "ok", what, detail });
const fault = (what: string, detail: string): Finding => ({ state: "fault", what, detail });
const warning = (what: string, detail: string): Finding => ({ state: "warning", what, detail });
export const skipped = (what: string, detail: string): Finding => ({ state: "skipped", what, detail });

/** Runs a check; what it throws for the operator becomes its finding. */
export async function run(what: string, check: Check): Promise<Finding[]> {
  try {
    return await check();
  } catch (error) {
    if (error instanceof OperatorError) return [fault(what, error.message)];
    throw error;
  }
}

/** This machine: Node and the local secrets. */
export function checkMachine(root: string): Finding[] {
  const findings: Finding[] = [];
  const major = Number(process.versions.node.split(".")[0]);
  findings.push(
    major >= LEAST_NODE
      ? ok("node", process.versions.node)
      : fault("node", `${process.versions.node}; run through npm (npm run …), which brings its own`),
  );
  const file = join(root, ".dev.vars");
  if (!existsSync(file)) return [...findings, ok("local secrets", "none yet; npm start makes .dev.vars")];
  const vars = parseVars(readFileSync(file, "utf8"));
  const key = vars["ENCRYPTION_KEY"] ?? "";
  const length = Buffer.from(key, "base64").length;
  findings.push(
    length === 32
      ? ok("local ENCRYPTION_KEY", "32 bytes")
      : fault(
          "local ENCRYPTION_KEY",
          `${length} bytes instead of 32; delete the line from .dev.vars, npm start makes a new one`,
        ),
  );
  const jwt = (vars["JWT_SECRET"] ?? "").length;
  findings.push(
    jwt >= 32
      ? ok("local JWT_SECRET", `${jwt} characters`)
      : fault(
          "local JWT_SECRET",
          `${jwt} characters, at least 32 are needed; delete the line from .dev.vars`,
        ),
  );
  const readable = (statSync(file).mode & 0o077) !== 0;
  findings.push(
    readable
      ? warning("local secrets", "other users of this machine can read .dev.vars: chmod 600 .dev.vars")
      : ok("local secrets", ".dev.vars, for you alone"),
  );
  return findings;
}

/** What is in Cloudflare: account, namespaces, bucket, secrets. */
export async function checkAccount(
  environment: Environment,
  config: ConfigFile,
  fingerprints: FingerprintFile,
): Promise<Finding[]> {
  const account = await requireAccount();
  const name = shortName(environment);
  const findings = [ok("account", `${account.name} (${account.id})`)];
  const namespaces = await listNamespaces();
  for (const binding of KV_BINDINGS) {
    const id = config.kvId(environment, binding);
    const there = namespaces.some((n) => n.id === id);
    const todo = id
      ? `id ${id} is not in this account; log in to the other one, or delete the id and run npm run kv:create:${name}`
      : `has no id; npm run kv:create:${name}`;
    findings.push(there ? ok(`kv ${binding}`, id ?? "") : fault(`kv ${binding}`, todo));
  }
  const bucket = config.bucket(environment);
  findings.push(
    namesIn(await wrangler(["r2", "bucket", "list"])).includes(bucket)
      ? ok("r2 bucket", bucket)
      : fault("r2 bucket", `${bucket} does not exist; npm run r2:create -- --env ${environment}`),
  );
  const secrets = await secretNames(environment);
  for (const secret of GENERATED_SECRETS) findings.push(checkKey(environment, secret, secrets, fingerprints));
  findings.push(
    pairFinding(secrets, ["CLICKUP_CLIENT_ID", "CLICKUP_CLIENT_SECRET"], "sign-in with ClickUp", name),
    pairFinding(secrets, ["STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET"], "billing", name),
  );
  return findings;
}

function checkKey(
  environment: Environment,
  secret: (typeof GENERATED_SECRETS)[number],
  present: readonly string[],
  fingerprints: FingerprintFile,
): Finding {
  const what = `secret ${secret}`;
  if (!present.includes(secret)) return fault(what, `is missing; npm run secrets:${shortName(environment)}`);
  const print = fingerprints.of(environment)[secret];
  if (print === undefined) return warning(what, "is set; its fingerprint is not in key-fingerprints.json");
  const elsewhere = fingerprints.usedElsewhere(environment, secret, print);
  return elsewhere === undefined
    ? ok(what, `fingerprint ${print}, used nowhere else`)
    : fault(what, `is the key of ${elsewhere}; replace it: docs/deployment-runbook.md`);
}

function pairFinding(
  present: readonly string[],
  pair: readonly [string, string],
  what: string,
  name: string,
): Finding {
  const missing = pair.filter((secret) => !present.includes(secret));
  if (missing.length === 0) return ok(what, "configured");
  if (missing.length === 2)
    return warning(what, `off: ${pair.join(" and ")} are not set; npm run secrets:${name}`);
  return fault(
    what,
    `${missing[0] ?? ""} is missing beside ${pair.find((s) => !missing.includes(s)) ?? ""}; npm run secrets:${name}`,
  );
}

/** What answers at the public address. */
export async function checkDeployment(origin: string): Promise<Finding[]> {
  const asked_ms = Date.now();
  const read = await readHealth(origin);
  if (!read.ok) return [fault("health", `${read.why}; is it deployed, and does the domain point to it?`)];
  const { status, environment, version, timestamp } = read.health;
  if (!serves(read.health)) {
    return [fault("health", `${inWords(read.health)}; npx wrangler tail shows the message`)];
  }
  const findings = [
    status === "healthy"
      ? ok("health", `${environment} ${version}`)
      : warning("health", `${inWords(read.health)}; npm run admin -- doctor says what to do`),
  ];
  const answered_ms = Date.now();
  const server_ms = Date.parse(timestamp);
  const off_ms = Math.max(asked_ms - server_ms, server_ms - answered_ms, 0);
  findings.push(
    off_ms <= CLOCK_TOLERANCE_MS
      ? ok("clock", "this machine agrees with the server")
      : fault(
          "clock",
          `this machine is ${Math.round(off_ms / 1000)} s off; tokens made here will be refused. Set its clock`,
        ),
  );
  const metadata = await fetch(`${origin}/.well-known/oauth-authorization-server`);
  const issuer = metadata.ok ? ((await metadata.json()) as { issuer?: string }).issuer : undefined;
  findings.push(
    issuer === origin
      ? ok("issuer", origin)
      : fault("issuer", `the server says ${issuer ?? String(metadata.status)}; PUBLIC_URL must be ${origin}`),
    ...(read.health.billing?.problems ?? []).map(({ todo }) => warning("selling", todo)),
    ok("redirect URI", `${origin}/auth/callback must stand in the ClickUp app`),
    await checkWebhook(origin),
  );
  return findings;
}

/** An unsigned event: the answer tells whether billing is on, and nothing happens. */
async function checkWebhook(origin: string): Promise<Finding> {
  const response = await fetch(`${origin}/stripe/webhook`, { method: "POST", body: "{}" });
  const what = "stripe webhook";
  if (response.status === 400) return ok(what, `${origin}/stripe/webhook refuses unsigned events`);
  if (response.status === 503) return warning(what, "billing is off");
  return fault(
    what,
    `${origin}/stripe/webhook answered ${response.status} to an unsigned event, expected 400`,
  );
}
