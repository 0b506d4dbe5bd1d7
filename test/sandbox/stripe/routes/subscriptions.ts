import { checkCurrency } from "../refusals/account-state.ts";
import { changeItems, invoiceChange, type Proration } from "../change-items.ts";
import { applyDiscount, readDiscounts } from "../discounts.ts";
import { invalid } from "../errors.ts";
import { collect, defaultMethod, draftFor, finalizeInvoice } from "../invoices.ts";
import { LIST_PARAMS, listPage } from "../list.ts";
import { newSubscription } from "../make-billing.ts";
import { type Fields, fieldsOf, flag, int, listOf, mergeMetadata, type Params, text } from "../params.ts";
import { resolveMethod } from "../payment-methods.ts";
import { periodEnd } from "../periods.ts";
import type { SubscriptionRecord } from "../records.ts";
import type { Context, Route } from "../route.ts";
import { SEARCH_PARAMS, searchPage } from "../search.ts";
import { hasEnded, pauseSubscription, resumeSubscription } from "../subscription-status.ts";
import {
  addItems,
  cancelNow,
  currentPeriodEnd,
  endTrialNow,
  type PaymentBehavior,
  planCancel,
  startSubscription,
} from "../subscriptions.ts";
import type { World } from "../world.ts";
import { createPriceInline, PRICE_DATA } from "./price-data.ts";
import { readTrialSettings, TRIAL_SETTINGS } from "./trial.ts";

const BEHAVIORS = ["allow_incomplete", "default_incomplete", "error_if_incomplete", "pending_if_incomplete"];
const CANCELLATION = { comment: "string", feedback: "string" } as const satisfies Fields;

const SHARED = {
  automatic_tax: { "enabled!": "bool" },
  cancel_at: "int",
  cancel_at_period_end: "bool",
  collection_method: { oneOf: ["charge_automatically", "send_invoice"] },
  days_until_due: "int",
  default_payment_method: "string",
  description: "string",
  discounts: [{ coupon: "string", promotion_code: "string" }],
  metadata: "metadata",
  off_session: "bool",
  payment_behavior: { oneOf: BEHAVIORS },
  payment_settings: "any",
  proration_behavior: { oneOf: ["always_invoice", "create_prorations", "none"] },
  proration_date: "int",
  trial_end: "time",
  trial_settings: TRIAL_SETTINGS,
} as const satisfies Fields;

const CREATE = {
  ...SHARED,
  billing_mode: "any",
  currency: "string",
  "customer!": "string",
  "items!": [{ metadata: "metadata", price: "string", price_data: PRICE_DATA, quantity: "int" }],
  trial_period_days: "int",
} as const satisfies Fields;

const UPDATE = {
  ...SHARED,
  cancellation_details: CANCELLATION,
  items: [{ deleted: "bool", id: "string", metadata: "metadata", price: "string", quantity: "int" }],
  pause_collection: {
    "behavior!": { oneOf: ["keep_as_draft", "mark_uncollectible", "void"] },
    resumes_at: "int",
  },
} as const satisfies Fields;

/** Fields that create and update share. */
function fill(world: World, row: SubscriptionRecord, params: Params): void {
  row.metadata = mergeMetadata(row.metadata, params);
  if (params.description !== undefined) row.description = text(params, "description") ?? null;
  const method = text(params, "default_payment_method");
  if (method !== undefined) row.default_payment_method = ownMethod(world, row, method);
  if (params.default_payment_method === null) row.default_payment_method = null;
  row.collection_method = text(params, "collection_method") ?? row.collection_method;
  row.days_until_due = int(params, "days_until_due") ?? row.days_until_due;
  row.trial_settings = readTrialSettings(params) ?? row.trial_settings;
  const tax = fieldsOf(params, "automatic_tax");
  if (tax !== undefined) {
    const enabled = flag(tax, "enabled") ?? false;
    row.automatic_tax = { disabled_reason: null, enabled, liability: enabled ? { type: "self" } : null };
  }
}

function ownMethod(world: World, row: SubscriptionRecord, id: string): string {
  const method = resolveMethod(world, id, "default_payment_method");
  if (method.customer === row.customer) return method.id;
  throw invalid(
    `The customer does not have a payment method with the ID ${id}. The payment method must be attached to the customer.`,
    "default_payment_method",
    "resource_missing",
  );
}

function applyDiscounts(world: World, row: SubscriptionRecord, params: Params): void {
  if (params.discounts === undefined) return;
  row.discounts = [];
  const sent = listOf(params, "discounts") ?? [];
  for (const { coupon, promotion_code } of readDiscounts(world, sent))
    applyDiscount(world, row, coupon, promotion_code);
}

function setCancel(world: World, row: SubscriptionRecord, params: Params): void {
  const atEnd = flag(params, "cancel_at_period_end");
  if (atEnd !== undefined && int(params, "cancel_at") !== undefined) {
    throw invalid(
      "You may only specify one of these parameters: cancel_at, cancel_at_period_end.",
      undefined,
      "parameters_exclusive",
    );
  }
  if (atEnd === true)
    planCancel(
      world,
      row,
      row.trial_end !== null && row.status === "trialing" ? row.trial_end : currentPeriodEnd(row),
      true,
    );
  if (atEnd === false && row.cancel_at_period_end) planCancel(world, row, null, false);
  const at = int(params, "cancel_at");
  if (at !== undefined) planCancel(world, row, at, false);
  if (params.cancel_at === null) planCancel(world, row, null, false);
  const details = fieldsOf(params, "cancellation_details");
  if (details !== undefined) noteDetails(row, details);
}

function noteDetails(row: SubscriptionRecord, details: Params): void {
  row.cancellation_details = {
    comment: text(details, "comment") ?? row.cancellation_details?.comment ?? null,
    feedback: text(details, "feedback") ?? row.cancellation_details?.feedback ?? null,
    feedback_option: null,
    reason: row.cancellation_details?.reason ?? null,
  };
}

function create({ world, params }: Context): SubscriptionRecord {
  const customer = world.get("customers", text(params, "customer") ?? "", "customer");
  const items = (listOf(params, "items") ?? []).map((item, index) => {
    const inline = fieldsOf(item, "price_data");
    const price =
      inline === undefined
        ? world.get("prices", text(item, "price") ?? "", `items[${index}][price]`)
        : createPriceInline(world, inline);
    return { price, quantity: int(item, "quantity") ?? 1 };
  });
  const first = items[0];
  if (first === undefined) throw invalid("Missing required param: items.", "items", "parameter_missing");
  checkCurrency(world, customer.id, first.price.currency);
  const row = newSubscription(world, customer.id, first.price.currency);
  fill(world, row, params);
  row.trial_end = trialEndOf(world, params);
  addItems(world, row, items);
  applyDiscounts(world, row, params);
  startSubscription(world, row, (text(params, "payment_behavior") ?? "allow_incomplete") as PaymentBehavior);
  setCancel(world, row, params);
  return row;
}

function trialEndOf(world: World, params: Params): number | null {
  const days = int(params, "trial_period_days");
  const end = params.trial_end === "now" ? undefined : int(params, "trial_end");
  if (end !== undefined && end <= world.now()) {
    throw invalid("`trial_end` must be in the future.", "trial_end");
  }
  return end ?? (days === undefined || days <= 0 ? null : world.now() + days * 86_400);
}

/** With `error_if_incomplete` a payment that fails leaves everything as it was. */
function update(context: Context): SubscriptionRecord {
  const { world, params } = context;
  if (text(params, "payment_behavior") !== "error_if_incomplete") return change(context);
  const kept = structuredClone(world.data);
  try {
    return change(context);
  } catch (error) {
    world.data = kept;
    throw error;
  }
}

function change({ world, path, params }: Context): SubscriptionRecord {
  const row = world.get("subscriptions", path.subscription ?? "", "id", 404);
  if (hasEnded(row)) {
    const only = Object.keys(params).every((name) => name === "metadata" || name === "cancellation_details");
    if (!only) {
      throw invalid(
        "A canceled subscription can only update its cancellation_details and metadata.",
        undefined,
        "invalid_canceled_subscription_fields",
      );
    }
  }
  let bill: { restarted: boolean } | null = null;
  const proration = (text(params, "proration_behavior") ?? "create_prorations") as Proration;
  world.change(row, "customer.subscription.updated", () => {
    fill(world, row, params);
    const items = listOf(params, "items");
    if (items !== undefined) bill = changeItems(world, row, items, proration, int(params, "proration_date"));
    applyDiscounts(world, row, params);
    setCancel(world, row, params);
    if (params.pause_collection !== undefined) row.pause_collection = pauseOf(params);
    const end = int(params, "trial_end");
    if (end !== undefined) extendTrial(world, row, end);
  });
  if (params.trial_end === "now" && row.status === "trialing") endTrialNow(world, row);
  const made = bill as { restarted: boolean } | null;
  const refuse = text(params, "payment_behavior") === "error_if_incomplete";
  if (made !== null && row.status !== "trialing" && (made.restarted || proration === "always_invoice")) {
    invoiceChange(world, row, made.restarted, refuse);
  }
  return row;
}

function pauseOf(params: Params): SubscriptionRecord["pause_collection"] {
  const pause = fieldsOf(params, "pause_collection");
  if (pause === undefined) return null;
  return {
    behavior: text(pause, "behavior") as "keep_as_draft" | "mark_uncollectible" | "void",
    resumes_at: int(pause, "resumes_at") ?? null,
  };
}

function extendTrial(world: World, row: SubscriptionRecord, end: number): void {
  if (end <= world.now()) throw invalid("`trial_end` must be in the future.", "trial_end");
  row.status = "trialing";
  row.trial_start ??= world.now();
  row.trial_end = end;
  for (const item of row.items.data) item.current_period_end = end;
}

function cancel({ world, path, params }: Context): SubscriptionRecord {
  const row = world.get("subscriptions", path.subscription ?? "", "id", 404);
  const details = fieldsOf(params, "cancellation_details");
  if (details !== undefined) noteDetails(row, details);
  cancelNow(world, row);
  return row;
}

function pause({ world, path }: Context): SubscriptionRecord {
  const row = world.get("subscriptions", path.subscription ?? "", "id", 404);
  if (row.status !== "active" && row.status !== "trialing" && row.status !== "past_due") {
    throw invalid(`This subscription cannot be paused because its status is \`${row.status}\`.`);
  }
  pauseSubscription(world, row, "pause_requested");
  return row;
}

/** A paused subscription goes on with a new period that is charged now. */
function resume({ world, path, params }: Context): SubscriptionRecord {
  const row = world.get("subscriptions", path.subscription ?? "", "id", 404);
  if (row.status !== "paused") throw invalid("You can only resume a paused subscription.");
  if (text(params, "billing_cycle_anchor") !== "unchanged" || currentPeriodEnd(row) <= world.now()) {
    const start = world.now();
    row.billing_cycle_anchor = start;
    for (const item of row.items.data) {
      item.current_period_start = start;
      item.current_period_end = periodEnd(start, item.price);
    }
    resumeSubscription(world, row);
    const invoice = draftFor(world, row, "subscription_update");
    finalizeInvoice(world, invoice);
    if (invoice.status === "open") collect(world, invoice, defaultMethod(world, row.customer, row));
    return row;
  }
  resumeSubscription(world, row);
  return row;
}

/** Canceled ones are left out unless asked for, as at Stripe. */
function list({ world, params }: Context) {
  const status = text(params, "status");
  const customer = text(params, "customer");
  if (customer !== undefined && world.data.tombstones[customer] === undefined) {
    world.get("customers", customer, "customer");
  }
  const price = text(params, "price");
  const rows = world.rows("subscriptions").filter((row) => {
    if (customer !== undefined && row.customer !== customer) return false;
    if (price !== undefined && !row.items.data.some((item) => item.price.id === price)) return false;
    if (status === "all") return true;
    if (status === "ended") return hasEnded(row);
    return status === undefined ? row.status !== "canceled" : row.status === status;
  });
  return listPage(rows, params, "/v1/subscriptions");
}

export const subscriptionRoutes: Route[] = [
  { operation: "POST /v1/subscriptions", params: CREATE, handler: create },
  {
    operation: "GET /v1/subscriptions/{subscription}",
    handler: ({ world, path }) => world.get("subscriptions", path.subscription ?? "", "id", 404),
  },
  { operation: "POST /v1/subscriptions/{subscription}", params: UPDATE, handler: update },
  {
    operation: "DELETE /v1/subscriptions/{subscription}",
    params: { cancellation_details: CANCELLATION, invoice_now: "bool", prorate: "bool" },
    handler: cancel,
  },
  {
    operation: "POST /v1/subscriptions/{subscription}/pause",
    params: { bill_for: "any", invoicing_behavior: "string", type: { oneOf: ["subscription"] } },
    handler: pause,
  },
  {
    operation: "POST /v1/subscriptions/{subscription}/resume",
    params: {
      billing_cycle_anchor: { oneOf: ["now", "unchanged"] },
      payment_behavior: "string",
      proration_behavior: "string",
      proration_date: "int",
    },
    handler: resume,
  },
  {
    operation: "GET /v1/subscriptions",
    params: {
      ...LIST_PARAMS,
      collection_method: "string",
      customer: "string",
      price: "string",
      status: {
        oneOf: [
          "active",
          "all",
          "canceled",
          "ended",
          "incomplete",
          "incomplete_expired",
          "past_due",
          "paused",
          "trialing",
          "unpaid",
        ],
      },
    },
    handler: list,
  },
  {
    operation: "GET /v1/subscriptions/search",
    params: SEARCH_PARAMS,
    handler: ({ world, params }) =>
      searchPage(world.rows("subscriptions"), params, "/v1/subscriptions/search"),
  },
];
