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
  const found = new Map<string, DisputeFact>();
  for (const id of ids) {
    const dispute = await stripe.disputes.retrieve(id);
    if (dispute.object !== "dispute") throw new UnexpectedAnswer("no dispute");
    found.set(id, factOf(dispute));
  }
  if (all) {
    const charges = await stripe.charges.list({ customer: customerId, limit: PAGE_SIZE });
    if (charges.object !== "list") throw new UnexpectedAnswer("no list of charges");
    for (const charge of charges.data.filter((c) => c.disputed)) {
      const disputes = await stripe.disputes.list({ charge: charge.id, limit: PAGE_SIZE });
      for (const dispute of disputes.data) found.set(dispute.id, factOf(dispute));
    }
  }
  return [...found.values()];
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
