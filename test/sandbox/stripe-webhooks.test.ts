import { describe, expect, it, vi } from "vitest";
import { DAY_MS, MINUTE_MS, STRIPE_SANDBOX } from "./stripe/index.ts";
import { openCheckout, START_MS, stripeWithSandbox, submit, subscriber } from "./stripe-client.ts";

const { webhookSecret } = STRIPE_SANDBOX;

describe("webhooks", () => {
  it("are signed as the SDK verifies them", async () => {
    const { sandbox, stripe, received } = stripeWithSandbox();
    const customer = await stripe.customers.create({ email: "alice@example.com" });
    expect(received).toEqual([]);
    const results = await sandbox.deliver();
    expect(results.map(({ type, status }) => [type, status])).toEqual([["customer.created", 200]]);
    const [hook] = received;
    const event = await stripe.webhooks.constructEventAsync(
      hook?.body ?? "",
      hook?.signature ?? "",
      webhookSecret,
    );
    expect(event).toMatchObject({
      type: "customer.created",
      api_version: "2026-10-28.endive",
      livemode: false,
      data: { object: { id: customer.id, object: "customer" } },
    });
    const tampered = (hook?.body ?? "").replace("alice", "mallory");
    await expect(
      stripe.webhooks.constructEventAsync(tampered, hook?.signature ?? "", webhookSecret),
    ).rejects.toMatchObject({ type: "StripeSignatureVerificationError" });
  });

  it("carry the old and the new signature while a secret is rolled", async () => {
    const { sandbox, stripe, received } = stripeWithSandbox();
    const [endpoint] = Object.values(sandbox.state.test.endpoints);
    const next = sandbox.rollSecret(endpoint?.id ?? "", DAY_MS);
    await stripe.customers.create();
    await sandbox.deliver();
    const [hook] = received;
    expect(hook?.signature.match(/v1=/g)).toHaveLength(2);
    for (const secret of [next, webhookSecret]) {
      await stripe.webhooks.constructEventAsync(hook?.body ?? "", hook?.signature ?? "", secret);
    }
    sandbox.advance(DAY_MS);
    await stripe.customers.create();
    await sandbox.deliver();
    const late = received.at(-1);
    await expect(
      stripe.webhooks.constructEventAsync(late?.body ?? "", late?.signature ?? "", webhookSecret),
    ).rejects.toThrow();
  });

  it("are tried again later, three times in test mode, and then listed as undelivered", async () => {
    const { sandbox, stripe, receiver, received } = stripeWithSandbox();
    receiver.status = 503;
    await stripe.customers.create();
    await sandbox.deliver();
    expect(await sandbox.deliver()).toEqual([]);
    sandbox.advance(10 * MINUTE_MS);
    await sandbox.deliver();
    expect(received).toHaveLength(2);
    sandbox.advance(60 * MINUTE_MS);
    receiver.status = 200;
    await sandbox.deliver();
    expect(received).toHaveLength(3);
    expect((await stripe.events.list({ delivery_success: false })).data).toEqual([]);
    receiver.status = 500;
    await stripe.customers.create();
    for (let n = 0; n < 6; n++) {
      await sandbox.deliver();
      sandbox.advance(DAY_MS);
    }
    expect(received).toHaveLength(7);
    expect(sandbox.pending).toBe(0);
    const undelivered = await stripe.events.list({ delivery_success: false });
    expect(undelivered.data.map((event) => event.type)).toEqual(["customer.created"]);
    expect(undelivered.data[0]?.pending_webhooks).toBe(1);
  });

  it("can come reversed, doubled, late, never, and at once", async () => {
    const { sandbox, stripe, received } = stripeWithSandbox();
    for (const name of ["a", "b", "c"]) await stripe.customers.create({ name });
    await sandbox.deliver({ order: "reversed", times: 2 });
    const ids = received.map((hook) => hook.id);
    expect(ids).toHaveLength(6);
    expect(ids[0]).toBe(ids[1]);
    expect(new Set(ids).size).toBe(3);
    const order = Object.keys(sandbox.state.test.events);
    expect([...new Set(ids)]).toEqual(order.toReversed());
    const { subscription } = await subscriber(stripe);
    received.length = 0;
    await sandbox.deliver({
      lose: (_, type) => type === "invoice.paid",
      hold: (_, type) => type === "customer.subscription.created",
      together: true,
    });
    expect(received.map((hook) => hook.type)).not.toContain("invoice.paid");
    expect(received.map((hook) => hook.type)).not.toContain("customer.subscription.created");
    await stripe.subscriptions.cancel(subscription.id);
    received.length = 0;
    await sandbox.deliver();
    expect(received.map((hook) => hook.type)).toEqual([
      "customer.subscription.created",
      "customer.subscription.deleted",
    ]);
    const [lost] = (await stripe.events.list({ type: "invoice.paid", delivery_success: false })).data;
    expect(await sandbox.resend(lost?.id ?? "")).toMatchObject([{ type: "invoice.paid", status: 200 }]);
  });

  it("go to endpoints made by the API, which show their secret once and filter by type", async () => {
    const { sandbox, stripe, received } = stripeWithSandbox();
    const [first] = Object.values(sandbox.state.test.endpoints);
    delete sandbox.state.test.endpoints[first?.id ?? ""];
    const made = await stripe.webhookEndpoints.create({
      url: "https://mcp.test/hook",
      enabled_events: ["customer.subscription.deleted", "checkout.session.completed"],
      api_version: "2026-10-28.endive",
    });
    expect(made.secret).toMatch(/^whsec_/);
    expect((await stripe.webhookEndpoints.list()).data[0]).not.toHaveProperty("secret");
    const session = await openCheckout(stripe);
    await submit(sandbox, session.url as string, { action: "pay", outcome: "succeeds" });
    await sandbox.deliver();
    expect(received.map((hook) => hook.type)).toEqual(["checkout.session.completed"]);
    const [hook] = received;
    await stripe.webhooks.constructEventAsync(hook?.body ?? "", hook?.signature ?? "", made.secret ?? "");
    await stripe.webhookEndpoints.update(made.id, { disabled: true });
    await stripe.subscriptions.cancel((await stripe.subscriptions.list()).data[0]?.id as string);
    expect(await sandbox.deliver()).toEqual([]);
  });
});

describe("thin events", () => {
  it("name their object and their snapshot twin, and fetch both", async () => {
    const { sandbox, stripe, received } = stripeWithSandbox();
    const made = await stripe.v2.core.eventDestinations.create({
      name: "thin",
      type: "webhook_endpoint",
      event_payload: "thin",
      enabled_events: ["v1.customer.subscription.created", "v1.customer.subscription.past_due"],
      webhook_endpoint: { url: "https://mcp.test/thin" },
      include: ["webhook_endpoint.signing_secret"],
    });
    const secret = made.webhook_endpoint?.signing_secret ?? "";
    expect(secret).toMatch(/^whsec_/);
    const { subscription, customer } = await subscriber(stripe);
    await sandbox.deliver();
    const hook = received.find((one) => one.type === "v1.customer.subscription.created");
    const note = await stripe.parseEventNotificationAsync(hook?.body ?? "", hook?.signature ?? "", secret);
    expect(note).toMatchObject({
      type: "v1.customer.subscription.created",
      related_object: {
        id: subscription.id,
        type: "subscription",
        url: `/v1/subscriptions/${subscription.id}`,
      },
    });
    const twin = await stripe.events.retrieve(note.snapshot_event ?? "");
    expect(twin.type).toBe("customer.subscription.created");
    if (note.type !== "v1.customer.subscription.created") throw new Error("another type");
    expect((await note.fetchRelatedObject()).customer).toBe(customer.id);
    expect((await note.fetchEvent()).id).toBe(note.id);
    await expect(
      stripe.webhooks.constructEventAsync(hook?.body ?? "", hook?.signature ?? "", secret),
    ).rejects.toThrow(/thin event/);
    const [method] = (await stripe.customers.listPaymentMethods(customer.id)).data;
    sandbox.setCard(method?.id as string, "declines");
    sandbox.advance(32 * DAY_MS);
    await sandbox.deliver();
    const late = JSON.parse(
      received.findLast((one) => one.type.endsWith("past_due"))?.body ?? "{}",
    ) as object;
    expect(late).toMatchObject({
      type: "v1.customer.subscription.past_due",
      related_object: { id: subscription.id },
    });
    expect(late).not.toHaveProperty("snapshot_event");
  });
});

describe("the events API", () => {
  it("lists by type and time, pages, and forgets after 30 days", async () => {
    const { sandbox, stripe } = stripeWithSandbox();
    for (let n = 0; n < 12; n++) await stripe.customers.create();
    sandbox.advance(DAY_MS);
    const { subscription } = await subscriber(stripe);
    const created = await stripe.events.list({
      type: "customer.created",
      created: { gte: START_MS / 1000 + 86_400 },
    });
    expect(created.data).toHaveLength(1);
    const all = await stripe.events
      .list({ type: "customer.created", limit: 5 })
      .autoPagingToArray({ limit: 100 });
    expect(all).toHaveLength(13);
    const some = await stripe.events.list({ types: ["invoice.paid", "customer.subscription.updated"] });
    expect(some.data.map((event) => event.type)).toEqual(["customer.subscription.updated", "invoice.paid"]);
    expect(some.data[0]?.data).toMatchObject({
      object: { id: subscription.id, status: "active" },
      previous_attributes: { status: "incomplete" },
    });
    const oldest = all.at(-1)?.id ?? "";
    expect((await stripe.events.retrieve(oldest)).request?.id).toMatch(/^req_/);
    sandbox.advance(29.5 * DAY_MS);
    await expect(stripe.events.retrieve(oldest)).rejects.toMatchObject({ code: "resource_missing" });
  });
});

describe("delivery by itself", () => {
  it("brings events soon, goes on after a restart at another address, and retries", async () => {
    const urls: string[] = [];
    const send = async (request: Request) => {
      urls.push(request.url);
      return new Response(null, { status: 200 });
    };
    const first = stripeWithSandbox({ send, autoDeliver: true, webhookUrl: "http://127.0.0.1:1/hook" });
    await first.stripe.customers.create();
    await vi.waitFor(() => expect(urls).toEqual(["http://127.0.0.1:1/hook"]));
    const second = stripeWithSandbox({ send, autoDeliver: true, webhookUrl: "http://127.0.0.1:2/hook" });
    second.sandbox.restore(first.sandbox.snapshot());
    await second.stripe.customers.create();
    await vi.waitFor(() => expect(urls).toEqual(["http://127.0.0.1:1/hook", "http://127.0.0.1:2/hook"]));
    let broken = true;
    const third = stripeWithSandbox({
      autoDeliver: true,
      async send(request) {
        if (broken) throw new TypeError("connection refused");
        return send(request);
      },
    });
    await third.stripe.customers.create();
    await vi.waitFor(() => expect(Object.values(third.sandbox.state.test.deliveries)[0]?.attempts).toBe(1));
    broken = false;
    third.sandbox.advance(10 * MINUTE_MS);
    await vi.waitFor(() => expect(third.sandbox.pending).toBe(0));
    expect(urls).toHaveLength(3);
  });
});
