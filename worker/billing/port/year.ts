/** Changing a running subscription to the yearly price: what it costs, and doing it. */
import { Stripe } from "stripe";
import type { ChangePreview } from "../../../objects/rpc/billing.ts";
import type { BillingConfig } from "../../env.ts";
import { UnexpectedAnswer } from "../failures.ts";
import { priceOf } from "../offers.ts";
import { premiumItem } from "../subscriptions.ts";

/** @returns `null` when there is no yearly price, or it is what is paid already */
export async function previewYear(
  stripe: Stripe,
  config: BillingConfig,
  subscriptionId: string,
  at_s: number,
): Promise<ChangePreview | null> {
  const [subscription, price] = await Promise.all([
    stripe.subscriptions.retrieve(subscriptionId),
    yearlyPrice(stripe, config),
  ]);
  if (subscription.object !== "subscription") throw new UnexpectedAnswer("no subscription");
  const item = await premiumItem(stripe, config, subscription);
  if (price === null || item === undefined || item.price.id === price.id) return null;
  if (price.currency !== subscription.currency) return null;
  const invoice = await stripe.invoices.createPreview({
    subscription: subscriptionId,
    subscription_details: {
      items: [{ id: item.id, price: price.id }],
      proration_behavior: "always_invoice",
      proration_date: at_s,
    },
  });
  if (invoice.object !== "invoice") throw new UnexpectedAnswer("no preview");
  const credit = invoice.lines.data.reduce((sum, { amount }) => sum + Math.max(0, -amount), 0);
  return {
    subscriptionId,
    priceId: price.id,
    currency: price.currency,
    amount: price.unit_amount ?? 0,
    credit,
    due_now: invoice.amount_due,
    at_s,
    trial: subscription.status === "trialing",
  };
}

async function yearlyPrice(stripe: Stripe, config: BillingConfig): Promise<Stripe.Price | null> {
  const id = await priceOf(stripe, config, "year");
  return id === undefined ? null : stripe.prices.retrieve(id);
}

/** As it was shown: the same price, reckoned from the same moment. A card that is declined leaves all as it was. */
export async function changeToYear(
  stripe: Stripe,
  config: BillingConfig,
  { subscriptionId, priceId, at_s }: ChangePreview,
): Promise<"changed" | "payment_failed"> {
  const subscription = await stripe.subscriptions.retrieve(subscriptionId);
  if (subscription.object !== "subscription") throw new UnexpectedAnswer("no subscription");
  const item = await premiumItem(stripe, config, subscription);
  if (item === undefined) throw new UnexpectedAnswer("no item");
  if (item.price.id === priceId) return "changed";
  try {
    await stripe.subscriptions.update(
      subscriptionId,
      {
        items: [{ id: item.id, price: priceId }],
        proration_behavior: "always_invoice",
        proration_date: at_s,
        payment_behavior: "error_if_incomplete",
      },
      { idempotencyKey: `year:${subscriptionId}:${item.id}:${priceId}:${at_s}` },
    );
    return "changed";
  } catch (error) {
    if (error instanceof Stripe.errors.StripeCardError) return "payment_failed";
    throw error;
  }
}
