import { rateHeaders, rateLimited } from "./rate-limit.ts";

type FaultKind = "status" | "rate_limited" | "html" | "truncated" | "timeout" | "reset" | "slow";

/** A failure to inject. Without `method`, `path` and `operation` it hits every API call. */
export interface Fault {
  kind: FaultKind;
  method?: string;
  /** Tested against the path with /api, e.g. /^\/api\/v2\/task\//; a string is made a regular expression. */
  path?: RegExp | string;
  /** Exact operation, e.g. "GET /v2/task/{task_id}". */
  operation?: string;
  /** How many calls it hits; 1 unless told. */
  times?: number;
  /** How many matching calls pass before it begins. */
  skip?: number;
  /** For `status` (default 500) and `html` (default 502). */
  status?: number;
  err?: string;
  ecode?: string;
  /** `slow`: the delay; `timeout`: give up after this long (default 60 s); `rate_limited`: time until the reset. */
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
    const path = fault.path === undefined ? null : new RegExp(fault.path);
    this.#armed.push({ fault, path, skip: fault.skip ?? 0, left: fault.times ?? 1 });
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

/** Waits, or stops early when the caller goes away. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason instanceof Error ? signal.reason : new DOMException("Aborted", "AbortError"));
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener("abort", stop, { once: true });
  });
}

/** A page as a proxy in front of ClickUp sends it. */
const BAD_GATEWAY_PAGE =
  "<!doctype html><html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1><hr>proxy</body></html>";

/**
 * Plays `fault` for one call. `answer` does the work of the call; a fault with `after_effect` (and `slow` and
 * `truncated`, which need an answer) runs it, the others do not. Rejects with TypeError for `reset`.
 */
export async function playFault(
  fault: Fault,
  request: Request,
  now_ms: number,
  answer: () => Promise<Response>,
): Promise<Response> {
  if (fault.kind === "slow") {
    await pause(fault.ms ?? 1_000, request.signal);
    return answer();
  }
  const real = fault.after_effect || fault.kind === "truncated" ? await answer() : null;
  switch (fault.kind) {
    case "status":
      return Response.json(
        { err: fault.err ?? "Internal server error", ECODE: fault.ecode ?? "SERVER_001", message: fault.err },
        { status: fault.status ?? 500 },
      );
    case "rate_limited": {
      const reset_ms = now_ms + (fault.ms ?? 30_000);
      return rateLimited(rateHeaders(100, 0, reset_ms));
    }
    case "html":
      return new Response(BAD_GATEWAY_PAGE, {
        status: fault.status ?? 502,
        headers: { "Content-Type": "text/html; charset=utf-8" },
      });
    case "truncated": {
      const text = real === null ? "" : await real.text();
      return new Response(text.slice(0, Math.floor(text.length / 2)), {
        status: real?.status ?? 200,
        headers: { "Content-Type": "application/json; charset=utf-8" },
      });
    }
    case "timeout":
      await pause(fault.ms ?? 60_000, request.signal);
      return new Response("upstream request timeout", {
        status: 504,
        headers: { "Content-Type": "text/plain" },
      });
    case "reset":
      throw new TypeError("fetch failed: connection reset by the sandbox");
  }
}
