import { STRIPE_API_VERSION } from "./facts.ts";
import { newEventDestination, newWebhookEndpoint } from "./make-endpoint.ts";
import type { Endpoint } from "./records.ts";
import type { World } from "./world.ts";

export interface EndpointInit {
  url: string;
  /** `["*"]` for all. */
  events?: string[];
  payload?: "snapshot" | "thin";
  secret?: string;
  api_version?: string;
  id?: string;
}

/** Registers a URL, as the dashboard would: it is listed, and events from now on are delivered to it. */
export function addEndpoint(world: World, init: EndpointInit): Endpoint {
  const payload = init.payload ?? "snapshot";
  const endpoint: Endpoint = {
    id: init.id ?? world.id(payload === "snapshot" ? "we" : world.livemode ? "ed" : "ed_test"),
    url: init.url,
    payload,
    enabled_events: init.events ?? ["*"],
    enabled: true,
    secrets: [{ secret: init.secret ?? world.id("whsec"), expires_at: null }],
    api_version: init.api_version ?? STRIPE_API_VERSION,
  };
  world.data.endpoints[endpoint.id] = endpoint;
  if (payload === "snapshot") world.data.webhook_endpoints[endpoint.id] = newWebhookEndpoint(world, endpoint);
  else world.data.event_destinations[endpoint.id] = newEventDestination(world, endpoint);
  return endpoint;
}

/** Makes a new signing secret; the one before goes on to sign for `overlap_s` seconds. Answers the new one. */
export function rollSecret(
  world: World,
  endpoint: Endpoint,
  overlap_s: number,
  secret = world.id("whsec"),
): string {
  for (const old of endpoint.secrets) old.expires_at ??= world.now() + overlap_s;
  endpoint.secrets.unshift({ secret, expires_at: null });
  return secret;
}
