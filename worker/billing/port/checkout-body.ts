/** What a Checkout session is asked for. */
import type { Stripe } from "stripe";
import type { NewCheckout } from "../../../objects/billing/billing-port.ts";
import type { BillingConfig } from "../../env.ts";

export function checkoutBody(
  config: BillingConfig,
  checkout: NewCheckout,
  price: string,
): Stripe.Checkout.SessionCreateParams {
  const { customerId, userId, trial_days, successUrl, cancelUrl } = checkout;
  const trial: Stripe.Checkout.SessionCreateParams.SubscriptionData =
    trial_days > 0
      ? {
          trial_period_days: trial_days,
          trial_settings: { end_behavior: { missing_payment_method: "cancel" } },
        }
      : {};
  const tax: Partial<Stripe.Checkout.SessionCreateParams> = config.automaticTax
    ? {
        automatic_tax: { enabled: true },
        tax_id_collection: { enabled: true },
        customer_update: { address: "auto", name: "auto" },
      }
    : {};
  return {
    mode: "subscription",
    customer: customerId,
    client_reference_id: userId,
    metadata: { user_id: userId },
    line_items: [{ price, quantity: 1 }],
    subscription_data: { metadata: { user_id: userId }, ...trial },
    allow_promotion_codes: true,
    // Said either way: Stripe turns it on by itself for newer accounts, and then refuses settings of tax.
    managed_payments: { enabled: config.managedPayments },
    ...(config.termsConsent ? { consent_collection: { terms_of_service: "required" } } : {}),
    success_url: successUrl,
    cancel_url: cancelUrl,
    ...tax,
  };
}
