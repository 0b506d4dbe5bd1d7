/** What else can happen to a customer: duplicates, other products, disputes, deletion. */
import { evictDurableObject } from "cloudflare:test";
import { describe, expect, test, vi } from "vitest";
import { STRIPE_SANDBOX } from "../sandbox/stripe/index.ts";
import { newUser, userObject, type TestUser } from "../support/users.ts";
import {
  api,
  billingOf,
  checkoutUrl,
  customerOf,
  deliver,
  mapping,
  pay,
  planOf,
  runBillingJob,
  sessionOf,
  sql,
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
const chargeOf = (): string => Object.keys(stripe.state.test.charges).at(-1) ?? "";
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

describe("more than one, and others", () => {
  test("L10 two subscriptions: premium, an alert, and ending one keeps premium", async () => {
    const user = await newUser();
    await subscribe(user);
    const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const second = await addSubscription(user, STRIPE_SANDBOX.priceYearlyId);
    expect(JSON.stringify(warned.mock.calls)).toContain("duplicate_subscriptions");
    warned.mockRestore();
    expect(await planOf(user)).toMatchObject({ tier: "premium", liveSubscriptions: 2 });
    // An operator ends the newer one and gives its money back.
    const ended = await billingOf(user, (billing) => billing.endSubscription(second, { refund: true }));
    expect(ended).toMatchObject({ ok: true, value: { tier: "premium", liveSubscriptions: 1 } });
    expect(Object.values(stripe.state.test.refunds).map((r) => r.amount)).toEqual([
      STRIPE_SANDBOX.amountYearly,
    ]);
    await billingOf(user, (billing) => billing.endSubscription(second, { refund: true }));
    expect(Object.keys(stripe.state.test.refunds)).toHaveLength(1);
  });

  test("L10 past the first page of subscriptions the good one is still found", async () => {
    const user = await newUser();
    await subscribe(user);
    const good = await subscriptionOf(user);
    for (let i = 0; i < 101; i++) {
      const customer = await customerOf(user);
      const { id } = await api<{ id: string }>("POST", "/v1/subscriptions", {
        customer,
        "items[0][price]": STRIPE_SANDBOX.priceMonthlyId,
        trial_period_days: "30",
      });
      await api("DELETE", `/v1/subscriptions/${id}`);
    }
    await billingOf(user, (billing) => billing.refresh(0));
    expect(await subscriptionOf(user)).toBe(good);
    expect(await tierOf(user)).toBe("premium");
  });

  test("L11 a subscription to another product of the same account gives nothing", async () => {
    const user = await newUser();
    await checkoutUrl(user);
    await addSubscription(user, STRIPE_SANDBOX.otherPriceId);
    expect(await planOf(user)).toMatchObject({ tier: "free", why: "no_subscription", liveSubscriptions: 0 });
  });

  test("L12 another price of the product grants: a new amount, another currency, the year", async () => {
    const user = await newUser();
    await checkoutUrl(user);
    const { id } = await api<{ id: string }>("POST", "/v1/prices", {
      product: STRIPE_SANDBOX.product,
      currency: "eur",
      unit_amount: "1100",
      "recurring[interval]": "month",
    });
    await addSubscription(user, id);
    expect(await planOf(user)).toMatchObject({
      tier: "premium",
      subscription: { currency: "eur", amount: 1100 },
    });
  });

  test("L13 a customer deleted in the dashboard: free, forgotten, and buying works", async () => {
    const user = await newUser();
    await subscribe(user);
    const customer = await customerOf(user);
    await api("DELETE", `/v1/customers/${customer}`);
    await deliver();
    expect(await planOf(user)).toMatchObject({ tier: "free", customerId: null });
    expect(await mapping(customer)).toBeNull();
    await subscribe(user);
    expect(await tierOf(user)).toBe("premium");
  });
});

describe("disputes", () => {
  test("L14 an open dispute holds premium back; won gives it back", async () => {
    const user = await newUser();
    await subscribe(user);
    const { id } = stripe.openDispute(chargeOf());
    await deliver();
    expect(await planOf(user)).toMatchObject({ tier: "free", why: "dispute" });
    // Other events do not lift it.
    await update(user, { description: "x" });
    expect(await tierOf(user)).toBe("free");
    stripe.closeDispute(id, "won");
    await deliver();
    expect(await tierOf(user)).toBe("premium");
  });

  test("L14 lost ends the subscription; a later one is premium", async () => {
    const user = await newUser();
    await subscribe(user);
    const subscription = await subscriptionOf(user);
    const { id } = stripe.openDispute(chargeOf());
    await deliver();
    stripe.closeDispute(id, "lost");
    await deliver();
    expect(stripe.state.test.subscriptions[subscription]?.status).toBe("canceled");
    expect(await tierOf(user)).toBe("free");
    travel(60_000);
    await subscribe(user);
    expect(await tierOf(user)).toBe("premium");
  });

  test("L14 a dispute whose events were lost is found by the daily reading", async () => {
    const user = await newUser();
    await subscribe(user);
    stripe.openDispute(chargeOf());
    await deliver({ lose: () => true });
    await runBillingJob(user);
    expect(await planOf(user)).toMatchObject({ tier: "free", why: "dispute" });
  });

  test("L14 a refund, and a bank's inquiry, change nothing", async () => {
    const user = await newUser();
    await subscribe(user);
    await api("POST", "/v1/refunds", { charge: chargeOf() });
    const results = await deliver();
    expect(results.map((r) => [r.type, r.status])).toContainEqual(["charge.refunded", 200]);
    expect(await tierOf(user)).toBe("premium");
  });
});

describe("the account", () => {
  test("L15 deleting the account ends the subscription first", async () => {
    const user = await newUser();
    await subscribe(user);
    const [customer, subscription] = [await customerOf(user), await subscriptionOf(user)];
    await user.object.deleteAccount().catch(() => undefined);
    expect(stripe.state.test.subscriptions[subscription]?.status).toBe("canceled");
    expect(await mapping(customer)).toBeNull();
    // The old stub ended with the object.
    const again = { ...user, object: userObject(user.userId) };
    expect(await again.object.account()).toMatchObject({ ok: false, error: { kind: "no_account" } });
    // The last events of the subscription find nobody, and make nobody.
    expect(new Set((await deliver()).map((r) => r.status))).toEqual(new Set([200]));
    expect(await sql(again, "SELECT event_id FROM billing_events")).toEqual([]);
    expect(await tierOf(again)).toBe("free");
  });

  test("L15 who comes back the same day buys anew: no answer of the deleted account's is replayed", async () => {
    const user = await newUser();
    const first = await checkoutUrl(user);
    await pay(first);
    await deliver();
    const customer = await customerOf(user);
    await user.object.deleteAccount().catch(() => undefined);
    await deliver();
    travel(60_000);
    const again = await newUser({ userId: user.userId });
    const second = await checkoutUrl(again);
    expect(stripe.state.test.checkout_sessions[sessionOf(second)]?.status).toBe("open");
    expect(await customerOf(again)).not.toBe(customer);
    await pay(second);
    await deliver();
    expect(await tierOf(again)).toBe("premium");
  });

  test("L15 while Stripe does not answer nothing is deleted", async () => {
    const user = await newUser();
    await subscribe(user);
    stripe.fault({ kind: "status", path: /./, times: 10 });
    const result = await user.object.deleteAccount();
    expect(result).toMatchObject({ ok: false, error: { kind: "invalid" } });
    stripe.clearFaults();
    expect(await user.object.account()).toMatchObject({ ok: true });
    expect(await tierOf(user)).toBe("premium");
  });

  test("L16 a customer that the key does not see, though it sees our price: an alert, and the next purchase makes another", async () => {
    const user = await newUser();
    await checkoutUrl(user);
    const live = await liveCustomer();
    await sql(user, "UPDATE entitlement SET customer_id = ?, checkout = NULL", live);
    await evictDurableObject(user.object);
    const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const url = await checkoutUrl(user);
    expect(JSON.stringify(warned.mock.calls)).toContain("customer_unknown");
    warned.mockRestore();
    expect(stripe.state.test.checkout_sessions[sessionOf(url)]?.customer).toBe(await customerOf(user));
    expect(await customerOf(user)).not.toBe(live);
  });

  async function liveCustomer(): Promise<string> {
    const response = await stripe.fetch(
      new Request("https://api.stripe.test/v1/customers", {
        method: "POST",
        headers: { Authorization: `Bearer ${STRIPE_SANDBOX.liveSecretKey}` },
      }),
    );
    const { id }: { id: string } = await response.json();
    return id;
  }
});
