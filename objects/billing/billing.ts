/** Billing of one user: wires the plan, purchases and events together, and is their RPC face. */
import { RpcTarget } from "cloudflare:workers";
import { logFault } from "../log.ts";
import type { RemovalHook } from "../account/removal.ts";
import type {
  BillingEvent,
  BillingReport,
  BillingResult,
  BillingRpc,
  EventOutcome,
  InvoiceView,
  PaymentCard,
  PlanView,
  PortalFlow,
  RpcResult,
} from "../rpc/user.ts";
import type { AccountStore } from "../stores/account.ts";
import { BillingEventStore } from "../stores/billing-events.ts";
import { DisputeStore } from "../stores/disputes.ts";
import { EntitlementStore } from "../stores/entitlement.ts";
import type { BillingPort } from "./billing-port.ts";
import { EventInbox } from "./event-inbox.ts";
import { planView } from "./plan-view.ts";
import { PlanSync, type SyncParts } from "./plan-sync.ts";
import { errorOf, Purchase, type CheckoutInput } from "./purchase.ts";
import { nextReading } from "./reading-times.ts";
import { best, isLive, type Standing } from "./tier-rules.ts";

/** Name of the job that reads Stripe by itself. */
export const BILLING_JOB = "billing";

const HISTORY_SHOWN = 50;

export interface BillingParts {
  userId: string;
  sql: SqlStorage;
  account: AccountStore;
  port: () => BillingPort | null;
  rules: SyncParts["rules"] & { trial_days: number };
  now_ms: () => number;
  changed: SyncParts["changed"];
  /** Makes the billing job due at a time, ms since the epoch; replaces the time it had. */
  plan: (at_ms: number) => void;
}

export class Billing extends RpcTarget implements BillingRpc {
  readonly #parts: BillingParts;
  readonly #entitlement: EntitlementStore;
  readonly #disputes: DisputeStore;
  readonly #events: BillingEventStore;
  readonly #sync: PlanSync;
  readonly #purchase: Purchase;
  readonly #inbox: EventInbox;
  /** Readings that failed one after the other: the wait doubles. */
  #failures = 0;

  constructor(parts: BillingParts) {
    super();
    this.#parts = parts;
    const { userId, account, port, rules, now_ms, changed } = parts;
    this.#entitlement = new EntitlementStore(parts.sql);
    this.#disputes = new DisputeStore(parts.sql);
    this.#events = new BillingEventStore(parts.sql);
    this.#sync = new PlanSync({
      userId,
      entitlement: this.#entitlement,
      disputes: this.#disputes,
      events: this.#events,
      port,
      rules,
      now_ms,
      changed,
      reschedule: () => this.#schedule(),
    });
    const sync = this.#sync;
    const entitlement = this.#entitlement;
    const { trial_days } = rules;
    const reschedule = (): void => this.#schedule();
    this.#purchase = new Purchase({
      userId,
      account,
      entitlement,
      sync,
      port,
      trial_days,
      now_ms,
      reschedule,
    });
    this.#inbox = new EventInbox({ userId, account, entitlement, events: this.#events, sync, now_ms });
  }

  async plan(): Promise<PlanView> {
    return this.#view();
  }

  async refresh(maxAge_ms: number): Promise<PlanView> {
    const { synced_ms, customerId } = this.#entitlement.read();
    const age_ms = this.#parts.now_ms() - (synced_ms ?? 0);
    if (customerId !== null && age_ms >= maxAge_ms) await this.#sync.sync();
    return this.#view();
  }

  async openCheckout(input: CheckoutInput): Promise<BillingResult<{ url: string }>> {
    return this.#purchase.checkout(input);
  }

  async openPortal(input: {
    returnUrl: string;
    flow: PortalFlow | null;
  }): Promise<BillingResult<{ url: string }>> {
    return this.#purchase.portal(input);
  }

  async payments(): Promise<BillingResult<{ card: PaymentCard | null; invoices: InvoiceView[] }>> {
    return this.#purchase.payments();
  }

  async event(event: BillingEvent, options: { force?: boolean } = {}): Promise<EventOutcome> {
    return this.#inbox.receive(event, options.force === true);
  }

  async resync({
    dryRun,
  }: {
    dryRun: boolean;
  }): Promise<BillingResult<{ before: PlanView; after: PlanView }>> {
    const before = this.#view();
    if (!dryRun) {
      const result = await this.#sync.sync({ thorough: true });
      return result.ok
        ? { ok: true, value: { before, after: this.#view() } }
        : { ok: false, error: errorOf(result.problem) };
    }
    const port = this.#parts.port();
    if (port === null) return { ok: false, error: { kind: "billing_not_configured" } };
    const row = this.#entitlement.read();
    if (row.customerId === null) return { ok: true, value: { before, after: before } };
    const read = await port.readCustomer(row.customerId, { disputes: [], thorough: true });
    if (!read.ok) return { ok: false, error: errorOf(read.problem) };
    const { subscriptions, disputes } = read.value;
    const would = {
      ...row,
      subscription: best(subscriptions),
      liveSubscriptions: subscriptions.filter(isLive).length,
    };
    const held = disputes.some((d) => d.status === "open");
    return {
      ok: true,
      value: { before, after: planView(would, held, this.#parts.rules, this.#parts.now_ms()) },
    };
  }

  async grantPremium(until_ms: number | null): Promise<PlanView> {
    this.#entitlement.write({ grantedUntil_ms: until_ms });
    this.#sync.announce();
    this.#schedule();
    return this.#view();
  }

  async endSubscription(id: string, options: { refund: boolean }): Promise<BillingResult<PlanView>> {
    const port = this.#parts.port();
    if (port === null) return { ok: false, error: { kind: "billing_not_configured" } };
    const { customerId } = this.#entitlement.read();
    if (customerId === null) return { ok: false, error: { kind: "no_customer" } };
    const read = await port.readCustomer(customerId, { disputes: [], thorough: false });
    if (!read.ok) return { ok: false, error: errorOf(read.problem) };
    // Ids are easily mixed up: another user's subscription is not ended here.
    if (!read.value.subscriptions.some((subscription) => subscription.id === id)) {
      return { ok: false, error: { kind: "no_customer" } };
    }
    const ended = await port.cancelSubscription(id, options);
    if (!ended.ok) return { ok: false, error: errorOf(ended.problem) };
    await this.#sync.sync();
    return { ok: true, value: this.#view() };
  }

  async report(): Promise<BillingReport> {
    return {
      plan: this.#view(),
      history: this.#entitlement.history(HISTORY_SHOWN),
      waitingEvents: this.#events.waiting(),
      lastEvent_ms: this.#events.newest()?.received_ms ?? null,
      disputes: this.#disputes.unsettled(),
    };
  }

  /** Of the object itself, out of reach of RPC. */
  static internals(billing: Billing): BillingInternals {
    return {
      standing: () => billing.#standing(),
      linkRef: () => billing.#linkRef(),
      runJob: () => billing.#runJob(),
      removal: { beforeRemoval: () => billing.#beforeRemoval() },
    };
  }

  /** Fails closed: a plan that cannot be read is free, and free tools go on. */
  #standing(): Standing {
    try {
      return this.#sync.standing();
    } catch (error) {
      logFault(crypto.randomUUID(), this.#parts.userId, error);
      return { tier: "free", why: "unreadable", until_ms: null };
    }
  }

  #linkRef(): string | null {
    try {
      return this.#entitlement.read().linkRef;
    } catch (error) {
      logFault(crypto.randomUUID(), this.#parts.userId, error);
      return null;
    }
  }

  #view(): PlanView {
    const held = this.#disputes.holds().length > 0;
    return planView(this.#entitlement.read(), held, this.#parts.rules, this.#parts.now_ms());
  }

  #schedule(): void {
    const at_ms = this.#next_ms();
    if (at_ms !== undefined) this.#parts.plan(at_ms);
  }

  #next_ms(): number | undefined {
    return nextReading({
      entitlement: this.#entitlement.read(),
      standing: this.#sync.standing(),
      billing: this.#parts.rules.billing,
      failures: this.#failures,
      eventsWait: this.#events.waiting().length > 0,
      now_ms: this.#parts.now_ms(),
    });
  }

  /** The alarm's reading. Never throws. @returns when to run again */
  async #runJob(): Promise<number | undefined> {
    try {
      const now_ms = this.#parts.now_ms();
      this.#events.prune(now_ms);
      this.#sync.announce();
      const result = await this.#sync.sync({ thorough: true });
      this.#failures = result.ok ? 0 : this.#failures + 1;
      return this.#next_ms();
    } catch (error) {
      logFault(crypto.randomUUID(), this.#parts.userId, error);
      return this.#parts.now_ms() + 3_600_000;
    }
  }

  /** A subscription must not go on being charged for an account that is gone. */
  async #beforeRemoval(): Promise<RpcResult<null>> {
    const { customerId } = this.#entitlement.read();
    if (customerId === null) return { ok: true, value: null };
    const port = this.#parts.port();
    const failed = (message: string): RpcResult<null> => ({ ok: false, error: { kind: "invalid", message } });
    if (port === null) {
      return failed("Billing is switched off here, so your subscription cannot be ended. Ask the operator.");
    }
    return this.#sync.exclusive(async () => {
      const read = await port.readCustomer(customerId, { disputes: [], thorough: false });
      if (!read.ok && read.problem.kind !== "customer_missing") return failed(NOT_ENDED);
      for (const subscription of read.ok ? read.value.subscriptions : []) {
        if (["canceled", "incomplete_expired"].includes(subscription.status)) continue;
        const ended = await port.cancelSubscription(subscription.id, { refund: false });
        if (!ended.ok) return failed(NOT_ENDED);
      }
      const { checkout } = this.#entitlement.read();
      if (checkout !== null) {
        const closed = await port.expireCheckout(checkout.id);
        if (!closed.ok) return failed(NOT_ENDED);
      }
      await port.forgetCustomer(customerId);
      return { ok: true, value: null } as const;
    });
  }
}

const NOT_ENDED =
  "Your subscription could not be ended, because Stripe does not answer right now. Nothing was deleted. Try again in a few minutes.";

export interface BillingInternals {
  standing(): Standing;
  /** `null`: the plan cannot be read. */
  linkRef(): string | null;
  runJob(): Promise<number | undefined>;
  removal: RemovalHook;
}
