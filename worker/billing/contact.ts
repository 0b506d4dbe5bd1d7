/**
 * Whether Stripe and this server reach each other. It is looked at every hour and by the operator, and kept in KV:
 * the public /health says what was last seen and asks nobody.
 */
import { Stripe } from "stripe";
import type { Bindings, BillingConfig, Config } from "../env.ts";
import { logEvent } from "../log.ts";
import { noteSelling } from "./offers.ts";
import { stripeClient } from "./stripe.ts";

export interface Contact {
  checked_ms: number;
  /** Stripe's API, asked with our key. */
  api: "answers" | "refuses_key" | "fails";
  /** The configured price. `unknown`: the key may not look, or Stripe did not answer. */
  price: "ready" | "missing" | "unknown";
  /** What Stripe has to send events here: a webhook endpoint, or an event destination. */
  webhook: "enabled" | "disabled" | "missing" | "unknown";
}

const CONTACT_KEY = "stripe-contact";
const LAST_EVENT_KEY = "stripe-last-event";
const PAGE_SIZE = 100;
/** KV takes one write a second for a key (worker/patient-kv.ts); a burst of events is one piece of news. */
const NOTE_EVENT_EVERY_MS = 5 * 60_000;

/** Looks now: two or three calls to Stripe. Never throws; what it saw is kept and logged. */
export async function lookAtStripe(
  env: Bindings,
  { origin }: Config,
  billing: BillingConfig,
): Promise<Contact> {
  const stripe = stripeClient(billing);
  const [price, webhook] = await Promise.all([
    lookAtPrice(stripe, billing.priceId),
    lookAtWebhook(stripe, `${origin}/stripe/webhook`),
  ]);
  const contact: Contact = { checked_ms: Date.now(), ...price, webhook };
  if (contact.price !== "unknown") noteSelling(contact.price === "ready");
  if (isBroken(contact)) logEvent("warn", "stripe_contact_broken", { ...contact });
  else logEvent("info", "stripe_contact", { ...contact });
  await env.USER_MAPPINGS.put(CONTACT_KEY, JSON.stringify(contact));
  return contact;
}

/** True when people cannot buy, or Stripe cannot tell us. */
function isBroken({ api, price, webhook }: Contact): boolean {
  return api !== "answers" || price === "missing" || webhook === "missing" || webhook === "disabled";
}

async function lookAtPrice(stripe: Stripe, priceId: string | null): Promise<Pick<Contact, "api" | "price">> {
  try {
    if (priceId === null) {
      await stripe.prices.list({ limit: 1 });
      return { api: "answers", price: "missing" };
    }
    const price = await stripe.prices.retrieve(priceId);
    // The SDK passes on whatever came with a good status.
    if (price.object !== "price") return { api: "fails", price: "unknown" };
    return { api: "answers", price: price.active ? "ready" : "missing" };
  } catch (error) {
    if (error instanceof Stripe.errors.StripeAuthenticationError)
      return { api: "refuses_key", price: "unknown" };
    if (error instanceof Stripe.errors.StripePermissionError) return { api: "answers", price: "unknown" };
    if (error instanceof Stripe.errors.StripeInvalidRequestError)
      return { api: "answers", price: error.code === "resource_missing" ? "missing" : "unknown" };
    return { api: "fails", price: "unknown" };
  }
}

async function lookAtWebhook(stripe: Stripe, url: string): Promise<Contact["webhook"]> {
  try {
    const found: boolean[] = [];
    for await (const one of stripe.webhookEndpoints.list({ limit: PAGE_SIZE })) {
      if (one.url === url) found.push(one.status === "enabled");
    }
    // Thin events go to destinations of the newer kind, which the older list leaves out.
    if (!found.includes(true)) {
      const params = { include: ["webhook_endpoint.url"], limit: PAGE_SIZE };
      for await (const one of stripe.v2.core.eventDestinations.list(params)) {
        if (one.webhook_endpoint?.url === url) found.push(one.status === "enabled");
      }
    }
    return found.includes(true) ? "enabled" : found.length > 0 ? "disabled" : "missing";
  } catch {
    // A restricted key need not be allowed to look; whether Stripe answers at all says the price.
    return "unknown";
  }
}

/** Undelivered events of the last day, at most a hundred; those of the last minutes may be on their way. */
export async function undelivered(billing: BillingConfig): Promise<number> {
  const now_s = Math.floor(Date.now() / 1000);
  const events = await stripeClient(billing).events.list({
    delivery_success: false,
    created: { gte: now_s - 86_400, lt: now_s - 600 },
    limit: PAGE_SIZE,
  });
  return events.data.length;
}

let noted_ms = 0;

/** Takes down that an event of Stripe's has come. */
export async function noteEvent(env: Bindings): Promise<void> {
  const now_ms = Date.now();
  const before_ms = noted_ms;
  noted_ms = now_ms;
  if (now_ms - before_ms < NOTE_EVENT_EVERY_MS) return;
  // Losing this note harms nothing: the next event writes it.
  await env.USER_MAPPINGS.put(LAST_EVENT_KEY, String(now_ms)).catch(() => undefined);
}

/** What was last seen; `null` for never. Two reads of KV. */
export async function lastSeen(env: Bindings): Promise<{ contact: Contact | null; event_ms: number | null }> {
  const [contact, event] = await Promise.all([
    env.USER_MAPPINGS.get<Contact>(CONTACT_KEY, "json"),
    env.USER_MAPPINGS.get(LAST_EVENT_KEY),
  ]);
  const event_ms = Math.max(Number(event ?? "0"), noted_ms);
  return { contact, event_ms: event_ms > 0 ? event_ms : null };
}
