/**
 * What a restricted key must be allowed to do. Stripe has no list to read, so each is tried on something that does not
 * exist: "no such …" means allowed, 403 names the permission that is missing. Nothing is made or changed.
 */
import { Stripe } from "stripe";
import { permissionIn } from "../failures.ts";
import { trouble, type Trouble } from "./trouble.ts";

const NOBODY = "clickup_mcp_probe";

/** Resource as Stripe's dashboard names it, and the call that needs the permission. */
const PROBES: readonly [name: string, probe: (stripe: Stripe) => Promise<unknown>][] = [
  ["Prices: read", (s) => s.prices.retrieve(`price_${NOBODY}`)],
  ["Customers: write", (s) => s.customers.update(`cus_${NOBODY}`, {})],
  ["Subscriptions: write", (s) => s.subscriptions.update(`sub_${NOBODY}`, {})],
  ["Checkout Sessions: write", (s) => s.checkout.sessions.expire(`cs_${NOBODY}`)],
  [
    "Customer portal: write",
    (s) => s.billingPortal.sessions.create({ customer: `cus_${NOBODY}`, return_url: "https://example.com" }),
  ],
  ["Invoices: write", (s) => s.invoices.pay(`in_${NOBODY}`)],
  ["Charges and Refunds: write", (s) => s.refunds.create({ payment_intent: `pi_${NOBODY}` })],
  ["Disputes: read", (s) => s.disputes.retrieve(`du_${NOBODY}`)],
  ["Payment Methods: read", (s) => s.paymentMethods.retrieve(`pm_${NOBODY}`)],
  ["Events: read", (s) => s.events.list({ limit: 1 })],
  ["Webhook Endpoints: read", (s) => s.webhookEndpoints.list({ limit: 1 })],
];

/** Never throws. Asks nothing for a key that is not restricted. */
export async function lookAtPermissions(stripe: Stripe, key: string): Promise<Trouble[]> {
  if (!key.startsWith("rk_")) return [];
  const missing = await Promise.all(PROBES.map(([name, probe]) => lacks(name, () => probe(stripe))));
  return missing.filter((found) => found !== null);
}

async function lacks(name: string, probe: () => Promise<unknown>): Promise<Trouble | null> {
  try {
    await probe();
    return null;
  } catch (error) {
    if (!(error instanceof Stripe.errors.StripePermissionError)) return null;
    return trouble("permission_missing", `${name}, ${permissionIn(error.message)}`);
  }
}
