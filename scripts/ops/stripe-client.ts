/** The Stripe SDK for scripts. */
import { Stripe } from "stripe";

/** @param apiUrl base of the API; undefined: Stripe itself */
export function stripeFor(key: string, apiUrl: string | undefined): Stripe {
  const base = apiUrl === undefined ? null : new URL(apiUrl);
  const plain = base?.protocol === "http:";
  return new Stripe(key, {
    telemetry: false,
    maxNetworkRetries: 2,
    timeout: 20_000,
    ...(base === null
      ? {}
      : {
          protocol: plain ? ("http" as const) : ("https" as const),
          host: base.hostname,
          port: base.port || (plain ? "80" : "443"),
        }),
  });
}
