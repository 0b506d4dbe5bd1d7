/**
 * Stripe as it is: what our sandbox must not be kinder about. The first one rests on the documentation alone until a
 * key of a real account has tried it.
 */
import type { Stripe } from "stripe";
import { setUpStripe } from "../../../scripts/ops/stripe-account.ts";
import { lookAtPermissions } from "../../../worker/billing/checks/permissions.ts";
import { lookAtPrice } from "../../../worker/billing/checks/price.ts";
import { refundLast } from "../../../worker/billing/port/money.ts";
import { must, type Scenario } from "./scenario.ts";
import { WANTED } from "./wanted.ts";
import type { LiveWorld } from "./world.ts";

/** What the other scenarios work with, too. */
interface Steps {
  subscribe: (
    world: LiveWorld,
    card: string,
    params?: Partial<Stripe.SubscriptionCreateParams>,
  ) => Promise<Stripe.Subscription>;
  becomesPremium: (world: LiveWorld) => Promise<void>;
  becomesFree: (world: LiveWorld) => Promise<void>;
  disputeOf: (world: LiveWorld) => Promise<Stripe.Dispute | undefined>;
}

const CARD = "pm_card_visa";

export function asItIs({ subscribe, becomesPremium, becomesFree, disputeOf }: Steps): Scenario[] {
  return [
    {
      name: "S8 another default of the customer, as the portal sets it: the subscription's own method goes",
      async run(world) {
        const { id } = await subscribe(world, CARD);
        const customer = world.customer();
        await becomesPremium(world);
        const method = await world.stripe.paymentMethods.attach("pm_card_mastercard", {
          customer,
        });
        await world.stripe.customers.update(customer, {
          invoice_settings: { default_payment_method: method.id },
        });
        await world.until("charged to the new card", async () => {
          const { default_payment_method } = await world.stripe.subscriptions.retrieve(id);
          return default_payment_method === null;
        });
        must(await world.premium(), "free by another card");
        return "the customer's own method pays";
      },
    },
    {
      name: "S1 an event of a customer that the key does not see is not done, and takes nothing from anybody",
      async run(world) {
        await subscribe(world, CARD);
        await becomesPremium(world);
        const [event] = (await world.stripe.events.list({ type: "customer.subscription.created", limit: 1 }))
          .data;
        must(event !== undefined, "no event");
        const text = JSON.stringify({ ...event, id: "evt_of_nobody" });
        const foreign = JSON.parse(
          text.replaceAll(/cus_\w+/g, "cus_nobodyHere").replaceAll(world.userId, "u_nobodyhere"),
        ) as Stripe.Event;
        const { status } = await world.deliver(foreign);
        must(status === 503, `answered ${status}`);
        must(await world.premium(), "somebody lost their plan");
        return "503, and premium stays";
      },
    },
    {
      name: "S2 who pays by a second customer has what it pays for",
      async run(world) {
        await world.checkout();
        const customer = await world.secondCustomer();
        const method = await world.stripe.paymentMethods.attach(CARD, { customer });
        const { id } = await world.stripe.subscriptions.create({
          customer,
          items: [{ price: world.setUp.priceId }],
          default_payment_method: method.id,
        });
        await becomesPremium(world);
        await world.stripe.subscriptions.cancel(id);
        await becomesFree(world);
        return "premium, then free";
      },
    },
    {
      name: "S3 a session that is over is not opened again by its key",
      async run(world) {
        const first = await world.checkout();
        await world.stripe.checkout.sessions.expire(first.id);
        const second = await world.checkout();
        must(second.id !== first.id && second.status === "open", `${second.id} is ${second.status}`);
        return "another session";
      },
    },
    {
      name: "S4 S13 the portal: money is given back, a shorter period waits, a trial goes on, data can be changed",
      async run(world) {
        const portal = await world.stripe.billingPortal.configurations.retrieve(world.setUp.portalId);
        const { subscription_update: update, customer_update: data, subscription_cancel } = portal.features;
        must(update.proration_behavior === "always_invoice", `proration ${update.proration_behavior}`);
        must(update.trial_update_behavior === "continue_trial", `trial: ${update.trial_update_behavior}`);
        const types = update.schedule_at_period_end.conditions.map((one) => one.type);
        must(types.includes("shortening_interval"), "a shorter period begins at once");
        for (const one of ["email", "address", "tax_id"]) {
          must(data.allowed_updates.includes(one), `${one} cannot be changed`);
        }
        must(subscription_cancel.cancellation_reason.enabled, "nobody is asked why");
        return "as it should be";
      },
    },
    {
      name: "S5 a subscription that bears our mark is ours, whatever became of its price",
      async run(world) {
        const product = await world.stripe.products.create({ name: "Premium, anew" });
        const recurring = { interval: "month" as const };
        const price = await world.stripe.prices.create({
          product: product.id,
          currency: WANTED.currency ?? "usd",
          unit_amount: 700,
          recurring,
        });
        try {
          await subscribe(world, CARD, {
            items: [{ price: price.id }],
            metadata: { user_id: world.userId },
          });
          await becomesPremium(world);
        } finally {
          await world.stripe.products.update(product.id, { active: false });
        }
        return "premium";
      },
    },
    {
      name: "S6 cancelling what is cancelled already opens the portal at its start",
      async run(world) {
        const { id } = await subscribe(world, CARD);
        await becomesPremium(world);
        await world.stripe.subscriptions.update(id, { cancel_at_period_end: true });
        await world.relay();
        const { status } = await world.post("/stripe/create-portal-session", { flow: "subscription_cancel" });
        must(status === 200, `answered ${status}`);
        return "200";
      },
    },
    {
      name: "S7 trying permissions on what does not exist makes nothing and finds nothing missing",
      async run(world) {
        const missing = await lookAtPermissions(world.stripe, "rk_");
        must(missing.length === 0, missing.map(({ todo }) => todo).join(" "));
        return "every permission is there";
      },
    },
    {
      name: "S10 a payment given back by hand is not given back twice",
      async run(world) {
        const { id } = await subscribe(world, CARD);
        const charges = await world.stripe.charges.list({ customer: world.customer(), limit: 1 });
        await world.stripe.refunds.create({ charge: charges.data[0]?.id ?? "" });
        const outcome = await refundLast(world.stripe, id);
        must(outcome === "already_refunded", `it said ${outcome}`);
        return outcome;
      },
    },
    {
      name: "S11 setting up again changes nothing",
      async run(world) {
        const { parts } = await setUpStripe(world.stripe, WANTED);
        const changed = parts.filter(({ made }) => made).map(({ what }) => what);
        must(changed.length === 0, `changed: ${changed.join(", ")}`);
        return `${parts.length} parts kept`;
      },
    },
    {
      name: "S12 while a dispute withholds the plan nothing is collected for it",
      async run(world) {
        const { id } = await subscribe(world, "pm_card_createDispute");
        await world.until("a dispute", async () => (await disputeOf(world)) !== undefined);
        await becomesFree(world);
        const paused = async (): Promise<boolean> =>
          (await world.stripe.subscriptions.retrieve(id)).pause_collection !== null;
        await world.until("collection paused", paused);
        await world.stripe.disputes.update((await disputeOf(world))?.id ?? "", {
          evidence: { uncategorized_text: "winning_evidence" },
          submit: true,
        });
        await becomesPremium(world);
        await world.until("collection going on", async () => !(await paused()));
        return "paused, then not";
      },
    },
    {
      name: "S15 a one-time price is no subscription",
      async run(world) {
        const product = await world.stripe.products.create({ name: "Once" });
        const price = await world.stripe.prices.create({
          product: product.id,
          currency: "usd",
          unit_amount: 500,
        });
        const look = await lookAtPrice(world.stripe, { priceId: price.id, lookupKeys: [] });
        await world.stripe.products.update(product.id, { active: false });
        must(look.troubles[0]?.kind === "price_one_time", JSON.stringify(look));
        return look.price;
      },
    },
  ];
}
