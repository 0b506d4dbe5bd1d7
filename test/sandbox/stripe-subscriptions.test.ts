import { describe, expect, it } from "vitest";
import { DAY_MS, HOUR_MS, STRIPE_SANDBOX, TEST_CARDS } from "./stripe/index.ts";
import { START_MS, stripeWithSandbox, subscriber } from "./stripe-client.ts";

const START_S = START_MS / 1000;

describe("a subscription", () => {
  it("begins active, with its period on the item and a paid invoice that names it", async () => {
    const { stripe, types } = stripeWithSandbox();
    const { subscription, customer } = await subscriber(stripe);
    expect(subscription.status).toBe("active");
    const item = subscription.items.data[0];
    expect(item?.current_period_start).toBe(START_S);
    expect(item?.current_period_end).toBe(Date.UTC(2026, 1, 15, 12) / 1000);
    expect(subscription).not.toHaveProperty("current_period_end");
    const invoice = await stripe.invoices.retrieve(subscription.latest_invoice as string, {
      expand: ["payments"],
    });
    expect(invoice).toMatchObject({
      status: "paid",
      amount_paid: 900,
      billing_reason: "subscription_create",
    });
    expect(invoice.parent?.subscription_details?.subscription).toBe(subscription.id);
    expect(invoice).not.toHaveProperty("subscription");
    expect(invoice.payments?.data[0]).toMatchObject({ status: "paid", payment: { type: "payment_intent" } });
    expect((await stripe.invoices.list({ customer: customer.id })).data).toHaveLength(1);
    expect(types().filter((type) => /subscription|invoice\.paid/.test(type))).toEqual([
      "customer.subscription.created",
      "invoice.paid",
      "customer.subscription.updated",
    ]);
  });

  it("renews every month at the day it began, an hour after a draft", async () => {
    const { sandbox, stripe } = stripeWithSandbox({ now_ms: () => Date.UTC(2026, 0, 31, 12) });
    const { subscription } = await subscriber(stripe);
    const ends: string[] = [];
    for (let month = 0; month < 3; month++) {
      const { items } = await stripe.subscriptions.retrieve(subscription.id);
      const end = items.data[0]?.current_period_end ?? 0;
      ends.push(new Date(end * 1000).toISOString().slice(0, 10));
      sandbox.advance(end * 1000 - sandbox.now_ms());
      const draft = (await stripe.invoices.list({ subscription: subscription.id })).data[0];
      expect(draft?.status).toBe("draft");
      sandbox.advance(HOUR_MS);
      expect((await stripe.invoices.retrieve(draft?.id as string)).status).toBe("paid");
    }
    expect(ends).toEqual(["2026-02-28", "2026-03-31", "2026-04-30"]);
    expect((await stripe.invoices.list({ subscription: subscription.id })).data).toHaveLength(4);
  });

  it("ends at the end of the period, and can be renewed before", async () => {
    const { sandbox, stripe, types } = stripeWithSandbox();
    const { subscription } = await subscriber(stripe);
    let row = await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
    expect(row).toMatchObject({ status: "active", cancel_at_period_end: true, canceled_at: START_S });
    expect(row.cancel_at).toBe(row.items.data[0]?.current_period_end);
    row = await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: false });
    expect(row).toMatchObject({ cancel_at: null, canceled_at: null, cancel_at_period_end: false });
    await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
    sandbox.advance(32 * DAY_MS);
    row = await stripe.subscriptions.retrieve(subscription.id);
    expect(row).toMatchObject({
      status: "canceled",
      cancellation_details: { reason: "cancellation_requested" },
    });
    expect(row.ended_at).toBe(Date.UTC(2026, 1, 15, 12) / 1000);
    expect(types().at(-1)).toBe("customer.subscription.deleted");
    expect((await stripe.invoices.list({ subscription: subscription.id })).data).toHaveLength(1);
  });

  it("is past_due while its card is declined, and recovers or ends as the account says", async () => {
    for (const [after_retries, end] of [
      ["cancel", "canceled"],
      ["unpaid", "unpaid"],
      ["past_due", "past_due"],
    ] as const) {
      const { sandbox, stripe, types } = stripeWithSandbox({ settings: { after_retries } });
      const { customer, subscription } = await subscriber(stripe);
      const [method] = (await stripe.customers.listPaymentMethods(customer.id)).data;
      sandbox.setCard(method?.id as string, "declines");
      sandbox.advance(31 * DAY_MS + 2 * HOUR_MS);
      const failing = await stripe.subscriptions.retrieve(subscription.id, { expand: ["latest_invoice"] });
      expect(failing.status).toBe("past_due");
      expect(failing.latest_invoice).toMatchObject({ status: "open", attempt_count: 1 });
      expect(types()).toContain("invoice.payment_failed");
      sandbox.advance(16 * DAY_MS);
      expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe(end);
      expect(types().filter((type) => type === "invoice.payment_failed")).toHaveLength(4);
    }
  });

  it("recovers when a retry goes through, and when an unpaid invoice is paid", async () => {
    const { sandbox, stripe } = stripeWithSandbox({ settings: { after_retries: "unpaid" } });
    const { customer, subscription } = await subscriber(stripe);
    const [method] = (await stripe.customers.listPaymentMethods(customer.id)).data;
    sandbox.setCard(method?.id as string, "declines");
    sandbox.advance(32 * DAY_MS);
    sandbox.setCard(method?.id as string, "succeeds");
    sandbox.advance(3 * DAY_MS);
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe("active");
    sandbox.setCard(method?.id as string, "declines");
    sandbox.advance(45 * DAY_MS);
    const unpaid = await stripe.subscriptions.retrieve(subscription.id);
    expect(unpaid.status).toBe("unpaid");
    sandbox.setCard(method?.id as string, "succeeds");
    await stripe.invoices.pay(unpaid.latest_invoice as string);
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe("active");
  });

  it("waits 23 hours for a first payment that needs the person", async () => {
    const { sandbox, stripe, types } = stripeWithSandbox();
    const { subscription } = await subscriber(stripe, TEST_CARDS.threeDSecure);
    expect(subscription.status).toBe("incomplete");
    expect(types()).toContain("invoice.payment_action_required");
    sandbox.advance(23 * HOUR_MS - 1_000);
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe("incomplete");
    sandbox.advance(1_000);
    const expired = await stripe.subscriptions.retrieve(subscription.id, { expand: ["latest_invoice"] });
    expect(expired.status).toBe("incomplete_expired");
    expect(expired.latest_invoice).toMatchObject({ status: "void" });
  });

  it("refuses a declined card with error_if_incomplete, and keeps nothing", async () => {
    const { stripe } = stripeWithSandbox();
    const failed = subscriber(stripe, TEST_CARDS.declines, { payment_behavior: "error_if_incomplete" });
    await expect(failed).rejects.toMatchObject({
      type: "StripeCardError",
      code: "card_declined",
      statusCode: 402,
    });
    expect((await stripe.subscriptions.list({ status: "all" })).data).toEqual([]);
  });

  it("collects nothing while collection is paused, and stays active", async () => {
    const { sandbox, stripe } = stripeWithSandbox();
    const { subscription } = await subscriber(stripe);
    await stripe.subscriptions.update(subscription.id, { pause_collection: { behavior: "void" } });
    sandbox.advance(33 * DAY_MS);
    const row = await stripe.subscriptions.retrieve(subscription.id, { expand: ["latest_invoice"] });
    expect(row.status).toBe("active");
    expect(row.latest_invoice).toMatchObject({ status: "void" });
    const resumed = await stripe.subscriptions.update(subscription.id, { pause_collection: "" });
    expect(resumed.pause_collection).toBeNull();
  });

  it("can be paused and resumed", async () => {
    const { sandbox, stripe, types } = stripeWithSandbox();
    const { subscription } = await subscriber(stripe);
    const paused = await stripe.subscriptions.pause(subscription.id);
    expect(paused).toMatchObject({ status: "paused", status_details: { paused: { type: "subscription" } } });
    sandbox.advance(20 * DAY_MS);
    expect((await stripe.subscriptions.resume(subscription.id)).status).toBe("active");
    expect(types()).toContain("customer.subscription.paused");
    expect(types()).toContain("customer.subscription.resumed");
  });

  it("moves to another price at once when the interval changes", async () => {
    const { sandbox, stripe } = stripeWithSandbox();
    const { subscription } = await subscriber(stripe);
    sandbox.advance(10 * DAY_MS);
    const row = await stripe.subscriptions.update(subscription.id, {
      items: [{ id: subscription.items.data[0]?.id, price: STRIPE_SANDBOX.priceYearlyId }],
      expand: ["latest_invoice"],
    });
    expect(row.items.data[0]?.price.lookup_key).toBe(STRIPE_SANDBOX.priceYearly);
    expect(row.items.data[0]?.current_period_end).toBe(Date.UTC(2027, 0, 25, 12) / 1000);
    // 21 of 31 days of the month come back.
    expect(row.latest_invoice).toMatchObject({ status: "paid", total: 9_000 - Math.round((900 * 21) / 31) });
  });

  it("hides canceled ones from a list unless asked, and pages by ten", async () => {
    const { stripe } = stripeWithSandbox();
    const { customer, subscription } = await subscriber(stripe);
    await stripe.subscriptions.cancel(subscription.id);
    expect((await stripe.subscriptions.list({ customer: customer.id })).data).toEqual([]);
    for (let n = 0; n < 11; n++) {
      await stripe.subscriptions.create({
        customer: customer.id,
        items: [{ price: STRIPE_SANDBOX.priceMonthlyId }],
      });
    }
    const first = await stripe.subscriptions.list({ customer: customer.id, status: "all" });
    expect(first).toMatchObject({ has_more: true, object: "list" });
    expect(first.data).toHaveLength(10);
    const all: string[] = [];
    for await (const row of stripe.subscriptions.list({ customer: customer.id, status: "all", limit: 5 })) {
      all.push(row.id);
    }
    expect(new Set(all).size).toBe(12);
    expect(all.at(-1)).toBe(subscription.id);
  });
});

describe("a trial", () => {
  it("is announced three days before its end and then charged", async () => {
    const { sandbox, stripe, types } = stripeWithSandbox();
    const { subscription } = await subscriber(stripe, TEST_CARDS.visa, { trial_period_days: 14 });
    expect(subscription).toMatchObject({ status: "trialing", trial_end: START_S + 14 * 86_400 });
    sandbox.advance(11 * DAY_MS - 1_000);
    expect(types()).not.toContain("customer.subscription.trial_will_end");
    sandbox.advance(1_000);
    expect(types()).toContain("customer.subscription.trial_will_end");
    sandbox.advance(3 * DAY_MS + HOUR_MS);
    const row = await stripe.subscriptions.retrieve(subscription.id, { expand: ["latest_invoice"] });
    expect(row.status).toBe("active");
    expect(row.latest_invoice).toMatchObject({ status: "paid", amount_paid: 900 });
    expect(types().filter((type) => type === "customer.subscription.trial_will_end")).toHaveLength(1);
  });

  it.each([
    ["pause", "paused", "customer.subscription.paused"],
    ["cancel", "canceled", "customer.subscription.deleted"],
    ["create_invoice", "past_due", "invoice.payment_failed"],
  ] as const)("without a card ends by %s as %s", async (missing_payment_method, status, event) => {
    const { sandbox, stripe, types } = stripeWithSandbox();
    const customer = await stripe.customers.create({ email: "bob@example.com" });
    const subscription = await stripe.subscriptions.create({
      customer: customer.id,
      items: [{ price: STRIPE_SANDBOX.priceMonthlyId }],
      trial_period_days: 7,
      trial_settings: { end_behavior: { missing_payment_method } },
    });
    sandbox.advance(7 * DAY_MS + 2 * HOUR_MS);
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe(status);
    expect(types()).toContain(event);
  });
});
