/** Billing for the operator: what a user's plan is, reading Stripe anew, working on an event again, finding drift. */
import * as z from "zod";
import { attempt } from "../billing/failures.ts";
import { readNotice } from "../billing/event-notice.ts";
import { handleEvent } from "../billing/handle-event.ts";
import type { RefundOutcome } from "../../objects/rpc/billing.ts";
import { subscriptionNumbers } from "./subscription-numbers.ts";
import { replayUndelivered, runningSubscriptions } from "../billing/operations.ts";
import { stripeClient } from "../billing/stripe.ts";
import { userObject } from "../directory.ts";
import { configOf, type BillingConfig, type Bindings } from "../env.ts";
import { AdminError, type Answer } from "./command.ts";
import { sweepInput } from "./keys.ts";
import { findUser, listUsers, userInput } from "./users.ts";

const USERS_PER_CALL = 20;
/** Stripe keeps events for 30 days. */
const KEPT_MS = 30 * 24 * 60 * 60_000;
const date = z.iso.date("must be a date such as 2027-01-31");
const resyncInput = z.object({ user: z.string().min(1), dryRun: z.boolean().default(false) });
const grantInput = z.object({ user: z.string().min(1), until: date.nullable() });
const mergeInput = z.object({
  user: z.string().min(1),
  dryRun: z.boolean().default(false),
  refund: z.boolean().default(false),
});
const replayInput = z.object({ event: z.string().regex(/^evt_\w+$/, "must be an event id evt_…") });
const undeliveredInput = sweepInput.extend({ since: date.optional() });
const driftInput = sweepInput.extend({ mend: z.boolean().default(false) });
const endInput = z.object({
  user: z.string().min(1),
  subscription: z.string().regex(/^sub_\w+$/, "must be a subscription sub_…"),
  refund: z.boolean().default(false),
});

/** What a user's plan is and how it came to be. */
export async function billingReport(input: unknown, env: Bindings): Promise<Answer> {
  const { userId, object } = await findUser(env, userInput.parse(input).user);
  const { plan, ...report } = await object.billing().report();
  const { linkRef: _, ...withoutLink } = plan;
  return { userId, plan: withoutLink, ...report };
}

/** Reads Stripe anew for one user. */
export async function billingResync(input: unknown, env: Bindings): Promise<Answer> {
  const { user, dryRun } = resyncInput.parse(input);
  const { userId, object } = await findUser(env, user);
  const result = await object.billing().resync({ dryRun });
  if (!result.ok) throw new AdminError(`Stripe could not be read: ${result.error.kind}`);
  const { before, after, others } = result.value;
  const changed = differ(before, after);
  return { userId, dryRun, before: short(before), after: short(after), changed, others };
}

/** Works on one of Stripe's events again, although it was done. */
export async function billingReplay(input: unknown, env: Bindings): Promise<Answer> {
  const { event } = replayInput.parse(input);
  const billing = selling(env);
  const stripe = stripeClient(billing);
  const read = await attempt("replay", () => stripe.events.retrieve(event));
  if (!read.ok) {
    throw new AdminError(
      `Stripe does not give event ${event} (${read.problem.kind}); it keeps events for 30 days.`,
    );
  }
  const notice = readNotice(JSON.parse(JSON.stringify(read.value)));
  if (notice === null) throw new AdminError(`${event} is not an event this server can read.`);
  return { event, type: notice.type, outcome: await handleEvent(env, billing, notice, { force: true }) };
}

/** Works on a page of the events Stripe could not deliver: `{ replayed, done, duplicate, ignored, failed, next }`. */
export async function billingUndelivered(input: unknown, env: Bindings): Promise<Answer> {
  const { since, cursor } = undeliveredInput.parse(input);
  const billing = selling(env);
  const since_ms = since === undefined ? Date.now() - KEPT_MS : Date.parse(since);
  const read = await attempt("replay", () => replayUndelivered(env, billing, { since_ms, cursor }));
  if (!read.ok) throw new AdminError(`Stripe does not give its events: ${read.problem.kind}`);
  return { ...read.value };
}

/** Ends one subscription of a user now, e.g. the second of two; with `refund`, its last payment goes back. */
export async function billingEnd(input: unknown, env: Bindings): Promise<Answer> {
  const { user, subscription, refund } = endInput.parse(input);
  const { userId, object } = await findUser(env, user);
  const ended = await object.billing().endSubscription(subscription, { refund });
  if (!ended.ok) {
    const { kind } = ended.error;
    const why = kind === "no_customer" ? `${userId} has no subscription ${subscription}` : kind;
    throw new AdminError(`Nothing was ended: ${why}`);
  }
  const { refunded } = ended.value;
  return { userId, subscription, ended: true, refund, money: moneyWords(refunded), plan: short(ended.value) };
}

/** Leaves the best of a user's subscriptions, by whichever customer it runs, and ends the others. */
export async function billingMerge(input: unknown, env: Bindings): Promise<Answer> {
  const { user, dryRun, refund } = mergeInput.parse(input);
  const { userId, object } = await findUser(env, user);
  const merged = await object.billing().mergeSubscriptions({ dryRun, refund });
  if (!merged.ok) throw new AdminError(`Nothing more was ended: ${merged.error.kind}. Run it again.`);
  const { kept, ended, plan } = merged.value;
  const rows = ended.map((one) => ({ ...one, refund: moneyWords(one.refund) }));
  return { userId, dryRun, kept, ended: rows, plan: short(plan) };
}

function moneyWords(outcome: RefundOutcome | null): string {
  switch (outcome) {
    case null:
      return "not asked for";
    case "given":
      return "given back";
    case "already_refunded":
      return "had been given back before";
    case "nothing_paid":
      return "nothing had been paid";
    case "refused":
      return "Stripe refused to give it back: look at the payment in its dashboard";
    case "unavailable":
      return "not given back, Stripe did not answer: run the command again";
  }
}

/** The account's subscriptions in numbers, a page of them; pages add up. */
export async function billingNumbers(input: unknown, env: Bindings): Promise<Answer> {
  const { cursor } = sweepInput.parse(input);
  const billing = selling(env);
  const read = await attempt("numbers", () => subscriptionNumbers(billing, cursor));
  if (!read.ok) throw new AdminError(`Stripe does not list its subscriptions: ${read.problem.kind}`);
  return { ...read.value };
}

/** Premium until the end of a UTC date, whatever Stripe says; `null` takes it back. */
export async function billingGrant(input: unknown, env: Bindings): Promise<Answer> {
  const { user, until } = grantInput.parse(input);
  const { userId, object } = await findUser(env, user);
  const until_ms = until === null ? null : Date.parse(`${until}T23:59:59.999Z`);
  return { userId, plan: short(await object.billing().grantPremium(until_ms)) };
}

/**
 * Users of a page whose plan here is not what Stripe says (`mend`: read anew for them), who pay twice, for whom
 * something else runs, whose plan is held by a dispute, or with events that wait:
 * `{ drift, duplicates, others, held, waiting, unread, users, next }`.
 */
export async function billingDrift(input: unknown, env: Bindings): Promise<Answer> {
  selling(env);
  const { cursor, mend } = driftInput.parse(input);
  const { users, next } = await listUsers(env.USER_MAPPINGS, { limit: USERS_PER_CALL, cursor });
  const drift: Record<string, unknown>[] = [];
  const duplicates: Record<string, unknown>[] = [];
  const held: Record<string, unknown>[] = [];
  const waiting: Record<string, unknown>[] = [];
  const others: Record<string, unknown>[] = [];
  const unread: string[] = [];
  for (const { userId } of users) {
    const result = await userObject(env, userId).billing().resync({ dryRun: !mend });
    if (!result.ok) {
      unread.push(userId);
      continue;
    }
    const { before, after, others: beside } = result.value;
    for (const { id, customerId, why } of beside) {
      others.push({ userId, subscription: id, customer: customerId, why });
    }
    if (differ(before, after)) drift.push({ userId, here: short(before), stripe: short(after) });
    if (after.liveSubscriptions > 1) duplicates.push({ userId, running: after.liveSubscriptions });
    const { disputes, waitingEvents } = await userObject(env, userId).billing().report();
    if (disputes.length > 0) held.push({ userId, disputes: disputes.length });
    if (waitingEvents.length > 0) waiting.push({ userId, events: waitingEvents.length });
  }
  return { drift, duplicates, others, held, waiting, unread, users: users.length, next };
}

/** A page of the Stripe account's running premium subscriptions: `{ checked, wrong, unmapped, duplicates, otherCustomer, next }`. */
export async function billingSubscriptions(input: unknown, env: Bindings): Promise<Answer> {
  const { cursor } = sweepInput.parse(input);
  const billing = selling(env);
  const read = await attempt("subscriptions", () => runningSubscriptions(env, billing, cursor));
  if (!read.ok) throw new AdminError(`Stripe does not list its subscriptions: ${read.problem.kind}`);
  return { ...read.value };
}

function selling(env: Bindings): BillingConfig {
  const { billing } = configOf(env);
  if (billing === null) throw new AdminError("Billing is off here: STRIPE_SECRET_KEY is not set.");
  return billing;
}

interface PlanShort {
  tier: string;
  why: string;
  customerId: string | null;
  subscription: { id: string; status: string } | null;
  liveSubscriptions: number;
  grantedUntil_ms: number | null;
}

function short({
  tier,
  why,
  customerId,
  subscription,
  liveSubscriptions,
  grantedUntil_ms,
}: PlanShort): PlanShort {
  const known = subscription === null ? null : { id: subscription.id, status: subscription.status };
  return { tier, why, customerId, subscription: known, liveSubscriptions, grantedUntil_ms };
}

function differ(a: PlanShort, b: PlanShort): boolean {
  return JSON.stringify(short(a)) !== JSON.stringify(short(b));
}
