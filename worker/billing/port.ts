/** Stripe, as a user's object sees it: implements `BillingPort` of the objects. */
import type { Stripe } from "stripe";
import type {
  BillingPort,
  Contact,
  CustomerReading,
  CustomerState,
  KeyedCall,
  NewCheckout,
  OpenCheckout,
  PortResult,
} from "../../objects/billing/billing-port.ts";
import type { ChangePreview, PortalFlow } from "../../objects/rpc/billing.ts";
import { forgetStripeCustomer, recordStripeCustomer } from "../directory.ts";
import { loadConfig, type Bindings, type BillingConfig } from "../env.ts";
import { clearOwnTrouble, noteTrouble } from "./checks/noted.ts";
import { attempt, UnexpectedAnswer } from "./failures.ts";
import { noteSelling, priceOf } from "./offers.ts";
import { checkoutBody } from "./port/checkout-body.ts";
import { customersNaming, diagnose, readCustomer, withoutSearch } from "./port/customer-reading.ts";
import { pauseCollection } from "./port/collection.ts";
import { paymentsOf, refundLast, useCustomersMethod } from "./port/money.ts";
import { hadTrial, markTrial } from "./port/trial-marks.ts";
import { changeToYear, previewYear } from "./port/year.ts";
import { stripeClient } from "./stripe.ts";

/** @returns `null` while billing is off */
export function stripePort(env: Bindings): BillingPort | null {
  const result = loadConfig(env);
  if (!result.ok || result.config.billing === null) return null;
  return new StripePort(env.USER_MAPPINGS, result.config.billing);
}

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

  #attempt<T>(what: string, work: () => Promise<T>): Promise<PortResult<T>> {
    return attempt(what, work, (found) => noteTrouble(this.#kv, found));
  }

  /** A call about a customer: "No such customer" is looked into before anybody believes it. */
  async #about<T>(
    what: string,
    customerId: string,
    subscriptionId: string | null,
    work: () => Promise<T>,
  ): Promise<PortResult<T>> {
    const done = await this.#attempt(what, work);
    if (done.ok || done.problem.kind !== "customer_unknown") return done;
    const found = await this.#attempt(`${what}_diagnosis`, () =>
      diagnose(this.#api, this.#config, customerId, subscriptionId),
    );
    return found.ok ? { ok: false, problem: { kind: found.value } } : found;
  }

  async readCustomer(customerId: string, what: CustomerReading): Promise<PortResult<CustomerState>> {
    const read = await this.#about("read_customer", customerId, what.subscriptionId, () =>
      readCustomer(this.#api, this.#config, customerId, what),
    );
    if (!read.ok) return read;
    return read.value === null
      ? { ok: false, problem: { kind: "customer_deleted" } }
      : { ok: true, value: read.value };
  }

  async customersOf(userId: string): Promise<PortResult<string[]>> {
    return withoutSearch(await attempt("find_customers", () => customersNaming(this.#api, userId)));
  }

  createCustomer({ body, idempotencyKey }: KeyedCall): Promise<PortResult<string>> {
    const { userId, email, name } = JSON.parse(body) as Contact & { userId: string };
    return this.#attempt("create_customer", async () => {
      const made = await this.#api.customers.create(
        { name, metadata: { user_id: userId }, ...(email === null ? {} : { email }) },
        { idempotencyKey },
      );
      if (made.object !== "customer") throw new UnexpectedAnswer("no customer");
      return made.id;
    });
  }

  updateCustomer(customerId: string, { email, name }: Contact): Promise<PortResult<null>> {
    return this.#attempt("update_customer", async () => {
      await this.#api.customers.update(customerId, { name, ...(email === null ? {} : { email }) });
      return null;
    });
  }

  rememberCustomer(customerId: string, userId: string): Promise<void> {
    return recordStripeCustomer(this.#kv, customerId, userId);
  }

  forgetCustomer(customerId: string): Promise<void> {
    return forgetStripeCustomer(this.#kv, customerId);
  }

  async prepareCheckout(checkout: NewCheckout): Promise<PortResult<string>> {
    const price = await this.#attempt("find_price", () => priceOf(this.#api, this.#config, checkout.offer));
    if (!price.ok) return price;
    if (price.value === undefined) {
      if (checkout.offer === "month") noteSelling(false);
      return { ok: false, problem: { kind: "not_configured" } };
    }
    return { ok: true, value: JSON.stringify(checkoutBody(this.#config, checkout, price.value)) };
  }

  async createCheckout({
    body,
    idempotencyKey,
  }: KeyedCall): Promise<PortResult<Omit<OpenCheckout, "terms">>> {
    const params = JSON.parse(body) as Stripe.Checkout.SessionCreateParams;
    const customerId = params.customer ?? "";
    const made = await this.#about("create_checkout", customerId, null, async () => {
      const session = await this.#api.checkout.sessions.create(params, { idempotencyKey });
      if (session.object !== "checkout.session" || !session.url) throw new UnexpectedAnswer("no session");
      return { id: session.id, url: session.url, expires_ms: session.expires_at * 1000 };
    });
    const monthly = params.line_items?.[0]?.price === this.#config.priceId;
    if (monthly && made.ok) noteSelling(true);
    if (monthly && !made.ok && made.problem.kind === "misconfigured") noteSelling(false);
    if (made.ok) await clearOwnTrouble(this.#kv);
    return made;
  }

  checkoutStatus(id: string): Promise<PortResult<"open" | "complete" | "expired">> {
    return this.#attempt("read_checkout", async () => {
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
    return this.#attempt("expire_checkout", async () => {
      await this.#api.checkout.sessions.expire(id);
      return null;
    });
  }

  async createPortal(portal: {
    customerId: string;
    returnUrl: string;
    flow: PortalFlow | null;
    subscriptionId: string | null;
  }): Promise<PortResult<string>> {
    const { customerId, returnUrl, flow, subscriptionId } = portal;
    // A place that Stripe does not let somebody into is no trouble: the portal then opens at its start.
    const work = async (): Promise<string> => {
      const session = await this.#api.billingPortal.sessions.create({
        customer: customerId,
        return_url: returnUrl,
        ...(this.#config.portalConfiguration === null
          ? {}
          : { configuration: this.#config.portalConfiguration }),
        ...flowOf(flow, subscriptionId),
      });
      if (session.object !== "billing_portal.session") throw new UnexpectedAnswer("no portal");
      return session.url;
    };
    if (flow !== null) {
      const opened = await attempt("create_portal", work);
      if (opened.ok || opened.problem.kind !== "customer_unknown") return opened;
    }
    return this.#about("create_portal", customerId, subscriptionId, work);
  }

  async cancelSubscription(id: string): Promise<PortResult<null>> {
    const stripe = this.#api;
    const done = await this.#attempt("cancel_subscription", async () => {
      const ended = await stripe.subscriptions.retrieve(id);
      if (ended.object !== "subscription") throw new UnexpectedAnswer("no subscription");
      if (ended.status !== "canceled" && ended.status !== "incomplete_expired") {
        await stripe.subscriptions.cancel(id);
      }
      return null;
    });
    return !done.ok && done.problem.kind === "not_found" ? { ok: true, value: null } : done;
  }

  refundLast(subscriptionId: string): ReturnType<BillingPort["refundLast"]> {
    return attempt("refund", () => refundLast(this.#api, subscriptionId));
  }

  pauseCollection(subscriptionId: string, paused: boolean): Promise<PortResult<null>> {
    return this.#attempt("pause_collection", async () => {
      await pauseCollection(this.#api, subscriptionId, paused);
      return null;
    });
  }

  useCustomersMethod(subscriptionId: string, defaultMethod: string): Promise<PortResult<null>> {
    return this.#attempt("change_method", async () => {
      await useCustomersMethod(this.#api, subscriptionId, defaultMethod);
      return null;
    });
  }

  async previewYear(subscriptionId: string, at_s: number): Promise<PortResult<ChangePreview>> {
    const read = await this.#attempt("preview_year", () =>
      previewYear(this.#api, this.#config, subscriptionId, at_s),
    );
    if (!read.ok) return read;
    return read.value === null
      ? { ok: false, problem: { kind: "not_found" } }
      : { ok: true, value: read.value };
  }

  changeToYear(shown: ChangePreview): ReturnType<BillingPort["changeToYear"]> {
    return this.#attempt("change_to_year", () => changeToYear(this.#api, this.#config, shown));
  }

  readPayments(customerId: string, subscriptionId: string | null): ReturnType<BillingPort["readPayments"]> {
    return this.#attempt("read_payments", () => paymentsOf(this.#api, customerId, subscriptionId));
  }

  hadTrial(userId: string): Promise<boolean> {
    return hadTrial(this.#kv, userId);
  }

  markTrial(userId: string): Promise<void> {
    return markTrial(this.#kv, userId);
  }
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
