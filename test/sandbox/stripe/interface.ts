/** What the sandbox offers to tests and to `npm start`. */
import type { Data } from "./data.ts";
import type { DeliverOptions, DeliveryResult, Send } from "./deliver.ts";
import type { EndpointInit } from "./endpoints.ts";
import type { Fault } from "./faults.ts";
import type { DisputeRecord, Endpoint } from "./records.ts";
import type { Settings } from "./world.ts";

/** One API call as the sandbox saw it. */
export interface StripeCall {
  method: string;
  path: string;
  /** E.g. "GET /v1/customers/{customer}"; null for an unknown route. */
  operation: string | null;
  /** Decoded parameters as they were sent. */
  params: Record<string, unknown>;
  idempotency_key: string | null;
  /** The Stripe-Version header. */
  version: string | null;
  livemode: boolean;
  /** 0 while it runs and when no answer left. */
  status: number;
  /** By the sandbox's clock. */
  at_ms: number;
  /** The fault that hit it. */
  fault?: Fault["kind"];
}

export interface StripeSandbox {
  /** Answers one request: the API under /v1 and /v2, the hosted pages, and /__sandbox/. The host does not matter. */
  fetch(request: Request): Promise<Response>;
  readonly calls: StripeCall[];
  clearCalls(): void;
  fault(fault: Fault): void;
  clearFaults(): void;
  /** Back to the seed: both modes, calls, faults and the clock. */
  reset(): void;
  snapshot(): unknown;
  restore(snapshot: unknown): void;
  /** The data of test mode and of live mode. */
  readonly state: { readonly test: Data; readonly live: Data };
  /** What the account's owner sets in the dashboard; may be changed at any time. */
  readonly settings: Settings;
  /** The sandbox's time, in ms since the epoch: the clock plus what `advance` added. */
  now_ms(): number;
  /** Lets time pass: renewals, trials, retries, expiries and settlements happen in their order. */
  advance(ms: number): void;
  /** Registers a webhook URL and answers it with its secret. */
  addEndpoint(init: EndpointInit, mode?: "test" | "live"): Endpoint;
  /** A new signing secret; the old one goes on to sign for `overlap_ms`. Answers the new one. */
  rollSecret(endpoint: string, overlap_ms: number): string;
  /** Sends the events that wait. Needs `options.send`. */
  deliver(options?: DeliverOptions): Promise<DeliveryResult[]>;
  /** Sends one event once more, whatever became of it, as the dashboard's Resend does. */
  resend(event: string): Promise<DeliveryResult[]>;
  /** A signed delivery of an event as a request, without sending it. Throws for an event nobody listens to. */
  signedRequest(event: string): Promise<Request>;
  /** How many deliveries wait for their (next) attempt. */
  readonly pending: number;
  /** The customer's bank disputes a charge. */
  openDispute(charge: string, reason?: string): DisputeRecord;
  closeDispute(dispute: string, outcome: "won" | "lost"): DisputeRecord;
  /** The card of a customer begins or ceases to be declined. */
  setCard(payment_method: string, behaviour: "succeeds" | "declines" | "authenticates" | "disputed"): void;
  /** Settles what the bank has not decided yet, at once. */
  settleAll(succeeds: boolean): void;
}

export interface StripeSandboxOptions {
  /** The clock of everything; the wall clock unless given. */
  now_ms?: () => number;
  /** Time in webhook signatures, which receivers compare with theirs; the wall clock unless given. */
  signing_now_ms?: () => number;
  /** Keys that are let in, beside those of the facts. */
  secretKeys?: string[];
  /**
   * Restricted keys with what each may do, e.g. `{ rk_test_x: ["charge_read", "customer_write"] }`; writing includes
   * reading. See `refusals/permissions.ts`.
   */
  restricted?: Record<string, string[]>;
  /** Lets in every key that looks like one of test mode. */
  anyTestKey?: boolean;
  /** `full`: product, prices, portal configuration and promotion codes; `empty`: a new account. */
  seed?: "full" | "empty";
  /** Makes ids differ between sandboxes; random unless given. */
  salt?: string;
  /** Where webhooks go; registered at the start with the secret of the facts. */
  webhookUrl?: string;
  /** Carries webhooks out. */
  send?: Send;
  /** Delivers by itself soon after each event, and retries as the real time comes. */
  autoDeliver?: boolean;
  /** API calls per second and key; no limit unless given (Stripe: 25 in test mode, 100 in live mode). */
  requestsPerSecond?: number;
  /** Origin of the hosted pages; that of the request unless given, and Stripe's own for api.stripe.com. */
  pageOrigin?: string;
  settings?: Partial<Settings>;
}
