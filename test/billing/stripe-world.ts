/**
 * Stripe for a test file: the sandbox behind `api.stripe.test`, its webhooks brought to the Worker, and one clock for
 * both. `travel` lets time pass for everything.
 */
import { env, exports } from "cloudflare:workers";
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, vi } from "vitest";
import type { BillingRpc, PlanView } from "../../objects/rpc/billing.ts";
import { withBilling } from "../../worker/billing/with-billing.ts";
import { createStripeSandbox, STRIPE_SANDBOX, type StripeSandbox } from "../sandbox/stripe/index.ts";
import { answerHost } from "../support/outside.ts";
import { newUser, type TestUser } from "../support/users.ts";

export const ORIGIN = "https://mcp.test";
export const WEBHOOK = `${ORIGIN}/stripe/webhook`;
export const DAY_MS = 24 * 60 * 60_000;

export const worker = (request: Request): Promise<Response> => exports.default.fetch(request);

/** Looked up at each call: the tests' clock takes the place of `Date`. */
const clock = (): number => Date.now();

/** A new account for every test: ids never come again, as our own records outlive a test. */
export let stripe: StripeSandbox;

/** Restricted keys of the test, with what each may do. */
export const restricted: Record<string, string[]> = {};

function newStripe(): StripeSandbox {
  const now = { now_ms: clock, signing_now_ms: clock };
  return createStripeSandbox({ webhookUrl: WEBHOOK, send: worker, ...now, restricted });
}

/** Registers the sandbox and the clock for every test of a file. */
export function useStripe(): void {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["Date"] });
    stripe = newStripe();
    answerHost("api.stripe.test", (request) => stripe.fetch(request));
  });
  afterEach(() => {
    vi.useRealTimers();
  });
}

/** Another account, and the clock back at `now_ms`: for tests that live many lives. */
export function beginAgain(now_ms: number): void {
  vi.setSystemTime(now_ms);
  stripe = newStripe();
}

/** Lets `ms` pass: for Stripe, and for the Worker and its objects. */
export function travel(ms: number): void {
  vi.setSystemTime(Date.now() + ms);
  stripe.advance(0);
}

/** Brings every waiting event to the Worker. */
export const deliver = (
  how: Parameters<StripeSandbox["deliver"]>[0] = {},
): ReturnType<StripeSandbox["deliver"]> => stripe.deliver({ force: true, ...how });

/** Forgets what waits to be delivered, as if it had been lost. */
export async function loseAll(): Promise<void> {
  await deliver({ lose: () => true });
}

/** A call of Stripe's API, as the dashboard or a support person would make it. */
export async function api<T = Record<string, unknown>>(
  method: "GET" | "POST" | "DELETE",
  path: string,
  params: Record<string, string> = {},
): Promise<T> {
  const query = new URLSearchParams(params).toString();
  const response = await stripe.fetch(
    new Request(`https://api.stripe.test${path}${method === "GET" && query !== "" ? `?${query}` : ""}`, {
      method,
      headers: {
        Authorization: `Bearer ${STRIPE_SANDBOX.secretKey}`,
        "Content-Type": "application/x-www-form-urlencoded",
      },
      ...(method === "POST" ? { body: query } : {}),
    }),
  );
  const answer = (await response.json()) as T;
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${JSON.stringify(answer)}`);
  return answer;
}

/** POST of JSON with the user's bearer. */
export function post(
  user: Pick<TestUser, "bearer"> | null,
  path: string,
  body: unknown = {},
  headers: Record<string, string> = {},
): Promise<Response> {
  return worker(
    new Request(ORIGIN + path, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        ...(user === null ? {} : { Authorization: `Bearer ${user.bearer}` }),
        ...headers,
      },
      body: JSON.stringify(body),
    }),
  );
}

export async function checkoutUrl(user: TestUser, body: unknown = {}): Promise<string> {
  const response = await post(user, "/stripe/create-checkout", body);
  const answer = (await response.json()) as { checkout_url?: string };
  if (answer.checkout_url === undefined) throw new Error(`${response.status} ${JSON.stringify(answer)}`);
  return answer.checkout_url;
}

/** Id of the session a Checkout URL opens. */
export const sessionOf = (url: string): string => new URL(url).pathname.split("/").at(-1) ?? "";

/** Pays a session, as a person on Stripe's page would. */
export async function pay(url: string, card = "pm_card_visa"): Promise<void> {
  await api("POST", `/v1/payment_pages/${sessionOf(url)}/confirm`, { payment_method: card });
}

/** Someone who has paid, and of whom we were told nothing. */
export async function paidUntold(): Promise<TestUser> {
  const user = await newUser();
  await pay(await checkoutUrl(user));
  await loseAll();
  return user;
}

/** Checkout, paid, and every event delivered. */
export async function subscribe(user: TestUser, body: unknown = {}): Promise<void> {
  await pay(await checkoutUrl(user, body));
  await deliver();
}

/** Works with the billing of a user's object; a stub that is not let go of would keep the object from eviction. */
export function billingOf<T>(user: TestUser, work: (billing: BillingRpc) => Promise<T>): Promise<T> {
  return withBilling(user.object, work);
}

export function planOf(user: TestUser): Promise<PlanView> {
  return billingOf(user, (billing) => billing.plan());
}

export async function tierOf(user: TestUser): Promise<string> {
  return (await planOf(user)).tier;
}

export async function customerOf(user: TestUser): Promise<string> {
  const { customerId } = await planOf(user);
  if (customerId === null) throw new Error("no customer");
  return customerId;
}

export async function subscriptionOf(user: TestUser): Promise<string> {
  const { subscription } = await planOf(user);
  if (subscription === null) throw new Error("no subscription");
  return subscription.id;
}

/** Calls of the API since the last `stripe.clearCalls()`, by operation. */
export const callsTo = (operation: string): number =>
  stripe.calls.filter((call) => call.operation === operation).length;

export const LIST = "GET /v1/subscriptions";

export async function sql<T extends Record<string, SqlStorageValue>>(
  user: TestUser,
  query: string,
  ...values: SqlStorageValue[]
): Promise<T[]> {
  return runInDurableObject(user.object, (_, state) => state.storage.sql.exec<T>(query, ...values).toArray());
}

/** When the object will read Stripe by itself, ms since the epoch. */
export async function jobTime(user: TestUser): Promise<number | undefined> {
  const rows = await sql<{ time: number }>(user, "SELECT time FROM cf_agents_jobs WHERE id = 'billing'");
  return rows[0]?.time;
}

/** Goes to the time of the object's own reading and runs its alarm. */
export async function runBillingJob(user: TestUser): Promise<void> {
  const at_ms = await jobTime(user);
  if (at_ms === undefined) throw new Error("no reading is planned");
  if (at_ms > Date.now()) travel(at_ms - Date.now());
  await runDurableObjectAlarm(user.object);
}

export async function history(
  user: TestUser,
): Promise<{ from_tier: string; to_tier: string; why: string }[]> {
  return sql(user, "SELECT from_tier, to_tier, why FROM entitlement_history ORDER BY id");
}

export const mapping = (customerId: string): Promise<string | null> =>
  (env as unknown as { USER_MAPPINGS: KVNamespace }).USER_MAPPINGS.get(`stripe:${customerId}`);
