/**
 * Configuration of the entry Worker: parsed once, all problems in one message, and nothing served without it.
 * Values of secrets never appear in a message, only their names.
 */
import * as z from "zod";

/** What the runtime hands the Worker: the generated bindings plus vars and secrets, unparsed. */
export type Bindings = Env & Record<string, unknown>;

export interface Config {
  environment: "development" | "staging" | "production";
  /** Canonical origin: issuer, resource and audience of every token. No trailing slash. */
  origin: string;
  clickup: {
    /** Base of the REST API, e.g. "https://api.clickup.com/api". */
    apiUrl: string;
    /** ClickUp's authorization page, e.g. "https://app.clickup.com/api". */
    authUrl: string;
    /** `null`: people sign in with a personal token only. */
    app: { clientId: string; clientSecret: string } | null;
  };
  jwt: { secret: string; previousSecret: string | null; ttl_seconds: number };
  limits: { free: number; premium: number };
  defaultTier: "free" | "premium";
  rateLimiting: boolean;
  auditLogging: boolean;
  /** Browser origins besides our own that may call `/mcp` and the OAuth endpoints. */
  allowedOrigins: string[];
  /** `null`: nothing is sold here. */
  billing: BillingConfig | null;
}

export interface BillingConfig {
  /** `sk_…` or a restricted `rk_…`. */
  secretKey: string;
  /** True for a key of live mode. Events of the other mode are not ours. */
  live: boolean;
  /** Every secret webhooks may be signed with: more than one while one is being rolled. */
  webhookSecrets: string[];
  /** The monthly price; `null`: nothing can be bought. */
  priceId: string | null;
  /** Prices with these lookup keys grant premium; the yearly one is offered. */
  lookupKeys: string[];
  /** What the customer portal offers; `null`: the default that is saved in Stripe's dashboard. */
  portalConfiguration: string | null;
  /** Base of Stripe's API; `null`: Stripe itself. */
  apiUrl: string | null;
  /** Stripe computes tax and asks for an address. */
  automaticTax: boolean;
  /** Stripe is the merchant of record: tax, fraud and disputes of new subscriptions are its own. */
  managedPayments: boolean;
  /** Checkout asks to agree to the terms of service, whose address is set in Stripe's dashboard. */
  termsConsent: boolean;
  /** Our page links them where something is bought; `null`: nowhere. */
  termsUrl: string | null;
  refundPolicyUrl: string | null;
  /** Length of the free trial, once per user; 0: none. */
  trial_days: number;
}

export type ConfigResult = { ok: true; config: Config } | { ok: false; names: string[]; message: string };

const LOOPBACK = /^(localhost|.+\.localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** True for names and addresses that only reach this machine. */
export function isLoopback(hostname: string): boolean {
  return LOOPBACK.test(hostname);
}

/** The URL, when it is https, or http on this machine; otherwise `null`. */
function safeUrl(value: string): URL | null {
  if (!URL.canParse(value)) return null;
  const url = new URL(value);
  if (url.username || url.password || url.search || url.hash) return null;
  return url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname)) ? url : null;
}

function isOrigin(value: string): boolean {
  const url = safeUrl(value);
  return url !== null && (value === url.origin || value === `${url.origin}/`);
}

function isKey(value: string): boolean {
  try {
    return atob(value).length === 32;
  } catch {
    return false;
  }
}

const required = (hint: string) => z.string({ error: `is missing; ${hint}` });
const baseUrl = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .refine((value) => safeUrl(value) !== null, "must be an https URL (http only on this machine)")
    .transform((value) => value.replace(/\/+$/, ""));
const perMinute = (fallback: number) =>
  z.coerce
    .number({ error: "must be a whole number of requests a minute" })
    .int("must be a whole number of requests a minute")
    .min(1, "must be at least 1")
    .max(100_000, "must be at most 100000")
    .default(fallback);
const flag = (fallback: "true" | "false") =>
  z
    .enum(["true", "false"], { error: 'must be "true" or "false"' })
    .default(fallback)
    .transform((value) => value === "true");
const list = z
  .string()
  .default("")
  .transform((value) =>
    value
      .split(",")
      .map((item) => item.trim())
      .filter(Boolean),
  );

const wholeDays = (most: number, fallback: number) =>
  z.coerce
    .number({ error: "must be a whole number of days" })
    .int("must be a whole number of days")
    .min(0, "must be at least 0")
    .max(most, `must be at most ${most}`)
    .default(fallback);

const pageUrl = z
  .string()
  .refine((value) => URL.canParse(value) && new URL(value).protocol === "https:", "must be an https URL")
  .optional();

const KEY_HINT = "must be base64 of exactly 32 bytes, e.g. from: openssl rand -base64 32";
const JWT_HINT = "must be at least 32 characters, e.g. from: openssl rand -base64 48";

const schema = z.object({
  ENVIRONMENT: z.enum(["development", "staging", "production"], {
    error: "must be development, staging or production",
  }),
  PUBLIC_URL: required("set it to the origin people reach this server at, e.g. https://mcp.example.com")
    .refine(isOrigin, "must be an origin such as https://mcp.example.com (http only on this machine)")
    .transform((value) => new URL(value).origin),
  ENCRYPTION_KEY: required(KEY_HINT).refine(isKey, KEY_HINT),
  ENCRYPTION_KEYS_PREVIOUS: list.refine((keys) => keys.every(isKey), `each key ${KEY_HINT}`),
  JWT_SECRET: required(JWT_HINT).min(32, JWT_HINT),
  JWT_SECRET_PREVIOUS: z.string().min(32, JWT_HINT).optional(),
  JWT_TTL_SECONDS: z.coerce
    .number({ error: "must be a whole number of seconds" })
    .int("must be a whole number of seconds")
    .min(300, "must be at least 300")
    .max(2_592_000, "must be at most 2592000 (30 days)")
    .default(86_400),
  CLICKUP_API_URL: baseUrl("https://api.clickup.com/api"),
  CLICKUP_AUTH_URL: baseUrl("https://app.clickup.com/api"),
  CLICKUP_CLIENT_ID: z.string().optional(),
  CLICKUP_CLIENT_SECRET: z.string().optional(),
  FREE_REQUESTS_PER_MINUTE: perMinute(100),
  PREMIUM_REQUESTS_PER_MINUTE: perMinute(500),
  ENABLE_RATE_LIMITING: flag("true"),
  ENABLE_AUDIT_LOGGING: flag("true"),
  DEFAULT_TIER: z.enum(["free", "premium"], { error: "must be free or premium" }).default("free"),
  ALLOWED_ORIGINS: list
    .refine((origins) => origins.every(isOrigin), "must be origins separated by commas")
    .transform((origins) => origins.map((origin) => new URL(origin).origin)),
  STRIPE_SECRET_KEY: z
    .string()
    .trim()
    .regex(
      /^[rs]k_(test|live)_\S+$/,
      "must be a secret key of Stripe: sk_test_…, sk_live_… or a restricted rk_…",
    )
    .optional(),
  STRIPE_WEBHOOK_SECRET: list.refine(
    (secrets) => secrets.every((secret) => /^whsec_\S+$/.test(secret)),
    "must be signing secrets whsec_…, separated by commas",
  ),
  STRIPE_PRICE_ID: z
    .string()
    .trim()
    .regex(/^price_\S+$/, "must be the id of a price: price_…")
    .optional(),
  STRIPE_PORTAL_CONFIGURATION: z
    .string()
    .trim()
    .regex(/^bpc_\S+$/, "must be the id of a portal configuration: bpc_…")
    .optional(),
  STRIPE_LOOKUP_KEYS: z
    .string()
    .default("premium_monthly,premium_yearly")
    .transform((value) =>
      value
        .split(",")
        .map((key) => key.trim())
        .filter(Boolean),
    ),
  STRIPE_API_URL: z
    .string()
    .refine((value) => safeUrl(value) !== null, "must be an https URL (http only on this machine)")
    .optional(),
  STRIPE_AUTOMATIC_TAX: flag("false"),
  STRIPE_MANAGED_PAYMENTS: flag("false"),
  BILLING_TERMS_URL: pageUrl,
  BILLING_REFUND_POLICY_URL: pageUrl,
  BILLING_TERMS_CONSENT: flag("false"),
  BILLING_GRACE_DAYS: wholeDays(90, 7),
  BILLING_TRIAL_DAYS: wholeDays(730, 0),
});

const BINDINGS = ["OAUTH_KV", "USER_MAPPINGS", "USER", "AUDIT_LOGS"] as const;

/** An empty var means "not set": that is how wrangler files and dashboards leave them. */
function withoutEmpty(env: Bindings): Record<string, unknown> {
  return Object.fromEntries(
    Object.keys(schema.shape)
      .map((name): [string, unknown] => [name, env[name]])
      .filter(([, value]) => value !== undefined && value !== ""),
  );
}

/**
 * Parses vars and secrets. Every problem is listed, by name, with what to set instead.
 * @returns the configuration, or one message for the operator.
 */
export function parseConfig(env: Bindings): ConfigResult {
  const problems: [name: string, text: string][] = [];
  for (const name of BINDINGS) if (!env[name]) problems.push([name, "is not bound; see wrangler.jsonc"]);
  const parsed = schema.safeParse(withoutEmpty(env));
  for (const issue of parsed.error?.issues ?? []) problems.push([String(issue.path[0]), issue.message]);

  const present = (name: string) => Boolean(env[name]);
  if (present("CLICKUP_CLIENT_ID") !== present("CLICKUP_CLIENT_SECRET")) {
    const missing = present("CLICKUP_CLIENT_ID") ? "CLICKUP_CLIENT_SECRET" : "CLICKUP_CLIENT_ID";
    problems.push([missing, "is missing; set both CLICKUP_CLIENT_ID and CLICKUP_CLIENT_SECRET, or neither"]);
  }
  if (env["ENVIRONMENT"] === "production") {
    for (const name of ["ENABLE_RATE_LIMITING", "ENABLE_AUDIT_LOGGING"]) {
      if (env[name] === "false") problems.push([name, 'cannot be "false" in production']);
    }
  }
  if (env["STRIPE_AUTOMATIC_TAX"] === "true" && env["STRIPE_MANAGED_PAYMENTS"] === "true") {
    const why = "cannot be true beside STRIPE_MANAGED_PAYMENTS: then tax is Stripe's own business";
    problems.push(["STRIPE_AUTOMATIC_TAX", why]);
  }
  if (problems.length > 0 || !parsed.success) {
    const lines = problems.map(([name, text]) => `${name} ${text}`);
    return {
      ok: false,
      names: [...new Set(problems.map(([name]) => name))],
      message: `This server is not configured. ${lines.join(". ")}.`,
    };
  }
  const vars = parsed.data;
  return {
    ok: true,
    config: {
      environment: vars.ENVIRONMENT,
      origin: vars.PUBLIC_URL,
      clickup: {
        apiUrl: vars.CLICKUP_API_URL,
        authUrl: vars.CLICKUP_AUTH_URL,
        app:
          vars.CLICKUP_CLIENT_ID && vars.CLICKUP_CLIENT_SECRET
            ? { clientId: vars.CLICKUP_CLIENT_ID, clientSecret: vars.CLICKUP_CLIENT_SECRET }
            : null,
      },
      jwt: {
        secret: vars.JWT_SECRET,
        previousSecret: vars.JWT_SECRET_PREVIOUS ?? null,
        ttl_seconds: vars.JWT_TTL_SECONDS,
      },
      limits: { free: vars.FREE_REQUESTS_PER_MINUTE, premium: vars.PREMIUM_REQUESTS_PER_MINUTE },
      defaultTier: vars.DEFAULT_TIER,
      rateLimiting: vars.ENABLE_RATE_LIMITING,
      auditLogging: vars.ENABLE_AUDIT_LOGGING,
      allowedOrigins: vars.ALLOWED_ORIGINS,
      billing: vars.STRIPE_SECRET_KEY
        ? {
            secretKey: vars.STRIPE_SECRET_KEY,
            live: /^[rs]k_live_/.test(vars.STRIPE_SECRET_KEY),
            webhookSecrets: vars.STRIPE_WEBHOOK_SECRET,
            priceId: vars.STRIPE_PRICE_ID ?? null,
            lookupKeys: vars.STRIPE_LOOKUP_KEYS,
            portalConfiguration: vars.STRIPE_PORTAL_CONFIGURATION ?? null,
            apiUrl: vars.STRIPE_API_URL ?? null,
            automaticTax: vars.STRIPE_AUTOMATIC_TAX,
            managedPayments: vars.STRIPE_MANAGED_PAYMENTS,
            termsConsent: vars.BILLING_TERMS_CONSENT,
            termsUrl: vars.BILLING_TERMS_URL ?? null,
            refundPolicyUrl: vars.BILLING_REFUND_POLICY_URL ?? null,
            trial_days: vars.BILLING_TRIAL_DAYS,
          }
        : null,
    },
  };
}

const parsedByEnv = new WeakMap<object, ConfigResult>();

/** `parseConfig`, once per isolate: the runtime hands every request of an isolate the same `env`. */
export function loadConfig(env: Bindings): ConfigResult {
  const known = parsedByEnv.get(env);
  if (known) return known;
  const result = parseConfig(env);
  parsedByEnv.set(env, result);
  if (!result.ok) {
    console.error(JSON.stringify({ level: "error", event: "misconfigured", message: result.message }));
  } else {
    warnOfDisabledGuards(result.config);
  }
  return result;
}

function warnOfDisabledGuards(config: Config): void {
  if (!config.rateLimiting) {
    console.warn(JSON.stringify({ level: "warn", event: "guard_off", guard: "ENABLE_RATE_LIMITING" }));
  }
  if (!config.auditLogging) {
    console.warn(JSON.stringify({ level: "warn", event: "guard_off", guard: "ENABLE_AUDIT_LOGGING" }));
  }
}

/** The configuration of a request that the router already found to be valid. */
export function configOf(env: Bindings): Config {
  const result = loadConfig(env);
  if (!result.ok) throw new Error(result.message);
  return result.config;
}
