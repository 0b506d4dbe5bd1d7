/** The life of an invoice: draft, open, paid, void or uncollectible, and what each means for its subscription. */
import { invalid } from "./errors.ts";
import { computeTotals } from "./invoice-totals.ts";
import { newInvoice, newLine } from "./make-billing.ts";
import { confirmIntent, createIntent, type Outcome } from "./payments.ts";
import type { InvoiceRecord, PaymentIntentRecord, SubscriptionRecord } from "./records.ts";
import { endSubscription, hasEnded, setStatus } from "./subscription-status.ts";
import type { World } from "./world.ts";

export type BillingReason = "manual" | "subscription_create" | "subscription_cycle" | "subscription_update";

/** The payment method that a subscription's invoices are charged to; null without one. */
export function defaultMethod(
  world: World,
  customer: string,
  subscription?: SubscriptionRecord,
): string | null {
  return (
    subscription?.default_payment_method ??
    world.data.customers[customer]?.invoice_settings.default_payment_method ??
    null
  );
}

export function subscriptionOf(world: World, invoice: InvoiceRecord): SubscriptionRecord | undefined {
  const id = invoice.parent?.subscription_details?.subscription;
  return typeof id === "string" ? world.data.subscriptions[id] : undefined;
}

/**
 * A draft for the subscription's items and for the customer's invoice items that wait.
 * `free` makes the lines of a trial, which cost nothing.
 */
export function draftFor(
  world: World,
  subscription: SubscriptionRecord,
  reason: BillingReason,
  free = false,
): InvoiceRecord {
  const invoice = newInvoice(world, subscription.customer, subscription.currency);
  const first = subscription.items.data[0];
  invoice.billing_reason = reason;
  invoice.metadata = {};
  invoice.parent = {
    quote_details: null,
    subscription_details: { metadata: { ...subscription.metadata }, subscription: subscription.id },
    type: "subscription_details",
  };
  if (first !== undefined) {
    invoice.period_start = first.current_period_start;
    invoice.period_end = reason === "subscription_cycle" ? first.current_period_start : world.now();
  }
  invoice.automatic_tax = { ...invoice.automatic_tax, ...taxOf(subscription) };
  invoice.discounts = [...subscription.discounts];
  for (const item of subscription.items.data) {
    invoice.lines.data.push(
      newLine(world, invoice, {
        amount: free ? 0 : (item.price.unit_amount ?? 0) * item.quantity,
        description: describe(world, item.price.product, item.quantity, free),
        period: { start: item.current_period_start, end: item.current_period_end },
        price: item.price,
        quantity: item.quantity,
        item: { subscription: subscription.id, id: item.id, proration: false },
        invoice_item: null,
      }),
    );
  }
  addWaitingItems(world, invoice);
  computeTotals(world, invoice);
  world.data.invoices[invoice.id] = invoice;
  subscription.latest_invoice = invoice.id;
  spendOnceDiscounts(world, subscription);
  world.emit("invoice.created", invoice);
  return invoice;
}

function taxOf(subscription: SubscriptionRecord): Partial<InvoiceRecord["automatic_tax"]> {
  if (!subscription.automatic_tax.enabled) return {};
  return { enabled: true, liability: { type: "self" }, provider: "stripe", status: "complete" };
}

function describe(world: World, product: string, quantity: number, free: boolean): string {
  const name = world.data.products[product]?.name ?? product;
  return free ? `Trial period for ${name}` : `${quantity} × ${name}`;
}

/** Puts the customer's invoice items that no invoice has yet on `invoice`. */
export function addWaitingItems(world: World, invoice: InvoiceRecord): void {
  for (const item of Object.values(world.data.invoice_items)) {
    if (item.customer !== invoice.customer || item.invoice !== null || item.currency !== invoice.currency)
      continue;
    item.invoice = invoice.id;
    invoice.lines.data.push(
      newLine(world, invoice, {
        amount: item.amount,
        description: item.description ?? "Invoice item",
        period: item.period,
        price: null,
        quantity: item.quantity,
        item: null,
        invoice_item: item.id,
      }),
    );
  }
}

/** Discounts that last for one invoice leave the subscription. */
function spendOnceDiscounts(world: World, subscription: SubscriptionRecord): void {
  subscription.discounts = subscription.discounts.filter((id) => {
    const discount = world.data.discounts[id];
    const coupon = discount === undefined ? undefined : world.data.coupons[discount.source.coupon];
    if (discount === undefined || coupon === undefined) return false;
    return coupon.duration !== "once" && (discount.end === null || discount.end > world.now());
  });
}

/** Makes a draft final: it gets its number and page, and is paid at once when it costs nothing. */
export function finalizeInvoice(world: World, invoice: InvoiceRecord): void {
  if (invoice.status !== "draft") {
    throw invalid(
      "This invoice is already finalized, you can't re-finalize a non-draft invoice.",
      undefined,
      "invoice_not_editable",
    );
  }
  const owner = world.data.customers[invoice.customer];
  const sequence = owner?.next_invoice_sequence ?? 1;
  if (owner !== undefined) owner.next_invoice_sequence = sequence + 1;
  computeTotals(world, invoice);
  settleBalance(world, invoice);
  const token = `${invoice.id.slice(3)}s`;
  world.change(invoice, "invoice.finalized", (row) => {
    row.status = "open";
    row.number = `${owner?.invoice_prefix ?? "SANDBOX"}-${String(sequence).padStart(4, "0")}`;
    row.automatically_finalizes_at = null;
    row.effective_at = world.now();
    row.status_transitions.finalized_at = world.now();
    row.hosted_invoice_url = `${world.origins.invoice}/i/${row.id}/${token}`;
    row.invoice_pdf = `${world.origins.invoice}/i/${row.id}/${token}/pdf`;
  });
  if (invoice.amount_due === 0) markPaid(world, invoice);
}

/** What is owed to the customer pays the invoice first; an invoice below zero is owed to them from then on. */
function settleBalance(world: World, invoice: InvoiceRecord): void {
  const owner = world.data.customers[invoice.customer];
  if (owner === undefined) return;
  const before = owner.balance;
  const after = invoice.total < 0 ? before + invoice.total : Math.min(0, before + invoice.total);
  invoice.starting_balance = before;
  invoice.ending_balance = before < 0 || invoice.total < 0 ? after : before;
  if (before < 0 && invoice.total > 0) {
    invoice.amount_due = Math.max(0, invoice.total + before);
    invoice.amount_remaining = invoice.amount_due;
  }
  if (invoice.ending_balance === before) return;
  world.change(owner, "customer.updated", (row) => {
    row.balance = after;
  });
}

/** Money has come, or none was due: the invoice is paid and its subscription is in good standing. */
export function markPaid(world: World, invoice: InvoiceRecord): void {
  if (invoice.status === "paid") return;
  invoice.status = "paid";
  invoice.attempted = true;
  invoice.amount_paid = invoice.amount_due;
  invoice.amount_remaining = 0;
  invoice.auto_advance = false;
  invoice.next_payment_attempt = null;
  invoice.status_transitions.paid_at = world.now();
  for (const payment of paymentsOf(world, invoice.id)) {
    payment.status = "paid";
    payment.amount_paid = invoice.amount_paid;
    payment.status_transitions.paid_at = world.now();
  }
  world.emit("invoice.paid", invoice);
  world.emit("invoice.payment_succeeded", invoice);
  const subscription = subscriptionOf(world, invoice);
  if (subscription === undefined) return;
  if (subscription.status === "incomplete") setStatus(world, subscription, "active");
  const behind = subscription.status === "past_due" || subscription.status === "unpaid";
  if (behind && subscription.latest_invoice === invoice.id) setStatus(world, subscription, "active");
}

export function paymentsOf(world: World, invoice: string) {
  return Object.values(world.data.invoice_payments).filter((payment) => payment.invoice === invoice);
}

/** The invoice's payment intent; made when there is none. */
export function intentOf(world: World, invoice: InvoiceRecord): PaymentIntentRecord {
  const known = paymentsOf(world, invoice.id).at(-1)?.payment.payment_intent;
  if (typeof known === "string") return world.get("payment_intents", known, "payment_intent");
  const intent = createIntent(world, {
    amount: invoice.amount_due,
    currency: invoice.currency,
    customer: invoice.customer,
    description:
      invoice.billing_reason === "subscription_create" ? "Subscription creation" : "Subscription update",
  });
  const id = world.id("inpay");
  world.data.invoice_payments[id] = {
    id,
    object: "invoice_payment",
    amount_paid: null,
    amount_requested: invoice.amount_due,
    created: world.now(),
    currency: invoice.currency,
    invoice: invoice.id,
    is_default: true,
    livemode: world.livemode,
    payment: { payment_intent: intent.id, type: "payment_intent" },
    status: "open",
    status_transitions: { canceled_at: null, paid_at: null },
  };
  return intent;
}

/**
 * One attempt to collect an open invoice. "no_method" when there is nothing to charge.
 * A failure of a running subscription makes it past_due and plans the next attempt.
 */
export function collect(
  world: World,
  invoice: InvoiceRecord,
  method: string | null,
  authenticated = false,
): Outcome | "no_method" {
  invoice.attempted = true;
  invoice.attempt_count++;
  if (method === null) {
    paymentFailed(world, invoice);
    return "no_method";
  }
  const outcome = confirmIntent(world, intentOf(world, invoice), method, authenticated);
  if (outcome === "succeeded") markPaid(world, invoice);
  if (outcome === "declined") paymentFailed(world, invoice);
  if (outcome === "requires_action") {
    world.emit("invoice.payment_action_required", invoice);
    // Without the person there, an unanswered challenge is a failed attempt.
    if (invoice.billing_reason !== "subscription_create") paymentFailed(world, invoice);
  }
  if (outcome === "processing") {
    const subscription = subscriptionOf(world, invoice);
    if (subscription?.status === "incomplete") setStatus(world, subscription, "active");
  }
  return outcome;
}

/** invoice.payment_failed, and what follows for the subscription. */
export function paymentFailed(world: World, invoice: InvoiceRecord): void {
  const subscription = subscriptionOf(world, invoice);
  const running =
    subscription !== undefined && !hasEnded(subscription) && subscription.status !== "incomplete";
  const wait_days = world.settings.retry_days[invoice.attempt_count - 1];
  const retries = running && wait_days !== undefined;
  invoice.next_payment_attempt = retries ? world.now() + wait_days * 86_400 : null;
  world.emit("invoice.payment_failed", invoice);
  if (!running) return;
  if (retries) {
    if (subscription.status !== "past_due" && subscription.status !== "unpaid") {
      setStatus(world, subscription, "past_due");
    }
    return;
  }
  giveUp(world, invoice, subscription);
}

function giveUp(world: World, invoice: InvoiceRecord, subscription: SubscriptionRecord): void {
  invoice.auto_advance = false;
  switch (world.settings.after_retries) {
    case "cancel":
      endSubscription(world, subscription, "payment_failed");
      return;
    case "unpaid":
      setStatus(world, subscription, "unpaid");
      return;
    case "past_due":
      setStatus(world, subscription, "past_due");
  }
}

export function voidInvoice(world: World, invoice: InvoiceRecord): void {
  if (invoice.status !== "open" && invoice.status !== "uncollectible") {
    throw invalid("You can only pass in open or uncollectible invoices to be voided.");
  }
  world.change(invoice, "invoice.voided", (row) => {
    row.status = "void";
    row.auto_advance = false;
    row.next_payment_attempt = null;
    row.status_transitions.voided_at = world.now();
  });
}

export function markUncollectible(world: World, invoice: InvoiceRecord): void {
  if (invoice.status !== "open") throw invalid("You can only mark open invoices as uncollectible.");
  world.change(invoice, "invoice.marked_uncollectible", (row) => {
    row.status = "uncollectible";
    row.auto_advance = false;
    row.next_payment_attempt = null;
    row.status_transitions.marked_uncollectible_at = world.now();
  });
}
