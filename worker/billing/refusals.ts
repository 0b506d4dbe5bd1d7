/** What billing cannot do, as JSON: our words only, nothing of what Stripe said. */
import type { BillingError } from "../../objects/rpc/billing.ts";
import { apiJson } from "../json.ts";

export function notConfigured(): Response {
  return apiJson(503, {
    error: "billing_not_configured",
    message: "This server does not sell anything, or its operator has not finished setting it up.",
  });
}

/** @param planUrl our page of the plan, where the portal cannot be opened */
export function billingRefusal(error: BillingError, planUrl: string): Response {
  switch (error.kind) {
    case "billing_not_configured":
      return notConfigured();
    case "billing_unavailable":
      return apiJson(
        503,
        { error: "billing_unavailable", message: "Stripe does not answer right now. Try again in a moment." },
        { "Retry-After": String(error.retry_after_s) },
      );
    case "billing_refused":
      return apiJson(502, {
        error: "billing_refused",
        message:
          "Payments are not possible here until the operator of this server has settled something with Stripe. Nothing was bought or changed.",
      });
    case "already_subscribed":
      return apiJson(409, {
        error: "already_subscribed",
        message: "This account has a subscription. Change it, or its payment method, in the portal.",
        portal_url: error.portalUrl ?? planUrl,
      });
    case "no_customer":
      return apiJson(404, {
        error: "no_subscription",
        message: "This account never bought anything, so there is nothing to manage.",
      });
    case "no_account":
      return apiJson(401, { error: "unauthorized", message: "Sign in with ClickUp first." });
  }
}
