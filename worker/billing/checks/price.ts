/** Whether the configured price can be sold, and the yearly one beside it. */
import { Stripe } from "stripe";
import type { BillingConfig } from "../../env.ts";
import { permissionIn, troubleOf } from "../failures.ts";
import { yearly } from "../port/yearly-price.ts";
import { trouble, type Trouble } from "./trouble.ts";

type SaleConfig = Pick<BillingConfig, "lookupKeys" | "priceId">;

export interface PriceLook {
  /** Stripe's API, asked with our key. */
  api: "answers" | "refuses_key" | "fails";
  /** `unknown`: the key may not look, or Stripe did not answer. */
  price: "ready" | "missing" | "unknown";
  troubles: Trouble[];
}

/** Never throws. */
export async function lookAtPrice(stripe: Stripe, config: SaleConfig): Promise<PriceLook> {
  try {
    if (config.priceId === null) {
      await stripe.prices.list({ limit: 1 });
      return { api: "answers", price: "missing", troubles: [trouble("price_missing")] };
    }
    const price = await stripe.prices.retrieve(config.priceId, { expand: ["product"] });
    // The SDK passes on whatever came with a good status.
    if (price.object !== "price") return { api: "fails", price: "unknown", troubles: [] };
    const found = troublesOf(price);
    if (found.length > 0) return { api: "answers", price: "missing", troubles: found };
    return { api: "answers", price: "ready", troubles: await advice(stripe, config, price) };
  } catch (error) {
    return lookOf(error);
  }
}

function lookOf(error: unknown): PriceLook {
  if (error instanceof Stripe.errors.StripeAuthenticationError)
    return { api: "refuses_key", price: "unknown", troubles: [trouble("key_refused")] };
  if (error instanceof Stripe.errors.StripePermissionError) {
    const troubles = [trouble("permission_missing", permissionIn(error.message))];
    return { api: "answers", price: "unknown", troubles };
  }
  if (error instanceof Stripe.errors.StripeInvalidRequestError) {
    if (error.code === "resource_missing")
      return { api: "answers", price: "missing", troubles: [trouble("price_missing")] };
    const found = troubleOf(error);
    return { api: "answers", price: "unknown", troubles: found === null ? [] : [found] };
  }
  return { api: "fails", price: "unknown", troubles: [] };
}

function troublesOf({ active, recurring, product }: Stripe.Price): Trouble[] {
  if (recurring === null) return [trouble("price_one_time")];
  if (!active) return [trouble("price_archived")];
  const archived = typeof product !== "string" && product.deleted !== true && !product.active;
  return archived ? [trouble("product_archived")] : [];
}

/** Works, but is hardly what was meant. */
async function advice(stripe: Stripe, config: SaleConfig, price: Stripe.Price): Promise<Trouble[]> {
  const found: Trouble[] = [];
  const { interval, interval_count } = price.recurring ?? { interval: "month", interval_count: 1 };
  if (interval !== "month" || interval_count !== 1) {
    const period = interval_count === 1 ? interval : `${interval_count} ${interval}s`;
    found.push(trouble("price_is_yearly", period));
  }
  const year = await yearly(stripe, config);
  if (year !== undefined && year.currency !== price.currency) {
    found.push(trouble("currencies_mixed", `${price.currency} and ${year.currency}`));
  }
  return found;
}
