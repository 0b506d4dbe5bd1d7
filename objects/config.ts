/** What the object needs of the environment. The Worker has checked the same values before a request gets here. */
import * as z from "zod";
import type { Tier } from "../tools/tiers.ts";

const DAY_MS = 24 * 60 * 60_000;

const flag = z.enum(["true", "false"]).default("true");
const perMinute = (fallback: number) => z.coerce.number().int().min(1).max(1_000_000).default(fallback);

const schema = z.object({
  ENCRYPTION_KEY: z.string(),
  ENCRYPTION_KEYS_PREVIOUS: z.string().default(""),
  CLICKUP_API_URL: z.url().default("https://api.clickup.com/api"),
  PUBLIC_URL: z.url(),
  FREE_REQUESTS_PER_MINUTE: perMinute(100),
  PREMIUM_REQUESTS_PER_MINUTE: perMinute(500),
  ENABLE_RATE_LIMITING: flag,
  ENABLE_AUDIT_LOGGING: flag,
  DEFAULT_TIER: z.enum(["free", "premium"]).default("free"),
  STRIPE_SECRET_KEY: z.string().trim().default(""),
  BILLING_GRACE_DAYS: z.coerce.number().min(0).max(90).default(7),
  BILLING_TRIAL_DAYS: z.coerce.number().int().min(0).max(730).default(0),
});

export interface ObjectConfig {
  encryptionKey: string;
  encryptionKeysPrevious: string;
  clickupApiUrl: string;
  publicUrl: string;
  /** Requests admitted in any 60 s, per tier. */
  requestsPerMinute: Record<Tier, number>;
  rateLimiting: boolean;
  auditLogging: boolean;
  defaultTier: Tier;
  billing: {
    /** False: nothing is sold here, and what Stripe once said does not count. */
    enabled: boolean;
    /** How long premium goes on after a payment failed. */
    grace_ms: number;
    trial_days: number;
  };
}

/** @throws Error that names every variable in fault, without its value */
export function objectConfig(env: object): ObjectConfig {
  const parsed = schema.safeParse(env);
  if (!parsed.success) {
    const faults = parsed.error.issues.map((i) => `${i.path.join(".")}: ${i.message}`);
    throw new Error(`configuration: ${faults.join("; ")}`);
  }
  const v = parsed.data;
  return {
    encryptionKey: v.ENCRYPTION_KEY,
    encryptionKeysPrevious: v.ENCRYPTION_KEYS_PREVIOUS,
    clickupApiUrl: v.CLICKUP_API_URL,
    publicUrl: v.PUBLIC_URL.replace(/\/$/, ""),
    requestsPerMinute: { free: v.FREE_REQUESTS_PER_MINUTE, premium: v.PREMIUM_REQUESTS_PER_MINUTE },
    rateLimiting: v.ENABLE_RATE_LIMITING === "true",
    auditLogging: v.ENABLE_AUDIT_LOGGING === "true",
    defaultTier: v.DEFAULT_TIER,
    billing: {
      enabled: v.STRIPE_SECRET_KEY !== "",
      grace_ms: v.BILLING_GRACE_DAYS * DAY_MS,
      trial_days: v.BILLING_TRIAL_DAYS,
    },
  };
}
