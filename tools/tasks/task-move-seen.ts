/** A move of one task with what it changed, as ClickUp shows the task afterwards. */
import type { TaskRecord } from "../clickup/tasks.ts";
import type { ToolContext } from "../define.ts";
import { sameName } from "../words/names.ts";
import type { Place } from "../resolve/place.ts";
import type { Change, NotApplied } from "../shapes.ts";
import { checkStatusMap, fieldsLeftBehind, moveTask } from "./task-move.ts";
import type { MoveOptions } from "./task-move.ts";
import { readBack } from "./task-update.ts";

export interface SeenMove {
  changes: Change[];
  not_applied: NotApplied[];
  /** Custom Fields whose values the new List does not show. */
  fields_hidden: string[];
  /** False when the task could not be read after the move. */
  verified: boolean;
}

/** Nothing is sent when the task is there already. */
export async function moveTaskSeen(
  ctx: ToolContext,
  before: TaskRecord,
  to: Place,
  options: MoveOptions,
): Promise<SeenMove> {
  if (before.list?.id === to.id) {
    return { changes: [], not_applied: [], fields_hidden: [], verified: true };
  }
  await checkStatusMap(ctx, before, options.status_map);
  await moveTask(ctx, { id: before.id, record: before }, to, options);
  const after = await readBack(ctx, before.id);
  if (after === undefined) {
    return { changes: [], not_applied: [], fields_hidden: [], verified: false };
  }
  return {
    changes: [
      ...changed("list", place(before), place(after)),
      ...changed("status", before.status, after.status),
      ...changed("parent", before.parent, after.parent),
    ],
    not_applied: missing(before, after, to, options),
    fields_hidden: fieldsLeftBehind(before, after),
    verified: true,
  };
}

function place(task: TaskRecord): string | undefined {
  return task.list === undefined ? undefined : `${task.list.name ?? ""} (${task.list.id})`.trim();
}

function changed(field: string, before: string | undefined, after: string | undefined): Change[] {
  return before === after
    ? []
    : [{ field, ...(before === undefined ? {} : { before }), ...(after === undefined ? {} : { after }) }];
}

function missing(before: TaskRecord, after: TaskRecord, to: Place, options: MoveOptions): NotApplied[] {
  const found: NotApplied[] = [];
  if (after.list !== undefined && after.list.id !== to.id) {
    found.push({ field: "to_list", asked: to.id, is: after.list.id });
  }
  const wanted = Object.entries(options.status_map ?? {}).find(
    ([old]) => before.status !== undefined && sameName(old) === sameName(before.status),
  )?.[1];
  if (wanted !== undefined && after.status !== undefined && sameName(wanted) !== sameName(after.status)) {
    found.push({ field: "status", asked: wanted, is: after.status });
  }
  return found;
}
