/** What an operator can see and mend, and what is written down of it. */
import { describe, expect, test, vi } from "vitest";
import { merge } from "../../scripts/ops/admin-commands.ts";
import { numbersInWords } from "../../scripts/ops/stripe/numbers.ts";
import { runCommand } from "../../worker/admin/run.ts";
import type { Bindings } from "../../worker/env.ts";
import { redact } from "../../worker/log.ts";
import { loadConfig } from "../../worker/env.ts";
import { newUser, runDueJobs, type TestUser } from "../support/users.ts";
import { STRIPE_SANDBOX } from "../sandbox/stripe/index.ts";
import { buyUrl, configured } from "./other-configuration.ts";
import {
  api,
  billingOf,
  checkoutUrl,
  customerOf,
  DAY_MS,
  deliver,
  paidUntold,
  ORIGIN,
  pay,
  planOf,
  sql,
  stripe,
  subscribe,
  subscriptionOf,
  tierOf,
  travel,
  useStripe,
  worker,
} from "./stripe-world.ts";
import { env } from "cloudflare:workers";

useStripe();

const bindings = env as unknown as Bindings & { AUDIT_LOGS: R2Bucket; USER_MAPPINGS: KVNamespace };

describe("A1 resync", () => {
  test("a dry run says what would change and changes nothing; the real one changes it", async () => {
    const user = await paidUntold();
    const dry = await billingOf(user, (billing) => billing.resync({ dryRun: true }));
    expect(dry).toMatchObject({ ok: true, value: { before: { tier: "free" }, after: { tier: "premium" } } });
    expect(await tierOf(user)).toBe("free");
    const real = await billingOf(user, (billing) => billing.resync({ dryRun: false }));
    expect(real).toMatchObject({ ok: true, value: { before: { tier: "free" }, after: { tier: "premium" } } });
    expect(await tierOf(user)).toBe("premium");
  });

  test("while Stripe does not answer it says so", async () => {
    const user = await paidUntold();
    stripe.fault({ kind: "rate_limited", path: /./, times: 20 });
    for (const dryRun of [true, false]) {
      const result = await billingOf(user, (billing) => billing.resync({ dryRun }));
      expect(result).toMatchObject({ ok: false, error: { kind: "billing_unavailable" } });
    }
  });
});

/** A command of the operator's entrypoint, over all its pages. */
async function admin(command: string, input: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  let total: Record<string, unknown> = {};
  let cursor: unknown;
  do {
    const body = JSON.stringify({ ...input, ...(cursor === undefined ? {} : { cursor }) });
    const response = await runCommand(
      new Request(`http://admin/${command}`, { method: "POST", body }),
      bindings,
    );
    const page = (await response.json()) as Record<string, unknown>;
    if (!response.ok) throw new Error(String(page["message"]));
    total = merge(total, page);
    cursor = page["next"] ?? undefined;
  } while (cursor !== undefined);
  return total;
}

describe("A2 replay", () => {
  test("of one event: it is worked on again although it was done", async () => {
    const user = await paidUntold();
    const event = Object.values(stripe.state.test.events).findLast((e) => e.type === "invoice.paid");
    expect(await admin("billing/replay", { event: event?.id })).toMatchObject({ outcome: "done" });
    expect(await tierOf(user)).toBe("premium");
    await sql(user, "UPDATE entitlement SET subscription = NULL, tier = 'free'");
    expect(await admin("billing/replay", { event: event?.id })).toMatchObject({ outcome: "done" });
    expect(await tierOf(user)).toBe("premium");
    await expect(admin("billing/replay", { event: "evt_none" })).rejects.toThrow("does not give event");
  });

  test("of everything that was not delivered since a time, over pages, and twice is as good as once", async () => {
    const user = await newUser();
    await checkoutUrl(user);
    for (let i = 0; i < 120; i++)
      await api("POST", `/v1/customers/${await customerOf(user)}`, { description: `${i}` });
    const others = await Promise.all([untoldLater(), untoldLater()]);
    const since = new Date(Date.now() - DAY_MS).toISOString().slice(0, 10);
    const first = await admin("billing/undelivered", { since });
    expect(first["replayed"]).toBeGreaterThan(120);
    expect(first["failed"]).toEqual([]);
    for (const other of others) expect(await tierOf(other)).toBe("premium");
    const again = await admin("billing/undelivered", { since });
    expect([again["done"], again["duplicate"]]).toEqual([0, first["done"]]);
    const later = new Date(Date.now() + 2 * DAY_MS).toISOString().slice(0, 10);
    expect(await admin("billing/undelivered", { since: later })).toMatchObject({ replayed: 0 });
  });

  test("while Stripe cannot be read the events are named, and wait", async () => {
    const user = await newUser();
    await pay(await checkoutUrl(user));
    stripe.fault({ kind: "status", operation: "GET /v1/subscriptions", times: 500 });
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const failed = (await admin("billing/undelivered"))["failed"] as string[];
    vi.restoreAllMocks();
    expect(failed.length).toBeGreaterThan(3);
    expect(await tierOf(user)).toBe("free");
  });

  /** Paid, and no event has reached us. */
  async function untoldLater(): Promise<TestUser> {
    const user = await newUser();
    await pay(await checkoutUrl(user));
    return user;
  }
});

describe("A3 the report", () => {
  test("shows a user's history, events that wait, disputes and duplicates", async () => {
    const user = await newUser();
    await subscribe(user);
    stripe.openDispute(Object.keys(stripe.state.test.charges).at(-1) ?? "");
    await deliver();
    // That nothing is collected meanwhile is an event, too.
    await deliver();
    stripe.fault({ kind: "status", operation: "GET /v1/subscriptions", times: 2 });
    await api("POST", `/v1/customers/${await customerOf(user)}`, { description: "x" });
    await deliver();
    const report = await billingOf(user, (billing) => billing.report());
    expect(report).toMatchObject({
      plan: { tier: "free", why: "dispute" },
      history: [
        { to: "free", why: "dispute" },
        { to: "premium", why: "active" },
      ],
      waitingEvents: [{ type: "customer.updated", attempts: 1, problem: "unavailable" }],
      disputes: [{ status: "open" }],
    });
    expect(report.lastEvent_ms).toBe(Date.now());
  });

  test("of the Stripe account: subscriptions that run for nobody, for somebody shown another plan, or twice", async () => {
    const user = await paidUntold();
    const twice = await newUser();
    await subscribe(twice);
    const first = await subscriptionOf(twice);
    travel(60_000);
    const orphan = await api<{ id: string }>("POST", "/v1/customers");
    for (const customer of [orphan.id, await customerOf(twice)]) {
      await api("POST", "/v1/subscriptions", {
        customer,
        "items[0][price]": STRIPE_SANDBOX.priceMonthlyId,
        trial_period_days: "30",
      });
      await api("POST", "/v1/subscriptions", {
        customer,
        "items[0][price]": STRIPE_SANDBOX.otherPriceId,
        trial_period_days: "30",
      });
    }
    await billingOf(twice, (billing) => billing.refresh(0));
    const second = Object.values(stripe.state.test.subscriptions).find(
      (s) => s.status === "trialing" && s.customer !== orphan.id,
    );
    const seen = await admin("billing/subscriptions");
    expect(seen).toMatchObject({
      unmapped: [{ customer: orphan.id }],
      wrong: [{ userId: user.userId, shown: "free" }],
      duplicates: [{ userId: twice.userId, subscription: second?.id, running: 2 }],
      checked: 4,
    });
    const customer = await customerOf(user);
    expect(await admin("billing/resync", { user: customer })).toMatchObject({ changed: true });
    expect(await admin("billing/subscriptions")).toMatchObject({ wrong: [] });
    // The second one is ended and its money given back; another user's is not ended by mistake.
    const end = (who: string, subscription: string | undefined) =>
      admin("billing/end", { user: who, subscription, refund: true });
    await expect(end(customer, second?.id)).rejects.toThrow("has no subscription");
    expect(stripe.state.test.subscriptions[second?.id ?? ""]?.status).toBe("trialing");
    const ended = await end(await customerOf(twice), second?.id);
    expect(ended["plan"]).toMatchObject({
      tier: "premium",
      subscription: { id: first },
      liveSubscriptions: 1,
    });
  });

  test("of the users: another plan than Stripe says, paid twice, held, with events that wait; then mended", async () => {
    const wrong = await inDirectory(await paidUntold());
    const held = await inDirectory(await newUser());
    await subscribe(held);
    stripe.openDispute(Object.keys(stripe.state.test.charges).at(-1) ?? "");
    await deliver();
    const waiting = await inDirectory(await newUser());
    await subscribe(waiting);
    stripe.fault({ kind: "status", operation: "GET /v1/subscriptions", times: 2 });
    await api("POST", `/v1/customers/${await customerOf(waiting)}`, { description: "x" });
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    await deliver();
    vi.restoreAllMocks();
    const seen = await admin("billing/drift");
    expect(seen).toMatchObject({
      drift: [{ userId: wrong.userId, here: { tier: "free" }, stripe: { tier: "premium" } }],
      duplicates: [],
      held: [{ userId: held.userId, disputes: 1 }],
      waiting: [{ userId: waiting.userId, events: 1 }],
      unread: [],
    });
    expect(await tierOf(wrong)).toBe("free");
    expect((await admin("billing/drift", { mend: true }))["drift"]).toHaveLength(1);
    expect(await tierOf(wrong)).toBe("premium");
    expect(await admin("billing/drift")).toMatchObject({ drift: [], waiting: [] });
  });

  /** Tests make users past the sign-in, which writes the directory. */
  async function inDirectory(user: TestUser): Promise<TestUser> {
    const account = await user.object.account();
    if (!account.ok) throw new Error(account.error.kind);
    await bindings.USER_MAPPINGS.put(`user:${user.userId}`, JSON.stringify({ ...account.value }));
    return user;
  }
});

test("A4 each change of tier is in the record with Stripe's event, without anything of the person or a card", async () => {
  const user = await newUser();
  const logged: unknown[] = [];
  for (const level of ["info", "warn", "error"] as const) {
    vi.spyOn(console, level).mockImplementation((...args: unknown[]) => void logged.push(args));
  }
  await subscribe(user);
  vi.restoreAllMocks();
  const rows = await sql<{ method: string; started: string }>(
    user,
    "SELECT method, started FROM journal WHERE method LIKE 'billing/%'",
  );
  expect(rows).toHaveLength(1);
  const { ids } = JSON.parse(rows[0]?.started ?? "{}") as { ids: Record<string, string> };
  expect(ids).toEqual({
    from: "free",
    to: "premium",
    why: "active",
    stripe_event: expect.stringMatching(/^evt_/),
  });
  await runDueJobs(user.userId);
  const stored = await bindings.AUDIT_LOGS.list({ prefix: `audit/${user.userId}/` });
  const texts = await Promise.all(
    stored.objects.map(async (o) => (await bindings.AUDIT_LOGS.get(o.key))?.text()),
  );
  expect(texts.join("")).toContain("billing/tier_changed");
  const everything = JSON.stringify([rows, texts, logged]);
  for (const secret of ["alice@", "whsec_", "sk_test_", STRIPE_SANDBOX.secretKey]) {
    expect(everything).not.toContain(secret);
  }
  // The end of the card's number as a value of its own: random ids hold the same digits now and then.
  expect(everything).not.toMatch(/(?<![\w-])(4242 ?)+(?![\w-])/);
});

test("A4 what looks like a key of Stripe's never gets into a log line", async () => {
  const text = redact("sk_test_abc rk_live_def whsec_xyz= price_1");
  expect(text).toBe("sk_[redacted] rk_[redacted] whsec_[redacted] price_1");
});

test("a key that is none is refused at the start, without its value", () => {
  for (const [name, value] of [
    ["STRIPE_SECRET_KEY", "pk_test_publishable"],
    ["STRIPE_WEBHOOK_SECRET", "hunter2"],
    ["STRIPE_PRICE_ID", "prod_x"],
    ["STRIPE_API_URL", "http://stripe.example"],
    ["BILLING_GRACE_DAYS", "-1"],
  ] as const) {
    vi.spyOn(console, "error").mockImplementation(() => undefined);
    const result = loadConfig({ ...bindings, [name]: value });
    expect(result).toMatchObject({ ok: false, names: [name] });
    expect(JSON.stringify(result)).not.toContain(value.length > 3 ? value : "\u0000");
    vi.restoreAllMocks();
  }
});

test("X4 the documented commands: Checkout by curl, then the two events of the guide", async () => {
  const user = await newUser();
  const bought = await worker(
    new Request(`${ORIGIN}/stripe/create-checkout`, {
      method: "POST",
      headers: { Authorization: `Bearer ${user.bearer}` },
    }),
  );
  const { checkout_url } = (await bought.json()) as { checkout_url: string };
  await pay(checkout_url);
  const only = (type: string) => deliver({ hold: (_, t) => t !== type });
  expect((await only("checkout.session.completed")).map((r) => r.status)).toEqual([200]);
  expect(await tierOf(user)).toBe("premium");
  await api("DELETE", `/v1/subscriptions/${await subscriptionOf(user)}`);
  expect((await only("customer.subscription.deleted")).map((r) => r.status)).toEqual([200]);
  expect(await planOf(user)).toMatchObject({ tier: "free" });
  travel(1);
});

test("billing report: states, MRR, trials, failed payments, churn and why people cancelled", async () => {
  const [yearly, leaver, owing] = [await newUser(), await newUser(), await newUser()];
  await subscribe(yearly, { interval: "year" });
  await subscribe(leaver);
  await subscribe(owing);
  await pay(await configured(await newUser(), { rules: { trial_days: 60 } }, buyUrl));
  const owed = stripe.state.test.subscriptions[await subscriptionOf(owing)]?.default_payment_method;
  stripe.setCard(String(owed), "declines");
  travel(31 * DAY_MS + 3 * 3_600_000);
  await api("POST", `/v1/subscriptions/${await subscriptionOf(leaver)}`, {
    "cancellation_details[feedback]": "too_expensive",
  });
  await api("DELETE", `/v1/subscriptions/${await subscriptionOf(leaver)}`);
  await deliver();
  const numbers = await admin("billing/numbers");
  expect(numbers).toMatchObject({
    states: { active: 1, canceled: 1, past_due: 1, trialing: 1 },
    // A twelfth of the year, and the month that is owed.
    mrr: { usd: STRIPE_SANDBOX.amountYearly / 12 + STRIPE_SANDBOX.amountMonthly },
    trials: 1,
    failedPayments: 1,
    churn: { ended: 1, ranBefore: 4 },
    cancelReasons: { too_expensive: 1 },
  });
  const words = numbersInWords(numbers);
  expect(words).toMatch(/monthly recurring revenue +\$16\.50/);
  expect(words).toMatch(/churn of 30 days +25\.0 % \(1 of 4\)/);
});
