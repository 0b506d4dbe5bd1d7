/** The Custom Fields a List offers and its statuses, kept for a while. */
import { cached } from "../kept/cached.ts";
import { ClickUpError } from "../clickup/errors.ts";
import { getListFields } from "../clickup/fields.ts";
import type { FieldRecord } from "../clickup/fields.ts";
import { getList } from "../clickup/hierarchy.ts";
import type { Status } from "../clickup/hierarchy.ts";
import type { ToolContext } from "../define.ts";
import { UserInputError } from "../words/errors.ts";
import { sameName, shown } from "../words/names.ts";
import { foreign } from "../words/untrusted.ts";

const FIELDS_AGE_MS = 300_000;
const STATUSES_AGE_MS = 300_000;

export async function loadListFields(ctx: ToolContext, listId: string): Promise<FieldRecord[]> {
  const { value } = await cached(
    ctx,
    `fields:${listId}`,
    { ttl_ms: FIELDS_AGE_MS },
    async () => await getListFields(ctx.clickup, listId),
  );
  return value;
}

/** The statuses a List has, its own or those of its Space, in order (GET /v2/list/{list_id}). */
export async function loadListStatuses(ctx: ToolContext, listId: string): Promise<Status[]> {
  const { value } = await cached(
    ctx,
    `statuses:${listId}`,
    { ttl_ms: STATUSES_AGE_MS },
    async () => (await getList(ctx.clickup, listId)).statuses,
  );
  return value;
}

/**
 * Runs a write that sets `status`. When ClickUp refuses it and the List has no such status, the error
 * names those it has; ClickUp's own answer does not.
 */
export async function withStatus<T>(
  ctx: ToolContext,
  listId: string | undefined,
  status: string | undefined,
  write: () => Promise<T>,
): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const maybeStatus = error instanceof ClickUpError && error.kind === "validation";
    if (!maybeStatus || status === undefined || listId === undefined) {
      throw error;
    }
    const statuses = (await loadListStatuses(ctx, listId)).map((one) => one.status);
    if (statuses.length === 0 || statuses.some((one) => sameName(one) === sameName(status))) {
      throw error;
    }
    const names = foreign(statuses.map((one) => `"${shown(one)}"`).join(", "));
    throw new UserInputError(`status: the list has no status "${shown(status)}". Statuses: ${names}.`, {
      argument: "status",
      cause: error,
    });
  }
}
