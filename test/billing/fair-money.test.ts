/** Money is never silently kept: changes of the plan, cards, refunds, disputes, and what amounts look like. */
import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { setUpStripe } from "../../scripts/ops/stripe-account.ts";
import { runCommand } from "../../worker/admin/run.ts";
import type { Bindings } from "../../worker/env.ts";
import { amountInWords } from "../../worker/pages/money.ts";
import { STRIPE_SANDBOX } from "../sandbox/stripe/index.ts";
import { stripeFor } from "../sandbox/stripe-client.ts";
import { newUser, type TestUser } from "../support/users.ts";
import { buyUrl, configured } from "./other-configuration.ts";
import {
  api,
  billingOf,
  customerOf,
  deliver,
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

const DAY = 86_400_000;
const subscription = (id: string) => stripe.state.test.subscriptions[id]!;
const charged = () =>
  Object.values(stripe.state.test.charges).reduce((sum, c) => sum + (c.paid ? c.amount : 0), 0);
const admin = async (command: string, input: unknown): Promise<Record<string, unknown>> => {
  const request = new Request(`http://admin/${command}`, { method: "POST", body: JSON.stringify(input) });
  return (await runCommand(request, env as unknown as Bindings)).json();
};

/** Presses a button in the portal that `stripe:setup` makes. */
async function inPortal(user: TestUser, fields: Record<string, string>): Promise<void> {
  // So that setup takes the product for its own.
  await api("POST", `/v1/products/${STRIPE_SANDBOX.product}`, { "metadata[clickup_mcp]": "premium" });
  const { portalId } = await setUpStripe(stripeFor(stripe), {
    productName: STRIPE_SANDBOX.productName,
    offers: [
      { interval: "month", lookupKey: STRIPE_SANDBOX.priceMonthly, amount: 900 },
      { interval: "year", lookupKey: STRIPE_SANDBOX.priceYearly, amount: 9_000 },
    ],
    publicUrl: "https://mcp.test",
    webhook: false,
  });
  const session = await api<{ url: string }>("POST", "/v1/billing_portal/sessions", {
    customer: await customerOf(user),
    configuration: portalId,
  });
  const body = new URLSearchParams({ subscription: await subscriptionOf(user), ...fields });
  const response = await stripe.fetch(new Request(session.url, { method: "POST", body }));
  expect(await response.text()).not.toContain('role="alert"');
  await deliver();
}
const toPrice = (price: string) => ({ action: "switch", price });

describe("S4 the portal that setup makes", () => {
  test("from the year to the month: the year that was paid runs out, nothing more is charged before", async () => {
    const user = await newUser();
    await subscribe(user, { interval: "year" });
    travel(30 * DAY);
    expect(charged()).toBe(9_000);
    await inPortal(user, toPrice(STRIPE_SANDBOX.priceMonthlyId));
    expect(charged()).toBe(9_000);
    travel(300 * DAY);
    expect([charged(), await tierOf(user)]).toEqual([9_000, "premium"]);
    travel(40 * DAY);
    expect(charged()).toBe(9_900);
    await deliver();
    await runBillingJob(user);
    expect(await planOf(user)).toMatchObject({ tier: "premium", subscription: { interval: "month" } });
  });

  test("from the month to the year: what is left of the month is taken off", async () => {
    const user = await newUser();
    await subscribe(user);
    travel(15 * DAY);
    await inPortal(user, toPrice(STRIPE_SANDBOX.priceYearlyId));
    expect(charged()).toBeGreaterThan(9_000);
    expect(charged()).toBeLessThan(9_900);
    expect(await planOf(user)).toMatchObject({ tier: "premium", subscription: { interval: "year" } });
  });

  test("a trial goes on when the plan is changed in it", async () => {
    const user = await newUser();
    await pay(await configured(user, { rules: { trial_days: 14 } }, buyUrl));
    await deliver();
    await inPortal(user, toPrice(STRIPE_SANDBOX.priceYearlyId));
    expect(await planOf(user)).toMatchObject({ why: "trialing", subscription: { interval: "year" } });
    expect(charged()).toBe(0);
  });
});

describe("S8 another card in the portal", () => {
  test("pays what is owed at once, is the one shown, and the grace is over", async () => {
    const user = await newUser();
    await subscribe(user);
    const id = await subscriptionOf(user);
    const old = subscription(id).default_payment_method as string;
    stripe.setCard(old, "declines");
    travel(31 * DAY + 2 * 3_600_000);
    await deliver();
    expect(await planOf(user)).toMatchObject({ why: "past_due_in_grace" });
    await inPortal(user, { action: "update_card", outcome: "succeeds" });
    await deliver();
    expect(subscription(id).default_payment_method).toBeNull();
    expect(await planOf(user)).toMatchObject({ tier: "premium", why: "active", graceUntil_ms: null });
    const shown = await billingOf(user, (billing) => billing.payments());
    expect(shown).toMatchObject({ ok: true, value: { card: { last4: "4242" } } });
  });

  test("is found by the daily reading when the event was lost, and a change of the address moves no card", async () => {
    const user = await newUser();
    await subscribe(user);
    const [id, customer] = [await subscriptionOf(user), await customerOf(user)];
    const own = subscription(id).default_payment_method;
    await runBillingJob(user);
    await api("POST", `/v1/customers/${customer}`, { description: "moved" });
    await deliver();
    expect(subscription(id).default_payment_method).toBe(own);
    const method = await api<{ id: string }>("POST", "/v1/payment_methods/pm_card_mastercard/attach", {
      customer,
    });
    await api("POST", `/v1/customers/${customer}`, { "invoice_settings[default_payment_method]": method.id });
    await deliver({ lose: () => true });
    await runBillingJob(user);
    expect(subscription(id).default_payment_method).toBeNull();
  });
});

test("S10 ending with a refund says what happened, whatever was given back before", async () => {
  const user = await newUser();
  await subscribe(user);
  const id = await subscriptionOf(user);
  await api("POST", "/v1/refunds", { charge: Object.keys(stripe.state.test.charges)[0] ?? "" });
  const ended = await admin("billing/end", { user: await customerOf(user), subscription: id, refund: true });
  expect(ended).toMatchObject({ ended: true, money: "had been given back before", plan: { tier: "free" } });
  expect(subscription(id).status).toBe("canceled");
});

describe("S12 disputes", () => {
  const chargeOf = (nth: number) => Object.keys(stripe.state.test.charges).at(nth) ?? "";

  test("while the plan is withheld nothing is collected; won, all goes on", async () => {
    const user = await newUser();
    await subscribe(user);
    const id = await subscriptionOf(user);
    const { id: dispute } = stripe.openDispute(chargeOf(0));
    await deliver();
    expect(await planOf(user)).toMatchObject({ tier: "free", why: "dispute" });
    expect(subscription(id).pause_collection).toMatchObject({ behavior: "void" });
    travel(32 * DAY);
    expect(charged()).toBe(900);
    stripe.closeDispute(dispute, "won");
    await deliver();
    await deliver();
    expect(subscription(id).pause_collection).toBeNull();
    expect(await tierOf(user)).toBe("premium");
    travel(32 * DAY);
    expect(charged()).toBe(1_800);
  });

  test("a pause that the operator made is theirs to end", async () => {
    const user = await newUser();
    await subscribe(user);
    const id = await subscriptionOf(user);
    await api("POST", `/v1/subscriptions/${id}`, { "pause_collection[behavior]": "void" });
    await deliver();
    await runBillingJob(user);
    expect(subscription(id).pause_collection).not.toBeNull();
  });

  test("of an earlier life: the new subscription is neither withheld nor, when it is lost, ended", async () => {
    const user = await newUser();
    await subscribe(user);
    const earlier = chargeOf(0);
    await api("DELETE", `/v1/subscriptions/${await subscriptionOf(user)}`);
    await deliver();
    travel(60_000);
    await subscribe(user);
    const id = await subscriptionOf(user);
    travel(60_000);
    const { id: dispute } = stripe.openDispute(earlier);
    await deliver();
    expect(await planOf(user)).toMatchObject({ tier: "premium", why: "active" });
    expect(subscription(id).pause_collection).toBeNull();
    stripe.closeDispute(dispute, "lost");
    await deliver();
    await runBillingJob(user);
    expect([subscription(id).status, await tierOf(user)]).toEqual(["active", "premium"]);
  });

  test("of another product holds nothing back", async () => {
    const user = await newUser();
    await subscribe(user);
    const customer = await customerOf(user);
    const method = await api<{ id: string }>("POST", "/v1/payment_methods/pm_card_visa/attach", { customer });
    await api("POST", "/v1/subscriptions", {
      customer,
      "items[0][price]": STRIPE_SANDBOX.otherPriceId,
      default_payment_method: method.id,
    });
    stripe.openDispute(chargeOf(-1));
    await deliver();
    expect(await tierOf(user)).toBe("premium");
  });
});

describe("S14 amounts by Stripe's own lists", () => {
  test.each([
    [900, "usd", "$9.00"],
    [900, "jpy", "¥900"],
    [99_000, "huf", "HUF 990"],
    [15_000_000, "idr", "IDR 150,000"],
    [50_000, "isk", "ISK 500"],
    [1_000_000, "cop", "COP 10,000"],
    [100_000, "pkr", "PKR 1,000"],
    [370_000, "ugx", "UGX 3,700"],
    [9_000, "krw", "₩9,000"],
    [3_500, "kwd", "KWD 3.500"],
    [950, "usd", "$9.50"],
    [99_050, "huf", "HUF 990.50"],
  ])("%i %s is %s", (amount, currency, words) => {
    expect(amountInWords(amount, currency).replaceAll("\u00a0", " ")).toBe(words);
  });
});

describe("from the month to the year on our own page", () => {
  const preview = (user: TestUser) => billingOf(user, (billing) => billing.previewYear());

  test("is shown with Stripe's proration, and charges exactly that", async () => {
    const user = await newUser();
    await subscribe(user);
    travel(10 * DAY);
    const shown = await preview(user);
    if (!shown.ok) throw new Error(shown.error.kind);
    expect(shown.value).toMatchObject({ amount: 9_000, currency: "usd", trial: false });
    expect(shown.value.due_now).toBe(9_000 - shown.value.credit);
    expect(shown.value.credit).toBeGreaterThan(500);
    expect(charged()).toBe(900);
    travel(5 * 60_000);
    const { due_now, at_s } = shown.value;
    const wrong = await billingOf(user, (b) => b.changeToYear({ due_now: due_now - 1, at_s }));
    expect(wrong).toEqual({ ok: true, value: "outdated" });
    expect(await billingOf(user, (b) => b.changeToYear({ due_now, at_s }))).toEqual({
      ok: true,
      value: "changed",
    });
    expect(charged()).toBe(900 + due_now);
    expect(await planOf(user)).toMatchObject({ tier: "premium", subscription: { interval: "year" } });
    expect(await preview(user)).toMatchObject({ ok: false });
  });

  test("a card that is declined leaves the month as it was", async () => {
    const user = await newUser();
    await subscribe(user);
    const id = await subscriptionOf(user);
    const shown = await preview(user);
    if (!shown.ok) throw new Error(shown.error.kind);
    stripe.setCard(subscription(id).default_payment_method as string, "declines");
    const { due_now, at_s } = shown.value;
    expect(await billingOf(user, (b) => b.changeToYear({ due_now, at_s }))).toEqual({
      ok: true,
      value: "payment_failed",
    });
    expect(await planOf(user)).toMatchObject({ why: "active", subscription: { interval: "month" } });
  });

  test("an old preview, and a subscription that ends, are not changed", async () => {
    const user = await newUser();
    await subscribe(user);
    const shown = await preview(user);
    if (!shown.ok) throw new Error(shown.error.kind);
    const { due_now, at_s } = shown.value;
    travel(2 * 3_600_000);
    expect(await billingOf(user, (b) => b.changeToYear({ due_now, at_s }))).toEqual({
      ok: true,
      value: "outdated",
    });
    await api("POST", `/v1/subscriptions/${await subscriptionOf(user)}`, { cancel_at_period_end: "true" });
    await deliver();
    expect(await preview(user)).toMatchObject({ ok: false });
  });
});
