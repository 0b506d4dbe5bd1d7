/** Subscriptions: how one begins, renews, leaves its trial and ends. */
import { invalid, StripeFault } from "./errors.ts";
import {
  collect,
  defaultMethod,
  draftFor,
  finalizeInvoice,
  intentOf,
  markUncollectible,
  voidInvoice,
} from "./invoices.ts";
import { newItem } from "./make-billing.ts";
import { planOf } from "./make-catalog.ts";
import { paymentError } from "./payments.ts";
import { periodEnd } from "./periods.ts";
import type { InvoiceRecord, PriceRecord, SubscriptionRecord } from "./records.ts";
import {
  announceStatus,
  endSubscription,
  hasEnded,
  pauseSubscription,
  setStatus,
} from "./subscription-status.ts";
import type { World } from "./world.ts";

/** An incomplete subscription waits so long for its first payment. */
export const INCOMPLETE_S = 23 * 3_600;
/** trial_will_end comes so long before the end, or at once for a shorter trial. */
export const TRIAL_NOTICE_S = 3 * 86_400;

export type PaymentBehavior =
  | "allow_incomplete"
  | "default_incomplete"
  | "error_if_incomplete"
  | "pending_if_incomplete";

/** Adds items in the period that begins now, or for the trial. Throws 400 for prices that cannot be subscribed to. */
export function addItems(
  world: World,
  subscription: SubscriptionRecord,
  items: { price: PriceRecord; quantity: number }[],
): void {
  const start = world.now();
  for (const { price, quantity } of items) {
    checkRecurring(subscription, price);
    const end = subscription.trial_end ?? periodEnd(start, price);
    subscription.items.data.push(newItem(world, subscription.id, price, quantity, { start, end }));
  }
}

export function checkRecurring(subscription: SubscriptionRecord, price: PriceRecord): void {
  if (price.recurring === null) {
    throw invalid(
      `A subscription takes prices of type recurring; this one is of type one_time.`,
      "items[0][price]",
    );
  }
  if (!price.active) {
    throw invalid(`The price specified is inactive.`, "items[0][price]");
  }
  if (price.currency !== subscription.currency) {
    throw invalid("All prices on a subscription must have the same currency.", "items[0][price]");
  }
}

/**
 * Starts a subscription whose items, trial and payment method are set. It is stored, announced, invoiced and charged.
 * Throws 402 with `error_if_incomplete`, and 400 when there is nothing to charge.
 */
export function startSubscription(
  world: World,
  subscription: SubscriptionRecord,
  behavior: PaymentBehavior = "allow_incomplete",
): void {
  const method = defaultMethod(world, subscription.customer, subscription);
  const trial = subscription.trial_end !== null;
  const amount = subscription.items.data.reduce(
    (sum, item) => sum + (item.price.unit_amount ?? 0) * item.quantity,
    0,
  );
  const charges = !trial && amount > 0 && subscription.collection_method === "charge_automatically";
  const waits = behavior === "default_incomplete" && charges;
  if (charges && !waits && method === null) {
    throw new StripeFault(
      400,
      "invalid_request_error",
      "This customer has no attached payment source or default payment method.",
      { code: "resource_missing" },
    );
  }
  world.data.subscriptions[subscription.id] = subscription;
  const owner = world.data.customers[subscription.customer];
  if (owner !== undefined) owner.currency ??= subscription.currency;
  if (trial) {
    subscription.status = "trialing";
    subscription.trial_start = world.now();
  } else {
    subscription.status = charges ? "incomplete" : "active";
  }
  world.emit("customer.subscription.created", subscription);
  announceStatus(world, subscription);
  const invoice = draftFor(world, subscription, "subscription_create", trial);
  finalizeInvoice(world, invoice);
  if (trial) {
    noticeShortTrial(world, subscription);
    return;
  }
  if (invoice.status === "paid" || !charges) return;
  if (waits) {
    intentOf(world, invoice);
    return;
  }
  const outcome = collect(world, invoice, method);
  if (behavior !== "error_if_incomplete" || (outcome !== "declined" && outcome !== "requires_action")) return;
  voidInvoice(world, invoice);
  delete world.data.subscriptions[subscription.id];
  throw paymentError(intentOf(world, invoice), outcome);
}

function noticeShortTrial(world: World, subscription: SubscriptionRecord): void {
  if ((subscription.trial_end ?? 0) - world.now() <= TRIAL_NOTICE_S) noticeTrialEnd(world, subscription);
}

/** trial_will_end, once for each end a trial has had. */
export function noticeTrialEnd(world: World, subscription: SubscriptionRecord): void {
  world.data.trial_notices[subscription.id] = subscription.trial_end ?? 0;
  world.emit("customer.subscription.trial_will_end", subscription);
}

/** The end of the current period, in Unix seconds. */
export function currentPeriodEnd(subscription: SubscriptionRecord): number {
  return Math.min(...subscription.items.data.map((item) => item.current_period_end));
}

/** Begins the period that follows, and its invoice: a draft that Stripe makes final about an hour later. */
export function renew(world: World, subscription: SubscriptionRecord): void {
  world.change(subscription, "customer.subscription.updated", (row) => {
    takeScheduledPrice(world, row);
    advancePeriods(row);
  });
  const invoice = draftFor(world, subscription, "subscription_cycle");
  holdOrSchedule(world, subscription, invoice);
}

/** The price that was chosen for the end of the period. */
function takeScheduledPrice(world: World, subscription: SubscriptionRecord): void {
  const price = world.data.prices[world.data.scheduled_prices[subscription.id] ?? ""];
  const item = subscription.items.data[0];
  delete world.data.scheduled_prices[subscription.id];
  if (price === undefined || item === undefined) return;
  item.price = structuredClone(price);
  item.plan = planOf(price);
  subscription.billing_cycle_anchor = item.current_period_end;
}

function advancePeriods(subscription: SubscriptionRecord): void {
  for (const item of subscription.items.data) {
    item.current_period_start = item.current_period_end;
    item.current_period_end = periodEnd(
      item.current_period_start,
      item.price,
      subscription.billing_cycle_anchor,
    );
  }
}

/** pause_collection decides what becomes of a renewal's invoice; without it the draft waits for its hour. */
function holdOrSchedule(world: World, subscription: SubscriptionRecord, invoice: InvoiceRecord): void {
  const pause = subscription.pause_collection;
  if (pause === null) {
    invoice.automatically_finalizes_at = world.now() + world.settings.draft_s;
    // An unpaid subscription gets drafts that nobody tries to collect.
    if (subscription.status === "unpaid") {
      invoice.automatically_finalizes_at = null;
      invoice.auto_advance = false;
    }
    return;
  }
  invoice.auto_advance = false;
  if (pause.behavior === "keep_as_draft") return;
  finalizeInvoice(world, invoice);
  if (invoice.status !== "open") return;
  if (pause.behavior === "void") voidInvoice(world, invoice);
  else markUncollectible(world, invoice);
}

/** The trial is over: the first real period begins, or the subscription does what its trial_settings say. */
export function endTrial(world: World, subscription: SubscriptionRecord): void {
  const method = defaultMethod(world, subscription.customer, subscription);
  const behaviour = subscription.trial_settings?.end_behavior.missing_payment_method ?? "create_invoice";
  if (method === null && behaviour === "cancel") {
    endSubscription(world, subscription, "payment_failed");
    return;
  }
  if (method === null && behaviour === "pause") {
    pauseSubscription(world, subscription, "trial_end_without_payment_method");
    return;
  }
  const start = world.now();
  setStatus(world, subscription, "active", (row) => {
    row.trial_end = start;
    row.billing_cycle_anchor = start;
    for (const item of row.items.data) {
      item.current_period_start = start;
      item.current_period_end = periodEnd(start, item.price);
    }
  });
  const invoice = draftFor(world, subscription, "subscription_cycle");
  holdOrSchedule(world, subscription, invoice);
}

/** The trial is over at once: the first invoice is charged in the same request. */
export function endTrialNow(world: World, row: SubscriptionRecord): void {
  endTrial(world, row);
  const invoice = world.data.invoices[row.latest_invoice ?? ""];
  if (row.status !== "active" || invoice?.status !== "draft") return;
  finalizeInvoice(world, invoice);
  if (invoice.status === "open") collect(world, invoice, defaultMethod(world, row.customer, row));
}

/** Nobody paid within 23 hours: the first invoice is void and the subscription never was. */
export function expireIncomplete(world: World, subscription: SubscriptionRecord): void {
  const invoice = world.data.invoices[subscription.latest_invoice ?? ""];
  if (invoice?.status === "open") voidInvoice(world, invoice);
  setStatus(world, subscription, "incomplete_expired", (row) => {
    row.ended_at = world.now();
  });
}

/** Cancels now. Throws 404 for one that has ended, as Stripe does. */
export function cancelNow(
  world: World,
  subscription: SubscriptionRecord,
  reason: "cancellation_requested" | "payment_disputed" | "payment_failed" = "cancellation_requested",
): void {
  if (hasEnded(subscription)) {
    throw new StripeFault(404, "invalid_request_error", `No such subscription: '${subscription.id}'`, {
      code: "resource_missing",
      param: "id",
    });
  }
  endSubscription(world, subscription, reason);
}

/** Plans the end: `at` in Unix seconds, or null to go on. `periodEnd` says that it is the end of the period. */
export function planCancel(
  world: World,
  subscription: SubscriptionRecord,
  at: number | null,
  atPeriodEnd: boolean,
): void {
  subscription.cancel_at_period_end = atPeriodEnd;
  subscription.cancel_at = at;
  subscription.canceled_at = at === null ? null : world.now();
  subscription.cancellation_details = {
    comment: subscription.cancellation_details?.comment ?? null,
    feedback: subscription.cancellation_details?.feedback ?? null,
    feedback_option: null,
    reason: at === null ? null : "cancellation_requested",
  };
}
