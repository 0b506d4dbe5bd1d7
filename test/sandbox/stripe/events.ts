import type { Data, EventRecord, ThinEvent } from "./data.ts";
import type { Endpoint } from "./records.ts";

/** What events need of the mode they happen in. */
interface Happening {
  readonly livemode: boolean;
  readonly api_version: string;
  readonly data: Data;
  /** The API request that causes what happens now; null for what Stripe does by itself. */
  readonly cause: { id: string; idempotency_key: string | null } | null;
  /** Unix seconds. */
  now(): number;
  id(prefix: string): string;
}

/** Stripe forgets events after so many seconds. */
export const EVENT_RETENTION_S = 30 * 86_400;

/** Where an object is read, for the related object of a thin event. */
const PATHS: Record<string, string> = {
  customer: "customers",
  subscription: "subscriptions",
  invoice: "invoices",
  charge: "charges",
  dispute: "disputes",
  refund: "refunds",
  price: "prices",
  product: "products",
  coupon: "coupons",
  promotion_code: "promotion_codes",
  payment_intent: "payment_intents",
  payment_method: "payment_methods",
  "checkout.session": "checkout/sessions",
  "billing_portal.configuration": "billing_portal/configurations",
};

/** Snapshot events that have no thin twin. */
const NO_THIN = new Set(["billing_portal.session.created"]);

/** Stores a snapshot event and its thin twin, and puts both on their way to the endpoints that listen. */
export function emitEvent(
  world: Happening,
  type: string,
  object: { object: string },
  previous?: Record<string, unknown>,
): EventRecord {
  const event: EventRecord = {
    id: world.id("evt"),
    object: "event",
    api_version: world.api_version,
    created: world.now(),
    data: {
      object: structuredClone(object),
      ...(previous === undefined ? {} : { previous_attributes: structuredClone(previous) }),
    },
    livemode: world.livemode,
    pending_webhooks: 0,
    request: world.cause ?? { id: null, idempotency_key: null },
    type: type as EventRecord["type"],
  };
  world.data.events[event.id] = event;
  dispatch(world, event.id, type, "snapshot");
  if (!NO_THIN.has(type)) emitThin(world, `v1.${type}`, object, event.id);
  return event;
}

/** Stores a thin event alone, e.g. v1.customer.subscription.past_due, which no snapshot event has. */
export function emitThin(
  world: Happening,
  type: string,
  object: { object: string; id?: string },
  snapshot_event?: string,
): ThinEvent {
  const folder = PATHS[object.object];
  const id = object.id ?? "";
  const thin: ThinEvent = {
    id: world.id(world.livemode ? "evt_65" : "evt_test_65"),
    object: "v2.core.event",
    type,
    created: new Date(world.now() * 1000).toISOString(),
    livemode: world.livemode,
    ...(snapshot_event === undefined ? {} : { snapshot_event }),
    related_object:
      folder === undefined
        ? null
        : { id, type: object.object, url: `/v1/${folder}/${encodeURIComponent(id)}` },
    ...(world.cause === null
      ? {}
      : {
          reason: {
            type: "request",
            request: { id: world.cause.id, idempotency_key: world.cause.idempotency_key ?? "" },
          },
        }),
  };
  world.data.thin_events[thin.id] = thin;
  dispatch(world, thin.id, type, "thin");
  return thin;
}

function dispatch(world: Happening, event: string, type: string, payload: "snapshot" | "thin"): void {
  for (const endpoint of Object.values(world.data.endpoints)) {
    if (endpoint.payload !== payload || !listens(endpoint, type)) continue;
    queueDelivery(world, event, payload, endpoint.id);
  }
}

function listens(endpoint: Endpoint, type: string): boolean {
  return (
    endpoint.enabled && (endpoint.enabled_events.includes("*") || endpoint.enabled_events.includes(type))
  );
}

/** Puts one event on its way to one endpoint. */
function queueDelivery(
  world: Happening,
  event: string,
  payload: "snapshot" | "thin",
  endpoint: string,
): void {
  const id = world.id("dlv");
  world.data.deliveries[id] = {
    id,
    event,
    payload,
    endpoint,
    attempts: 0,
    next_at: world.now(),
    status: "pending",
    last_status: null,
  };
  const record = world.data.events[event];
  if (record !== undefined) record.pending_webhooks++;
}
