/** Readiness: each part is really used once. For operators alone, because it costs calls and names parts. */
import { version } from "../../package.json";
import { userIdOf, userObject } from "../directory.ts";
import { loadConfig, type Bindings } from "../env.ts";
import type { Answer } from "./command.ts";
import { fingerprints } from "./keys.ts";

/** Nobody at ClickUp has this id; their object is asked only whether it has an account. */
const PROBE_USER = "readiness-probe";

interface Part {
  part: string;
  ok: boolean;
  ms: number;
  detail: string;
}

export async function ready(_: unknown, env: Bindings): Promise<Answer> {
  const result = loadConfig(env);
  if (!result.ok) {
    const detail = `misconfigured: ${result.names.join(", ")}`;
    return { ready: false, version, parts: [{ part: "configuration", ok: false, ms: 0, detail }] };
  }
  const { config } = result;
  const parts = await Promise.all([
    probe("kv OAUTH_KV", async () => void (await env.OAUTH_KV.get("readiness"))),
    probe("kv USER_MAPPINGS", async () => void (await env.USER_MAPPINGS.get("readiness"))),
    probe("r2 AUDIT_LOGS", async () => void (await env.AUDIT_LOGS.head("readiness"))),
    probe("object USER", async () => void (await userObject(env, await userIdOf(PROBE_USER)).account())),
  ]);
  return {
    ready: parts.every(({ ok }) => ok),
    version,
    environment: config.environment,
    origin: config.origin,
    now: new Date().toISOString(),
    clickupApp: config.clickup.app !== null,
    billing: config.billing === null ? "off" : config.billing.live ? "live" : "test",
    webhookSecret: (config.billing?.webhookSecrets.length ?? 0) > 0,
    rateLimiting: config.rateLimiting,
    auditLogging: config.auditLogging,
    keys: await fingerprints(env),
    bindings: ["SIGN_IN_LIMIT", "TOKEN_LIMIT", "METRICS"].filter((name) => env[name] !== undefined),
    parts,
  };
}

async function probe(part: string, work: () => Promise<void>): Promise<Part> {
  const started_ms = Date.now();
  try {
    await work();
    return { part, ok: true, ms: Date.now() - started_ms, detail: "answers" };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { part, ok: false, ms: Date.now() - started_ms, detail };
  }
}
