import { badRequest, ClickUpFault } from "../errors.ts";
import { textList } from "../input.ts";
import { taskByInternalId } from "../lookup.ts";
import type { Context, Route } from "../route.ts";
import { reachedWorkspace, v3NotFound } from "../v3-lookup.ts";

/** Merging, access control, the audit log and kinds of posts. */

const ACL_KINDS: Record<string, "spaces" | "folders" | "lists" | "tasks"> = {
  space: "spaces",
  folder: "folders",
  list: "lists",
  task: "tasks",
};

function setAcl(ctx: Context) {
  reachedWorkspace(ctx);
  const kind = ctx.params.object_type ?? "";
  const id = ctx.params.object_id ?? "";
  const table = ACL_KINDS[kind];
  if (table === undefined) throw badRequest("object_type invalid", "V3_400");
  if (ctx.state.data[table][id] === undefined) throw v3NotFound(kind);
  const space = table === "spaces" ? ctx.state.data.spaces[id] : undefined;
  if (space !== undefined && typeof ctx.body.private === "boolean") space.private = ctx.body.private;
  ctx.state.data.acls[`${kind}:${id}`] = ctx.body;
  return {};
}

/** The sources go into the target: their comments, checklists, tags and files; they themselves are gone. */
function merge(ctx: Context) {
  const { state } = ctx;
  const target = taskByInternalId(ctx, ctx.params.task_id ?? "");
  const sources = textList(ctx.body.source_task_ids).map((id) => taskByInternalId(ctx, id));
  if (sources.length === 0) throw badRequest("source_task_ids is required", "ITEM_301");
  for (const source of sources) {
    for (const comment of Object.values(state.data.comments)) {
      if (comment.parent.kind === "task" && comment.parent.id === source.id)
        comment.parent = { kind: "task", id: target.id };
    }
    target.checklists.push(...source.checklists);
    target.attachments.push(...source.attachments);
    target.tags = [...new Set([...target.tags, ...source.tags])];
    for (const entry of Object.values(state.data.time_entries))
      if (entry.task_id === source.id) entry.task_id = target.id;
    for (const child of state.subtasksOf(source.id)) child.parent = target.id;
    state.deleteTask(source.id);
  }
  target.date_updated = ctx.now_ms;
  return {};
}

export const administrationRoutes: Route[] = [
  {
    operation: "POST /v2/task/{task_id}/merge",
    body: { source_task_ids: "strings" },
    handler: merge,
  },
  {
    operation: "PATCH /v3/workspaces/{workspace_id}/{object_type}/{object_id}/acls",
    body: { private: "bool", entries: "objects" },
    handler: setAcl,
  },
  {
    operation: "POST /v3/workspaces/{workspace_id}/auditlogs",
    body: { filter: "object", applicability: "string", pagination: "object" },
    handler: (ctx) => {
      const team = reachedWorkspace(ctx);
      if (!ctx.state.workspace(team).plan.plan_name.startsWith("Enterprise"))
        throw new ClickUpFault(403, "Team must be on enterprise plan", "TEAM_110");
      return { data: [], pagination: { hasMore: false } };
    },
  },
  {
    operation: "GET /v3/workspaces/{workspace_id}/comments/types/{comment_type}/subtypes",
    handler: (ctx) => {
      const team = reachedWorkspace(ctx);
      const names = ["Announcement", "Discussion", "Idea", "Update"];
      return names.map((name, at) => ({
        id: `${team}-${at + 1}`,
        name,
        comment_type: ctx.params.comment_type,
      }));
    },
  },
];
