/**
 * Creates that a client repeats with the same key make one thing. ClickUp has no such key, so the log of
 * the user's object is asked first, and told before the request leaves: a repeat of a create that was lost
 * half-way is answered with "unknown", not with a second thing.
 */
import { ClickUpError } from "../clickup/errors.ts";
import type { ToolContext } from "../define.ts";
import { UserInputError } from "../words/errors.ts";

/** `of` is a digest of the call's arguments and of what its device might do then; unknown in what is old. */
type Entry = { state: "started"; of?: string } | { state: "done"; of: string; result: unknown };

/** Creates running now in this isolate, by user, device, tool and key. */
const running = new Map<string, { of: string; result: Promise<unknown> }>();

/**
 * The result of `create`, or of the first call of this device with the same key and the same arguments. A definite
 * refusal forgets the key, so that the call can be repeated after it was put right.
 * @throws UserInputError when the key was used for something else, or under another grant, or for a call whose end
 *   nobody knows
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
  const of = await digest([ctx.args, ctx.grant]);
  const name = JSON.stringify([ctx.user.clickupUserId, ctx.deviceId, tool, key]);
  const first = running.get(name);
  if (first !== undefined) {
    sameCall(first.of, of);
    return { result: (await first.result) as T, replayed: true };
  }
  const entry = (ctx.idempotency.get(ctx.deviceId, tool, key) ?? undefined) as Entry | undefined;
  if (entry?.of !== undefined) sameCall(entry.of, of);
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
  const mine = record(ctx, tool, key, of, create);
  running.set(name, { of, result: mine });
  try {
    return { result: await mine, replayed: false };
  } finally {
    running.delete(name);
  }
}

function sameCall(first: string, now: string): void {
  if (first === now) return;
  throw new UserInputError(
    "idempotency_key: this key was used for a call with other arguments, or under other permissions of this " +
      "device. Use a new key for something new; to repeat that call, send it as it was.",
    { argument: "idempotency_key" },
  );
}

/** SHA-256 of a JSON value, fields in the order of their names. */
async function digest(value: unknown): Promise<string> {
  const json = JSON.stringify(value, (_, one: unknown) =>
    typeof one === "object" && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
  const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(json));
  return btoa(String.fromCharCode(...new Uint8Array(bytes)));
}

async function record<T>(
  ctx: ToolContext,
  tool: string,
  key: string,
  of: string,
  create: () => Promise<T>,
): Promise<T> {
  const put = (entry: Entry | null): void => ctx.idempotency.put(ctx.deviceId, tool, key, entry);
  put({ state: "started", of });
  try {
    const result = await create();
    put({ state: "done", of, result });
    return result;
  } catch (error) {
    if (!(error instanceof ClickUpError && error.kind === "unknown_outcome")) {
      put(null);
    }
    throw error;
  }
}
