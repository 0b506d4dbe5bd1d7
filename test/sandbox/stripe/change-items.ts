/** Changing what a subscription is for: prices and quantities, with what that costs or gives back. */
import { invalid } from "./errors.ts";
import { collect, defaultMethod, draftFor, finalizeInvoice, intentOf } from "./invoices.ts";
import { newInvoiceItem, newItem } from "./make-billing.ts";
import { planOf } from "./make-catalog.ts";
import { flag, int, type Params, text } from "./params.ts";
import { paymentError } from "./payments.ts";
import { periodEnd } from "./periods.ts";
import type { ItemRecord, PriceRecord, SubscriptionRecord } from "./records.ts";
import { checkRecurring, currentPeriodEnd } from "./subscriptions.ts";
import type { World } from "./world.ts";

export type Proration = "always_invoice" | "create_prorations" | "none";

/**
 * Applies `items` as sent to an update. Answers whether the period began anew.
 * @param at Unix seconds from which the change is reckoned
 */
export function changeItems(
  world: World,
  subscription: SubscriptionRecord,
  sent: Params[],
  proration: Proration,
  at = world.now(),
): { restarted: boolean } {
  const before = structuredClone(subscription.items.data);
  for (const [index, change] of sent.entries()) changeItem(world, subscription, change, index);
  if (subscription.items.data.length === 0) {
    throw invalid("A subscription must have at least one active item.", "items");
  }
  const restarted = subscription.status !== "trialing" && cycleChanged(before, subscription.items.data);
  if (subscription.status === "trialing") return { restarted: false };
  if (proration !== "none") prorate(world, subscription, before, restarted, at);
  if (restarted) {
    const start = world.now();
    subscription.billing_cycle_anchor = start;
    for (const item of subscription.items.data) {
      item.current_period_start = start;
      item.current_period_end = periodEnd(start, item.price);
    }
  }
  return { restarted };
}

function changeItem(world: World, subscription: SubscriptionRecord, change: Params, index: number): void {
  const id = text(change, "id");
  const price_id = text(change, "price");
  const price = price_id === undefined ? undefined : world.get("prices", price_id, `items[${index}][price]`);
  if (price !== undefined) checkRecurring(subscription, price);
  const items = subscription.items.data;
  if (id === undefined) {
    if (price === undefined)
      throw invalid(
        "Missing required param: items[0][price].",
        `items[${index}][price]`,
        "parameter_missing",
      );
    addItem(world, subscription, price, int(change, "quantity") ?? 1);
    return;
  }
  const item = items.find((row) => row.id === id);
  if (item === undefined) {
    throw invalid(`No such subscription_item: '${id}'`, `items[${index}][id]`, "resource_missing");
  }
  if (flag(change, "deleted") === true) {
    items.splice(items.indexOf(item), 1);
    return;
  }
  item.quantity = int(change, "quantity") ?? item.quantity;
  if (price !== undefined) {
    item.price = structuredClone(price);
    item.plan = planOf(price);
  }
}

function addItem(world: World, subscription: SubscriptionRecord, price: PriceRecord, quantity: number): void {
  if (subscription.items.data.some((row) => row.price.id === price.id)) {
    throw invalid(`Cannot add multiple subscription items with the same plan: \`${price.id}\`.`, "items");
  }
  const period = { start: world.now(), end: currentPeriodEnd(subscription) };
  subscription.items.data.push(newItem(world, subscription.id, price, quantity, period));
}

function cycle(item: ItemRecord | undefined): string {
  return `${item?.price.recurring?.interval_count} ${item?.price.recurring?.interval}`;
}

function cycleChanged(before: ItemRecord[], after: ItemRecord[]): boolean {
  return cycle(before[0]) !== cycle(after[0]);
}

/** What is left of the old items comes back; the rest of the period of the new ones is charged. */
function prorate(
  world: World,
  subscription: SubscriptionRecord,
  before: ItemRecord[],
  restarted: boolean,
  now: number,
): void {
  const first = before[0];
  if (first === undefined) return;
  const whole = first.current_period_end - first.current_period_start;
  const share = whole <= 0 ? 0 : Math.max(0, first.current_period_end - now) / whole;
  const credit = Math.round(costOf(before) * share);
  const charge = restarted ? 0 : Math.round(costOf(subscription.items.data) * share);
  addProration(world, subscription, -credit, "Unused time");
  addProration(world, subscription, charge, "Remaining time");
}

function costOf(items: ItemRecord[]): number {
  return items.reduce((sum, item) => sum + (item.price.unit_amount ?? 0) * item.quantity, 0);
}

function addProration(world: World, subscription: SubscriptionRecord, amount: number, what: string): void {
  if (amount === 0) return;
  const item = newInvoiceItem(world, subscription.customer, amount, subscription.currency);
  item.description = what;
  item.proration = true;
  item.parent = {
    subscription_details: { subscription: subscription.id },
    type: "subscription_details",
  };
  item.period = { start: world.now(), end: currentPeriodEnd(subscription) };
  world.data.invoice_items[item.id] = item;
  world.emit("invoiceitem.created", item);
}

/**
 * The invoice of a change that is billed at once. A charge that fails leaves the subscription past_due,
 * or with `error_if_incomplete` throws 402.
 */
export function invoiceChange(
  world: World,
  subscription: SubscriptionRecord,
  restarted: boolean,
  refuse: boolean,
): void {
  const invoice = draftFor(world, subscription, "subscription_update");
  if (!restarted) {
    invoice.lines.data = invoice.lines.data.filter((line) => line.parent?.type === "invoice_item_details");
  }
  finalizeInvoice(world, invoice);
  if (invoice.status !== "open") return;
  const outcome = collect(world, invoice, defaultMethod(world, subscription.customer, subscription));
  if (refuse && (outcome === "declined" || outcome === "requires_action")) {
    throw paymentError(intentOf(world, invoice), outcome);
  }
}
