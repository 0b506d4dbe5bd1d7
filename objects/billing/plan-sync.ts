/**
 * The one way the plan changes: read everything Stripe has on the customer, write it whole, and announce a new
 * tier. Events, the return page, the alarm and operators all end here. One reading at a time: an older one can
 * never overwrite a newer, and any number of events that arrive meanwhile share the next.
 */
import { logFault } from "../log.ts";
import type { Entitlement } from "../stores/entitlement.ts";
import { logAlert } from "./alerts.ts";
import type { BillingPort, CustomerState, PortProblem } from "./billing-port.ts";
import type { SyncParts } from "./sync-parts.ts";
import { attend, isHeld } from "./upkeep.ts";
import { best, isLive, pastDueSince, standing, type Standing } from "./tier-rules.ts";

export interface SyncCause {
  /** Stripe event that asked for it. */
  eventId?: string;
  /** A dispute to look up, and what it is about, where that is known. */
  disputeId?: string;
  disputedSubscription?: string;
  /** See `CustomerReading`. */
  thorough?: boolean;
  person?: boolean;
  /** The event says that the customer's payment method is another one now. */
  methodChanged?: boolean;
}

export type SyncResult = { ok: true } | { ok: false; problem: PortProblem };

/** What upkeep changed at Stripe is read again. More rounds mean a fault. */
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
      return { ok: false, problem: { kind: "unavailable", retry_after_s: 30, answered: false } };
    } finally {
      this.#parts.reschedule();
    }
  }

  /** The tier in force at this moment, from what is stored. */
  standing(): Standing {
    const { entitlement, disputes, rules, now_ms } = this.#parts;
    const row = entitlement.read();
    return standing(row, isHeld(row.subscription, disputes), rules, now_ms());
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
    const { entitlement, disputes, events, now_ms, userId } = this.#parts;
    const port = this.#parts.port();
    const { customerId } = entitlement.read();
    if (customerId === null || port === null) {
      this.announce();
      return port === null ? { ok: false, problem: { kind: "not_configured" } } : { ok: true };
    }
    const thorough = causes.some((c) => c.thorough === true);
    const person = causes.some((c) => c.person === true);
    const methodChanged = causes.some((c) => c.methodChanged === true);
    const named = causes.flatMap((c) => c.disputeId ?? []);
    const told = Object.fromEntries(
      causes.flatMap(({ disputeId, disputedSubscription: about }) =>
        disputeId === undefined || about === undefined ? [] : [[disputeId, about]],
      ),
    );
    const eventId = causes.find((c) => c.eventId !== undefined)?.eventId ?? null;
    for (let round = 1; ; round++) {
      const began_ms = now_ms();
      const ask = [...new Set([...named, ...disputes.unsettled().map((d) => d.id)])];
      const subscriptionId = entitlement.read().subscription?.id ?? null;
      const what = {
        userId,
        subscriptionId,
        disputes: ask,
        disputed: { ...disputes.disputed(), ...told },
        person,
        thorough,
      };
      const read = await port.readCustomer(customerId, what);
      if (!read.ok && read.problem.kind !== "customer_deleted") {
        // One answer of no proves nothing: what was paid for stays until Stripe says otherwise.
        if (read.problem.kind === "customer_unknown") {
          logAlert("customer_unknown", userId, { customer: customerId });
        }
        return read;
      }
      if (read.ok) this.#write(read.value);
      else await this.customerGone(port, customerId, "deleted");
      // Only a thorough reading covers every event: one about a dispute names it, and others do not look for it.
      if (thorough) events.allDone(began_ms, now_ms());
      for (const cause of causes) if (cause.eventId !== undefined) events.done(cause.eventId, now_ms());
      if (!read.ok) break;
      const kept = await attend(this.#parts, port, customerId, read.value, methodChanged);
      if (typeof kept === "object") {
        this.announce(eventId);
        return { ok: false, problem: kept };
      }
      if (kept === "nothing" || round === MAX_ROUNDS) break;
    }
    this.announce(eventId);
    return { ok: true };
  }

  #write(state: CustomerState): void {
    const { entitlement, disputes, userId, now_ms } = this.#parts;
    const before = entitlement.read();
    disputes.save(state.disputes);
    const subscription = best(state.subscriptions, (id) => disputes.holdsBack(id));
    const liveSubscriptions = state.subscriptions.filter(isLive).length;
    if (liveSubscriptions > 1 && liveSubscriptions !== before.liveSubscriptions) {
      logAlert("duplicate_subscriptions", userId, { count: liveSubscriptions });
    }
    entitlement.write({
      subscription,
      liveSubscriptions,
      pastDueSince_ms: pastDueSince(before, subscription, now_ms()),
      trialUsed: before.trialUsed || state.subscriptions.some((s) => s.trialEnd_ms !== null),
      others: [...before.others.filter((other) => other.why === "customer"), ...state.others],
      synced_ms: now_ms(),
      ...(liveSubscriptions > 0 ? { checkout: null } : {}),
    });
  }

  /**
   * The next purchase makes another customer.
   * @param why `unknown`: our key does not see them, though it sees our price; the operator is told
   */
  async customerGone(port: BillingPort, customerId: string, why: "deleted" | "unknown"): Promise<void> {
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
      attempts: {},
      contact: null,
      defaultMethod: null,
      synced_ms: now_ms(),
    } satisfies Partial<Entitlement>);
    logAlert(why === "deleted" ? "customer_missing" : "customer_unknown", userId, { customer: customerId });
    // Who is only unknown may be there again, and then their events are to find the user.
    if (why === "deleted") await port.forgetCustomer(customerId);
  }

  /** The plan goes by another customer of the same user from now on; only inside `exclusive`. */
  async adopt(port: BillingPort, customerId: string): Promise<void> {
    const { entitlement, disputes, userId } = this.#parts;
    const { checkout, others } = entitlement.read();
    if (checkout !== null) await port.expireCheckout(checkout.id);
    disputes.clear();
    entitlement.write({
      customerId,
      checkout: null,
      attempts: {},
      contact: null,
      defaultMethod: null,
      others: others.filter((other) => other.customerId !== customerId),
    });
    await port.rememberCustomer(customerId, userId);
  }
}
