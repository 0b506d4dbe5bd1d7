/** POST /stripe/webhook: what is let in, what is refused, and what it leads to. */
import { env } from "cloudflare:workers";
import { createExecutionContext } from "cloudflare:test";
import { describe, expect, test, vi } from "vitest";
import type { Bindings } from "../../worker/env.ts";
import { serve } from "../../worker/router.tsx";
import { signatureHeader, STRIPE_SANDBOX } from "../sandbox/stripe/index.ts";
import { answerHost } from "../support/outside.ts";
import { newUser } from "../support/users.ts";
import {
  api,
  callsTo,
  checkoutUrl,
  customerOf,
  deliver,
  jobTime,
  LIST,
  loseAll,
  pay,
  runBillingJob,
  sql,
  stripe,
  subscribe,
  tierOf,
  travel,
  useStripe,
  WEBHOOK,
  worker,
} from "./stripe-world.ts";

useStripe();

const SECRET = STRIPE_SANDBOX.webhookSecret;
const now_s = (): number => Math.floor(Date.now() / 1000);

interface Sent {
  secrets?: string[];
  at_s?: number;
  header?: string;
  /** Sent instead of what was signed. */
  changed?: string;
}

async function send(event: unknown, sent: Sent = {}): Promise<Response> {
  const body = typeof event === "string" ? event : JSON.stringify(event);
  const header = sent.header ?? (await signatureHeader(body, sent.secrets ?? [SECRET], sent.at_s ?? now_s()));
  return worker(
    new Request(WEBHOOK, {
      method: "POST",
      headers: { "Stripe-Signature": header, "Content-Type": "application/json" },
      body: sent.changed ?? body,
    }),
  );
}

/** A snapshot event about a customer, as Stripe would send it. */
const snapshot = (customer: string, changes: Record<string, unknown> = {}): Record<string, unknown> => ({
  id: `evt_${crypto.randomUUID()}`,
  object: "event",
  type: "customer.subscription.updated",
  created: now_s(),
  livemode: false,
  api_version: "2024-06-20",
  data: { object: { id: "sub_x", object: "subscription", customer } },
  ...changes,
});

/** A user with a paid subscription nobody has told us about yet. */
async function untold(): Promise<{ user: Awaited<ReturnType<typeof newUser>>; customer: string }> {
  const user = await newUser();
  await pay(await checkoutUrl(user));
  await loseAll();
  stripe.clearCalls();
  return { user, customer: await customerOf(user) };
}

describe("transport", () => {
  test("W1 GET is 405", async () => {
    const response = await worker(new Request(WEBHOOK));
    expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
  });

  test("W2 without a signature, or with a wrong, old, future or foreign one: 400, and nothing is touched", async () => {
    const { user, customer } = await untold();
    const event = snapshot(customer);
    const refused: Sent[] = [
      { header: "" },
      { header: "t=1,v1=abc" },
      { header: "nonsense" },
      { secrets: ["whsec_other"] },
      { at_s: now_s() - 302 },
      { at_s: now_s() + 302 },
      { at_s: now_s() + 86_400 },
      { header: (await signatureHeader(JSON.stringify(event), [SECRET], now_s())).replace("v1=", "v0=") },
      { changed: JSON.stringify({ ...event, type: "customer.deleted" }) },
    ];
    for (const sent of refused) {
      const response = await send(event, sent);
      expect([response.status, await response.json()]).toMatchObject([400, { error: "invalid_signature" }]);
    }
    expect(await sql(user, "SELECT * FROM billing_events")).toEqual([]);
    expect(stripe.calls).toEqual([]);
    expect(await tierOf(user)).toBe("free");
    for (const at_s of [now_s() - 298, now_s() + 298])
      expect((await send(snapshot(customer), { at_s })).status).toBe(200);
  });

  test("W3 the signature is over the bytes as they came: other white space is another body", async () => {
    const { customer } = await untold();
    const event = snapshot(customer);
    const changed = JSON.stringify(event, null, 2);
    expect((await send(event, { changed })).status).toBe(400);
    expect((await send(changed)).status).toBe(200);
  });

  test("W4 any of several secrets is enough, and any of several signatures", async () => {
    const { customer } = await untold();
    expect((await send(snapshot(customer), { secrets: ["whsec_second"] })).status).toBe(200);
    expect((await send(snapshot(customer), { secrets: ["whsec_old", SECRET] })).status).toBe(200);
    const [endpoint] = Object.keys(stripe.state.test.endpoints);
    stripe.rollSecret(endpoint ?? "", 60_000);
    await api("POST", `/v1/customers/${customer}`, { description: "x" });
    expect((await deliver()).map((r) => r.status)).toEqual([200]);
    travel(120_000);
    await api("POST", `/v1/customers/${customer}`, { description: "y" });
    expect((await deliver()).map((r) => r.status)).toEqual([400]);
  });

  test("W5 without a webhook secret: 503, never 200; secrets are trimmed", async () => {
    const request = (vars: Record<string, string>) =>
      serve(
        new Request(WEBHOOK, { method: "POST", body: "{}" }),
        { ...(env as unknown as Bindings), ...vars },
        createExecutionContext(),
      );
    expect((await request({ STRIPE_WEBHOOK_SECRET: "" })).status).toBe(503);
    expect((await request({ STRIPE_WEBHOOK_SECRET: " \n" })).status).toBe(503);
    // The secret of these tests ends with a newline.
    expect((env as unknown as Record<string, string>)["STRIPE_WEBHOOK_SECRET"]).toContain("\n");
    const { customer } = await untold();
    expect((await send(snapshot(customer))).status).toBe(200);
  });

  test("W6 a type we do not know is taken and ignored", async () => {
    const { customer, user } = await untold();
    const response = await send(snapshot(customer, { type: "invoice.upcoming" }));
    expect([response.status, await response.json()]).toEqual([200, { received: true, ignored: true }]);
    expect(stripe.calls).toEqual([]);
    expect(await tierOf(user)).toBe("free");
  });

  test("W7 an event of the other mode is taken, logged and ignored", async () => {
    const { customer, user } = await untold();
    const warned = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    const response = await send(snapshot(customer, { livemode: true }));
    expect([response.status, await response.json()]).toEqual([200, { received: true, ignored: true }]);
    expect(JSON.stringify(warned.mock.calls)).toContain("stripe_event_of_other_mode");
    warned.mockRestore();
    expect(await tierOf(user)).toBe("free");
  });

  test("W8 more than 256 KiB is refused before anything is computed over it", async () => {
    const event = snapshot("cus_x", { filler: "x".repeat(256 * 1024) });
    expect((await send(event)).status).toBe(413);
    expect((await send(event, { header: "" })).status).toBe(413);
  });

  test("W9 a signed body that is not JSON, or no event, is 400", async () => {
    // An id that no key could hold is no id of Stripe's.
    const endless = JSON.stringify(snapshot(`cus_${"x".repeat(600)}`));
    for (const body of ["not json", "[]", "{}", JSON.stringify({ object: "event", id: "evt_1" }), endless]) {
      const response = await send(body);
      expect([response.status, await response.json()]).toMatchObject([400, { error: "invalid_event" }]);
    }
  });

  test("W10 it needs no token or cookie, gives no CORS leave, and a burst is not limited", async () => {
    const { user, customer } = await untold();
    const answers = await Promise.all(Array.from({ length: 120 }, () => send(snapshot(customer))));
    expect(new Set(answers.map((r) => r.status))).toEqual(new Set([200]));
    for (const answer of answers) {
      expect(answer.headers.get("access-control-allow-origin")).toBeNull();
      expect(answer.headers.get("set-cookie")).toBeNull();
    }
    expect(await tierOf(user)).toBe("premium");
  });
});

describe("what an event leads to", () => {
  test("W11 a thin event is read up, and is the same event as its snapshot twin", async () => {
    const { user, customer } = await untold();
    stripe.addEndpoint({ url: WEBHOOK, payload: "thin", secret: "whsec_second" });
    await api("POST", `/v1/customers/${customer}`, { description: "x" });
    const results = await deliver();
    expect(results.map((r) => [r.type, r.status])).toEqual([
      ["customer.updated", 200],
      ["v1.customer.updated", 200],
    ]);
    expect(await sql(user, "SELECT type, attempts FROM billing_events")).toEqual([
      { type: "customer.updated", attempts: 1 },
    ]);
    expect(callsTo(LIST)).toBe(1);
    expect(await tierOf(user)).toBe("premium");
  });

  test("W11 thin events alone are enough, also those of a status", async () => {
    const user = await newUser();
    for (const endpoint of Object.values(stripe.state.test.endpoints)) endpoint.enabled = false;
    stripe.addEndpoint({ url: WEBHOOK, payload: "thin", secret: SECRET });
    await pay(await checkoutUrl(user));
    const results = await deliver({
      hold: (_, type) => !/^v1\.customer\.subscription\.(active|incomplete)$/.test(type),
    });
    expect(results.length).toBeGreaterThan(0);
    expect(new Set(results.map((r) => r.status))).toEqual(new Set([200]));
    expect(await tierOf(user)).toBe("premium");
  });

  test.each(["status", "html", "json_without_error", "truncated", "rate_limited"] as const)(
    "W12 Stripe answers %s while an event is worked on: 503, the event waits, and a retry gets it right",
    async (kind) => {
      const { user, customer } = await untold();
      stripe.fault({ kind, operation: LIST, times: 2 });
      const event = snapshot(customer);
      const failed = await send(event);
      expect([failed.status, failed.headers.get("retry-after")]).toEqual([503, "30"]);
      expect(await tierOf(user)).toBe("free");
      const waiting = await sql<{ done_ms: number | null; problem: string }>(
        user,
        "SELECT * FROM billing_events",
      );
      expect(waiting).toMatchObject([{ done_ms: null, problem: "unavailable" }]);
      stripe.clearFaults();
      const retried = await send(event);
      expect([retried.status, await retried.json()]).toEqual([200, { received: true }]);
      expect(await tierOf(user)).toBe("premium");
    },
  );

  test("W12 the object does not wait for Stripe's retry: its own alarm comes within 30 seconds", async () => {
    const { user, customer } = await untold();
    stripe.fault({ kind: "status", operation: LIST, times: 2 });
    expect((await send(snapshot(customer))).status).toBe(503);
    expect((await jobTime(user)) ?? 0).toBeLessThanOrEqual(Date.now() + 30_000);
    stripe.clearFaults();
    await runBillingJob(user);
    expect(await tierOf(user)).toBe("premium");
    const events = await sql<{ done_ms: number | null }>(user, "SELECT done_ms FROM billing_events");
    expect(events.every((e) => e.done_ms !== null)).toBe(true);
    expect((await jobTime(user)) ?? 0).toBeGreaterThan(Date.now() + 60_000);
  });

  test("W12 when the object itself fails, the answer is 503", async () => {
    const { user, customer } = await untold();
    await sql(user, "DROP TABLE billing_events");
    expect((await send(snapshot(customer))).status).toBe(503);
  });

  test("25 events at once for one user are one reading of Stripe at a time, and few of them", async () => {
    const user = await newUser();
    await subscribe(user);
    const customer = await customerOf(user);
    stripe.clearCalls();
    let running = 0;
    let most = 0;
    answerHost("api.stripe.test", async (request) => {
      if (!new URL(request.url).pathname.startsWith("/v1/subscriptions")) return stripe.fetch(request);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      const answer = await stripe.fetch(request);
      running--;
      return answer;
    });
    const answers = await Promise.all(Array.from({ length: 25 }, () => send(snapshot(customer))));
    expect(new Set(answers.map((r) => r.status))).toEqual(new Set([200]));
    expect(most).toBe(1);
    expect(callsTo(LIST)).toBeLessThanOrEqual(5);
    const done = await sql(user, "SELECT event_id FROM billing_events WHERE done_ms IS NULL");
    expect(done).toEqual([]);
  });
});
