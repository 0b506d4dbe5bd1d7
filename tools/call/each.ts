/**
 * Runs one step per item and keeps count: every item ends as done, failed with a reason, or not tried.
 * Never throws for what happened to an item, so what was done is never lost.
 */
import { ClickUpError } from "../clickup/errors.ts";
import type { ClickUpErrorKind } from "../clickup/errors.ts";
import type { ToolContext } from "../define.ts";
import { describeClickUpError, NotGrantedError, UserInputError } from "../words/errors.ts";
import { plainSentence } from "../words/untrusted.ts";

export type EachResult<T> =
  | { status: "done"; value: T }
  /** `error` is what was thrown; `reason` is safe to show. */
  | { status: "failed"; reason: string; error: unknown }
  | { status: "not_tried"; reason: string };

export interface EachOptions {
  /** Items under way at once; the request budget has its own bound. */
  concurrency?: number;
  /** False: the first failure leaves the rest untried. */
  continueOnError?: boolean;
}

/** Results stand in the order of `items`. Stops when the call is cancelled, the token is refused or the budget is spent. */
export async function runEach<I, T>(
  ctx: ToolContext,
  items: readonly I[],
  run: (item: I, index: number) => Promise<T>,
  options: EachOptions = {},
): Promise<EachResult<T>[]> {
  const results: EachResult<T>[] = items.map(() => ({ status: "not_tried", reason: "not reached" }));
  let next = 0;
  let finished = 0;
  let stopped: string | undefined;

  async function worker(): Promise<void> {
    for (;;) {
      const index = next;
      next += 1;
      const item = items[index];
      if (item === undefined || index >= items.length) {
        return;
      }
      if (ctx.signal.aborted) {
        stopped ??= "the call was cancelled";
      }
      if (stopped !== undefined) {
        results[index] = { status: "not_tried", reason: stopped };
        continue;
      }
      const result = await settle(ctx, async () => await run(item, index));
      results[index] = result;
      finished += 1;
      ctx.progress(finished, items.length);
      if (result.status === "failed") {
        stopped ??= stopReason(result.error, options.continueOnError ?? true);
      }
    }
  }

  const workers = Math.min(options.concurrency ?? 4, items.length);
  await Promise.all(Array.from({ length: workers }, async () => await worker()));
  return results;
}

async function settle<T>(ctx: ToolContext, run: () => Promise<T>): Promise<EachResult<T>> {
  try {
    return { status: "done", value: await run() };
  } catch (error) {
    if (error instanceof ClickUpError) {
      return { status: "failed", reason: plainSentence(describeClickUpError(error)), error };
    }
    if (error instanceof UserInputError || error instanceof NotGrantedError) {
      return { status: "failed", reason: error.message, error };
    }
    if (ctx.signal.aborted) {
      return { status: "not_tried", reason: "the call was cancelled" };
    }
    const incident = crypto.randomUUID();
    ctx.report?.(incident, error);
    return { status: "failed", reason: `failed on our side, incident ${incident}`, error };
  }
}

/** What meets every item after it too; "timeout": the time of the whole call is used up, or nearly. */
const STOPPING = new Set<ClickUpErrorKind>(["auth", "rate_limited", "timeout"]);

/** Why the rest need not be tried, if so. */
function stopReason(error: unknown, continueOnError: boolean): string | undefined {
  if (error instanceof ClickUpError && STOPPING.has(error.kind)) {
    return error.message;
  }
  return continueOnError ? undefined : "an item before it failed";
}
