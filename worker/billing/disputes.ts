/** Disputes of a customer's charges. A dispute names no customer: the way goes over the charge. */
import type { Stripe } from "stripe";
import type { DisputeFact } from "../../objects/billing/billing-port.ts";
import { UnexpectedAnswer } from "./failures.ts";

const PAGE_SIZE = 100;

/** @param ids disputes to look up; with `all`, those of every charge of the customer as well */
export async function disputesOf(
  stripe: Stripe,
  customerId: string,
  ids: readonly string[],
  all: boolean,
): Promise<DisputeFact[]> {
  // Asked all at once: somebody with several disputes does not wait longer.
  const [named, charged] = await Promise.all([
    Promise.all(ids.map((id) => disputeOf(stripe, id))),
    all ? disputesOfCharges(stripe, customerId) : [],
  ]);
  return [...new Map([...named, ...charged].map((dispute) => [dispute.id, factOf(dispute)])).values()];
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

function factOf({ id, status, created }: Stripe.Dispute): DisputeFact {
  return { id, status: statusOf(status), created_ms: created * 1000 };
}

/** An inquiry (`warning_…`) takes no money and may never become a dispute. */
function statusOf(status: string): DisputeFact["status"] {
  if (status.startsWith("warning_") || status === "prevented") return "inquiry";
  if (status === "won" || status === "lost") return status;
  return "open";
}
