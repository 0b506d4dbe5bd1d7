/** What a purchase can carry besides the price: tax, codes, trials, the merchant of record, the customer's name. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { loadConfig, type Bindings } from "../../worker/env.ts";
import { STRIPE_SANDBOX } from "../sandbox/stripe/index.ts";
import { newUser } from "../support/users.ts";
import { buyUrl, configured } from "./other-configuration.ts";
import {
  checkoutUrl,
  customerOf,
  deliver,
  ORIGIN,
  pay,
  post,
  sessionOf,
  stripe,
  subscribe,
  subscriptionOf,
  tierOf,
  useStripe,
} from "./stripe-world.ts";

useStripe();

const sessionAt = (url: string) => stripe.state.test.checkout_sessions[sessionOf(url)];
const sent = () => stripe.calls.findLast((c) => c.operation === "POST /v1/checkout/sessions")?.params ?? {};

describe("tax", () => {
  test("is left to the operator unless the flag is set", async () => {
    const user = await newUser();
    await checkoutUrl(user);
    for (const name of ["automatic_tax", "tax_id_collection", "customer_update"]) {
      expect(sent()).not.toHaveProperty(name);
    }
    // Newer accounts of Stripe's have it on unless a session says no.
    expect(sent()).toMatchObject({ managed_payments: { enabled: "false" } });
  });

  test("with the flag Stripe computes it, asks for tax ids, and may save what is typed on the customer", async () => {
    const user = await newUser();
    const url = await configured(user, { vars: { STRIPE_AUTOMATIC_TAX: "true" } }, buyUrl);
    expect(sent()).toMatchObject({
      automatic_tax: { enabled: "true" },
      tax_id_collection: { enabled: "true" },
      customer_update: { address: "auto", name: "auto" },
    });
    // The sandbox refuses tax for a customer that exists without leave to save the address, as Stripe does.
    expect(sessionAt(url)).toMatchObject({
      automatic_tax: { enabled: true },
      tax_id_collection: { enabled: true },
    });
    await pay(url);
    await deliver();
    expect(await tierOf(user)).toBe("premium");
    const subscription = stripe.state.test.subscriptions[await subscriptionOf(user)];
    expect(subscription?.automatic_tax.enabled).toBe(true);
  });
});

describe("Stripe as the merchant of record", () => {
  test("is a switch, and then nothing is said of tax: Stripe refuses that", async () => {
    const user = await newUser();
    const url = await configured(user, { vars: { STRIPE_MANAGED_PAYMENTS: "true" } }, buyUrl);
    expect(sessionAt(url)?.managed_payments).toEqual({ enabled: true });
    expect(sent()).not.toHaveProperty("automatic_tax");
    await pay(url);
    await deliver();
    expect(await tierOf(user)).toBe("premium");
  });

  test("both switches are a mistake that is named", () => {
    const bindings = env as unknown as Bindings;
    const both = { ...bindings, STRIPE_AUTOMATIC_TAX: "true", STRIPE_MANAGED_PAYMENTS: "true" };
    expect(loadConfig(both)).toMatchObject({ ok: false, names: ["STRIPE_AUTOMATIC_TAX"] });
  });
});

describe("promotion codes", () => {
  /** Types a code on Stripe's page, as a person would. */
  const type = async (url: string, code: string) => {
    const body = new URLSearchParams({ action: "promotion", promotion_code: code });
    return stripe.fetch(new Request(url, { method: "POST", body }));
  };

  test("can be typed on the page; the discount is paid and premium is on", async () => {
    const user = await newUser();
    const url = await checkoutUrl(user);
    await type(url, STRIPE_SANDBOX.promotionCode);
    expect(sessionAt(url)?.amount_total).toBe(STRIPE_SANDBOX.amountMonthly * 0.8);
    await pay(url);
    await deliver();
    expect(await tierOf(user)).toBe("premium");
  });

  test("one that makes it free for ever is premium, too", async () => {
    const user = await newUser();
    const url = await checkoutUrl(user);
    await type(url, STRIPE_SANDBOX.freePromotionCode);
    expect(sessionAt(url)?.amount_total).toBe(0);
    await pay(url);
    await deliver();
    expect(await tierOf(user)).toBe("premium");
  });
});

test("a trial ends without a card by ending, not by owing", async () => {
  const user = await newUser();
  await configured(user, { rules: { trial_days: 14 } }, buyUrl);
  expect(sent()).toMatchObject({
    subscription_data: {
      trial_period_days: "14",
      trial_settings: { end_behavior: { missing_payment_method: "cancel" } },
    },
  });
});

test("receipts: the customer carries the address Stripe sends them to", async () => {
  const user = await newUser();
  await subscribe(user);
  const customer = stripe.state.test.customers[await customerOf(user)];
  expect(customer).toMatchObject({
    email: expect.stringMatching(/^alice/),
    name: expect.stringMatching(/^Alice/),
  });
});

describe("the portal's deep links", () => {
  test.each(["payment_method_update", "subscription_cancel", "subscription_update"] as const)(
    "%s opens at its place",
    async (flow) => {
      const user = await newUser();
      await subscribe(user);
      const response = await post(user, "/stripe/create-portal-session", { flow });
      expect(response.status).toBe(200);
      const call = stripe.calls.findLast((c) => c.operation === "POST /v1/billing_portal/sessions");
      const about =
        flow === "payment_method_update" ? {} : { [flow]: { subscription: await subscriptionOf(user) } };
      expect(call?.params).toMatchObject({
        customer: await customerOf(user),
        return_url: `${ORIGIN}/account/plan?from=portal`,
        flow_data: { type: flow, ...about },
      });
    },
  );

  test("with a configuration of our own it is that one; without any, nothing is sold wrongly", async () => {
    const user = await newUser();
    await subscribe(user);
    const [own] = Object.keys(stripe.state.test.portal_configurations);
    const open = (vars: Record<string, string>) =>
      configured(user, { vars }, (billing) => billing.openPortal({ returnUrl: ORIGIN, flow: null }));
    expect(await open({ STRIPE_PORTAL_CONFIGURATION: own ?? "" })).toMatchObject({ ok: true });
    const call = stripe.calls.findLast((c) => c.operation === "POST /v1/billing_portal/sessions");
    expect(call?.params).toMatchObject({ configuration: own });
    // Nobody has saved a default in the dashboard: that is the operator's to mend.
    for (const one of Object.values(stripe.state.test.portal_configurations)) one.is_default = false;
    expect(await open({})).toMatchObject({ ok: false, error: { kind: "billing_not_configured" } });
    expect(await open({ STRIPE_PORTAL_CONFIGURATION: own ?? "" })).toMatchObject({ ok: true });
  });

  test("without a subscription to cancel the portal opens at its start; an unknown place is refused", async () => {
    const user = await newUser();
    await checkoutUrl(user);
    expect((await post(user, "/stripe/create-portal-session", { flow: "subscription_cancel" })).status).toBe(
      200,
    );
    const call = stripe.calls.findLast((c) => c.operation === "POST /v1/billing_portal/sessions");
    expect(call?.params).not.toHaveProperty("flow_data");
    expect((await post(user, "/stripe/create-portal-session", { flow: "give_me_money" })).status).toBe(400);
  });
});
