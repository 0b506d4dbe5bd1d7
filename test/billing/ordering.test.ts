/** Events in any order, any number of times, or not at all. */
import { runInDurableObject } from "cloudflare:test";
import { expect, test } from "vitest";
import { answerHost } from "../support/outside.ts";
import { newUser } from "../support/users.ts";
import {
  api,
  billingOf,
  callsTo,
  checkoutUrl,
  customerOf,
  DAY_MS,
  deliver,
  history,
  LIST,
  loseAll,
  mapping,
  pay,
  planOf,
  runBillingJob,
  sql,
  stripe,
  subscribe,
  subscriptionOf,
  tierOf,
  travel,
  useStripe,
  worker,
} from "./stripe-world.ts";
import { STRIPE_SANDBOX } from "../sandbox/stripe/index.ts";

useStripe();

test("O1 every event reversed and three times over: the same plan, and one entry in the history", async () => {
  const user = await newUser();
  await pay(await checkoutUrl(user));
  const results = await deliver({ order: "reversed", times: 3 });
  expect(results.length).toBeGreaterThan(15);
  expect(new Set(results.map((r) => r.status))).toEqual(new Set([200]));
  expect(await tierOf(user)).toBe("premium");
  expect(await history(user)).toEqual([{ from_tier: "free", to_tier: "premium", why: "active" }]);
});

test("O2 an old `deleted` that is replayed after a new subscription changes nothing", async () => {
  const user = await newUser();
  await subscribe(user);
  await api("DELETE", `/v1/subscriptions/${await subscriptionOf(user)}`);
  await deliver();
  expect(await tierOf(user)).toBe("free");
  const old = Object.values(stripe.state.test.events).findLast(
    (e) => e.type === "customer.subscription.deleted",
  );
  await subscribe(user);
  expect(await tierOf(user)).toBe("premium");
  // Also when the event is not remembered any more.
  await sql(user, "DELETE FROM billing_events");
  expect((await stripe.resend(old?.id ?? ""))[0]?.status).toBe(200);
  expect(await tierOf(user)).toBe("premium");
});

test("O3 a customer made in the dashboard finds its user by metadata, and is remembered", async () => {
  const user = await newUser();
  const { id } = await api<{ id: string }>("POST", "/v1/customers", { "metadata[user_id]": user.userId });
  await api("POST", "/v1/subscriptions", {
    customer: id,
    "items[0][price]": STRIPE_SANDBOX.priceMonthlyId,
    default_payment_method: (
      await api<{ id: string }>("POST", "/v1/payment_methods/pm_card_visa/attach", { customer: id })
    ).id,
  });
  expect(await mapping(id)).toBeNull();
  await deliver();
  expect(await tierOf(user)).toBe("premium");
  expect(await mapping(id)).toBe(user.userId);
});

test("O3 the subscription's own metadata is enough; a customer nobody knows is ignored with 200", async () => {
  const user = await newUser();
  const make = async (metadata: Record<string, string>) => {
    const { id } = await api<{ id: string }>("POST", "/v1/customers");
    const method = await api<{ id: string }>("POST", "/v1/payment_methods/pm_card_visa/attach", {
      customer: id,
    });
    await api("POST", "/v1/subscriptions", {
      customer: id,
      "items[0][price]": STRIPE_SANDBOX.priceMonthlyId,
      default_payment_method: method.id,
      ...metadata,
    });
  };
  await make({ "metadata[user_id]": user.userId });
  await make({});
  await make({ "metadata[user_id]": "../../admin" });
  await make({ "metadata[user_id]": "u_neversignedin" });
  const results = await deliver();
  expect(new Set(results.map((r) => r.status))).toEqual(new Set([200]));
  expect(await tierOf(user)).toBe("premium");
});

test("O4 the same event five times at once is worked on once", async () => {
  const user = await newUser();
  await checkoutUrl(user);
  await api("POST", `/v1/customers/${await customerOf(user)}`, { description: "x" });
  const event = Object.values(stripe.state.test.events).findLast((e) => e.type === "customer.updated");
  stripe.clearCalls();
  const answers = await Promise.all(
    [1, 2, 3, 4, 5].map(async () => (await worker(await stripe.signedRequest(event?.id ?? ""))).json()),
  );
  const duplicates = answers.filter((a) => (a as { duplicate?: boolean }).duplicate === true);
  expect(duplicates).toHaveLength(4);
  expect(callsTo(LIST)).toBe(1);
});

test("O5 every webhook lost: the daily reading repairs it, and so does looking at the plan", async () => {
  const user = await newUser();
  const began_ms = Date.now();
  await pay(await checkoutUrl(user));
  await loseAll();
  expect(await tierOf(user)).toBe("free");
  await runBillingJob(user);
  expect(Date.now() - began_ms).toBeLessThanOrEqual(DAY_MS);
  expect(await tierOf(user)).toBe("premium");
  await api("DELETE", `/v1/subscriptions/${await subscriptionOf(user)}`);
  await loseAll();
  travel(61_000);
  expect(await billingOf(user, (billing) => billing.refresh(60_000))).toMatchObject({ tier: "free" });
});

test("O6 an older reading that is slow never overwrites a newer one", async () => {
  const user = await newUser();
  await subscribe(user);
  const subscription = await subscriptionOf(user);
  // The first reading sees the subscription and is then held up; meanwhile it is cancelled and an event comes.
  const reading = { held: false };
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  answerHost("api.stripe.test", async (request) => {
    const answer = await stripe.fetch(request);
    if (reading.held || !request.url.includes("/v1/subscriptions?")) return answer;
    reading.held = true;
    await released;
    return answer;
  });
  const slow = billingOf(user, (billing) => billing.refresh(0));
  while (!reading.held) await new Promise((resolve) => setTimeout(resolve, 5));
  await api("DELETE", `/v1/subscriptions/${subscription}`);
  const delivered = deliver();
  await new Promise((resolve) => setTimeout(resolve, 30));
  release();
  await Promise.all([slow, delivered]);
  expect(await planOf(user)).toMatchObject({ tier: "free", subscription: { status: "canceled" } });
});

test("O7 an object that dies while it works on an event has not done it: the next one repairs it", async () => {
  const user = await newUser();
  await pay(await checkoutUrl(user));
  stripe.fault({ kind: "slow", operation: LIST, ms: 600 });
  const delivered = deliver({ hold: (_, type) => type !== "customer.subscription.created" });
  await new Promise((resolve) => setTimeout(resolve, 150));
  await runInDurableObject(user.object, (_, state) => state.abort("evicted")).catch(() => undefined);
  expect((await delivered).map((r) => r.status)).toEqual([503]);
  const again = await newUser({ userId: user.userId });
  const rows = await sql<{ done_ms: number | null }>(again, "SELECT done_ms FROM billing_events");
  expect(rows).toEqual([{ done_ms: null }]);
  expect(await tierOf(again)).toBe("free");
  await deliver();
  expect(await tierOf(again)).toBe("premium");
});

test("O8 events are forgotten after 35 days, not before", async () => {
  const user = await newUser();
  await subscribe(user);
  const count = async () => (await sql(user, "SELECT event_id FROM billing_events")).length;
  const before = await count();
  expect(before).toBeGreaterThan(3);
  travel(34 * DAY_MS);
  await loseAll();
  await runBillingJob(user);
  expect(await count()).toBe(before);
  travel(2 * DAY_MS);
  await runBillingJob(user);
  expect(await count()).toBe(0);
});
