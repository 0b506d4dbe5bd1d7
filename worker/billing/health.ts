/** What /health says of billing: the configuration, and what was last seen of Stripe. Asks nobody but KV, rarely. */
import type { BillingConfig, Bindings } from "../env.ts";
import { newestTrouble, type Noted } from "./checks/noted.ts";
import { isGrave, type Trouble } from "./checks/trouble.ts";
import { lastSeen, type Contact } from "./contact.ts";
import { sellingIsBroken } from "./offers.ts";

export interface BillingHealth {
  mode: "test" | "live";
  state: "ready" | "webhook_secret_missing" | "price_missing" | "misconfigured" | "refused";
  api: Contact["api"] | "unknown";
  webhook: Contact["webhook"];
  /** When Stripe was last looked at, ISO 8601. */
  checked: string | null;
  /** Since Stripe's last event reached us; `null`: none has. */
  last_event_age_s: number | null;
  /** What is wrong or worth knowing, each with what to do about it. Absent when there is nothing. */
  problems?: Trouble[];
}

/** An isolate reads what was seen this often at most, however often it is asked. */
const KEEP_MS = 60_000;
/** Looked at hourly: what is older says nothing of now. */
const STALE_MS = 3 * 60 * 60_000;

let kept: { seen: Awaited<ReturnType<typeof lastSeen>>; until_ms: number } | undefined;

async function seen(env: Bindings): ReturnType<typeof lastSeen> {
  if (kept !== undefined && kept.until_ms > Date.now()) return kept.seen;
  // /health answers whatever KV does.
  const read = await lastSeen(env).catch(() => ({ contact: null, event_ms: null, noted: null }));
  kept = { seen: read, until_ms: Date.now() + KEEP_MS };
  return read;
}

export async function billingHealth(env: Bindings, billing: BillingConfig): Promise<BillingHealth> {
  const { contact, event_ms, noted } = await seen(env);
  const now_ms = Date.now();
  const fresh = contact !== null && now_ms - contact.checked_ms < STALE_MS ? contact : null;
  const problems = problemsOf(fresh, newestTrouble(noted));
  return {
    mode: billing.live ? "live" : "test",
    state: stateOf(billing, fresh, problems),
    api: fresh?.api ?? "unknown",
    webhook: fresh?.webhook ?? "unknown",
    checked: contact === null ? null : new Date(contact.checked_ms).toISOString(),
    last_event_age_s: event_ms === null ? null : Math.max(0, Math.round((now_ms - event_ms) / 1000)),
    ...(problems.length === 0 ? {} : { problems }),
  };
}

/** Something that people who want to buy, or have bought, would notice. */
export function isDegraded({ state, api, webhook, problems }: BillingHealth): boolean {
  const unreached = webhook === "missing" || webhook === "disabled";
  return (
    problems?.some(isGrave) === true ||
    state !== "ready" ||
    api === "fails" ||
    api === "refuses_key" ||
    unreached
  );
}

/** What a look saw, and what was met since. */
function problemsOf(contact: Contact | null, noted: Noted | null): Trouble[] {
  const met = noted === null ? [] : [{ kind: noted.kind, todo: noted.todo }];
  const all = [...(contact?.troubles ?? []), ...met];
  return [...new Map(all.map((one) => [one.todo, one])).values()];
}

function stateOf(
  billing: BillingConfig,
  contact: Contact | null,
  problems: readonly Trouble[],
): BillingHealth["state"] {
  if (billing.webhookSecrets.length === 0) return "webhook_secret_missing";
  if (billing.priceId === null || sellingIsBroken(contact)) return "price_missing";
  const grave = problems.filter((one) => isGrave(one) && !one.kind.startsWith("webhook_"));
  if (grave.length === 0) return "ready";
  return grave.every(({ kind }) => kind === "refused") ? "refused" : "misconfigured";
}
