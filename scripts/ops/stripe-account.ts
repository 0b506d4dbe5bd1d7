/** What a Stripe account needs for this server. Each part is found or made, so a second run changes nothing. */
import type { Stripe } from "stripe";
import { HANDLED_EVENTS } from "../../worker/billing/event-types.ts";

export interface Offer {
  interval: "month" | "year";
  lookupKey: string;
  /** In the currency's smallest unit. */
  amount: number;
}

export interface Wanted {
  productName: string;
  currency: string;
  offers: readonly Offer[];
  /** Stripe's code for what is sold; tax and Managed Payments need one. */
  taxCode?: string | undefined;
  /** Origin of the deployment. */
  publicUrl: string;
  /** False: no webhook endpoint. */
  webhook?: boolean;
  /** Set on what is made, so that it is found again; "premium" unless given. */
  mark?: string;
}

interface Part {
  what: string;
  id: string;
  made: boolean;
}

export interface SetUp {
  parts: Part[];
  /** STRIPE_PRICE_ID of the deployment: the first offer's. */
  priceId: string;
  priceIds: string[];
  productId: string;
  /** STRIPE_PORTAL_CONFIGURATION of the deployment: one made over the API is never Stripe's default. */
  portalId: string;
  /** Only when the endpoint was made now: Stripe shows it once. Never print it. */
  webhookSecret: string | null;
}

/**
 * @throws Error when a lookup key belongs to a price of another amount or product: prices cannot be changed, and
 *   taking the key away would change what people are offered
 */
export async function setUpStripe(stripe: Stripe, wanted: Wanted): Promise<SetUp> {
  const parts: Part[] = [];
  const productId = await findProduct(stripe, wanted, parts);
  const priceIds: string[] = [];
  for (const offer of wanted.offers)
    priceIds.push(await findPrice(stripe, productId, offer, wanted.currency, parts));
  const portalId = await findPortal(stripe, productId, priceIds, wanted, parts);
  const webhookSecret = wanted.webhook === false ? null : await findEndpoint(stripe, wanted, parts);
  const [priceId] = priceIds;
  if (priceId === undefined) throw new Error("no offer was given");
  return { parts, priceId, priceIds, productId, portalId, webhookSecret };
}

function markOf(wanted: Wanted): { clickup_mcp: string } {
  return { clickup_mcp: wanted.mark ?? "premium" };
}

function isMarked(wanted: Wanted, metadata: Stripe.Metadata | null): boolean {
  return metadata?.["clickup_mcp"] === markOf(wanted).clickup_mcp;
}

async function findProduct(stripe: Stripe, wanted: Wanted, parts: Part[]): Promise<string> {
  for await (const product of stripe.products.list({ active: true, limit: 100 })) {
    if (!isMarked(wanted, product.metadata)) continue;
    parts.push({ what: `product "${product.name}"`, id: product.id, made: false });
    return product.id;
  }
  const made = await stripe.products.create({
    name: wanted.productName,
    metadata: markOf(wanted),
    ...(wanted.taxCode === undefined ? {} : { tax_code: wanted.taxCode }),
  });
  parts.push({ what: `product "${made.name}"`, id: made.id, made: true });
  return made.id;
}

async function findPrice(
  stripe: Stripe,
  product: string,
  offer: Offer,
  currency: string,
  parts: Part[],
): Promise<string> {
  const what = `price ${offer.lookupKey}`;
  const { data } = await stripe.prices.list({ lookup_keys: [offer.lookupKey], active: true, limit: 1 });
  const [known] = data;
  if (known !== undefined) {
    const same =
      known.unit_amount === offer.amount &&
      known.currency === currency &&
      known.recurring?.interval === offer.interval &&
      known.product === product;
    if (!same) {
      const is = `${known.unit_amount ?? 0} ${known.currency} a ${known.recurring?.interval ?? "?"}`;
      throw new Error(
        `The lookup key ${offer.lookupKey} belongs to ${known.id} (${is}), which differs from what was asked for. Choose another lookup key, or move it in Stripe's dashboard.`,
      );
    }
    parts.push({ what, id: known.id, made: false });
    return known.id;
  }
  const made = await stripe.prices.create({
    product,
    currency,
    unit_amount: offer.amount,
    recurring: { interval: offer.interval },
    lookup_key: offer.lookupKey,
  });
  parts.push({ what, id: made.id, made: true });
  return made.id;
}

async function findPortal(
  stripe: Stripe,
  product: string,
  prices: string[],
  wanted: Wanted,
  parts: Part[],
): Promise<string> {
  const what = "customer portal configuration";
  for await (const one of stripe.billingPortal.configurations.list({ active: true, limit: 100 })) {
    if (!isMarked(wanted, one.metadata)) continue;
    parts.push({ what, id: one.id, made: false });
    return one.id;
  }
  const made = await stripe.billingPortal.configurations.create({
    default_return_url: `${wanted.publicUrl}/account/plan`,
    features: {
      invoice_history: { enabled: true },
      payment_method_update: { enabled: true },
      subscription_cancel: { enabled: true, mode: "at_period_end" },
      subscription_update: {
        enabled: prices.length > 1,
        ...(prices.length > 1
          ? { default_allowed_updates: ["price" as const], products: [{ product, prices }] }
          : {}),
      },
    },
    metadata: markOf(wanted),
  });
  parts.push({ what, id: made.id, made: true });
  return made.id;
}

async function findEndpoint(stripe: Stripe, wanted: Wanted, parts: Part[]): Promise<string | null> {
  const url = `${wanted.publicUrl}/stripe/webhook`;
  const what = `webhook endpoint ${url}`;
  const events = [...HANDLED_EVENTS];
  for await (const one of stripe.webhookEndpoints.list({ limit: 100 })) {
    if (one.url !== url) continue;
    const missing = events.filter(
      (event) => !one.enabled_events.includes(event) && !one.enabled_events.includes("*"),
    );
    if (missing.length > 0) await stripe.webhookEndpoints.update(one.id, { enabled_events: events });
    const change = missing.length > 0 ? `${what}, ${missing.length} events added` : what;
    parts.push({ what: change, id: one.id, made: missing.length > 0 });
    return null;
  }
  const made = await stripe.webhookEndpoints.create({
    url,
    enabled_events: events,
    metadata: markOf(wanted),
  });
  parts.push({ what, id: made.id, made: true });
  return made.secret ?? null;
}
