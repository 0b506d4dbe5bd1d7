import { badRequest, gone, notAuthorized, workspaceNotAuthorized } from "./errors.ts";
import type { Context } from "./route.ts";
import type { Comment, Folder, List, Space, Task, Workspace } from "./types.ts";

/** Finds what a path names, or throws what ClickUp answers: 401 for unknown and foreign ids alike. */
export function workspaceOf(ctx: Context, id = ctx.params.team_id ?? ctx.params.team_Id ?? ""): Workspace {
  if (!ctx.reach.has(id)) throw workspaceNotAuthorized();
  return ctx.state.workspace(id);
}

export function spaceOf(ctx: Context, id = ctx.params.space_id ?? ""): Space {
  const space = ctx.state.data.spaces[id];
  if (space === undefined || !ctx.reach.has(space.team_id)) throw notAuthorized();
  return space;
}

export function folderOf(ctx: Context, id = ctx.params.folder_id ?? ""): Folder {
  const folder = ctx.state.data.folders[id];
  if (folder === undefined || !ctx.reach.has(ctx.state.space(folder.space_id).team_id)) throw notAuthorized();
  return folder;
}

export function listOf(ctx: Context, id = ctx.params.list_id ?? ""): List {
  if (!/^\d+$/.test(id)) throw badRequest("List ID invalid", "INPUT_003");
  const list = ctx.state.data.lists[id];
  if (list === undefined || !ctx.reach.has(ctx.state.space(list.space_id).team_id)) throw notAuthorized();
  return list;
}

/**
 * A task by its id, or by custom id when the query says custom_task_ids=true (then team_id must name the
 * Workspace). A custom id without that flag is an unknown id. A deleted task is 404.
 */
export function taskOf(ctx: Context, id = ctx.params.task_id ?? ""): Task {
  if (ctx.query.get("custom_task_ids") === "true") {
    const teamId = ctx.query.get("team_id");
    if (teamId === null) throw badRequest("Team ID must be provided with custom task ids", "ITEM_138");
    if (!ctx.reach.has(teamId)) throw workspaceNotAuthorized();
    const task = ctx.state.taskByCustomId(teamId, id);
    if (task === undefined) throw notAuthorized();
    return task;
  }
  return taskByInternalId(ctx, id);
}

/** A task named in a body field or a v3 path: only the internal id counts there. */
export function taskByInternalId(ctx: Context, id: string): Task {
  const deletedIn = ctx.state.data.deleted_tasks[id];
  if (deletedIn !== undefined && ctx.reach.has(deletedIn)) throw gone("Task", "ITEM_013");
  const task = ctx.state.data.tasks[id];
  if (task === undefined || !ctx.reach.has(task.team_id)) throw notAuthorized();
  return task;
}

export function commentOf(ctx: Context, id = ctx.params.comment_id ?? ""): Comment {
  const comment = ctx.state.data.comments[id];
  if (comment === undefined || !ctx.reach.has(comment.team_id)) throw notAuthorized();
  return comment;
}
