/**
 * The one way the plan changes: read everything Stripe has on the customer, write it whole, and announce a new
 * tier. Events, the return page, the alarm and operators all end here. One reading at a time: an older one can
 * never overwrite a newer, and any number of events that arrive meanwhile share the next.
 */
import type { Tier } from "../../tools/tiers.ts";
import { logFault } from "../log.ts";
import type { BillingEventStore } from "../stores/billing-events.ts";
import type { DisputeStore } from "../stores/disputes.ts";
import type { Entitlement, EntitlementStore, TierChange } from "../stores/entitlement.ts";
import { logAlert } from "./alerts.ts";
import type { BillingPort, CustomerState, PortProblem } from "./billing-port.ts";
import { best, isLive, pastDueSince, standing, type Standing } from "./tier-rules.ts";

export interface SyncParts {
  userId: string;
  entitlement: EntitlementStore;
  disputes: DisputeStore;
  events: BillingEventStore;
  /** `null` while billing is off. */
  port: () => BillingPort | null;
  rules: { billing: boolean; grace_ms: number; defaultTier: Tier };
  now_ms: () => number;
  /** Told of every change of the tier, after it was taken down. */
  changed: (change: TierChange) => void;
  /** Called when the time of the next reading may be another. */
  reschedule: () => void;
}

export interface SyncCause {
  /** Stripe event that asked for it. */
  eventId?: string;
  /** A dispute to look up. */
  disputeId?: string;
  /** See `CustomerReading`. */
  thorough?: boolean;
}

export type SyncResult = { ok: true } | { ok: false; problem: PortProblem };

/** Subscriptions of lost disputes are ended, then everything is read again. More rounds mean a fault. */
const MAX_ROUNDS = 3;

export class PlanSync {
  readonly #parts: SyncParts;
  #tail: Promise<unknown> = Promise.resolve();
  #waiting: { causes: SyncCause[]; result: Promise<SyncResult> } | undefined;

  constructor(parts: SyncParts) {
    this.#parts = parts;
  }

  /** Runs `work` alone: no reading or other exclusive work of this user happens meanwhile. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    const run = this.#tail.then(work, work);
    this.#tail = run.catch(() => undefined);
    return run;
  }

  /** Reads Stripe from now on: a reading that began before this call does not count. Never throws. */
  sync(cause: SyncCause = {}): Promise<SyncResult> {
    if (this.#waiting !== undefined) {
      this.#waiting.causes.push(cause);
      return this.#waiting.result;
    }
    const causes = [cause];
    const result = this.exclusive(() => {
      this.#waiting = undefined;
      return this.readNow(causes);
    });
    this.#waiting = { causes, result };
    return result;
  }

  /** The reading itself; only inside `exclusive`. */
  async readNow(causes: readonly SyncCause[] = []): Promise<SyncResult> {
    try {
      return await this.#read(causes);
    } catch (error) {
      logFault(crypto.randomUUID(), this.#parts.userId, error);
      return { ok: false, problem: { kind: "unavailable", retry_after_s: 30 } };
    } finally {
      this.#parts.reschedule();
    }
  }

  /** The tier in force at this moment, from what is stored. */
  standing(): Standing {
    const { entitlement, disputes, rules, now_ms } = this.#parts;
    return standing(entitlement.read(), disputes.holds().length > 0, rules, now_ms());
  }

  /** Announces the tier in force when it is not the one last announced. */
  announce(eventId: string | null = null): void {
    const { entitlement, now_ms, changed } = this.#parts;
    const from = entitlement.read().tier;
    const { tier: to, why } = this.standing();
    if (from === to) return;
    const change = { at_ms: now_ms(), from, to, why, eventId };
    entitlement.change(change);
    changed(change);
  }

  async #read(causes: readonly SyncCause[]): Promise<SyncResult> {
    const { entitlement, disputes, events, now_ms } = this.#parts;
    const { customerId } = entitlement.read();
    const port = this.#parts.port();
    if (customerId === null || port === null) {
      this.announce();
      return port === null ? { ok: false, problem: { kind: "not_configured" } } : { ok: true };
    }
    const thorough = causes.some((c) => c.thorough === true);
    const named = causes.flatMap((c) => c.disputeId ?? []);
    const eventId = causes.find((c) => c.eventId !== undefined)?.eventId ?? null;
    for (let round = 1; ; round++) {
      const began_ms = now_ms();
      const ask = [...new Set([...named, ...disputes.unsettled().map((d) => d.id)])];
      const read = await port.readCustomer(customerId, { disputes: ask, thorough });
      if (!read.ok && read.problem.kind !== "customer_missing") return read;
      if (read.ok) this.#write(read.value);
      else await this.customerGone(port, customerId);
      // Only a thorough reading covers every event: one about a dispute names it, and others do not look for it.
      if (thorough) events.allDone(began_ms, now_ms());
      for (const cause of causes) if (cause.eventId !== undefined) events.done(cause.eventId, now_ms());
      const lost = read.ok && round < MAX_ROUNDS ? await this.#endLost(port, read.value) : "nothing";
      if (typeof lost === "object") {
        this.announce(eventId);
        return lost;
      }
      if (lost === "nothing") break;
    }
    this.announce(eventId);
    return { ok: true };
  }

  #write(state: CustomerState): void {
    const { entitlement, disputes, userId, now_ms } = this.#parts;
    const before = entitlement.read();
    const subscription = best(state.subscriptions);
    const liveSubscriptions = state.subscriptions.filter(isLive).length;
    if (liveSubscriptions > 1 && liveSubscriptions !== before.liveSubscriptions) {
      logAlert("duplicate_subscriptions", userId, { count: liveSubscriptions });
    }
    disputes.save(state.disputes);
    entitlement.write({
      subscription,
      liveSubscriptions,
      pastDueSince_ms: pastDueSince(before, subscription, now_ms()),
      trialUsed: before.trialUsed || state.subscriptions.some((s) => s.trialEnd_ms !== null),
      synced_ms: now_ms(),
      ...(liveSubscriptions > 0 ? { checkout: null } : {}),
    });
  }

  /** Stripe does not have the customer any more (or has it in the other mode): the next purchase makes another. */
  async customerGone(port: BillingPort, customerId: string): Promise<void> {
    const { entitlement, disputes, userId, now_ms } = this.#parts;
    const { customerGeneration } = entitlement.read();
    disputes.clear();
    entitlement.write({
      customerId: null,
      customerGeneration: customerGeneration + 1,
      subscription: null,
      liveSubscriptions: 0,
      pastDueSince_ms: null,
      checkout: null,
      synced_ms: now_ms(),
    } satisfies Partial<Entitlement>);
    logAlert("customer_missing", userId, { customer: customerId });
    await port.forgetCustomer(customerId);
  }

  /**
   * A lost dispute ends the subscriptions that ran when it was opened.
   * @returns "ended" when one was, so that everything has to be read again; the problem when that failed
   */
  async #endLost(port: BillingPort, state: CustomerState): Promise<"nothing" | "ended" | SyncResult> {
    const { disputes, userId } = this.#parts;
    let ended = false;
    for (const dispute of disputes.holds().filter((d) => d.status === "lost")) {
      for (const subscription of state.subscriptions) {
        if (!isLive(subscription) || subscription.created_ms > dispute.created_ms) continue;
        const result = await port.cancelSubscription(subscription.id, { refund: false });
        if (!result.ok) return result;
        logAlert("dispute_lost", userId, { dispute: dispute.id, subscription: subscription.id });
        ended = true;
      }
      disputes.settle(dispute.id);
    }
    return ended ? "ended" : "nothing";
  }
}
