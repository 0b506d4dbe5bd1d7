/** What /health says of billing: the configuration, and what was last seen of Stripe. Asks nobody but KV, rarely. */
import type { BillingConfig, Bindings } from "../env.ts";
import { lastSeen, type Contact } from "./contact.ts";
import { sellingIsBroken } from "./offers.ts";

export interface BillingHealth {
  mode: "test" | "live";
  state: "ready" | "webhook_secret_missing" | "price_missing";
  api: Contact["api"] | "unknown";
  webhook: Contact["webhook"];
  /** When Stripe was last looked at, ISO 8601. */
  checked: string | null;
  /** Since Stripe's last event reached us; `null`: none has. */
  last_event_age_s: number | null;
}

/** An isolate reads what was seen this often at most, however often it is asked. */
const KEEP_MS = 60_000;
/** Looked at hourly: what is older says nothing of now. */
const STALE_MS = 3 * 60 * 60_000;

let kept: { seen: Awaited<ReturnType<typeof lastSeen>>; until_ms: number } | undefined;

async function seen(env: Bindings): ReturnType<typeof lastSeen> {
  if (kept !== undefined && kept.until_ms > Date.now()) return kept.seen;
  // /health answers whatever KV does.
  const read = await lastSeen(env).catch(() => ({ contact: null, event_ms: null }));
  kept = { seen: read, until_ms: Date.now() + KEEP_MS };
  return read;
}

export async function billingHealth(env: Bindings, billing: BillingConfig): Promise<BillingHealth> {
  const { contact, event_ms } = await seen(env);
  const now_ms = Date.now();
  const fresh = contact !== null && now_ms - contact.checked_ms < STALE_MS ? contact : null;
  return {
    mode: billing.live ? "live" : "test",
    state: stateOf(billing, fresh),
    api: fresh?.api ?? "unknown",
    webhook: fresh?.webhook ?? "unknown",
    checked: contact === null ? null : new Date(contact.checked_ms).toISOString(),
    last_event_age_s: event_ms === null ? null : Math.max(0, Math.round((now_ms - event_ms) / 1000)),
  };
}

/** Something that people who want to buy, or have bought, would notice. */
export function isDegraded({ state, api, webhook }: BillingHealth): boolean {
  const unreached = webhook === "missing" || webhook === "disabled";
  return state !== "ready" || api === "fails" || api === "refuses_key" || unreached;
}

function stateOf(billing: BillingConfig, contact: Contact | null): BillingHealth["state"] {
  if (billing.webhookSecrets.length === 0) return "webhook_secret_missing";
  return billing.priceId === null || sellingIsBroken(contact) ? "price_missing" : "ready";
}
