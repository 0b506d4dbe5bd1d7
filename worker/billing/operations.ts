/**
 * What an operator does about billing across users: replay events, and go through the running subscriptions of the
 * Stripe account. In pages, because a request has a bounded number of calls. Reached from the operator's entrypoint.
 */
import type { Stripe } from "stripe";
import type { EventOutcome } from "../../objects/rpc/billing.ts";
import type { Tier } from "../../tools/tiers.ts";
import { userObject, userOfStripeCustomer } from "../directory.ts";
import type { BillingConfig, Bindings } from "../env.ts";
import { readNotice } from "./event-notice.ts";
import { isHandled } from "./event-types.ts";
import { handleEvent } from "./handle-event.ts";
import { stripeClient } from "./stripe.ts";
import { idOf, premiumItem, USER_ID } from "./subscriptions.ts";
import { withBilling } from "./with-billing.ts";

/** Stripe goes on with these. */
const RUNNING = ["active", "trialing", "past_due", "unpaid", "paused"];
/** Each event, and each subscription, is a call to an object and a few to Stripe. */
const PAGE_SIZE = 50;

export interface Replayed {
  replayed: number;
  done: number;
  /** Had been worked on before. */
  duplicate: number;
  /** Concern nobody here. */
  ignored: number;
  /** Events that still wait. */
  failed: string[];
  next: string | null;
}

/**
 * Works on a page of the events Stripe could not deliver since a time (it keeps 30 days), the newest first: events
 * only say that something happened, so their order does not matter. One that was done already is left alone.
 */
export async function replayUndelivered(
  env: Bindings,
  config: BillingConfig,
  { since_ms, cursor }: { since_ms: number; cursor?: string | undefined },
): Promise<Replayed> {
  const page = await stripeClient(config).events.list({
    delivery_success: false,
    created: { gte: Math.floor(since_ms / 1000) },
    limit: PAGE_SIZE,
    ...(cursor === undefined ? {} : { starting_after: cursor }),
  });
  const counts: Record<EventOutcome, number> = { done: 0, duplicate: 0, ignored: 0, retry: 0 };
  const failed: string[] = [];
  for (const event of page.data) {
    const notice = isHandled(event.type) ? readNotice(event) : null;
    if (notice === null) continue;
    const outcome = await handleEvent(env, config, notice);
    counts[outcome]++;
    if (outcome === "retry") failed.push(event.id);
  }
  const { done, duplicate, ignored } = counts;
  return {
    replayed: done + duplicate + ignored + failed.length,
    done,
    duplicate,
    ignored,
    failed,
    next: nextOf(page),
  };
}

export interface SubscriptionsSeen {
  /** Running premium subscriptions looked at. */
  checked: number;
  /** Their users are shown another plan than they pay for. */
  wrong: { userId: string; customer: string; subscription: string; shown: Tier; why: string }[];
  /** Paid for, and nobody here has them. */
  unmapped: { customer: string; subscription: string }[];
  /** Paid for beside another one of the same user. */
  duplicates: { userId: string; subscription: string; running: number }[];
  /** Paid for by a customer that names a user, whose plan goes by another customer or who is gone. */
  otherCustomer: { userId: string; customer: string; subscription: string; planGoesBy: string | null }[];
  next: string | null;
}

/** Compares a page of the account's running premium subscriptions with the plans of their users. Changes nothing. */
export async function runningSubscriptions(
  env: Bindings,
  config: BillingConfig,
  cursor?: string,
): Promise<SubscriptionsSeen> {
  const stripe = stripeClient(config);
  // Without a status Stripe lists what has not been cancelled.
  const page = await stripe.subscriptions.list({
    limit: PAGE_SIZE,
    ...(cursor === undefined ? {} : { starting_after: cursor }),
  });
  const lists = { wrong: [], unmapped: [], duplicates: [], otherCustomer: [] };
  const seen: SubscriptionsSeen = { checked: 0, ...lists, next: nextOf(page) };
  for (const subscription of page.data) {
    if (!RUNNING.includes(subscription.status)) continue;
    if ((await premiumItem(stripe, config, subscription)) === undefined) continue;
    seen.checked++;
    await compare(env, stripe, subscription, seen);
  }
  return seen;
}

async function compare(
  env: Bindings,
  stripe: Stripe,
  subscription: Stripe.Subscription,
  seen: SubscriptionsSeen,
): Promise<void> {
  const { id, status } = subscription;
  const customer = idOf(subscription.customer);
  const userId = await userNamedBy(env, stripe, subscription);
  if (userId === null) {
    seen.unmapped.push({ customer, subscription: id });
    return;
  }
  const plan = await withBilling(userObject(env, userId), (billing) => billing.plan());
  if (plan.customerId !== customer) {
    seen.otherCustomer.push({ userId, customer, subscription: id, planGoesBy: plan.customerId });
    return;
  }
  // A dispute, or a grace that is over, is a reason of ours to differ; what is not paid grants nothing.
  const explained = plan.why === "dispute" || plan.why === "past_due_grace_over";
  const pays = status === "active" || status === "trialing" || status === "past_due";
  if (pays && plan.tier !== "premium" && !explained) {
    const { tier: shown, why } = plan;
    seen.wrong.push({ userId, customer, subscription: id, shown, why });
  }
  if (plan.liveSubscriptions > 1 && plan.subscription?.id !== id) {
    seen.duplicates.push({ userId, subscription: id, running: plan.liveSubscriptions });
  }
}

/** By our record, else by the metadata of the subscription or of its customer. */
async function userNamedBy(
  env: Bindings,
  stripe: Stripe,
  { customer, metadata }: Stripe.Subscription,
): Promise<string | null> {
  const known = await userOfStripeCustomer(env.USER_MAPPINGS, idOf(customer));
  if (known !== null) return known;
  const named = metadata["user_id"] ?? (await namedByCustomer(stripe, idOf(customer)));
  return named !== undefined && USER_ID.test(named) ? named : null;
}

async function namedByCustomer(stripe: Stripe, id: string): Promise<string | undefined> {
  const customer = await stripe.customers.retrieve(id);
  return customer.deleted === true ? undefined : customer.metadata["user_id"];
}

function nextOf(page: { data: { id: string }[]; has_more: boolean }): string | null {
  return page.has_more ? (page.data.at(-1)?.id ?? null) : null;
}
