/** Calls that make something at Stripe, and answers that never came or were failures. */
import { env } from "cloudflare:workers";
import { describe, expect, test, vi } from "vitest";
import type { Bindings } from "../../worker/env.ts";
import { newUser, type TestUser } from "../support/users.ts";
import { configured, buyUrl } from "./other-configuration.ts";
import { checkoutUrl, customerOf, pay, post, sessionOf, stripe, travel, useStripe } from "./stripe-world.ts";

useStripe();

const CUSTOMER = "POST /v1/customers";
const CHECKOUT = "POST /v1/checkout/sessions";
const quietly = async <T>(work: () => Promise<T>): Promise<T> => {
  const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
  try {
    return await work();
  } finally {
    warned.mockRestore();
  }
};
const tryBuying = (user: TestUser, body: unknown = {}) =>
  quietly(() => post(user, "/stripe/create-checkout", body));
const keys = (operation: string) => [
  ...new Set(stripe.calls.filter((c) => c.operation === operation).map((c) => c.idempotency_key)),
];
const customers = (user: TestUser) =>
  Object.values(stripe.state.test.customers).filter((c) => c.metadata["user_id"] === user.userId);

describe("S3 an answer that is a failure", () => {
  test.each([CUSTOMER, CHECKOUT])("of %s: the next try has another key, and buys", async (operation) => {
    const user = await newUser();
    // The SDK tries a 500 once more by itself, under the same key.
    stripe.fault({ kind: "status", status: 500, operation, times: 1 });
    expect((await tryBuying(user)).status).toBe(503);
    expect(Object.keys(stripe.state.test.idempotency).length).toBeGreaterThan(0);
    await pay(await checkoutUrl(user));
    expect(keys(operation)).toHaveLength(2);
  });

  test("of a wrong request moves on, too: mended, it sells", async () => {
    const user = await newUser();
    stripe.settings.business_name = false;
    expect((await tryBuying(user)).status).toBe(502);
    stripe.settings.business_name = true;
    await pay(await checkoutUrl(user));
  });
});

describe("S3 no answer at all", () => {
  test.each(["reset", "html"] as const)(
    "%s after it took effect: one customer, whatever changed meanwhile",
    async (kind) => {
      const user = await newUser();
      stripe.fault({ kind, operation: CUSTOMER, times: 2, after_effect: true });
      expect((await tryBuying(user)).status).toBe(503);
      // The person has another name and address by now.
      const again = await newUser({ userId: user.userId, person: "alice" });
      expect(again.userId).toBe(user.userId);
      await pay(await checkoutUrl(user));
      expect(customers(user)).toHaveLength(1);
      expect(keys(CUSTOMER)).toHaveLength(1);
      const bodies = stripe.calls
        .filter((c) => c.operation === CUSTOMER)
        .map((c) => JSON.stringify(c.params));
      expect(new Set(bodies).size).toBe(1);
    },
  );

  test.each(["rate_limited", "lock_timeout"] as const)(
    "%s: the same body under the same key",
    async (kind) => {
      const user = await newUser();
      stripe.fault({ kind, operation: CUSTOMER, times: 2 });
      expect((await tryBuying(user)).status).toBe(503);
      stripe.clearFaults();
      await checkoutUrl(user);
      expect(keys(CUSTOMER)).toHaveLength(1);
      expect(customers(user)).toHaveLength(1);
    },
  );

  test("lost, then another price: the session of before is closed, and the new one sells", async () => {
    const user = await newUser();
    stripe.fault({ kind: "reset", operation: CHECKOUT, times: 2, after_effect: true });
    expect((await tryBuying(user)).status).toBe(503);
    const other = Object.values(stripe.state.test.prices).find((p) => p.recurring?.interval === "year")?.id;
    const url = await configured(user, { vars: { STRIPE_PRICE_ID: other ?? "" } }, buyUrl);
    const open = Object.values(stripe.state.test.checkout_sessions).filter((s) => s.status === "open");
    expect(open.map((s) => s.id)).toEqual([sessionOf(url)]);
    expect(stripe.state.test.checkout_sessions[sessionOf(url)]?.amount_total).toBe(9_000);
  });

  test("a day later Stripe has forgotten the key, and so have we", async () => {
    const user = await newUser();
    stripe.fault({ kind: "reset", operation: CHECKOUT, times: 2 });
    expect((await tryBuying(user)).status).toBe(503);
    travel(25 * 3_600_000);
    const url = await configured(user, {}, buyUrl);
    expect(keys(CHECKOUT)).toHaveLength(2);
    expect(stripe.state.test.checkout_sessions[sessionOf(url)]?.status).toBe("open");
    expect(await customerOf(user)).toMatch(/^cus_/);
    expect((env as unknown as Bindings).STRIPE_PRICE_ID).toBeDefined();
  });
});
