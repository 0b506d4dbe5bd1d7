/** New subscriptions, subscription items, invoices and invoice lines, complete as Stripe answers them. */
import type { Stripe } from "stripe";
import { planOf } from "./make-catalog.ts";
import { decimal } from "./make-catalog.ts";
import type {
  InvoiceItemRecord,
  InvoiceRecord,
  ItemRecord,
  PriceRecord,
  SubscriptionRecord,
} from "./records.ts";
import type { World } from "./world.ts";

export function listObject<T>(url: string, data: T[]): Stripe.ApiList<T> {
  return { object: "list", data, has_more: false, url };
}

export function newItem(
  world: World,
  subscription: string,
  price: PriceRecord,
  quantity: number,
  period: { start: number; end: number },
): ItemRecord {
  return {
    id: world.id("si"),
    object: "subscription_item",
    billing_thresholds: null,
    created: world.now(),
    current_period_end: period.end,
    current_period_start: period.start,
    current_trial: null,
    discounts: [],
    metadata: {},
    plan: planOf(price),
    price: structuredClone(price),
    quantity,
    subscription,
    tax_rates: [],
  };
}

/** A subscription without items; the caller adds them, and trial and status. */
export function newSubscription(world: World, customer: string, currency: string): SubscriptionRecord {
  const id = world.id("sub");
  return {
    id,
    object: "subscription",
    application: null,
    application_fee_percent: null,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null },
    billing_cycle_anchor: world.now(),
    billing_cycle_anchor_config: null,
    billing_mode: { flexible: { proration_discounts: "included" }, type: "flexible" },
    billing_schedules: [],
    billing_thresholds: null,
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
    collection_method: "charge_automatically",
    created: world.now(),
    currency,
    customer,
    customer_account: null,
    days_until_due: null,
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    ended_at: null,
    invoice_settings: {
      account_tax_ids: null,
      custom_fields: null,
      description: null,
      footer: null,
      issuer: { type: "self" },
    },
    items: listObject<ItemRecord>(`/v1/subscription_items?subscription=${id}`, []),
    latest_invoice: null,
    livemode: world.livemode,
    managed_payments: { enabled: false },
    metadata: {},
    next_pending_invoice_item_invoice: null,
    on_behalf_of: null,
    pause_collection: null,
    payment_settings: {
      payment_method_options: null,
      payment_method_types: null,
      save_default_payment_method: "off",
    },
    pending_invoice_item_interval: null,
    pending_setup_intent: null,
    pending_update: null,
    schedule: null,
    start_date: world.now(),
    status: "incomplete",
    test_clock: null,
    transfer_data: null,
    trial_end: null,
    trial_settings: {
      end_behavior: { billing_cycle_anchor: null, missing_payment_method: "create_invoice" },
    },
    trial_start: null,
  };
}

/** An empty draft. The caller adds lines, totals and the subscription it is for. */
export function newInvoice(world: World, customer: string, currency: string): InvoiceRecord {
  const owner = world.data.customers[customer];
  const id = world.id("in");
  return {
    id,
    object: "invoice",
    account_country: "US",
    account_name: "Sandbox account",
    account_tax_ids: null,
    amount_due: 0,
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: 0,
    amount_shipping: 0,
    application: null,
    attempt_count: 0,
    attempted: false,
    auto_advance: true,
    automatic_tax: { disabled_reason: null, enabled: false, liability: null, provider: null, status: null },
    automatically_finalizes_at: null,
    billing_reason: "manual",
    collection_method: "charge_automatically",
    created: world.now(),
    currency,
    custom_fields: null,
    customer,
    customer_account: null,
    customer_address: owner?.address ?? null,
    customer_email: owner?.email ?? null,
    customer_name: owner?.name ?? null,
    customer_phone: owner?.phone ?? null,
    customer_shipping: null,
    customer_tax_exempt: "none",
    customer_tax_ids: [],
    default_payment_method: null,
    default_source: null,
    default_tax_rates: [],
    description: null,
    discounts: [],
    due_date: null,
    effective_at: null,
    ending_balance: null,
    footer: null,
    from_invoice: null,
    hosted_invoice_url: null,
    invoice_pdf: null,
    issuer: { type: "self" },
    last_finalization_error: null,
    latest_revision: null,
    lines: listObject<Stripe.InvoiceLineItem>(`/v1/invoices/${id}/lines`, []),
    livemode: world.livemode,
    metadata: {},
    next_payment_attempt: null,
    number: null,
    on_behalf_of: null,
    parent: null,
    payment_settings: { default_mandate: null, payment_method_options: null, payment_method_types: null },
    period_end: world.now(),
    period_start: world.now(),
    post_payment_credit_notes_amount: 0,
    pre_payment_credit_notes_amount: 0,
    receipt_number: null,
    rendering: null,
    shipping_cost: null,
    shipping_details: null,
    starting_balance: 0,
    statement_descriptor: null,
    status: "draft",
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    subtotal: 0,
    subtotal_excluding_tax: 0,
    test_clock: null,
    total: 0,
    total_discount_amounts: [],
    total_excluding_tax: 0,
    total_pretax_credit_amounts: [],
    total_taxes: [],
    webhooks_delivered_at: null,
  };
}

export interface LineInit {
  amount: number;
  description: string;
  period: { start: number; end: number };
  price: PriceRecord | null;
  quantity: number;
  /** The subscription item a line is for; null for a line of an invoice item. */
  item: { subscription: string; id: string; proration: boolean } | null;
  invoice_item: string | null;
}

export function newLine(world: World, invoice: InvoiceRecord, init: LineInit): Stripe.InvoiceLineItem {
  return {
    id: world.id("il"),
    object: "line_item",
    amount: init.amount,
    currency: invoice.currency,
    description: init.description,
    discount_amounts: [],
    discountable: true,
    discounts: [],
    invoice: invoice.id,
    livemode: world.livemode,
    metadata: {},
    parent: parentOf(init),
    period: init.period,
    pretax_credit_amounts: [],
    pricing:
      init.price === null
        ? null
        : {
            price_details: { price: init.price.id, product: init.price.product },
            type: "price_details",
            unit_amount_decimal: init.price.unit_amount_decimal,
          },
    quantity: init.quantity,
    quantity_decimal: decimal(init.quantity),
    subscription: init.item?.subscription ?? null,
    subtotal: init.amount,
    taxes: [],
  };
}

function parentOf(init: LineInit): Stripe.InvoiceLineItem.Parent {
  if (init.item !== null && init.invoice_item === null) {
    return {
      invoice_item_details: null,
      subscription_item_details: {
        invoice_item: null,
        proration: init.item.proration,
        proration_details: { credited_items: null },
        subscription: init.item.subscription,
        subscription_item: init.item.id,
      },
      type: "subscription_item_details",
    };
  }
  return {
    invoice_item_details: {
      invoice_item: init.invoice_item ?? "",
      proration: init.item?.proration ?? false,
      proration_details: { credited_items: null },
      subscription: init.item?.subscription ?? null,
    },
    subscription_item_details: null,
    type: "invoice_item_details",
  };
}

export function newInvoiceItem(
  world: World,
  customer: string,
  amount: number,
  currency: string,
): InvoiceItemRecord {
  return {
    id: world.id("ii"),
    object: "invoiceitem",
    amount,
    currency,
    customer,
    customer_account: null,
    date: world.now(),
    description: null,
    discountable: true,
    discounts: [],
    invoice: null,
    livemode: world.livemode,
    metadata: {},
    net_amount: amount,
    parent: null,
    period: { end: world.now(), start: world.now() },
    pricing: null,
    proration: false,
    quantity: 1,
    quantity_decimal: decimal(1),
    tax_rates: [],
    test_clock: null,
  };
}
