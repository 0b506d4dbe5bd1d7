/** The Stripe sandbox: Stripe's API, hosted pages and webhooks as one stateful `fetch(Request)`, for tests and `npm start`. */
export type { Data, EventRecord, ThinEvent } from "./data.ts";
export type { DeliverOptions, DeliveryResult, Send } from "./deliver.ts";
export type { EndpointInit } from "./endpoints.ts";
export { DAY_MS, HOUR_MS, MINUTE_MS, STRIPE_API_VERSION, STRIPE_SANDBOX, TEST_CARDS } from "./facts.ts";
export type { Fault, FaultKind } from "./faults.ts";
export type { StripeCall, StripeSandbox, StripeSandboxOptions } from "./interface.ts";
export type * from "./records.ts";
export { routes } from "./routes/index.ts";
export { createStripeSandbox } from "./sandbox.ts";
export { signatureHeader } from "./sign.ts";
export type { Settings } from "./world.ts";
