/** Whether Stripe and this server reach each other: what the operator sees, and what /health says of it. */
import { env } from "cloudflare:workers";
import { createExecutionContext } from "cloudflare:test";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { runCommand } from "../../worker/admin/run.ts";
import type { Bindings } from "../../worker/env.ts";
import { health as answerHealth } from "../../worker/health.ts";
import { hourly } from "../../worker/hourly.ts";
import { serve } from "../../worker/router.tsx";
import { STRIPE_SANDBOX } from "../sandbox/stripe/index.ts";
import { newUser } from "../support/users.ts";
import {
  api,
  beginAgain,
  DAY_MS,
  ORIGIN,
  stripe,
  subscribe,
  travel,
  useStripe,
  WEBHOOK,
} from "./stripe-world.ts";

useStripe();

const bindings = env as unknown as Bindings & { USER_MAPPINGS: KVNamespace };

/** What was seen is remembered over tests, by the isolate and in KV: each test is in a time of its own. */
let epoch_ms = Date.now();
beforeEach(async () => {
  epoch_ms += 30 * DAY_MS;
  beginAgain(epoch_ms);
  for (const key of ["stripe-contact", "stripe-last-event"]) await bindings.USER_MAPPINGS.delete(key);
});
const HOUR_MS = DAY_MS / 24;

async function health(vars: Record<string, unknown> = {}): Promise<Record<string, unknown>> {
  // What an isolate has read of KV it keeps for a minute.
  travel(61_000);
  return (await answerHealth(new Request(`${ORIGIN}/health`), { ...bindings, ...vars })).json();
}

async function ready(): Promise<{ ready: boolean; parts: { part: string; ok: boolean; detail: string }[] }> {
  const request = new Request("http://admin/ready", { method: "POST", body: "{}" });
  return (await runCommand(request, bindings)).json();
}
const stripePart = async (part: string) => (await ready()).parts.find((p) => p.part === `stripe ${part}`);
const [endpointId] = ["we_test_options"];
const setEndpoint = (disabled: boolean) =>
  api("POST", `/v1/webhook_endpoints/${endpointId}`, { disabled: String(disabled) });

test("A6 /health tells the mode of the key, and what is missing", async () => {
  expect(await health()).toMatchObject({ status: "healthy", billing: { mode: "test", state: "ready" } });
  expect(await health({ STRIPE_SECRET_KEY: "sk_live_x" })).toMatchObject({ billing: { mode: "live" } });
  expect(await health({ STRIPE_WEBHOOK_SECRET: "" })).toMatchObject({
    status: "degraded",
    billing: { state: "webhook_secret_missing" },
  });
  expect(await health({ STRIPE_PRICE_ID: undefined })).toMatchObject({
    status: "degraded",
    billing: { state: "price_missing" },
  });
  expect(await health({ STRIPE_SECRET_KEY: undefined })).not.toHaveProperty("billing");
});

describe("A6 what was last seen of Stripe", () => {
  test("before anybody looked nothing is claimed; /health itself asks Stripe nothing, ever", async () => {
    expect(await health()).toMatchObject({
      status: "healthy",
      billing: { api: "unknown", webhook: "unknown", checked: null },
    });
    await hourly(bindings);
    stripe.clearCalls();
    for (let i = 0; i < 5; i++) await health();
    expect(stripe.calls).toEqual([]);
  });

  test("the hourly look sees the endpoint, and is believed for three hours", async () => {
    await hourly(bindings);
    const checked = new Date().toISOString();
    expect(await health()).toMatchObject({
      status: "healthy",
      billing: { api: "answers", webhook: "enabled", checked, state: "ready" },
    });
    travel(3 * HOUR_MS);
    expect(await health()).toMatchObject({ billing: { api: "unknown", webhook: "unknown", checked } });
  });

  test("an endpoint that is disabled, or gone, is degraded; a destination of thin events counts", async () => {
    await setEndpoint(true);
    await hourly(bindings);
    expect(await health()).toMatchObject({ status: "degraded", billing: { webhook: "disabled" } });
    await api("DELETE", `/v1/webhook_endpoints/${endpointId}`);
    await hourly(bindings);
    expect(await health()).toMatchObject({ status: "degraded", billing: { webhook: "missing" } });
    stripe.addEndpoint({ url: WEBHOOK, payload: "thin" });
    await hourly(bindings);
    expect(await health()).toMatchObject({ status: "healthy", billing: { webhook: "enabled" } });
  });

  test("C6 an archived price is known to every isolate after the look, and so is that it sells again", async () => {
    await api("POST", `/v1/prices/${STRIPE_SANDBOX.priceMonthlyId}`, { active: "false" });
    await hourly(bindings);
    expect(await health()).toMatchObject({ status: "degraded", billing: { state: "price_missing" } });
    await api("POST", `/v1/prices/${STRIPE_SANDBOX.priceMonthlyId}`, { active: "true" });
    await hourly(bindings);
    expect(await health()).toMatchObject({ status: "healthy", billing: { state: "ready" } });
  });

  test.each([
    ["status", "fails"],
    ["html", "fails"],
    ["json_without_error", "fails"],
    ["reset", "fails"],
  ] as const)("a Stripe that answers %s: %s", async (kind, seen) => {
    stripe.fault({ kind, path: /./, times: 50 });
    const logged = vi.spyOn(console, "warn").mockImplementation(() => undefined);
    await hourly(bindings);
    expect(JSON.stringify(logged.mock.calls)).toContain("stripe_contact");
    logged.mockRestore();
    expect(await health()).toMatchObject({ status: "degraded", billing: { api: seen, webhook: "unknown" } });
  });

  test("a job of the hour that fails is named, and the others run all the same", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const broken = { get: () => Promise.reject(new Error("KV is down")) } as unknown as KVNamespace;
    await expect(hourly({ ...bindings, OAUTH_KV: broken })).rejects.toThrow(
      "hourly jobs failed: purge_oauth",
    );
    expect(JSON.stringify(logged.mock.calls)).toContain("hourly purge_oauth");
    logged.mockRestore();
    expect(await health()).toMatchObject({ billing: { api: "answers" } });
  });

  test("a key that Stripe refuses is named as that", async () => {
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    await hourly({ ...bindings, STRIPE_SECRET_KEY: "sk_test_of_nobody" });
    vi.restoreAllMocks();
    expect(await health()).toMatchObject({ status: "degraded", billing: { api: "refuses_key" } });
  });

  test("the age of the last event counts from its arrival; unsigned ones do not", async () => {
    const user = await newUser();
    await subscribe(user);
    travel(90_000);
    expect((await health())["billing"]).toMatchObject({ last_event_age_s: 151 });
    const unsigned = new Request(WEBHOOK, { method: "POST", body: "{}" });
    await serve(unsigned, bindings, createExecutionContext());
    expect((await health())["billing"]).toMatchObject({ last_event_age_s: 212 });
    expect(Number(await bindings.USER_MAPPINGS.get("stripe-last-event"))).toBe(epoch_ms);
  });

  test("KV that fails, or is not bound, is no reason for /health to fail", async () => {
    const broken = { get: () => Promise.reject(new Error("KV is down")) };
    expect(await health({ USER_MAPPINGS: broken })).toMatchObject({
      status: "healthy",
      billing: { api: "unknown", webhook: "unknown" },
    });
  });
});

describe("A6 readiness", () => {
  test("uses Stripe once and says what is wrong with each part", async () => {
    const { ready: all, parts } = await ready();
    expect(all).toBe(true);
    expect(parts.filter((p) => p.part.startsWith("stripe")).map((p) => p.detail)).toEqual([
      "answers",
      "ready",
      expect.stringMatching(/^enabled; (last event|no event).*; 0 events of the last day undelivered$/),
    ]);
    await setEndpoint(true);
    expect(await stripePart("webhook")).toMatchObject({
      ok: false,
      detail: expect.stringContaining("disabled"),
    });
    await api("POST", `/v1/prices/${STRIPE_SANDBOX.priceMonthlyId}`, { active: "false" });
    expect(await stripePart("price")).toMatchObject({
      ok: false,
      detail: expect.stringContaining("archived"),
    });
    stripe.fault({ kind: "status", path: /./, times: 50 });
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    expect(await stripePart("api")).toMatchObject({ ok: false, detail: "does not answer" });
    vi.restoreAllMocks();
  });

  test("counts events Stripe could not deliver", async () => {
    const user = await newUser();
    await subscribe(user);
    stripe.fault({ kind: "status", operation: "GET /v1/subscriptions", times: 100 });
    vi.spyOn(console, "warn").mockImplementation(() => undefined);
    await api("POST", "/v1/customers", { "metadata[user_id]": user.userId });
    await stripe.deliver({ force: true, hold: () => true });
    vi.restoreAllMocks();
    stripe.clearFaults();
    travel(15 * 60_000);
    expect((await stripePart("webhook"))?.detail).toMatch(/; 1 events of the last day undelivered$/);
  });
});
