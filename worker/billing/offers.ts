/** What can be bought, as Stripe has it: read for the plan page, kept a few minutes per isolate. */
import type { Stripe } from "stripe";
import type { PortResult } from "../../objects/billing/billing-port.ts";
import type { CheckoutOffer } from "../../objects/rpc/billing.ts";
import type { BillingConfig } from "../env.ts";
import { Misconfigured, trouble } from "./checks/trouble.ts";
import { attempt, UnexpectedAnswer } from "./failures.ts";
import { stripeClient } from "./stripe.ts";
import { yearly } from "./port/yearly-price.ts";

export interface Offer {
  offer: CheckoutOffer;
  priceId: string;
  /** In the currency's smallest unit. */
  amount: number | null;
  currency: string;
  /** Stripe's word, and how many of it make a period. */
  interval: string;
  intervalCount: number;
}

const KEEP_MS = 5 * 60_000;
const kept = new Map<string, { offers: Offer[]; until_ms: number }>();

/** What this isolate last saw of the configured price. */
let selling: { works: boolean; at_ms: number } | null = null;

/**
 * True while the configured price is missing or archived, by the newest that is known.
 * @param seen what was last seen by whoever looked
 */
export function sellingIsBroken(seen: { price: string; checked_ms: number } | null): boolean {
  if (seen !== null && seen.price !== "unknown" && seen.checked_ms > (selling?.at_ms ?? 0)) {
    return seen.price === "missing";
  }
  return selling?.works === false;
}

/** The monthly price of the configuration and the yearly one of the lookup keys. Empty: nothing can be bought. */
export async function offersOf(config: BillingConfig): Promise<PortResult<Offer[]>> {
  const key = `${config.secretKey} ${config.priceId} ${config.apiUrl}`;
  const known = kept.get(key);
  if (known !== undefined && known.until_ms > Date.now()) return { ok: true, value: known.offers };
  const read = await attempt("offers", () => readOffers(stripeClient(config), config));
  if (read.ok) kept.set(key, { offers: read.value, until_ms: Date.now() + KEEP_MS });
  if (read.ok) noteSelling(read.value.length > 0);
  else if (read.problem.kind !== "unavailable") noteSelling(false);
  return read;
}

/** Takes down whether the monthly price can be sold. */
export function noteSelling(works: boolean): void {
  selling = { works, at_ms: Date.now() };
}

/** The price of an offer, from Stripe. @returns undefined when it cannot be bought */
export async function priceOf(
  stripe: Stripe,
  config: BillingConfig,
  offer: CheckoutOffer,
): Promise<string | undefined> {
  if (offer === "month") return config.priceId ?? undefined;
  return (await yearly(stripe, config))?.id;
}

async function readOffers(stripe: Stripe, config: BillingConfig): Promise<Offer[]> {
  if (config.priceId === null) return [];
  const [monthly, year] = await Promise.all([stripe.prices.retrieve(config.priceId), yearly(stripe, config)]);
  if (monthly.object !== "price") throw new UnexpectedAnswer("no price");
  if (monthly.recurring === null) throw new Misconfigured(trouble("price_one_time"));
  if (!monthly.active) return [];
  return [offerOf("month", monthly), ...(year === undefined ? [] : [offerOf("year", year)])];
}

function offerOf(offer: CheckoutOffer, price: Stripe.Price): Offer {
  return {
    offer,
    priceId: price.id,
    amount: price.unit_amount,
    currency: price.currency,
    interval: price.recurring?.interval ?? offer,
    intervalCount: price.recurring?.interval_count ?? 1,
  };
}
