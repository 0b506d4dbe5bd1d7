/** Prices: found by their lookup keys, made, or replaced. A price at Stripe cannot be changed. */
import type { Stripe } from "stripe";
import type { Offer, Part, Wanted } from "./wanted.ts";

const DEFAULT_CURRENCY = "usd";
/** Stripe goes on with these. */
const RUNNING = ["active", "trialing", "past_due"];

/**
 * @returns the price of the offer, and what was done about it
 * @throws Error when the lookup key belongs to a price of another amount or product and `wanted.raise` is not set
 */
export async function findPrice(
  stripe: Stripe,
  product: string,
  offer: Offer,
  wanted: Wanted,
): Promise<{ id: string; parts: Part[] }> {
  const what = `price ${offer.lookupKey}`;
  const [known] = (await stripe.prices.list({ lookup_keys: [offer.lookupKey], active: true, limit: 1 })).data;
  if (known === undefined) {
    const made = await makePrice(stripe, product, offer, wanted.currency ?? DEFAULT_CURRENCY);
    return { id: made.id, parts: [{ what, id: made.id, made: true }] };
  }
  if (isWanted(known, product, offer, wanted)) {
    return { id: known.id, parts: [{ what, id: known.id, made: false }] };
  }
  if (wanted.raise !== true) {
    throw new Error(
      `The lookup key ${offer.lookupKey} belongs to ${known.id} (${inWords(known)}), which differs from what was asked for. Name the price on the command line (--${offer.interval} ${offer.amount}) to make a new one that takes the key over; who subscribed before keeps the old price.`,
    );
  }
  const made = await makePrice(stripe, product, offer, wanted.currency ?? known.currency);
  const instead = { what: `${what}, instead of ${known.id} (${inWords(known)})`, id: made.id, made: true };
  return { id: made.id, parts: [instead, await subscribersOf(stripe, known, made, wanted)] };
}

function isWanted(known: Stripe.Price, product: string, offer: Offer, wanted: Wanted): boolean {
  const { recurring } = known;
  return (
    (offer.keep === true || known.unit_amount === offer.amount) &&
    (wanted.currency === undefined || known.currency === wanted.currency) &&
    recurring?.interval === offer.interval &&
    recurring.interval_count === 1 &&
    known.product === product
  );
}

function makePrice(stripe: Stripe, product: string, offer: Offer, currency: string): Promise<Stripe.Price> {
  return stripe.prices.create({
    product,
    currency,
    unit_amount: offer.amount,
    recurring: { interval: offer.interval },
    lookup_key: offer.lookupKey,
    // Also from a price that is archived.
    transfer_lookup_key: true,
  });
}

function inWords({ unit_amount, currency, recurring }: Stripe.Price): string {
  return `${unit_amount ?? 0} ${currency} a ${recurring?.interval ?? "time"}`;
}

/** Who subscribed before stays at their price, or is moved: from the next period on, with nothing charged now. */
async function subscribersOf(
  stripe: Stripe,
  before: Stripe.Price,
  after: Stripe.Price,
  { moveSubscribers }: Wanted,
): Promise<Part> {
  let count = 0;
  for await (const one of stripe.subscriptions.list({ price: before.id, limit: 100 })) {
    const item = one.items.data.find(({ price }) => price.id === before.id);
    if (item === undefined || !RUNNING.includes(one.status)) continue;
    count++;
    if (moveSubscribers !== true) continue;
    const items = [{ id: item.id, price: after.id }];
    await stripe.subscriptions.update(one.id, { items, proration_behavior: "none" });
  }
  const what =
    moveSubscribers === true
      ? `${count} subscriptions moved: they pay the new price from their next period on`
      : `${count} subscriptions stay at ${inWords(before)}; --move-subscribers moves them`;
  return { what, id: before.id, made: moveSubscribers === true && count > 0, changed: true };
}
