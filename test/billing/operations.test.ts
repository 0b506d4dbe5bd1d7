/** What an operator can see and mend, and what is written down of it. */
import { describe, expect, test, vi } from "vitest";
import type { Bindings } from "../../worker/env.ts";
import { redact } from "../../worker/log.ts";
import { loadConfig } from "../../worker/env.ts";
import { billingDrift, replayEvent, replayUndelivered } from "../../worker/billing/operations.ts";
import { newUser, runDueJobs, type TestUser } from "../support/users.ts";
import { STRIPE_SANDBOX } from "../sandbox/stripe/index.ts";
import {
  api,
  billingOf,
  checkoutUrl,
  customerOf,
  DAY_MS,
  deliver,
  loseAll,
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

const bindings = env as unknown as Bindings & { AUDIT_LOGS: R2Bucket };

async function untold(): Promise<TestUser> {
  const user = await newUser();
  await pay(await checkoutUrl(user));
  await loseAll();
  return user;
}

describe("A1 resync", () => {
  test("a dry run says what would change and changes nothing; the real one changes it", async () => {
    const user = await untold();
    const dry = await billingOf(user, (billing) => billing.resync({ dryRun: true }));
    expect(dry).toMatchObject({ ok: true, value: { before: { tier: "free" }, after: { tier: "premium" } } });
    expect(await tierOf(user)).toBe("free");
    const real = await billingOf(user, (billing) => billing.resync({ dryRun: false }));
    expect(real).toMatchObject({ ok: true, value: { before: { tier: "free" }, after: { tier: "premium" } } });
    expect(await tierOf(user)).toBe("premium");
  });

  test("while Stripe does not answer it says so", async () => {
    const user = await untold();
    stripe.fault({ kind: "rate_limited", path: /./, times: 20 });
    for (const dryRun of [true, false]) {
      const result = await billingOf(user, (billing) => billing.resync({ dryRun }));
      expect(result).toMatchObject({ ok: false, error: { kind: "billing_unavailable" } });
    }
  });
});

describe("A2 replay", () => {
  test("of one event: it is worked on again although it was done", async () => {
    const user = await untold();
    const event = Object.values(stripe.state.test.events).findLast((e) => e.type === "invoice.paid");
    expect(await replayEvent(bindings, event?.id ?? "")).toMatchObject({ outcome: "done" });
    expect(await tierOf(user)).toBe("premium");
    await sql(user, "UPDATE entitlement SET subscription = NULL, tier = 'free'");
    expect(await replayEvent(bindings, event?.id ?? "")).toMatchObject({ outcome: "done" });
    expect(await replayEvent(bindings, "evt_none")).toMatchObject({ outcome: "not_found" });
  });

  test("of everything that was not delivered since a time, over pages, and twice is as good as once", async () => {
    const user = await newUser();
    await checkoutUrl(user);
    for (let i = 0; i < 120; i++)
      await api("POST", `/v1/customers/${await customerOf(user)}`, { description: `${i}` });
    const others = await Promise.all([untoldLater(), untoldLater()]);
    const failed = await replayUndelivered(bindings, Date.now() - DAY_MS);
    expect(failed.replayed).toBeGreaterThan(120);
    expect(failed.failed).toEqual([]);
    for (const other of others) expect(await tierOf(other)).toBe("premium");
    stripe.clearCalls();
    const again = await replayUndelivered(bindings, Date.now() - DAY_MS);
    expect(again.outcomes["done"] ?? 0).toBe(0);
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

  test("drift: subscriptions that run for nobody, or for somebody who is shown another plan", async () => {
    const user = await untold();
    const orphan = await api<{ id: string }>("POST", "/v1/customers");
    await api("POST", "/v1/subscriptions", {
      customer: orphan.id,
      "items[0][price]": STRIPE_SANDBOX.priceMonthlyId,
      trial_period_days: "30",
    });
    expect(await billingDrift(bindings)).toMatchObject({
      unmapped: [{ customer: orphan.id }],
      wrong: [{ userId: user.userId, shown: "free", paid: "premium" }],
      checked: 2,
    });
    await billingOf(user, (billing) => billing.resync({ dryRun: false }));
    expect(await billingDrift(bindings)).toMatchObject({ wrong: [] });
  });
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
  for (const secret of ["4242", "alice@", "whsec_", "sk_test_", STRIPE_SANDBOX.secretKey]) {
    expect(everything).not.toContain(secret);
  }
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
