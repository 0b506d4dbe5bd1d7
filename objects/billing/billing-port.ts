/**
 * What the user's object asks of the payment provider. The object owns this interface and knows nothing else of
 * Stripe; `worker/billing/` implements it and `worker/index.ts` hands it in.
 */
import type {
  ChangePreview,
  CheckoutOffer,
  InvoiceView,
  PaymentCard,
  PortalFlow,
  RefundOutcome,
} from "../rpc/billing.ts";
import type { DisputeFact } from "../stores/disputes.ts";
import type { OpenCheckout, OtherSubscription, SubscriptionFact } from "../stores/entitlement.ts";

export type { DisputeFact, OpenCheckout, OtherSubscription, SubscriptionFact };

/** Expected failures are values. Only `customer_deleted` says that a customer is gone. */
export type PortProblem =
  /** Stripe says `deleted: true`. */
  | { kind: "customer_deleted" }
  /** The key sees our price, but no such customer: the operator is told, and the plan stays. */
  | { kind: "customer_unknown" }
  | { kind: "not_found" }
  | { kind: "not_configured" }
  /** The key, the price or a permission is wrong: nothing that Stripe says can be believed of this user. */
  | { kind: "misconfigured" }
  /** Stripe answered no, and will again until somebody changes something. */
  | { kind: "refused" }
  /** `answered`: Stripe failed and said so, so that its answer stands under the call's idempotency key. */
  | { kind: "unavailable"; retry_after_s: number; answered: boolean };

export type PortResult<T> = { ok: true; value: T } | { ok: false; problem: PortProblem };

export interface CustomerState {
  /** Every subscription that is ours, ended ones too. */
  subscriptions: SubscriptionFact[];
  /** The customer's running subscriptions to something else of the Stripe account. */
  others: OtherSubscription[];
  disputes: DisputeFact[];
  /** Only where the customer was looked at. `defaultMethod`: what new invoices are charged to, unless a subscription has its own. */
  customer: { email: string | null; name: string | null; defaultMethod: string | null } | null;
}

export interface CustomerReading {
  userId: string;
  /** The subscription last known, `null` for none: a customer whose subscription is still there is not gone. */
  subscriptionId: string | null;
  /** Disputes to look up by id. */
  disputes: string[];
  /** What disputes are about, as far as it is known: subscriptions by dispute, "" for none of ours. */
  disputed: Record<string, string>;
  /** Also look at the customer themselves: whether they were deleted, and what pays. */
  person: boolean;
  /** As `person`, and for disputes of every charge. */
  thorough: boolean;
}

export interface NewCheckout {
  customerId: string;
  userId: string;
  offer: CheckoutOffer;
  trial_days: number;
  successUrl: string;
  cancelUrl: string;
}

/** Who the customer is, as Stripe is told. */
export interface Contact {
  email: string | null;
  name: string;
}

/**
 * A call that makes something. `body` is what `prepare…` gave, and goes out as it is: the same key with the same body
 * gives the same object, whatever was lost on the way.
 */
export interface KeyedCall {
  body: string;
  idempotencyKey: string;
}

export interface BillingPort {
  readCustomer(customerId: string, what: CustomerReading): Promise<PortResult<CustomerState>>;
  /** Other customers whose metadata name the user; as Stripe's search has them, up to a minute late. */
  customersOf(userId: string): Promise<PortResult<string[]>>;
  createCustomer(call: KeyedCall): Promise<PortResult<string>>;
  updateCustomer(customerId: string, contact: Contact): Promise<PortResult<null>>;
  /** Makes events of the customer find this user. Written before the first of them can happen. */
  rememberCustomer(customerId: string, userId: string): Promise<void>;
  forgetCustomer(customerId: string): Promise<void>;
  /** The body of a Checkout session, with the price and the configuration of this moment. */
  prepareCheckout(checkout: NewCheckout): Promise<PortResult<string>>;
  createCheckout(call: KeyedCall): Promise<PortResult<Omit<OpenCheckout, "terms">>>;
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
  /** Ends it now. One that has ended already is fine. */
  cancelSubscription(id: string): Promise<PortResult<null>>;
  /** Gives the last payment of a subscription back; what was given back before is not given again. */
  refundLast(subscriptionId: string): Promise<PortResult<RefundOutcome>>;
  /** Nothing is collected for the subscription until it is taken back. */
  pauseCollection(subscriptionId: string, paused: boolean): Promise<PortResult<null>>;
  /** From now on the customer's own payment method pays; what is owed is tried with it at once. */
  useCustomersMethod(subscriptionId: string, defaultMethod: string): Promise<PortResult<null>>;
  /** What changing to the yearly price costs, reckoned from `at_s`. `not_found`: there is nothing to change to. */
  previewYear(subscriptionId: string, at_s: number): Promise<PortResult<ChangePreview>>;
  /** Does it as it was shown. A payment that fails changes nothing. */
  changeToYear(shown: ChangePreview): Promise<PortResult<"changed" | "payment_failed">>;
  readPayments(
    customerId: string,
    subscriptionId: string | null,
  ): Promise<PortResult<{ card: PaymentCard | null; invoices: InvoiceView[] }>>;
  /** Whether the ClickUp user behind this id ever had a trial here, in an account of before too. */
  hadTrial(userId: string): Promise<boolean>;
  markTrial(userId: string): Promise<void>;
}
