/** Bringing events to the endpoints that listen, with Stripe's retries and with everything that can go wrong. */
import type { Delivery } from "./records.ts";
import { signatureHeader } from "./sign.ts";
import type { World } from "./world.ts";

/** Waits before the next attempt, in seconds: three times over a few hours in test mode, three days in live mode. */
const TEST_RETRIES_S = [600, 3_600, 10_800];
const LIVE_RETRIES_S = [300, 1_800, 7_200, 18_000, 36_000, 43_200, 43_200, 43_200, 43_200];

/** How one round of deliveries goes. Without any, each due event is sent once, one after the other, oldest first. */
export interface DeliverOptions {
  order?: "as_created" | "reversed" | ((due: Delivery[]) => Delivery[]);
  /** How many times each is sent; 1 unless told. */
  times?: number;
  /** All at once instead of one after the other. */
  together?: boolean;
  /** Those that never arrive and are not tried again. */
  lose?: (delivery: Delivery, type: string) => boolean;
  /** Those that stay behind for a later round. */
  hold?: (delivery: Delivery, type: string) => boolean;
  /** Also those whose next attempt is not due yet. */
  force?: boolean;
}

export interface DeliveryResult {
  event: string;
  type: string;
  endpoint: string;
  /** 0 when nothing answered. */
  status: number;
}

export type Send = (request: Request) => Promise<Response>;

/** Sends what is due. `signing_s` is the time in the signatures: the wall clock, which receivers compare with. */
export async function deliverDue(
  world: World,
  send: Send,
  signing_s: () => number,
  options: DeliverOptions = {},
): Promise<DeliveryResult[]> {
  let due = Object.values(world.data.deliveries).filter(
    (delivery) =>
      delivery.status === "pending" && (options.force === true || delivery.next_at <= world.now()),
  );
  due = due.filter((delivery) => options.hold?.(delivery, typeOf(world, delivery)) !== true);
  for (const delivery of due) {
    if (options.lose?.(delivery, typeOf(world, delivery)) === true) delivery.status = "lost";
  }
  due = due.filter((delivery) => delivery.status === "pending");
  if (options.order === "reversed") due.reverse();
  if (typeof options.order === "function") due = options.order(due);
  const jobs = due.flatMap((delivery) => Array.from({ length: options.times ?? 1 }, () => delivery));
  if (options.together) {
    return Promise.all(jobs.map((delivery) => attempt(world, delivery, send, signing_s())));
  }
  const results: DeliveryResult[] = [];
  for (const delivery of jobs) results.push(await attempt(world, delivery, send, signing_s()));
  return results;
}

function typeOf(world: World, delivery: Delivery): string {
  return (world.data.events[delivery.event] ?? world.data.thin_events[delivery.event])?.type ?? "";
}

/** One attempt. A 2xx is success; anything else plans the next attempt, until there is none. */
export async function attempt(
  world: World,
  delivery: Delivery,
  send: Send,
  signing_s: number,
): Promise<DeliveryResult> {
  const request = await deliveryRequest(world, delivery, signing_s);
  let status = 0;
  if (request !== null) {
    try {
      const response = await send(request);
      status = response.status;
      await response.body?.cancel();
    } catch {
      // Nothing answered: for Stripe that is a failed attempt like any other.
      status = 0;
    }
  }
  note(world, delivery, status);
  return { event: delivery.event, type: typeOf(world, delivery), endpoint: delivery.endpoint, status };
}

function note(world: World, delivery: Delivery, status: number): void {
  const waits = world.livemode ? LIVE_RETRIES_S : TEST_RETRIES_S;
  const first = delivery.status === "pending";
  delivery.attempts++;
  delivery.last_status = status;
  if (status >= 200 && status < 300) {
    const event = world.data.events[delivery.event];
    if (first && event !== undefined) event.pending_webhooks--;
    delivery.status = "succeeded";
    return;
  }
  if (delivery.status === "succeeded") return;
  const wait_s = waits[delivery.attempts - 1];
  if (wait_s === undefined) delivery.status = "failed";
  else delivery.next_at = world.now() + wait_s;
}

/** The signed POST of a delivery; null when its endpoint or its event is gone. */
export async function deliveryRequest(
  world: World,
  delivery: Delivery,
  signing_s: number,
): Promise<Request | null> {
  const endpoint = world.data.endpoints[delivery.endpoint];
  const event = world.data.events[delivery.event] ?? world.data.thin_events[delivery.event];
  if (endpoint === undefined || event === undefined) return null;
  const body = JSON.stringify(
    delivery.payload === "snapshot" ? { ...event, api_version: endpoint.api_version } : event,
    null,
    2,
  );
  const secrets = endpoint.secrets
    .filter((secret) => secret.expires_at === null || secret.expires_at > world.now())
    .map((secret) => secret.secret);
  return new Request(endpoint.url, {
    method: "POST",
    headers: {
      "Content-Type": "application/json; charset=utf-8",
      "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
      "Stripe-Signature": await signatureHeader(body, secrets, signing_s),
    },
    body,
  });
}
