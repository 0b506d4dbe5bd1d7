/**
 * What has to hold with every Stripe account, as a person and a client live through it. Each scenario begins without
 * a subscription and needs none of the others.
 */
import type { Stripe } from "stripe";
import { asItIs } from "./as-it-is.ts";
import { must, type Scenario } from "./scenario.ts";
import type { LiveWorld } from "./world.ts";

const CARD = "pm_card_visa";
/** Attaches; every charge is declined. */
const DECLINED_LATER = "pm_card_chargeCustomerFail";
/** The charge succeeds and is disputed at once. */
const DISPUTED = "pm_card_createDispute";
const DAY_S = 86_400;

const becomesPremium = (world: LiveWorld) => world.until("premium", () => world.premium());
const becomesFree = (world: LiveWorld) => world.until("free", async () => !(await world.premium()));

/** A subscription of the person's customer, made as support would: the plan follows Stripe, not our Checkout. */
async function subscribe(
  world: LiveWorld,
  card: string,
  params: Partial<Stripe.SubscriptionCreateParams> = {},
): Promise<Stripe.Subscription> {
  const customer = await customerOf(world);
  const method = await world.stripe.paymentMethods.attach(card, { customer });
  return world.stripe.subscriptions.create({
    customer,
    items: [{ price: world.setUp.priceId }],
    default_payment_method: method.id,
    ...params,
  });
}

/** The person's customer at Stripe: opening Checkout makes one. */
async function customerOf(world: LiveWorld): Promise<string> {
  const { customer } = await world.checkout();
  must(typeof customer === "string", "the session has no customer");
  return customer;
}

/** Ends everything that runs, so that a scenario begins free. */
async function beginFree(world: LiveWorld): Promise<void> {
  let customer: string;
  try {
    customer = world.customer();
  } catch {
    return;
  }
  const found = await world.stripe.customers.retrieve(customer);
  if (found.deleted === true) return;
  for await (const one of world.stripe.subscriptions.list({ customer, limit: 100 })) {
    await world.stripe.subscriptions.cancel(one.id);
  }
  await becomesFree(world);
}

/** Pays as Stripe's own page does; its CLI does the same. Not a documented call. */
async function payPage(world: LiveWorld, session: Stripe.Checkout.Session): Promise<"paid" | "refused"> {
  const method = await world.stripe.paymentMethods.create({
    type: "card",
    card: { token: "tok_visa" },
    billing_details: { email: "alice@example.com", name: "Alice Andersson" },
  });
  try {
    await world.stripe.rawRequest("POST", `/v1/payment_pages/${session.id}/confirm`, {
      payment_method: method.id,
      expected_amount: session.amount_total ?? 0,
    });
    return "paid";
  } catch (error) {
    if ((error as { type?: string }).type === "StripeInvalidRequestError") return "refused";
    throw error;
  }
}

const COULD_NOT_PAY = {
  skipped: "this account does not let a script pay a Checkout page; pay one by hand to see it",
};

const SCENARIOS: readonly Scenario[] = [
  {
    name: "C2 C3 C9 two requests for Checkout at once: one session, of one customer, for one subscription",
    async run(world) {
      const [one, two] = await Promise.all([world.checkout(), world.checkout()]);
      must(one.id === two.id, `two sessions: ${one.id}, ${two.id}`);
      must(one.mode === "subscription" && one.status === "open", `${one.mode} ${one.status}`);
      must(one.client_reference_id === world.userId, "client_reference_id is not the user");
      must(one.metadata?.["user_id"] === world.userId, "metadata.user_id is not the user");
      must(one.allow_promotion_codes === true, "no promotion codes");
      must(one.managed_payments?.enabled !== true, "Managed Payments is on though nobody asked for it");
      const items = await world.stripe.checkout.sessions.listLineItems(one.id);
      must(items.data[0]?.price?.id === world.setUp.priceId, "another price");
      must((one.success_url ?? "").startsWith(world.origin), "it returns elsewhere");
      return `${one.id}, 1 customer`;
    },
  },
  {
    name: "C2 the yearly price is found by its lookup key",
    async run(world) {
      const session = await world.checkout({ interval: "year" });
      const items = await world.stripe.checkout.sessions.listLineItems(session.id);
      must(items.data[0]?.price?.id === world.setUp.priceIds[1], "not the yearly price");
      return "the second price";
    },
  },
  {
    name: "R1 R4 paid on Stripe's page: premium on return, before any event; the events change nothing more",
    async run(world) {
      const session = await world.checkout();
      if ((await payPage(world, session)) === "refused") return COULD_NOT_PAY;
      // The page reads Stripe every two seconds at most, and asks again by itself.
      await new Promise((resolve) => setTimeout(resolve, 2_100));
      const page = await fetch(session.success_url ?? "");
      const html = await page.text();
      must(page.status === 200 && html.includes("Premium is active"), `the return page: ${page.status}`);
      must(await world.premium(), "not premium after the return");
      const deliveries = await world.relay();
      must(
        deliveries.some((d) => d.type === "checkout.session.completed"),
        "no checkout.session.completed",
      );
      const refused = deliveries.filter((d) => d.status !== 200).map((d) => d.type);
      must(refused.length === 0, `refused: ${refused.join(", ")}`);
      must(await world.premium(), "not premium after the events");
      return `${deliveries.length} events, all taken`;
    },
  },
  {
    name: "R4 a subscription makes premium by its events alone",
    async run(world) {
      await subscribe(world, CARD);
      must(!(await world.premium()), "premium before any event");
      await becomesPremium(world);
      return "premium";
    },
  },
  {
    name: "C5 who has premium gets 409 and the portal",
    async run(world) {
      await subscribe(world, CARD);
      await becomesPremium(world);
      const response = await world.post("/stripe/create-checkout");
      const { error, portal_url } = (await response.json()) as { error: string; portal_url: string };
      must(response.status === 409 && error === "already_subscribed", `${response.status} ${error}`);
      // Without a configuration that works the answer names our own page.
      must(!portal_url.startsWith(world.origin), `no portal was opened: ${portal_url}`);
      const deep = await world.post("/stripe/create-portal-session", { flow: "subscription_cancel" });
      must(deep.status === 200, `the portal's deep link: ${deep.status}`);
      return "409, portal and its deep link open";
    },
  },
  {
    name: "W2 O4 a foreign signature is refused; an event that comes again is a duplicate",
    async run(world) {
      await subscribe(world, CARD);
      await becomesPremium(world);
      const [event] = (await world.stripe.events.list({ type: "customer.subscription.created", limit: 1 }))
        .data;
      must(event !== undefined, "no event");
      const foreign = await world.deliver(event, "whsec_of_somebody_else");
      must(foreign.status === 400, `a foreign signature: ${foreign.status}`);
      const again = await world.deliver(event);
      must(again.status === 200 && again.duplicate, `again: ${again.status}`);
      return "400, then duplicate";
    },
  },
  {
    name: "L1 L2 cancelled for the end of the period it goes on; taken back it goes on, too",
    async run(world) {
      const { id } = await subscribe(world, CARD);
      await becomesPremium(world);
      for (const cancel_at_period_end of [true, false]) {
        await world.stripe.subscriptions.update(id, { cancel_at_period_end });
        await world.relay();
        must(await world.premium(), `free with cancel_at_period_end ${cancel_at_period_end}`);
      }
      return "premium throughout";
    },
  },
  {
    name: "L4 L5 O2 cancelled at once it is free; again it is premium, whatever old events come late",
    async run(world) {
      const { id } = await subscribe(world, CARD);
      await becomesPremium(world);
      await world.stripe.subscriptions.cancel(id);
      await becomesFree(world);
      await subscribe(world, CARD);
      await becomesPremium(world);
      const events = await world.stripe.events.list({ type: "customer.subscription.deleted", limit: 10 });
      for (const event of events.data) await world.deliver(event);
      must(await world.premium(), "an old event took premium away");
      return "free, premium, still premium";
    },
  },
  {
    name: "O5 every event lost: the plan is read when the person comes to buy again",
    async run(world) {
      await subscribe(world, CARD);
      const response = await world.post("/stripe/create-checkout");
      await response.body?.cancel();
      must(response.status === 409, `answered ${response.status}, expected 409`);
      must(await world.premium(), "not premium");
      return "premium without an event";
    },
  },
  {
    name: "L6 a payment that fails later: past due is premium for the grace; mended it is active",
    async run(world) {
      const trial_end = Math.floor(Date.now() / 1000) + 3 * DAY_S;
      const { id } = await subscribe(world, DECLINED_LATER, { trial_end });
      await becomesPremium(world);
      const { status } = await world.stripe.subscriptions.update(id, { trial_end: "now" });
      must(status === "past_due", `it is ${status}, not past due`);
      await world.relay();
      must(await world.premium(), "free at once though there is a grace");
      const customer = world.customer();
      const method = await world.stripe.paymentMethods.attach(CARD, { customer });
      const { latest_invoice } = await world.stripe.subscriptions.update(id, {
        default_payment_method: method.id,
      });
      const invoice = typeof latest_invoice === "string" ? latest_invoice : (latest_invoice?.id ?? "");
      await world.stripe.invoices.pay(invoice, { payment_method: method.id });
      must((await world.stripe.subscriptions.retrieve(id)).status === "active", "not active when paid");
      await world.relay();
      must(await world.premium(), "not premium when paid");
      return "past_due: premium; paid: premium";
    },
  },
  {
    name: "L9 not confirmed yet is free; paid it is premium",
    async run(world) {
      const { latest_invoice } = await subscribe(world, CARD, { payment_behavior: "default_incomplete" });
      await world.relay();
      must(!(await world.premium()), "premium before it was paid");
      const invoice = typeof latest_invoice === "string" ? latest_invoice : (latest_invoice?.id ?? "");
      await world.stripe.invoices.pay(invoice);
      await becomesPremium(world);
      return "free, then premium";
    },
  },
  {
    name: "L11 a subscription to something else of the account gives nothing",
    async run(world) {
      const product = await world.stripe.products.create({ name: "Something else" });
      const price = await world.stripe.prices.create({
        product: product.id,
        currency: "usd",
        unit_amount: 500,
        recurring: { interval: "month" },
      });
      try {
        await subscribe(world, CARD, { items: [{ price: price.id }] });
        await world.relay();
        must(!(await world.premium()), "premium by another product");
      } finally {
        await world.stripe.products.update(product.id, { active: false });
      }
      return "free";
    },
  },
  {
    name: "L13 C8 a customer deleted in the dashboard: free; buying makes another one",
    async run(world) {
      await subscribe(world, CARD);
      await becomesPremium(world);
      const before = world.customer();
      await world.stripe.customers.del(before);
      await becomesFree(world);
      const { customer } = await world.checkout();
      must(customer !== before, "the deleted customer was used again");
      await subscribe(world, CARD);
      await becomesPremium(world);
      return "free, another customer, premium";
    },
  },
  {
    name: "L14 a disputed payment holds premium back; won gives it back",
    async run(world) {
      await subscribe(world, DISPUTED);
      await world.until("a dispute", async () => (await disputeOf(world)) !== undefined);
      await becomesFree(world);
      const dispute = await disputeOf(world);
      await world.stripe.disputes.update(dispute?.id ?? "", {
        evidence: { uncategorized_text: "winning_evidence" },
        submit: true,
      });
      await becomesPremium(world);
      return "free, then premium";
    },
  },
];

async function disputeOf(world: LiveWorld): Promise<Stripe.Dispute | undefined> {
  const charges = await world.stripe.charges.list({ customer: world.customer(), limit: 10 });
  const charge = charges.data.find((one) => one.disputed);
  if (charge === undefined) return undefined;
  return (await world.stripe.disputes.list({ charge: charge.id, limit: 1 })).data[0];
}

/** All of them, each from a beginning without a subscription. */
export function scenarios(): Scenario[] {
  return [...asItIs({ subscribe, becomesPremium, becomesFree, disputeOf }), ...SCENARIOS].map((scenario) => ({
    name: scenario.name,
    async run(world) {
      await beginFree(world);
      return scenario.run(world);
    },
  }));
}
