/**
 * Lives of customers, drawn from a seed: they subscribe, cancel, fail to pay, dispute, come back and are deleted,
 * while their events are lost, late, doubled and out of order. Afterwards the tier must be what Stripe's own state
 * says. `BILLING_LIVES` sets how many (default 60; the full measure is 2000).
 */
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { STRIPE_SANDBOX } from "../sandbox/stripe/index.ts";
import { newUser, type TestUser } from "../support/users.ts";
import {
  api,
  beginAgain,
  billingOf,
  checkoutUrl,
  DAY_MS,
  deliver,
  pay,
  planOf,
  runBillingJob,
  stripe,
  tierOf,
  travel,
  useStripe,
} from "./stripe-world.ts";

useStripe();

const LIVES = Number((env as unknown as Record<string, string | undefined>)["BILLING_LIVES"] ?? "60");
const STEPS = 6;

/** mulberry32: a small generator with a seed, so that a life that fails can be lived again. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** What Stripe's state means, said once more and independently of the code under test. */
function truth(user: TestUser): "free" | "premium" {
  const { customers, subscriptions, charges, disputes } = stripe.state.test;
  const mine = Object.values(customers).filter((c) => c.metadata["user_id"] === user.userId);
  const ids = new Set(mine.map((c) => c.id));
  const live = Object.values(subscriptions).filter(
    (s) =>
      ids.has(s.customer) &&
      s.items.data.some((i) => i.price.product === STRIPE_SANDBOX.product) &&
      ["active", "trialing"].includes(s.status),
  );
  const disputed = Object.values(disputes).some((d) => {
    const customer = charges[d.charge]?.customer;
    return d.status === "needs_response" && customer !== null && customer !== undefined && ids.has(customer);
  });
  return live.length > 0 && !disputed ? "premium" : "free";
}

async function live(seed: number): Promise<{ user: TestUser; log: string[] }> {
  const random = generator(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const user = await newUser();
  const log: string[] = [];
  const customers = () =>
    Object.values(stripe.state.test.customers).filter((c) => c.metadata["user_id"] === user.userId);
  const subscriptions = () =>
    Object.values(stripe.state.test.subscriptions).filter((s) =>
      customers().some((c) => c.id === s.customer),
    );
  const running = () => subscriptions().find((s) => !["canceled", "incomplete_expired"].includes(s.status));
  const quietly = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      () => undefined,
    );

  const actions: Record<string, () => Promise<unknown>> = {
    async buy() {
      // The token of the test lasts an hour: buying goes through the object.
      const opened = await billingOf(user, (billing) =>
        billing.openCheckout({
          offer: pick(["month", "year"] as const),
          successUrl: "https://mcp.test/billing/success",
          cancelUrl: "https://mcp.test/billing/cancel",
          portalReturnUrl: "https://mcp.test/account/plan",
        }),
      );
      if (opened.ok && random() < 0.85) await pay(opened.value.url);
    },
    cancel: () => quietly(api("DELETE", `/v1/subscriptions/${running()?.id}`)),
    cancelLater: () =>
      quietly(
        api("POST", `/v1/subscriptions/${running()?.id}`, { cancel_at_period_end: pick(["true", "false"]) }),
      ),
    async cardFails() {
      for (const id of Object.keys(stripe.state.test.payment_methods)) stripe.setCard(id, "declines");
    },
    async cardWorks() {
      for (const id of Object.keys(stripe.state.test.payment_methods)) stripe.setCard(id, "succeeds");
    },
    async other() {
      const [customer] = customers();
      await quietly(
        api("POST", "/v1/subscriptions", {
          customer: customer?.id ?? "",
          "items[0][price]": STRIPE_SANDBOX.otherPriceId,
          trial_period_days: "30",
        }),
      );
    },
    async dispute() {
      const ids = new Set(customers().map((c) => c.id));
      const charge = Object.values(stripe.state.test.charges).findLast(
        (c) => ids.has(c.customer ?? "") && c.status === "succeeded" && !c.disputed,
      );
      if (charge !== undefined) stripe.openDispute(charge.id);
    },
    async closeDispute() {
      const open = Object.values(stripe.state.test.disputes).find((d) => d.status === "needs_response");
      if (open !== undefined) stripe.closeDispute(open.id, pick(["won", "lost"]));
    },
    async deleteCustomer() {
      const [customer] = customers();
      if (customer !== undefined && random() < 0.4)
        await quietly(api("DELETE", `/v1/customers/${customer.id}`));
    },
    async wait() {
      travel(pick([60_000, 2 * 3_600_000, DAY_MS, 5 * DAY_MS, 33 * DAY_MS]));
    },
  };

  for (let step = 0; step < STEPS; step++) {
    const name = step === 0 ? "buy" : pick(Object.keys(actions));
    log.push(name);
    await actions[name]?.();
    await deliver({
      order: pick(["as_created", "reversed"] as const),
      times: pick([1, 1, 2]),
      together: random() < 0.3,
      lose: () => random() < 0.1,
      hold: () => random() < 0.15,
    });
    // Its own reading comes when its time has come, not only at the end.
    if (random() < 0.3) await runBillingJob(user).catch(() => undefined);
  }
  // The last words are late, lost in part, or come when everything is over.
  await deliver({ order: "reversed", lose: () => random() < 0.5 });
  // Then the daily reading comes, and every payment that fails is given up or paid in the end.
  travel(40 * DAY_MS);
  for (
    let round = 0;
    round === 0 || (round < 10 && subscriptions().some((s) => s.status === "past_due"));
    round++
  ) {
    if (round > 0) travel(8 * DAY_MS);
    await deliver({ order: "reversed", lose: () => random() < 0.5 });
    await runBillingJob(user).catch(() => undefined);
  }
  return { user, log };
}

test(`${LIVES} lives of customers end with 0 wrong tiers`, async () => {
  const wrong: unknown[] = [];
  let premium = 0;
  const began_ms = Date.now();
  for (let seed = 1; seed <= LIVES; seed++) {
    // Years pass in a life; alarms end with the platform's clock, in 2262.
    beginAgain(began_ms);
    const { user, log } = await live(seed);
    const [is, should] = [await tierOf(user), truth(user)];
    if (should === "premium") premium++;
    if (is !== should) wrong.push({ seed, is, should, log, plan: await planOf(user) });
  }
  expect(wrong).toEqual([]);
  // The lives are worth something only if both ends happen.
  expect(premium).toBeGreaterThan(LIVES * 0.1);
  expect(premium).toBeLessThan(LIVES * 0.9);
}, 900_000);

test("the oracle can tell: a plan that ignores Stripe would be found out", async () => {
  const user = await newUser();
  await pay(await checkoutUrl(user));
  expect([truth(user), await tierOf(user)]).toEqual(["premium", "free"]);
});
