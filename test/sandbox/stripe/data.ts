import type { Stripe } from "stripe";
import type {
  CardBehaviour,
  ChargeRecord,
  CustomerRecord,
  Delivery,
  DiscountRecord,
  DisputeRecord,
  Endpoint,
  IdempotentAnswer,
  InvoiceItemRecord,
  InvoiceRecord,
  PaymentIntentRecord,
  PaymentMethodRecord,
  PortalSessionRecord,
  PriceRecord,
  ProductRecord,
  PromotionCodeRecord,
  RefundRecord,
  SessionPlan,
  SessionRecord,
  SubscriptionRecord,
} from "./records.ts";

type Table<T> = Record<string, T>;

/** A thin event: what is sent, and what GET /v2/core/events answers. */
export interface ThinEvent {
  id: string;
  object: "v2.core.event";
  type: string;
  created: string;
  livemode: boolean;
  snapshot_event?: string;
  related_object: { id: string; type: string; url: string } | null;
  /** Absent for what Stripe does by itself. */
  reason?: { type: "request"; request: { id: string; idempotency_key: string } };
}

/** A stored snapshot event; its object is a copy made when it happened. */
export interface EventRecord extends Stripe.EventBase {
  data: { object: Record<string, unknown>; previous_attributes?: Record<string, unknown> };
}

/** Everything one mode (test or live) of the account holds; plain JSON. Tables are in order of creation. */
export interface Data {
  /** How many ids were made. */
  counter: number;
  customers: Table<CustomerRecord>;
  products: Table<ProductRecord>;
  prices: Table<PriceRecord>;
  coupons: Table<Stripe.Coupon>;
  promotion_codes: Table<PromotionCodeRecord>;
  discounts: Table<DiscountRecord>;
  payment_methods: Table<PaymentMethodRecord>;
  payment_intents: Table<PaymentIntentRecord>;
  charges: Table<ChargeRecord>;
  refunds: Table<RefundRecord>;
  disputes: Table<DisputeRecord>;
  invoices: Table<InvoiceRecord>;
  invoice_items: Table<InvoiceItemRecord>;
  invoice_payments: Table<Stripe.InvoicePayment>;
  subscriptions: Table<SubscriptionRecord>;
  checkout_sessions: Table<SessionRecord>;
  portal_configurations: Table<Stripe.BillingPortal.Configuration>;
  portal_sessions: Table<PortalSessionRecord>;
  webhook_endpoints: Table<Stripe.WebhookEndpoint>;
  event_destinations: Table<Stripe.V2.Core.EventDestination>;
  events: Table<EventRecord>;
  thin_events: Table<ThinEvent>;
  /** Ids that were deleted, with the tombstone a retrieve answers. */
  tombstones: Table<{ id: string; object: string; deleted: true }>;
  cards: Table<CardBehaviour>;
  session_plans: Table<SessionPlan>;
  /** Prices that subscriptions change to at the end of their period, by subscription. */
  scheduled_prices: Table<string>;
  /** Payment intents that settle later: Unix seconds. */
  settlements: Table<{ at: number; succeeds: boolean }>;
  /** The trial_end that was announced last, by subscription. */
  trial_notices: Table<number>;
  endpoints: Table<Endpoint>;
  deliveries: Table<Delivery>;
  idempotency: Table<IdempotentAnswer>;
}

export function emptyData(): Data {
  return {
    counter: 0,
    customers: {},
    products: {},
    prices: {},
    coupons: {},
    promotion_codes: {},
    discounts: {},
    payment_methods: {},
    payment_intents: {},
    charges: {},
    refunds: {},
    disputes: {},
    invoices: {},
    invoice_items: {},
    invoice_payments: {},
    subscriptions: {},
    checkout_sessions: {},
    portal_configurations: {},
    portal_sessions: {},
    webhook_endpoints: {},
    event_destinations: {},
    events: {},
    thin_events: {},
    tombstones: {},
    cards: {},
    session_plans: {},
    scheduled_prices: {},
    settlements: {},
    trial_notices: {},
    endpoints: {},
    deliveries: {},
    idempotency: {},
  };
}

/** Tables whose rows the API answers, by what Stripe calls the object in "No such …". */
export const NOUNS = {
  customers: "customer",
  products: "product",
  prices: "price",
  coupons: "coupon",
  promotion_codes: "promotion code",
  discounts: "discount",
  payment_methods: "PaymentMethod",
  payment_intents: "payment_intent",
  charges: "charge",
  refunds: "refund",
  disputes: "dispute",
  invoices: "invoice",
  invoice_items: "invoiceitem",
  invoice_payments: "invoice_payment",
  subscriptions: "subscription",
  checkout_sessions: "checkout.session",
  portal_configurations: "configuration",
  portal_sessions: "portal session",
  webhook_endpoints: "webhook endpoint",
  event_destinations: "event destination",
  events: "event",
  thin_events: "event",
} as const satisfies Partial<Record<keyof Data, string>>;

export type TableName = keyof typeof NOUNS;
