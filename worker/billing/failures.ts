/**
 * What went wrong with Stripe, in our words. Its messages name keys, ids and parameters: people never see them, and
 * the operator only without keys.
 */
import { Stripe } from "stripe";
import type { PortProblem, PortResult } from "../../objects/billing/billing-port.ts";
import { logEvent } from "../log.ts";
import { Misconfigured, redacted, trouble, type Trouble } from "./checks/trouble.ts";

const RETRY_AFTER_S = 30;

/** Stripe answered something that is not what was asked for: the SDK passes such bodies through. */
export class UnexpectedAnswer extends Error {
  override readonly name = "UnexpectedAnswer";
}

/**
 * Runs a call to Stripe; its failures become values, our own faults are thrown.
 * @param note is told what the operator has to mend
 */
export async function attempt<T>(
  what: string,
  work: () => Promise<T>,
  note?: (found: Trouble) => Promise<void>,
): Promise<PortResult<T>> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    const problem = problemOf(error);
    if (problem === null) throw error;
    const found = troubleOf(error);
    logEvent("warn", "stripe_failed", {
      during: what,
      problem: problem.kind,
      ...(error instanceof Stripe.errors.StripeError
        ? { type: error.type, code: error.code, status: error.statusCode, stripe_request: error.requestId }
        : {}),
      ...(found === null ? {} : { trouble: found.kind, todo: found.todo }),
    });
    if (found !== null) await note?.(found);
    return { ok: false, problem };
  }
}

/** `null`: not a failure of Stripe's. */
export function problemOf(error: unknown): PortProblem | null {
  const unavailable = (answered: boolean): PortProblem => ({
    kind: "unavailable",
    retry_after_s: RETRY_AFTER_S,
    answered,
  });
  if (error instanceof UnexpectedAnswer) return unavailable(true);
  if (troubleOf(error) !== null) {
    return { kind: troubleOf(error)?.kind === "refused" ? "refused" : "misconfigured" };
  }
  if (!(error instanceof Stripe.errors.StripeError)) return null;
  if (error instanceof Stripe.errors.StripeCardError) return { kind: "refused" };
  if (error instanceof Stripe.errors.StripeInvalidRequestError) {
    return { kind: isUnknownCustomer(error) ? "customer_unknown" : "not_found" };
  }
  // Another request with the key is still running: neither answered nor done.
  if (error instanceof Stripe.errors.StripeIdempotencyError) return unavailable(error.statusCode !== 409);
  // A page instead of JSON is a proxy's word; Stripe's own failures are JSON, and stored under the key.
  const own = error instanceof Stripe.errors.StripeAPIError && error.rawType !== undefined;
  return unavailable(own && (error.statusCode ?? 0) >= 500);
}

/** What the operator has to mend; `null` when a failure is none of that. */
export function troubleOf(error: unknown): Trouble | null {
  if (error instanceof Misconfigured) return error.trouble;
  if (error instanceof Stripe.errors.StripeAuthenticationError) return trouble("key_refused");
  if (error instanceof Stripe.errors.StripePermissionError) {
    return trouble("permission_missing", permissionIn(error.message));
  }
  if (!(error instanceof Stripe.errors.StripeInvalidRequestError)) return null;
  return troubleOfRequest(error);
}

function troubleOfRequest(error: Stripe.errors.StripeError): Trouble | null {
  const { param, code, message } = error;
  if (isUnknownCustomer(error)) return null;
  if (/product .* inactive/i.test(message)) return trouble("product_archived");
  if (/price specified is inactive/i.test(message)) return trouble("price_archived");
  if (/recurring price|one[-_]time/i.test(message)) return trouble("price_one_time");
  if (/No such price/i.test(message)) return trouble("price_missing");
  // The customer portal was never set up for this account.
  if (param?.includes("configuration") === true || /default configuration/i.test(message)) {
    return trouble("portal_unusable");
  }
  if (code === "resource_missing") return null;
  return trouble("refused", redacted(message));
}

function isUnknownCustomer({ message }: { message: string }): boolean {
  return /No such customer/i.test(message);
}

/** Stripe names the permission that would do, e.g. rak_charge_read. */
export function permissionIn(message: string): string {
  return /'(rak_\w+)'/.exec(message)?.[1] ?? "Stripe does not say which";
}
