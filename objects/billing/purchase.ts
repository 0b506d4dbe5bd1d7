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
} from "../rpc/user.ts";
import type { AccountStore } from "../stores/account.ts";
import type { EntitlementStore, OpenCheckout } from "../stores/entitlement.ts";
import type { BillingPort, PortProblem } from "./billing-port.ts";
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
      if (first !== "customer_missing") return first;
      // The customer was deleted, or belongs to the other mode: the next generation is another customer.
      const second = await this.#checkout(port, input);
      return second === "customer_missing"
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
    if (opened.problem.kind !== "customer_missing") return refused(errorOf(opened.problem));
    await this.#parts.sync.sync({ thorough: true });
    return refused({ kind: "no_customer" });
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
  ): Promise<BillingResult<{ url: string }> | "customer_missing"> {
    const { entitlement, sync } = this.#parts;
    if (entitlement.read().customerId !== null) {
      // What we know may be old: buying twice is worse than one more reading.
      const synced = await sync.readNow([{ thorough: true }]);
      if (!synced.ok) return refused(errorOf(synced.problem));
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
    const made = await port.createCustomer({
      userId,
      email: account.email,
      name: account.username,
      idempotencyKey: `customer:${userId}:${this.#life()}`,
    });
    if (!made.ok) return refused(errorOf(made.problem));
    entitlement.write({ customerId: made.value });
    this.#parts.reschedule();
    return made;
  }

  /**
   * What makes idempotency keys differ between the lives of an account: who deletes it and comes back within a day,
   * or whose customer was deleted, must not be given Stripe's answers of before.
   */
  #life(): string {
    const created_ms = this.#parts.account.read()?.created_ms ?? 0;
    return `${created_ms.toString(36)}:${this.#parts.entitlement.read().customerGeneration}`;
  }

  /** The session that is open for these terms, or a new one. */
  async #session(
    port: BillingPort,
    customerId: string,
    input: CheckoutInput,
  ): Promise<BillingResult<{ url: string }> | "customer_missing"> {
    const { entitlement, sync, now_ms, userId } = this.#parts;
    const { checkout, trialUsed, subscription } = entitlement.read();
    const trial_days = trialUsed ? 0 : this.#parts.trial_days;
    const terms = JSON.stringify([customerId, input.offer, trial_days, input.successUrl, input.cancelUrl]);
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
    // Before the call: if its answer is lost, the same key asks for the same session again.
    const attempt = entitlement.read().checkoutAttempt + 1;
    const made = await port.createCheckout({
      customerId,
      userId,
      offer: input.offer,
      trial_days,
      successUrl: input.successUrl,
      cancelUrl: input.cancelUrl,
      idempotencyKey: `checkout:${userId}:${this.#life()}:${attempt}:${await digest(terms)}`,
    });
    if (!made.ok) {
      if (made.problem.kind !== "customer_missing") return refused(errorOf(made.problem));
      await sync.customerGone(port, customerId);
      return "customer_missing";
    }
    if (made.value.expires_ms <= now_ms()) {
      // An old answer replayed by its key: the next attempt is another key.
      entitlement.write({ checkoutAttempt: attempt });
      return refused({ kind: "billing_unavailable", retry_after_s: 1 });
    }
    entitlement.write({ checkout: { ...made.value, terms }, checkoutAttempt: attempt });
    return { ok: true, value: { url: made.value.url } };
  }

  /** How the session opened before stands; one for other terms, or about to expire, is closed. */
  async #before(
    port: BillingPort,
    checkout: OpenCheckout,
    terms: string,
  ): ReturnType<BillingPort["checkoutStatus"]> {
    const status = await port.checkoutStatus(checkout.id);
    if (!status.ok || status.value !== "open") return status;
    const fresh = checkout.expires_ms - this.#parts.now_ms() >= MIN_LEFT_MS;
    if (checkout.terms === terms && fresh) return status;
    const closed = await port.expireCheckout(checkout.id);
    return closed.ok ? { ok: true, value: "expired" } : closed;
  }

  #openPortal(
    port: BillingPort,
    customerId: string,
    returnUrl: string,
    flow: PortalFlow | null,
  ): ReturnType<BillingPort["createPortal"]> {
    const { subscription } = this.#parts.entitlement.read();
    const subscriptionId = subscription !== null && isLive(subscription) ? subscription.id : null;
    return port.createPortal({ customerId, returnUrl, flow, subscriptionId });
  }
}

/** What a failure of the provider means for the caller. */
export function errorOf(problem: PortProblem): BillingError {
  switch (problem.kind) {
    case "not_configured":
      return { kind: "billing_not_configured" };
    case "unavailable":
      return { kind: "billing_unavailable", retry_after_s: problem.retry_after_s };
    case "customer_missing":
    case "not_found":
      return { kind: "no_customer" };
  }
}

function refused(error: BillingError): { ok: false; error: BillingError } {
  return { ok: false, error };
}

/** Short, the same for the same text: an idempotency key must not come with other parameters. */
async function digest(text: string): Promise<string> {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return bytes.subarray(0, 8).toHex();
}
