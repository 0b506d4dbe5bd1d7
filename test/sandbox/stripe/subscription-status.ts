/** Moving a subscription from one status to another, with the events of each move. */
import { emitThin } from "./events.ts";
import type { SubscriptionRecord } from "./records.ts";
import type { World } from "./world.ts";

export type Status =
  | "active"
  | "canceled"
  | "incomplete"
  | "incomplete_expired"
  | "past_due"
  | "paused"
  | "trialing"
  | "unpaid";
type CancelReason = "cancellation_requested" | "payment_disputed" | "payment_failed";

/** Statuses that end a subscription for good. */
export function hasEnded(subscription: SubscriptionRecord): boolean {
  return subscription.status === "canceled" || subscription.status === "incomplete_expired";
}

/** Thin events that are told by the status alone; `paused` has a snapshot event of its own. */
const OWN_THIN = new Set(["active", "incomplete", "incomplete_expired", "past_due", "trialing", "unpaid"]);

export function announceStatus(world: World, subscription: SubscriptionRecord): void {
  if (OWN_THIN.has(subscription.status)) {
    emitThin(world, `v1.customer.subscription.${subscription.status}`, subscription);
  }
}

/** Sets the status and emits customer.subscription.updated with whatever else `also` changes. */
export function setStatus(
  world: World,
  subscription: SubscriptionRecord,
  status: Status,
  also: (subscription: SubscriptionRecord) => void = () => undefined,
): void {
  const before = subscription.status;
  world.change(subscription, "customer.subscription.updated", (row) => {
    row.status = status;
    if (status !== "paused") delete row.status_details;
    also(row);
  });
  if (before !== status) announceStatus(world, subscription);
}

/** Ends the subscription now; its invoices are no longer collected. */
export function endSubscription(world: World, subscription: SubscriptionRecord, reason: CancelReason): void {
  if (hasEnded(subscription)) return;
  stopCollecting(world, subscription.id);
  subscription.status = "canceled";
  delete subscription.status_details;
  subscription.ended_at = world.now();
  subscription.canceled_at ??= world.now();
  subscription.cancel_at_period_end = false;
  subscription.cancellation_details = {
    comment: subscription.cancellation_details?.comment ?? null,
    feedback: subscription.cancellation_details?.feedback ?? null,
    feedback_option: null,
    reason: subscription.cancellation_details?.reason ?? reason,
  };
  world.emit("customer.subscription.deleted", subscription);
}

/** Drafts stay drafts and open invoices are tried no more. */
function stopCollecting(world: World, subscription: string): void {
  for (const invoice of Object.values(world.data.invoices)) {
    if (invoice.parent?.subscription_details?.subscription !== subscription) continue;
    if (invoice.status !== "draft" && invoice.status !== "open") continue;
    invoice.auto_advance = false;
    invoice.automatically_finalizes_at = null;
    invoice.next_payment_attempt = null;
  }
}

type PauseReason = "final_payment_failure" | "pause_requested" | "trial_end_without_payment_method";

/** Status `paused`: no invoices until it is resumed. */
export function pauseSubscription(world: World, subscription: SubscriptionRecord, reason: PauseReason): void {
  setStatus(world, subscription, "paused", (row) => {
    row.status_details = {
      paused: { subscription: { type: reason }, transitioned_at: world.now(), type: "subscription" },
    };
  });
  world.emit("customer.subscription.paused", subscription);
}

export function resumeSubscription(world: World, subscription: SubscriptionRecord): void {
  setStatus(world, subscription, "active");
  world.emit("customer.subscription.resumed", subscription);
}
