/** Failures that tests inject into API calls. */
export type FaultKind =
  | "status"
  | "rate_limited"
  | "lock_timeout"
  | "html"
  | "json_without_error"
  | "truncated"
  | "timeout"
  | "reset"
  | "slow";

export const FAULT_KINDS: readonly FaultKind[] = [
  "status",
  "rate_limited",
  "lock_timeout",
  "html",
  "json_without_error",
  "truncated",
  "timeout",
  "reset",
  "slow",
];

/** Without `method`, `path` and `operation` it hits every API call. */
export interface Fault {
  kind: FaultKind;
  method?: string;
  /** Tested against the path, e.g. /^\/v1\/subscriptions/; a string is made a regular expression. */
  path?: RegExp | string;
  /** Exact operation, e.g. "GET /v1/subscriptions". */
  operation?: string;
  /** How many calls it hits; 1 unless told. */
  times?: number;
  /** How many matching calls pass before it begins. */
  skip?: number;
  /** For `status` and `json_without_error` (default 500) and `html` (default 502). */
  status?: number;
  message?: string;
  code?: string;
  /** `slow`: the delay; `timeout`: gives up after this long (default 60 s). */
  ms?: number;
  /** The request takes effect first and only then its answer is lost. */
  after_effect?: boolean;
}

interface Armed {
  fault: Fault;
  path: RegExp | null;
  skip: number;
  left: number;
}

export class FaultBox {
  #armed: Armed[] = [];

  add(fault: Fault): void {
    this.#armed.push({
      fault,
      path: fault.path === undefined ? null : new RegExp(fault.path),
      skip: fault.skip ?? 0,
      left: fault.times ?? 1,
    });
  }

  clear(): void {
    this.#armed = [];
  }

  /** The fault that hits this call, used up by one. */
  take(method: string, path: string, operation: string | null): Fault | null {
    for (const armed of this.#armed) {
      const { fault } = armed;
      if (armed.left <= 0) continue;
      if (fault.method !== undefined && fault.method.toUpperCase() !== method) continue;
      if (fault.operation !== undefined && fault.operation !== operation) continue;
      if (armed.path !== null && !armed.path.test(path)) continue;
      if (armed.skip > 0) {
        armed.skip--;
        continue;
      }
      armed.left--;
      return fault;
    }
    return null;
  }
}

/** Waits, or rejects early when the caller goes away. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new DOMException("The request was aborted", "AbortError"));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

const HTML_PAGE = "<!doctype html><html><body><h1>502 Bad Gateway</h1></body></html>";

function errorAnswer(status: number, type: string, message: string, code?: string): Response {
  const error = { ...(code === undefined ? {} : { code }), message, type };
  return Response.json({ error }, { status });
}

/** True for what happens inside Stripe: its answer is stored under the call's idempotency key. */
export function isStored({ kind, status = 500 }: Fault): boolean {
  return kind === "status" && status >= 500;
}

/** Plays `fault` for one call; `answer` does the call's work. Rejects with TypeError for `reset`. */
export async function playFault(
  fault: Fault,
  request: Request,
  answer: () => Promise<Response>,
): Promise<Response> {
  if (fault.kind === "slow") {
    await pause(fault.ms ?? 1_000, request.signal);
    return answer();
  }
  const real = fault.after_effect || fault.kind === "truncated" ? await answer() : null;
  switch (fault.kind) {
    case "status":
      return errorAnswer(
        fault.status ?? 500,
        (fault.status ?? 500) < 500 ? "invalid_request_error" : "api_error",
        fault.message ?? "An unexpected error occurred.",
        fault.code,
      );
    case "rate_limited": {
      const limited = errorAnswer(
        429,
        "invalid_request_error",
        fault.message ?? "Request rate limit exceeded.",
        "rate_limit",
      );
      limited.headers.set("Stripe-Rate-Limited-Reason", "global-rate");
      return limited;
    }
    case "lock_timeout":
      return errorAnswer(
        429,
        "invalid_request_error",
        "This object is locked by another request right now.",
        "lock_timeout",
      );
    case "html":
      return new Response(HTML_PAGE, {
        status: fault.status ?? 502,
        headers: { "Content-Type": "text/html" },
      });
    case "json_without_error":
      return Response.json({ message: "upstream failure" }, { status: fault.status ?? 500 });
    case "truncated": {
      const text = real === null ? "" : await real.text();
      return new Response(text.slice(0, Math.floor(text.length / 2)), {
        status: real?.status ?? 200,
        headers: { "Content-Type": "application/json" },
      });
    }
    case "timeout":
      await pause(fault.ms ?? 60_000, request.signal);
      return new Response("upstream request timeout", { status: 504 });
    case "reset":
      throw new TypeError("fetch failed: connection reset by the sandbox");
  }
}
