/**
 * What an event says of itself, snapshot or thin. Only ids and the type are taken: a snapshot shows what was, in the
 * API version of its endpoint.
 */
import * as z from "zod";
import { plainType } from "./event-types.ts";

/** Ids become keys, of KV and of a database; Stripe's own are at most this long (docs.stripe.com, Upgrades). */
const stripeId = z.string().max(255);
/** An object of Stripe's as far as it leads to a customer. */
const reference = z.union([stripeId, z.object({ id: stripeId }).transform(({ id }) => id)]).nullish();
const metadata = z.record(z.string(), z.string().max(500)).nullish();

export const stripeObject = z.object({
  id: stripeId.optional(),
  object: z.string(),
  customer: reference,
  charge: reference,
  payment_intent: reference,
  client_reference_id: z.string().max(200).nullish(),
  metadata,
});
export type StripeObject = z.infer<typeof stripeObject>;

const snapshot = z.object({
  id: stripeId.min(1),
  object: z.literal("event"),
  type: z.string(),
  created: z.number(),
  livemode: z.boolean(),
  api_version: z.string().nullish(),
  data: z.object({
    object: stripeObject,
    // Names alone, apart from the one that says which payment method counts.
    previous_attributes: z
      .object({ invoice_settings: z.object({}).loose().nullish() })
      .loose()
      .nullish(),
  }),
});

const thin = z.object({
  id: stripeId.min(1),
  object: z.literal("v2.core.event"),
  type: z.string(),
  created: z.string(),
  livemode: z.boolean(),
  related_object: z.object({ id: stripeId, type: z.string(), url: z.string() }).nullish(),
  snapshot_event: stripeId.nullish(),
});

export interface EventNotice {
  /** The same for a thin event and its snapshot twin. */
  id: string;
  /** As the snapshot event is called. */
  type: string;
  /** As it was sent. */
  sentType: string;
  created_ms: number;
  livemode: boolean;
  /** What it is about: the object, or where to read it. `null`: nothing. */
  about: { object: StripeObject } | { url: string } | null;
  /** A snapshot of a customer says that their payment method is another one now. */
  methodChanged: boolean;
  /** Of the endpoint that sent it; `null`: events of this kind have none. */
  apiVersion: string | null;
}

/** @returns `null` for something that is no event */
export function readNotice(json: unknown): EventNotice | null {
  const one = snapshot.safeParse(json);
  if (one.success) {
    const { id, type, created, livemode, data } = one.data;
    const settings = data.previous_attributes?.invoice_settings ?? {};
    const methodChanged = type === "customer.updated" && "default_payment_method" in settings;
    const about = { object: data.object };
    const apiVersion = one.data.api_version ?? null;
    return {
      id,
      type,
      sentType: type,
      created_ms: created * 1000,
      livemode,
      about,
      methodChanged,
      apiVersion,
    };
  }
  const other = thin.safeParse(json);
  if (!other.success) return null;
  const { id, type, created, livemode, related_object, snapshot_event } = other.data;
  const url = related_object?.url ?? null;
  return {
    id: snapshot_event ?? id,
    type: plainType(type),
    sentType: type,
    created_ms: Date.parse(created),
    livemode,
    about: url !== null && url.startsWith("/v1/") ? { url } : null,
    methodChanged: false,
    apiVersion: null,
  };
}
