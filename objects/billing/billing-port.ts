/**
 * What the user's object asks of the payment provider. The object owns this interface and knows nothing else of
 * Stripe; `worker/billing/` implements it and `worker/index.ts` hands it in.
 */
import type { CheckoutOffer, InvoiceView, PaymentCard, PortalFlow } from "../rpc/user.ts";
import type { DisputeFact } from "../stores/disputes.ts";
import type { OpenCheckout, SubscriptionFact } from "../stores/entitlement.ts";

export type { DisputeFact, OpenCheckout, SubscriptionFact };

/** Expected failures are values. `customer_missing`: there is no such customer (any more, or in this mode). */
export type PortProblem =
  | { kind: "customer_missing" }
  | { kind: "not_found" }
  | { kind: "not_configured" }
  | { kind: "unavailable"; retry_after_s: number };

export type PortResult<T> = { ok: true; value: T } | { ok: false; problem: PortProblem };

export interface CustomerState {
  /** Every subscription to the premium product, ended ones too. */
  subscriptions: SubscriptionFact[];
  disputes: DisputeFact[];
}

export interface CustomerReading {
  /** Disputes to look up by id. */
  disputes: string[];
  /** Also look whether the customer was deleted, and for disputes of every charge. */
  thorough: boolean;
}

export interface NewCheckout {
  customerId: string;
  userId: string;
  offer: CheckoutOffer;
  trial_days: number;
  successUrl: string;
  cancelUrl: string;
  /** The same key gives the same session, whatever was lost on the way. */
  idempotencyKey: string;
}

export interface BillingPort {
  readCustomer(customerId: string, what: CustomerReading): Promise<PortResult<CustomerState>>;
  createCustomer(customer: {
    userId: string;
    email: string | null;
    name: string;
    idempotencyKey: string;
  }): Promise<PortResult<string>>;
  /** Makes events of the customer find this user. Written before the first of them can happen. */
  rememberCustomer(customerId: string, userId: string): Promise<void>;
  forgetCustomer(customerId: string): Promise<void>;
  createCheckout(checkout: NewCheckout): Promise<PortResult<Omit<OpenCheckout, "terms">>>;
  /** `open`: it can still be paid. `complete`: it was, though a bank may take days to settle. */
  checkoutStatus(id: string): Promise<PortResult<"open" | "complete" | "expired">>;
  /** Closes an open session; one that is over already is fine. */
  expireCheckout(id: string): Promise<PortResult<null>>;
  createPortal(portal: {
    customerId: string;
    returnUrl: string;
    flow: PortalFlow | null;
    subscriptionId: string | null;
  }): Promise<PortResult<string>>;
  /** Ends it now. One that has ended already is fine. `refund`: gives its last payment back. */
  cancelSubscription(id: string, options: { refund: boolean }): Promise<PortResult<null>>;
  readPayments(
    customerId: string,
    subscriptionId: string | null,
  ): Promise<PortResult<{ card: PaymentCard | null; invoices: InvoiceView[] }>>;
}
