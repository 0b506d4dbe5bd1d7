/**
 * What is wrong between this server and its Stripe account, each in one sentence that says what to do. The same words
 * stand in the log, in /health, in the doctor's list and in what `npm run stripe:setup` prints.
 */

export type TroubleKind =
  | "key_refused"
  | "wrong_account"
  | "test_key_in_production"
  | "live_key_outside_production"
  | "permission_missing"
  | "price_missing"
  | "price_archived"
  | "price_one_time"
  | "price_is_yearly"
  | "product_archived"
  | "currencies_mixed"
  | "portal_unusable"
  | "portal_keeps_money"
  | "webhook_missing"
  | "webhook_disabled"
  | "webhook_events_missing"
  | "webhook_version"
  | "refused";

export interface Trouble {
  kind: TroubleKind;
  todo: string;
}

const ADVICE: Record<TroubleKind, (detail: string) => string> = {
  key_refused: () => "Stripe refuses STRIPE_SECRET_KEY: store a valid key of the account you sell with.",
  wrong_account: () =>
    "STRIPE_SECRET_KEY sees neither the customer nor STRIPE_PRICE_ID: it is of another account or mode; store the key of the account you sell with.",
  test_key_in_production: () =>
    "STRIPE_SECRET_KEY is a test key in production, so nobody really pays: store the live key, and set STRIPE_PRICE_ID to the price in live mode.",
  live_key_outside_production: () =>
    "STRIPE_SECRET_KEY is a live key outside production, so tests take real money: store a test key.",
  permission_missing: (permission) =>
    `The restricted key may not do all that is needed (${permission}): give it the permissions listed in docs/configuration.md.`,
  price_missing: () =>
    "STRIPE_PRICE_ID is not set, or is no price of this account and mode: run npm run stripe:setup and set the id it prints.",
  price_archived: () =>
    "The price in STRIPE_PRICE_ID is archived, so nobody can buy: set the id of the current price, or unarchive it in Stripe's dashboard.",
  price_one_time: () =>
    "STRIPE_PRICE_ID is a one-time price, and a subscription needs a recurring one: run npm run stripe:setup and set the id it prints.",
  price_is_yearly: (period) =>
    `STRIPE_PRICE_ID is charged every ${period}, though it is the one offered by the month: set the monthly price, or offer it knowingly.`,
  product_archived: () =>
    "The product of STRIPE_PRICE_ID is archived, so nobody can buy: unarchive it in Stripe's dashboard.",
  currencies_mixed: (currencies) =>
    `The monthly and the yearly price are in different currencies (${currencies}), so nobody can change between them: make both in one with npm run stripe:setup.`,
  portal_unusable: () =>
    "The customer portal has no configuration that works: run npm run stripe:setup and set STRIPE_PORTAL_CONFIGURATION.",
  portal_keeps_money: () =>
    "The customer portal changes prices without giving unused time back: run npm run stripe:setup, which mends its configuration.",
  webhook_missing: (url) => `Stripe has no webhook endpoint for ${url}: run npm run stripe:setup.`,
  webhook_disabled: (url) =>
    `Stripe has disabled the webhook endpoint for ${url}: run npm run stripe:setup, which enables it again.`,
  webhook_events_missing: (events) =>
    `The webhook endpoint does not send ${events}: run npm run stripe:setup, which adds them.`,
  webhook_version: (version) =>
    `The webhook endpoint sends events of API version ${version}; they are understood, because only their ids are read. Make a new endpoint when convenient.`,
  refused: (reason) => `Stripe refuses a purchase: ${reason}`,
};

/** @param detail what the sentence names: a permission, an address, Stripe's reason */
export function trouble(kind: TroubleKind, detail = ""): Trouble {
  return { kind, todo: ADVICE[kind](detail) };
}

/** True for what keeps somebody from buying, or us from knowing; the others are for the operator to read. */
export function isGrave({ kind }: Trouble): boolean {
  const told: TroubleKind[] = [
    "webhook_version",
    "live_key_outside_production",
    "price_is_yearly",
    "currencies_mixed",
    "portal_keeps_money",
  ];
  return !told.includes(kind);
}

/** Thrown where Stripe's answer shows that our side of the configuration is wrong. */
export class Misconfigured extends Error {
  override readonly name = "Misconfigured";
  readonly trouble: Trouble;
  constructor(found: Trouble) {
    super(found.todo);
    this.trouble = found;
  }
}

const REASON_CHARS = 300;

/** Stripe's own reason without keys, in one line. */
export function redacted(message: string): string {
  return message
    .replace(/\b[rs]k_(test|live)_[\w*]+/g, "the key")
    .replace(/\s+/g, " ")
    .slice(0, REASON_CHARS);
}
