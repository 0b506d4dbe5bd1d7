/** What `npm run stripe:setup` makes of a new account of Stripe's, and of one that has it all. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { setUpStripe, type Wanted } from "../../../scripts/ops/stripe-account.ts";
import { freePort } from "../../../scripts/ports.ts";
import { startStripeSandbox, type SandboxServer } from "../../../scripts/sandbox-server.ts";
import { createStripeSandbox, STRIPE_SANDBOX } from "../../sandbox/stripe/index.ts";
import { stripeFor } from "../../sandbox/stripe-client.ts";
import { Workbench } from "./workbench.ts";

const WANTED: Wanted = {
  productName: "ClickUp MCP Premium",
  currency: "usd",
  offers: [
    { interval: "month", lookupKey: "premium_monthly", amount: 900 },
    { interval: "year", lookupKey: "premium_yearly", amount: 9_000 },
  ],
  publicUrl: "https://mcp.example.com",
};

describe("A5 setting up the Stripe account", () => {
  test("makes product, prices, portal and webhook; a second run changes nothing", async () => {
    const sandbox = createStripeSandbox({ seed: "empty" });
    const stripe = stripeFor(sandbox);
    const first = await setUpStripe(stripe, WANTED);
    expect(first.parts.map((p) => p.made)).toEqual([true, true, true, true, true]);
    expect(first.webhookSecret).toMatch(/^whsec_/);
    const before = JSON.stringify(sandbox.snapshot());
    const writes = () => sandbox.calls.filter((c) => c.method !== "GET").length;
    const sent = writes();
    const second = await setUpStripe(stripe, WANTED);
    expect(writes()).toBe(sent);
    expect(second.parts.map((p) => [p.id, p.made])).toEqual(first.parts.map((p) => [p.id, false]));
    expect(second).toMatchObject({ priceId: first.priceId, webhookSecret: null });
    expect(JSON.stringify(sandbox.snapshot()).length).toBe(before.length);
    const price = await stripe.prices.retrieve(first.priceId);
    expect(price).toMatchObject({ lookup_key: "premium_monthly", unit_amount: 900, currency: "usd" });
  });

  test("a lookup key of another price is refused, and nothing is taken from it", async () => {
    const stripe = stripeFor(createStripeSandbox({ seed: "empty" }));
    await setUpStripe(stripe, WANTED);
    const dearer = {
      ...WANTED,
      offers: [{ interval: "month" as const, lookupKey: "premium_monthly", amount: 1_200 }],
    };
    await expect(setUpStripe(stripe, dearer)).rejects.toThrow(/premium_monthly belongs to price_/);
  });

  test("an endpoint that lacks events gets them", async () => {
    const stripe = stripeFor(createStripeSandbox({ seed: "empty" }));
    await stripe.webhookEndpoints.create({
      url: "https://mcp.example.com/stripe/webhook",
      enabled_events: ["invoice.paid"],
    });
    const { parts } = await setUpStripe(stripe, WANTED);
    expect(parts.at(-1)).toMatchObject({ made: true, what: expect.stringContaining("events added") });
    const [endpoint] = (await stripe.webhookEndpoints.list()).data;
    expect(endpoint?.enabled_events).toContain("customer.subscription.deleted");
  });

  test("the portal that was made is the one sessions open: Stripe has no default until somebody saves one", async () => {
    const sandbox = createStripeSandbox({ seed: "empty" });
    const stripe = stripeFor(sandbox);
    const { portalId } = await setUpStripe(stripe, WANTED);
    const customer = (await stripe.customers.create({ name: "A" })).id;
    await expect(stripe.billingPortal.sessions.create({ customer })).rejects.toThrow(/default configuration/);
    const session = await stripe.billingPortal.sessions.create({ customer, configuration: portalId });
    expect(session.url).toMatch(/^https:/);
  });

  test("a tax code is set on the product; a mark of its own makes another product", async () => {
    const stripe = stripeFor(createStripeSandbox({ seed: "empty" }));
    const taxed = await setUpStripe(stripe, { ...WANTED, taxCode: "txcd_10103001" });
    expect((await stripe.products.retrieve(taxed.productId)).tax_code).toBe("txcd_10103001");
    const offers = [{ interval: "month" as const, lookupKey: "other_monthly", amount: 500 }];
    const other = await setUpStripe(stripe, { ...WANTED, offers, mark: "other", webhook: false });
    expect(other.productId).not.toBe(taxed.productId);
    expect(other.parts.map((p) => p.what)).not.toContainEqual(expect.stringContaining("webhook"));
  });
});

describe("npm run stripe:setup", () => {
  const bench = new Workbench();
  let server: SandboxServer;
  beforeAll(async () => {
    server = await startStripeSandbox(await freePort(18_950), bench.file("stripe.json"), undefined, "empty");
  });
  afterAll(async () => {
    await server.stop();
    bench.remove();
  });

  const run = (args: string[], env: Record<string, string> = {}) => {
    const STRIPE = { STRIPE_SECRET_KEY: STRIPE_SANDBOX.secretKey, STRIPE_API_URL: server.url };
    return bench.run("stripe-setup", args, { ...STRIPE, ...env });
  };
  const args = ["--url", "https://mcp.example.com", "--year", "9000", "--out", bench.file("secret")];

  test("A5 twice: the second time everything is kept; the secret is in a file, never printed", async () => {
    const first = await run(args);
    expect(first).toMatchObject({ status: 0, output: expect.stringMatching(/STRIPE_PRICE_ID=price_\w+/) });
    expect(first.output).toMatch(/STRIPE_PORTAL_CONFIGURATION=bpc_\w+/);
    expect(first.output.match(/^made/gm)).toHaveLength(5);
    const secret = bench.read("secret").trim();
    expect(secret).toMatch(/^whsec_/);
    expect(first.output).not.toContain(secret);
    /** Without the counter of requests. */
    const state = async (): Promise<object> => {
      const snapshot: { test: { counter: number } } = await (
        await fetch(`${server.url}/__sandbox/snapshot`)
      ).json();
      return { ...snapshot.test, counter: 0 };
    };
    const before = await state();
    const second = await run(args);
    expect(second.output.match(/^kept/gm)).toHaveLength(5);
    expect(second.output).not.toMatch(/^made/m);
    expect(await state()).toEqual(before);
    expect(bench.read("secret").trim()).toBe(secret);
  });

  test("refuses what is no key, no origin and no price, and says what Stripe refuses without its words", async () => {
    expect((await run(args, { STRIPE_SECRET_KEY: "pk_test_1" })).output).toContain("begins with sk_test_");
    expect((await run(["--url", "http://mcp.example.com"])).output).toContain("--url takes");
    expect((await run([...args, "--month", "nine"])).output).toContain("--month takes");
    const refused = await run(args, { STRIPE_SECRET_KEY: "sk_test_nobodyKnowsThisKey" });
    expect(refused).toMatchObject({ status: 1, output: expect.stringContaining("Stripe refused") });
    expect(refused.output).not.toContain("nobodyKnowsThisKey");
  });
});

describe("S11 setup converges to what is asked for", () => {
  const bench = new Workbench();
  let server: SandboxServer;
  beforeAll(async () => {
    server = await startStripeSandbox(await freePort(18_955), bench.file("stripe.json"), undefined, "empty");
  });
  afterAll(async () => {
    await server.stop();
    bench.remove();
  });
  const run = (args: string[], env: Record<string, string> = {}) =>
    bench.run("stripe-setup", [...args, "--out", bench.file("secret")], {
      STRIPE_SECRET_KEY: STRIPE_SANDBOX.secretKey,
      STRIPE_API_URL: server.url,
      ...env,
    });
  const api = async <T>(method: string, path: string, params: Record<string, string> = {}): Promise<T> => {
    const response = await fetch(`${server.url}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${STRIPE_SANDBOX.secretKey}`,
        "Content-Type": "application/x-www-form-urlencoded",
      },
      ...(method === "POST" ? { body: new URLSearchParams(params).toString() } : {}),
    });
    return (await response.json()) as T;
  };
  const URL = ["--url", "https://mcp.example.com"];
  const idIn = (output: string): string => /STRIPE_PRICE_ID=(price_\w+)/.exec(output)?.[1] ?? "";

  test("four times with other options: a year, another address, a disabled endpoint, a higher price", async () => {
    const first = await run(URL);
    expect(first.output.match(/^made/gm)).toHaveLength(4);
    const monthly = idIn(first.output);
    // Somebody subscribes at the old price.
    const customer = await api<{ id: string }>("POST", "/v1/customers", { name: "A" });
    const subscription = await api<{ id: string }>("POST", "/v1/subscriptions", {
      customer: customer.id,
      "items[0][price]": monthly,
      trial_period_days: "30",
    });

    const second = await run([...URL, "--year", "9000"]);
    expect(second.output).toMatch(/^made {3}price premium_yearly/m);
    expect(second.output).toMatch(/^set {4}customer portal configuration: .*subscription_update/m);
    const [portal] = (
      await api<{ data: { features: { subscription_update: { products: { prices: string[] }[] } } }[] }>(
        "GET",
        "/v1/billing_portal/configurations?expand[]=data.features.subscription_update.products",
      )
    ).data;
    expect(portal?.features.subscription_update.products[0]?.prices).toHaveLength(2);

    const endpoints = await api<{ data: { id: string }[] }>("GET", "/v1/webhook_endpoints");
    const endpoint = endpoints.data[0]?.id ?? "";
    await api("POST", `/v1/webhook_endpoints/${endpoint}`, {
      disabled: "true",
      "enabled_events[0]": "invoice.paid",
    });
    const third = await run(["--url", "https://other.example.com"]);
    expect(third.output).toMatch(/^made {3}webhook endpoint https:\/\/other/m);
    expect(third.output).toMatch(/^note {3}webhook endpoint https:\/\/mcp.* for another address/m);
    // Back to the first address: what was disabled works again, and the year is still offered.
    const fourth = await run([...URL, "--month", "1200"]);
    expect(fourth.output).toMatch(/^set {4}webhook endpoint https:\/\/mcp.*events added, enabled again/m);
    expect(fourth.output).toMatch(/^kept {3}price premium_yearly/m);
    expect(fourth.output).toMatch(
      /^made {3}price premium_monthly, instead of price_\w+ \(900 usd a month\)/m,
    );
    expect(fourth.output).toMatch(/1 subscriptions stay at 900 usd a month; --move-subscribers moves them/);
    const dearer = idIn(fourth.output);
    expect(dearer).not.toBe(monthly);
    expect(await api("GET", `/v1/prices/${dearer}`)).toMatchObject({
      unit_amount: 1_200,
      lookup_key: "premium_monthly",
    });
    expect(await api("GET", `/v1/subscriptions/${subscription.id}`)).toMatchObject({
      items: { data: [{ price: { id: monthly, lookup_key: null } }] },
    });
    // Without a price nothing falls back to what setup asks for by itself.
    const fifth = await run(URL);
    expect([idIn(fifth.output), /^(made|set)/m.test(fifth.output)]).toEqual([dearer, false]);
  });

  test("old subscribers are moved by choice, with nothing charged at once", async () => {
    const before = idIn((await run(URL)).output);
    const customer = await api<{ id: string }>("POST", "/v1/customers", { name: "B" });
    const method = await api<{ id: string }>("POST", "/v1/payment_methods/pm_card_visa/attach", {
      customer: customer.id,
    });
    const { id } = await api<{ id: string }>("POST", "/v1/subscriptions", {
      customer: customer.id,
      "items[0][price]": before,
      default_payment_method: method.id,
    });
    const raised = await run([...URL, "--month", "1500", "--move-subscribers"]);
    expect(raised.output).toMatch(/subscriptions moved: they pay the new price from their next period on/);
    expect(await api("GET", `/v1/subscriptions/${id}`)).toMatchObject({
      items: { data: [{ price: { unit_amount: 1_500 } }] },
    });
    const charges = await api<{ data: unknown[] }>("GET", `/v1/charges?customer=${customer.id}`);
    expect(charges.data).toHaveLength(1);
  });

  test("the portal of the sandbox's seed is the one that setup makes", async () => {
    const seeded = createStripeSandbox();
    const made = createStripeSandbox({ seed: "empty" });
    await setUpStripe(stripeFor(made), WANTED);
    const featuresOf = (sandbox: typeof made) => {
      const [one] = Object.values(sandbox.state.test.portal_configurations);
      const { products: _, ...update } = one!.features.subscription_update;
      return { ...one!.features, subscription_update: update };
    };
    expect(featuresOf(made)).toEqual(featuresOf(seeded));
  });
});
