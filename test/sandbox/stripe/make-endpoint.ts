/** What the API shows of a registered URL. */
import type { Stripe } from "stripe";
import type { Endpoint } from "./records.ts";
import type { World } from "./world.ts";

export function newWebhookEndpoint(world: World, endpoint: Endpoint): Stripe.WebhookEndpoint {
  return {
    id: endpoint.id,
    object: "webhook_endpoint",
    api_version: null,
    application: null,
    created: world.now(),
    description: null,
    enabled_events: endpoint.enabled_events,
    livemode: world.livemode,
    metadata: {},
    status: "enabled",
    url: endpoint.url,
  };
}

export function newEventDestination(world: World, endpoint: Endpoint): Stripe.V2.Core.EventDestination {
  const now = new Date(world.now() * 1000).toISOString();
  return {
    id: endpoint.id,
    object: "v2.core.event_destination",
    created: now,
    description: "",
    enabled_events: endpoint.enabled_events,
    event_payload: endpoint.payload,
    events_from: ["self"],
    livemode: world.livemode,
    metadata: {},
    name: "",
    ...(endpoint.payload === "snapshot" ? { snapshot_api_version: endpoint.api_version } : {}),
    status: "enabled",
    type: "webhook_endpoint",
    updated: now,
    webhook_endpoint: { url: endpoint.url },
  };
}
