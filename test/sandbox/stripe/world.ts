import { type Data, emptyData, NOUNS, type EventRecord, type TableName } from "./data.ts";
import { missing } from "./errors.ts";
import { emitEvent } from "./events.ts";
import { STRIPE_API_VERSION } from "./facts.ts";
import { makeId } from "./ids.ts";

/** What the account's owner sets in the dashboard. */
export interface Settings {
  /** Days between the attempts to collect an invoice, counted from the attempt before. */
  retry_days: number[];
  /** What becomes of a subscription when the last attempt has failed. */
  after_retries: "cancel" | "unpaid" | "past_due";
  /** How long a bank debit of the hosted pages takes to settle, in seconds. */
  settlement_s: number;
  /** How long an invoice of a renewal stays a draft, in seconds. */
  draft_s: number;
  /** Without it Checkout opens no session. */
  business_name: boolean;
  /** False until the account is activated: live mode takes no money. */
  activated: boolean;
  /** False: automatic tax has no head office address. */
  tax_registered: boolean;
  /** Currencies that some payment method of the account can take; null for all. */
  currencies: string[] | null;
  /** Whether the address of the terms of service is set. */
  terms_url: boolean;
  /** Whether a dispute that is lost ends the subscription it was for. */
  cancel_on_lost_dispute: boolean;
}

export const DEFAULT_SETTINGS: Settings = {
  retry_days: [3, 5, 7],
  after_retries: "cancel",
  settlement_s: 3 * 86_400,
  draft_s: 3_600,
  business_name: true,
  activated: true,
  tax_registered: true,
  currencies: null,
  terms_url: true,
  cancel_on_lost_dispute: false,
};

/** Where the hosted pages are. */
export interface Origins {
  checkout: string;
  billing: string;
  invoice: string;
}

export const STRIPE_ORIGINS: Origins = {
  checkout: "https://checkout.stripe.com",
  billing: "https://billing.stripe.com",
  invoice: "https://invoice.stripe.com",
};

/** The API request that causes what happens now; null for what Stripe does by itself. */
export interface Cause {
  id: string;
  idempotency_key: string | null;
}

/** One mode of the account: its data, its clock, and how ids and events are made. */
export class World {
  readonly livemode: boolean;
  readonly settings: Settings;
  readonly #salt: string;
  readonly #clock_s: () => number;
  /** The moment that is being worked on while time is caught up; null means now. */
  #moment: number | null = null;
  data: Data = emptyData();
  cause: Cause | null = null;
  origins: Origins = STRIPE_ORIGINS;
  api_version: string = STRIPE_API_VERSION;

  constructor(livemode: boolean, salt: string, settings: Settings, clock_s: () => number) {
    this.livemode = livemode;
    this.settings = settings;
    this.#salt = `${salt}${livemode ? "L" : "T"}`;
    this.#clock_s = clock_s;
  }

  /** Unix seconds. */
  now(): number {
    return this.#moment ?? this.#clock_s();
  }

  /** Does `work` as if it were `moment` (Unix seconds). */
  at(moment: number, work: () => void): void {
    this.#moment = moment;
    try {
      work();
    } finally {
      this.#moment = null;
    }
  }

  id(prefix: string): string {
    this.data.counter++;
    return makeId(prefix, this.#salt, this.data.counter);
  }

  /** The row, or undefined. */
  find<T extends TableName>(table: T, id: string): Data[T][string] | undefined {
    const rows = this.data[table] as Record<string, Data[T][string]>;
    return Object.hasOwn(rows, id) ? rows[id] : undefined;
  }

  /** The row; throws Stripe's resource_missing, 400 for a parameter and 404 for a path. */
  get<T extends TableName>(table: T, id: string, param: string, status: 400 | 404 = 400): Data[T][string] {
    const row = this.find(table, id);
    if (row !== undefined) return row;
    throw missing(NOUNS[table], id, param, status, this.hint(table, id));
  }

  /** Said after "No such …" when the other mode has the object; set by the sandbox. */
  hint: (table: TableName, id: string) => string = () => "";

  rows<T extends TableName>(table: T): Data[T][string][] {
    return Object.values(this.data[table]) as Data[T][string][];
  }

  /** Records that something happened, for the events API and every endpoint that listens. */
  emit(type: string, object: { object: string }, previous?: Record<string, unknown>): EventRecord {
    return emitEvent(this, type, object, previous);
  }

  /** Changes a row and emits `type` with the attributes as they were, unless nothing changed. */
  change<T extends { object: string }>(row: T, type: string, mutate: (row: T) => void): boolean {
    const before = structuredClone(row) as Record<string, unknown>;
    try {
      mutate(row);
    } catch (error) {
      // A request that is refused half way leaves the row as it was.
      Object.assign(row, before);
      throw error;
    }
    const previous = difference(before, row);
    if (Object.keys(previous).length === 0) return false;
    this.emit(type, row, previous);
    return true;
  }
}

/** The top-level attributes that differ, as they were. */
function difference(
  before: Record<string, unknown>,
  after: Record<string, unknown>,
): Record<string, unknown> {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return Object.fromEntries(
    [...names]
      .filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]))
      .map((name) => [name, before[name] ?? null]),
  );
}
