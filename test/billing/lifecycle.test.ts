/** What happens to a subscription over its life, and what the user gets for it. */
import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import { STRIPE_SANDBOX } from "../sandbox/stripe/index.ts";
import { newUser, type TestUser } from "../support/users.ts";
import { buyUrl, configured, type Rules } from "./other-configuration.ts";
import {
  api,
  billingOf,
  callsTo,
  checkoutUrl,
  customerOf,
  DAY_MS,
  deliver,
  history,
  jobTime,
  pay,
  planOf,
  runBillingJob,
  stripe,
  subscribe,
  subscriptionOf,
  tierOf,
  travel,
  useStripe,
} from "./stripe-world.ts";

useStripe();

const update = async (user: TestUser, params: Record<string, string>): Promise<void> => {
  await api("POST", `/v1/subscriptions/${await subscriptionOf(user)}`, params);
  await deliver();
};
const cancel = async (user: TestUser): Promise<void> => {
  await api("DELETE", `/v1/subscriptions/${await subscriptionOf(user)}`);
  await deliver();
};
/** The next renewal fails, and so does every attempt after it. */
async function failRenewal(user: TestUser): Promise<void> {
  for (const id of Object.keys(stripe.state.test.payment_methods)) stripe.setCard(id, "declines");
  const { subscription } = await planOf(user);
  travel((subscription?.periodEnd_ms ?? 0) - Date.now() + 2 * 60 * 60_000);
  await deliver();
}
/** A second subscription of the user's customer, made outside of Checkout. */
async function addSubscription(
  user: TestUser,
  price: string,
  more: Record<string, string> = {},
): Promise<string> {
  const customer = await customerOf(user);
  const method = await api<{ id: string }>("POST", "/v1/payment_methods/pm_card_visa/attach", { customer });
  const { id } = await api<{ id: string }>("POST", "/v1/subscriptions", {
    customer,
    "items[0][price]": price,
    default_payment_method: method.id,
    ...more,
  });
  await deliver();
  return id;
}

describe("ending and renewing", () => {
  test("L1 cancelled for the end of the period: premium until then, and the end is known", async () => {
    const user = await newUser();
    await subscribe(user);
    await update(user, { cancel_at_period_end: "true" });
    const { tier, subscription } = await planOf(user);
    expect([tier, subscription?.ends_ms]).toEqual(["premium", subscription?.periodEnd_ms]);
  });

  test("L2 renewed before the end: it goes on", async () => {
    const user = await newUser();
    await subscribe(user);
    await update(user, { cancel_at_period_end: "true" });
    await update(user, { cancel_at_period_end: "false" });
    expect((await planOf(user)).subscription?.ends_ms).toBeNull();
    travel(40 * DAY_MS);
    await deliver();
    expect(await tierOf(user)).toBe("premium");
  });

  test("L3 the period is over: free", async () => {
    const user = await newUser();
    await subscribe(user);
    await update(user, { cancel_at_period_end: "true" });
    travel(32 * DAY_MS);
    await deliver();
    expect(await planOf(user)).toMatchObject({ tier: "free", why: "ended" });
  });

  test("L4 subscribing again keeps the customer and makes a new subscription", async () => {
    const user = await newUser();
    await subscribe(user);
    const [customer, first] = [await customerOf(user), await subscriptionOf(user)];
    await cancel(user);
    await subscribe(user);
    expect(await customerOf(user)).toBe(customer);
    expect(await subscriptionOf(user)).not.toBe(first);
    expect((await history(user)).map((h) => h.to_tier)).toEqual(["premium", "free", "premium"]);
  });

  test("L5 cancelled at once: free at once", async () => {
    const user = await newUser();
    await subscribe(user);
    await cancel(user);
    expect(await tierOf(user)).toBe("free");
  });
});

describe("failing payments", () => {
  test("L6 past due is premium for a grace that no event moves; then the alarm ends it, without an event", async () => {
    const user = await newUser();
    await subscribe(user);
    await failRenewal(user);
    const first = await planOf(user);
    expect(first).toMatchObject({
      tier: "premium",
      why: "past_due_in_grace",
      subscription: { status: "past_due" },
    });
    expect(first.graceUntil_ms).toBe(Date.now() + 7 * DAY_MS);
    travel(4 * DAY_MS);
    await deliver();
    await api("POST", `/v1/customers/${await customerOf(user)}`, { description: "x" });
    await deliver({ order: "reversed", times: 2 });
    expect((await planOf(user)).graceUntil_ms).toBe(first.graceUntil_ms);
    stripe.clearCalls();
    while (Date.now() < (first.graceUntil_ms ?? 0)) await runBillingJob(user);
    expect(await planOf(user)).toMatchObject({ tier: "free", why: "past_due_grace_over" });
    expect(await jobTime(user)).toBeGreaterThan(Date.now());
    expect((await history(user)).at(-1)).toMatchObject({ to_tier: "free", why: "past_due_grace_over" });
  });

  test("L6 the end of the grace acts on the next call even if the alarm is late", async () => {
    const user = await newUser();
    await subscribe(user);
    await failRenewal(user);
    travel(7 * DAY_MS + 1);
    expect(await tierOf(user)).toBe("free");
  });

  test("L6 a card that was mended ends the grace; the next failure has one of its own", async () => {
    const user = await newUser();
    await subscribe(user);
    await failRenewal(user);
    for (const id of Object.keys(stripe.state.test.payment_methods)) stripe.setCard(id, "succeeds");
    travel(4 * DAY_MS);
    await deliver();
    expect(await planOf(user)).toMatchObject({ tier: "premium", why: "active", graceUntil_ms: null });
    await failRenewal(user);
    expect((await planOf(user)).graceUntil_ms).toBe(Date.now() + 7 * DAY_MS);
  });

  test("L7 unpaid is free; paid late it is premium again", async () => {
    stripe.settings.after_retries = "unpaid";
    const user = await newUser();
    await subscribe(user);
    await failRenewal(user);
    for (let day = 0; day < 16; day++) {
      travel(DAY_MS);
      await deliver();
    }
    expect(await planOf(user)).toMatchObject({ tier: "free", why: "unpaid" });
    for (const id of Object.keys(stripe.state.test.payment_methods)) stripe.setCard(id, "succeeds");
    const open = Object.values(stripe.state.test.invoices).findLast((i) => i.status === "open");
    await api("POST", `/v1/invoices/${open?.id}/pay`);
    await deliver();
    expect(await planOf(user)).toMatchObject({ tier: "premium", why: "active" });
  });

  test("L9 not confirmed yet is free; confirmed it is premium", async () => {
    const user = await newUser();
    await checkoutUrl(user);
    const customer = await customerOf(user);
    const method = await api<{ id: string }>("POST", "/v1/payment_methods/pm_card_visa/attach", { customer });
    const made = await api<{ latest_invoice: string }>("POST", "/v1/subscriptions", {
      customer,
      "items[0][price]": STRIPE_SANDBOX.priceMonthlyId,
      default_payment_method: method.id,
      payment_behavior: "default_incomplete",
    });
    await deliver();
    expect(await planOf(user)).toMatchObject({ tier: "free", why: "incomplete" });
    await api("POST", `/v1/invoices/${made.latest_invoice}/pay`);
    await deliver();
    expect(await planOf(user)).toMatchObject({ tier: "premium", why: "active" });
  });

  test("L9 never confirmed: it expires, and buying is possible", async () => {
    const user = await newUser();
    await checkoutUrl(user);
    await addSubscription(user, STRIPE_SANDBOX.priceMonthlyId, { payment_behavior: "default_incomplete" });
    travel(24 * 60 * 60_000);
    await deliver();
    expect(await planOf(user)).toMatchObject({
      tier: "free",
      subscription: { status: "incomplete_expired" },
    });
    const fresh = await newUser({ userId: user.userId });
    await subscribe(fresh);
    expect(await tierOf(user)).toBe("premium");
  });
});

describe("trials", () => {
  async function trialUser(): Promise<TestUser> {
    const user = await newUser();
    await checkoutUrl(user);
    return user;
  }

  test("L8 trying is premium, its end is known; without a card at its end it is paused or ends", async () => {
    for (const [behaviour, why] of [
      ["pause", "paused"],
      ["cancel", "ended"],
    ] as const) {
      const user = await trialUser();
      await api("POST", "/v1/subscriptions", {
        customer: await customerOf(user),
        "items[0][price]": STRIPE_SANDBOX.priceMonthlyId,
        trial_period_days: "14",
        "trial_settings[end_behavior][missing_payment_method]": behaviour,
      });
      await deliver();
      const plan = await planOf(user);
      expect(plan).toMatchObject({ tier: "premium", why: "trialing" });
      expect(plan.subscription?.trialEnds_ms).toBeGreaterThan(Date.now() + 13 * DAY_MS);
      travel(12 * DAY_MS);
      const noticed = await deliver();
      expect(noticed.map((r) => [r.type, r.status])).toContainEqual([
        "customer.subscription.trial_will_end",
        200,
      ]);
      travel(3 * DAY_MS);
      await deliver();
      expect(await planOf(user)).toMatchObject({ tier: "free", why });
    }
  });

  test("L8 one trial per user: the second Checkout has none", async () => {
    const user = await newUser();
    const trialDays = () =>
      stripe.calls.findLast((c) => c.operation === "POST /v1/checkout/sessions")?.params["subscription_data"];
    await pay(await configured(user, { rules: { trial_days: 14 } }, buyUrl));
    expect(trialDays()).toMatchObject({ trial_period_days: "14" });
    await deliver();
    expect(await planOf(user)).toMatchObject({ tier: "premium", why: "trialing" });
    await cancel(user);
    await evictDurableObject(user.object);
    await pay(await configured(user, { rules: { trial_days: 14 } }, buyUrl));
    expect(trialDays()).not.toHaveProperty("trial_period_days");
    await deliver();
    expect(await planOf(user)).toMatchObject({ tier: "premium", why: "active" });
  });
});

describe("other configurations", () => {
  test("without Stripe everybody has DEFAULT_TIER, whatever was bought before", async () => {
    const user = await newUser();
    await subscribe(user);
    const view = (rules: Partial<Rules>) => configured(user, { rules }, (billing) => billing.plan());
    expect(await view({ billing: false })).toMatchObject({
      tier: "free",
      why: "default_tier",
      billing: false,
    });
    expect(await view({ billing: false, defaultTier: "premium" })).toMatchObject({ tier: "premium" });
    expect(await view({ billing: true })).toMatchObject({ tier: "premium", why: "active" });
    await cancel(user);
    await evictDurableObject(user.object);
    expect(await view({ defaultTier: "premium" })).toMatchObject({ tier: "premium", why: "default_tier" });
  });
});

test("an operator can give premium until a date, whatever Stripe says; it ends by itself", async () => {
  const user = await newUser();
  await billingOf(user, (billing) => billing.grantPremium(Date.now() + DAY_MS));
  expect(await planOf(user)).toMatchObject({ tier: "premium", why: "operator_grant" });
  expect(await jobTime(user)).toBe(Date.now() + DAY_MS);
  travel(DAY_MS);
  await runDurableObjectAlarm(user.object);
  expect(await planOf(user)).toMatchObject({ tier: "free" });
  expect((await history(user)).map((h) => [h.to_tier, h.why])).toEqual([
    ["premium", "operator_grant"],
    ["free", "no_subscription"],
  ]);
  expect(callsTo("POST /v1/customers")).toBe(0);
});

test("a bank debit that bounces after Checkout was paid leaves premium for the grace only", async () => {
  const user = await newUser();
  const { id } = await api<{ id: string }>("POST", "/v1/payment_methods", {
    type: "sepa_debit",
    "sepa_debit[iban]": "AT861904300235473202",
  });
  await pay(await checkoutUrl(user), id);
  const results = await deliver();
  expect(results.map((r) => [r.type, r.status])).toContainEqual([
    "checkout.session.async_payment_failed",
    200,
  ]);
  expect(await planOf(user)).toMatchObject({ tier: "premium", why: "past_due_in_grace" });
  travel(7 * DAY_MS);
  expect(await tierOf(user)).toBe("free");
});
