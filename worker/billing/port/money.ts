/** Money of a customer: the card, the invoices, what is owed, and giving back. */
import { Stripe } from "stripe";
import type { InvoiceView, PaymentCard, RefundOutcome } from "../../../objects/rpc/billing.ts";
import { UnexpectedAnswer } from "../failures.ts";
import { idOf } from "../subscriptions.ts";

const INVOICES_SHOWN = 12;

export async function paymentsOf(
  stripe: Stripe,
  customerId: string,
  subscriptionId: string | null,
): Promise<{ card: PaymentCard | null; invoices: InvoiceView[] }> {
  const [invoices, card] = await Promise.all([
    stripe.invoices.list({ customer: customerId, limit: INVOICES_SHOWN }),
    subscriptionId === null ? null : cardOf(stripe, customerId, subscriptionId),
  ]);
  if (invoices.object !== "list") throw new UnexpectedAnswer("no list of invoices");
  return { card, invoices: invoices.data.filter(({ status }) => status !== "draft").map(invoiceView) };
}

async function cardOf(
  stripe: Stripe,
  customerId: string,
  subscriptionId: string,
): Promise<PaymentCard | null> {
  const [subscription, customer] = await Promise.all([
    stripe.subscriptions.retrieve(subscriptionId),
    stripe.customers.retrieve(customerId),
  ]);
  const ofCustomer = customer.deleted === true ? null : customer.invoice_settings.default_payment_method;
  const method = subscription.default_payment_method ?? ofCustomer;
  if (!method) return null;
  const { card } = await stripe.paymentMethods.retrieve(idOf(method));
  return card === undefined || card === null ? null : { brand: card.brand, last4: card.last4 };
}

function invoiceView(invoice: Stripe.Invoice): InvoiceView {
  return {
    created_ms: invoice.created * 1000,
    total: invoice.total,
    currency: invoice.currency,
    status: invoice.status ?? "open",
    url: invoice.hosted_invoice_url ?? null,
  };
}

/** Gives back what the subscription's last invoice was paid with; the same payment is never given back twice. */
export async function refundLast(stripe: Stripe, subscriptionId: string): Promise<RefundOutcome> {
  const { latest_invoice } = await stripe.subscriptions.retrieve(subscriptionId);
  if (latest_invoice === null) return "nothing_paid";
  const payments = await stripe.invoicePayments.list({ invoice: idOf(latest_invoice), status: "paid" });
  let outcome: RefundOutcome = "nothing_paid";
  for (const { payment } of payments.data) {
    if (payment.payment_intent === undefined) continue;
    const payment_intent = idOf(payment.payment_intent);
    try {
      await stripe.refunds.create({ payment_intent }, { idempotencyKey: `refund:${payment_intent}` });
      outcome = "given";
    } catch (error) {
      if ((error as { code?: string }).code !== "charge_already_refunded") throw error;
      if (outcome !== "given") outcome = "already_refunded";
    }
  }
  return outcome;
}

/**
 * From now on the customer's own method pays. What is owed is tried with it at once: whoever changes their card
 * because a payment failed expects that, and Stripe's next attempt may be days away.
 */
export async function useCustomersMethod(
  stripe: Stripe,
  subscriptionId: string,
  method: string,
): Promise<void> {
  const subscription = await stripe.subscriptions.update(subscriptionId, { default_payment_method: "" });
  if (subscription.object !== "subscription") throw new UnexpectedAnswer("no subscription");
  const { status, latest_invoice } = subscription;
  if ((status !== "past_due" && status !== "unpaid") || latest_invoice === null) return;
  const invoice = idOf(latest_invoice);
  try {
    await stripe.invoices.pay(invoice, {}, { idempotencyKey: `pay:${invoice}:${method}` });
  } catch (error) {
    // Declined, or paid meanwhile: Stripe's own attempts go on, and the reading that follows sees how it stands.
    if (error instanceof Stripe.errors.StripeCardError) return;
    if (error instanceof Stripe.errors.StripeInvalidRequestError) return;
    throw error;
  }
}
