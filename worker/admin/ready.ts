/** Readiness: each part is really used once. For operators alone, because it costs calls and names parts. */
import { version } from "../../package.json";
import { isGrave } from "../billing/checks/trouble.ts";
import { trySale } from "../billing/checks/sale.ts";
import { lastSeen, lookAtStripe, undelivered, type Contact } from "../billing/contact.ts";
import { userIdOf, userObject } from "../directory.ts";
import { loadConfig, type Bindings, type Config } from "../env.ts";
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
    ...stripeParts(env, config),
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

/** Stripe's side: the price can be bought, and events have a way here. Nothing where nothing is sold. */
function stripeParts(env: Bindings, config: Config): Promise<Part>[] {
  const { billing } = config;
  if (billing === null) return [];
  const looked = lookAtStripe(env, config, billing);
  return [
    probe("stripe api", async () => apiDetail(await looked)),
    probe("stripe price", async () => priceDetail(await looked)),
    probe("billing checklist", async () => {
      const { troubles = [] } = await looked;
      const { noted } = await lastSeen(env);
      const all = [...troubles, ...(noted === null ? [] : [noted])];
      const words = [...new Set(all.map(({ todo }) => todo))].join(" ");
      if (all.some(isGrave)) throw new Error(words);
      return words === "" ? "nothing to mend" : words;
    }),
    probe("billing sale", async () => {
      // Opens a Checkout page nobody sees, and closes it: what Stripe refuses now it would refuse a customer.
      const sold = await trySale(billing, config.origin);
      if (!sold.ok) throw new Error(sold.why);
      return "a Checkout page opens";
    }),
    probe("stripe webhook", async () => {
      const way = webhookDetail(await looked, `${config.origin}/stripe/webhook`);
      const [{ event_ms }, waiting] = await Promise.all([lastSeen(env), undelivered(billing)]);
      const last = event_ms === null ? "no event yet" : `last event ${new Date(event_ms).toISOString()}`;
      return `${way}; ${last}; ${waiting} events of the last day undelivered`;
    }),
  ];
}

/** @throws Error that says what to do */
function apiDetail({ api }: Contact): string {
  if (api === "answers") return api;
  throw new Error(api === "fails" ? "does not answer" : "refuses STRIPE_SECRET_KEY: set a valid one");
}

function priceDetail({ price }: Contact): string {
  if (price !== "missing") return price;
  throw new Error(
    "STRIPE_PRICE_ID is not set, not in this account and mode, one-time, or archived: nobody can buy",
  );
}

function webhookDetail({ webhook }: Contact, url: string): string {
  if (webhook === "missing") throw new Error(`Stripe has no endpoint for ${url}: npm run stripe:setup`);
  if (webhook === "disabled")
    throw new Error(`Stripe has disabled the endpoint for ${url}: enable it in its dashboard`);
  return webhook === "unknown" ? "unknown: the key may not look" : webhook;
}

/** @param work answers what it saw, where that is worth saying */
async function probe(part: string, work: () => Promise<string | void>): Promise<Part> {
  const started_ms = Date.now();
  try {
    const detail = (await work()) ?? "answers";
    return { part, ok: true, ms: Date.now() - started_ms, detail };
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return { part, ok: false, ms: Date.now() - started_ms, detail };
  }
}
