/** Bank debits that settle after the fact. */
import { markPaid, paymentFailed } from "./invoices.ts";
import { decline, succeed } from "./payments.ts";
import type { InvoiceRecord, SessionRecord } from "./records.ts";
import type { World } from "./world.ts";

/** The bank answers: the intent's invoice and Checkout session learn how it went. */
export function settle(world: World, intent_id: string, succeeds: boolean): void {
  delete world.data.settlements[intent_id];
  const intent = world.data.payment_intents[intent_id];
  if (intent === undefined || intent.status !== "processing") return;
  const invoice = invoiceOf(world, intent_id);
  const session = sessionOf(world, intent_id, invoice);
  if (succeeds) succeed(world, intent);
  else
    decline(world, intent, {
      decline_code: "insufficient_funds",
      message: "The bank account has insufficient funds.",
    });
  if (invoice !== undefined && invoice.status === "open") {
    if (succeeds) markPaid(world, invoice);
    else paymentFailed(world, invoice);
  }
  if (session === undefined || session.payment_status !== "unpaid" || session.status !== "complete") return;
  if (succeeds) session.payment_status = "paid";
  world.emit(`checkout.session.async_payment_${succeeds ? "succeeded" : "failed"}`, session);
}

function invoiceOf(world: World, intent: string): InvoiceRecord | undefined {
  const payment = Object.values(world.data.invoice_payments).find(
    (row) => row.payment.payment_intent === intent,
  );
  return typeof payment?.invoice === "string" ? world.data.invoices[payment.invoice] : undefined;
}

function sessionOf(
  world: World,
  intent: string,
  invoice: InvoiceRecord | undefined,
): SessionRecord | undefined {
  return Object.values(world.data.checkout_sessions).find(
    (row) => row.payment_intent === intent || (invoice !== undefined && row.invoice === invoice.id),
  );
}
