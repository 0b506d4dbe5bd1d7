/** The one place where the Stripe SDK is set up. Made per request, where billing needs it, and nowhere else. */
import { Stripe } from "stripe";
import { version } from "../../package.json";
import type { BillingConfig } from "../env.ts";

/** The SDK waits 80 s unless told: longer than anybody waits for a page, or Stripe for a webhook's answer. */
const TIMEOUT_MS = 8_000;

/** A client of the account the configuration names. Costs a fraction of a millisecond. */
export function stripeClient(config: BillingConfig): Stripe {
  const base = config.apiUrl === null ? null : new URL(config.apiUrl);
  return new Stripe(config.secretKey, {
    httpClient: Stripe.createFetchHttpClient((input: string | URL | Request, init?: RequestInit) =>
      fetch(input, init),
    ),
    maxNetworkRetries: 1,
    timeout: TIMEOUT_MS,
    telemetry: false,
    appInfo: { name: "clickup-mcp", version },
    ...(base === null
      ? {}
      : {
          protocol: base.protocol === "http:" ? ("http" as const) : ("https" as const),
          host: base.hostname,
          port: base.port || (base.protocol === "http:" ? "80" : "443"),
        }),
  });
}
