/** Billing of a user's object as another configuration would have it. */
import { env } from "cloudflare:workers";
import { runInDurableObject } from "cloudflare:test";
import { Billing, type BillingParts } from "../../objects/billing/billing.ts";
import type { BillingPort } from "../../objects/billing/billing-port.ts";
import { AccountStore } from "../../objects/stores/account.ts";
import { stripePort } from "../../worker/billing/port.ts";
import type { Bindings } from "../../worker/env.ts";
import type { TestUser } from "../support/users.ts";

export type Rules = BillingParts["rules"];

export interface Configuration {
  rules?: Partial<Rules>;
  /** Variables of the Worker, over those of the tests. */
  vars?: Record<string, string>;
  /** Instead of the way to the Stripe sandbox. */
  port?: () => BillingPort | null;
}

/** Works with a user's billing as `how` would have it. */
export function configured<T>(
  user: TestUser,
  how: Configuration,
  work: (billing: Billing) => Promise<T>,
): Promise<T> {
  const bindings = { ...(env as unknown as Bindings), ...how.vars };
  return runInDurableObject(user.object, (_, state) =>
    work(
      new Billing({
        userId: user.userId,
        sql: state.storage.sql,
        account: new AccountStore(state.storage.sql),
        port: how.port ?? (() => stripePort(bindings)),
        rules: { billing: true, grace_ms: 7 * 86_400_000, trial_days: 0, defaultTier: "free", ...how.rules },
        now_ms: () => Date.now(),
        changed: () => undefined,
        plan: () => undefined,
      }),
    ),
  );
}

/** Opens Checkout for the month. @returns its URL */
export async function buyUrl(billing: Billing): Promise<string> {
  const opened = await billing.openCheckout({
    offer: "month",
    successUrl: "https://mcp.test/billing/success",
    cancelUrl: "https://mcp.test/billing/cancel",
    portalReturnUrl: "https://mcp.test/account/plan",
  });
  if (!opened.ok) throw new Error(opened.error.kind);
  return opened.value.url;
}
