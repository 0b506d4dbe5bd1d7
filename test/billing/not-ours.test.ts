/** An account, a customer or a subscription that is not the one we know: nothing is lost, and nothing runs unknown. */
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import { runCommand } from "../../worker/admin/run.ts";
import type { Bindings } from "../../worker/env.ts";
import { health as answerHealth } from "../../worker/health.ts";
import { STRIPE_SANDBOX } from "../sandbox/stripe/index.ts";
import { newUser, userObject, type TestUser } from "../support/users.ts";
import { configured } from "./other-configuration.ts";
import {
  api,
  billingOf,
  checkoutUrl,
  customerOf,
  DAY_MS,
  deliver,
  mapping,
  ORIGIN,
  pay,
  planOf,
  runBillingJob,
  sessionOf,
  stripe,
  subscribe,
  subscriptionOf,
  tierOf,
  travel,
  useStripe,
} from "./stripe-world.ts";

useStripe();

const bindings = env as unknown as Bindings & { USER_MAPPINGS: KVNamespace };
/** As signing in through the Worker does: the operator's commands find the user. */
async function listed(user: TestUser): Promise<void> {
  const account = await user.object.account();
  if (!account.ok) throw new Error("no account");
  const { userId, clickupUserId, username, email, created_ms } = account.value;
  const record = { userId, clickupUserId, username, email, created: new Date(created_ms).toISOString() };
  await bindings.USER_MAPPINGS.put(`user:${userId}`, JSON.stringify(record));
}
const admin = async (command: string, input: unknown = {}): Promise<Record<string, unknown>> => {
  const request = new Request(`http://admin/${command}`, { method: "POST", body: JSON.stringify(input) });
  return (await runCommand(request, bindings)).json();
};
const quiet = () => vi.spyOn(console, "warn").mockImplementation(() => undefined);
const noSuchCustomer = (times: number, path = "/customers|/subscriptions") =>
  stripe.fault({
    kind: "status",
    status: 404,
    code: "resource_missing",
    message: "No such customer: 'cus_x'",
    method: "GET",
    path,
    times,
  });

/** Someone with a customer beside their own, made by support, and a subscription by it. */
async function secondCustomer(user: TestUser): Promise<{ customer: string; subscription: string }> {
  const customer = await api<{ id: string }>("POST", "/v1/customers", { "metadata[user_id]": user.userId });
  const method = await api<{ id: string }>("POST", "/v1/payment_methods/pm_card_visa/attach", {
    customer: customer.id,
  });
  const { id } = await api<{ id: string }>("POST", "/v1/subscriptions", {
    customer: customer.id,
    "items[0][price]": STRIPE_SANDBOX.priceMonthlyId,
    default_payment_method: method.id,
  });
  return { customer: customer.id, subscription: id };
}

describe("S1 no such customer", () => {
  test.each([1, 2, 3])(
    "said %i times to a yearly subscriber: the plan stays, and is read on",
    async (times) => {
      const user = await newUser();
      await subscribe(user, { interval: "year" });
      const customer = await customerOf(user);
      const warned = quiet();
      noSuchCustomer(times);
      await runBillingJob(user);
      warned.mockRestore();
      expect(await planOf(user)).toMatchObject({ tier: "premium", customerId: customer });
      expect(await mapping(customer)).toBe(user.userId);
      for (let day = 0; day < 3; day++) await runBillingJob(user);
      const { synced_ms } = await planOf(user);
      expect(Date.now() - (synced_ms ?? 0)).toBeLessThan(DAY_MS);
      expect((await billingOf(user, (billing) => billing.refresh(0))).tier).toBe("premium");
    },
  );

  test("with the key of another account: misconfigured, the plan unchanged for 30 days, health red", async () => {
    const user = await newUser();
    await subscribe(user, { interval: "year" });
    const customer = await customerOf(user);
    const other = { STRIPE_SECRET_KEY: STRIPE_SANDBOX.otherAccountKey };
    const warned = quiet();
    for (let day = 0; day < 30; day++) {
      travel(DAY_MS);
      const result = await configured(user, { vars: other }, (billing) => billing.resync({ dryRun: false }));
      expect(result).toMatchObject({ ok: false, error: { kind: "billing_not_configured" } });
    }
    const refused = await configured(user, { vars: other }, (billing) =>
      billing.openCheckout({
        offer: "month",
        successUrl: ORIGIN,
        cancelUrl: ORIGIN,
        portalReturnUrl: ORIGIN,
      }),
    );
    expect(refused).toMatchObject({ ok: false, error: { kind: "billing_not_configured" } });
    expect(JSON.stringify(warned.mock.calls)).toContain("wrong_account");
    warned.mockRestore();
    expect(await planOf(user)).toMatchObject({ tier: "premium", customerId: customer });
    travel(61_000);
    const health = await (await answerHealth(new Request(`${ORIGIN}/health`), bindings)).json();
    expect(health).toMatchObject({
      status: "degraded",
      billing: {
        state: "misconfigured",
        problems: [{ kind: "wrong_account", todo: expect.stringMatching(/key of the account/) }],
      },
    });
    // The right key again: read, and in order.
    await billingOf(user, (billing) => billing.refresh(0));
    expect(await tierOf(user)).toBe("premium");
  });

  test("an event while the key is of another account is not done: Stripe sends it again", async () => {
    const user = await newUser();
    await checkoutUrl(user);
    await pay(await checkoutUrl(user));
    const warned = quiet();
    noSuchCustomer(100);
    stripe.fault({ kind: "status", status: 404, code: "resource_missing", path: "/prices", times: 100 });
    const results = await deliver();
    warned.mockRestore();
    const about = results.filter((r) => r.type === "customer.subscription.created");
    expect(about.map((r) => r.status)).toEqual([503]);
    stripe.clearFaults();
    await deliver();
    expect(await tierOf(user)).toBe("premium");
  });

  test("gone is who Stripe calls deleted, also when the event was lost", async () => {
    const user = await newUser();
    await subscribe(user);
    await api("DELETE", `/v1/customers/${await customerOf(user)}`);
    await deliver({ lose: () => true });
    const warned = quiet();
    await runBillingJob(user);
    warned.mockRestore();
    expect(await planOf(user)).toMatchObject({ tier: "free", customerId: null });
  });
});

describe("S2 two customers of one user", () => {
  test("the second is reported by every report, and one command leaves one subscription", async () => {
    const user = await newUser();
    await listed(user);
    await subscribe(user);
    const own = { subscription: await subscriptionOf(user), customer: await customerOf(user) };
    const second = await secondCustomer(user);
    const warned = quiet();
    await deliver();
    expect(JSON.stringify(warned.mock.calls)).toContain("second_customer");
    warned.mockRestore();
    const named = { userId: user.userId, customer: second.customer, subscription: second.subscription };
    expect((await admin("billing/subscriptions"))["otherCustomer"]).toMatchObject([named]);
    expect((await admin("billing/drift"))["others"]).toContainEqual({ ...named, why: "customer" });
    expect((await admin("billing/resync", { user: own.customer }))["others"]).toMatchObject([
      { id: second.subscription, customerId: second.customer, why: "customer" },
    ]);
    expect((await admin("billing/report", { user: own.customer }))["others"]).toHaveLength(1);
    const dry = await admin("billing/merge", { user: own.customer, dryRun: true });
    expect(dry["ended"]).toHaveLength(1);
    expect(stripe.state.test.subscriptions[second.subscription]?.status).toBe("active");
    const merged = await admin("billing/merge", { user: own.customer, refund: true });
    expect(merged).toMatchObject({ ended: [{ refund: "given back" }], plan: { tier: "premium" } });
    const left = [own.subscription, second.subscription].filter(
      (id) => stripe.state.test.subscriptions[id]?.status === "active",
    );
    expect(left).toEqual([merged["kept"]]);
    await deliver();
    expect(await planOf(user)).toMatchObject({ tier: "premium", liveSubscriptions: 1 });
    expect((await admin("billing/subscriptions"))["otherCustomer"]).toEqual([]);
  });

  test("whose own customer has nothing that runs gets what the second one pays for", async () => {
    const user = await newUser();
    await checkoutUrl(user);
    const { customer } = await secondCustomer(user);
    await deliver();
    expect(await planOf(user)).toMatchObject({ tier: "premium", customerId: customer });
    expect(await mapping(customer)).toBe(user.userId);
  });

  test("one subscription of the second customer can be ended by name", async () => {
    const user = await newUser();
    await listed(user);
    await subscribe(user);
    const { subscription } = await secondCustomer(user);
    const ended = await admin("billing/end", { user: await customerOf(user), subscription });
    expect(ended).toMatchObject({ ended: true, plan: { tier: "premium" } });
    expect(stripe.state.test.subscriptions[subscription]?.status).toBe("canceled");
  });
});

describe("S5 every subscription of ours ends with the account", () => {
  const statusOf = (id: string) => stripe.state.test.subscriptions[id]?.status;

  test("also while STRIPE_PRICE_ID is mistyped", async () => {
    const user = await newUser();
    await subscribe(user);
    const subscription = await subscriptionOf(user);
    const vars = { STRIPE_PRICE_ID: "price_mistyped", STRIPE_LOOKUP_KEYS: "none" };
    await api("POST", `/v1/prices/${STRIPE_SANDBOX.priceMonthlyId}`, { lookup_key: "" });
    const { Billing } = await import("../../objects/billing/billing.ts");
    const removed = await configured(user, { vars }, (billing) =>
      Billing.internals(billing).removal.beforeRemoval(),
    );
    expect(removed).toMatchObject({ ok: true });
    expect(statusOf(subscription)).toBe("canceled");
  });

  test("also when the price moved to a new product with its lookup key; the plan stays until then", async () => {
    const user = await newUser();
    await subscribe(user);
    const subscription = await subscriptionOf(user);
    const product = await api<{ id: string }>("POST", "/v1/products", { name: "Premium, anew" });
    const price = await api<{ id: string }>("POST", "/v1/prices", {
      product: product.id,
      currency: "usd",
      unit_amount: "1200",
      "recurring[interval]": "month",
      lookup_key: STRIPE_SANDBOX.priceMonthly,
      transfer_lookup_key: "true",
    });
    expect(stripe.state.test.subscriptions[subscription]?.items.data[0]?.price.lookup_key).toBeNull();
    const vars = { STRIPE_PRICE_ID: price.id };
    const plan = await configured(user, { vars }, (billing) => billing.refresh(0));
    expect(plan).toMatchObject({ tier: "premium", subscription: { amount: 900 } });
    const { Billing } = await import("../../objects/billing/billing.ts");
    await configured(user, { vars }, (billing) => Billing.internals(billing).removal.beforeRemoval());
    expect(statusOf(subscription)).toBe("canceled");
  });

  test("another product's of the same customer goes on and is reported; a second customer's ends", async () => {
    const user = await newUser();
    await subscribe(user);
    const [customer, own] = [await customerOf(user), await subscriptionOf(user)];
    const other = await api<{ id: string }>("POST", "/v1/subscriptions", {
      customer,
      "items[0][price]": STRIPE_SANDBOX.otherPriceId,
      trial_period_days: "30",
    });
    const second = await secondCustomer(user);
    const warned = quiet();
    await user.object.deleteAccount().catch(() => undefined);
    expect(JSON.stringify(warned.mock.calls)).toContain("others_run_on");
    warned.mockRestore();
    expect([own, second.subscription, other.id].map(statusOf)).toEqual(["canceled", "canceled", "trialing"]);
  });

  test("what cannot be judged keeps the account: a price that does not exist is never no subscription", async () => {
    const user = await newUser();
    await checkoutUrl(user);
    await api("POST", `/v1/prices/${STRIPE_SANDBOX.priceMonthlyId}`, { lookup_key: "" });
    await api("POST", "/v1/subscriptions", {
      customer: await customerOf(user),
      "items[0][price]": STRIPE_SANDBOX.priceMonthlyId,
      trial_period_days: "30",
    });
    const vars = { STRIPE_PRICE_ID: "price_mistyped" };
    const warned = quiet();
    const read = await configured(user, { vars }, (billing) => billing.resync({ dryRun: false }));
    expect(read).toMatchObject({ ok: false, error: { kind: "billing_not_configured" } });
    const { Billing } = await import("../../objects/billing/billing.ts");
    const removed = await configured(user, { vars }, (billing) =>
      Billing.internals(billing).removal.beforeRemoval(),
    );
    warned.mockRestore();
    expect(removed).toMatchObject({
      ok: false,
      error: { message: expect.stringContaining("Ask the operator") },
    });
  });
});

test("S16 the end of the subscription that a deletion brings writes no mapping again", async () => {
  const user = await newUser();
  await subscribe(user);
  const customer = await customerOf(user);
  await user.object.deleteAccount().catch(() => undefined);
  expect(await mapping(customer)).toBeNull();
  const results = await deliver();
  expect(results.map((r) => r.type)).toContain("customer.subscription.deleted");
  expect(await mapping(customer)).toBeNull();
  // Who comes back is found again, by the customer of the new life.
  travel(60_000);
  const again = await newUser({ userId: user.userId });
  const url = await checkoutUrl(again);
  expect(stripe.state.test.checkout_sessions[sessionOf(url)]?.customer).not.toBe(customer);
  expect(await userObject(user.userId).account()).toMatchObject({ ok: true });
});
