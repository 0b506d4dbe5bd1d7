/** The Stripe account as a key sees it, in one look. */
import type { Stripe } from "stripe";
import type { BillingConfig } from "../../env.ts";
import { lookAtPermissions } from "./permissions.ts";
import { lookAtPortal } from "./portal.ts";
import { lookAtPrice, type PriceLook } from "./price.ts";
import { lookAtWebhook, type WebhookLook } from "./webhook.ts";

type Looked = Pick<BillingConfig, "secretKey" | "priceId" | "lookupKeys" | "portalConfiguration">;

/** Used by the server for itself, and by `npm run stripe:setup`. Never throws. */
export async function lookAtAccount(
  stripe: Stripe,
  billing: Looked,
  origin: string,
): Promise<PriceLook & WebhookLook> {
  const [price, webhook, permissions, portal] = await Promise.all([
    lookAtPrice(stripe, billing),
    lookAtWebhook(stripe, `${origin}/stripe/webhook`),
    lookAtPermissions(stripe, billing.secretKey),
    lookAtPortal(stripe, billing),
  ]);
  const all = [...price.troubles, ...webhook.troubles, ...permissions, ...portal];
  return { ...price, ...webhook, troubles: [...new Map(all.map((one) => [one.todo, one])).values()] };
}
