/**
 * How long an answer can take, in calls to Stripe that wait for one another: time itself is not measured in tests.
 * Stripe is slow at 300 ms, and a webhook has to be answered within two seconds.
 */
import { describe, expect, test, vi } from "vitest";
import { Stripe } from "stripe";
import { answerHost } from "../support/outside.ts";
import { newUser, rpc } from "../support/users.ts";
import { STRIPE_SANDBOX } from "../sandbox/stripe/index.ts";
import {
  api,
  customerOf,
  DAY_MS,
  deliver,
  paidUntold,
  stripe,
  subscribe,
  subscriptionOf,
  tierOf,
  travel,
  useStripe,
  WEBHOOK,
  worker,
} from "./stripe-world.ts";

useStripe();

const SLOW_MS = 300;
const ANSWER_WITHIN_MS = 2_000;

interface Call {
  operation: string;
  began: number;
  /** Moments are counted, not timed. */
  ended: number;
}

/** Holds every call to Stripe for a moment and takes down which were under way together. */
function watchCalls(): Call[] {
  const calls: Call[] = [];
  let moment = 0;
  answerHost("api.stripe.test", async (request) => {
    const call = {
      operation: `${request.method} ${new URL(request.url).pathname}`,
      began: ++moment,
      ended: 0,
    };
    calls.push(call);
    await new Promise((resolve) => setTimeout(resolve, 15));
    const answer = await stripe.fetch(request);
    call.ended = ++moment;
    return answer;
  });
  return calls;
}

/** The most calls of which each began only after the one before had ended. */
function longestChain(calls: readonly Call[]): number {
  const inOrder = calls.toSorted((a, b) => a.began - b.began);
  const lengths: number[] = [];
  inOrder.forEach((call, i) => {
    const before = inOrder.slice(0, i).map((other, k) => (other.ended < call.began ? (lengths[k] ?? 0) : 0));
    lengths.push(1 + Math.max(0, ...before));
  });
  return Math.max(0, ...lengths);
}

/** Delivers the newest event of a type and answers how many calls in a row it took. */
async function chainOf(type: string, thin = false): Promise<number> {
  const { events, thin_events } = stripe.state.test;
  const named = Object.values(thin ? thin_events : events).findLast((e) => e.type === type);
  if (named === undefined) throw new Error(`there was no ${type}`);
  const request = await stripe.signedRequest(named.id);
  const calls = watchCalls();
  const response = await worker(request);
  expect([type, response.status]).toEqual([type, 200]);
  expect(calls.length).toBeGreaterThan(0);
  return longestChain(calls);
}

test("the chain is counted right", () => {
  const call = (began: number, ended: number): Call => ({ operation: "x", began, ended });
  expect(longestChain([])).toBe(0);
  expect(longestChain([call(1, 4), call(2, 3)])).toBe(1);
  expect(longestChain([call(1, 2), call(3, 6), call(4, 5), call(7, 8)])).toBe(3);
});

describe("W13 an event is answered after so many calls in a row that two seconds are enough", () => {
  test("one of a customer we know: one", async () => {
    const user = await paidUntold();
    expect(await chainOf("customer.subscription.created")).toBe(1);
    expect(await tierOf(user)).toBe("premium");
  });

  test("of a customer that was deleted: one, everything is asked at once", async () => {
    const user = await paidUntold();
    await api("DELETE", `/v1/customers/${await customerOf(user)}`);
    expect(await chainOf("customer.deleted")).toBe(1);
  });

  test("a dispute: the charge, the customer, the pause; several disputes take no longer than one", async () => {
    const user = await newUser();
    await subscribe(user);
    travel(65 * DAY_MS);
    const charges = Object.keys(stripe.state.test.charges);
    expect(charges.length).toBe(3);
    for (const charge of charges) stripe.openDispute(charge);
    expect(await chainOf("charge.dispute.created")).toBe(3);
    await deliver();
    await api("POST", `/v1/customers/${await customerOf(user)}`, { description: "x" });
    expect(await chainOf("customer.updated")).toBe(1);
    expect(await tierOf(user)).toBe("free");
  });

  test("a lost dispute ends the subscription: read, ended, and read again", async () => {
    const user = await newUser();
    await subscribe(user);
    const { id } = stripe.openDispute(Object.keys(stripe.state.test.charges)[0] ?? "");
    await deliver();
    stripe.closeDispute(id, "lost");
    const chain = await chainOf("charge.dispute.closed");
    expect(stripe.state.test.subscriptions[await subscriptionOf(user)]?.status).toBe("canceled");
    expect(chain * SLOW_MS).toBeLessThan(ANSWER_WITHIN_MS);
  });

  test("the longest way of all: a thin event of a dispute of a customer made in the dashboard", async () => {
    const user = await newUser();
    stripe.addEndpoint({ url: WEBHOOK, payload: "thin", secret: STRIPE_SANDBOX.webhookSecret });
    const customer = await api<{ id: string }>("POST", "/v1/customers", { "metadata[user_id]": user.userId });
    const method = await api<{ id: string }>("POST", "/v1/payment_methods/pm_card_visa/attach", {
      customer: customer.id,
    });
    // A price of the product that is not the configured one: the product has to be looked up.
    const price = await api<{ id: string }>("POST", "/v1/prices", {
      product: STRIPE_SANDBOX.product,
      currency: "eur",
      unit_amount: "1100",
      "recurring[interval]": "month",
    });
    await api("POST", "/v1/subscriptions", {
      customer: customer.id,
      "items[0][price]": price.id,
      default_payment_method: method.id,
    });
    stripe.openDispute(Object.keys(stripe.state.test.charges)[0] ?? "");
    const chain = await chainOf("v1.charge.dispute.created", true);
    expect(chain).toBeGreaterThan(2);
    expect(chain * SLOW_MS).toBeLessThan(ANSWER_WITHIN_MS);
  });
});

test("E2 nothing of Stripe's SDK runs on the way of an MCP request; a webhook uses it", async () => {
  const user = await newUser();
  await subscribe(user);
  const made = vi.spyOn(Stripe, "createFetchHttpClient");
  try {
    for (const body of [
      rpc("tools/list"),
      rpc("tools/call", {
        name: "clickup_workspace_hierarchy",
        arguments: { workspace: "Northwind Labs" },
      }),
      rpc("resources/read", { uri: "account://plan" }),
    ]) {
      expect((await user.post(body)).status).toBe(200);
    }
    expect((await (await newUser()).call("clickup_task_delete", {})).isError).toBe(true);
    expect(made).not.toHaveBeenCalled();
    await api("POST", `/v1/customers/${await customerOf(user)}`, { description: "x" });
    await deliver();
    expect(made).toHaveBeenCalled();
  } finally {
    made.mockRestore();
  }
});
