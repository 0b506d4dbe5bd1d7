/**
 * What a reading of Stripe asks us to do there: end what a lost dispute was about, collect nothing while a plan is
 * withheld, charge the card that was chosen last, and tell Stripe the person's new name or address.
 */
import type { SubscriptionFact } from "../stores/entitlement.ts";
import type { DisputeStore } from "../stores/disputes.ts";
import { logAlert } from "./alerts.ts";
import type { BillingPort, Contact, CustomerState, PortProblem, PortResult } from "./billing-port.ts";
import type { SyncParts } from "./sync-parts.ts";
import { isLive } from "./tier-rules.ts";

type Kept = "nothing" | "changed" | PortProblem;

/** True while a dispute holds back the subscription that the plan goes by. */
export function isHeld(subscription: SubscriptionFact | null, disputes: DisputeStore): boolean {
  return subscription !== null && disputes.holdsBack(subscription.id);
}

/** @returns "changed" when everything has to be read again; the problem when Stripe should be asked once more */
export async function attend(
  parts: SyncParts,
  port: BillingPort,
  customerId: string,
  state: CustomerState,
  methodChanged: boolean,
): Promise<Kept> {
  const steps = [
    () => endLost(parts, port, state),
    () => collectOrNot(parts, port, state),
    () => chargeChosen(parts, port, state, methodChanged),
    () => tellContact(parts, port, customerId, state),
    () => keepTrialMark(parts, port),
  ];
  let changed = false;
  for (const step of steps) {
    const kept = await step();
    if (typeof kept === "object") return kept;
    changed ||= kept === "changed";
  }
  return changed ? "changed" : "nothing";
}

/** A refusal is the operator's to mend and was logged; the plan does not wait for it. */
function again(result: PortResult<unknown>): PortProblem | null {
  return !result.ok && result.problem.kind === "unavailable" ? result.problem : null;
}

/** A lost dispute ends the subscription it was about, and no other. */
async function endLost(
  { disputes, userId }: SyncParts,
  port: BillingPort,
  state: CustomerState,
): Promise<Kept> {
  let ended = false;
  for (const dispute of disputes.unsettled().filter((d) => d.status === "lost")) {
    const about = state.subscriptions.find((s) => s.id === dispute.subscriptionId);
    if (about !== undefined && isLive(about)) {
      const result = await port.cancelSubscription(about.id);
      if (!result.ok) return result.problem;
      logAlert("dispute_lost", userId, { dispute: dispute.id, subscription: about.id });
      ended = true;
    }
    disputes.settle(dispute.id);
  }
  return ended ? "changed" : "nothing";
}

/** Who does not get the plan does not pay for it. */
async function collectOrNot({ disputes }: SyncParts, port: BillingPort, state: CustomerState): Promise<Kept> {
  const open = new Set(
    disputes
      .holds()
      .flatMap((d) => (d.status === "open" && d.subscriptionId !== null ? d.subscriptionId : [])),
  );
  for (const subscription of state.subscriptions.filter(isLive)) {
    const { collection = "on" } = subscription;
    const paused = open.has(subscription.id);
    if (collection === "paused" || paused === (collection === "paused_by_us")) continue;
    const problem = again(await port.pauseCollection(subscription.id, paused));
    if (problem !== null) return problem;
  }
  return "nothing";
}

/** Stripe's portal changes the customer's method only, and a subscription's own wins over it: its own goes. */
async function chargeChosen(
  { entitlement }: SyncParts,
  port: BillingPort,
  { customer, subscriptions }: CustomerState,
  methodChanged: boolean,
): Promise<Kept> {
  if (customer === null) return "nothing";
  const before = entitlement.read().defaultMethod;
  const now = customer.defaultMethod ?? "";
  let changed = false;
  if (now !== "" && (before === null ? methodChanged : before !== now)) {
    for (const subscription of subscriptions.filter(isLive)) {
      const own = subscription.ownMethod ?? null;
      const owes = subscription.status === "past_due" || subscription.status === "unpaid";
      if ((own === null || own === now) && !owes) continue;
      const problem = again(await port.useCustomersMethod(subscription.id, now));
      if (problem !== null) return problem;
      changed = true;
    }
  }
  if (before !== now) entitlement.write({ defaultMethod: now });
  return changed ? "changed" : "nothing";
}

/** What the person changed at Stripe stays, until ClickUp has something new to say. */
async function tellContact(
  { account, entitlement }: SyncParts,
  port: BillingPort,
  customerId: string,
  { customer }: CustomerState,
): Promise<Kept> {
  const wanted = contactToTell(account.read(), entitlement.read().contact);
  if (wanted === null) return "nothing";
  const told = entitlement.read().contact;
  if (told === null) {
    // A version before took nothing down: only a thorough reading knows what Stripe has.
    if (customer === null) return "nothing";
    const same = customer.name === wanted.name && (wanted.email === null || customer.email === wanted.email);
    if (same) {
      entitlement.write({ contact: wanted });
      return "nothing";
    }
  }
  const result = await port.updateCustomer(customerId, wanted);
  const problem = again(result);
  if (problem !== null) return problem;
  // A refused address would be refused every day; a missing permission is tried again.
  if (result.ok || result.problem.kind === "refused") entitlement.write({ contact: wanted });
  return "nothing";
}

/** @returns `null` when Stripe knows it all */
export function contactToTell(
  account: { username: string; email: string | null } | undefined,
  told: Contact | null,
): Contact | null {
  if (account === undefined) return null;
  // ClickUp not giving an address is no reason to take it away from Stripe.
  const wanted: Contact = { name: account.username, email: account.email ?? told?.email ?? null };
  return told?.name === wanted.name && told.email === wanted.email ? null : wanted;
}

/** Outlives the account, so that a trial is for once. */
async function keepTrialMark({ entitlement, userId }: SyncParts, port: BillingPort): Promise<Kept> {
  const { trialUsed, trialMarked } = entitlement.read();
  if (!trialUsed || trialMarked) return "nothing";
  await port.markTrial(userId);
  entitlement.write({ trialMarked: true });
  return "nothing";
}
