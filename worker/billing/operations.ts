/**
 * What an operator does about billing across users: replay events, and look for plans that differ from what Stripe
 * says. Reached from the operator's entrypoint only.
 */
import type { Stripe } from "stripe";
import type { EventOutcome } from "../../objects/rpc.ts";
import type { Tier } from "../../tools/tiers.ts";
import { userObject, userOfStripeCustomer } from "../directory.ts";
import { configOf, type BillingConfig, type Bindings } from "../env.ts";
import { readNotice } from "./event-notice.ts";
import { isHandled } from "./event-types.ts";
import { handleEvent } from "./handle-event.ts";
import { stripeClient } from "./stripe.ts";
import { idOf, premiumItem } from "./subscriptions.ts";
import { withBilling } from "./with-billing.ts";

const PAGE_SIZE = 100;

function selling(env: Bindings): BillingConfig {
  const { billing } = configOf(env);
  if (billing === null) throw new Error("billing is off: STRIPE_SECRET_KEY is not set");
  return billing;
}

/** Works on one event again, whatever became of it. */
export async function replayEvent(
  env: Bindings,
  eventId: string,
): Promise<{ eventId: string; outcome: EventOutcome | "not_found" }> {
  const config = selling(env);
  try {
    const notice = readNotice(await stripeClient(config).events.retrieve(eventId));
    if (notice === null) return { eventId, outcome: "not_found" };
    return { eventId, outcome: await handleEvent(env, config, notice, { force: true }) };
  } catch (error) {
    if ((error as { code?: string }).code === "resource_missing") return { eventId, outcome: "not_found" };
    throw error;
  }
}

export interface Replayed {
  replayed: number;
  outcomes: Partial<Record<EventOutcome, number>>;
  /** Events that are still waiting. */
  failed: string[];
}

/**
 * Works on every event Stripe could not deliver since a time (it keeps 30 days), oldest first. An event that was
 * done already is left alone, so it can be repeated.
 */
export async function replayUndelivered(env: Bindings, since_ms: number): Promise<Replayed> {
  const config = selling(env);
  const stripe = stripeClient(config);
  const events: Stripe.Event[] = [];
  for (let after: string | undefined; ;) {
    const page = await stripe.events.list({
      delivery_success: false,
      created: { gte: Math.floor(since_ms / 1000) },
      limit: PAGE_SIZE,
      ...(after === undefined ? {} : { starting_after: after }),
    });
    events.push(...page.data.filter((event) => isHandled(event.type)));
    after = page.data.at(-1)?.id;
    if (!page.has_more || after === undefined) break;
  }
  const result: Replayed = { replayed: 0, outcomes: {}, failed: [] };
  for (const event of events.reverse()) {
    const notice = readNotice(event);
    if (notice === null) continue;
    const outcome = await handleEvent(env, config, notice);
    result.replayed++;
    result.outcomes[outcome] = (result.outcomes[outcome] ?? 0) + 1;
    if (outcome === "retry") result.failed.push(event.id);
  }
  return result;
}

export interface Drift {
  /** Running subscriptions looked at. */
  checked: number;
  /** Users whose plan is not what their subscription pays for. */
  wrong: { userId: string; customer: string; subscription: string; shown: Tier; paid: Tier; why: string }[];
  /** Running subscriptions no user belongs to. */
  unmapped: { customer: string; subscription: string }[];
  /** Users who pay more than once. */
  duplicates: { userId: string; count: number }[];
}

/** Compares every running premium subscription of the account with the plan its user is shown. Changes nothing. */
export async function billingDrift(env: Bindings): Promise<Drift> {
  const config = selling(env);
  const stripe = stripeClient(config);
  const drift: Drift = { checked: 0, wrong: [], unmapped: [], duplicates: [] };
  const counted = new Map<string, number>();
  for (const status of ["active", "trialing", "past_due"] as const) {
    for (let after: string | undefined; ;) {
      const page = await stripe.subscriptions.list({
        status,
        limit: PAGE_SIZE,
        ...(after === undefined ? {} : { starting_after: after }),
      });
      for (const subscription of page.data) {
        if ((await premiumItem(stripe, config, subscription)) === undefined) continue;
        drift.checked++;
        const userId = await compare(env, subscription, drift);
        if (userId !== null) counted.set(userId, (counted.get(userId) ?? 0) + 1);
      }
      after = page.data.at(-1)?.id;
      if (!page.has_more || after === undefined) break;
    }
  }
  for (const [userId, count] of counted) if (count > 1) drift.duplicates.push({ userId, count });
  return drift;
}

async function compare(
  env: Bindings,
  subscription: Stripe.Subscription,
  drift: Drift,
): Promise<string | null> {
  const customer = idOf(subscription.customer);
  const userId = await userOfStripeCustomer(env.USER_MAPPINGS, customer);
  if (userId === null) {
    drift.unmapped.push({ customer, subscription: subscription.id });
    return null;
  }
  const plan = await withBilling(userObject(env, userId), (billing) => billing.plan());
  // A dispute, or a grace that is over, is a reason of ours to differ.
  const explained = plan.why === "dispute" || plan.why === "past_due_grace_over";
  if (plan.tier !== "premium" && !explained) {
    const { tier: shown, why } = plan;
    drift.wrong.push({ userId, customer, subscription: subscription.id, shown, paid: "premium", why });
  }
  return userId;
}
