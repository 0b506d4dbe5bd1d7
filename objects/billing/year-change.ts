/** From the month to the year on our own page: shown first, with what it costs now, then done as it was shown. */
import type { BillingResult, ChangePreview, YearChanged } from "../rpc/billing.ts";
import type { EntitlementStore, SubscriptionFact } from "../stores/entitlement.ts";
import type { BillingPort } from "./billing-port.ts";
import type { PlanSync } from "./plan-sync.ts";
import { errorOf } from "./purchase.ts";
import { isPaid } from "./tier-rules.ts";

export interface YearChangeParts {
  entitlement: EntitlementStore;
  sync: PlanSync;
  port: () => BillingPort | null;
  now_ms: () => number;
}

/** What was shown longer ago has to be shown again. */
const SHOWN_FOR_S = 60 * 60;

export class YearChange {
  readonly #parts: YearChangeParts;

  constructor(parts: YearChangeParts) {
    this.#parts = parts;
  }

  async preview(): Promise<BillingResult<ChangePreview>> {
    const port = this.#parts.port();
    if (port === null) return { ok: false, error: { kind: "billing_not_configured" } };
    const subscription = changeable(this.#parts.entitlement);
    if (subscription === null) return { ok: false, error: { kind: "no_customer" } };
    const read = await port.previewYear(subscription.id, this.#now_s());
    return read.ok ? read : { ok: false, error: errorOf(read.problem) };
  }

  /** @param agreed what the person was shown: nothing else is charged */
  async change(agreed: Pick<ChangePreview, "due_now" | "at_s">): Promise<BillingResult<YearChanged>> {
    const { entitlement, sync } = this.#parts;
    const age_s = this.#now_s() - agreed.at_s;
    if (!(age_s >= 0 && age_s < SHOWN_FOR_S)) return { ok: true, value: "outdated" };
    const done = await sync.exclusive(async (): Promise<BillingResult<YearChanged>> => {
      const port = this.#parts.port();
      if (port === null) return { ok: false, error: { kind: "billing_not_configured" } };
      const read = await sync.readNow();
      if (!read.ok) return { ok: false, error: errorOf(read.problem) };
      const subscription = changeable(entitlement);
      if (subscription === null) return { ok: false, error: { kind: "no_customer" } };
      const again = await port.previewYear(subscription.id, agreed.at_s);
      if (!again.ok) return { ok: false, error: errorOf(again.problem) };
      if (again.value.due_now !== agreed.due_now) return { ok: true, value: "outdated" };
      const changed = await port.changeToYear(again.value);
      return changed.ok ? changed : { ok: false, error: errorOf(changed.problem) };
    });
    await sync.sync();
    return done;
  }

  #now_s(): number {
    return Math.floor(this.#parts.now_ms() / 1000);
  }
}

/** Only what is in good standing, runs by the month, and goes on. */
function changeable(entitlement: EntitlementStore): SubscriptionFact | null {
  const { subscription } = entitlement.read();
  if (subscription === null || !isPaid(subscription) || subscription.ends_ms !== null) return null;
  return subscription.interval === "month" ? subscription : null;
}
