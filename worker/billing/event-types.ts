/** Stripe's events that can change a plan. Everything else is acknowledged and forgotten. */

/** The snapshot events a webhook endpoint should ask for. */
export const HANDLED_EVENTS = [
  "checkout.session.completed",
  "checkout.session.async_payment_succeeded",
  "checkout.session.async_payment_failed",
  "checkout.session.expired",
  "customer.subscription.created",
  "customer.subscription.updated",
  "customer.subscription.deleted",
  "customer.subscription.paused",
  "customer.subscription.resumed",
  "customer.subscription.trial_will_end",
  "customer.subscription.pending_update_applied",
  "customer.subscription.pending_update_expired",
  "invoice.paid",
  "invoice.payment_failed",
  "invoice.payment_action_required",
  "invoice.marked_uncollectible",
  "charge.dispute.created",
  "charge.dispute.updated",
  "charge.dispute.closed",
  "charge.refunded",
  "customer.deleted",
  "customer.updated",
  "entitlements.active_entitlement_summary.updated",
] as const;

const HANDLED: ReadonlySet<string> = new Set(HANDLED_EVENTS);

/** Thin events are named like their snapshot twins, with the API's version in front. */
const THIN = /^v1\./;

/** True for the snapshot and thin events that lead to a reading of the customer. */
export function isHandled(type: string): boolean {
  const name = type.replace(THIN, "");
  // Thin events also name each status of a subscription (v1.customer.subscription.past_due and so on).
  return HANDLED.has(name) || (THIN.test(type) && name.startsWith("customer.subscription."));
}

/** The name without the version. */
export function plainType(type: string): string {
  return type.replace(THIN, "");
}
