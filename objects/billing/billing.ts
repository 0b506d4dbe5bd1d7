/** Billing of one user: wires the plan, purchases and events together, and is their RPC face. */
import { RpcTarget } from "cloudflare:workers";
import { logFault } from "../log.ts";
import type { RemovalHook } from "../account/removal.ts";
import type {
  BillingEvent,
  BillingReport,
  BillingResult,
  BillingRpc,
  ChangePreview,
  EventOutcome,
  InvoiceView,
  Merged,
  PaymentCard,
  PlanView,
  PortalFlow,
  RefundOutcome,
  Resynced,
  YearChanged,
} from "../rpc/billing.ts";
import type { AccountStore } from "../stores/account.ts";
import { BillingEventStore } from "../stores/billing-events.ts";
import { DisputeStore } from "../stores/disputes.ts";
import { EntitlementStore } from "../stores/entitlement.ts";
import type { BillingPort, PortResult } from "./billing-port.ts";
import { EventInbox } from "./event-inbox.ts";
import { EveryCustomer } from "./every-customer.ts";
import { sayFarewell, type FarewellParts } from "./farewell.ts";
import { planView } from "./plan-view.ts";
import { PlanSync } from "./plan-sync.ts";
import type { SyncParts } from "./sync-parts.ts";
import { errorOf, Purchase, type CheckoutInput } from "./purchase.ts";
import { nextReading } from "./reading-times.ts";
import { best, isLive, type Standing } from "./tier-rules.ts";
import { contactToTell, isHeld } from "./upkeep.ts";
import { YearChange } from "./year-change.ts";

/** Name of the job that reads Stripe by itself. */
export const BILLING_JOB = "billing";

const HISTORY_SHOWN = 50;
/** What nobody waits for is done by the job. */
const SOON_MS = 1_000;

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
  readonly #everyCustomer: EveryCustomer;
  readonly #year: YearChange;
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
      account,
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
    const everyCustomer = new EveryCustomer({ userId, entitlement, disputes: this.#disputes, sync, port });
    this.#everyCustomer = everyCustomer;
    this.#year = new YearChange({ entitlement, sync, port, now_ms });
    const events = this.#events;
    this.#inbox = new EventInbox({ userId, account, entitlement, events, sync, everyCustomer, now_ms });
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

  async resync({ dryRun }: { dryRun: boolean }): Promise<BillingResult<Resynced>> {
    const before = this.#view();
    const port = this.#parts.port();
    if (port === null) return { ok: false, error: { kind: "billing_not_configured" } };
    const done = dryRun ? await this.#wouldBe(port) : await this.#readAll();
    return done.ok
      ? { ok: true, value: { before, ...done.value } }
      : { ok: false, error: errorOf(done.problem) };
  }

  async #readAll(): Promise<PortResult<Omit<Resynced, "before">>> {
    const read = await this.#sync.sync({ thorough: true });
    if (!read.ok) return read;
    const noted = await this.#everyCustomer.note();
    if (!noted.ok) return noted;
    return { ok: true, value: { after: this.#view(), others: this.#entitlement.read().others } };
  }

  async #wouldBe(port: BillingPort): Promise<PortResult<Omit<Resynced, "before">>> {
    const row = this.#entitlement.read();
    const every = await this.#everyCustomer.read();
    if (!every.ok) return every;
    const others = this.#everyCustomer.othersOf(every.value);
    if (row.customerId === null) return { ok: true, value: { after: this.#view(), others } };
    const what = {
      userId: this.#parts.userId,
      subscriptionId: row.subscription?.id ?? null,
      disputes: [],
      disputed: this.#disputes.disputed(),
    };
    const read = await port.readCustomer(row.customerId, { ...what, person: true, thorough: true });
    if (!read.ok && read.problem.kind !== "customer_deleted") return read;
    const { subscriptions, disputes } = read.ok ? read.value : { subscriptions: [], disputes: [] };
    const held = (id: string): boolean =>
      disputes.some((d) => d.status === "open" && d.subscriptionId === id);
    const subscription = best(subscriptions, held);
    const would = { ...row, subscription, liveSubscriptions: subscriptions.filter(isLive).length };
    const after = planView(
      read.ok ? would : { ...would, customerId: null },
      subscription !== null && held(subscription.id),
      this.#parts.rules,
      this.#parts.now_ms(),
    );
    return { ok: true, value: { after, others } };
  }

  async grantPremium(until_ms: number | null): Promise<PlanView> {
    this.#entitlement.write({ grantedUntil_ms: until_ms });
    this.#sync.announce();
    this.#schedule();
    return this.#view();
  }

  async endSubscription(
    id: string,
    { refund }: { refund: boolean },
  ): Promise<BillingResult<PlanView & { refunded: RefundOutcome | null }>> {
    const ended = await this.#everyCustomer.end(id, refund);
    if (!ended.ok) return { ok: false, error: errorOf(ended.problem) };
    await this.#readAll();
    return { ok: true, value: { ...this.#view(), refunded: ended.value } };
  }

  async mergeSubscriptions(options: { dryRun: boolean; refund: boolean }): Promise<BillingResult<Merged>> {
    const merged = await this.#everyCustomer.merge(options);
    if (!merged.ok) return { ok: false, error: errorOf(merged.problem) };
    if (!options.dryRun) await this.#readAll();
    return { ok: true, value: { ...merged.value, plan: this.#view() } };
  }

  async previewYear(): Promise<BillingResult<ChangePreview>> {
    return this.#year.preview();
  }

  async changeToYear(agreed: Pick<ChangePreview, "due_now" | "at_s">): Promise<BillingResult<YearChanged>> {
    return this.#year.change(agreed);
  }

  async report(): Promise<BillingReport> {
    return {
      plan: this.#view(),
      history: this.#entitlement.history(HISTORY_SHOWN),
      waitingEvents: this.#events.waiting(),
      lastEvent_ms: this.#events.newest()?.received_ms ?? null,
      disputes: this.#disputes.unsettled(),
      others: this.#entitlement.read().others,
    };
  }

  /** Of the object itself, out of reach of RPC. */
  static internals(billing: Billing): BillingInternals {
    return {
      standing: () => billing.#standing(),
      linkRef: () => billing.#linkRef(),
      runJob: () => billing.#runJob(),
      identityChanged: () => billing.#identityChanged(),
      removal: { beforeRemoval: () => sayFarewell({ ...billing.#parts, ...billing.#own() }) },
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

  #identityChanged(): void {
    const { customerId, contact } = this.#entitlement.read();
    if (customerId === null || contactToTell(this.#parts.account.read(), contact) === null) return;
    this.#parts.plan(this.#parts.now_ms() + SOON_MS);
  }

  #own(): Pick<FarewellParts, "entitlement" | "everyCustomer" | "sync"> {
    return { entitlement: this.#entitlement, everyCustomer: this.#everyCustomer, sync: this.#sync };
  }

  #view(): PlanView {
    const row = this.#entitlement.read();
    const held = isHeld(row.subscription, this.#disputes);
    return planView(row, held, this.#parts.rules, this.#parts.now_ms());
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
      const read = await this.#sync.sync({ thorough: true });
      const result = read.ok ? await this.#everyCustomer.lookForOthers() : read;
      this.#failures = result.ok ? 0 : this.#failures + 1;
      return this.#next_ms();
    } catch (error) {
      logFault(crypto.randomUUID(), this.#parts.userId, error);
      return this.#parts.now_ms() + 3_600_000;
    }
  }
}

export interface BillingInternals {
  standing(): Standing;
  /** `null`: the plan cannot be read. */
  linkRef(): string | null;
  runJob(): Promise<number | undefined>;
  /** ClickUp may have given a new name or address: Stripe is told soon. */
  identityChanged(): void;
  removal: RemovalHook;
}
