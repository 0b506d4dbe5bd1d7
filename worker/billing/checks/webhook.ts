/** What Stripe has to send events here: a webhook endpoint, or an event destination. */
import { Stripe } from "stripe";
import { HANDLED_EVENTS } from "../event-types.ts";
import { trouble, type Trouble } from "./trouble.ts";

export interface WebhookLook {
  webhook: "enabled" | "disabled" | "missing" | "unknown";
  troubles: Trouble[];
}

/** Without these a plan changes only when it is read by itself, once a day. */
const NEEDED: readonly string[] = HANDLED_EVENTS.filter((type) => !type.startsWith("entitlements."));
const PAGE_SIZE = 100;
const NAMED = 3;

/** Never throws. */
export async function lookAtWebhook(stripe: Stripe, url: string): Promise<WebhookLook> {
  try {
    const endpoints: Stripe.WebhookEndpoint[] = [];
    for await (const one of stripe.webhookEndpoints.list({ limit: PAGE_SIZE })) {
      if (one.url === url) endpoints.push(one);
    }
    const enabled = endpoints.filter(({ status }) => status === "enabled");
    if (enabled.length > 0) return { webhook: "enabled", troubles: troublesOf(enabled) };
    // Thin events go to destinations of the newer kind, which the older list leaves out.
    const found: boolean[] = endpoints.map(() => false);
    const params = { include: ["webhook_endpoint.url"], limit: PAGE_SIZE };
    for await (const one of stripe.v2.core.eventDestinations.list(params)) {
      if (one.webhook_endpoint?.url === url) found.push(one.status === "enabled");
    }
    if (found.includes(true)) return { webhook: "enabled", troubles: [] };
    return found.length > 0
      ? { webhook: "disabled", troubles: [trouble("webhook_disabled", url)] }
      : { webhook: "missing", troubles: [trouble("webhook_missing", url)] };
  } catch {
    // A restricted key need not be allowed to look; whether Stripe answers at all says the price.
    return { webhook: "unknown", troubles: [] };
  }
}

function troublesOf(endpoints: readonly Stripe.WebhookEndpoint[]): Trouble[] {
  const sent = new Set(endpoints.flatMap((one) => one.enabled_events));
  const missing = sent.has("*") ? [] : NEEDED.filter((type) => !sent.has(type));
  const others = endpoints
    .map((one) => one.api_version)
    .filter((version) => version !== null && version !== Stripe.API_VERSION);
  const more = missing.length > NAMED ? ` and ${missing.length - NAMED} more` : "";
  return [
    ...(missing.length > 0
      ? [trouble("webhook_events_missing", missing.slice(0, NAMED).join(", ") + more)]
      : []),
    ...(others[0] === undefined ? [] : [trouble("webhook_version", String(others[0]))]),
  ];
}
