/** When the object reads Stripe by itself: events can be lost, and some ends come without one. */
import type { Entitlement } from "../stores/entitlement.ts";
import type { Standing } from "./tier-rules.ts";

/** At least once a day. */
const DAILY_MS = 24 * 60 * 60_000;
/** Stripe makes the invoice of a new period final about an hour after it began. */
const AFTER_PERIOD_MS = 60 * 60_000;
/** After a failure: soon, then less and less often. */
const RETRY_MIN_MS = 30_000;
const RETRY_MAX_MS = 60 * 60_000;

/** @returns ms since the epoch; undefined when nothing can change by itself */
export function nextReading(state: {
  entitlement: Entitlement;
  standing: Standing;
  billing: boolean;
  /** Readings that failed one after the other. */
  failures: number;
  /** Events are waiting to be worked on. */
  eventsWait: boolean;
  now_ms: number;
}): number | undefined {
  const { entitlement, standing, now_ms } = state;
  const times: number[] = [];
  if (standing.until_ms !== null) times.push(standing.until_ms);
  if (entitlement.customerId !== null && state.billing) {
    times.push(now_ms + DAILY_MS);
    if (state.failures > 0 || state.eventsWait) {
      const wait_ms = Math.min(
        RETRY_MAX_MS,
        RETRY_MIN_MS * 2 ** Math.min(10, Math.max(0, state.failures - 1)),
      );
      times.push(now_ms + wait_ms);
    }
    const { periodEnd_ms, ends_ms, trialEnd_ms } = entitlement.subscription ?? {};
    for (const end_ms of [periodEnd_ms, ends_ms, trialEnd_ms]) {
      if (end_ms !== undefined && end_ms !== null) times.push(end_ms + AFTER_PERIOD_MS);
    }
  }
  const ahead = times.filter((at_ms) => at_ms > now_ms);
  return ahead.length > 0 ? Math.min(...ahead) : undefined;
}
