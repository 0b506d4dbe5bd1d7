/**
 * What the sandbox stores: Stripe's objects as the SDK types them, with the fields that may be expanded
 * narrowed to ids. Objects are kept in wire shape, so an answer or an event is a copy of a record.
 */
import type { Stripe } from "stripe";

export interface CustomerRecord extends Stripe.Customer {
  name: string | null;
  phone: string | null;
  address: Stripe.Address | null;
  invoice_settings: Stripe.Customer.InvoiceSettings & { default_payment_method: string | null };
}

export interface ProductRecord extends Stripe.Product {
  default_price: string | null;
  tax_code: string | null;
}

export interface PriceRecord extends Stripe.Price {
  product: string;
}

export interface PaymentMethodRecord extends Stripe.PaymentMethod {
  customer: string | null;
}

export interface PaymentIntentRecord extends Stripe.PaymentIntent {
  customer: string | null;
  latest_charge: string | null;
  payment_method: string | null;
}

export interface ChargeRecord extends Stripe.Charge {
  customer: string | null;
  payment_intent: string | null;
}

export interface RefundRecord extends Stripe.Refund {
  charge: string;
  payment_intent: string | null;
}

export interface DisputeRecord extends Stripe.Dispute {
  charge: string;
  payment_intent: string | null;
}

export interface InvoiceRecord extends Stripe.Invoice {
  id: string;
  customer: string;
  default_payment_method: string | null;
  discounts: string[];
  lines: Stripe.ApiList<Stripe.InvoiceLineItem>;
}

export interface InvoiceItemRecord extends Stripe.InvoiceItem {
  customer: string;
  invoice: string | null;
}

export interface ItemRecord extends Stripe.SubscriptionItem {
  price: PriceRecord;
  quantity: number;
}

export interface SubscriptionRecord extends Stripe.Subscription {
  customer: string;
  default_payment_method: string | null;
  latest_invoice: string | null;
  discounts: string[];
  items: Stripe.ApiList<ItemRecord>;
}

export interface SessionRecord extends Stripe.Checkout.Session {
  customer: string | null;
  subscription: string | null;
  invoice: string | null;
  payment_intent: string | null;
}

export interface DiscountRecord extends Stripe.Discount {
  promotion_code: string | null;
  source: { type: "coupon"; coupon: string };
}

export interface PromotionCodeRecord extends Stripe.PromotionCode {
  customer: string | null;
  promotion: { type: "coupon"; coupon: string };
}

export interface PortalSessionRecord extends Stripe.BillingPortal.Session {
  configuration: string;
}

/** What Checkout was told and does not show in the session. */
export interface SessionPlan {
  line_items: { price: string; quantity: number }[];
  metadata: Record<string, string>;
  description: string | null;
  trial_end: number | null;
  trial_settings: Stripe.Subscription.TrialSettings | null;
  /** The subscription that waits for the person's bank, before the session is complete. */
  subscription: string | null;
}

/** How a payment method behaves when it is charged. */
export type CardBehaviour =
  | { kind: "succeeds" }
  | { kind: "declines"; decline_code: string; message: string; brokenFor?: number }
  | { kind: "authenticates"; authenticated: boolean }
  | { kind: "disputed"; inquiry: boolean }
  | { kind: "settles_later"; succeeds: boolean; delay_s: number };

/** One event on its way to one endpoint. */
export interface Delivery {
  id: string;
  /** Id of a snapshot event or of a thin notification. */
  event: string;
  payload: "snapshot" | "thin";
  endpoint: string;
  attempts: number;
  /** Unix seconds of the sandbox's clock. */
  next_at: number;
  status: "pending" | "succeeded" | "failed" | "lost";
  /** HTTP status of the last attempt; 0 when nothing answered. */
  last_status: number | null;
}

/** A registered URL: a webhook endpoint or a v2 event destination. */
export interface Endpoint {
  id: string;
  url: string;
  payload: "snapshot" | "thin";
  enabled_events: string[];
  enabled: boolean;
  /** The newest first; one that is being rolled out ends at `expires_at`. */
  secrets: { secret: string; expires_at: number | null }[];
  api_version: string;
}

export interface IdempotentAnswer {
  operation: string;
  params: string;
  status: number;
  body: string;
  created: number;
}
