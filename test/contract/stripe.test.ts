/** Drives whole customer lives and holds every object the Stripe sandbox emits against the SDK's types. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DAY_MS, HOUR_MS, STRIPE_SANDBOX, type StripeSandbox, TEST_CARDS } from "../sandbox/stripe/index.ts";
import { openCheckout, stripeFor, stripeWithSandbox, submit, subscriber } from "../sandbox/stripe-client.ts";
import { createTypeValidator, type TypeValidator } from "./stripe-types.ts";

let validator: TypeValidator;
beforeAll(() => {
  validator = createTypeValidator();
});
afterAll(() => validator.close());

/** A sandbox whose answers and webhooks are kept, and a check of all it has emitted. */
function recorded() {
  const emitted: unknown[] = [];
  const { sandbox } = stripeWithSandbox({
    async send(request) {
      emitted.push(await request.json());
      return new Response(null, { status: 200 });
    },
  });
  const recording: StripeSandbox = {
    ...sandbox,
    async fetch(request) {
      const response = await sandbox.fetch(request);
      if (response.status === 200) emitted.push(await response.clone().json());
      return response;
    },
  };
  /** Every answer, webhook, stored row and event. */
  async function problems(): Promise<string[]> {
    await sandbox.deliver({ force: true });
    const { test } = sandbox.state;
    const tables = [
      test.charges,
      test.customers,
      test.coupons,
      test.discounts,
      test.disputes,
      test.events,
      test.invoice_items,
      test.invoice_payments,
      test.invoices,
      test.payment_intents,
      test.payment_methods,
      test.portal_configurations,
      test.prices,
      test.products,
      test.promotion_codes,
      test.refunds,
      test.subscriptions,
      test.thin_events,
    ];
    const rows = tables.flatMap((table) => Object.values(table) as unknown[]);
    return [...new Set([...emitted, ...rows].flatMap((value) => validator.check(value)))];
  }
  return { sandbox, stripe: stripeFor(recording), problems };
}

describe("X2 every object of the Stripe sandbox fits the SDK's types", () => {
  it("the validator sees stale, missing, misspelt and misplaced fields", async () => {
    const { stripe } = recorded();
    const { subscription } = await subscriber(stripe);
    const sound = JSON.parse(JSON.stringify(subscription)) as Record<string, unknown>;
    expect(validator.check(sound)).toEqual([]);
    const { items: _, ...rest } = sound;
    expect(validator.check({ ...sound, current_period_end: 1 })).toEqual([
      "subscription.current_period_end: unknown field",
    ]);
    expect(validator.check(rest)).toEqual(["subscription.items: missing"]);
    expect(validator.check({ ...sound, status: "expired" })).toEqual([
      'subscription.status: unknown word "expired"',
    ]);
    expect(validator.check({ ...sound, created: "today" })).toEqual(["subscription.created: text"]);
    expect(validator.check({ ...sound, metadata: { a: 1 } })).toEqual(["subscription.metadata.a: number"]);
    expect(validator.check({ object: "bill" })).toHaveLength(1);
  });

  it("in a life by Checkout, with codes, portal, renewals and an end", async () => {
    const { sandbox, stripe, problems } = recorded();
    sandbox.addEndpoint({ url: "https://mcp.test/thin", payload: "thin" });
    const customer = await stripe.customers.create({
      email: "alice@example.com",
      address: { country: "DE", city: "Berlin" },
      metadata: { user_id: "u_alice" },
    });
    const session = await openCheckout(stripe, {
      customer: customer.id,
      allow_promotion_codes: true,
      automatic_tax: { enabled: true },
      expand: ["line_items", "customer"],
    });
    await submit(sandbox, session.url as string, {
      action: "promotion",
      promotion_code: STRIPE_SANDBOX.promotionCode,
    });
    await submit(sandbox, session.url as string, { action: "pay", outcome: "succeeds" });
    const { data } = await stripe.subscriptions.list({
      customer: customer.id,
      status: "all",
      expand: ["data.latest_invoice.payments", "data.default_payment_method", "data.customer"],
    });
    const subscription = data[0]?.id as string;
    await stripe.checkout.sessions.list({ limit: 3, expand: ["data.subscription"] });
    await stripe.checkout.sessions.listLineItems(session.id);
    for (const flow of ["subscription_cancel", "payment_method_update", "subscription_update"] as const) {
      await stripe.billingPortal.sessions.create({
        customer: customer.id,
        return_url: "https://mcp.test/",
        flow_data: {
          type: flow,
          ...(flow === "payment_method_update" ? {} : { [flow]: { subscription } }),
          after_completion: { type: "redirect", redirect: { return_url: "https://mcp.test/" } },
        },
      });
    }
    const portal = await stripe.billingPortal.sessions.create({ customer: customer.id });
    await submit(sandbox, portal.url, { action: "update_card", outcome: "succeeds" });
    await submit(sandbox, portal.url, {
      action: "switch",
      subscription,
      price: STRIPE_SANDBOX.priceYearlyId,
    });
    await submit(sandbox, portal.url, { action: "cancel", subscription });
    await stripe.subscriptions.update(subscription, { cancel_at_period_end: false });
    sandbox.advance(370 * DAY_MS);
    await stripe.subscriptions.pause(subscription);
    await stripe.subscriptions.retrieve(subscription);
    await stripe.subscriptions.resume(subscription);
    await stripe.subscriptions.cancel(subscription, { cancellation_details: { comment: "bye" } });
    await stripe.customers.search({ query: "metadata['user_id']:'u_alice'" });
    await stripe.customers.del(customer.id);
    await stripe.customers.retrieve(customer.id);
    expect(await problems()).toEqual([]);
  });

  it("in lives whose payments fail, wait, are authenticated, settle later or are disputed", async () => {
    const { sandbox, stripe, problems } = recorded();
    for (const card of [TEST_CARDS.threeDSecure, TEST_CARDS.dispute, TEST_CARDS.inquiry, TEST_CARDS.amex]) {
      await subscriber(stripe, card);
    }
    const { customer, subscription } = await subscriber(stripe, TEST_CARDS.visa, {
      trial_period_days: 5,
      discounts: [{ coupon: STRIPE_SANDBOX.coupon }],
      trial_settings: { end_behavior: { missing_payment_method: "pause" } },
    });
    for (const outcome of ["settles", "settles_fails", "authenticates", "declines"]) {
      const session = await openCheckout(stripe);
      await submit(sandbox, session.url as string, { action: "pay", outcome, email: "b@example.com" });
    }
    sandbox.advance(4 * DAY_MS);
    const [method] = (await stripe.customers.listPaymentMethods(customer.id)).data;
    sandbox.setCard(method?.id as string, "declines");
    sandbox.advance(3 * DAY_MS + HOUR_MS);
    await stripe.subscriptions.retrieve(subscription.id, { expand: ["latest_invoice", "discounts"] });
    for (const dispute of (await stripe.disputes.list()).data) {
      if (dispute.status === "needs_response") {
        await stripe.disputes.update(dispute.id, { evidence: { uncategorized_text: "winning_evidence" } });
      } else await stripe.disputes.close(dispute.id);
    }
    const charges = await stripe.charges.list({
      limit: 50,
      expand: ["data.payment_intent", "data.customer"],
    });
    const refundable = charges.data.find((charge) => charge.paid && !charge.disputed);
    await stripe.refunds.create({
      charge: refundable?.id as string,
      amount: 100,
      reason: "requested_by_customer",
    });
    await stripe.charges.retrieve(refundable?.id as string, { expand: ["refunds"] });
    sandbox.advance(30 * DAY_MS);
    await stripe.invoices.list({ limit: 100 });
    await stripe.paymentIntents.list({ limit: 100 });
    expect(await problems()).toEqual([]);
  });

  it("in what an operator sets up", async () => {
    const { sandbox, stripe, problems } = recorded();
    const product = await stripe.products.create({
      name: "Premium",
      marketing_features: [{ name: "72 tools" }],
    });
    const price = await stripe.prices.create({
      product: product.id,
      currency: "eur",
      unit_amount: 800,
      recurring: { interval: "year" },
      lookup_key: "eur_yearly",
    });
    await stripe.prices.update(price.id, { nickname: "Yearly", active: false });
    const coupon = await stripe.coupons.create({
      percent_off: 10,
      duration: "repeating",
      duration_in_months: 3,
    });
    const code = await stripe.promotionCodes.create({
      promotion: { type: "coupon", coupon: coupon.id },
      code: "TEN",
    });
    await stripe.promotionCodes.update(code.id, { active: false });
    await stripe.coupons.del(coupon.id);
    await stripe.billingPortal.configurations.create({
      features: {
        customer_update: { enabled: true, allowed_updates: ["email"] },
        subscription_cancel: {
          enabled: true,
          mode: "immediately",
          cancellation_reason: { enabled: true, options: ["unused"] },
        },
        subscription_update: {
          enabled: true,
          default_allowed_updates: ["price"],
          products: [{ product: product.id, prices: [price.id] }],
        },
      },
    });
    const hook = await stripe.webhookEndpoints.create({ url: "https://mcp.test/", enabled_events: ["*"] });
    await stripe.webhookEndpoints.update(hook.id, { disabled: true });
    await stripe.webhookEndpoints.list();
    await stripe.webhookEndpoints.del(hook.id);
    await stripe.v2.core.eventDestinations.create({
      name: "thin",
      type: "webhook_endpoint",
      event_payload: "thin",
      enabled_events: ["v1.customer.created"],
      webhook_endpoint: { url: "https://mcp.test/" },
      include: ["webhook_endpoint.signing_secret", "webhook_endpoint.url"],
    });
    const customer = await stripe.customers.create();
    await stripe.paymentMethods.attach(TEST_CARDS.visa, { customer: customer.id });
    await stripe.invoiceItems.create({ customer: customer.id, amount: 500, currency: "usd" });
    const draft = await stripe.invoices.create({
      customer: customer.id,
      pending_invoice_items_behavior: "include",
    });
    await stripe.invoices.finalizeInvoice(draft.id);
    await stripe.invoices.sendInvoice(draft.id);
    await stripe.invoices.markUncollectible(draft.id);
    await stripe.invoices.voidInvoice(draft.id);
    await stripe.events.list({ limit: 100 });
    sandbox.advance(DAY_MS);
    expect(await problems()).toEqual([]);
  });

  it("of every kind the sandbox has", () => {
    expect(validator.kinds).toEqual(
      new Set([
        "billing_portal.configuration",
        "billing_portal.session",
        "charge",
        "checkout.session",
        "coupon",
        "customer",
        "discount",
        "dispute",
        "event",
        "invoice",
        "invoice_payment",
        "invoiceitem",
        "item",
        "payment_method",
        "payment_intent",
        "price",
        "product",
        "promotion_code",
        "refund",
        "subscription",
        "v2.core.event",
        "v2.core.event_destination",
        "webhook_endpoint",
      ]),
    );
  });
});
