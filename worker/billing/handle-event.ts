/** From an event to the object of the user it concerns. Used by the webhook and by an operator's replay. */
import type { Stripe } from "stripe";
import type { PortResult } from "../../objects/billing/billing-port.ts";
import type { EventOutcome } from "../../objects/rpc/billing.ts";
import { recordStripeCustomer, userObject, userOfStripeCustomer } from "../directory.ts";
import type { BillingConfig, Bindings } from "../env.ts";
import { logEvent } from "../log.ts";
import { stripeObject, type EventNotice, type StripeObject } from "./event-notice.ts";
import { isHandled } from "./event-types.ts";
import { subscriptionPaidBy } from "./disputes.ts";
import { attempt, UnexpectedAnswer } from "./failures.ts";
import { stripeClient } from "./stripe.ts";
import { USER_ID } from "./subscriptions.ts";
import { withBilling } from "./with-billing.ts";

interface Concerned {
  customerId: string;
  disputeId: string | null;
  disputedSubscription?: string;
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
  const { named, ...about } = concerned.value;
  const { customerId } = about;
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
  const { userId, recorded } = user.value;
  const { id, type, created_ms, methodChanged } = notice;
  const event = { id, type, created_ms, methodChanged, ...about };
  const outcome = await withBilling(userObject(env, userId), (billing) => billing.event(event, options));
  // Only now: the last events of somebody who deleted their account must not write them down again.
  if (!recorded && outcome !== "ignored") await recordStripeCustomer(env.USER_MAPPINGS, customerId, userId);
  return outcome;
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
    const [charge, disputedSubscription] = await Promise.all([
      stripe.charges.retrieve(object.charge),
      subscriptionPaidBy(stripe, object.payment_intent ?? null),
    ]);
    if (charge.object !== "charge") throw new UnexpectedAnswer("no charge");
    const customer = stripeObject.parse(charge).customer;
    return customer ? { customerId: customer, disputeId: object.id, disputedSubscription, named } : null;
  }
  return object.customer ? { customerId: object.customer, disputeId: null, named } : null;
}

async function read(stripe: Stripe, url: string): Promise<StripeObject> {
  const parsed = stripeObject.safeParse(await stripe.rawRequest("GET", url));
  if (!parsed.success) throw new UnexpectedAnswer("no object");
  return parsed.data;
}

/** By our record, else by what the customer or the event's object names. */
async function userOf(
  kv: KVNamespace,
  stripe: Stripe,
  customerId: string,
  notice: EventNotice,
  named: string | null,
): Promise<PortResult<{ userId: string; recorded: boolean } | null>> {
  const known = await userOfStripeCustomer(kv, customerId);
  if (known !== null) return { ok: true, value: { userId: known, recorded: true } };
  const customer = await attempt("event_user", () => stripe.customers.retrieve(customerId));
  // A key of another account sees nobody: Stripe sends it again, when it is mended.
  if (!customer.ok) return customer;
  const deleted = customer.value.deleted === true;
  // Late words about a customer that is gone must not bring them back.
  if (deleted && notice.type !== "customer.deleted") return { ok: true, value: null };
  const metadata = customer.value.deleted === true ? undefined : customer.value.metadata;
  const userId = metadata?.["user_id"] ?? named;
  if (userId === null || !USER_ID.test(userId)) return { ok: true, value: null };
  return { ok: true, value: { userId, recorded: deleted } };
}
