import type { Stripe } from "stripe";
import { addEndpoint } from "../endpoints.ts";
import { invalid } from "../errors.ts";
import { newEventDestination, newWebhookEndpoint } from "../make-endpoint.ts";
import { LIST_PARAMS, listPage } from "../list.ts";
import { type Fields, fieldsOf, flag, listOf, mergeMetadata, type Params, text } from "../params.ts";
import type { Context, Route } from "../route.ts";

const ENDPOINT = {
  description: "string",
  disabled: "bool",
  enabled_events: ["string"],
  metadata: "metadata",
  url: "string",
} as const satisfies Fields;

function checkUrl(url: string, livemode: boolean): string {
  if (!URL.canParse(url))
    throw invalid("Invalid URL: An explicit scheme (such as https) must be provided.", "url", "url_invalid");
  if (livemode && !url.startsWith("https:")) {
    throw invalid("Invalid URL: URL must use HTTPS in live mode.", "url", "url_invalid");
  }
  return url;
}

/** The secret is in this answer and never again. */
function create({ world, params }: Context): Stripe.WebhookEndpoint {
  const url = checkUrl(text(params, "url") ?? "", world.livemode);
  const events = listOf<string>(params, "enabled_events") ?? [];
  const endpoint = addEndpoint(world, {
    url,
    events,
    api_version: text(params, "api_version") ?? world.api_version,
  });
  const row: Stripe.WebhookEndpoint = {
    ...newWebhookEndpoint(world, endpoint),
    api_version: text(params, "api_version") ?? null,
    description: text(params, "description") ?? null,
    metadata: mergeMetadata({}, params),
  };
  world.data.webhook_endpoints[row.id] = row;
  return { ...row, secret: endpoint.secrets[0]?.secret ?? "" };
}

function update({ world, path, params }: Context): Stripe.WebhookEndpoint {
  const row = world.get("webhook_endpoints", path.endpoint ?? "", "id", 404);
  const endpoint = world.data.endpoints[row.id];
  const url = text(params, "url");
  if (url !== undefined) row.url = checkUrl(url, world.livemode);
  row.enabled_events = listOf<string>(params, "enabled_events") ?? row.enabled_events;
  if (params.description !== undefined) row.description = text(params, "description") ?? null;
  row.metadata = mergeMetadata(row.metadata, params);
  const disabled = flag(params, "disabled");
  if (disabled !== undefined) row.status = disabled ? "disabled" : "enabled";
  if (endpoint !== undefined) {
    Object.assign(endpoint, {
      url: row.url,
      enabled_events: row.enabled_events,
      enabled: row.status === "enabled",
    });
  }
  return row;
}

function remove({ world, path }: Context) {
  const row = world.get("webhook_endpoints", path.endpoint ?? "", "id", 404);
  delete world.data.webhook_endpoints[row.id];
  delete world.data.endpoints[row.id];
  return { id: row.id, object: "webhook_endpoint", deleted: true };
}

/** v2: the secret and the URL are in the answer only when `include` asks for them. */
function shown(
  row: Stripe.V2.Core.EventDestination,
  params: Params,
  secret?: string,
): Stripe.V2.Core.EventDestination {
  const include = listOf<string>(params, "include") ?? [];
  const { webhook_endpoint: hook, ...rest } = row;
  if (hook === undefined) return rest;
  return {
    ...rest,
    webhook_endpoint: {
      ...(include.includes("webhook_endpoint.signing_secret") && secret !== undefined
        ? { signing_secret: secret }
        : {}),
      ...(include.includes("webhook_endpoint.url") ? { url: hook.url ?? "" } : {}),
    },
  };
}

function createDestination({ world, params }: Context): Stripe.V2.Core.EventDestination {
  const url = checkUrl(text(fieldsOf(params, "webhook_endpoint") ?? {}, "url") ?? "", world.livemode);
  const events = listOf<string>(params, "enabled_events") ?? [];
  const payload = text(params, "event_payload") as "snapshot" | "thin";
  const endpoint = addEndpoint(world, {
    url,
    events,
    payload,
    id: world.id(world.livemode ? "ed" : "ed_test"),
  });
  // A destination of snapshots is listed as such, not as a webhook endpoint.
  delete world.data.webhook_endpoints[endpoint.id];
  const row: Stripe.V2.Core.EventDestination = {
    ...newEventDestination(world, endpoint),
    description: text(params, "description") ?? "",
    metadata: mergeMetadata({}, params),
    name: text(params, "name") ?? "",
  };
  world.data.event_destinations[row.id] = row;
  return shown(row, params, endpoint.secrets[0]?.secret);
}

export const endpointRoutes: Route[] = [
  {
    operation: "POST /v1/webhook_endpoints",
    params: {
      api_version: "string",
      connect: "bool",
      description: "string",
      "enabled_events!": ["string"],
      metadata: "metadata",
      "url!": "string",
    },
    handler: create,
  },
  {
    operation: "GET /v1/webhook_endpoints/{endpoint}",
    handler: ({ world, path }) => world.get("webhook_endpoints", path.endpoint ?? "", "id", 404),
  },
  { operation: "POST /v1/webhook_endpoints/{endpoint}", params: ENDPOINT, handler: update },
  { operation: "DELETE /v1/webhook_endpoints/{endpoint}", handler: remove },
  {
    operation: "GET /v1/webhook_endpoints",
    params: LIST_PARAMS,
    handler: ({ world, params }) =>
      listPage(world.rows("webhook_endpoints"), params, "/v1/webhook_endpoints"),
  },
  {
    operation: "POST /v2/core/event_destinations",
    params: {
      description: "string",
      "enabled_events!": ["string"],
      "event_payload!": { oneOf: ["snapshot", "thin"] },
      events_from: ["string"],
      include: ["string"],
      metadata: "metadata",
      "name!": "string",
      snapshot_api_version: "string",
      "type!": { oneOf: ["webhook_endpoint"] },
      "webhook_endpoint!": { "url!": "string" },
    },
    handler: createDestination,
  },
  {
    operation: "GET /v2/core/event_destinations/{destination}",
    params: { include: ["string"] },
    handler: ({ world, path, params }) =>
      shown(world.get("event_destinations", path.destination ?? "", "id", 404), params),
  },
  {
    operation: "GET /v2/core/event_destinations",
    params: { include: ["string"], limit: "int" },
    handler: ({ world, params }) => ({
      data: world.rows("event_destinations").map((row) => shown(row, params)),
      next_page_url: null,
      previous_page_url: null,
    }),
  },
  {
    operation: "DELETE /v2/core/event_destinations/{destination}",
    handler: ({ world, path }) => {
      const row = world.get("event_destinations", path.destination ?? "", "id", 404);
      delete world.data.event_destinations[row.id];
      delete world.data.endpoints[row.id];
      return { id: row.id, object: "v2.core.event_destination", deleted: true };
    },
  },
];
