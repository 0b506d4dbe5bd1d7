/** Buying: POST /stripe/create-checkout and the portal. */
import { env } from "cloudflare:workers";
import { createExecutionContext } from "cloudflare:test";
import { describe, expect, test } from "vitest";
import type { Bindings } from "../../worker/env.ts";
import { serve } from "../../worker/router.tsx";
import { STRIPE_API_VERSION, STRIPE_SANDBOX } from "../sandbox/stripe/index.ts";
import { newUser, type TestUser } from "../support/users.ts";
import {
  api,
  callsTo,
  checkoutUrl,
  customerOf,
  deliver,
  mapping,
  ORIGIN,
  pay,
  post,
  sessionOf,
  stripe,
  subscribe,
  subscriptionOf,
  tierOf,
  travel,
  useStripe,
  worker,
} from "./stripe-world.ts";

useStripe();

const CREATE = "POST /v1/checkout/sessions";
const callOf = (operation: string) => stripe.calls.find((call) => call.operation === operation);

/** The same Worker with other variables. */
function workerWith(
  vars: Record<string, string | undefined>,
  user: TestUser,
  path: string,
): Promise<Response> {
  const request = new Request(ORIGIN + path, {
    method: "POST",
    headers: { Authorization: `Bearer ${user.bearer}`, "Content-Type": "application/json" },
    body: "{}",
  });
  return serve(request, { ...(env as unknown as Bindings), ...vars }, createExecutionContext());
}

describe("who may buy", () => {
  test.each(["/stripe/create-checkout", "/stripe/create-portal-session"])(
    "C1 %s without a valid bearer is 401 and reaches nothing",
    async (path) => {
      expect((await post(null, path)).status).toBe(401);
      expect((await post({ bearer: "eyJhbGciOiJIUzI1NiJ9.e30.c2ln" }, path)).status).toBe(401);
      const user = await newUser();
      await user.object.revokeDevice(user.deviceId);
      expect((await post(user, path)).status).toBe(401);
      expect(stripe.calls).toEqual([]);
    },
  );

  test("C1 a token that may only read opens no portal", async () => {
    const user = await newUser({ scope: "clickup:read" });
    expect((await post(user, "/stripe/create-portal-session")).status).toBe(403);
    expect(stripe.calls).toEqual([]);
  });

  test("GET is 405, and a foreign page is refused", async () => {
    const user = await newUser();
    const got = await worker(new Request(`${ORIGIN}/stripe/create-checkout`));
    expect([got.status, got.headers.get("allow")]).toEqual([405, "POST, OPTIONS"]);
    const foreign = await post(user, "/stripe/create-checkout", {}, { Origin: "https://evil.example" });
    expect(foreign.status).toBe(403);
    expect(stripe.calls).toEqual([]);
  });
});

describe("the session", () => {
  test("C2 the answer is the URL of a subscription session of the user's customer", async () => {
    const user = await newUser();
    const response = await post(user, "/stripe/create-checkout");
    expect(response.status).toBe(200);
    const body = (await response.json()) as Record<string, string>;
    expect(Object.keys(body)).toEqual(["checkout_url"]);
    const session = stripe.state.test.checkout_sessions[sessionOf(body["checkout_url"] ?? "")];
    const customer = await customerOf(user);
    expect(session).toMatchObject({
      mode: "subscription",
      customer,
      client_reference_id: user.userId,
      metadata: { user_id: user.userId },
      allow_promotion_codes: true,
    });
    expect(callOf(CREATE)?.params).toMatchObject({
      line_items: [{ price: STRIPE_SANDBOX.priceMonthlyId, quantity: "1" }],
      subscription_data: { metadata: { user_id: user.userId } },
    });
    expect(stripe.state.test.customers[customer]?.metadata).toEqual({ user_id: user.userId });
    expect(await mapping(customer)).toBe(user.userId);
  });

  test("C2 the yearly price is found by its lookup key", async () => {
    const user = await newUser();
    await subscribe(user, { interval: "year" });
    const [subscription] = Object.values(stripe.state.test.subscriptions);
    expect(subscription?.items.data[0]?.price.id).toBe(STRIPE_SANDBOX.priceYearlyId);
    expect(await tierOf(user)).toBe("premium");
  });

  test("C3 three calls at once give one URL, one customer, one open session", async () => {
    const user = await newUser();
    const urls = await Promise.all([1, 2, 3].map(() => checkoutUrl(user)));
    expect(new Set(urls).size).toBe(1);
    expect(Object.keys(stripe.state.test.customers)).toHaveLength(1);
    expect(Object.keys(stripe.state.test.checkout_sessions)).toHaveLength(1);
  });

  test("C3 an answer that was lost on the way is asked for again, not made twice", async () => {
    const user = await newUser();
    stripe.fault({ kind: "reset", operation: CREATE, times: 2, after_effect: true });
    expect((await post(user, "/stripe/create-checkout")).status).toBe(503);
    await checkoutUrl(user);
    expect(Object.keys(stripe.state.test.checkout_sessions)).toHaveLength(1);
  });

  test("C3 a customer whose creation was answered into the void is not made twice", async () => {
    const user = await newUser();
    stripe.fault({ kind: "reset", operation: "POST /v1/customers", times: 2, after_effect: true });
    expect((await post(user, "/stripe/create-checkout")).status).toBe(503);
    await checkoutUrl(user);
    const mine = Object.values(stripe.state.test.customers).filter(
      (one) => one.metadata["user_id"] === user.userId,
    );
    expect(mine).toHaveLength(1);
  });

  test("C4 an expired session is followed by a new one, under another key", async () => {
    const user = await newUser();
    const first = await checkoutUrl(user);
    await api("POST", `/v1/checkout/sessions/${sessionOf(first)}/expire`);
    const second = await checkoutUrl(user);
    expect(second).not.toBe(first);
    const keys = stripe.calls.filter((c) => c.operation === CREATE).map((c) => c.idempotency_key);
    expect(new Set(keys).size).toBe(2);
  });

  test("C4 another choice closes the open session, so that only one can be paid", async () => {
    const user = await newUser();
    const monthly = await checkoutUrl(user);
    const yearly = await checkoutUrl(user, { interval: "year" });
    expect(yearly).not.toBe(monthly);
    const open = Object.values(stripe.state.test.checkout_sessions).filter((s) => s.status === "open");
    expect(open.map((s) => s.id)).toEqual([sessionOf(yearly)]);
  });

  test("C4 a session left open for a day is replaced", async () => {
    const user = await newUser();
    const first = await checkoutUrl(user);
    travel(25 * 60 * 60_000);
    const fresh = await newUser({ userId: user.userId });
    expect(await checkoutUrl(fresh)).not.toBe(first);
  });

  test("C5 who has premium gets 409 and the portal", async () => {
    const user = await newUser();
    await subscribe(user);
    stripe.clearCalls();
    const response = await post(user, "/stripe/create-checkout");
    expect(response.status).toBe(409);
    const body = (await response.json()) as Record<string, string>;
    expect(body["error"]).toBe("already_subscribed");
    expect(body["portal_url"]).toMatch(/^https:\/\/api\.stripe\.test\/p\/session\//);
    expect(callsTo(CREATE)).toBe(0);
  });

  test("C5 a payment that failed is mended in the portal, not bought again; news the webhook lost are read first", async () => {
    const user = await newUser();
    await pay(await checkoutUrl(user));
    await deliver({ lose: () => true });
    expect(await tierOf(user)).toBe("free");
    expect((await post(user, "/stripe/create-checkout")).status).toBe(409);
    expect(await tierOf(user)).toBe("premium");
    const [method] = Object.values(stripe.state.test.payment_methods);
    stripe.setCard(method?.id ?? "", "declines");
    travel(32 * 86_400_000);
    const fresh = await newUser({ userId: user.userId });
    const response = await post(fresh, "/stripe/create-checkout");
    expect([response.status, stripe.state.test.subscriptions[await subscriptionOf(user)]?.status]).toEqual([
      409,
      "past_due",
    ]);
  });
});

describe("what goes wrong", () => {
  test.each(["status", "rate_limited", "html", "json_without_error", "truncated", "reset"] as const)(
    "C6 Stripe answers %s: 503 with Retry-After, and nothing of Stripe's words",
    async (kind) => {
      const user = await newUser();
      stripe.fault({ kind, path: /./, times: 20, message: "secret words sk_test_x" });
      const response = await post(user, "/stripe/create-checkout");
      const text = await response.text();
      expect(response.status).toBe(503);
      expect(JSON.parse(text)).toMatchObject({ error: "billing_unavailable" });
      expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
      expect(text).not.toMatch(/secret words|sk_test|upstream|html/i);
    },
  );

  test("C6 without a price, or with an archived one, billing is not configured and /health says degraded", async () => {
    const user = await newUser();
    await api("POST", `/v1/prices/${STRIPE_SANDBOX.priceMonthlyId}`, { active: "false" });
    const response = await post(user, "/stripe/create-checkout");
    expect([response.status, await response.json()]).toMatchObject([
      503,
      { error: "billing_not_configured" },
    ]);
    const health = async () => (await worker(new Request(`${ORIGIN}/health`))).json();
    expect(await health()).toMatchObject({
      status: "degraded",
      billing: { state: "price_missing", mode: "test" },
    });
    await api("POST", `/v1/prices/${STRIPE_SANDBOX.priceMonthlyId}`, { active: "true" });
    await checkoutUrl(user);
    expect(await health()).toMatchObject({ status: "healthy", billing: { state: "ready" } });
  });

  test("C6 without Stripe's secret key the routes answer 503, whoever asks", async () => {
    const user = await newUser();
    for (const path of ["/stripe/create-checkout", "/stripe/create-portal-session", "/stripe/webhook"]) {
      const response = await workerWith({ STRIPE_SECRET_KEY: undefined }, user, path);
      expect([response.status, await response.json()]).toMatchObject([
        503,
        { error: "billing_not_configured" },
      ]);
    }
    expect(stripe.calls).toEqual([]);
  });

  test("C7 both return addresses are ours; one of the caller's is refused unless it is ours or listed", async () => {
    const user = await newUser();
    const session = stripe.state.test.checkout_sessions[sessionOf(await checkoutUrl(user))];
    for (const url of [session?.success_url, session?.cancel_url])
      expect(new URL(url ?? "").origin).toBe(ORIGIN);
    for (const return_url of [
      "https://evil.example/x",
      "//evil.example",
      "javascript:alert(1)",
      `${ORIGIN}@evil.example`,
    ]) {
      for (const path of ["/stripe/create-checkout", "/stripe/create-portal-session"]) {
        const response = await post(user, path, { return_url });
        expect([response.status, await response.json()]).toMatchObject([
          400,
          { error: "invalid_return_url" },
        ]);
      }
    }
    const back = await checkoutUrl(user, { return_url: `${ORIGIN}/account` });
    expect(stripe.state.test.checkout_sessions[sessionOf(back)]?.cancel_url).toBe(`${ORIGIN}/account`);
    const unknown = await post(user, "/stripe/create-checkout", { success_url: "https://evil.example" });
    expect(unknown.status).toBe(400);
  });

  test("C8 after the customer was deleted the next one is another, not the replay of its creation", async () => {
    const user = await newUser();
    await checkoutUrl(user);
    const first = await customerOf(user);
    await api("DELETE", `/v1/customers/${first}`);
    await deliver();
    await checkoutUrl(user);
    const second = await customerOf(user);
    expect(second).not.toBe(first);
    expect(stripe.state.test.customers[second]).toBeDefined();
    expect(await mapping(first)).toBeNull();
  });

  test("C8 also when nobody told us that it was deleted", async () => {
    const user = await newUser();
    await checkoutUrl(user);
    const first = await customerOf(user);
    await api("DELETE", `/v1/customers/${first}`);
    await deliver({ lose: () => true });
    await checkoutUrl(user);
    expect(await customerOf(user)).not.toBe(first);
  });

  test("C9 no payment_method_types, and every request names the API version", async () => {
    const user = await newUser();
    await subscribe(user);
    expect(callOf(CREATE)?.params).not.toHaveProperty("payment_method_types");
    const ours = stripe.calls.filter((call) => call.version !== null);
    expect(ours.length).toBeGreaterThan(3);
    expect(new Set(ours.map((call) => call.version))).toEqual(new Set([STRIPE_API_VERSION]));
    expect(ours.map((call) => call.operation)).toContain(CREATE);
  });
});

describe("the portal", () => {
  test("opens for a customer, at the place asked for, and returns to our plan page", async () => {
    const user = await newUser();
    expect((await post(user, "/stripe/create-portal-session")).status).toBe(404);
    await subscribe(user);
    const response = await post(user, "/stripe/create-portal-session", { flow: "subscription_cancel" });
    expect(response.status).toBe(200);
    expect(Object.keys(await response.json())).toEqual(["portal_url"]);
    const call = stripe.calls.findLast((c) => c.operation === "POST /v1/billing_portal/sessions");
    expect(call?.params).toMatchObject({
      customer: await customerOf(user),
      return_url: `${ORIGIN}/account/plan?from=portal`,
      flow_data: {
        type: "subscription_cancel",
        subscription_cancel: { subscription: await subscriptionOf(user) },
      },
    });
  });
});
