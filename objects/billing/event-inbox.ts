/** Stripe's events as they arrive: each is worked on once, and done only when a reading of Stripe succeeded. */
import type { BillingEvent, EventOutcome } from "../rpc/billing.ts";
import type { AccountStore } from "../stores/account.ts";
import type { BillingEventStore } from "../stores/billing-events.ts";
import type { EntitlementStore } from "../stores/entitlement.ts";
import { logAlert } from "./alerts.ts";
import type { EveryCustomer } from "./every-customer.ts";
import type { PlanSync, SyncResult } from "./plan-sync.ts";

/** Events after which the customer itself has to be looked at. */
const PERSON = new Set(["customer.deleted", "customer.updated"]);

export interface InboxParts {
  userId: string;
  account: AccountStore;
  entitlement: EntitlementStore;
  events: BillingEventStore;
  sync: PlanSync;
  everyCustomer: EveryCustomer;
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
    if (customerId === null) {
      if (event.type === "customer.deleted") {
        events.done(event.id, now_ms());
        return "ignored";
      }
      entitlement.write({ customerId: event.customerId });
    }
    const own = customerId === null || customerId === event.customerId;
    const work = own ? this.#work(event) : this.#workOnOther(event);
    this.#running.set(event.id, work);
    try {
      const result = await work;
      if (result.ok && !own && entitlement.read().customerId !== event.customerId) return "ignored";
      return result.ok ? "done" : "retry";
    } finally {
      this.#running.delete(event.id);
    }
  }

  async #work(event: BillingEvent): Promise<SyncResult> {
    const result = await this.#parts.sync.sync({
      eventId: event.id,
      ...(event.disputeId === null ? {} : { disputeId: event.disputeId }),
      ...(event.disputedSubscription === undefined
        ? {}
        : { disputedSubscription: event.disputedSubscription }),
      person: PERSON.has(event.type),
      methodChanged: event.methodChanged === true,
    });
    return this.#taken(event, result);
  }

  /** An event of another customer that names this user. */
  async #workOnOther(event: BillingEvent): Promise<SyncResult> {
    const result = await this.#parts.everyCustomer.considerOther(event.customerId);
    if (result.ok) this.#parts.events.done(event.id, this.#parts.now_ms());
    return this.#taken(event, result);
  }

  #taken(event: BillingEvent, result: SyncResult): SyncResult {
    const { events, userId } = this.#parts;
    if (result.ok) return result;
    events.failed(event.id, result.problem.kind);
    logAlert("event_waits", userId, { event_id: event.id, problem: result.problem.kind });
    return result;
  }
}
