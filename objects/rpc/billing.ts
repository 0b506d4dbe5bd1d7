/** Billing of a user as the Worker asks it. */
import type { Tier } from "../../tools/tiers.ts";

/** What a person can buy: the price comes from Stripe's lookup, the words from our page. */
export type CheckoutOffer = "month" | "year";

/** Where the customer portal opens; `null`: its start. */
export type PortalFlow = "payment_method_update" | "subscription_cancel" | "subscription_update";

export interface PaymentCard {
  brand: string;
  last4: string;
}

export interface InvoiceView {
  created_ms: number;
  /** In the currency's smallest unit. */
  total: number;
  currency: string;
  status: string;
  /** Stripe's own page of it. */
  url: string | null;
}

/** The plan as the object knows it; made without asking Stripe. */
export interface PlanView {
  tier: Tier;
  /** Why the tier is what it is: a subscription's status, or one of our own words. */
  why: string;
  /** False: this server sells nothing. */
  billing: boolean;
  customerId: string | null;
  subscription: {
    id: string;
    status: string;
    interval: string;
    /** Intervals of a period: 3 for every three months. */
    intervalCount: number;
    amount: number | null;
    currency: string;
    periodEnd_ms: number | null;
    /** When it ends, if it was cancelled. */
    ends_ms: number | null;
    /** `null`: no trial is running. */
    trialEnds_ms: number | null;
  } | null;
  /** Premium goes on until then although a payment failed. */
  graceUntil_ms: number | null;
  /** More than one: somebody pays twice. */
  liveSubscriptions: number;
  grantedUntil_ms: number | null;
  /** A Checkout that was opened and not paid yet. */
  checkoutOpen: boolean;
  synced_ms: number | null;
  /** Stands in upgrade links made for this user. */
  linkRef: string;
}

export type BillingError =
  | { kind: "billing_not_configured" }
  | { kind: "billing_unavailable"; retry_after_s: number }
  /** Stripe said no, and will again until the operator has changed something. */
  | { kind: "billing_refused" }
  /** Buying again would pay twice; the portal is the place. */
  | { kind: "already_subscribed"; portalUrl: string | null }
  | { kind: "no_customer" }
  | { kind: "no_account" };

export type BillingResult<T> = { ok: true; value: T } | { ok: false; error: BillingError };

/** One of Stripe's events: ids and type only. What it says is read from Stripe anew. */
export interface BillingEvent {
  id: string;
  type: string;
  created_ms: number;
  customerId: string;
  /** For events about a dispute. */
  disputeId: string | null;
  /** What the dispute is about; "" for no subscription. */
  disputedSubscription?: string;
  /** The event says that the customer's payment method is another one. */
  methodChanged?: boolean;
}

/** `retry`: not worked on yet; Stripe should send it again. `ignored`: not about this user's customer. */
export type EventOutcome = "done" | "duplicate" | "ignored" | "retry";

/** What an operator sees of a user's billing. Ids and our own words only. */
export interface BillingReport {
  plan: PlanView;
  history: { at_ms: number; from: Tier; to: Tier; why: string; eventId: string | null }[];
  waitingEvents: {
    eventId: string;
    type: string;
    received_ms: number;
    attempts: number;
    problem: string | null;
  }[];
  lastEvent_ms: number | null;
  disputes: { id: string; status: string; created_ms: number }[];
  /** What runs for the user beside what the plan goes by, as last seen. */
  others: OtherRunning[];
}

/** `product`: something else of the Stripe account. `customer`: ours, by another customer of the user. */
interface OtherRunning {
  id: string;
  customerId: string;
  status: string;
  why: "product" | "customer";
}

export interface Resynced {
  before: PlanView;
  after: PlanView;
  others: OtherRunning[];
}

/** `outdated`: it costs something else by now. `payment_failed`: all is as it was. */
export type YearChanged = "changed" | "payment_failed" | "outdated";

/** What became of money that was to be given back. */
export type RefundOutcome = "given" | "already_refunded" | "nothing_paid" | "refused" | "unavailable";

export interface Merged {
  /** The subscription that stays. */
  kept: string | null;
  ended: { id: string; customer: string; refund: RefundOutcome | null }[];
  plan: PlanView;
}

/** What changing to the yearly price costs; amounts in the currency's smallest unit. */
export interface ChangePreview {
  subscriptionId: string;
  priceId: string;
  currency: string;
  /** The yearly price. */
  amount: number;
  /** What is left of the period that was paid for; zero or more. */
  credit: number;
  /** Charged at once; what was left over before is taken off. */
  due_now: number;
  /** The moment it is reckoned from, s since the epoch. */
  at_s: number;
  /** A trial goes on, and nothing is charged before it ends. */
  trial: boolean;
}

/** The billing half of a user's object. */
export interface BillingRpc {
  plan(): Promise<PlanView>;
  /** Reads Stripe first, unless that was done within `maxAge_ms`; without an answer the plan is as last known. */
  refresh(maxAge_ms: number): Promise<PlanView>;
  /** The Checkout page of the user: an open one again, or a new one. One customer, one open session. */
  openCheckout(input: {
    offer: CheckoutOffer;
    successUrl: string;
    cancelUrl: string;
    portalReturnUrl: string;
  }): Promise<BillingResult<{ url: string }>>;
  openPortal(input: { returnUrl: string; flow: PortalFlow | null }): Promise<BillingResult<{ url: string }>>;
  payments(): Promise<BillingResult<{ card: PaymentCard | null; invoices: InvoiceView[] }>>;
  /** Works on an event once. `force`: again, although it was done (an operator's replay). */
  event(event: BillingEvent, options?: { force?: boolean }): Promise<EventOutcome>;
  /** Reads everything of Stripe anew. `dryRun`: only says what would change. */
  resync(options: { dryRun: boolean }): Promise<BillingResult<Resynced>>;
  /** Premium until a moment, whatever Stripe says; `null` takes it back. */
  grantPremium(until_ms: number | null): Promise<PlanView>;
  /** Ends one of the user's subscriptions now, for somebody who pays twice. */
  endSubscription(
    id: string,
    options: { refund: boolean },
  ): Promise<BillingResult<PlanView & { refunded: RefundOutcome | null }>>;
  /** Leaves the best subscription of all the user's customers and ends the others. */
  mergeSubscriptions(options: { dryRun: boolean; refund: boolean }): Promise<BillingResult<Merged>>;
  /** What changing from the month to the year costs now. Changes nothing. */
  previewYear(): Promise<BillingResult<ChangePreview>>;
  /** Changes to the year as it was shown, and only so. */
  changeToYear(agreed: Pick<ChangePreview, "due_now" | "at_s">): Promise<BillingResult<YearChanged>>;
  report(): Promise<BillingReport>;
}
