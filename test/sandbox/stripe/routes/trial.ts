import type { Stripe } from "stripe";
import { type Fields, fieldsOf, type Params, text } from "../params.ts";

/** What happens at the end of a trial when there is no payment method. */
export const TRIAL_SETTINGS = {
  "end_behavior!": {
    billing_cycle_anchor: { oneOf: ["now", "unchanged"] },
    "missing_payment_method!": { oneOf: ["cancel", "create_invoice", "pause"] },
  },
} as const satisfies Fields;

/** Null when nothing was sent. */
export function readTrialSettings(params: Params): Stripe.Subscription.TrialSettings | null {
  const end = fieldsOf(fieldsOf(params, "trial_settings") ?? {}, "end_behavior");
  if (end === undefined) return null;
  return {
    end_behavior: {
      billing_cycle_anchor: text(end, "billing_cycle_anchor") ?? null,
      missing_payment_method: text(end, "missing_payment_method") as "cancel" | "create_invoice" | "pause",
    },
  };
}
