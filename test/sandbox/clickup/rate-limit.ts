/** ClickUp's limit: so many requests per minute and token, told in three headers. */
const WINDOW_MS = 60_000;

interface Window {
  started_ms: number;
  used: number;
}

export interface RateVerdict {
  allowed: boolean;
  headers: Record<string, string>;
}

export class RateLimiter {
  readonly #limit: number;
  readonly #windows = new Map<string, Window>();

  constructor(limit_per_minute: number) {
    this.#limit = limit_per_minute;
  }

  /** Counts one request of `token`. Headers: X-RateLimit-Limit, -Remaining and -Reset (Unix seconds). */
  take(token: string, now_ms: number): RateVerdict {
    let window = this.#windows.get(token);
    if (window === undefined || now_ms - window.started_ms >= WINDOW_MS) {
      window = { started_ms: now_ms, used: 0 };
      this.#windows.set(token, window);
    }
    const allowed = window.used < this.#limit;
    if (allowed) window.used++;
    return {
      allowed,
      headers: rateHeaders(this.#limit, this.#limit - window.used, window.started_ms + WINDOW_MS),
    };
  }

  reset(): void {
    this.#windows.clear();
  }
}

/** The three headers of every answer. `reset_ms` is rounded up to whole seconds. */
export function rateHeaders(limit: number, remaining: number, reset_ms: number): Record<string, string> {
  return {
    "X-RateLimit-Limit": String(limit),
    "X-RateLimit-Remaining": String(Math.max(0, remaining)),
    "X-RateLimit-Reset": String(Math.ceil(reset_ms / 1000)),
  };
}

/** The real body of a 429 (ClickUp sends the v2 shape on every version). */
export function rateLimited(headers: Record<string, string>): Response {
  return Response.json({ err: "Rate limit reached", ECODE: "APP_002" }, { status: 429, headers });
}
