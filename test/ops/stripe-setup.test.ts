import { describe, expect, test } from "vitest";
import { setUpStripe, type Wanted } from "../../scripts/ops/stripe-account.ts";
import { createStripeSandbox } from "../sandbox/stripe/index.ts";
import { stripeFor } from "../sandbox/stripe-client.ts";

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
});
