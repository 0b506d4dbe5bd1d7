/** The customer portal that this server wants: found or made, and made to be so. */
import type { Stripe } from "stripe";
import type { Part } from "./wanted.ts";

export interface PortalWanted {
  publicUrl: string;
  product: string;
  prices: readonly string[];
  termsUrl?: string | undefined;
  privacyUrl?: string | undefined;
  metadata: Record<string, string>;
}

/**
 * What a person may do there. Changes are billed at once with what is left given back; to a shorter period at the end
 * of the one that is paid; a trial goes on. Stripe's own defaults keep the money and end the trial.
 */
function portalParams(wanted: PortalWanted): Stripe.BillingPortal.ConfigurationCreateParams {
  const { publicUrl, product, prices, termsUrl, privacyUrl, metadata } = wanted;
  const several = prices.length > 1;
  return {
    default_return_url: `${publicUrl}/account/plan`,
    ...(termsUrl === undefined && privacyUrl === undefined
      ? {}
      : {
          business_profile: {
            ...(termsUrl === undefined ? {} : { terms_of_service_url: termsUrl }),
            ...(privacyUrl === undefined ? {} : { privacy_policy_url: privacyUrl }),
          },
        }),
    features: {
      customer_update: { enabled: true, allowed_updates: ["email", "address", "tax_id"] },
      invoice_history: { enabled: true },
      payment_method_update: { enabled: true },
      subscription_cancel: {
        enabled: true,
        mode: "at_period_end",
        cancellation_reason: {
          enabled: true,
          options: ["too_expensive", "missing_features", "switched_service", "unused", "other"],
        },
      },
      subscription_update: {
        enabled: several,
        ...(several
          ? {
              default_allowed_updates: ["price" as const],
              products: [{ product, prices: [...prices] }],
              proration_behavior: "always_invoice" as const,
              schedule_at_period_end: { conditions: [{ type: "shortening_interval" as const }] },
              trial_update_behavior: "continue_trial" as const,
            }
          : {}),
      },
    },
    metadata,
  };
}

export async function findPortal(stripe: Stripe, wanted: PortalWanted): Promise<Part> {
  const what = "customer portal configuration";
  const params = portalParams(wanted);
  const list = stripe.billingPortal.configurations.list({
    active: true,
    limit: 100,
    expand: ["data.features.subscription_update.products"],
  });
  for await (const one of list) {
    if (one.metadata?.["clickup_mcp"] !== wanted.metadata["clickup_mcp"]) continue;
    const differs = differences(params, one);
    if (differs.length === 0) return { what, id: one.id, made: false };
    await stripe.billingPortal.configurations.update(one.id, params);
    return { what: `${what}: ${differs.join(", ")}`, id: one.id, made: true, changed: true };
  }
  const made = await stripe.billingPortal.configurations.create(params);
  return { what, id: made.id, made: true };
}

/** Names of what is not as it is wanted; what nobody asked for may be as it is. */
function differences(wanted: object, is: object, path = ""): string[] {
  const there = is as Record<string, unknown>;
  return Object.entries(wanted).flatMap(([name, value]) => {
    const at = path === "" ? name : `${path}.${name}`;
    const now = there[name];
    if (Array.isArray(value)) return sameList(value, now) ? [] : [at];
    if (typeof value === "object" && value !== null) {
      return typeof now === "object" && now !== null ? differences(value as object, now, at) : [at];
    }
    return now === value ? [] : [at];
  });
}

/** The same members, in whatever order; of objects what was asked for. */
function sameList(wanted: readonly unknown[], is: unknown): boolean {
  if (!Array.isArray(is) || is.length !== wanted.length) return false;
  return wanted.every((one) =>
    (is as unknown[]).some((other) =>
      typeof one === "object" && one !== null
        ? typeof other === "object" && other !== null && differences(one, other).length === 0
        : one === other,
    ),
  );
}
