import type { Stripe } from "stripe";
import type { BillingConfig } from "../../env.ts";
import { UnexpectedAnswer } from "../failures.ts";

/** The price with one of our lookup keys that is charged by the year. */
export async function yearly(
  stripe: Stripe,
  config: Pick<BillingConfig, "lookupKeys" | "priceId">,
): Promise<Stripe.Price | undefined> {
  if (config.lookupKeys.length === 0) return undefined;
  const prices = await stripe.prices.list({ lookup_keys: config.lookupKeys, active: true, limit: 10 });
  if (prices.object !== "list") throw new UnexpectedAnswer("no list of prices");
  return prices.data.find(
    ({ id, recurring }) =>
      id !== config.priceId && recurring?.interval === "year" && recurring.interval_count === 1,
  );
}
