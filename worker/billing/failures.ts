/** What went wrong with Stripe, in our words. Its messages name keys, ids and parameters: they stay here. */
import { Stripe } from "stripe";
import type { PortProblem, PortResult } from "../../objects/billing/billing-port.ts";
import { logEvent } from "../log.ts";

const RETRY_AFTER_S = 30;

/** Stripe answered something that is not what was asked for: the SDK passes such bodies through. */
export class UnexpectedAnswer extends Error {
  override readonly name = "UnexpectedAnswer";
}

/** Runs a call to Stripe; its failures become values, our own faults are thrown. */
export async function attempt<T>(what: string, work: () => Promise<T>): Promise<PortResult<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    const problem = problemOf(error);
    if (problem === null) throw error;
    logEvent("warn", "stripe_failed", {
      during: what,
      problem: problem.kind,
      ...(error instanceof Stripe.errors.StripeError
        ? { type: error.type, code: error.code, status: error.statusCode, stripe_request: error.requestId }
        : {}),
    });
    return { ok: false, problem };
  }
}

/** `null`: not a failure of Stripe's. */
function problemOf(error: unknown): PortProblem | null {
  const unavailable: PortProblem = { kind: "unavailable", retry_after_s: RETRY_AFTER_S };
  if (error instanceof UnexpectedAnswer) return unavailable;
  if (!(error instanceof Stripe.errors.StripeError)) return null;
  if (error instanceof Stripe.errors.StripeAuthenticationError) return { kind: "not_configured" };
  if (error instanceof Stripe.errors.StripePermissionError) return { kind: "not_configured" };
  if (error instanceof Stripe.errors.StripeInvalidRequestError) return invalidRequest(error) ?? unavailable;
  return unavailable;
}

function invalidRequest(error: Stripe.errors.StripeError): PortProblem | null {
  const { param, code, message } = error;
  // A customer that was deleted, or that exists in the other mode only.
  if (/No such customer/i.test(message)) return { kind: "customer_missing" };
  const aboutPrice =
    param?.includes("price") === true || /No such price|price specified is inactive/i.test(message);
  if (aboutPrice) return { kind: "not_configured" };
  // The customer portal was never set up for this account.
  if (param?.includes("configuration") === true || /default configuration/i.test(message)) {
    return { kind: "not_configured" };
  }
  return code === "resource_missing" ? { kind: "not_found" } : null;
}
