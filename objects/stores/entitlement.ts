import type { Tier } from "../../tools/tiers.ts";

/** A subscription to the premium product, as far as the plan depends on it. */
export interface SubscriptionFact {
  id: string;
  /** Stripe's word: active, trialing, past_due, paused, unpaid, incomplete, incomplete_expired, canceled. */
  status: string;
  created_ms: number;
  priceId: string;
  /** "day", "week", "month" or "year". */
  interval: string;
  /** Intervals of a period; absent in what a version before wrote: 1. */
  intervalCount?: number;
  /** In the currency's smallest unit. */
  amount: number | null;
  currency: string;
  /** When it ends, if its end is planned. */
  ends_ms: number | null;
  periodEnd_ms: number | null;
  /** `null`: it never had a trial. */
  trialEnd_ms: number | null;
  /** A payment method of its own, which wins over the customer's. */
  ownMethod?: string | null;
  /** `paused_by_us`: nothing is collected because a dispute is open. `paused`: somebody else wanted that. */
  collection?: "on" | "paused_by_us" | "paused";
}

/** A running subscription of the user that the plan does not go by. */
export interface OtherSubscription {
  id: string;
  customerId: string;
  status: string;
  /** `product`: to something else of the Stripe account. `customer`: to ours, by another customer of the user. */
  why: "product" | "customer";
}

/** Calls that make something at Stripe: how many there were, and the one whose answer is not known. */
interface Attempt {
  count: number;
  waiting: { body: string; began_ms: number } | null;
}

/** A Checkout session that can still be paid. */
export interface OpenCheckout {
  id: string;
  url: string;
  expires_ms: number;
  /** What it was made for: another choice needs another session. */
  terms: string;
}

export interface Entitlement {
  /** The tier last announced. */
  tier: Tier;
  customerId: string | null;
  /** Part of idempotency keys: a deleted customer must not be replayed. */
  customerGeneration: number;
  /** The best subscription; `null`: none. */
  subscription: SubscriptionFact | null;
  /** Subscriptions that grant premium; more than one is somebody paying twice. */
  liveSubscriptions: number;
  pastDueSince_ms: number | null;
  trialUsed: boolean;
  /** The mark that outlives the account is written. */
  trialMarked: boolean;
  grantedUntil_ms: number | null;
  synced_ms: number | null;
  checkout: OpenCheckout | null;
  /** By what is made. */
  attempts: Partial<Record<"customer" | "checkout", Attempt>>;
  /** As Stripe was last told; `null`: not known. */
  contact: { email: string | null; name: string } | null;
  /** The customer's own payment method as last seen, "" for none; `null`: not looked at yet. */
  defaultMethod: string | null;
  others: OtherSubscription[];
  /** Random; stands in upgrade links for the user they were made for. */
  linkRef: string;
}

/** The tier became another one. `why` is a subscription's status or one of our own words. */
export interface TierChange {
  at_ms: number;
  from: Tier;
  to: Tier;
  why: string;
  eventId: string | null;
}

/** Tables `entitlement` and `entitlement_history`. The row is kept in memory: it is read on every call. */
export class EntitlementStore {
  readonly #sql: SqlStorage;
  #row: Entitlement | undefined;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  read(): Entitlement {
    this.#row ??= this.#load();
    return this.#row;
  }

  write(change: Partial<Entitlement>): Entitlement {
    const row = { ...this.read(), ...change };
    this.#sql.exec(
      `UPDATE entitlement SET tier = ?, customer_id = ?, customer_generation = ?, subscription = ?,
         live_subscriptions = ?, past_due_since_ms = ?, trial_used = ?, granted_until_ms = ?, synced_ms = ?,
         checkout = ?, attempts = ?, contact = ?, default_method = ?, others = ?, trial_marked = ?
       WHERE id = 1`,
      row.tier,
      row.customerId,
      row.customerGeneration,
      row.subscription === null ? null : JSON.stringify(row.subscription),
      row.liveSubscriptions,
      row.pastDueSince_ms,
      row.trialUsed ? 1 : 0,
      row.grantedUntil_ms,
      row.synced_ms,
      row.checkout === null ? null : JSON.stringify(row.checkout),
      JSON.stringify(row.attempts),
      row.contact === null ? null : JSON.stringify(row.contact),
      row.defaultMethod,
      JSON.stringify(row.others),
      row.trialMarked ? 1 : 0,
    );
    this.#row = row;
    return row;
  }

  /** Takes down a change of tier and makes it the one announced. */
  change(change: TierChange): void {
    this.#sql.exec(
      "INSERT INTO entitlement_history (at_ms, from_tier, to_tier, why, event_id) VALUES (?, ?, ?, ?, ?)",
      change.at_ms,
      change.from,
      change.to,
      change.why,
      change.eventId,
    );
    this.write({ tier: change.to });
  }

  /** Changes of tier, newest first. */
  history(limit: number): TierChange[] {
    return this.#sql
      .exec<{ at_ms: number; from_tier: Tier; to_tier: Tier; why: string; event_id: string | null }>(
        "SELECT at_ms, from_tier, to_tier, why, event_id FROM entitlement_history ORDER BY id DESC LIMIT ?",
        limit,
      )
      .toArray()
      .map(({ at_ms, from_tier, to_tier, why, event_id }) => ({
        at_ms,
        from: from_tier,
        to: to_tier,
        why,
        eventId: event_id,
      }));
  }

  #load(): Entitlement {
    const row = this.#sql
      .exec<{
        tier: Tier;
        customer_id: string | null;
        customer_generation: number;
        subscription: string | null;
        live_subscriptions: number;
        past_due_since_ms: number | null;
        trial_used: number;
        granted_until_ms: number | null;
        synced_ms: number | null;
        checkout: string | null;
        attempts: string | null;
        contact: string | null;
        default_method: string | null;
        others: string | null;
        trial_marked: number;
        link_ref: string;
      }>("SELECT * FROM entitlement WHERE id = 1")
      .one();
    return {
      tier: row.tier,
      customerId: row.customer_id,
      customerGeneration: row.customer_generation,
      subscription: row.subscription === null ? null : (JSON.parse(row.subscription) as SubscriptionFact),
      liveSubscriptions: row.live_subscriptions,
      pastDueSince_ms: row.past_due_since_ms,
      trialUsed: row.trial_used === 1,
      trialMarked: row.trial_marked === 1,
      grantedUntil_ms: row.granted_until_ms,
      synced_ms: row.synced_ms,
      checkout: row.checkout === null ? null : (JSON.parse(row.checkout) as OpenCheckout),
      attempts: row.attempts === null ? {} : (JSON.parse(row.attempts) as Entitlement["attempts"]),
      contact: row.contact === null ? null : (JSON.parse(row.contact) as Entitlement["contact"]),
      defaultMethod: row.default_method,
      others: row.others === null ? [] : (JSON.parse(row.others) as OtherSubscription[]),
      linkRef: row.link_ref,
    };
  }
}
