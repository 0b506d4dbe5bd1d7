/** What has to end at Stripe before an account does: nothing is charged for somebody who is gone. */
import type { RpcResult } from "../rpc/user.ts";
import type { EntitlementStore } from "../stores/entitlement.ts";
import { logAlert } from "./alerts.ts";
import type { BillingPort, PortProblem } from "./billing-port.ts";
import type { EveryCustomer } from "./every-customer.ts";
import type { PlanSync } from "./plan-sync.ts";
import { hasEnded } from "./tier-rules.ts";

export interface FarewellParts {
  userId: string;
  entitlement: EntitlementStore;
  everyCustomer: EveryCustomer;
  sync: PlanSync;
  port: () => BillingPort | null;
}

const SILENT =
  "Your subscription could not be ended, because Stripe does not answer right now. Nothing was deleted. Try again in a few minutes.";
const MISCONFIGURED =
  "Your subscription could not be looked up, because payments are not set up rightly here. Nothing was deleted. Ask the operator.";
const OFF = "Billing is switched off here, so your subscription cannot be ended. Ask the operator.";

/** Ends every subscription of ours of every customer of the user. Safe to repeat. */
export async function sayFarewell(parts: FarewellParts): Promise<RpcResult<null>> {
  const { userId, entitlement, everyCustomer, sync } = parts;
  const { customerId, others, attempts } = entitlement.read();
  // A customer may have been made whose answer was lost.
  if (customerId === null && others.length === 0 && attempts.customer === undefined) {
    return { ok: true, value: null };
  }
  const port = parts.port();
  if (port === null) return failed(OFF);
  return sync.exclusive(async () => {
    const { checkout } = entitlement.read();
    // First nothing more can be bought.
    if (checkout !== null) {
      const closed = await port.expireCheckout(checkout.id);
      if (!closed.ok) return refusal(closed.problem);
    }
    const read = await everyCustomer.read();
    if (!read.ok) return refusal(read.problem);
    for (const { subscription } of read.value.subscriptions) {
      if (hasEnded(subscription)) continue;
      const ended = await port.cancelSubscription(subscription.id);
      if (!ended.ok) return refusal(ended.problem);
    }
    const trial = read.value.subscriptions.some(({ subscription }) => subscription.trialEnd_ms !== null);
    if (trial || entitlement.read().trialUsed) await port.markTrial(userId);
    for (const { id, customerId: customer } of read.value.others) {
      logAlert("others_run_on", userId, { customer, subscription: id });
    }
    const known = customerId === null ? read.value.customers : [customerId, ...read.value.customers];
    for (const customer of new Set(known)) await port.forgetCustomer(customer);
    return { ok: true, value: null } as const;
  });
}

function refusal(problem: PortProblem): RpcResult<null> {
  return failed(problem.kind === "unavailable" ? SILENT : MISCONFIGURED);
}

function failed(message: string): RpcResult<null> {
  return { ok: false, error: { kind: "invalid", message } };
}
