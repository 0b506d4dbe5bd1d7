/** Whether something can be sold at this moment: a Checkout page is opened as for a customer, and closed again. */
import type { BillingConfig } from "../../env.ts";
import { problemOf, troubleOf } from "../failures.ts";
import { checkoutBody } from "../port/checkout-body.ts";
import { stripeClient } from "../stripe.ts";

/** Never throws. @returns why not, with what to do about it */
export async function trySale(
  config: BillingConfig,
  origin: string,
): Promise<{ ok: true } | { ok: false; why: string }> {
  if (config.priceId === null) return { ok: false, why: "STRIPE_PRICE_ID is not set" };
  const { sessions } = stripeClient(config).checkout;
  try {
    const checkout = {
      customerId: "",
      userId: "nobody",
      offer: "month",
      trial_days: config.trial_days,
    } as const;
    const urls = { successUrl: `${origin}/billing/success`, cancelUrl: `${origin}/billing/cancel` };
    // Without a customer: none is made before somebody pays.
    const {
      customer: _,
      customer_update: __,
      ...body
    } = checkoutBody(config, { ...checkout, ...urls }, config.priceId);
    const session = await sessions.create(body);
    await sessions.expire(session.id);
    return { ok: true };
  } catch (error) {
    const found = troubleOf(error);
    if (found !== null) return { ok: false, why: found.todo };
    return { ok: false, why: problemOf(error)?.kind ?? "it failed on our side" };
  }
}
