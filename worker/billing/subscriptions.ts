/** Which of a customer's subscriptions grant premium, and what is to know of them. */
import type { Stripe } from "stripe";
import type { OtherSubscription, SubscriptionFact } from "../../objects/billing/billing-port.ts";
import type { BillingConfig } from "../env.ts";
import { Misconfigured, trouble } from "./checks/trouble.ts";
import { UnexpectedAnswer } from "./failures.ts";
import { collectionOf } from "./port/collection.ts";

const PAGE_SIZE = 100;
const ENDED = ["canceled", "incomplete_expired"];
/** Ids of users, as they stand in metadata that people can edit in Stripe's dashboard. */
export const USER_ID = /^u_[a-z0-9]{1,40}$/;

/** Product of the configured price, once it had to be looked up. Ids of products do not change. */
const productOfPrice = new Map<string, string>();

/**
 * The customer's subscriptions: ours, ended ones too, and what else of the Stripe account runs for them. Ours are
 * those to the configured price, to one with a lookup key of ours, or to another price of the same product, and those
 * that our Checkout made for the user, whatever became of their price since.
 * @throws Misconfigured when the configured price does not exist and something might be ours
 */
export async function subscriptionsOf(
  stripe: Stripe,
  config: BillingConfig,
  customerId: string,
  userId: string,
): Promise<{ subscriptions: SubscriptionFact[]; others: OtherSubscription[] }> {
  const subscriptions: SubscriptionFact[] = [];
  const others: OtherSubscription[] = [];
  for (const subscription of await listAll(stripe, customerId)) {
    const { id, status } = subscription;
    const item = await premiumItem(stripe, config, subscription, userId);
    if (item !== undefined) subscriptions.push(factOf(subscription, item));
    else if (!ENDED.includes(status)) others.push({ id, customerId, status, why: "product" });
  }
  return { subscriptions, others };
}

async function listAll(stripe: Stripe, customerId: string): Promise<Stripe.Subscription[]> {
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
    if (!page.has_more || after === undefined) return all;
  }
}

/**
 * The item of a subscription that grants premium; undefined: none does.
 * @param userId whose it is; without it, of anybody here
 */
export async function premiumItem(
  stripe: Stripe,
  config: BillingConfig,
  subscription: Stripe.Subscription,
  userId?: string,
): Promise<Stripe.SubscriptionItem | undefined> {
  const items = subscription.items.data;
  const known = items.find(
    ({ price }) =>
      price.id === config.priceId ||
      (price.lookup_key !== null && config.lookupKeys.includes(price.lookup_key)),
  );
  if (known !== undefined) return known;
  const bearer = subscription.metadata["user_id"];
  const bears = userId === undefined ? bearer !== undefined && USER_ID.test(bearer) : bearer === userId;
  if (bears) return items[0];
  if (config.priceId === null) return undefined;
  const ended = ENDED.includes(subscription.status);
  const product = await productOf(stripe, config.priceId);
  // What has ended grants nothing, whosever it was.
  if (product === null && ended) return undefined;
  if (product === null) throw new Misconfigured(trouble("price_missing"));
  return items.find(({ price }) => idOf(price.product) === product);
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
    intervalCount: price.recurring?.interval_count ?? 1,
    amount: price.unit_amount,
    currency: price.currency,
    ends_ms: ends_s === null ? null : ends_s * 1000,
    periodEnd_ms: periodEnd_s * 1000,
    trialEnd_ms: subscription.trial_end === null ? null : subscription.trial_end * 1000,
    ownMethod:
      subscription.default_payment_method === null ? null : idOf(subscription.default_payment_method),
    collection: collectionOf(subscription),
  };
}

/** The id of something Stripe gives as an id or as the object. */
export function idOf(value: string | { id: string }): string {
  return typeof value === "string" ? value : value.id;
}
