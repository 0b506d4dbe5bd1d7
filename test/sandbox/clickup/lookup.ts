import { badRequest, ClickUpFault, gone, notAuthorized, workspaceNotAuthorized } from "./errors.ts";
import { membersOfSpace } from "./render-places.ts";
import type { Context } from "./route.ts";
import type { Comment, Folder, List, Space, Task, Workspace } from "./types.ts";

/** Finds what a path names, or throws what ClickUp answers: 401 for unknown and foreign ids alike. */
export function workspaceOf(ctx: Context, id = ctx.params.team_id ?? ctx.params.team_Id ?? ""): Workspace {
  if (!ctx.reach.has(id)) throw workspaceNotAuthorized();
  return ctx.state.workspace(id);
}

export function spaceOf(ctx: Context, id = ctx.params.space_id ?? ""): Space {
  const deleted = ctx.state.data.deleted_spaces[id];
  if (deleted !== undefined && ctx.reach.has(deleted.team_id)) throw gone("Project", "PROJ_006");
  const space = ctx.state.data.spaces[id];
  if (space === undefined || !sees(ctx, space)) throw notAuthorized();
  return space;
}

/** A private Space is there for its members alone. */
export function sees(ctx: Context, space: Space): boolean {
  return (
    ctx.reach.has(space.team_id) && (!space.private || membersOfSpace(ctx.state, space).includes(ctx.user.id))
  );
}

/** A Folder, also one that was deleted: ClickUp goes on answering for it. */
export function folderOf(ctx: Context, id = ctx.params.folder_id ?? ""): Folder {
  const folder = ctx.state.data.folders[id] ?? ctx.state.data.deleted_folders[id];
  if (folder === undefined || !sees(ctx, ctx.state.space(folder.space_id))) throw notAuthorized();
  return folder;
}

/** The place something is to be made in. Its refusal has a code of its own. */
export function parentSpace(ctx: Context): Space {
  return asParent(() => spaceOf(ctx));
}
export function parentFolder(ctx: Context): Folder {
  return asParent(() => folderOf(ctx));
}

function asParent<T>(find: () => T): T {
  try {
    return find();
  } catch (error) {
    if (error instanceof ClickUpFault && error.ecode === "OAUTH_027")
      throw new ClickUpFault(401, "Team not authorized", "OAUTH_057");
    throw error;
  }
}

export function listOf(ctx: Context, id = ctx.params.list_id ?? ""): List {
  if (!/^\d+$/.test(id)) throw badRequest("validateListIDEx List ID invalid", "INPUT_003");
  const list = ctx.state.data.lists[id] ?? ctx.state.data.deleted_lists[id];
  if (list === undefined || !sees(ctx, ctx.state.space(list.space_id))) throw notAuthorized();
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
    return taskByInternalId(ctx, task.id);
  }
  return taskByInternalId(ctx, id);
}

/** A task named in a body field or a v3 path: only the internal id counts there. */
export function taskByInternalId(ctx: Context, id: string): Task {
  const deletedIn = ctx.state.data.deleted_tasks[id];
  if (deletedIn !== undefined && ctx.reach.has(deletedIn))
    throw new ClickUpFault(404, "Task not found, deleted", "ITEM_013");
  const task = ctx.state.data.tasks[id];
  if (task === undefined || !ctx.reach.has(task.team_id)) throw notAuthorized();
  if (!sees(ctx, ctx.state.space(ctx.state.list(task.list_id).space_id)))
    throw new ClickUpFault(401, "You do not have access to this task", "ACCESS_083");
  return task;
}

export function commentOf(ctx: Context, id = ctx.params.comment_id ?? ""): Comment {
  const comment = ctx.state.data.comments[id];
  if (comment === undefined || !ctx.reach.has(comment.team_id)) throw notAuthorized();
  return comment;
}
