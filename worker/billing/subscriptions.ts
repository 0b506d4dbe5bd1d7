/** Which of a customer's subscriptions grant premium, and what is to know of them. */
import type { Stripe } from "stripe";
import type { SubscriptionFact } from "../../objects/billing/billing-port.ts";
import type { BillingConfig } from "../env.ts";
import { UnexpectedAnswer } from "./failures.ts";

const PAGE_SIZE = 100;

/** Product of the configured price, once it had to be looked up. Ids of products do not change. */
const productOfPrice = new Map<string, string>();

/**
 * Every subscription of the customer to the premium product, ended ones too. What grants is the configured price,
 * a price with one of our lookup keys, or another price of the same product; anything else of the account does not.
 */
export async function premiumSubscriptions(
  stripe: Stripe,
  config: BillingConfig,
  customerId: string,
): Promise<SubscriptionFact[]> {
  const all: Stripe.Subscription[] = [];
  for (let after: string | undefined; ;) {
    const page = await stripe.subscriptions.list({
      customer: customerId,
      status: "all",
      limit: PAGE_SIZE,
      ...(after === undefined ? {} : { starting_after: after }),
    });
    if (page.object !== "list" || !Array.isArray(page.data))
      throw new UnexpectedAnswer("no list of subscriptions");
    for (const subscription of page.data) {
      if (subscription.object !== "subscription") throw new UnexpectedAnswer("no subscription");
      all.push(subscription);
    }
    after = page.data.at(-1)?.id;
    if (!page.has_more || after === undefined) break;
  }
  const facts: SubscriptionFact[] = [];
  for (const subscription of all) {
    const item = await premiumItem(stripe, config, subscription);
    if (item !== undefined) facts.push(factOf(subscription, item));
  }
  return facts;
}

/** The item of a subscription that grants premium; undefined: none does. */
export async function premiumItem(
  stripe: Stripe,
  config: BillingConfig,
  subscription: Stripe.Subscription,
): Promise<Stripe.SubscriptionItem | undefined> {
  const items = subscription.items.data;
  const known = items.find(
    ({ price }) =>
      price.id === config.priceId ||
      (price.lookup_key !== null && config.lookupKeys.includes(price.lookup_key)),
  );
  if (known !== undefined || config.priceId === null) return known;
  const product = await productOf(stripe, config.priceId);
  return product === null ? undefined : items.find(({ price }) => idOf(price.product) === product);
}

/** @returns `null` when the configured price does not exist */
async function productOf(stripe: Stripe, priceId: string): Promise<string | null> {
  const known = productOfPrice.get(priceId);
  if (known !== undefined) return known;
  try {
    const price = await stripe.prices.retrieve(priceId);
    if (price.object !== "price") throw new UnexpectedAnswer("no price");
    const product = idOf(price.product);
    productOfPrice.set(priceId, product);
    return product;
  } catch (error) {
    if ((error as { code?: string }).code === "resource_missing") return null;
    throw error;
  }
}

function factOf(subscription: Stripe.Subscription, item: Stripe.SubscriptionItem): SubscriptionFact {
  const { price } = item;
  const periodEnd_s = item.current_period_end;
  const ends_s = subscription.cancel_at ?? (subscription.cancel_at_period_end ? periodEnd_s : null);
  return {
    id: subscription.id,
    status: subscription.status,
    created_ms: subscription.created * 1000,
    priceId: price.id,
    interval: price.recurring?.interval ?? "month",
    amount: price.unit_amount,
    currency: price.currency,
    ends_ms: ends_s === null ? null : ends_s * 1000,
    periodEnd_ms: periodEnd_s * 1000,
    trialEnd_ms: subscription.trial_end === null ? null : subscription.trial_end * 1000,
  };
}

/** The id of something Stripe gives as an id or as the object. */
export function idOf(value: string | { id: string }): string {
  return typeof value === "string" ? value : value.id;
}
