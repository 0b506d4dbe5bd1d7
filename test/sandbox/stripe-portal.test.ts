import { describe, expect, it } from "vitest";
import { DAY_MS, HOUR_MS, STRIPE_SANDBOX, TEST_CARDS } from "./stripe/index.ts";
import { stripeWithSandbox, submit, subscriber } from "./stripe-client.ts";

const RETURN = "https://mcp.test/account";

describe("the billing portal", () => {
  it("cancels at the end of the period, renews, and shows the invoices", async () => {
    const { sandbox, stripe } = stripeWithSandbox();
    const { customer, subscription } = await subscriber(stripe);
    const session = await stripe.billingPortal.sessions.create({ customer: customer.id, return_url: RETURN });
    expect(session.url).toMatch(/^https:\/\/billing\.stripe\.com\/p\/session\/bps_/);
    const page = await (await sandbox.fetch(new Request(session.url))).text();
    expect(page).toContain("Renews on 2026-02-15");
    expect(page).toContain(`href="${RETURN}"`);
    const link = /href="https:\/\/invoice\.stripe\.com(\/i\/[^"]+)"/.exec(page)?.[1] ?? "";
    const invoice = await sandbox.fetch(new Request(`https://invoice.stripe.com${link}`));
    expect(await invoice.text()).toContain("<strong>paid</strong>");
    const fields = { subscription: subscription.id };
    const ending = await submit(sandbox, session.url, { ...fields, action: "cancel" });
    expect(await ending.text()).toContain("Ends on 2026-02-15");
    expect((await stripe.subscriptions.retrieve(subscription.id)).cancel_at_period_end).toBe(true);
    await submit(sandbox, session.url, { ...fields, action: "renew" });
    expect((await stripe.subscriptions.retrieve(subscription.id)).cancel_at_period_end).toBe(false);
  });

  it("goes straight to a flow and back", async () => {
    const { sandbox, stripe } = stripeWithSandbox();
    const { customer, subscription } = await subscriber(stripe);
    const session = await stripe.billingPortal.sessions.create({
      customer: customer.id,
      flow_data: {
        type: "subscription_cancel",
        subscription_cancel: { subscription: subscription.id },
        after_completion: { type: "redirect", redirect: { return_url: `${RETURN}?cancelled` } },
      },
    });
    expect(session.flow).toMatchObject({
      type: "subscription_cancel",
      subscription_cancel: { subscription: subscription.id },
    });
    const done = await submit(sandbox, session.url, { action: "cancel", subscription: subscription.id });
    expect(done.headers.get("Location")).toBe(`${RETURN}?cancelled`);
    const twice = stripe.billingPortal.sessions.create({
      customer: customer.id,
      flow_data: { type: "subscription_cancel", subscription_cancel: { subscription: subscription.id } },
    });
    await expect(twice).rejects.toMatchObject({ statusCode: 400 });
  });

  it("takes a new card, which pays what was declined", async () => {
    const { sandbox, stripe } = stripeWithSandbox();
    const { customer, subscription } = await subscriber(stripe);
    const [old] = (await stripe.customers.listPaymentMethods(customer.id)).data;
    expect(old?.card).toMatchObject({ brand: "visa", last4: "4242" });
    sandbox.setCard(old?.id as string, "declines");
    sandbox.advance(31 * DAY_MS + 2 * HOUR_MS);
    const session = await stripe.billingPortal.sessions.create({ customer: customer.id, return_url: RETURN });
    await submit(sandbox, session.url, { action: "update_card", outcome: "succeeds" });
    const { invoice_settings } = (await stripe.customers.retrieve(customer.id)) as typeof customer;
    expect(invoice_settings.default_payment_method).not.toBe(old?.id);
    const { latest_invoice } = await stripe.subscriptions.retrieve(subscription.id);
    const open = await stripe.invoices.retrieve(latest_invoice as string);
    expect(open.status).toBe("open");
    await submit(sandbox, open.hosted_invoice_url as string, { action: "pay", outcome: "succeeds" });
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe("active");
  });

  it("switches to the annual price", async () => {
    const { sandbox, stripe } = stripeWithSandbox();
    const { customer, subscription } = await subscriber(stripe);
    const session = await stripe.billingPortal.sessions.create({ customer: customer.id });
    await submit(sandbox, session.url, {
      action: "switch",
      subscription: subscription.id,
      price: STRIPE_SANDBOX.priceYearlyId,
    });
    const row = await stripe.subscriptions.retrieve(subscription.id);
    expect(row.items.data[0]?.price.recurring?.interval).toBe("year");
    expect(row.status).toBe("active");
  });

  it("needs a configuration in a new account", async () => {
    const { stripe } = stripeWithSandbox({ seed: "empty" });
    const customer = await stripe.customers.create();
    await expect(stripe.billingPortal.sessions.create({ customer: customer.id })).rejects.toThrow(
      /default configuration has not been created/,
    );
    const configuration = await stripe.billingPortal.configurations.create({
      features: { invoice_history: { enabled: true }, subscription_cancel: { enabled: true } },
      metadata: { app: "clickup-mcp" },
    });
    expect(configuration.is_default).toBe(false);
    expect((await stripe.billingPortal.configurations.list({ active: true })).data).toHaveLength(1);
    const session = await stripe.billingPortal.sessions.create({
      customer: customer.id,
      configuration: configuration.id,
    });
    expect(session.configuration).toBe(configuration.id);
  });

  it("is closed to a customer who was deleted and to strangers", async () => {
    const { sandbox, stripe } = stripeWithSandbox();
    const { customer, subscription } = await subscriber(stripe);
    const other = await stripe.customers.create();
    const session = await stripe.billingPortal.sessions.create({ customer: other.id });
    await submit(sandbox, session.url, { action: "cancel", subscription: subscription.id });
    expect((await stripe.subscriptions.retrieve(subscription.id)).cancel_at_period_end).toBe(false);
    const own = await stripe.billingPortal.sessions.create({ customer: customer.id });
    await stripe.customers.del(customer.id);
    expect((await sandbox.fetch(new Request(own.url))).status).toBe(404);
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe("canceled");
  });
});

describe("a subscription that ends in the hour of its draft", () => {
  it("is not charged any more", async () => {
    const { sandbox, stripe } = stripeWithSandbox();
    const { customer } = await subscriber(stripe);
    sandbox.advance(31 * DAY_MS + 60_000);
    const [draft] = (await stripe.invoices.list({ customer: customer.id })).data;
    expect(draft?.status).toBe("draft");
    await stripe.customers.del(customer.id);
    sandbox.advance(20 * DAY_MS);
    expect((await stripe.invoices.retrieve(draft?.id as string)).status).toBe("draft");
    expect((await stripe.charges.list()).data).toHaveLength(1);
  });
});

describe("refunds and disputes", () => {
  it("refunds in parts until nothing is left", async () => {
    const { stripe, types } = stripeWithSandbox();
    const { customer, subscription } = await subscriber(stripe);
    const [charge] = (await stripe.charges.list({ customer: customer.id })).data;
    await stripe.refunds.create({ charge: charge?.id as string, amount: 400 });
    expect(await stripe.charges.retrieve(charge?.id as string)).toMatchObject({
      amount_refunded: 400,
      refunded: false,
    });
    await stripe.refunds.create({ payment_intent: charge?.payment_intent as string });
    const whole = await stripe.charges.retrieve(charge?.id as string, { expand: ["refunds"] });
    expect(whole.refunded).toBe(true);
    expect(whole.refunds?.data).toHaveLength(2);
    await expect(stripe.refunds.create({ charge: charge?.id as string })).rejects.toMatchObject({
      code: "charge_already_refunded",
    });
    expect(types().filter((type) => type === "charge.refunded")).toHaveLength(2);
    expect((await stripe.subscriptions.retrieve(subscription.id)).status).toBe("active");
  });

  it.each([
    ["winning_evidence", "won"],
    ["losing_evidence", "lost"],
  ])("decides a dispute by %s as %s", async (uncategorized_text, status) => {
    const { stripe, types } = stripeWithSandbox();
    const { customer } = await subscriber(stripe, TEST_CARDS.dispute);
    const [dispute] = (await stripe.disputes.list()).data;
    expect(dispute).toMatchObject({ status: "needs_response", amount: 900, reason: "fraudulent" });
    expect(dispute).not.toHaveProperty("customer");
    const charge = await stripe.charges.retrieve(dispute?.charge as string);
    expect(charge).toMatchObject({ disputed: true, customer: customer.id });
    await expect(stripe.refunds.create({ charge: charge.id })).rejects.toMatchObject({
      code: "charge_disputed",
    });
    const closed = await stripe.disputes.update(dispute?.id as string, {
      evidence: { uncategorized_text },
      submit: true,
    });
    expect(closed.status).toBe(status);
    expect(types()).toContain("charge.dispute.closed");
    await expect(stripe.disputes.close(dispute?.id as string)).rejects.toMatchObject({ statusCode: 400 });
  });

  it("opens and closes disputes by control, and ends the subscription when the account says so", async () => {
    const { sandbox, stripe } = stripeWithSandbox({ settings: { cancel_on_lost_dispute: true } });
    const { customer, subscription } = await subscriber(stripe);
    const [charge] = (await stripe.charges.list({ customer: customer.id })).data;
    const dispute = sandbox.openDispute(charge?.id as string, "product_not_received");
    expect(sandbox.closeDispute(dispute.id, "lost").status).toBe("lost");
    const row = await stripe.subscriptions.retrieve(subscription.id);
    expect(row).toMatchObject({ status: "canceled", cancellation_details: { reason: "payment_disputed" } });
  });
});

describe("the account", () => {
  it("finds prices by lookup key, and moves a key only when told", async () => {
    const { stripe } = stripeWithSandbox();
    const { priceMonthly, priceYearly, product } = STRIPE_SANDBOX;
    const prices = await stripe.prices.list({
      lookup_keys: [priceMonthly, priceYearly],
      expand: ["data.product"],
    });
    expect(new Set(prices.data.map((price) => price.recurring?.interval))).toEqual(
      new Set(["month", "year"]),
    );
    expect(prices.data[0]?.product).toMatchObject({ id: product, object: "product" });
    const next = {
      product,
      currency: "usd",
      unit_amount: 1_200,
      recurring: { interval: "month" },
      lookup_key: priceMonthly,
    } as const;
    await expect(stripe.prices.create(next)).rejects.toMatchObject({ param: "lookup_key" });
    const moved = await stripe.prices.create({ ...next, transfer_lookup_key: true });
    expect((await stripe.prices.list({ lookup_keys: [priceMonthly] })).data.map((price) => price.id)).toEqual(
      [moved.id],
    );
  });

  it("searches customers by metadata and e-mail", async () => {
    const { stripe } = stripeWithSandbox();
    for (const name of ["alice", "bob", "carol"]) {
      await stripe.customers.create({ email: `${name}@example.com`, metadata: { user_id: `u_${name}` } });
    }
    const found = await stripe.customers.search({ query: "metadata['user_id']:'u_bob'" });
    expect(found.data.map((row) => row.email)).toEqual(["bob@example.com"]);
    const both = await stripe.customers.search({
      query: "email:'alice@example.com' OR email:'carol@example.com'",
    });
    expect(both.data).toHaveLength(2);
    await expect(stripe.customers.search({ query: "nonsense" })).rejects.toMatchObject({ statusCode: 400 });
    expect((await stripe.customers.list({ email: "bob@example.com" })).data).toHaveLength(1);
  });

  it("merges and clears metadata, and expands only what can be", async () => {
    const { stripe } = stripeWithSandbox();
    const customer = await stripe.customers.create({ email: "a@example.com", metadata: { a: "1", b: "2" } });
    expect((await stripe.customers.update(customer.id, { metadata: { a: "", c: "3" } })).metadata).toEqual({
      b: "2",
      c: "3",
    });
    expect((await stripe.customers.update(customer.id, { metadata: "" })).metadata).toEqual({});
    for (const name of ["email", "nothing"]) {
      const sent = stripe.customers.retrieve(customer.id, { expand: [name] });
      await expect(sent).rejects.toMatchObject({ param: "expand" });
    }
  });

  it("is put back by a snapshot and by a reset", async () => {
    const { sandbox, stripe } = stripeWithSandbox();
    await subscriber(stripe);
    const kept = JSON.parse(JSON.stringify(sandbox.snapshot())) as unknown;
    await stripe.customers.create();
    sandbox.advance(40 * DAY_MS);
    sandbox.restore(kept);
    expect((await stripe.customers.list()).data).toHaveLength(1);
    expect((await stripe.invoices.list()).data).toHaveLength(1);
    sandbox.reset();
    expect((await stripe.customers.list()).data).toEqual([]);
    expect((await stripe.prices.list()).data).toHaveLength(3);
  });

  it("is driven over HTTP by its control endpoints", async () => {
    const { sandbox, stripe, received } = stripeWithSandbox();
    const control = async (line: string, body?: unknown) => {
      const [method = "GET", path = ""] = line.split(" ");
      const response = await sandbox.fetch(
        new Request(`http://sandbox.test/__sandbox/${path}`, {
          method,
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        }),
      );
      return {
        status: response.status,
        body: response.status === 204 ? null : ((await response.json()) as object),
      };
    };
    const { customer } = await subscriber(stripe);
    expect(await control("POST advance", { ms: DAY_MS })).toMatchObject({
      body: { now: "2026-01-16T12:00:00.000Z" },
    });
    expect((await control("POST deliver", {})).body).toHaveProperty("delivered");
    expect(received.length).toBeGreaterThan(3);
    expect((await control("POST faults", { kind: "nonsense" })).status).toBe(400);
    expect((await control("POST faults", { kind: "status", status: 503 })).status).toBe(204);
    await expect(stripe.customers.list()).rejects.toMatchObject({ statusCode: 503 });
    const [charge] = (await stripe.charges.list({ customer: customer.id })).data;
    expect((await control("POST disputes", { charge: charge?.id })).body).toMatchObject({
      object: "dispute",
    });
    expect((await control("POST disputes", { charge: "ch_none" })).status).toBe(400);
    const calls = await control("GET calls");
    expect((calls.body as { calls: unknown[] }).calls).toHaveLength(sandbox.calls.length);
    expect((await control("GET health")).body).toMatchObject({ ok: true });
    expect((await control("POST nothing")).status).toBe(404);
  });
});
