/** Billing for the operator: what a user's plan is, reading Stripe anew, working on an event again, finding drift. */
import * as z from "zod";
import { attempt } from "../billing/failures.ts";
import { readNotice } from "../billing/event-notice.ts";
import { handleEvent } from "../billing/handle-event.ts";
import { stripeClient } from "../billing/stripe.ts";
import { userObject } from "../directory.ts";
import { configOf, type Bindings } from "../env.ts";
import { AdminError, type Answer } from "./command.ts";
import { sweepInput } from "./keys.ts";
import { findUser, listUsers, userInput } from "./users.ts";

const USERS_PER_CALL = 20;
const resyncInput = z.object({ user: z.string().min(1), dryRun: z.boolean().default(false) });
const grantInput = z.object({
  user: z.string().min(1),
  until: z.iso.date("must be a date such as 2027-01-31").nullable(),
});
const replayInput = z.object({ event: z.string().regex(/^evt_\w+$/, "must be an event id evt_…") });

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
  const { before, after } = result.value;
  return { userId, dryRun, before: short(before), after: short(after), changed: differ(before, after) };
}

/** Works on one of Stripe's events again, although it was done. */
export async function billingReplay(input: unknown, env: Bindings): Promise<Answer> {
  const { event } = replayInput.parse(input);
  const { billing } = configOf(env);
  if (billing === null) throw new AdminError("Billing is off here: STRIPE_SECRET_KEY is not set.");
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

/** Premium until the end of a UTC date, whatever Stripe says; `null` takes it back. */
export async function billingGrant(input: unknown, env: Bindings): Promise<Answer> {
  const { user, until } = grantInput.parse(input);
  const { userId, object } = await findUser(env, user);
  const until_ms = until === null ? null : Date.parse(`${until}T23:59:59.999Z`);
  return { userId, plan: short(await object.billing().grantPremium(until_ms)) };
}

/** Users of a page whose plan here is not what Stripe says. Changes nothing: `{ drift, unread, users, next }`. */
export async function billingDrift(input: unknown, env: Bindings): Promise<Answer> {
  if (configOf(env).billing === null)
    throw new AdminError("Billing is off here: STRIPE_SECRET_KEY is not set.");
  const { cursor } = sweepInput.parse(input);
  const { users, next } = await listUsers(env.USER_MAPPINGS, { limit: USERS_PER_CALL, cursor });
  const drift: Record<string, unknown>[] = [];
  const unread: string[] = [];
  for (const { userId } of users) {
    const result = await userObject(env, userId).billing().resync({ dryRun: true });
    if (!result.ok) unread.push(userId);
    else if (differ(result.value.before, result.value.after)) {
      drift.push({ userId, here: short(result.value.before), stripe: short(result.value.after) });
    }
  }
  return { drift, unread, users: users.length, next };
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
