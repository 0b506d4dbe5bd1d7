/**
 * Moves tasks to another home List. A status the new List lacks must be mapped: by name here, by id at
 * ClickUp. Values of Custom Fields the new List lacks stay with the task, unseen, unless they are brought along.
 */
import { ClickUpError } from "../clickup/errors.ts";
import { setHomeList } from "../clickup/home-list.ts";
import type { HomeListChange } from "../clickup/home-list.ts";
import type { Status } from "../clickup/hierarchy.ts";
import type { TaskRecord } from "../clickup/tasks.ts";
import type { ToolContext } from "../define.ts";
import { closest, sameName, shown } from "../words/names.ts";
import { UserInputError } from "../words/errors.ts";
import { loadListStatuses } from "../fields/list-fields.ts";
import { requireLiving } from "../resolve/living.ts";
import { findPlace } from "../resolve/place.ts";
import type { Place } from "../resolve/place.ts";
import { foreign } from "../words/untrusted.ts";

export interface MoveOptions {
  /** Status name in the old List → status name in the new one. */
  status_map?: Record<string, string> | undefined;
  move_custom_fields?: boolean | undefined;
}

/** The argument as given; values must be names. */
export function readStatusMap(
  given: Record<string, unknown> | undefined,
): Record<string, string> | undefined {
  if (given === undefined) {
    return undefined;
  }
  const entries = Object.entries(given).map(([old, fresh]): [string, string] => {
    if (typeof fresh !== "string" || fresh.trim() === "") {
      throw new UserInputError(`status_map.${shown(old, 40)}: expected the name of a status.`, {
        argument: "status_map",
      });
    }
    return [old, fresh];
  });
  return Object.fromEntries(entries);
}

/** What a move knows of a task: its List is needed only to map statuses. */
export interface Movable {
  id: string;
  workspaceId?: string | undefined;
  record?: TaskRecord | undefined;
}

/** One request, or two more when statuses are mapped. Answers the new List's id where ClickUp told it. */
export async function moveTask(
  ctx: ToolContext,
  task: Movable,
  to: Place,
  options: MoveOptions,
): Promise<{ listId?: string }> {
  await requireLiving(ctx, to);
  const change: HomeListChange = {
    workspaceId: await workspaceOf(ctx, task, to),
    taskId: task.id,
    listId: to.id,
    ...(options.move_custom_fields === undefined ? {} : { moveCustomFields: options.move_custom_fields }),
    ...(options.status_map === undefined
      ? {}
      : { statusMappings: await statusMappings(ctx, task.record, to, options.status_map) }),
  };
  try {
    return await setHomeList(ctx.clickup, change);
  } catch (error) {
    throw await explained(ctx, error, task.record, to);
  }
}

/** The Workspace both lie in. ClickUp moves nothing across Workspaces. */
async function workspaceOf(ctx: ToolContext, task: Movable, to: Place): Promise<string> {
  const own = task.record?.workspaceId ?? task.workspaceId;
  if (own !== undefined && to.workspaceId !== undefined && own !== to.workspaceId) {
    throw new UserInputError(
      `to_list: list ${to.id} is in Workspace ${to.workspaceId}, task ${task.id} in ${own}. ClickUp cannot move across Workspaces; clickup_task_duplicate can copy.`,
      { argument: "to_list" },
    );
  }
  const [only, second] = ctx.user.workspaces;
  const known = own ?? to.workspaceId ?? (second === undefined ? only?.id : undefined);
  return known ?? (await findPlace(ctx, "list", to.id, "to_list")).workspaceId;
}

async function statusMappings(
  ctx: ToolContext,
  task: TaskRecord | undefined,
  to: Place,
  map: Record<string, string>,
): Promise<NonNullable<HomeListChange["statusMappings"]>> {
  if (task?.list === undefined) {
    return [];
  }
  const [from, into] = await Promise.all([loadListStatuses(ctx, task.list.id), loadListStatuses(ctx, to.id)]);
  return Object.entries(map).flatMap(([old, fresh]) => {
    const source = from.find((one) => sameName(one.status) === sameName(old));
    const target = into.find((one) => sameName(one.status) === sameName(fresh));
    if (target?.id === undefined) {
      throw unknownStatus(fresh, "new", into);
    }
    // A bulk move takes tasks of several Lists: a status that this one lacks needs no mapping.
    return source?.id === undefined
      ? []
      : [{ source_status_id: source.id, destination_status_id: target.id }];
  });
}

/** Throws when the old List of a single task lacks a status that is to be mapped. */
export async function checkStatusMap(
  ctx: ToolContext,
  task: TaskRecord,
  map: Record<string, string> | undefined,
): Promise<void> {
  if (map === undefined || task.list === undefined) {
    return;
  }
  const from = await loadListStatuses(ctx, task.list.id);
  const missing = Object.keys(map).find((old) => !from.some((one) => sameName(one.status) === sameName(old)));
  if (missing !== undefined) {
    throw unknownStatus(missing, "old", from);
  }
}

function unknownStatus(name: string, which: "old" | "new", known: readonly Status[]): UserInputError {
  const [near] = closest(name, known, (one) => one.status, 1);
  const hint = near === undefined ? "" : ` Nearest: ${foreign(`"${shown(near.status)}"`)}.`;
  return new UserInputError(
    `status_map: the ${which} list has no status "${shown(name)}".${hint} Statuses: ${names(known)}.`,
    { argument: "status_map" },
  );
}

function names(statuses: readonly Status[]): string {
  return foreign(statuses.map((one) => `"${shown(one.status)}"`).join(", "));
}

/** ClickUp refuses a status the new List lacks without naming those it has: they are named here. */
async function explained(
  ctx: ToolContext,
  error: unknown,
  task: TaskRecord | undefined,
  to: Place,
): Promise<unknown> {
  if (!(error instanceof ClickUpError) || error.kind !== "validation") {
    return error;
  }
  const into = await loadListStatuses(ctx, to.id);
  const status = task?.status;
  if (status !== undefined && into.some((one) => sameName(one.status) === sameName(status))) {
    return /status/i.test(error.detail ?? "") ? statusNeeded("A subtask's status", into, error) : error;
  }
  if (status === undefined && !/status/i.test(error.detail ?? "")) {
    return error;
  }
  return statusNeeded(
    status === undefined ? "A status" : `Status ${foreign(`"${shown(status)}"`)}`,
    into,
    error,
  );
}

function statusNeeded(which: string, into: readonly Status[], cause: unknown): UserInputError {
  return new UserInputError(
    `${which} does not exist in the new list. Give status_map {"old": "new"}, the new one out of ${names(into)}.`,
    { argument: "status_map", cause },
  );
}

/** Names of the Custom Fields whose values are not seen after the move. */
export function fieldsLeftBehind(before: TaskRecord, after: TaskRecord): string[] {
  const seen = new Set((after.fields ?? []).filter((one) => one.value !== undefined).map((one) => one.id));
  return (before.fields ?? [])
    .filter((one) => one.value !== undefined && !seen.has(one.id))
    .map((one) => one.name);
}
