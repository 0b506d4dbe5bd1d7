/**
 * The server on this machine, with a Stripe account: a real one in test mode, or the sandbox over HTTP. Only the
 * address and the key differ. Stripe cannot reach this machine, so the account's events are read from its API, signed
 * as Stripe signs them, and brought to the webhook.
 */
import { randomBytes } from "node:crypto";
import { rmSync } from "node:fs";
import type { Stripe } from "stripe";
import { SANDBOX } from "../../sandbox/clickup/facts.ts";
import { FormBrowser } from "../../../scripts/form-browser.ts";
import type { SetUp } from "../../../scripts/ops/stripe-account.ts";
import { freePort } from "../../../scripts/ports.ts";
import { startStack, type Stack } from "../../../scripts/stack.ts";

export interface Account {
  key: string;
  /** Base of the API; undefined: Stripe itself. */
  apiUrl: string | undefined;
}

export interface Delivery {
  id: string;
  type: string;
  status: number;
  duplicate: boolean;
}

const ALL_TOOLS = 72;

export class LiveWorld {
  readonly stripe: Stripe;
  readonly setUp: SetUp;
  readonly #account: Account;
  readonly #stack: Stack;
  readonly #secret: string;
  readonly #token: string;
  readonly userId: string;
  readonly #since_s = Math.floor(Date.now() / 1000) - 5;
  readonly #delivered = new Set<string>();
  readonly #customers = new Set<string>();
  /** How long the webhook took to answer, ms. */
  readonly answers_ms: number[] = [];

  private constructor(
    stripe: Stripe,
    setUp: SetUp,
    account: Account,
    stack: Stack,
    secret: string,
    token: string,
  ) {
    this.stripe = stripe;
    this.setUp = setUp;
    this.#account = account;
    this.#stack = stack;
    this.#secret = secret;
    this.#token = token;
    const payload = Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8");
    this.userId = (JSON.parse(payload) as { sub: string }).sub;
  }

  /** Starts the server with the account's prices, and signs a person in. */
  static async start(
    stripe: Stripe,
    setUp: SetUp,
    lookupKeys: readonly string[],
    account: Account,
    dataDir: string,
  ): Promise<LiveWorld> {
    const secret = `whsec_${randomBytes(24).toString("hex")}`;
    const stack = await startStack({
      port: await freePort(18_960),
      dataDir,
      clickup: "sandbox",
      vars: {
        STRIPE_SECRET_KEY: account.key,
        STRIPE_WEBHOOK_SECRET: secret,
        STRIPE_PRICE_ID: setUp.priceId,
        STRIPE_LOOKUP_KEYS: lookupKeys.join(","),
        STRIPE_PORTAL_CONFIGURATION: setUp.portalId,
        ...(account.apiUrl === undefined ? {} : { STRIPE_API_URL: account.apiUrl }),
        // The list of tools is asked for again and again.
        FREE_REQUESTS_PER_MINUTE: "10000",
        PREMIUM_REQUESTS_PER_MINUTE: "10000",
      },
    });
    try {
      const browser = new FormBrowser();
      const form = await browser.open(`${stack.url}/auth/login`);
      const fields = { api_key: SANDBOX.tokens.alice, access: "write", lifetime: "standard" };
      const { html } = await browser.submit(form, fields, "token");
      const token = /eyJ[\w-]+\.[\w-]+\.[\w-]+/.exec(html)?.[0];
      if (token === undefined) throw new Error("nobody could be signed in");
      return new LiveWorld(stripe, setUp, account, stack, secret, token);
    } catch (error) {
      await stack.stop();
      throw error;
    }
  }

  get origin(): string {
    return this.#stack.url;
  }

  /**
   * Deletes the customers made here, which ends their subscriptions, and stops the server.
   * @returns customers that are still there
   */
  async stop(): Promise<string[]> {
    const left: string[] = [];
    try {
      for (const customer of this.#customers) {
        // A scenario may have deleted it already.
        await this.stripe.customers.del(customer).catch(() => undefined);
        const found = await this.stripe.customers.retrieve(customer);
        if (found.deleted !== true) left.push(customer);
      }
      return left;
    } finally {
      await this.#stack.stop();
      rmSync(this.#stack.dataDir, { recursive: true, force: true });
    }
  }

  /** POST of JSON to the server with the person's token. */
  post(path: string, body: unknown = {}): Promise<Response> {
    return fetch(this.origin + path, {
      method: "POST",
      headers: { Authorization: `Bearer ${this.#token}`, "Content-Type": "application/json" },
      body: JSON.stringify(body),
    });
  }

  /** Opens Checkout. @returns the session, as Stripe has it */
  async checkout(body: unknown = {}): Promise<Stripe.Checkout.Session> {
    const response = await this.post("/stripe/create-checkout", body);
    const answer = (await response.json()) as { checkout_url?: string };
    if (answer.checkout_url === undefined) throw new Error(`${response.status} ${JSON.stringify(answer)}`);
    return this.sessionAt(answer.checkout_url);
  }

  async sessionAt(url: string): Promise<Stripe.Checkout.Session> {
    const id = /cs_(?:test|live)_\w+/.exec(url)?.[0];
    if (id === undefined) throw new Error(`no session in ${url}`);
    const session = await this.stripe.checkout.sessions.retrieve(id);
    if (typeof session.customer === "string") this.#customers.add(session.customer);
    return session;
  }

  /** The customer the server bought with last. */
  customer(): string {
    const newest = [...this.#customers].at(-1);
    if (newest === undefined) throw new Error("nobody has bought yet");
    return newest;
  }

  /** Another customer of the person, to be removed in the end. */
  async secondCustomer(): Promise<string> {
    const { id } = await this.stripe.customers.create({ metadata: { user_id: this.userId } });
    this.#customers.add(id);
    return id;
  }

  /** How many tools the person sees: the plan, as a client notices it. */
  async tools(): Promise<number> {
    const response = await this.post("/mcp", { jsonrpc: "2.0", id: 1, method: "tools/list" });
    const { result } = (await response.json()) as { result?: { tools: unknown[] } };
    if (result === undefined) throw new Error(`tools/list answered ${response.status}`);
    return result.tools.length;
  }

  async premium(): Promise<boolean> {
    return (await this.tools()) === ALL_TOOLS;
  }

  /** Brings the account's new events about this person to the webhook, the oldest first. */
  async relay(): Promise<Delivery[]> {
    const fresh: Stripe.Event[] = [];
    for await (const event of this.stripe.events.list({ created: { gte: this.#since_s }, limit: 100 })) {
      if (!this.#delivered.has(event.id) && (await this.#isOurs(event))) fresh.push(event);
    }
    const deliveries: Delivery[] = [];
    for (const event of fresh.toReversed()) {
      const delivery = await this.deliver(event);
      // As Stripe does: anything but 2xx is sent again.
      if (delivery.status < 300) this.#delivered.add(event.id);
      deliveries.push(delivery);
    }
    return deliveries;
  }

  /** @param secret signs it; the server's own unless given */
  async deliver(event: Stripe.Event, secret = this.#secret): Promise<Delivery> {
    const payload = JSON.stringify(event);
    const header = this.stripe.webhooks.generateTestHeaderString({ payload, secret });
    const began_ms = performance.now();
    const response = await fetch(`${this.origin}/stripe/webhook`, {
      method: "POST",
      headers: { "Stripe-Signature": header, "Content-Type": "application/json" },
      body: payload,
    });
    const answer = (await response.json()) as { duplicate?: boolean };
    if (response.ok) this.answers_ms.push(performance.now() - began_ms);
    return {
      id: event.id,
      type: event.type,
      status: response.status,
      duplicate: answer.duplicate === true,
    };
  }

  /** Relays until it is so. @throws Error naming `what` when it does not become so in time */
  async until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const real = this.#account.apiUrl === undefined;
    const deadline_ms = Date.now() + (real ? 90_000 : 20_000);
    for (;;) {
      await this.relay();
      if (await isSo()) return;
      if (Date.now() > deadline_ms) throw new Error(`it did not become so: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, real ? 2_000 : 50));
    }
  }

  async #isOurs(event: Stripe.Event): Promise<boolean> {
    const { object } = event.data;
    const text = JSON.stringify(object);
    if (text.includes(this.userId) || [...this.#customers].some((id) => text.includes(id))) return true;
    // A dispute names its charge only.
    if (object.object !== "dispute") return false;
    const charge = typeof object.charge === "string" ? object.charge : object.charge.id;
    const { customer } = await this.stripe.charges.retrieve(charge);
    return typeof customer === "string" && this.#customers.has(customer);
  }
}
