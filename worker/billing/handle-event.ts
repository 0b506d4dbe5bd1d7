/** From an event to the object of the user it concerns. Used by the webhook and by an operator's replay. */
import type { Stripe } from "stripe";
import type { PortResult } from "../../objects/billing/billing-port.ts";
import type { EventOutcome } from "../../objects/rpc/user.ts";
import { recordStripeCustomer, userObject, userOfStripeCustomer } from "../directory.ts";
import type { BillingConfig, Bindings } from "../env.ts";
import { logEvent } from "../log.ts";
import { stripeObject, type EventNotice, type StripeObject } from "./event-notice.ts";
import { isHandled } from "./event-types.ts";
import { attempt, UnexpectedAnswer } from "./failures.ts";
import { stripeClient } from "./stripe.ts";
import { withBilling } from "./with-billing.ts";

/** Ids of users, as they stand in metadata that people can edit in Stripe's dashboard. */
const USER_ID = /^u_[a-z0-9]{1,40}$/;

interface Concerned {
  customerId: string;
  disputeId: string | null;
  /** Who the objects on the way name. */
  named: string | null;
}

/** @param options.force works on it again although it was done */
export async function handleEvent(
  env: Bindings,
  config: BillingConfig,
  notice: EventNotice,
  options: { force?: boolean } = {},
): Promise<EventOutcome> {
  if (!isHandled(notice.sentType)) return "ignored";
  if (notice.livemode !== config.live) {
    logEvent("warn", "stripe_event_of_other_mode", { event_id: notice.id, type: notice.type });
    return "ignored";
  }
  const stripe = stripeClient(config);
  const concerned = await attempt("event_customer", () => concernedBy(stripe, notice));
  if (!concerned.ok) return concerned.problem.kind === "not_found" ? "ignored" : "retry";
  if (concerned.value === null) return "ignored";
  const { customerId, disputeId, named } = concerned.value;
  const user = await userOf(env.USER_MAPPINGS, stripe, customerId, notice, named);
  if (!user.ok) return "retry";
  if (user.value === null) {
    logEvent("warn", "stripe_event_unmapped", {
      event_id: notice.id,
      type: notice.type,
      customer: customerId,
    });
    return "ignored";
  }
  const { id, type, created_ms } = notice;
  const event = { id, type, created_ms, customerId, disputeId };
  return withBilling(userObject(env, user.value), (billing) => billing.event(event, options));
}

/** @returns `null` for an event without a customer. @throws what the SDK throws */
async function concernedBy(stripe: Stripe, { about }: EventNotice): Promise<Concerned | null> {
  if (about === null) return null;
  const object = "object" in about ? about.object : await read(stripe, about.url);
  const named = object.metadata?.["user_id"] ?? object.client_reference_id ?? null;
  if (object.object === "customer" && object.id !== undefined) {
    return { customerId: object.id, disputeId: null, named };
  }
  if (object.object === "dispute" && object.id !== undefined && object.charge) {
    const charge = await stripe.charges.retrieve(object.charge);
    if (charge.object !== "charge") throw new UnexpectedAnswer("no charge");
    const customer = stripeObject.parse(charge).customer;
    return customer ? { customerId: customer, disputeId: object.id, named } : null;
  }
  return object.customer ? { customerId: object.customer, disputeId: null, named } : null;
}

async function read(stripe: Stripe, url: string): Promise<StripeObject> {
  const parsed = stripeObject.safeParse(await stripe.rawRequest("GET", url));
  if (!parsed.success) throw new UnexpectedAnswer("no object");
  return parsed.data;
}

/** By our record, else by what the customer or the event's object names; then the record is written again. */
async function userOf(
  kv: KVNamespace,
  stripe: Stripe,
  customerId: string,
  notice: EventNotice,
  named: string | null,
): Promise<PortResult<string | null>> {
  const known = await userOfStripeCustomer(kv, customerId);
  if (known !== null) return { ok: true, value: known };
  const customer = await attempt("event_user", () => stripe.customers.retrieve(customerId));
  if (!customer.ok && customer.problem.kind === "unavailable") return customer;
  const gone = !customer.ok || customer.value.deleted === true;
  // Late words about a customer that is gone must not bring them back.
  if (gone && notice.type !== "customer.deleted") return { ok: true, value: null };
  const metadata = customer.ok && customer.value.deleted !== true ? customer.value.metadata : undefined;
  const userId = metadata?.["user_id"] ?? named;
  if (userId === null || !USER_ID.test(userId)) return { ok: true, value: null };
  if (!gone) await recordStripeCustomer(kv, customerId, userId);
  return { ok: true, value: userId };
}
