/** The plan in the words of the RPC face. */
import type { PlanView } from "../rpc/billing.ts";
import type { Entitlement } from "../stores/entitlement.ts";
import type { SyncParts } from "./sync-parts.ts";
import { standing } from "./tier-rules.ts";

export function planView(
  entitlement: Entitlement,
  held: boolean,
  rules: SyncParts["rules"],
  now_ms: number,
): PlanView {
  const { tier, why, until_ms } = standing(entitlement, held, rules, now_ms);
  const { subscription, checkout } = entitlement;
  return {
    tier,
    why,
    billing: rules.billing,
    customerId: entitlement.customerId,
    subscription: subscription && {
      id: subscription.id,
      status: subscription.status,
      interval: subscription.interval,
      intervalCount: subscription.intervalCount ?? 1,
      amount: subscription.amount,
      currency: subscription.currency,
      periodEnd_ms: subscription.periodEnd_ms,
      ends_ms: subscription.ends_ms,
      trialEnds_ms: subscription.status === "trialing" ? subscription.trialEnd_ms : null,
    },
    graceUntil_ms: why === "past_due_in_grace" ? until_ms : null,
    liveSubscriptions: entitlement.liveSubscriptions,
    grantedUntil_ms: entitlement.grantedUntil_ms,
    checkoutOpen: checkout !== null && checkout.expires_ms > now_ms,
    synced_ms: entitlement.synced_ms,
    linkRef: entitlement.linkRef,
  };
}
