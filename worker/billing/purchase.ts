/** Opening Checkout and the portal for a user whose identity is proven: by the API, or from the plan page. */
import type { BillingResult, CheckoutOffer, PortalFlow } from "../../objects/rpc/billing.ts";
import type { UserStub } from "../directory.ts";
import type { Config } from "../env.ts";
import { returnQuery } from "./return-ticket.ts";
import { withBilling } from "./with-billing.ts";

export const PLAN_PATH = "/account/plan";

/** @param returnUrl where "back" leads, already checked; our plan page unless given */
export async function openCheckout(
  config: Config,
  userId: string,
  user: UserStub,
  offer: CheckoutOffer,
  returnUrl: string | null = null,
): Promise<BillingResult<{ url: string }>> {
  const input = {
    offer,
    successUrl: `${config.origin}/billing/success?${await returnQuery(config, userId)}`,
    cancelUrl: returnUrl ?? `${config.origin}/billing/cancel`,
    portalReturnUrl: config.origin + PLAN_PATH,
  };
  return withBilling(user, (billing) => billing.openCheckout(input));
}

export function openPortal(
  config: Config,
  user: UserStub,
  flow: PortalFlow | null,
  returnUrl: string | null = null,
): Promise<BillingResult<{ url: string }>> {
  // "back" makes the page read the plan anew: something may have been changed there.
  const input = { flow, returnUrl: returnUrl ?? `${config.origin}${PLAN_PATH}?from=portal` };
  return withBilling(user, (billing) => billing.openPortal(input));
}

/** True for addresses of ours and of pages the operator listed: anything else would be an open redirect. */
export function mayReturnTo(config: Config, url: string): boolean {
  if (!URL.canParse(url)) return false;
  const { origin, username, password } = new URL(url);
  return (
    username === "" && password === "" && (origin === config.origin || config.allowedOrigins.includes(origin))
  );
}
