/**
 * Whether Stripe and this server reach each other. It is looked at every hour and by the operator, and kept in KV:
 * the public /health says what was last seen and asks nobody.
 */
import type { Bindings, BillingConfig, Config } from "../env.ts";
import { logEvent } from "../log.ts";
import { clearTrouble, notedTrouble, type Noted } from "./checks/noted.ts";
import { lookAtAccount } from "./checks/account.ts";
import type { PriceLook } from "./checks/price.ts";
import { isGrave, trouble, type Trouble } from "./checks/trouble.ts";
import type { WebhookLook } from "./checks/webhook.ts";
import { noteSelling } from "./offers.ts";
import { stripeClient } from "./stripe.ts";

export interface Contact {
  checked_ms: number;
  api: PriceLook["api"];
  price: PriceLook["price"];
  webhook: WebhookLook["webhook"];
  /** What the operator has to mend or should know; absent in what a version before kept. */
  troubles?: Trouble[];
}

const CONTACT_KEY = "stripe-contact";
const LAST_EVENT_KEY = "stripe-last-event";
const PAGE_SIZE = 100;
/** KV takes one write a second for a key (worker/patient-kv.ts); a burst of events is one piece of news. */
const NOTE_EVENT_EVERY_MS = 5 * 60_000;

/** Looks now: a few calls to Stripe. Never throws; what it saw is kept and logged. */
export async function lookAtStripe(
  env: Bindings,
  { origin, environment }: Config,
  billing: BillingConfig,
): Promise<Contact> {
  const seen = await lookAtAccount(stripeClient(billing), billing, origin);
  const contact: Contact = {
    checked_ms: Date.now(),
    ...seen,
    troubles: [...modeTroubles(environment, billing.live), ...seen.troubles],
  };
  if (contact.price !== "unknown") noteSelling(contact.price === "ready");
  const { troubles = [], ...fields } = contact;
  const said = { ...fields, troubles: troubles.map(({ kind }) => kind).join(","), todo: inWords(troubles) };
  if (isBroken(contact)) logEvent("warn", "stripe_contact_broken", said);
  else logEvent("info", "stripe_contact", said);
  const noted = await notedTrouble(env.USER_MAPPINGS).catch(() => null);
  // What a look can see is mended when it sees none; a refused purchase is mended when one goes through.
  if (
    noted !== null &&
    noted.kind !== "refused" &&
    contact.troubles?.some(isGrave) !== true &&
    contact.api === "answers"
  )
    await clearTrouble(env.USER_MAPPINGS);
  await env.USER_MAPPINGS.put(CONTACT_KEY, JSON.stringify(contact));
  return contact;
}

function inWords(troubles: readonly Trouble[]): string {
  return troubles.map(({ todo }) => todo).join(" ");
}

function modeTroubles(environment: string, live: boolean): Trouble[] {
  if (environment === "production" && !live) return [trouble("test_key_in_production")];
  return environment !== "production" && live ? [trouble("live_key_outside_production")] : [];
}

/** True when people cannot buy, or Stripe cannot tell us. */
function isBroken({ api, price, webhook, troubles }: Contact): boolean {
  const unreached = webhook === "missing" || webhook === "disabled";
  return api !== "answers" || price === "missing" || unreached || troubles?.some(isGrave) === true;
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

export interface Seen {
  contact: Contact | null;
  event_ms: number | null;
  /** Trouble met by somebody who bought, or whose plan was read. */
  noted: Noted | null;
}

/** What was last seen; `null` for never. Three reads of KV. */
export async function lastSeen(env: Bindings): Promise<Seen> {
  const [contact, event, noted] = await Promise.all([
    env.USER_MAPPINGS.get<Contact>(CONTACT_KEY, "json"),
    env.USER_MAPPINGS.get(LAST_EVENT_KEY),
    notedTrouble(env.USER_MAPPINGS),
  ]);
  const event_ms = Math.max(Number(event ?? "0"), noted_ms);
  return { contact, event_ms: event_ms > 0 ? event_ms : null, noted };
}
