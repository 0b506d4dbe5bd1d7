/** What the plan page shows of billing. */
import type { PlanView } from "../../objects/rpc/billing.ts";
import type { WebSession } from "../auth/web-session.ts";
import type { Config } from "../env.ts";
import type { PlanCardProps } from "../pages/account/plan-card.tsx";
import { offersOf } from "./offers.ts";
import { withBilling } from "./with-billing.ts";

/** The page reads Stripe when what it knows is older; back from the portal, always. */
const MAX_AGE_MS = 60_000;
const ENDED = ["canceled", "incomplete_expired"];

export type PlanData = Pick<
  PlanCardProps,
  "plan" | "offers" | "payments" | "trial_days" | "yearOffered" | "termsUrl" | "refundPolicyUrl"
>;

/** @param changed true when something may just have been changed at Stripe */
export function planData(config: Config, session: WebSession, changed: boolean): Promise<PlanData> {
  const selling = config.billing;
  return withBilling(session.user, async (billing) => {
    if (selling === null) {
      const nothing = { offers: [], payments: null, trial_days: 0, yearOffered: false };
      return { plan: await billing.plan(), ...nothing, termsUrl: null, refundPolicyUrl: null };
    }
    const plan = await billing.refresh(changed ? 0 : MAX_AGE_MS);
    const status = plan.subscription?.status;
    const buys = status === undefined || ENDED.includes(status) || status === "incomplete";
    const mayChange = changesToYear(plan);
    const [offers, payments] = await Promise.all([
      buys || mayChange ? offersOf(selling) : null,
      plan.customerId === null ? null : billing.payments(),
    ]);
    const offered = offers?.ok === true ? offers.value : [];
    return {
      plan,
      offers: buys ? offered : [],
      yearOffered:
        mayChange &&
        offered.some((one) => one.offer === "year" && one.currency === plan.subscription?.currency),
      termsUrl: selling.termsUrl,
      refundPolicyUrl: selling.refundPolicyUrl,
      payments: payments?.ok === true ? payments.value : null,
      trial_days: selling.trial_days,
    };
  });
}

/** The plan, read from Stripe when what is known is older than `maxAge_ms`; as last known where Stripe does not answer. */
export function planNow(config: Config, session: WebSession, maxAge_ms = MAX_AGE_MS): Promise<PlanView> {
  return withBilling(session.user, (billing) =>
    config.billing === null ? billing.plan() : billing.refresh(maxAge_ms),
  );
}

/** In good standing, by the month, and not about to end. */
function changesToYear({ subscription }: PlanView): boolean {
  if (subscription === null || subscription.ends_ms !== null) return false;
  return ["active", "trialing"].includes(subscription.status) && subscription.interval === "month";
}

/** Where the forms of the page lead. */
export function planPageLeadsTo(config: Config): string[] {
  return config.billing === null ? [] : [config.billing.apiUrl ?? "https://checkout.stripe.com"];
}
