/** What Stripe refuses is told apart from silence: the person is not sent round in circles, the operator knows why. */
import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { runCommand } from "../../worker/admin/run.ts";
import type { Bindings } from "../../worker/env.ts";
import { health as answerHealth } from "../../worker/health.ts";
import { hourly } from "../../worker/hourly.ts";
import { STRIPE_SANDBOX } from "../sandbox/stripe/index.ts";
import { newUser } from "../support/users.ts";
import { buyUrl, configured } from "./other-configuration.ts";
import {
  api,
  beginAgain,
  checkoutUrl,
  customerOf,
  DAY_MS,
  ORIGIN,
  post,
  restricted,
  runBillingJob,
  stripe,
  subscribe,
  subscriptionOf,
  tierOf,
  travel,
  useStripe,
  worker,
} from "./stripe-world.ts";

useStripe();

const bindings = env as unknown as Bindings & { USER_MAPPINGS: KVNamespace };
/** What was met is remembered over tests, by the isolate and in KV: each test is in a time of its own. */
let epoch_ms = Date.now();
beforeEach(async () => {
  epoch_ms += 30 * DAY_MS;
  beginAgain(epoch_ms);
  for (const key of ["stripe-contact", "stripe-trouble"]) await bindings.USER_MAPPINGS.delete(key);
  const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  logged = () => JSON.stringify(warned.mock.calls);
  return () => warned.mockRestore();
});
let logged: () => string;

interface Health {
  status: string;
  billing?: { state: string; problems?: { kind: string; todo: string }[] };
}
async function health(vars: Record<string, unknown> = {}): Promise<Health> {
  travel(61_000);
  return (await answerHealth(new Request(`${ORIGIN}/health`), { ...bindings, ...vars })).json();
}
async function doctor(vars: Record<string, unknown> = {}): Promise<string> {
  const request = new Request("http://admin/ready", { method: "POST", body: "{}" });
  const { parts } = await (
    await runCommand(request, { ...bindings, ...vars })
  ).json<{
    parts: { part: string; ok: boolean; detail: string }[];
  }>();
  return parts
    .filter((p) => p.part.startsWith("billing") || p.part.startsWith("stripe"))
    .map((p) => `${p.ok} ${p.detail}`)
    .join("\n");
}

describe("S6 a permanent no", () => {
  test.each([
    ["no business name", () => (stripe.settings.business_name = false), /business name/],
    ["no way to pay in the currency", () => (stripe.settings.currencies = ["eur"]), /payment method/],
  ])(
    "%s: billing_refused without a word of trying again; log, health and doctor say why",
    async (_, arrange, reason) => {
      const user = await newUser();
      arrange();
      const response = await post(user, "/stripe/create-checkout");
      const { error, message } = await response.json<{ error: string; message: string }>();
      expect([response.status, error, response.headers.get("Retry-After")]).toEqual([
        502,
        "billing_refused",
        null,
      ]);
      expect(message).not.toMatch(/try again|business|payment method/i);
      expect(logged()).toMatch(reason);
      const said = await health();
      expect(said).toMatchObject({ status: "degraded", billing: { state: "refused" } });
      expect(said.billing?.problems?.[0]?.todo).toMatch(reason);
      expect(await doctor()).toMatch(reason);
      // Mended: the next purchase clears it.
      stripe.settings.business_name = true;
      stripe.settings.currencies = null;
      await checkoutUrl(user);
      expect(await health()).toMatchObject({ status: "healthy", billing: { state: "ready" } });
    },
  );

  test("tax that is not active, and terms without an address, are refusals", async () => {
    stripe.settings.tax_registered = false;
    stripe.settings.terms_url = false;
    for (const flag of ["STRIPE_AUTOMATIC_TAX", "BILLING_TERMS_CONSENT"]) {
      const vars = { [flag]: "true" };
      const opened = configured(await newUser(), { vars }, buyUrl);
      await expect(opened).rejects.toThrow("billing_refused");
    }
    expect(logged()).toMatch(/head office address/);
    expect(logged()).toMatch(/consent to your terms/);
  });

  test("an account that is not activated takes no live money", async () => {
    stripe.settings.activated = false;
    stripe.state.live.prices["price_live"] = {
      ...structuredClone(stripe.state.live.prices[STRIPE_SANDBOX.priceMonthlyId]!),
      id: "price_live",
    };
    const vars = { STRIPE_SECRET_KEY: STRIPE_SANDBOX.liveSecretKey, STRIPE_PRICE_ID: "price_live" };
    await expect(configured(await newUser(), { vars }, buyUrl)).rejects.toThrow("billing_refused");
    expect(logged()).toMatch(/activate your account/);
  });

  test("currencies that cannot be mixed on one customer", async () => {
    const user = await newUser();
    await checkoutUrl(user);
    const price = await api<{ id: string }>("POST", "/v1/prices", {
      product: STRIPE_SANDBOX.otherProduct,
      currency: "eur",
      unit_amount: "100",
      "recurring[interval]": "month",
    });
    await api("POST", "/v1/subscriptions", {
      customer: await customerOf(user),
      "items[0][price]": price.id,
      trial_period_days: "30",
    });
    const response = await post(user, "/stripe/create-checkout", { interval: "year" });
    expect(await response.json()).toMatchObject({ error: "billing_refused" });
    expect(logged()).toMatch(/cannot combine currencies/);
  });

  test("places of the portal that are closed open it at its start", async () => {
    const user = await newUser();
    await subscribe(user);
    await api("POST", `/v1/subscriptions/${await subscriptionOf(user)}`, {
      cancel_at: String(Math.floor(Date.now() / 1000) + 10 * 86_400),
    });
    expect((await post(user, "/stripe/create-portal-session", { flow: "subscription_cancel" })).status).toBe(
      200,
    );
    for (const one of Object.values(stripe.state.test.portal_configurations)) {
      one.features.subscription_update.products = [
        {
          adjustable_quantity: { enabled: false, maximum: null, minimum: 1 },
          product: STRIPE_SANDBOX.product,
          prices: [STRIPE_SANDBOX.priceMonthlyId],
        },
      ];
    }
    expect((await post(user, "/stripe/create-portal-session", { flow: "subscription_update" })).status).toBe(
      200,
    );
    const call = stripe.calls.findLast((c) => c.operation === "POST /v1/billing_portal/sessions");
    expect([call?.status, call?.params["flow_data"]]).toEqual([200, undefined]);
  });
});

describe("S7 a restricted key", () => {
  const KEY = "rk_test_restricted_0000000000";
  const ALL = [
    "plan_read",
    "customer_write",
    "subscription_write",
    "checkout_session_write",
    "customer_portal_write",
    "invoice_write",
    "charge_write",
    "dispute_read",
    "payment_method_read",
    "event_read",
    "webhook_read",
  ];

  test("with every permission of the list all is in order", async () => {
    restricted[KEY] = ALL;
    const vars = { STRIPE_SECRET_KEY: KEY };
    await hourly({ ...bindings, ...vars });
    expect(await health(vars)).toMatchObject({ status: "healthy" });
    const user = await newUser();
    await subscribe(user);
    expect(await configured(user, { vars }, (b) => b.resync({ dryRun: false }))).toMatchObject({ ok: true });
  });

  test.each(ALL)("without %s health and doctor name it", async (permission) => {
    restricted[KEY] = ALL.filter((one) => one !== permission);
    const vars = { STRIPE_SECRET_KEY: KEY };
    await hourly({ ...bindings, ...vars });
    const { status, billing } = await health(vars);
    expect([status, JSON.stringify(billing?.problems)]).toEqual([
      "degraded",
      expect.stringContaining(`rak_${permission}`),
    ]);
    expect(await doctor(vars)).toContain(`rak_${permission}`);
    expect(JSON.stringify(billing)).not.toContain(KEY);
  });

  test("the daily reading that may not read charges turns health red, and the plan stays", async () => {
    const user = await newUser();
    await subscribe(user);
    restricted[KEY] = ALL.filter((one) => one !== "charge_write");
    const vars = { STRIPE_SECRET_KEY: KEY };
    const read = await configured(user, { vars }, (b) => b.resync({ dryRun: false }));
    expect(read).toMatchObject({ ok: false });
    expect(await tierOf(user)).toBe("premium");
    expect(await health(vars)).toMatchObject({ status: "degraded", billing: { state: "misconfigured" } });
    await runBillingJob(user);
  });
});

describe("S15 a price that is no monthly subscription", () => {
  const priceOf = (params: Record<string, string>) =>
    api<{ id: string }>("POST", "/v1/prices", {
      product: STRIPE_SANDBOX.product,
      currency: "usd",
      ...params,
    });

  test("a one-time price: health, doctor and purchase say so", async () => {
    const { id } = await priceOf({ unit_amount: "900" });
    const vars = { STRIPE_PRICE_ID: id };
    await hourly({ ...bindings, ...vars });
    expect(await health(vars)).toMatchObject({
      status: "degraded",
      billing: { state: "price_missing", problems: [{ kind: "price_one_time" }] },
    });
    expect(await doctor(vars)).toMatch(/one-time price/);
    await expect(configured(await newUser(), { vars }, buyUrl)).rejects.toThrow("billing_not_configured");
  });

  test("every three months, or a year, is shown as it is", async () => {
    for (const [params, words] of [
      [
        { unit_amount: "2500", "recurring[interval]": "month", "recurring[interval_count]": "3" },
        "$25.00 every 3 months",
      ],
      [{ unit_amount: "9000", "recurring[interval]": "year" }, "$90.00 a year"],
    ] as const) {
      const { id } = await priceOf(params);
      const { offersOf } = await import("../../worker/billing/offers.ts");
      const { configOf } = await import("../../worker/env.ts");
      const { billing } = configOf({ ...bindings, STRIPE_PRICE_ID: id });
      const offers = await offersOf(billing!);
      const { amountInWords, periodInWords } = await import("../../worker/pages/money.ts");
      const [first] = offers.ok ? offers.value : [];
      expect(
        `${amountInWords(first!.amount, first!.currency)} ${periodInWords(first!.interval, first!.intervalCount)}`,
      ).toBe(words);
    }
  });
});

const nothing = (): Promise<unknown> => Promise.resolve();
const change = (path: string, params: Record<string, string>): Promise<unknown> => api("POST", path, params);

describe("bad input is named by health, doctor and log in one sentence", () => {
  test.each([
    [
      "a key Stripe does not know",
      { STRIPE_SECRET_KEY: "sk_test_of_nobody" },
      nothing,
      /refuses STRIPE_SECRET_KEY/,
    ],
    [
      "another account's key",
      { STRIPE_SECRET_KEY: STRIPE_SANDBOX.otherAccountKey },
      nothing,
      /no price of this account/,
    ],
    [
      "a price of the other mode",
      { STRIPE_PRICE_ID: "price_of_elsewhere" },
      nothing,
      /no price of this account/,
    ],
    ["a test key in production", { ENVIRONMENT: "production" }, nothing, /test key in production/],
    [
      "an archived product",
      {},
      () => change(`/v1/products/${STRIPE_SANDBOX.product}`, { active: "false" }),
      /product of STRIPE_PRICE_ID is archived/,
    ],
    [
      "an archived price",
      {},
      () => change(`/v1/prices/${STRIPE_SANDBOX.priceMonthlyId}`, { active: "false" }),
      /is archived/,
    ],
    [
      "a disabled endpoint",
      {},
      () => change("/v1/webhook_endpoints/we_test_options", { disabled: "true" }),
      /has disabled the webhook endpoint/,
    ],
    [
      "an endpoint with a single event",
      {},
      (): Promise<unknown> =>
        api("POST", "/v1/webhook_endpoints/we_test_options", { "enabled_events[0]": "invoice.paid" }),
      /does not send/,
    ],
  ] as const)("%s", async (_, vars, arrange, words) => {
    await arrange();
    await hourly({ ...bindings, ...vars });
    expect(logged()).toMatch(words);
    const { status, billing } = await health(vars);
    expect([status, billing?.problems?.map((p) => p.todo).join(" ")]).toEqual([
      "degraded",
      expect.stringMatching(words),
    ]);
    expect(await doctor(vars)).toMatch(words);
  });

  test("mixed currencies and a portal that keeps money are told, though they keep nobody from buying", async () => {
    const { id } = await api<{ id: string }>("POST", "/v1/prices", {
      product: STRIPE_SANDBOX.product,
      currency: "eur",
      unit_amount: "9000",
      "recurring[interval]": "year",
      lookup_key: STRIPE_SANDBOX.priceYearly,
      transfer_lookup_key: "true",
    });
    expect(id).toMatch(/^price_/);
    await api("POST", `/v1/billing_portal/configurations/${STRIPE_SANDBOX.portalConfiguration}`, {
      "features[subscription_update][proration_behavior]": "none",
    });
    await hourly(bindings);
    const said = await health();
    expect(said.status).toBe("healthy");
    expect(said.billing?.problems?.map((p) => p.kind)).toEqual(["currencies_mixed", "portal_keeps_money"]);
    expect(await doctor()).toMatch(/different currencies/);
  });

  test("an event of another API version is taken, and the log says so once", async () => {
    const user = await newUser();
    await subscribe(user);
    const event = Object.values(stripe.state.test.events).findLast(
      (e) => e.type === "customer.subscription.created",
    );
    stripe.state.test.endpoints["we_test_options"]!.api_version = "2019-12-03";
    const response = await worker(await stripe.signedRequest(event!.id));
    expect(response.status).toBe(200);
    expect(logged()).toMatch(/API version 2019-12-03/);
  });
});
