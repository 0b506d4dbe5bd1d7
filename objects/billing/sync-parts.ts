/** What a reading of Stripe works with. */
import type { Tier } from "../../tools/tiers.ts";
import type { AccountStore } from "../stores/account.ts";
import type { BillingEventStore } from "../stores/billing-events.ts";
import type { DisputeStore } from "../stores/disputes.ts";
import type { EntitlementStore, TierChange } from "../stores/entitlement.ts";
import type { BillingPort } from "./billing-port.ts";

export interface SyncParts {
  userId: string;
  account: AccountStore;
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
