/** How a dispute ends. */
import { invalid } from "./errors.ts";
import type { DisputeRecord } from "./records.ts";
import { endDisputedSubscription } from "./time.ts";
import type { World } from "./world.ts";

/** Closes a dispute as won or lost; an inquiry is closed without either. Throws 400 when it is closed already. */
export function closeDispute(world: World, dispute: DisputeRecord, outcome: "won" | "lost"): void {
  if (dispute.status === "won" || dispute.status === "lost" || dispute.status === "warning_closed") {
    throw invalid("This dispute is already closed", undefined, "status_transition_invalid");
  }
  const inquiry = dispute.status.startsWith("warning_");
  world.change(dispute, "charge.dispute.closed", () => {
    dispute.status = inquiry ? "warning_closed" : outcome;
  });
  const charge = world.data.charges[dispute.charge];
  if (inquiry && charge !== undefined) charge.disputed = false;
  if (inquiry) return;
  if (outcome === "won") world.emit("charge.dispute.funds_reinstated", dispute);
  else if (world.settings.cancel_on_lost_dispute) endDisputedSubscription(world, dispute.payment_intent);
}
