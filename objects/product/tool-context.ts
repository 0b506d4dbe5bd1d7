import { createClickUpClient } from "../../tools/clickup/client.ts";
import type { Cache, IdempotencyLog, ToolContext } from "../../tools/define.ts";
import type { ClickUpLink } from "../secrets/clickup-link.ts";
import type { ObjectConfig } from "../config.ts";
import type { Scope } from "../mcp/surface.ts";
import { NotGrantedError } from "../../tools/words/errors.ts";
import { confirm } from "./questions.ts";
import type { RequestStates } from "../secrets/request-state.ts";
import type { AccountStore } from "../stores/account.ts";
import type { After } from "../timer.ts";

export interface ContextParts {
  account: AccountStore;
  link: ClickUpLink;
  cache: Cache;
  idempotency: IdempotencyLog;
  config: ObjectConfig;
  /** Signs what a question sends through the client. */
  states: RequestStates;
  now_ms: () => number;
  after: After;
  /** Logs one of our own faults under the incident id the caller is shown. */
  report: (incident: string, error: unknown) => void;
}

/** Makes the context of one call, or says what the person must do first (connect ClickUp again). */
export type ContextFactory = (
  scope: Scope,
) => Promise<{ ok: true; context: ToolContext } | { ok: false; message: string }>;

const STOPPED =
  "This device was stopped, or its owner narrowed what it may do, while the call ran. Nothing more was sent to ClickUp.";

/** The context of one tool call: this user's credential, stores and choices, and the call's own scope. */
export async function toolContext(
  parts: ContextParts,
  scope: Scope,
): Promise<{ ok: true; context: ToolContext } | { ok: false; message: string }> {
  const account = parts.account.read();
  if (account === undefined) return { ok: false, message: "Sign in with ClickUp first." };
  const opened = await parts.link.open();
  if (!opened.ok) return opened;
  const { link } = opened;
  scope.startDeadline();
  const { signal } = scope;
  const allowed = scope.grant.workspaces;
  const workspaces = account.workspaces.filter((w) => allowed === null || allowed.includes(w.id));
  const context: ToolContext = {
    clickup: createClickUpClient({
      baseUrl: parts.config.clickupApiUrl,
      token: link.token,
      budget: link.budget,
      signal,
      after: parts.after,
      deadline_ms: parts.now_ms() + scope.deadline_ms,
      beforeWrite() {
        if (!scope.stillAllowed()) scope.stop(new NotGrantedError(STOPPED));
        signal.throwIfAborted();
      },
    }),
    cache: parts.cache,
    idempotency: parts.idempotency,
    user: {
      clickupUserId: account.clickupUserId,
      username: account.username,
      timeZone: account.timeZone ?? "UTC",
      workspaces,
      defaultWorkspaceId: account.defaultPinned ? account.defaultWorkspaceId : null,
    },
    deviceId: scope.principal.deviceId,
    args: {},
    grant: scope.grant,
    signal,
    now_ms: parts.now_ms,
    after: parts.after,
    touch(kind, id) {
      scope.record.targets.add(`${kind}:${id}`);
    },
    progress(done, total, message) {
      scope.progress(done, total, message);
    },
    confirm: (question) => confirm(question, scope, parts.states),
    report: parts.report,
  };
  return { ok: true, context };
}

/** Runs `ask` with the context of a call, or answers with nothing when ClickUp is not connected. */
export async function withContext<T>(
  context: ContextFactory,
  scope: Scope,
  ask: (ctx: ToolContext) => Promise<T>,
): Promise<T | undefined> {
  const made = await context(scope);
  if (!made.ok) return undefined;
  const answer = await ask(made.context);
  scope.record.upstream_calls = made.context.clickup.calls;
  return answer;
}
