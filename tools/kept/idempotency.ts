/**
 * Creates that a client repeats with the same key make one thing. ClickUp has no such key, so the log of
 * the user's object is asked first, and told before the request leaves: a repeat of a create that was lost
 * half-way is answered with "unknown", not with a second thing.
 */
import { ClickUpError } from "../clickup/errors.ts";
import type { ToolContext } from "../define.ts";
import { UserInputError } from "../words/errors.ts";

type Entry = { state: "started" } | { state: "done"; result: unknown };

/** Creates running now in this isolate, by user, tool and key. */
const running = new Map<string, Promise<unknown>>();

/**
 * The result of `create`, or of the first call with the same key. A definite refusal forgets the key, so
 * that the call can be repeated after it was put right.
 */
export async function once<T>(
  ctx: ToolContext,
  tool: string,
  key: string | undefined,
  create: () => Promise<T>,
): Promise<{ result: T; replayed: boolean }> {
  if (key === undefined) {
    return { result: await create(), replayed: false };
  }
  const name = JSON.stringify([ctx.user.clickupUserId, tool, key]);
  const first = running.get(name) as Promise<T> | undefined;
  if (first !== undefined) {
    return { result: await first, replayed: true };
  }
  const entry = (ctx.idempotency.get(tool, key) ?? undefined) as Entry | undefined;
  if (entry?.state === "done") {
    return { result: entry.result as T, replayed: true };
  }
  if (entry?.state === "started") {
    throw new UserInputError(
      "idempotency_key: the first call with this key was sent and never confirmed, so it may have made its " +
        "object. Look in ClickUp; if it is not there, use a new key.",
      { argument: "idempotency_key" },
    );
  }
  const mine = record(ctx, tool, key, create);
  running.set(name, mine);
  try {
    return { result: await mine, replayed: false };
  } finally {
    running.delete(name);
  }
}

async function record<T>(ctx: ToolContext, tool: string, key: string, create: () => Promise<T>): Promise<T> {
  ctx.idempotency.put(tool, key, { state: "started" } satisfies Entry);
  try {
    const result = await create();
    ctx.idempotency.put(tool, key, { state: "done", result } satisfies Entry);
    return result;
  } catch (error) {
    if (!(error instanceof ClickUpError && error.kind === "unknown_outcome")) {
      ctx.idempotency.put(tool, key, null);
    }
    throw error;
  }
}
