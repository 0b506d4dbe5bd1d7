import { badRequest } from "../errors.ts";
import { textField } from "../input.ts";
import { folderOf, listOf, spaceOf, workspaceOf } from "../lookup.ts";
import { renderFolder, renderListFull } from "../render-places.ts";
import type { Context, Route } from "../route.ts";
import { newTask } from "../task-changes.ts";
import { makeFolder } from "./folders.ts";
import { makeList } from "./lists.ts";
import type { Template } from "../collaboration/types.ts";

/** Templates cannot be made over the API; a Workspace of the seed has one of each kind. */
function named(ctx: Context, kind: Template["kind"]) {
  const workspace = workspaceOf(ctx);
  const templates = Object.values(ctx.state.data.templates).filter(
    (template) => template.team_id === workspace.id && template.kind === kind,
  );
  return { templates: templates.map(({ id, name }) => ({ name, id })) };
}

function templateOf(ctx: Context, kind: Template["kind"], team: string): Template {
  const template = ctx.state.data.templates[ctx.params.template_id ?? ""];
  if (template === undefined || template.kind !== kind || template.team_id !== team)
    throw badRequest("Template not found", "TMPL_004");
  return template;
}

/** These operations answer `error` where all others say `err`. */
function nameFrom(ctx: Context, ecode: string): string | Response {
  const name = textField(ctx.body, "name");
  return name === undefined || name.trim() === ""
    ? Response.json({ error: "Name is required", ECODE: ecode }, { status: 400 })
    : name;
}

const BODY = { name: "string", options: "object" };
const teamOf = (ctx: Context, space: string) => ctx.state.space(space).team_id;

export const templateRoutes: Route[] = [
  {
    operation: "GET /v2/team/{team_id}/taskTemplate",
    query: { page: "int" },
    handler: (ctx) => (Number(ctx.query.get("page") ?? "0") > 0 ? { templates: [] } : named(ctx, "task")),
  },
  { operation: "GET /v2/team/{team_id}/list_template", handler: (ctx) => named(ctx, "list") },
  { operation: "GET /v2/team/{team_id}/folder_template", handler: (ctx) => named(ctx, "folder") },
  {
    operation: "POST /v2/list/{list_id}/taskTemplate/{template_id}",
    body: { name: "string" },
    handler: (ctx) => {
      const list = listOf(ctx);
      templateOf(ctx, "task", teamOf(ctx, list.space_id));
      const name = nameFrom(ctx, "OAUTH_117");
      if (name instanceof Response) return name;
      const task = newTask(ctx.state, list, ctx.user.id, name, ctx.now_ms);
      ctx.state.data.tasks[task.id] = task;
      return {};
    },
  },
  {
    operation: "POST /v2/folder/{folder_id}/list_template/{template_id}",
    body: BODY,
    handler: (ctx) => {
      const folder = folderOf(ctx);
      templateOf(ctx, "list", teamOf(ctx, folder.space_id));
      const name = nameFrom(ctx, "OAUTH_117");
      if (name instanceof Response) return name;
      const list = makeList(ctx, folder, name);
      return { id: list.id, list: renderListFull(ctx.state, list, ctx.user.id) };
    },
  },
  {
    operation: "POST /v2/space/{space_id}/list_template/{template_id}",
    body: BODY,
    handler: (ctx) => {
      const space = spaceOf(ctx);
      templateOf(ctx, "list", space.team_id);
      const name = nameFrom(ctx, "OAUTH_117");
      if (name instanceof Response) return name;
      const list = makeList(ctx, makeFolder(ctx, space.id, "hidden", { hidden: true }), name);
      return { id: list.id, list: renderListFull(ctx.state, list, ctx.user.id) };
    },
  },
  {
    operation: "POST /v2/space/{space_id}/folder_template/{template_id}",
    body: { ...BODY, parent_folder_id: "string" },
    handler: (ctx) => {
      const space = spaceOf(ctx);
      templateOf(ctx, "folder", space.team_id);
      const name = nameFrom(ctx, "OAUTH_119");
      if (name instanceof Response) return name;
      const parent = textField(ctx.body, "parent_folder_id");
      const folder = makeFolder(ctx, space.id, name, {
        parent_folder: parent === undefined ? null : folderOf(ctx, parent).id,
      });
      return { id: Number(folder.id), folder: renderFolder(ctx.state, folder) };
    },
  },
];
