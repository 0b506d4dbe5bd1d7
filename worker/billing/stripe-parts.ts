/**
 * The parts of Stripe's API that billing uses. The SDK's class imports every resource of the API and its package
 * exports no smaller entry, so a deployment is built with these parts alone (scripts/ops/stripe-bundle.ts) and the
 * compiler refuses the others.
 */
import type { Stripe } from "stripe";

export const STRIPE_PARTS = [
  "billingPortal",
  "charges",
  "checkout",
  "customers",
  "disputes",
  "events",
  "invoicePayments",
  "invoices",
  "paymentMethods",
  "prices",
  "refunds",
  "subscriptions",
  "v2",
  "webhookEndpoints",
] as const satisfies (keyof Stripe)[];

/** A client of Stripe as far as a deployment has it. */
export type BillingStripe = Pick<
  Stripe,
  (typeof STRIPE_PARTS)[number] | "errors" | "rawRequest" | "webhooks"
>;
