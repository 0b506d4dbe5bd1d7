/** The Stripe sandbox: Stripe's API, hosted pages and webhooks as one stateful `fetch(Request)`, for tests and `npm start`. */
export { DAY_MS, HOUR_MS, MINUTE_MS, STRIPE_API_VERSION, STRIPE_SANDBOX, TEST_CARDS } from "./facts.ts";
export type { StripeSandbox, StripeSandboxOptions } from "./interface.ts";
export type * from "./records.ts";
export { createStripeSandbox } from "./sandbox.ts";
export { signatureHeader } from "./sign.ts";
