import { ClickUpFault } from "./errors.ts";
import type { Context } from "./route.ts";
import type { FieldDefinition, Task } from "./types.ts";

/** v3 says 404 for unknown ids (v2 says 401), and knows internal ids only. */
export function v3NotFound(what: string): ClickUpFault {
  return new ClickUpFault(404, `${what} not found`, "V3_404");
}

/** The Workspace id of the path, when the token reaches it. Throws 403. */
export function reachedWorkspace(ctx: Context): string {
  const id = ctx.params.workspace_id ?? "";
  if (!ctx.reach.has(id)) throw new ClickUpFault(403, "Workspace not authorized", "V3_403");
  return id;
}

export function v3Task(ctx: Context, teamId: string, id: string): Task {
  const task = ctx.state.data.tasks[id];
  if (task === undefined || task.team_id !== teamId) throw v3NotFound("Task");
  return task;
}

/** A custom field that lives anywhere in the Workspace. */
export function fieldInWorkspace(ctx: Context, teamId: string, id: string): FieldDefinition {
  const field = ctx.state.data.fields[id];
  if (field === undefined) throw v3NotFound("Custom field");
  const { kind, id: at } = field.scope;
  const { lists, folders, spaces } = ctx.state.data;
  const spaceId = kind === "list" ? lists[at]?.space_id : kind === "folder" ? folders[at]?.space_id : at;
  const team = kind === "workspace" ? at : spaces[spaceId ?? ""]?.team_id;
  if (team !== teamId) throw v3NotFound("Custom field");
  return field;
}
