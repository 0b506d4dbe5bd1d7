/**
 * The client a tool call uses: every request waits for the budget, is counted, and may be retried only
 * when it reads. A write is sent once: when no usable answer comes, its outcome is reported as unknown.
 */
import type { Budget, Priority } from "./budget.ts";
import { ClickUpError, unknownOutcome } from "./errors.ts";
import { clickupHttp, DEFAULT_TIMEOUT_MS } from "./http.ts";
import type { HttpAnswer, HttpTarget, Method, Query } from "./http.ts";
import type { StopSignal } from "./stop.ts";
import { after as systemAfter, type After } from "./timer.ts";

interface ClickUpCall {
  method: Method;
  /** "/v2/…" or "/v3/…", built with `path`. */
  path: string;
  query?: Query;
  body?: unknown;
  priority?: Priority;
  /** How a person or model can see whether a write happened, e.g. "clickup_task_get". */
  verify?: string;
  /** For calls that take longer than usual, as uploads do; the call's deadline still holds. */
  timeout_ms?: number;
}

export interface ClickUpClient {
  /** Throws ClickUpError; rethrows the reason of the call's signal when it aborts before a write was sent. */
  request<T>(call: ClickUpCall): Promise<T>;
  /** Requests sent to ClickUp so far, retries included. */
  readonly calls: number;
}

/** One exchange, for the journal and logs. */
export interface CallReport {
  method: Method;
  path: string;
  /** 0: no answer. */
  status: number;
  duration_ms: number;
}

export interface ClientOptions extends HttpTarget {
  /** Kept by the caller for as long as the token is used. */
  budget: Budget;
  signal: StopSignal;
  /** Wall clock, ms since the epoch, after which nothing more is sent. */
  deadline_ms?: number;
  timeout_ms?: number;
  /** Asked right before a change is sent. @throws what the call ends with when it may not be sent any more */
  beforeWrite?: () => void;
  onCall?: (report: CallReport) => void;
  now_ms?: () => number;
  /** What bounds a request in time. */
  after?: After;
  /** Pause before the one retry of a read. */
  pause_ms?: () => number;
}

const RETRIED_STATUS = new Set([0, 429, 502, 503, 504]);
/** Answers of a gateway that lost the real one, so a write may have happened behind it. */
const LOST_ANSWER_STATUS = new Set([0, 502, 504]);

export function createClickUpClient(options: ClientOptions): ClickUpClient {
  const now_ms = options.now_ms ?? (() => Date.now());
  const after = options.after ?? systemAfter;
  const pause_ms = options.pause_ms ?? (() => 200 + Math.random() * 400);
  let calls = 0;

  async function once(call: ClickUpCall): Promise<HttpAnswer> {
    const left_ms = options.deadline_ms === undefined ? undefined : options.deadline_ms - now_ms();
    if (left_ms !== undefined && left_ms <= 0) {
      throw new ClickUpError("timeout", "The time for this call is used up; the last step was not sent.");
    }
    const release = await options.budget.acquire({
      signal: options.signal,
      priority: call.priority,
      maxWait_ms: left_ms,
    });
    try {
      options.signal.throwIfAborted();
      if (call.method !== "GET") options.beforeWrite?.();
    } catch (error) {
      release();
      throw error;
    }
    const started_ms = now_ms();
    let status = 0;
    calls += 1;
    try {
      const answer = await clickupHttp(options, {
        method: call.method,
        path: call.path,
        query: call.query,
        body: call.body,
        timeout_ms: timeout(options, started_ms, call.timeout_ms),
        signal: options.signal,
        after,
      });
      status = answer.status;
      options.budget.learn(answer.rate);
      return answer;
    } catch (error) {
      if (error instanceof ClickUpError) {
        status = error.status;
        const learn = error.kind === "rate_limited" ? "exhausted" : "learn";
        options.budget[learn](error.rate ?? {});
      }
      throw error;
    } finally {
      release();
      options.onCall?.({ method: call.method, path: call.path, status, duration_ms: now_ms() - started_ms });
    }
  }

  async function read(call: ClickUpCall): Promise<HttpAnswer> {
    try {
      return await once(call);
    } catch (error) {
      if (!mayRetry(error)) {
        throw error;
      }
      // After a 429 the budget itself waits for the window, or refuses with the seconds.
      await sleep(pause_ms(), options.signal, after);
      return await once(call);
    }
  }

  async function write(call: ClickUpCall): Promise<HttpAnswer> {
    const before = calls;
    try {
      return await once(call);
    } catch (error) {
      if (calls > before && lostAnswer(error, options.signal)) {
        throw unknownOutcome(call.verify, error instanceof ClickUpError ? error.status : 0);
      }
      throw error;
    }
  }

  return {
    async request<T>(call: ClickUpCall): Promise<T> {
      const answer = await (call.method === "GET" ? read(call) : write(call));
      return answer.json as T;
    },
    get calls() {
      return calls;
    },
  };
}

/** The same client with every request queued as `bulk`: behind what a person waits for. */
export function bulkClient(client: ClickUpClient): ClickUpClient {
  return {
    request: async <T>(call: ClickUpCall) => await client.request<T>({ priority: "bulk", ...call }),
    get calls() {
      return client.calls;
    },
  };
}

function timeout(options: ClientOptions, now: number, asked_ms: number | undefined): number {
  const most = asked_ms ?? options.timeout_ms ?? DEFAULT_TIMEOUT_MS;
  return options.deadline_ms === undefined ? most : Math.max(1, Math.min(most, options.deadline_ms - now));
}

/** Network failures and passing refusals; not timeouts, which have used the caller's time already. */
function mayRetry(error: unknown): boolean {
  return (
    error instanceof ClickUpError &&
    (error.kind === "rate_limited" || error.kind === "unavailable") &&
    RETRIED_STATUS.has(error.status) &&
    // The budget refused before sending: it has already said how long to wait.
    !(error.kind === "rate_limited" && error.status === 0)
  );
}

/** True when a sent request ended without ClickUp's own verdict: a readable refusal is a verdict. */
function lostAnswer(error: unknown, signal: StopSignal): boolean {
  if (!(error instanceof ClickUpError)) {
    return signal.aborted;
  }
  const unreadable = error.kind === "unavailable" && error.status >= 200 && error.status < 300;
  return error.kind === "timeout" || unreadable || LOST_ANSWER_STATUS.has(error.status);
}

async function sleep(delay_ms: number, signal: StopSignal, after: After): Promise<void> {
  signal.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const onAbort = () => {
      cancel();
      reject(signal.reason);
    };
    const cancel = after(delay_ms, () => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    });
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
