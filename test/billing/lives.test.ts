/**
 * Lives of customers, drawn from a seed: they subscribe, cancel, fail to pay, dispute, change their plan and card in
 * the portal, are given a second customer by support, delete their account and come back, while events are lost, late,
 * doubled and out of order, and Stripe answers 404, 500, or for an hour as to a key of another account. At the end of
 * each quiet day the tier must be what Stripe's own state says, every running subscription must stand in a report, and
 * nothing may have been charged for an account that is gone. `BILLING_LIVES` sets how many (default 36; the full
 * measure is 5000), `BILLING_LIVES_FROM` the first seed.
 */
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { runningSubscriptions } from "../../worker/billing/operations.ts";
import { configOf, type Bindings } from "../../worker/env.ts";
import { STRIPE_SANDBOX } from "../sandbox/stripe/index.ts";
import { newUser, userObject, type TestUser } from "../support/users.ts";
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

const vars = env as unknown as Record<string, string | undefined>;
const LIVES = Number(vars["BILLING_LIVES"] ?? "36");
const FIRST = Number(vars["BILLING_LIVES_FROM"] ?? "1");
const STEPS = 7;
const ENDED = ["canceled", "incomplete_expired"];

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

const customersOf = (userId: string) =>
  Object.values(stripe.state.test.customers).filter((c) => c.metadata["user_id"] === userId);
const subscriptionsOf = (userId: string) => {
  const ids = new Set(customersOf(userId).map((c) => c.id));
  return Object.values(stripe.state.test.subscriptions).filter((s) => ids.has(s.customer));
};
const isOurs = (s: ReturnType<typeof subscriptionsOf>[number]): boolean =>
  s.items.data.some((i) => i.price.product === STRIPE_SANDBOX.product);

/** The subscription whose payment is disputed, by the sandbox's own books. */
function disputedSubscriptions(): Set<string> {
  const { charges, disputes, invoices, invoice_payments } = stripe.state.test;
  const open = Object.values(disputes).filter((d) => d.status === "needs_response");
  return new Set(
    open.flatMap((d) => {
      const intent = charges[d.charge]?.payment_intent;
      const payment = Object.values(invoice_payments).find((p) => p.payment.payment_intent === intent);
      const paid = payment?.invoice;
      const about =
        invoices[typeof paid === "string" ? paid : ""]?.parent?.subscription_details?.subscription;
      return typeof about === "string" ? [about] : [];
    }),
  );
}

/** What Stripe's state means, said once more and independently of the code under test. */
function truth(user: TestUser): "free" | "premium" {
  const disputed = disputedSubscriptions();
  const live = subscriptionsOf(user.userId).filter(
    (s) => isOurs(s) && ["active", "trialing"].includes(s.status) && !disputed.has(s.id),
  );
  return live.length > 0 ? "premium" : "free";
}

interface Life {
  user: TestUser;
  log: string[];
  /** Tiers that were wrong at the end of a quiet day. */
  wrong: unknown[];
  /** Subscriptions that run and stand in no report. */
  unknown: string[];
  /** Charges made while there was no account. */
  charged: string[];
  premium: boolean;
}

async function live(seed: number): Promise<Life> {
  const random = generator(seed);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  let user = await newUser();
  const { userId } = user;
  const life: Life = { user, log: [], wrong: [], unknown: [], charged: [], premium: false };
  let gone = false;
  let chargesWhenGone = new Set<string>();
  const running = () => subscriptionsOf(userId).find((s) => !ENDED.includes(s.status));
  const chargesOf = () => {
    const ids = new Set(customersOf(userId).map((c) => c.id));
    return Object.values(stripe.state.test.charges).filter((c) => ids.has(c.customer ?? "") && c.paid);
  };
  const quietly = (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      () => undefined,
    );
  const inPortal = async (fields: Record<string, string>): Promise<void> => {
    const subscription = running();
    if (subscription === undefined) return;
    const { customer } = subscription;
    const session = await api<{ url: string }>("POST", "/v1/billing_portal/sessions", { customer });
    const body = new URLSearchParams({ subscription: subscription.id, ...fields });
    await (await stripe.fetch(new Request(session.url, { method: "POST", body }))).text();
  };
  const noSuch = (what: string, path: string, times: number, method?: string): void =>
    stripe.fault({
      kind: "status",
      status: 404,
      code: "resource_missing",
      message: `No such ${what}: 'x'`,
      path,
      times,
      ...(method === undefined ? {} : { method }),
    });

  const actions: Record<string, () => Promise<unknown>> = {
    async buy() {
      if (gone) return;
      // The token of the test lasts an hour: buying goes through the object.
      const opened = await billingOf(user, (billing) =>
        billing.openCheckout({
          offer: pick(["month", "year"] as const),
          successUrl: "https://mcp.test/billing/success",
          cancelUrl: "https://mcp.test/billing/cancel",
          portalReturnUrl: "https://mcp.test/account/plan",
        }),
      );
      if (opened.ok && random() < 0.85) await quietly(pay(opened.value.url));
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
      const [customer] = customersOf(userId);
      await quietly(
        api("POST", "/v1/subscriptions", {
          customer: customer?.id ?? "",
          "items[0][price]": STRIPE_SANDBOX.otherPriceId,
          trial_period_days: "30",
        }),
      );
    },
    async secondCustomer() {
      if (gone || customersOf(userId).length === 0) return;
      const { id: customer } = await api<{ id: string }>("POST", "/v1/customers", {
        "metadata[user_id]": userId,
      });
      const method = await api<{ id: string }>("POST", "/v1/payment_methods/pm_card_visa/attach", {
        customer,
      });
      await quietly(
        api("POST", "/v1/subscriptions", {
          customer,
          "items[0][price]": STRIPE_SANDBOX.priceMonthlyId,
          default_payment_method: method.id,
        }),
      );
    },
    async dispute() {
      const charge = chargesOf().findLast((c) => c.status === "succeeded" && !c.disputed);
      if (charge !== undefined) stripe.openDispute(charge.id);
    },
    async closeDispute() {
      const open = Object.values(stripe.state.test.disputes).find((d) => d.status === "needs_response");
      if (open !== undefined) stripe.closeDispute(open.id, pick(["won", "lost"]));
    },
    async deleteCustomer() {
      const [customer] = customersOf(userId);
      if (customer !== undefined && random() < 0.4)
        await quietly(api("DELETE", `/v1/customers/${customer.id}`));
    },
    switchPlan: () =>
      inPortal({
        action: "switch",
        price: pick([STRIPE_SANDBOX.priceMonthlyId, STRIPE_SANDBOX.priceYearlyId]),
      }),
    newCard: () => inPortal({ action: "update_card", outcome: pick(["succeeds", "succeeds", "declines"]) }),
    async raisePrice() {
      await api("POST", "/v1/prices", {
        product: STRIPE_SANDBOX.product,
        currency: "usd",
        unit_amount: "1200",
        "recurring[interval]": "month",
        lookup_key: STRIPE_SANDBOX.priceMonthly,
        transfer_lookup_key: "true",
      });
    },
    async stripeFails() {
      stripe.fault({ kind: "status", status: 500, path: /./, times: Math.ceil(random() * 6) });
      stripe.fault({ kind: "reset", method: "POST", path: /./, times: 2, after_effect: true });
    },
    async deniesCustomer() {
      noSuch("customer", "/customers|/subscriptions", Math.ceil(random() * 4), "GET");
    },
    async wrongKey() {
      noSuch("price", "^/v1/prices", 1_000);
      noSuch("customer", "^/v1/(customers|subscriptions|checkout|billing_portal|charges|invoices)", 1_000);
      await deliver({ lose: () => random() < 0.3 });
      if (!gone) await runBillingJob(user).catch(() => undefined);
      if (random() < 0.3) await actions["deleteAccount"]?.();
      travel(3_600_000);
      stripe.clearFaults();
    },
    async deleteAccount() {
      if (gone || random() < 0.3) return;
      // It may be refused, when Stripe cannot be asked: then nothing is gone.
      await quietly(user.object.deleteAccount());
      const account = await userObject(userId).account();
      if (account.ok) return;
      gone = true;
      chargesWhenGone = new Set(chargesOf().map((c) => c.id));
    },
    async comeBack() {
      if (!gone) return;
      countCharges();
      gone = false;
      user = await newUser({ userId });
      life.user = user;
      await actions["buy"]?.();
    },
    async wait() {
      travel(pick([60_000, 2 * 3_600_000, DAY_MS, 5 * DAY_MS, 33 * DAY_MS]));
    },
    quietDay: () => quietDay(),
  };

  function countCharges(): void {
    life.charged.push(...chargesOf().flatMap((c) => (chargesWhenGone.has(c.id) ? [] : [c.id])));
  }

  /** Nothing fails, what waits arrives, and the daily reading comes; then everything is held against Stripe. */
  async function quietDay(): Promise<void> {
    stripe.clearFaults();
    await deliver({ order: "reversed" });
    travel(DAY_MS);
    await deliver();
    if (!gone) await runBillingJob(user).catch(() => undefined);
    await deliver();
    await deliver();
    if (gone) {
      countCharges();
      const left = subscriptionsOf(userId).filter((s) => isOurs(s) && !ENDED.includes(s.status));
      life.unknown.push(...left.map((s) => `${s.id} outlives the account`));
      return;
    }
    const owing = subscriptionsOf(userId).some((s) => isOurs(s) && ["past_due", "unpaid"].includes(s.status));
    const [is, should] = [await tierOf(user), truth(user)];
    // A grace, while Stripe still tries, is ours to give.
    if (is !== should && !owing) {
      life.wrong.push({ at: life.log.length, is, should, plan: await planOf(user) });
    }
    life.premium ||= should === "premium";
    await everyRunningIsKnown();
  }

  /** By the report of the Stripe account, or as what the plan goes by. */
  async function everyRunningIsKnown(): Promise<void> {
    const bindings = env as unknown as Bindings;
    const { billing } = configOf(bindings);
    if (billing === null) throw new Error("nothing is sold");
    const plan = await planOf(user);
    const seen = await runningSubscriptions(bindings, billing);
    const known = new Set([
      plan.subscription?.id,
      ...[...seen.unmapped, ...seen.duplicates, ...seen.otherCustomer, ...seen.wrong].map(
        (s) => s.subscription,
      ),
    ]);
    const runs = subscriptionsOf(userId).filter(
      (s) => isOurs(s) && !ENDED.includes(s.status) && s.status !== "incomplete",
    );
    life.unknown.push(...runs.filter((s) => !known.has(s.id)).map((s) => s.id));
  }

  for (let step = 0; step < STEPS; step++) {
    const name = step === 0 ? "buy" : pick(Object.keys(actions));
    life.log.push(name);
    await actions[name]?.().catch((error: unknown) => {
      // What the dashboard or a person did met a fault that was meant for the server.
      if (!/^(GET|POST|DELETE) \/v1|by the sandbox/.test((error as Error).message)) throw error;
    });
    await deliver({
      order: pick(["as_created", "reversed"] as const),
      times: pick([1, 1, 2]),
      together: random() < 0.3,
      lose: () => random() < 0.1,
      hold: () => random() < 0.15,
    });
    // Its own reading comes when its time has come, not only at the end.
    if (!gone && random() < 0.3) await runBillingJob(user).catch(() => undefined);
  }
  // The last words are late, lost in part, or come when everything is over.
  await deliver({ order: "reversed", lose: () => random() < 0.5 });
  stripe.clearFaults();
  // Then the daily reading comes, and every payment that fails is given up or paid in the end.
  travel(40 * DAY_MS);
  for (
    let round = 0;
    round === 0 || (round < 10 && subscriptionsOf(userId).some((s) => s.status === "past_due"));
    round++
  ) {
    if (round > 0) travel(8 * DAY_MS);
    await deliver({ order: "reversed", lose: () => random() < 0.5 });
    if (!gone) await runBillingJob(user).catch(() => undefined);
  }
  await quietDay();
  return life;
}

test(`${LIVES} lives of customers: no wrong tier, nothing that runs unknown, nothing charged for who is gone`, async () => {
  const broken: unknown[] = [];
  let premium = 0;
  const began_ms = Date.now();
  const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  const said = vi.spyOn(console, "log").mockImplementation(() => undefined);
  for (let seed = FIRST; seed < FIRST + LIVES; seed++) {
    // Years pass in a life; alarms end with the platform's clock, in 2262.
    beginAgain(began_ms);
    const { log, wrong, unknown, charged, premium: was } = await live(seed);
    if (was) premium++;
    if (wrong.length + unknown.length + charged.length > 0)
      broken.push({ seed, log, wrong, unknown, charged });
    warned.mockClear();
    said.mockClear();
  }
  warned.mockRestore();
  said.mockRestore();
  expect(broken).toEqual([]);
  // The lives are worth something only if both ends happen.
  expect(premium).toBeGreaterThan(LIVES * 0.1);
  expect(premium).toBeLessThanOrEqual(LIVES * 0.95);
}, 14_400_000);

test("the oracle can tell: a plan that ignores Stripe would be found out", async () => {
  const user = await newUser();
  await pay(await checkoutUrl(user));
  expect([truth(user), await tierOf(user)]).toEqual(["premium", "free"]);
});
