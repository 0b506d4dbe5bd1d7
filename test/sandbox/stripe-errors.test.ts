import { Stripe } from "stripe";
import { describe, expect, it } from "vitest";
import { DAY_MS, STRIPE_SANDBOX, TEST_CARDS } from "./stripe/index.ts";
import { openCheckout, stripeFor, stripeWithSandbox, subscriber } from "./stripe-client.ts";

/** What a call rejects with. */
async function errorOf(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  try {
    await call;
  } catch (error) {
    return error as Stripe.errors.StripeError;
  }
  throw new Error("the call went through");
}

describe("Stripe's errors, as the SDK's classes", () => {
  it("401 for a key it does not know, with the key hidden", async () => {
    const { sandbox } = stripeWithSandbox();
    const error = await errorOf(stripeFor(sandbox, "sk_test_wrongwrongwrongwrong").customers.list());
    expect(error).toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
    expect(error.message).toMatch(/^Invalid API Key provided: sk_test_\*+rong$/);
    expect(error.requestId).toMatch(/^req_/);
  });

  it("404 for an id in the path, 400 for one in a parameter", async () => {
    const { stripe } = stripeWithSandbox();
    const path = await errorOf(stripe.subscriptions.retrieve("sub_none"));
    expect(path).toBeInstanceOf(Stripe.errors.StripeInvalidRequestError);
    expect(path).toMatchObject({
      statusCode: 404,
      code: "resource_missing",
      message: "No such subscription: 'sub_none'",
    });
    const body = await errorOf(openCheckout(stripe, { customer: "cus_none" }));
    expect(body).toMatchObject({ statusCode: 400, code: "resource_missing", param: "customer" });
    expect(body.raw).toMatchObject({
      doc_url: expect.any(String),
      request_log_url: expect.any(String) as string,
    });
  });

  it("400 for parameters that are unknown, missing or of the wrong kind", async () => {
    const { stripe } = stripeWithSandbox();
    const unknown = await errorOf(stripe.customers.create({ nick: "x" } as object));
    expect(unknown).toMatchObject({ statusCode: 400, code: "parameter_unknown", param: "nick" });
    const nested = await errorOf(stripe.customers.create({ address: { zip: "1" } } as object));
    expect(nested).toMatchObject({ code: "parameter_unknown", param: "address[zip]" });
    const missing = await errorOf(stripe.products.create({} as Stripe.ProductCreateParams));
    expect(missing).toMatchObject({ code: "parameter_missing", param: "name" });
    const wrong = await errorOf(stripe.customers.list({ limit: "many" as unknown as number }));
    expect(wrong).toMatchObject({ code: "parameter_invalid_integer", param: "limit" });
    expect((await errorOf(stripe.customers.list({ limit: 101 }))).statusCode).toBe(400);
    expect(await errorOf(stripe.customers.list({ starting_after: "cus_none" }))).toMatchObject({
      statusCode: 400,
    });
  });

  it("402 for a declined card", async () => {
    const { stripe } = stripeWithSandbox();
    const customer = await stripe.customers.create();
    const refused = await errorOf(
      stripe.paymentMethods.attach(TEST_CARDS.refused, { customer: customer.id }),
    );
    expect(refused).toBeInstanceOf(Stripe.errors.StripeCardError);
    expect(refused).toMatchObject({
      statusCode: 402,
      code: "card_declined",
      decline_code: "generic_decline",
    });
    const intent = await errorOf(
      stripe.paymentIntents.create({
        amount: 100,
        currency: "usd",
        confirm: true,
        payment_method: TEST_CARDS.insufficientFunds,
      }),
    );
    expect(intent).toMatchObject({
      decline_code: "insufficient_funds",
      payment_intent: { status: "requires_payment_method" },
    });
  });

  it("429, 5xx, HTML, lost answers and JSON without an error", async () => {
    const { sandbox, stripe } = stripeWithSandbox();
    sandbox.fault({ kind: "rate_limited" });
    sandbox.fault({ kind: "lock_timeout" });
    sandbox.fault({ kind: "status", status: 500 });
    sandbox.fault({ kind: "html" });
    sandbox.fault({ kind: "reset" });
    sandbox.fault({ kind: "truncated", operation: "GET /v1/customers" });
    const classes: unknown[] = [];
    for (let n = 0; n < 6; n++) classes.push((await errorOf(stripe.customers.list())).type);
    expect(classes).toEqual([
      "StripeRateLimitError",
      "StripeRateLimitError",
      "StripeAPIError",
      "StripeAPIError",
      "StripeConnectionError",
      "StripeAPIError",
    ]);
    sandbox.fault({ kind: "json_without_error", status: 404, operation: "GET /v1/customers/{customer}" });
    const odd = await stripe.customers.retrieve("cus_x");
    expect(odd).not.toHaveProperty("object");
    expect(odd.lastResponse.statusCode).toBe(404);
    expect(sandbox.calls.map((call) => call.fault).filter(Boolean)).toHaveLength(7);
  });

  it("a limit per second, when it is switched on", async () => {
    const { stripe } = stripeWithSandbox({ requestsPerSecond: 2 });
    await stripe.customers.list();
    await stripe.customers.list();
    expect(await errorOf(stripe.customers.list())).toMatchObject({ statusCode: 429, code: "rate_limit" });
  });

  it("tells that the other mode has the object", async () => {
    const { sandbox, stripe } = stripeWithSandbox();
    const live = stripeFor(sandbox, STRIPE_SANDBOX.liveSecretKey);
    const customer = await live.customers.create();
    expect(customer.livemode).toBe(true);
    const error = await errorOf(stripe.customers.retrieve(customer.id));
    expect(error.message).toContain("a similar object exists in live mode, but a test mode key was used");
    const session = await openCheckout(live);
    expect(session.id).toMatch(/^cs_live_/);
  });
});

describe("requests that no SDK sends", () => {
  it.each([
    ["GET", "/v1/customers/%E0%A4%A", "", 404],
    ["POST", "/v1/customers", "__proto__[polluted]=1", 400],
    ["POST", "/v1/customers", "name=x&name[y]=1", 400],
    ["POST", "/v1/customers", "metadata[a][b]=1", 400],
    ["GET", "/v1/nothing", "", 404],
  ])("%s %s %s", async (method, path, body, status) => {
    const { sandbox } = stripeWithSandbox();
    const response = await sandbox.fetch(
      new Request(`https://api.stripe.com${path}`, {
        method,
        headers: { Authorization: `Bearer ${STRIPE_SANDBOX.secretKey}` },
        ...(method === "POST" ? { body } : {}),
      }),
    );
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { type: "invalid_request_error" } });
    expect({}).not.toHaveProperty("polluted");
  });

  it.each(["", "Basic !!!", "Bearer", `Basic ${btoa("sk_test_unknown_key:")}`])("401 for %j", async (key) => {
    const { sandbox } = stripeWithSandbox();
    const headers = { Authorization: key };
    const response = await sandbox.fetch(new Request("https://api.stripe.com/v1/customers", { headers }));
    expect(response.status).toBe(401);
  });
});

describe("idempotency keys", () => {
  it("answer the same again, refuse other parameters, and end after a day", async () => {
    const { sandbox, stripe } = stripeWithSandbox();
    const options = { idempotencyKey: "customer:u_alice" };
    const first = await stripe.customers.create({ name: "Alice" }, options);
    const again = await stripe.customers.create({ name: "Alice" }, options);
    expect(again.id).toBe(first.id);
    // The SDK types them as a record; they are the fetch client's own.
    const headers = again.lastResponse.headers as unknown as Headers;
    expect(headers.get("Idempotent-Replayed")).toBe("true");
    const other = await errorOf(stripe.customers.create({ name: "Bob" }, options));
    expect(other).toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
    sandbox.advance(DAY_MS);
    expect((await stripe.customers.create({ name: "Bob" }, options)).id).not.toBe(first.id);
  });

  it("replay a customer that was deleted since", async () => {
    const { stripe } = stripeWithSandbox();
    const options = { idempotencyKey: "customer:u_alice:1" };
    const first = await stripe.customers.create({ name: "Alice" }, options);
    await stripe.customers.del(first.id);
    const replayed = await stripe.customers.create({ name: "Alice" }, options);
    expect(replayed.id).toBe(first.id);
    expect(replayed).not.toHaveProperty("deleted");
    expect(await stripe.customers.retrieve(first.id)).toMatchObject({ deleted: true });
    expect(await errorOf(openCheckout(stripe, { customer: first.id }))).toMatchObject({
      code: "resource_missing",
    });
  });

  it("keep a card error but not a request that was refused", async () => {
    const { sandbox, stripe } = stripeWithSandbox();
    const options = { idempotencyKey: "k1" };
    await errorOf(stripe.customers.create({ nick: "x" } as object, options));
    expect((await stripe.customers.create({ name: "x" }, options)).name).toBe("x");
    const { customer } = await subscriber(stripe);
    const [method] = (await stripe.customers.listPaymentMethods(customer.id)).data;
    const charge = () =>
      stripe.paymentIntents.create(
        { amount: 5, currency: "usd", confirm: true, payment_method: method?.id },
        { idempotencyKey: "k2" },
      );
    sandbox.setCard(method?.id as string, "declines");
    await errorOf(charge());
    sandbox.setCard(method?.id as string, "succeeds");
    expect((await errorOf(charge())).code).toBe("card_declined");
  });

  it("refuse a second request while the first one runs", async () => {
    const { stripe } = stripeWithSandbox();
    const options = { idempotencyKey: "both" };
    const results = await Promise.allSettled([
      stripe.customers.create({}, options),
      stripe.customers.create({}, options),
    ]);
    const ids = results.flatMap((result) => (result.status === "fulfilled" ? [result.value.id] : []));
    const codes = results.flatMap((result) =>
      result.status === "rejected" ? [(result.reason as { code: string }).code] : [],
    );
    expect(new Set(ids).size).toBe(1);
    expect(codes.every((code) => code === "idempotency_key_in_use")).toBe(true);
    expect((await stripe.customers.list()).data).toHaveLength(1);
  });
});
