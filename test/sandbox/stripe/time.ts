/** What Stripe does by itself as time passes. */
import { expireSession } from "./checkout.ts";
import { EVENT_RETENTION_S } from "./events.ts";
import { collect, defaultMethod, finalizeInvoice, subscriptionOf } from "./invoices.ts";
import type { InvoiceRecord, SubscriptionRecord } from "./records.ts";
import { settle } from "./settle.ts";
import { endSubscription, hasEnded, type Status } from "./subscription-status.ts";
import {
  cancelNow,
  currentPeriodEnd,
  endTrial,
  expireIncomplete,
  INCOMPLETE_S,
  noticeTrialEnd,
  renew,
  TRIAL_NOTICE_S,
} from "./subscriptions.ts";
import type { World } from "./world.ts";

/** Something to do at a moment (Unix seconds). */
interface Due {
  at: number;
  run(): void;
}

/** Does everything that was due until `until` (Unix seconds), in order, each as of its own moment. */
export function catchUp(world: World, until: number): void {
  for (;;) {
    const next = nextDue(world);
    if (next === undefined || next.at > until) break;
    world.at(next.at, () => next.run());
  }
  forget(world, until);
}

function nextDue(world: World): Due | undefined {
  let next: Due | undefined;
  const consider = (due: Due | undefined) => {
    if (due !== undefined && (next === undefined || due.at < next.at)) next = due;
  };
  for (const subscription of Object.values(world.data.subscriptions))
    consider(subscriptionDue(world, subscription));
  for (const invoice of Object.values(world.data.invoices)) consider(invoiceDue(world, invoice));
  for (const session of Object.values(world.data.checkout_sessions)) {
    if (session.status === "open")
      consider({ at: session.expires_at, run: () => expireSession(world, session) });
  }
  for (const [intent, { at, succeeds }] of Object.entries(world.data.settlements)) {
    consider({ at, run: () => settle(world, intent, succeeds) });
  }
  return next;
}

function subscriptionDue(world: World, subscription: SubscriptionRecord): Due | undefined {
  if (hasEnded(subscription)) return undefined;
  const resumes = subscription.pause_collection?.resumes_at ?? null;
  if (resumes !== null) {
    const due: Due = { at: resumes, run: () => resumeCollection(world, subscription) };
    const other = statusDue(world, subscription);
    return other !== undefined && other.at < due.at ? other : due;
  }
  return statusDue(world, subscription);
}

function resumeCollection(world: World, subscription: SubscriptionRecord): void {
  world.change(subscription, "customer.subscription.updated", (row) => {
    row.pause_collection = null;
  });
}

function statusDue(world: World, subscription: SubscriptionRecord): Due | undefined {
  const ends = subscription.cancel_at;
  if (ends !== null && ends <= naturalDue(subscription)) {
    return { at: ends, run: () => endSubscription(world, subscription, "cancellation_requested") };
  }
  switch (subscription.status as Status) {
    case "incomplete":
      return { at: subscription.created + INCOMPLETE_S, run: () => expireIncomplete(world, subscription) };
    case "trialing":
      return trialDue(world, subscription);
    case "active":
    case "past_due":
    case "unpaid":
      return { at: currentPeriodEnd(subscription), run: () => renew(world, subscription) };
    case "canceled":
    case "incomplete_expired":
    case "paused":
      return undefined;
  }
}

function naturalDue(subscription: SubscriptionRecord): number {
  if (subscription.status === "trialing") return subscription.trial_end ?? Infinity;
  if (subscription.status === "paused") return Infinity;
  if (subscription.status === "incomplete") return subscription.created + INCOMPLETE_S;
  return currentPeriodEnd(subscription);
}

function trialDue(world: World, subscription: SubscriptionRecord): Due {
  const end = subscription.trial_end ?? world.now();
  const notice = end - TRIAL_NOTICE_S;
  const told = world.data.trial_notices[subscription.id] === end;
  if (!told && notice > subscription.created) {
    return { at: notice, run: () => noticeTrialEnd(world, subscription) };
  }
  return { at: end, run: () => endTrial(world, subscription) };
}

function invoiceDue(world: World, invoice: InvoiceRecord): Due | undefined {
  if (invoice.status === "draft" && invoice.auto_advance && invoice.automatically_finalizes_at !== null) {
    return { at: invoice.automatically_finalizes_at, run: () => finalizeAndCollect(world, invoice) };
  }
  if (invoice.status === "open" && invoice.next_payment_attempt !== null) {
    return { at: invoice.next_payment_attempt, run: () => retry(world, invoice) };
  }
  return undefined;
}

function finalizeAndCollect(world: World, invoice: InvoiceRecord): void {
  invoice.automatically_finalizes_at = null;
  finalizeInvoice(world, invoice);
  if (invoice.status !== "open" || invoice.collection_method !== "charge_automatically") return;
  collect(world, invoice, defaultMethod(world, invoice.customer, subscriptionOf(world, invoice)));
}

function retry(world: World, invoice: InvoiceRecord): void {
  invoice.next_payment_attempt = null;
  const subscription = subscriptionOf(world, invoice);
  if (subscription !== undefined && hasEnded(subscription)) return;
  collect(world, invoice, defaultMethod(world, invoice.customer, subscription));
}

/** Idempotency keys live a day, events thirty; deliveries go with their events. */
function forget(world: World, now: number): void {
  const { events, thin_events, deliveries, idempotency } = world.data;
  for (const [id, event] of Object.entries(events)) {
    if (event.created > now - EVENT_RETENTION_S) break;
    delete events[id];
  }
  for (const [id, event] of Object.entries(thin_events)) {
    if (Date.parse(event.created) / 1000 > now - EVENT_RETENTION_S) break;
    delete thin_events[id];
  }
  for (const [id, delivery] of Object.entries(deliveries)) {
    if (events[delivery.event] === undefined && thin_events[delivery.event] === undefined)
      delete deliveries[id];
  }
  for (const [key, answer] of Object.entries(idempotency)) {
    if (answer.created <= now - 86_400) delete idempotency[key];
  }
}

/** A dispute that is lost may end the subscription whose invoice the charge paid. */
export function endDisputedSubscription(world: World, intent: string | null): void {
  const payment = Object.values(world.data.invoice_payments).find(
    (row) => row.payment.payment_intent === intent,
  );
  const invoice = typeof payment?.invoice === "string" ? world.data.invoices[payment.invoice] : undefined;
  const subscription = invoice === undefined ? undefined : subscriptionOf(world, invoice);
  if (subscription !== undefined && !hasEnded(subscription))
    cancelNow(world, subscription, "payment_disputed");
}
