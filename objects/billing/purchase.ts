/**
 * Buying and managing: the Checkout page and the customer portal. Everything runs inside the plan's lock, so any
 * number of calls at once make one customer and one open session.
 */
import type {
  BillingError,
  BillingResult,
  CheckoutOffer,
  InvoiceView,
  PaymentCard,
  PortalFlow,
} from "../rpc/billing.ts";
import type { AccountStore } from "../stores/account.ts";
import type { EntitlementStore, OpenCheckout } from "../stores/entitlement.ts";
import type { BillingPort, Contact, PortProblem, PortResult } from "./billing-port.ts";
import { makeOnce } from "./keyed-calls.ts";
import type { PlanSync } from "./plan-sync.ts";
import { isLive } from "./tier-rules.ts";

export interface PurchaseParts {
  userId: string;
  account: AccountStore;
  entitlement: EntitlementStore;
  sync: PlanSync;
  port: () => BillingPort | null;
  trial_days: number;
  now_ms: () => number;
  /** From the first customer on Stripe has to be read by itself. */
  reschedule: () => void;
}

export interface CheckoutInput {
  offer: CheckoutOffer;
  successUrl: string;
  cancelUrl: string;
  portalReturnUrl: string;
}

/** An open session is handed out again only while there is time left to pay it. */
const MIN_LEFT_MS = 5 * 60_000;
/** A session of before comes back, is closed, and the one asked for is made. More rounds mean a fault. */
const MAX_ROUNDS = 3;

export class Purchase {
  readonly #parts: PurchaseParts;

  constructor(parts: PurchaseParts) {
    this.#parts = parts;
  }

  checkout(input: CheckoutInput): Promise<BillingResult<{ url: string }>> {
    return this.#parts.sync.exclusive(async () => {
      const port = this.#parts.port();
      if (port === null) return refused({ kind: "billing_not_configured" });
      const first = await this.#checkout(port, input);
      if (first !== "customer_gone") return first;
      // The next generation is another customer.
      const second = await this.#checkout(port, input);
      return second === "customer_gone"
        ? refused({ kind: "billing_unavailable", retry_after_s: 30 })
        : second;
    });
  }

  async portal(input: {
    returnUrl: string;
    flow: PortalFlow | null;
  }): Promise<BillingResult<{ url: string }>> {
    const port = this.#parts.port();
    if (port === null) return refused({ kind: "billing_not_configured" });
    const { customerId } = this.#parts.entitlement.read();
    if (customerId === null) return refused({ kind: "no_customer" });
    const opened = await this.#openPortal(port, customerId, input.returnUrl, input.flow);
    if (opened.ok) return { ok: true, value: { url: opened.value } };
    if (opened.problem.kind === "customer_deleted") await this.#parts.sync.sync({ thorough: true });
    return refused(errorOf(opened.problem));
  }

  async payments(): Promise<BillingResult<{ card: PaymentCard | null; invoices: InvoiceView[] }>> {
    const port = this.#parts.port();
    if (port === null) return refused({ kind: "billing_not_configured" });
    const { customerId, subscription } = this.#parts.entitlement.read();
    if (customerId === null) return { ok: true, value: { card: null, invoices: [] } };
    const read = await port.readPayments(customerId, subscription?.id ?? null);
    return read.ok ? read : refused(errorOf(read.problem));
  }

  async #checkout(
    port: BillingPort,
    input: CheckoutInput,
  ): Promise<BillingResult<{ url: string }> | "customer_gone"> {
    const { entitlement, sync } = this.#parts;
    const before = entitlement.read().customerId;
    if (before !== null) {
      // What we know may be old: buying twice is worse than one more reading.
      const synced = await sync.readNow([{ thorough: true }]);
      if (!synced.ok && synced.problem.kind !== "customer_unknown") return refused(errorOf(synced.problem));
      if (!synced.ok) await sync.customerGone(port, before, "unknown");
    }
    const { subscription, customerId: known } = entitlement.read();
    if (known !== null && subscription !== null && isLive(subscription)) {
      const portal = await this.#openPortal(port, known, input.portalReturnUrl, null);
      return refused({ kind: "already_subscribed", portalUrl: portal.ok ? portal.value : null });
    }
    const customer = known === null ? await this.#newCustomer(port) : ({ ok: true, value: known } as const);
    if (!customer.ok) return customer;
    await port.rememberCustomer(customer.value, this.#parts.userId);
    return this.#session(port, customer.value, input);
  }

  async #newCustomer(port: BillingPort): Promise<BillingResult<string>> {
    const { entitlement, userId } = this.#parts;
    const account = this.#parts.account.read();
    if (account === undefined) return refused({ kind: "no_account" });
    const contact: Contact = { email: account.email, name: account.username };
    const made = await makeOnce(this.#keyed(), "customer", JSON.stringify({ ...contact, userId }), (call) =>
      port.createCustomer(call),
    );
    if (!made.ok) return refused(errorOf(made.problem));
    // What was sent the first time: the next reading tells Stripe what is new.
    const { email, name } = JSON.parse(made.value.body) as Contact;
    entitlement.write({ customerId: made.value.made, contact: { email, name }, defaultMethod: "" });
    this.#parts.reschedule();
    return { ok: true, value: made.value.made };
  }

  #keyed(): Parameters<typeof makeOnce>[0] {
    const { entitlement, now_ms } = this.#parts;
    return { entitlement, now_ms, life: () => this.#life() };
  }

  /**
   * What makes idempotency keys differ between the lives of an account: who deletes it and comes back within a day,
   * or whose customer was deleted, must not be given Stripe's answers of before.
   */
  #life(): string {
    const created_ms = this.#parts.account.read()?.created_ms ?? 0;
    const { customerGeneration } = this.#parts.entitlement.read();
    return `${this.#parts.userId}:${created_ms.toString(36)}:${customerGeneration}`;
  }

  /** The session that is open for this purchase, or a new one. */
  async #session(
    port: BillingPort,
    customerId: string,
    input: CheckoutInput,
  ): Promise<BillingResult<{ url: string }> | "customer_gone"> {
    const { entitlement, sync, now_ms, userId } = this.#parts;
    const { offer, successUrl, cancelUrl } = input;
    const trial_days = await this.#trialDays(port);
    const prepared = await port.prepareCheckout({
      customerId,
      userId,
      offer,
      trial_days,
      successUrl,
      cancelUrl,
    });
    if (!prepared.ok) return refused(errorOf(prepared.problem));
    const terms = prepared.value;
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const { checkout, subscription } = entitlement.read();
      if (checkout !== null) {
        const before = await this.#before(port, checkout, terms);
        if (!before.ok) return refused(errorOf(before.problem));
        if (before.value === "open") return { ok: true, value: { url: checkout.url } };
        if (before.value === "complete" && subscription?.status === "incomplete") {
          // Paid by a way that takes days: the plan changes when the bank has settled.
          const portal = await this.#openPortal(port, customerId, input.portalReturnUrl, null);
          return refused({ kind: "already_subscribed", portalUrl: portal.ok ? portal.value : null });
        }
        entitlement.write({ checkout: null });
      }
      const done = await makeOnce(this.#keyed(), "checkout", terms, (call) => port.createCheckout(call));
      if (!done.ok) {
        const { kind } = done.problem;
        if (kind !== "customer_deleted" && kind !== "customer_unknown") return refused(errorOf(done.problem));
        await sync.customerGone(port, customerId, kind === "customer_deleted" ? "deleted" : "unknown");
        return "customer_gone";
      }
      const { made, body } = done.value;
      // One that is over came back under its key; the next has another.
      if (made.expires_ms > now_ms()) entitlement.write({ checkout: { ...made, terms: body } });
    }
    return refused({ kind: "billing_unavailable", retry_after_s: 30 });
  }

  /** A trial is for once, whatever became of the account it was in. */
  async #trialDays(port: BillingPort): Promise<number> {
    const { entitlement, trial_days, userId } = this.#parts;
    if (trial_days === 0 || entitlement.read().trialUsed) return 0;
    if (!(await port.hadTrial(userId))) return trial_days;
    entitlement.write({ trialUsed: true });
    return 0;
  }

  /** How the session opened before stands; one for something else, or about to expire, is closed. */
  async #before(
    port: BillingPort,
    checkout: OpenCheckout,
    terms: string,
  ): Promise<PortResult<"open" | "complete" | "expired">> {
    const status = await port.checkoutStatus(checkout.id);
    if (!status.ok && status.problem.kind === "not_found") return { ok: true, value: "expired" };
    if (!status.ok || status.value !== "open") return status;
    const fresh = checkout.expires_ms - this.#parts.now_ms() >= MIN_LEFT_MS;
    if (checkout.terms === terms && fresh) return status;
    const closed = await port.expireCheckout(checkout.id);
    return closed.ok ? { ok: true, value: "expired" } : closed;
  }

  /** A place in the portal that Stripe does not let somebody into opens at its start. */
  async #openPortal(
    port: BillingPort,
    customerId: string,
    returnUrl: string,
    flow: PortalFlow | null,
  ): Promise<PortResult<string>> {
    const { subscription } = this.#parts.entitlement.read();
    const subscriptionId = subscription !== null && isLive(subscription) ? subscription.id : null;
    const ending = flow === "subscription_cancel" && subscription?.ends_ms != null;
    const place = ending ? null : flow;
    const opened = await port.createPortal({ customerId, returnUrl, flow: place, subscriptionId });
    if (opened.ok || place === null || opened.problem.kind !== "refused") return opened;
    return port.createPortal({ customerId, returnUrl, flow: null, subscriptionId });
  }
}

/** What a failure of the provider means for the caller. */
export function errorOf(problem: PortProblem): BillingError {
  switch (problem.kind) {
    case "not_configured":
    case "misconfigured":
      return { kind: "billing_not_configured" };
    case "unavailable":
      return { kind: "billing_unavailable", retry_after_s: problem.retry_after_s };
    case "refused":
    case "customer_unknown":
      return { kind: "billing_refused" };
    case "customer_deleted":
    case "not_found":
      return { kind: "no_customer" };
  }
}

function refused(error: BillingError): { ok: false; error: BillingError } {
  return { ok: false, error };
}
