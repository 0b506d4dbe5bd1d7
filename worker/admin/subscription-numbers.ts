/** The account's subscriptions in numbers, for whoever sells: read from Stripe, a page at a time. */
import type { Stripe } from "stripe";
import type { BillingConfig } from "../env.ts";
import { stripeClient } from "../billing/stripe.ts";
import { premiumItem } from "../billing/subscriptions.ts";

const PAGE_SIZE = 100;
const CHURN_DAYS = 30;

export interface Numbers {
  /** Premium subscriptions by Stripe's word for their state. */
  states: Record<string, number>;
  /** Monthly recurring revenue by currency, in the smallest unit, before discounts and tax: active and past due ones. */
  mrr: Record<string, number>;
  trials: number;
  /** Payments of running subscriptions that failed and are owed. */
  failedPayments: number;
  /** Running, and to end when their period does. */
  ending: number;
  /** Over the last 30 days: ended, and how many ran when they began. */
  churn: { ended: number; ranBefore: number };
  /** Why people cancelled, in their choice of words on Stripe's page; of all that ended or will. */
  cancelReasons: Record<string, number>;
  next: string | null;
}

/** @throws what the SDK throws */
export async function subscriptionNumbers(config: BillingConfig, cursor?: string): Promise<Numbers> {
  const stripe = stripeClient(config);
  const page = await stripe.subscriptions.list({
    status: "all",
    limit: PAGE_SIZE,
    ...(cursor === undefined ? {} : { starting_after: cursor }),
  });
  const numbers: Numbers = {
    states: {},
    mrr: {},
    trials: 0,
    failedPayments: 0,
    ending: 0,
    churn: { ended: 0, ranBefore: 0 },
    cancelReasons: {},
    next: page.has_more ? (page.data.at(-1)?.id ?? null) : null,
  };
  const since_s = Math.floor(Date.now() / 1000) - CHURN_DAYS * 86_400;
  for (const subscription of page.data) {
    const item = await premiumItem(stripe, config, subscription);
    if (item !== undefined) count(numbers, subscription, item, since_s);
  }
  return numbers;
}

function count(
  numbers: Numbers,
  subscription: Stripe.Subscription,
  item: Stripe.SubscriptionItem,
  since_s: number,
): void {
  const { status, created, ended_at, currency, cancel_at, cancellation_details } = subscription;
  add(numbers.states, status);
  if (status === "trialing") numbers.trials++;
  if (status === "past_due" || status === "unpaid") numbers.failedPayments++;
  if (status === "active" || status === "past_due") add(numbers.mrr, currency, monthly(item));
  // What never was paid for did not churn.
  const never = status === "incomplete" || status === "incomplete_expired";
  if (!never && created < since_s && (ended_at === null || ended_at >= since_s)) numbers.churn.ranBefore++;
  if (!never && created < since_s && ended_at !== null && ended_at >= since_s) numbers.churn.ended++;
  if (ended_at === null && cancel_at !== null) numbers.ending++;
  if (cancel_at !== null || ended_at !== null) {
    const why = cancellation_details?.feedback ?? cancellation_details?.reason ?? "not said";
    if (!never) add(numbers.cancelReasons, why);
  }
}

const MONTHS: Record<string, number> = { day: 12 / 365, week: 84 / 365, month: 1, year: 12 };

/** What the item brings a month, in the smallest unit of its currency. */
function monthly({ price, quantity }: Stripe.SubscriptionItem): number {
  const { interval, interval_count } = price.recurring ?? { interval: "month", interval_count: 1 };
  const months = (MONTHS[interval] ?? 1) * interval_count;
  return Math.round(((price.unit_amount ?? 0) * (quantity ?? 1)) / months);
}

function add(counts: Record<string, number>, name: string, amount = 1): void {
  counts[name] = (counts[name] ?? 0) + amount;
}
