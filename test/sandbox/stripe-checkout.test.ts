import { describe, expect, it } from "vitest";
import { DAY_MS, HOUR_MS, STRIPE_SANDBOX } from "./stripe/index.ts";
import { openCheckout, START_MS, stripeWithSandbox, submit } from "./stripe-client.ts";

describe("a Checkout session", () => {
  it("is paid by clicking, and sends the person back with its id", async () => {
    const { sandbox, stripe, types } = stripeWithSandbox();
    const customer = await stripe.customers.create({ email: "alice@example.com" });
    const session = await openCheckout(stripe, {
      customer: customer.id,
      client_reference_id: "u_alice",
      metadata: { user_id: "u_alice" },
      subscription_data: { metadata: { user_id: "u_alice" } },
    });
    expect(session).toMatchObject({
      status: "open",
      payment_status: "unpaid",
      amount_total: 900,
      mode: "subscription",
    });
    expect(session.id).toMatch(/^cs_test_/);
    expect(session.url).toBe(`https://checkout.stripe.com/c/pay/${session.id}`);
    const page = await (await sandbox.fetch(new Request(session.url as string))).text();
    expect(page).toContain("ClickUp MCP Premium");
    expect(page).toContain("$9.00 per month");
    const back = await submit(sandbox, session.url as string, { action: "pay", outcome: "succeeds" });
    expect(back.status).toBe(303);
    expect(back.headers.get("Location")).toBe(`https://mcp.test/billing/return?session_id=${session.id}`);
    const paid = await stripe.checkout.sessions.retrieve(session.id, {
      expand: ["subscription", "line_items"],
    });
    expect(paid).toMatchObject({
      status: "complete",
      payment_status: "paid",
      url: null,
      client_reference_id: "u_alice",
      subscription: { status: "active", customer: customer.id, metadata: { user_id: "u_alice" } },
    });
    expect(paid.line_items?.data[0]).toMatchObject({ quantity: 1, amount_total: 900 });
    expect(types()).toContain("checkout.session.completed");
    const again = await sandbox.fetch(new Request(session.url as string));
    expect(again.headers.get("Location")).toContain(session.id);
  });

  it("stays open after a decline, and a second card pays", async () => {
    const { sandbox, stripe, types } = stripeWithSandbox();
    const session = await openCheckout(stripe);
    const url = session.url as string;
    const declined = await submit(sandbox, url, {
      action: "pay",
      outcome: "declines",
      email: "bob@example.com",
    });
    expect(declined.status).toBe(200);
    expect(await declined.text()).toContain("Your card was declined.");
    expect((await stripe.checkout.sessions.retrieve(session.id)).status).toBe("open");
    expect((await stripe.subscriptions.list({ status: "all" })).data).toEqual([]);
    expect(types()).toContain("charge.failed");
    await submit(sandbox, url, { action: "pay", outcome: "succeeds", email: "bob@example.com" });
    const paid = await stripe.checkout.sessions.retrieve(session.id, { expand: ["customer"] });
    expect(paid).toMatchObject({ status: "complete", customer: { email: "bob@example.com" } });
  });

  it("asks for 3-D Secure: incomplete until the bank says yes", async () => {
    const { sandbox, stripe } = stripeWithSandbox();
    const session = await openCheckout(stripe);
    const asked = await submit(sandbox, session.url as string, { action: "pay", outcome: "authenticates" });
    const bank = new URL(asked.headers.get("Location") as string, session.url as string).href;
    expect(bank).toContain("/authenticate?");
    const [waiting] = (await stripe.subscriptions.list({ status: "all" })).data;
    expect(waiting?.status).toBe("incomplete");
    const failed = await submit(sandbox, bank, { answer: "fail" });
    expect(await failed.text()).toContain("unable to authenticate");
    const done = await submit(sandbox, bank, { answer: "complete" });
    expect(done.headers.get("Location")).toContain(session.id);
    const all = (await stripe.subscriptions.list({ status: "all" })).data;
    expect(all.map((row) => row.status)).toEqual(["active"]);
    expect((await stripe.checkout.sessions.retrieve(session.id)).payment_status).toBe("paid");
  });

  it.each([
    ["settles", "paid", "active", "checkout.session.async_payment_succeeded"],
    ["settles_fails", "unpaid", "past_due", "checkout.session.async_payment_failed"],
  ])(
    "by bank debit that %s is complete at once and %s later",
    async (outcome, payment_status, status, event) => {
      const { sandbox, stripe, types } = stripeWithSandbox();
      const session = await openCheckout(stripe);
      await submit(sandbox, session.url as string, { action: "pay", outcome });
      const before = await stripe.checkout.sessions.retrieve(session.id);
      expect(before).toMatchObject({ status: "complete", payment_status: "unpaid" });
      expect(types()).not.toContain(event);
      sandbox.advance(3 * DAY_MS);
      const after = await stripe.checkout.sessions.retrieve(session.id, { expand: ["subscription"] });
      expect(after.payment_status).toBe(payment_status);
      expect(after.subscription).toMatchObject({ status });
      expect(types()).toContain(event);
    },
  );

  it("is left by Cancel, and expires after a day or when told", async () => {
    const { sandbox, stripe, types } = stripeWithSandbox();
    const session = await openCheckout(stripe);
    const left = await submit(sandbox, session.url as string, { action: "cancel" });
    expect(left.headers.get("Location")).toBe("https://mcp.test/billing");
    const other = await openCheckout(stripe, { expires_at: START_MS / 1000 + 1_800 });
    expect((await stripe.checkout.sessions.expire(other.id)).status).toBe("expired");
    await expect(stripe.checkout.sessions.expire(other.id)).rejects.toMatchObject({ statusCode: 400 });
    sandbox.advance(DAY_MS);
    expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({
      status: "expired",
      url: null,
    });
    expect(types().filter((type) => type === "checkout.session.expired")).toHaveLength(2);
    const page = await sandbox.fetch(new Request(session.url as string));
    expect(page.status).toBe(404);
    await expect(openCheckout(stripe, { expires_at: START_MS / 1000 + 60 })).rejects.toMatchObject({
      param: "expires_at",
    });
  });

  it("takes a promotion code that is typed, once", async () => {
    const { sandbox, stripe } = stripeWithSandbox();
    const session = await openCheckout(stripe, { allow_promotion_codes: true });
    const url = session.url as string;
    const wrong = await submit(sandbox, url, { action: "promotion", promotion_code: "nope" });
    expect(await wrong.text()).toContain("This code is invalid.");
    const right = await submit(sandbox, url, { action: "promotion", promotion_code: "welcome20" });
    expect(await right.text()).toContain("$7.20");
    await submit(sandbox, url, { action: "pay", outcome: "succeeds" });
    const paid = await stripe.checkout.sessions.retrieve(session.id, { expand: ["invoice", "subscription"] });
    expect(paid.total_details?.amount_discount).toBe(180);
    expect(paid.invoice).toMatchObject({ total: 720, amount_paid: 720, subtotal: 900 });
    sandbox.advance(31 * DAY_MS + 2 * HOUR_MS);
    const [renewal] = (await stripe.invoices.list()).data;
    expect(renewal).toMatchObject({ status: "paid", total: 900 });
    const [code] = (await stripe.promotionCodes.list({ code: STRIPE_SANDBOX.promotionCode })).data;
    expect(code?.times_redeemed).toBe(1);
  });

  it("costs nothing with a code for everything, or during a trial", async () => {
    const { sandbox, stripe } = stripeWithSandbox();
    const [code] = (await stripe.promotionCodes.list({ code: STRIPE_SANDBOX.freePromotionCode })).data;
    const free = await openCheckout(stripe, { discounts: [{ promotion_code: code?.id }] });
    expect(free.amount_total).toBe(0);
    await submit(sandbox, free.url as string, { action: "pay", outcome: "succeeds" });
    expect((await stripe.checkout.sessions.retrieve(free.id)).payment_status).toBe("paid");
    const trial = await openCheckout(stripe, {
      payment_method_collection: "if_required",
      subscription_data: {
        trial_period_days: 14,
        trial_settings: { end_behavior: { missing_payment_method: "cancel" } },
      },
    });
    await submit(sandbox, trial.url as string, { action: "pay" });
    const done = await stripe.checkout.sessions.retrieve(trial.id, { expand: ["subscription"] });
    expect(done).toMatchObject({
      payment_status: "no_payment_required",
      subscription: { status: "trialing" },
    });
    sandbox.advance(15 * DAY_MS);
    expect((await stripe.subscriptions.retrieve((done.subscription as { id: string }).id)).status).toBe(
      "canceled",
    );
  });

  it("collects tax from a customer that exists only with leave to save what is typed", async () => {
    const { stripe } = stripeWithSandbox();
    const customer = (await stripe.customers.create()).id;
    const tax = { customer, automatic_tax: { enabled: true }, tax_id_collection: { enabled: true } };
    await expect(openCheckout(stripe, tax)).rejects.toMatchObject({ statusCode: 400 });
    const name = { ...tax, customer_update: { name: "auto" } } as const;
    await expect(openCheckout(stripe, name)).rejects.toMatchObject({ code: "customer_tax_location_invalid" });
    const both = { ...tax, customer_update: { name: "auto", address: "auto" } } as const;
    expect((await openCheckout(stripe, both)).automatic_tax.enabled).toBe(true);
  });

  it("refuses an archived price and a one-time price", async () => {
    const { stripe } = stripeWithSandbox();
    await stripe.prices.update(STRIPE_SANDBOX.priceMonthlyId, { active: false });
    await expect(openCheckout(stripe)).rejects.toMatchObject({ param: "line_items[0][price]" });
    const once = await stripe.prices.create({
      product: STRIPE_SANDBOX.product,
      currency: "usd",
      unit_amount: 5,
    });
    await expect(
      openCheckout(stripe, { line_items: [{ price: once.id, quantity: 1 }] }),
    ).rejects.toMatchObject({
      statusCode: 400,
    });
  });

  it("refuses payment_method_types from endive on, and takes it from older requests", async () => {
    const { sandbox, stripe } = stripeWithSandbox();
    const sent = openCheckout(stripe, { payment_method_types: ["card"] } as object);
    await expect(sent).rejects.toMatchObject({ code: "parameter_unknown", param: "payment_method_types" });
    const form = new URLSearchParams({
      mode: "subscription",
      success_url: "https://mcp.test/",
      "line_items[0][price]": STRIPE_SANDBOX.priceMonthlyId,
      "line_items[0][quantity]": "1",
      "payment_method_types[0]": "card",
    });
    const old = await sandbox.fetch(
      new Request("https://api.stripe.com/v1/checkout/sessions", {
        method: "POST",
        headers: { Authorization: `Bearer ${STRIPE_SANDBOX.secretKey}` },
        body: form.toString(),
      }),
    );
    expect(old.status).toBe(200);
    expect(await old.json()).toMatchObject({ payment_method_types: ["card"] });
  });

  it("shows its pages beside the API when it is not Stripe's host", async () => {
    const { sandbox } = stripeWithSandbox();
    const response = await sandbox.fetch(
      new Request("http://127.0.0.1:4010/v1/checkout/sessions", {
        method: "POST",
        headers: { Authorization: `Bearer ${STRIPE_SANDBOX.secretKey}` },
        body: `mode=subscription&success_url=http://a.test/&line_items[0][price]=${STRIPE_SANDBOX.priceMonthlyId}&line_items[0][quantity]=1`,
      }),
    );
    const session = (await response.json()) as { url: string };
    expect(session.url).toMatch(/^http:\/\/127\.0\.0\.1:4010\/c\/pay\/cs_test_/);
    expect((await sandbox.fetch(new Request(session.url))).status).toBe(200);
  });
});
