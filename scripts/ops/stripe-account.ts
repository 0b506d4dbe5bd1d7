/**
 * What a Stripe account needs for this server. Each part is found or made, and made to be as asked for: a second run
 * changes nothing, and one with other options changes what they are about.
 */
import type { Stripe } from "stripe";
import { HANDLED_EVENTS } from "../../worker/billing/event-types.ts";
import { findPortal } from "./stripe/portal.ts";
import { findPrice } from "./stripe/price.ts";
import type { Part, Wanted } from "./stripe/wanted.ts";

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

export type { Offer, Part, Wanted } from "./stripe/wanted.ts";

/**
 * @throws Error when a lookup key belongs to a price of another amount or product: prices cannot be changed, and
 *   taking the key away would change what people are offered
 */
export async function setUpStripe(stripe: Stripe, wanted: Wanted): Promise<SetUp> {
  const parts: Part[] = [];
  const productId = await findProduct(stripe, wanted, parts);
  const priceIds: string[] = [];
  for (const offer of wanted.offers) {
    const price = await findPrice(stripe, productId, offer, wanted);
    priceIds.push(price.id);
    parts.push(...price.parts);
  }
  const { publicUrl, termsUrl, privacyUrl } = wanted;
  const portalWanted = { publicUrl, termsUrl, privacyUrl, product: productId, prices: priceIds };
  const portal = await findPortal(stripe, { ...portalWanted, metadata: markOf(wanted) });
  parts.push(portal);
  const webhookSecret = wanted.webhook === false ? null : await findEndpoint(stripe, wanted, parts);
  const [priceId] = priceIds;
  if (priceId === undefined) throw new Error("no offer was given");
  return { parts, priceId, priceIds, productId, portalId: portal.id, webhookSecret };
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

async function findEndpoint(stripe: Stripe, wanted: Wanted, parts: Part[]): Promise<string | null> {
  const url = `${wanted.publicUrl}/stripe/webhook`;
  const what = `webhook endpoint ${url}`;
  const events = [...HANDLED_EVENTS];
  let found = false;
  for await (const one of stripe.webhookEndpoints.list({ limit: 100 })) {
    if (one.url !== url) {
      if (isMarked(wanted, one.metadata)) parts.push(formerEndpoint(one));
      continue;
    }
    found = true;
    const missing = events.filter(
      (event) => !one.enabled_events.includes(event) && !one.enabled_events.includes("*"),
    );
    const disabled = one.status === "disabled";
    if (missing.length > 0 || disabled) {
      await stripe.webhookEndpoints.update(one.id, {
        ...(missing.length > 0 ? { enabled_events: events } : {}),
        ...(disabled ? { disabled: false } : {}),
      });
    }
    const changes = [
      ...(missing.length > 0 ? [`${missing.length} events added`] : []),
      ...(disabled ? ["enabled again"] : []),
    ];
    const changed = changes.length > 0;
    parts.push({
      what: [what, ...changes].join(", "),
      id: one.id,
      made: changed,
      ...(changed ? { changed } : {}),
    });
  }
  if (found) return null;
  const made = await stripe.webhookEndpoints.create({
    url,
    enabled_events: events,
    metadata: markOf(wanted),
  });
  parts.push({ what, id: made.id, made: true });
  return made.secret ?? null;
}

/** Two deployments of one account are possible, so it is not ours to remove. */
function formerEndpoint({ id, url }: Stripe.WebhookEndpoint): Part {
  const what = `webhook endpoint ${url} is for another address: delete it in Stripe's dashboard if nothing is there any more`;
  return { what, id, made: false, changed: true };
}
