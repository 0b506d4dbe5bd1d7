/**
 * Every customer that Stripe has for the user. The plan goes by one; support or a mistake can make another, and what
 * runs by that one is paid for, too: it is known, reported, and ended with the account.
 */
import type { RefundOutcome } from "../rpc/billing.ts";
import type { EntitlementStore, OtherSubscription, SubscriptionFact } from "../stores/entitlement.ts";
import type { DisputeStore } from "../stores/disputes.ts";
import { logAlert } from "./alerts.ts";
import type { BillingPort, PortProblem, PortResult } from "./billing-port.ts";
import type { PlanSync, SyncResult } from "./plan-sync.ts";
import { best, isLive, isPaid } from "./tier-rules.ts";

export interface EveryCustomerParts {
  userId: string;
  entitlement: EntitlementStore;
  disputes: DisputeStore;
  sync: PlanSync;
  port: () => BillingPort | null;
}

/** A subscription with the customer it belongs to. */
interface Held {
  customerId: string;
  subscription: SubscriptionFact;
}

export interface Everything {
  subscriptions: Held[];
  /** Running subscriptions to something else of the Stripe account. */
  others: OtherSubscription[];
  /** Checkout pages cannot be seen, apart from our own. */
  customers: string[];
}

const NOT_CONFIGURED: PortProblem = { kind: "not_configured" };
/** There is nobody to read. */
const GONE = ["customer_deleted", "customer_unknown"];

export class EveryCustomer {
  readonly #parts: EveryCustomerParts;

  constructor(parts: EveryCustomerParts) {
    this.#parts = parts;
  }

  /** Reads all of them. @returns the first problem that leaves something unknown */
  async read(): Promise<PortResult<Everything>> {
    const port = this.#parts.port();
    if (port === null) return { ok: false, problem: NOT_CONFIGURED };
    const { entitlement, userId } = this.#parts;
    const { customerId, others } = entitlement.read();
    const named = await port.customersOf(userId);
    if (!named.ok) return named;
    const known = [...(customerId === null ? [] : [customerId]), ...others.map((other) => other.customerId)];
    const everything: Everything = { subscriptions: [], others: [], customers: [] };
    for (const customer of new Set([...known, ...named.value])) {
      const read = await this.#readOne(port, customer);
      if (!read.ok && GONE.includes(read.problem.kind)) continue;
      if (!read.ok) return read;
      everything.customers.push(customer);
      everything.others.push(...read.value.others);
      for (const subscription of read.value.subscriptions) {
        everything.subscriptions.push({ customerId: customer, subscription });
      }
    }
    return { ok: true, value: everything };
  }

  /** Asks Stripe for other customers of the user: the events of one may all have been lost. */
  async lookForOthers(): Promise<SyncResult> {
    const { entitlement, userId } = this.#parts;
    const port = this.#parts.port();
    const { customerId, others } = entitlement.read();
    if (port === null || customerId === null) return { ok: true };
    const named = await port.customersOf(userId);
    if (!named.ok) return named;
    const known = others.filter((other) => other.why === "customer").map((other) => other.customerId);
    for (const customer of new Set([...named.value, ...known])) {
      if (customer === entitlement.read().customerId) continue;
      const considered = await this.considerOther(customer);
      if (!considered.ok) return considered;
    }
    return { ok: true };
  }

  /** Takes down what runs by other customers than the plan's. */
  async note(): Promise<SyncResult> {
    const read = await this.read();
    if (!read.ok) return read;
    this.#parts.entitlement.write({ others: this.othersOf(read.value) });
    return { ok: true };
  }

  /**
   * Another customer of the user has something to say. Where it pays for what the plan's own does not, or no more, the
   * plan goes by it from now on; otherwise what runs by it is taken down and reported.
   */
  considerOther(customerId: string): Promise<SyncResult> {
    const { entitlement, sync, userId } = this.#parts;
    return sync.exclusive(async () => {
      const port = this.#parts.port();
      if (port === null) return { ok: false, problem: NOT_CONFIGURED };
      const read = await this.#readOne(port, customerId, true);
      if (!read.ok) return GONE.includes(read.problem.kind) ? { ok: true } : read;
      const running = read.value.subscriptions.filter(isLive);
      const kept = entitlement.read().others.filter((other) => other.customerId !== customerId);
      if (running.length === 0) {
        entitlement.write({ others: kept });
        return { ok: true };
      }
      const own = await sync.readNow();
      if (!own.ok) return own;
      const open = read.value.disputes.filter((d) => d.status === "open").map((d) => d.subscriptionId);
      const pays = running.some((one) => isPaid(one) && !open.includes(one.id));
      if (entitlement.read().liveSubscriptions === 0 || (pays && !this.#ownPays())) {
        await sync.adopt(port, customerId);
        return sync.readNow([{ thorough: true }]);
      }
      for (const { id } of running)
        logAlert("second_customer", userId, { customer: customerId, subscription: id });
      entitlement.write({ others: [...kept, ...running.map((one) => otherOf(customerId, one))] });
      return { ok: true };
    });
  }

  /** Ends one of the user's subscriptions, by whichever customer it runs. `not_found`: it is none of theirs. */
  async end(id: string, refund: boolean): Promise<PortResult<RefundOutcome | null>> {
    const port = this.#parts.port();
    if (port === null) return { ok: false, problem: NOT_CONFIGURED };
    const read = await this.read();
    if (!read.ok) return read;
    // Ids are easily mixed up: another user's subscription is not ended here.
    if (!read.value.subscriptions.some((one) => one.subscription.id === id)) {
      return { ok: false, problem: { kind: "not_found" } };
    }
    return this.#endOne(port, id, refund);
  }

  /**
   * Leaves the best of the user's subscriptions and ends the others.
   * @returns what is kept, and what was ended; with `dryRun` what would be
   */
  async merge(options: { dryRun: boolean; refund: boolean }): Promise<
    PortResult<{
      kept: string | null;
      ended: { id: string; customer: string; refund: RefundOutcome | null }[];
    }>
  > {
    const port = this.#parts.port();
    if (port === null) return { ok: false, problem: NOT_CONFIGURED };
    const read = await this.read();
    if (!read.ok) return read;
    const running = read.value.subscriptions.filter((one) => isLive(one.subscription));
    const { customerId } = this.#parts.entitlement.read();
    const facts = running.map((one) => one.subscription);
    const kept = best(facts, () => false);
    const customer = running.find((one) => one.subscription.id === kept?.id)?.customerId ?? customerId;
    const ended = [];
    for (const one of running) {
      const { id } = one.subscription;
      if (id === kept?.id) continue;
      const result = options.dryRun ? null : await this.#endOne(port, id, options.refund);
      if (result !== null && !result.ok) return result;
      ended.push({ id, customer: one.customerId, refund: result?.value ?? null });
    }
    if (!options.dryRun && customer !== null && customer !== customerId) {
      await this.#parts.sync.exclusive(() => this.#parts.sync.adopt(port, customer));
    }
    return { ok: true, value: { kept: kept?.id ?? null, ended } };
  }

  async #endOne(port: BillingPort, id: string, refund: boolean): Promise<PortResult<RefundOutcome | null>> {
    const ended = await port.cancelSubscription(id);
    if (!ended.ok || !refund) return ended;
    const given = await port.refundLast(id);
    // It has ended whatever became of the money: that is said, too.
    return {
      ok: true,
      value: given.ok ? given.value : given.problem.kind === "refused" ? "refused" : "unavailable",
    };
  }

  /** What runs beside what the plan goes by. */
  othersOf({ subscriptions, others }: Everything): OtherSubscription[] {
    const { customerId } = this.#parts.entitlement.read();
    const elsewhere = subscriptions.filter(
      (one) => one.customerId !== customerId && isLive(one.subscription),
    );
    return [...others, ...elsewhere.map((one) => otherOf(one.customerId, one.subscription))];
  }

  #ownPays(): boolean {
    const { entitlement, disputes } = this.#parts;
    const { subscription } = entitlement.read();
    return subscription !== null && isPaid(subscription) && !disputes.holdsBack(subscription.id);
  }

  #readOne(port: BillingPort, customer: string, thorough = false): ReturnType<BillingPort["readCustomer"]> {
    const { userId, entitlement } = this.#parts;
    const { customerId, subscription } = entitlement.read();
    const subscriptionId = customer === customerId ? (subscription?.id ?? null) : null;
    return port.readCustomer(customer, {
      userId,
      subscriptionId,
      disputes: [],
      disputed: {},
      person: false,
      thorough,
    });
  }
}

function otherOf(customerId: string, { id, status }: SubscriptionFact): OtherSubscription {
  return { id, customerId, status, why: "customer" };
}
