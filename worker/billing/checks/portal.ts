/** Whether the customer portal can be opened, and what it does with money when a plan is changed. */
import { Stripe } from "stripe";
import type { BillingConfig } from "../../env.ts";
import { trouble, type Trouble } from "./trouble.ts";

/** Never throws; without an answer, or without the permission to look, nothing is said. */
export async function lookAtPortal(
  stripe: Stripe,
  config: Pick<BillingConfig, "portalConfiguration">,
): Promise<Trouble[]> {
  try {
    const { configurations } = stripe.billingPortal;
    const used =
      config.portalConfiguration === null
        ? (await configurations.list({ is_default: true, active: true, limit: 1 })).data[0]
        : await configurations.retrieve(config.portalConfiguration);
    if (used === undefined || !used.active) return [trouble("portal_unusable")];
    const { enabled, proration_behavior } = used.features.subscription_update;
    return enabled && proration_behavior === "none" ? [trouble("portal_keeps_money")] : [];
  } catch (error) {
    const missing = error instanceof Stripe.errors.StripeInvalidRequestError;
    return missing && error.code === "resource_missing" ? [trouble("portal_unusable")] : [];
  }
}
