/** What the sandbox offers to tests and to `npm start`. */
import type { Fault } from "./faults.ts";
import type { OAuthApp } from "./oauth.ts";
import type { Seed } from "./seed.ts";
import type { SandboxState } from "./state.ts";

/** One API call as the sandbox saw it. */
export interface SandboxCall {
  method: string;
  /** With /api, e.g. "/api/v2/task/abc". */
  path: string;
  /** As the description writes it without /api, e.g. "GET /v2/task/{task_id}"; null for an unknown route. */
  operation: string | null;
  /** ClickUp user id of the token; null without a valid one. */
  token_user: number | null;
  /** 0 while it runs and when no answer left (timeout, reset). */
  status: number;
  query: Record<string, string | string[]>;
  body: unknown;
  at_ms: number;
  /** The fault that hit it. */
  fault?: Fault["kind"];
}

export interface ClickUpSandbox {
  /** Answers one request as ClickUp would; routes on the path only, whatever the host. */
  fetch(request: Request): Promise<Response>;
  readonly calls: SandboxCall[];
  clearCalls(): void;
  fault(fault: Fault): void;
  clearFaults(): void;
  /** Back to the seed: state, calls, faults, violations and rate windows. */
  reset(): void;
  snapshot(): unknown;
  restore(snapshot: unknown): void;
  /**
   * Sends what waits for webhooks through `send`, five tries each, and keeps their health. Nothing leaves the sandbox
   * without this call.
   */
  deliverWebhooks(send: (request: Request) => Promise<Response>): Promise<void>;
  readonly state: SandboxState;
  /** What strict mode refused. */
  readonly violations: string[];
}

export interface ClickUpSandboxOptions {
  /** The clock of everything, the dates of the seed included; the wall clock unless given. */
  now_ms?: () => number;
  /** Requests per minute and token; 100 as on most plans. */
  rateLimitPerMinute?: number;
  /** Refuse with 400 what ClickUp would silently ignore. */
  strict?: boolean;
  seed?: Seed;
  /** Origin the authorize page posts its form to; the page's own origin unless given. */
  authorizeOrigin?: string;
  app?: OAuthApp;
}
