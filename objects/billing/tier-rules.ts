/** What Stripe's statuses mean for the tier. Pure: the same rules for the object, its alarm and the plan page. */
import type { Tier } from "../../tools/tiers.ts";
import type { Entitlement, SubscriptionFact } from "../stores/entitlement.ts";

/** Why a tier is what it is; shown on the plan page and written into the history. */
type Reason =
  | "active"
  | "trialing"
  | "past_due_in_grace"
  | "past_due_grace_over"
  | "unpaid"
  | "paused"
  | "incomplete"
  | "ended"
  | "dispute"
  | "no_subscription"
  | "operator_grant"
  | "default_tier"
  | "unreadable";

export interface Standing {
  tier: Tier;
  why: Reason;
  /** When it changes by itself, without a word from Stripe. */
  until_ms: number | null;
}

/** The better a subscription stands, the lower. */
const RANK: Record<string, number> = {
  active: 0,
  trialing: 1,
  past_due: 2,
  paused: 3,
  unpaid: 4,
  incomplete: 5,
};
const HELD = 6;
const ENDED = 7;

/** True for what never comes back. */
export function hasEnded({ status }: SubscriptionFact): boolean {
  return status === "canceled" || status === "incomplete_expired";
}

/** True while Stripe goes on with it: another one beside it would be paid twice. */
export function isLive(subscription: SubscriptionFact): boolean {
  return (RANK[subscription.status] ?? ENDED) < 5;
}

/**
 * The subscription the plan goes by: the one that stands best, the newest of those that stand alike.
 * @param held true for one that a dispute holds back: any that runs beside it stands better
 */
export function best(
  subscriptions: readonly SubscriptionFact[],
  held: (id: string) => boolean,
): SubscriptionFact | null {
  const rank = (s: SubscriptionFact): number => {
    const byStatus = RANK[s.status] ?? ENDED;
    return byStatus < ENDED && held(s.id) ? HELD : byStatus;
  };
  return subscriptions.toSorted((a, b) => rank(a) - rank(b) || b.created_ms - a.created_ms)[0] ?? null;
}

/** True for the statuses that are paid for, or tried. */
export function isPaid(subscription: SubscriptionFact): boolean {
  return subscription.status === "active" || subscription.status === "trialing";
}

/**
 * Since when the subscription has been past due. The beginning never moves while it lasts, so that no event can
 * lengthen the grace; only paying ends it.
 */
export function pastDueSince(
  before: Pick<Entitlement, "subscription" | "pastDueSince_ms">,
  now: SubscriptionFact | null,
  now_ms: number,
): number | null {
  if (now === null || isPaid(now)) return null;
  const known = before.subscription?.id === now.id ? before.pastDueSince_ms : null;
  return known ?? (now.status === "past_due" ? now_ms : null);
}

/** @param held true while a dispute holds back the subscription the plan goes by */
export function standing(
  entitlement: Entitlement,
  held: boolean,
  rules: { billing: boolean; grace_ms: number; defaultTier: Tier },
  now_ms: number,
): Standing {
  const { grantedUntil_ms } = entitlement;
  if (grantedUntil_ms !== null && now_ms < grantedUntil_ms) {
    return { tier: "premium", why: "operator_grant", until_ms: grantedUntil_ms };
  }
  const byStripe = rules.billing ? bySubscription(entitlement, held, rules.grace_ms, now_ms) : null;
  if (byStripe?.tier === "premium") return byStripe;
  if (rules.defaultTier === "premium") return { tier: "premium", why: "default_tier", until_ms: null };
  return byStripe ?? { tier: "free", why: "default_tier", until_ms: null };
}

function bySubscription(
  { subscription, pastDueSince_ms }: Entitlement,
  held: boolean,
  grace_ms: number,
  now_ms: number,
): Standing {
  if (subscription === null) return { tier: "free", why: "no_subscription", until_ms: null };
  if (held) return { tier: "free", why: "dispute", until_ms: null };
  switch (subscription.status) {
    case "active":
    case "trialing":
      return { tier: "premium", why: subscription.status, until_ms: null };
    case "past_due": {
      const until_ms = (pastDueSince_ms ?? now_ms) + grace_ms;
      return now_ms < until_ms
        ? { tier: "premium", why: "past_due_in_grace", until_ms }
        : { tier: "free", why: "past_due_grace_over", until_ms: null };
    }
    case "unpaid":
    case "paused":
    case "incomplete":
      return { tier: "free", why: subscription.status, until_ms: null };
    default:
      return { tier: "free", why: "ended", until_ms: null };
  }
}
