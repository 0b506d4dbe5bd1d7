/** Custom task types of a Workspace by id or name, kept (GET /v2/team/{team_id}/custom_item). */
import { cached, peek } from "../kept/cached.ts";
import { getTaskTypes } from "../clickup/fields.ts";
import type { TaskTypeRecord } from "../clickup/fields.ts";
import type { ToolContext } from "../define.ts";
import { ambiguous, notFound } from "../words/errors.ts";
import { sameName } from "../words/names.ts";

const TYPES_AGE_MS = 600_000;
const BUILT_IN: TaskTypeRecord[] = [
  { id: 0, name: "Task" },
  { id: 1, name: "Milestone" },
];

function typesKey(workspaceId: string): string {
  return `task-types:${workspaceId}`;
}

/** The name of a type when it is built in or kept, without a request. */
export function knownTaskTypeName(
  ctx: ToolContext,
  workspaceId: string | undefined,
  id: number,
): string | undefined {
  const kept =
    workspaceId === undefined ? undefined : peek<TaskTypeRecord[]>(ctx, typesKey(workspaceId), TYPES_AGE_MS);
  return [...(kept ?? []), ...BUILT_IN].find((type) => type.id === id)?.name;
}

/** A type by id, or by name; the built-in ones and ids need no request. Throws UserInputError. */
export async function resolveTaskType(
  ctx: ToolContext,
  value: string,
  workspaceId: string,
  argument: string,
): Promise<TaskTypeRecord> {
  if (/^\d+$/.test(value)) {
    const id = Number(value);
    return { id, name: knownTaskTypeName(ctx, workspaceId, id) ?? value };
  }
  const wanted = sameName(value);
  const builtIn = BUILT_IN.find((type) => sameName(type.name) === wanted);
  if (builtIn !== undefined) {
    return builtIn;
  }
  const { value: types } = await cached(
    ctx,
    typesKey(workspaceId),
    { ttl_ms: TYPES_AGE_MS },
    async () => await getTaskTypes(ctx.clickup, workspaceId),
  );
  const candidates = types.map((type) => ({ id: String(type.id), name: type.name }));
  const found = candidates.filter((type) => sameName(type.name) === wanted);
  if (found.length > 1) {
    throw ambiguous("task type", value, found, argument);
  }
  if (found[0] === undefined) {
    throw notFound(
      "task type",
      value,
      [{ id: "0", name: "Task" }, { id: "1", name: "Milestone" }, ...candidates],
      argument,
    );
  }
  return { id: Number(found[0].id), name: found[0].name };
}
