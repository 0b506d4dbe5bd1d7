import { Stripe } from "stripe";
import {
  createStripeSandbox,
  STRIPE_SANDBOX,
  type StripeSandbox,
  type StripeSandboxOptions,
} from "./stripe/index.ts";

/** The moment the sandbox's clock stands at, in ms: 15 January 2026, noon UTC. */
export const START_MS = Date.UTC(2026, 0, 15, 12);

/** The official SDK, speaking to the sandbox. */
export function stripeFor(sandbox: StripeSandbox, key: string = STRIPE_SANDBOX.secretKey): Stripe {
  return new Stripe(key, {
    httpClient: Stripe.createFetchHttpClient((url, init) => sandbox.fetch(new Request(url, init))),
    maxNetworkRetries: 0,
    telemetry: false,
  });
}

/** A webhook as it arrived. */
interface Received {
  body: string;
  signature: string;
  type: string;
  id: string;
}

/** A sandbox whose clock stands still until it is advanced, the SDK, and a receiver of webhooks. */
export function stripeWithSandbox(options: StripeSandboxOptions = {}) {
  const received: Received[] = [];
  const receiver = { status: 200 };
  const sandbox = createStripeSandbox({
    now_ms: () => START_MS,
    salt: "test",
    webhookUrl: "https://mcp.test/stripe/webhook",
    async send(request) {
      const body = await request.text();
      const { type, id } = JSON.parse(body) as { type: string; id: string };
      received.push({ body, signature: request.headers.get("Stripe-Signature") ?? "", type, id });
      return new Response(null, { status: receiver.status });
    },
    ...options,
  });
  const stripe = stripeFor(sandbox);
  /** Types of the events so far, the oldest first. */
  const types = () => Object.values(sandbox.state.test.events).map((event) => event.type as string);
  return { sandbox, stripe, received, receiver, types };
}

/** A customer who pays with `card`, and their subscription to the monthly price. */
export async function subscriber(
  stripe: Stripe,
  card = "pm_card_visa",
  params: Partial<Stripe.SubscriptionCreateParams> = {},
) {
  const customer = await stripe.customers.create({
    email: "alice@example.com",
    payment_method: card,
    invoice_settings: { default_payment_method: card },
  });
  const subscription = await stripe.subscriptions.create({
    customer: customer.id,
    items: [{ price: STRIPE_SANDBOX.priceMonthlyId }],
    ...params,
  });
  return { customer, subscription };
}

/** Fills in a hosted page as a person does. Answers the page or the redirect. */
export function submit(
  sandbox: StripeSandbox,
  url: string,
  fields: Record<string, string>,
): Promise<Response> {
  return sandbox.fetch(
    new Request(url, {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams(fields).toString(),
    }),
  );
}

/** A Checkout session for the monthly price. */
export function openCheckout(stripe: Stripe, params: Partial<Stripe.Checkout.SessionCreateParams> = {}) {
  return stripe.checkout.sessions.create({
    mode: "subscription",
    line_items: [{ price: STRIPE_SANDBOX.priceMonthlyId, quantity: 1 }],
    success_url: "https://mcp.test/billing/return?session_id={CHECKOUT_SESSION_ID}",
    cancel_url: "https://mcp.test/billing",
    ...params,
  });
}
