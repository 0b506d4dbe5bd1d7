/** Checkout: what happens when a session is paid, declined, abandoned or expires. */
import { applyDiscount, readDiscounts } from "./discounts.ts";
import { invalid } from "./errors.ts";
import { collect } from "./invoices.ts";
import { newSubscription } from "./make-billing.ts";
import { newCustomer } from "./make-catalog.ts";
import { NO_ADDRESS } from "./make-payment.ts";
import { attachMethod } from "./payment-methods.ts";
import { confirmIntent, createIntent, type Outcome, paymentError } from "./payments.ts";
import type { SessionPlan, SessionRecord, SubscriptionRecord } from "./records.ts";
import { addItems, startSubscription } from "./subscriptions.ts";
import type { World } from "./world.ts";

export interface Payment {
  /** Id of a payment method; null when the session costs nothing and wants none. */
  method: string | null;
  /** The e-mail that was typed, for a session without a customer. */
  email?: string | null;
  name?: string | null;
  /** The person has passed their bank's check. */
  authenticated?: boolean;
}

/** Throws 400 unless the session is open. */
function requireOpen(session: SessionRecord, verb: string): void {
  if (session.status === "open") return;
  throw invalid(
    `Only Checkout Sessions with a status in ["open"] can be ${verb}. This Session has a status of \`${session.status}\`.`,
  );
}

/**
 * The person presses Pay. Answers how the payment went; "requires_action" leaves the session open.
 * Throws 402 for a decline, which leaves it open too.
 */
export function confirmSession(world: World, session: SessionRecord, payment: Payment): Outcome {
  requireOpen(session, "confirmed");
  const plan = world.data.session_plans[session.id];
  if (plan === undefined) throw invalid("This Checkout Session cannot be confirmed.");
  const outcome =
    session.mode === "payment"
      ? payOnce(world, session, plan, payment)
      : subscribe(world, session, plan, payment);
  if (outcome === "requires_action") return outcome;
  completeSession(world, session, outcome, payment);
  return outcome;
}

function completeSession(world: World, session: SessionRecord, outcome: Outcome, payment: Payment): void {
  const owner = world.data.customers[session.customer ?? ""];
  const trial = (world.data.session_plans[session.id]?.trial_end ?? null) !== null;
  session.status = "complete";
  session.url = null;
  session.payment_status = trial ? "no_payment_required" : outcome === "succeeded" ? "paid" : "unpaid";
  session.customer_details = {
    address: { ...NO_ADDRESS, country: "US" },
    business_name: null,
    email: owner?.email ?? payment.email ?? null,
    individual_name: null,
    name: payment.name ?? owner?.name ?? null,
    phone: null,
    tax_exempt: "none",
    tax_ids: [],
  };
  if (session.automatic_tax.enabled) session.automatic_tax.status = "complete";
  world.emit("checkout.session.completed", session);
}

function payOnce(world: World, session: SessionRecord, plan: SessionPlan, payment: Payment): Outcome {
  const intent = createIntent(world, {
    amount: session.amount_total ?? 0,
    currency: session.currency ?? "usd",
    customer: session.customer,
    description: plan.description,
    metadata: plan.metadata,
  });
  const outcome = confirmIntent(world, intent, payment.method ?? "", payment.authenticated);
  if (outcome === "declined") throw paymentError(intent, outcome);
  if (outcome !== "requires_action") session.payment_intent = intent.id;
  return outcome;
}

function ensureCustomer(world: World, session: SessionRecord, payment: Payment): string {
  if (session.customer !== null) return session.customer;
  const customer = newCustomer(world);
  customer.email = payment.email ?? session.customer_email;
  customer.name = payment.name ?? null;
  world.data.customers[customer.id] = customer;
  world.emit("customer.created", customer);
  session.customer = customer.id;
  return customer.id;
}

function subscribe(world: World, session: SessionRecord, plan: SessionPlan, payment: Payment): Outcome {
  declineFirst(world, session, payment);
  const customer = ensureCustomer(world, session, payment);
  if (payment.method !== null) attachMethod(world, payment.method, customer);
  const waiting = plan.subscription === null ? undefined : world.data.subscriptions[plan.subscription];
  const subscription =
    waiting?.status === "incomplete" ? waiting : beginSubscription(world, session, plan, payment, customer);
  plan.subscription = subscription.id;
  const invoice = world.get("invoices", subscription.latest_invoice ?? "", "invoice");
  let outcome: Outcome = invoice.status === "paid" ? "succeeded" : "processing";
  if (invoice.status === "open" && subscription.status === "incomplete") {
    subscription.default_payment_method = payment.method;
    const first = subscription === waiting || payment.authenticated === true;
    const result = first ? collect(world, invoice, payment.method, payment.authenticated) : "requires_action";
    outcome = result === "no_method" ? "declined" : result;
  }
  if (outcome === "requires_action") return outcome;
  session.subscription = subscription.id;
  session.invoice = invoice.id;
  return outcome;
}

/** A card that the bank declines is refused before anything is made, with a failed charge to show for it. */
function declineFirst(world: World, session: SessionRecord, payment: Payment): void {
  if (payment.method === null) return;
  const behaviour = world.data.cards[payment.method];
  if (behaviour?.kind !== "declines") return;
  const intent = createIntent(world, {
    amount: session.amount_total ?? 0,
    currency: session.currency ?? "usd",
    customer: session.customer,
    description: "Subscription creation",
  });
  confirmIntent(world, intent, payment.method);
  throw paymentError(intent, "declined");
}

function beginSubscription(
  world: World,
  session: SessionRecord,
  plan: SessionPlan,
  payment: Payment,
  customer: string,
): SubscriptionRecord {
  const subscription = newSubscription(world, customer, session.currency ?? "usd");
  subscription.metadata = { ...plan.metadata };
  subscription.description = plan.description;
  subscription.default_payment_method = payment.method;
  subscription.trial_end = plan.trial_end;
  if (plan.trial_settings !== null) subscription.trial_settings = plan.trial_settings;
  if (session.automatic_tax.enabled) {
    subscription.automatic_tax = { disabled_reason: null, enabled: true, liability: { type: "self" } };
  }
  addItems(
    world,
    subscription,
    plan.line_items.map((line) => ({
      price: world.get("prices", line.price, "price"),
      quantity: line.quantity,
    })),
  );
  const sent = (session.discounts ?? []).map((discount) =>
    typeof discount.promotion_code === "string"
      ? { promotion_code: discount.promotion_code }
      : { coupon: typeof discount.coupon === "string" ? discount.coupon : "" },
  );
  for (const { coupon, promotion_code } of readDiscounts(world, sent)) {
    applyDiscount(world, subscription, coupon, promotion_code, session.id);
  }
  startSubscription(world, subscription);
  return subscription;
}

/** Ends an open session without a payment. */
export function expireSession(world: World, session: SessionRecord): void {
  requireOpen(session, "expired");
  session.status = "expired";
  session.url = null;
  world.emit("checkout.session.expired", session);
}
