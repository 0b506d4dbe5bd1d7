/** Whether Stripe collects money for a subscription. */
import type { Stripe } from "stripe";

const MARK = "clickup_mcp_pause";

/** The mark tells our pause from one the operator made, which is not ours to end. */
export async function pauseCollection(
  stripe: Stripe,
  subscriptionId: string,
  paused: boolean,
): Promise<void> {
  await stripe.subscriptions.update(
    subscriptionId,
    paused
      ? { pause_collection: { behavior: "void" }, metadata: { [MARK]: "dispute" } }
      : { pause_collection: "", metadata: { [MARK]: "" } },
  );
}

export function collectionOf({
  pause_collection,
  metadata,
}: Stripe.Subscription): "on" | "paused_by_us" | "paused" {
  if (!pause_collection) return "on";
  return metadata[MARK] === "dispute" ? "paused_by_us" : "paused";
}
