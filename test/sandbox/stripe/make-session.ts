/** New Checkout sessions, line items and portal sessions, complete as Stripe answers them. */
import type { Stripe } from "stripe";
import { couponAmount } from "./invoice-totals.ts";
import { listObject } from "./make-billing.ts";
import type { SessionPlan, SessionRecord } from "./records.ts";
import type { World } from "./world.ts";

export function newSession(world: World, mode: "payment" | "subscription"): SessionRecord {
  const id = world.id(world.livemode ? "cs_live" : "cs_test");
  return {
    id,
    object: "checkout.session",
    adaptive_pricing: { enabled: false },
    after_expiration: null,
    allow_promotion_codes: null,
    allowed_payment_method_types: null,
    amount_subtotal: 0,
    amount_total: 0,
    automatic_tax: { enabled: false, liability: null, provider: null, status: null },
    billing_address_collection: null,
    cancel_url: null,
    client_reference_id: null,
    client_secret: null,
    collected_information: null,
    consent: null,
    consent_collection: null,
    created: world.now(),
    currency: null,
    currency_conversion: null,
    custom_fields: [],
    custom_text: {
      after_submit: null,
      shipping_address: null,
      submit: null,
      terms_of_service_acceptance: null,
    },
    customer: null,
    customer_account: null,
    customer_creation: mode === "subscription" ? "always" : "if_required",
    customer_details: null,
    customer_email: null,
    discounts: [],
    expires_at: world.now() + 86_400,
    integration_identifier: null,
    invoice: null,
    invoice_creation: null,
    livemode: world.livemode,
    locale: null,
    managed_payments: { enabled: false },
    metadata: {},
    mode,
    origin_context: null,
    payment_intent: null,
    payment_link: null,
    payment_method_collection: mode === "subscription" ? "always" : "if_required",
    payment_method_configuration_details: null,
    payment_method_options: { card: { request_three_d_secure: "automatic" } },
    payment_method_types: ["card", "sepa_debit"],
    payment_status: "unpaid",
    permissions: null,
    phone_number_collection: { enabled: false },
    recovered_from: null,
    saved_payment_method_options: null,
    setup_intent: null,
    shipping_address_collection: null,
    shipping_cost: null,
    shipping_options: [],
    status: "open",
    submit_type: null,
    subscription: null,
    success_url: null,
    total_details: { amount_discount: 0, amount_shipping: 0, amount_tax: 0 },
    ui_mode: "hosted_page",
    url: `${world.origins.checkout}/c/pay/${id}`,
    wallet_options: null,
  };
}

/** What the session's lines cost before discounts, in the smallest unit. */
function subtotalOf(world: World, plan: SessionPlan): number {
  return plan.line_items.reduce(
    (sum, line) => sum + (world.data.prices[line.price]?.unit_amount ?? 0) * line.quantity,
    0,
  );
}

/** Sets the totals from the lines, the trial and the discounts. */
export function priceSession(world: World, session: SessionRecord, plan: SessionPlan): void {
  const subtotal = plan.trial_end === null ? subtotalOf(world, plan) : 0;
  let left = subtotal;
  for (const discount of session.discounts ?? []) {
    const id =
      typeof discount.coupon === "string" ? discount.coupon : couponOf(world, discount.promotion_code);
    left -= couponAmount(world.data.coupons[id ?? ""], left);
  }
  session.amount_subtotal = subtotal;
  session.amount_total = left;
  session.total_details = { amount_discount: subtotal - left, amount_shipping: 0, amount_tax: 0 };
}

function couponOf(world: World, promotion_code: unknown): string | undefined {
  return typeof promotion_code === "string"
    ? world.data.promotion_codes[promotion_code]?.promotion.coupon
    : undefined;
}

/** The session's lines as GET …/line_items answers them. */
export function lineItemsOf(world: World, session: SessionRecord): Stripe.ApiList<Stripe.LineItem> {
  const plan = world.data.session_plans[session.id];
  const items = (plan?.line_items ?? []).map((line, index): Stripe.LineItem => {
    const price = world.data.prices[line.price];
    const amount = plan?.trial_end === null ? (price?.unit_amount ?? 0) * line.quantity : 0;
    const discount = index === 0 ? (session.total_details?.amount_discount ?? 0) : 0;
    return {
      id: `li_${session.id.slice(-20)}${index}`,
      object: "item",
      adjustable_quantity: null,
      amount_discount: discount,
      amount_subtotal: amount,
      amount_tax: 0,
      amount_total: amount - discount,
      currency: session.currency ?? "usd",
      description: world.data.products[price?.product ?? ""]?.name ?? null,
      metadata: {},
      price: price === undefined ? null : structuredClone(price),
      quantity: line.quantity,
    };
  });
  return listObject(`/v1/checkout/sessions/${session.id}/line_items`, items);
}
