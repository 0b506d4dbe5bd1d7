/** Stripe's events as they arrive: each is worked on once, and done only when a reading of Stripe succeeded. */
import type { BillingEvent, EventOutcome } from "../rpc/user.ts";
import type { AccountStore } from "../stores/account.ts";
import type { BillingEventStore } from "../stores/billing-events.ts";
import type { EntitlementStore } from "../stores/entitlement.ts";
import { logAlert } from "./alerts.ts";
import type { PlanSync, SyncResult } from "./plan-sync.ts";

/** Events after which the customer itself has to be looked at. */
const THOROUGH = new Set(["customer.deleted"]);

export interface InboxParts {
  userId: string;
  account: AccountStore;
  entitlement: EntitlementStore;
  events: BillingEventStore;
  sync: PlanSync;
  now_ms: () => number;
}

export class EventInbox {
  readonly #parts: InboxParts;
  /** Events being worked on: a copy that arrives meanwhile waits for the same end. */
  readonly #running = new Map<string, Promise<SyncResult>>();

  constructor(parts: InboxParts) {
    this.#parts = parts;
  }

  /** @param force works on an event again although it was done */
  async receive(event: BillingEvent, force: boolean): Promise<EventOutcome> {
    const { account, entitlement, events, now_ms } = this.#parts;
    // The account was deleted, or never was: there is nobody whose plan could change.
    if (account.read() === undefined) return "ignored";
    const running = this.#running.get(event.id);
    if (running !== undefined) return (await running).ok ? "duplicate" : "retry";
    const seen = events.receive(event, now_ms());
    if (seen === "done" && !force) return "duplicate";
    const { customerId } = entitlement.read();
    // A customer made outside (dashboard, support) that names this user becomes theirs.
    if (customerId === null && event.type !== "customer.deleted") {
      entitlement.write({ customerId: event.customerId });
    } else if (customerId !== event.customerId) {
      events.done(event.id, now_ms());
      return "ignored";
    }
    const work = this.#work(event);
    this.#running.set(event.id, work);
    try {
      return (await work).ok ? "done" : "retry";
    } finally {
      this.#running.delete(event.id);
    }
  }

  async #work(event: BillingEvent): Promise<SyncResult> {
    const { events, sync, userId } = this.#parts;
    const result = await sync.sync({
      eventId: event.id,
      ...(event.disputeId === null ? {} : { disputeId: event.disputeId }),
      thorough: THOROUGH.has(event.type),
    });
    if (result.ok) return result;
    events.failed(event.id, result.problem.kind);
    logAlert("event_waits", userId, { event_id: event.id, problem: result.problem.kind });
    return result;
  }
}
