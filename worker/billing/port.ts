/** Stripe, as a user's object sees it: implements `BillingPort` of the objects. */
import type { Stripe } from "stripe";
import type {
  BillingPort,
  CustomerReading,
  CustomerState,
  NewCheckout,
  OpenCheckout,
  PortResult,
} from "../../objects/billing/billing-port.ts";
import type { InvoiceView, PaymentCard, PortalFlow } from "../../objects/rpc/user.ts";
import { forgetStripeCustomer, recordStripeCustomer } from "../directory.ts";
import { loadConfig, type Bindings, type BillingConfig } from "../env.ts";
import { disputesOf } from "./disputes.ts";
import { attempt, UnexpectedAnswer } from "./failures.ts";
import { noteSelling, priceOf } from "./offers.ts";
import { stripeClient } from "./stripe.ts";
import { idOf, premiumSubscriptions } from "./subscriptions.ts";

/** @returns `null` while billing is off */
export function stripePort(env: Bindings): BillingPort | null {
  const result = loadConfig(env);
  if (!result.ok || result.config.billing === null) return null;
  return new StripePort(env.USER_MAPPINGS, result.config.billing);
}

const INVOICES_SHOWN = 12;

class StripePort implements BillingPort {
  readonly #kv: KVNamespace;
  readonly #config: BillingConfig;
  #stripe: Stripe | undefined;

  constructor(kv: KVNamespace, config: BillingConfig) {
    this.#kv = kv;
    this.#config = config;
  }

  /** Made at the first use: nothing of the SDK runs on the way of a tool call. */
  get #api(): Stripe {
    this.#stripe ??= stripeClient(this.#config);
    return this.#stripe;
  }

  async readCustomer(
    customerId: string,
    { disputes, thorough }: CustomerReading,
  ): Promise<PortResult<CustomerState>> {
    const stripe = this.#api;
    const read = await attempt("read_customer", async () => {
      const [deleted, subscriptions, found] = await Promise.all([
        thorough ? isDeleted(stripe, customerId) : false,
        premiumSubscriptions(stripe, this.#config, customerId),
        disputesOf(stripe, customerId, disputes, thorough),
      ]);
      return { deleted, subscriptions, disputes: found };
    });
    if (!read.ok) return read;
    const { deleted, ...state } = read.value;
    return deleted ? { ok: false, problem: { kind: "customer_missing" } } : { ok: true, value: state };
  }

  createCustomer(customer: Parameters<BillingPort["createCustomer"]>[0]): Promise<PortResult<string>> {
    const { userId, email, name, idempotencyKey } = customer;
    return attempt("create_customer", async () => {
      const made = await this.#api.customers.create(
        { name, metadata: { user_id: userId }, ...(email === null ? {} : { email }) },
        { idempotencyKey },
      );
      if (made.object !== "customer") throw new UnexpectedAnswer("no customer");
      return made.id;
    });
  }

  rememberCustomer(customerId: string, userId: string): Promise<void> {
    return recordStripeCustomer(this.#kv, customerId, userId);
  }

  forgetCustomer(customerId: string): Promise<void> {
    return forgetStripeCustomer(this.#kv, customerId);
  }

  async createCheckout(checkout: NewCheckout): Promise<PortResult<Omit<OpenCheckout, "terms">>> {
    const made = await attempt("create_checkout", async () => {
      const price = await priceOf(this.#api, this.#config, checkout.offer);
      if (price === undefined) return null;
      const session = await this.#api.checkout.sessions.create(this.#session(checkout, price), {
        idempotencyKey: checkout.idempotencyKey,
      });
      if (session.object !== "checkout.session" || !session.url) throw new UnexpectedAnswer("no session");
      return { id: session.id, url: session.url, expires_ms: session.expires_at * 1000 };
    });
    const unsellable = made.ok ? made.value === null : made.problem.kind === "not_configured";
    if (checkout.offer === "month" && (made.ok || unsellable)) noteSelling(!unsellable);
    if (!made.ok) return made;
    return made.value === null
      ? { ok: false, problem: { kind: "not_configured" } }
      : { ok: true, value: made.value };
  }

  #session(checkout: NewCheckout, price: string): Stripe.Checkout.SessionCreateParams {
    const { customerId, userId, trial_days, successUrl, cancelUrl } = checkout;
    const trial: Stripe.Checkout.SessionCreateParams.SubscriptionData =
      trial_days > 0
        ? {
            trial_period_days: trial_days,
            trial_settings: { end_behavior: { missing_payment_method: "cancel" } },
          }
        : {};
    const tax: Partial<Stripe.Checkout.SessionCreateParams> = this.#config.automaticTax
      ? {
          automatic_tax: { enabled: true },
          tax_id_collection: { enabled: true },
          customer_update: { address: "auto", name: "auto" },
        }
      : {};
    return {
      mode: "subscription",
      customer: customerId,
      client_reference_id: userId,
      metadata: { user_id: userId },
      line_items: [{ price, quantity: 1 }],
      subscription_data: { metadata: { user_id: userId }, ...trial },
      allow_promotion_codes: true,
      // Said either way: Stripe turns it on by itself for newer accounts, and then refuses settings of tax.
      managed_payments: { enabled: this.#config.managedPayments },
      success_url: successUrl,
      cancel_url: cancelUrl,
      ...tax,
    };
  }

  checkoutStatus(id: string): Promise<PortResult<"open" | "complete" | "expired">> {
    return attempt("read_checkout", async () => {
      const session = await this.#api.checkout.sessions.retrieve(id);
      if (session.object !== "checkout.session") throw new UnexpectedAnswer("no session");
      if (session.status === "open") return "open" as const;
      return session.status === "complete" ? ("complete" as const) : ("expired" as const);
    });
  }

  async expireCheckout(id: string): Promise<PortResult<null>> {
    const status = await this.checkoutStatus(id);
    if (!status.ok) return status.problem.kind === "not_found" ? { ok: true, value: null } : status;
    if (status.value !== "open") return { ok: true, value: null };
    return attempt("expire_checkout", async () => {
      await this.#api.checkout.sessions.expire(id);
      return null;
    });
  }

  createPortal(portal: {
    customerId: string;
    returnUrl: string;
    flow: PortalFlow | null;
    subscriptionId: string | null;
  }): Promise<PortResult<string>> {
    const { customerId, returnUrl } = portal;
    return attempt("create_portal", async () => {
      const session = await this.#api.billingPortal.sessions.create({
        customer: customerId,
        return_url: returnUrl,
        ...(this.#config.portalConfiguration === null
          ? {}
          : { configuration: this.#config.portalConfiguration }),
        ...flowOf(portal.flow, portal.subscriptionId),
      });
      if (session.object !== "billing_portal.session") throw new UnexpectedAnswer("no portal");
      return session.url;
    });
  }

  async cancelSubscription(id: string, { refund }: { refund: boolean }): Promise<PortResult<null>> {
    const stripe = this.#api;
    const done = await attempt("cancel_subscription", async () => {
      const ended = await stripe.subscriptions.retrieve(id);
      if (ended.object !== "subscription") throw new UnexpectedAnswer("no subscription");
      if (ended.status !== "canceled" && ended.status !== "incomplete_expired") {
        await stripe.subscriptions.cancel(id);
      }
      if (refund && ended.latest_invoice !== null) await giveBack(stripe, idOf(ended.latest_invoice));
      return null;
    });
    return !done.ok && done.problem.kind === "not_found" ? { ok: true, value: null } : done;
  }

  readPayments(
    customerId: string,
    subscriptionId: string | null,
  ): Promise<PortResult<{ card: PaymentCard | null; invoices: InvoiceView[] }>> {
    const stripe = this.#api;
    return attempt("read_payments", async () => {
      const [invoices, card] = await Promise.all([
        stripe.invoices.list({ customer: customerId, limit: INVOICES_SHOWN }),
        subscriptionId === null ? null : cardOf(stripe, customerId, subscriptionId),
      ]);
      if (invoices.object !== "list") throw new UnexpectedAnswer("no list of invoices");
      return { card, invoices: invoices.data.filter(({ status }) => status !== "draft").map(invoiceView) };
    });
  }
}

async function isDeleted(stripe: Stripe, customerId: string): Promise<boolean> {
  const customer = await stripe.customers.retrieve(customerId);
  if (customer.object !== "customer") throw new UnexpectedAnswer("no customer");
  return customer.deleted === true;
}

/** Deep links need a subscription; without one the portal opens at its start. */
function flowOf(
  flow: PortalFlow | null,
  subscription: string | null,
): Pick<Stripe.BillingPortal.SessionCreateParams, "flow_data"> {
  if (flow === "payment_method_update") return { flow_data: { type: flow } };
  if (flow === "subscription_cancel" && subscription !== null) {
    return { flow_data: { type: flow, subscription_cancel: { subscription } } };
  }
  if (flow === "subscription_update" && subscription !== null) {
    return { flow_data: { type: flow, subscription_update: { subscription } } };
  }
  return {};
}

/** Gives back what an invoice was paid with; the same invoice is never given back twice. */
async function giveBack(stripe: Stripe, invoiceId: string): Promise<void> {
  const payments = await stripe.invoicePayments.list({ invoice: invoiceId, status: "paid" });
  for (const { payment } of payments.data) {
    if (payment.payment_intent === undefined) continue;
    const payment_intent = idOf(payment.payment_intent);
    await stripe.refunds.create({ payment_intent }, { idempotencyKey: `refund:${payment_intent}` });
  }
}

async function cardOf(
  stripe: Stripe,
  customerId: string,
  subscriptionId: string,
): Promise<PaymentCard | null> {
  const [subscription, customer] = await Promise.all([
    stripe.subscriptions.retrieve(subscriptionId),
    stripe.customers.retrieve(customerId),
  ]);
  const ofCustomer = customer.deleted === true ? null : customer.invoice_settings.default_payment_method;
  const method = subscription.default_payment_method ?? ofCustomer;
  if (!method) return null;
  const { card } = await stripe.paymentMethods.retrieve(idOf(method));
  return card === undefined || card === null ? null : { brand: card.brand, last4: card.last4 };
}

function invoiceView(invoice: Stripe.Invoice): InvoiceView {
  return {
    created_ms: invoice.created * 1000,
    total: invoice.total,
    currency: invoice.currency,
    status: invoice.status ?? "open",
    url: invoice.hosted_invoice_url ?? null,
  };
}
