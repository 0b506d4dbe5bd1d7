/** Disputes of a customer's charges. A dispute names no customer: the way goes over the charge. */
import type { Stripe } from "stripe";
import type { DisputeFact } from "../../objects/billing/billing-port.ts";
import { UnexpectedAnswer } from "./failures.ts";
import { idOf } from "./subscriptions.ts";

const PAGE_SIZE = 100;

/** @param what disputes to look up; with `all`, those of every charge of the customer as well */
export async function disputesOf(
  stripe: Stripe,
  customerId: string,
  what: { ids: readonly string[]; disputed: Readonly<Record<string, string>>; all: boolean },
): Promise<DisputeFact[]> {
  const { ids, disputed, all } = what;
  // Asked all at once: somebody with several disputes does not wait longer.
  const [named, charged] = await Promise.all([
    Promise.all(ids.map((id) => disputeOf(stripe, id))),
    all ? disputesOfCharges(stripe, customerId) : [],
  ]);
  const disputes = [...new Map([...named, ...charged].map((dispute) => [dispute.id, dispute])).values()];
  return Promise.all(
    disputes.map(async (dispute) => {
      const { id, status, created, payment_intent } = dispute;
      const intent = payment_intent === null ? null : idOf(payment_intent);
      const subscriptionId = disputed[id] ?? (await subscriptionPaidBy(stripe, intent));
      return { id, status: statusOf(status), created_ms: created * 1000, subscriptionId };
    }),
  );
}

async function disputeOf(stripe: Stripe, id: string): Promise<Stripe.Dispute> {
  const dispute = await stripe.disputes.retrieve(id);
  if (dispute.object !== "dispute") throw new UnexpectedAnswer("no dispute");
  return dispute;
}

async function disputesOfCharges(stripe: Stripe, customerId: string): Promise<Stripe.Dispute[]> {
  const charges = await stripe.charges.list({ customer: customerId, limit: PAGE_SIZE });
  if (charges.object !== "list") throw new UnexpectedAnswer("no list of charges");
  const disputed = charges.data.filter((charge) => charge.disputed);
  const lists = await Promise.all(
    disputed.map((charge) => stripe.disputes.list({ charge: charge.id, limit: PAGE_SIZE })),
  );
  return lists.flatMap((list) => list.data);
}

/** What a payment was for: over its invoice. "" for something that is no subscription. */
export async function subscriptionPaidBy(stripe: Stripe, intent: string | null): Promise<string> {
  if (intent === null) return "";
  const payments = await stripe.invoicePayments.list({
    payment: { type: "payment_intent", payment_intent: intent },
    expand: ["data.invoice"],
    limit: 1,
  });
  if (payments.object !== "list") throw new UnexpectedAnswer("no list of payments");
  const invoice = payments.data[0]?.invoice;
  if (invoice === undefined || typeof invoice === "string" || invoice.deleted === true) return "";
  const subscription = invoice.parent?.subscription_details?.subscription;
  return subscription === undefined ? "" : idOf(subscription);
}

/** An inquiry (`warning_…`) takes no money and may never become a dispute. */
function statusOf(status: string): DisputeFact["status"] {
  if (status.startsWith("warning_") || status === "prevented") return "inquiry";
  if (status === "won" || status === "lost") return status;
  return "open";
}
