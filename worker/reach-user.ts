/**
 * The way to a user's object when the platform fails in between. Cloudflare marks such errors: `overloaded` means
 * the object has more waiting than it can serve, so asking again makes it worse; `retryable` means a passing fault,
 * after which it is not known whether the request was carried out. (developers.cloudflare.com/durable-objects/best-practices/error-handling)
 */
import { NOT_REPEATED_HEADER, REPEAT_HEADER } from "../objects/rpc/user.ts";
import { userObject } from "./directory.ts";
import type { Bindings } from "./env.ts";
import { apiJson } from "./json.ts";
import { logEvent, logIncident } from "./log.ts";

const MAX_ATTEMPTS = 3;
/** A client that has waited this long is better told than kept waiting for another attempt. */
const REPEAT_WITHIN_MS = 10_000;
const RETRY_AFTER_S = 2;

type Fault = { retryable?: unknown; overloaded?: unknown; durableObjectReset?: unknown };

/**
 * Sends a request to the user's object. After a passing fault it is sent again, twice at most, each time through a
 * new stub (one that threw may be broken) and marked, so that the object serves it only when it changes nothing.
 * @param earlier the fault of a first attempt that was made in another way
 * @throws the platform's error when there is no answer to give
 */
export async function fetchUser(
  env: Bindings,
  userId: string,
  url: string,
  init: RequestInit & { headers: Headers },
  earlier?: unknown,
): Promise<Response> {
  const began_ms = Date.now();
  let fault = earlier;
  if (fault !== undefined && !mayBeSentAgain(fault, init)) throw fault;
  for (let attempt = fault === undefined ? 1 : 2; attempt <= MAX_ATTEMPTS; attempt++) {
    if (attempt > 1) {
      logEvent("warn", "object_retry", { attempt, why: fault instanceof Error ? fault.message : "unknown" });
      init.headers.set(REPEAT_HEADER, "1");
      await pause(attempt * 50);
    }
    try {
      const answer = await userObject(env, userId).fetch(new Request(url, init));
      if (!answer.headers.has(NOT_REPEATED_HEADER)) return answer;
      break;
    } catch (error) {
      // What is said goes by the first: it may have been carried out, whatever became of the others.
      fault ??= error;
      if (!mayBeSentAgain(error, init) || Date.now() - began_ms > REPEAT_WITHIN_MS) break;
    }
  }
  throw fault;
}

/** True for an error of the platform that passes by itself: what is asked for can be had a little later. */
export function isPassing(error: unknown): boolean {
  const { retryable, overloaded, durableObjectReset } = (error ?? {}) as Fault;
  return retryable === true || overloaded === true || durableObjectReset === true;
}

/** The answer when there is none: whether something may have been done, and when to come back. */
export function unreachable(error: unknown, method: string, requestId: string): Response {
  const incident = logIncident(error, { during: "mcp", requestId });
  const { overloaded } = (error ?? {}) as Fault;
  const message =
    overloaded === true
      ? "Your account has more requests waiting than it can serve. This one was not started. Try again in a few seconds."
      : method === "POST"
        ? "Your account could not be reached, and whether this request was carried out is not known. Reading can be " +
          "repeated in a few seconds; before repeating a change, look in ClickUp whether it was made."
        : "Your account cannot be reached right now. Try again in a few seconds.";
  return apiJson(
    503,
    { error: "temporarily_unavailable", message, incident },
    { "Retry-After": String(RETRY_AFTER_S) },
  );
}

function mayBeSentAgain(error: unknown, { method, body }: RequestInit): boolean {
  const { retryable, overloaded } = (error ?? {}) as Fault;
  // A body that was streamed is used up; ending a session is the client's to repeat.
  return (
    retryable === true && overloaded !== true && method !== "DELETE" && !(body instanceof ReadableStream)
  );
}

/** Waits, with jitter, so that the requests of one failure do not come back in step. */
function pause(least_ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, least_ms * (1 + Math.random())));
}
