import { badRequest } from "../errors.ts";
import { listOf, sees, workspaceOf } from "../lookup.ts";
import { pageOf } from "../paging.ts";
import { renderTask } from "../render-task.ts";
import type { Context, QueryType, Route } from "../route.ts";
import { filterTasks, sortTasks, TASK_FILTER_QUERY } from "../task-filter.ts";
import type { List, Task } from "../types.ts";

const TEAM_TASK_QUERY: Record<string, QueryType> = {
  ...TASK_FILTER_QUERY,
  "space_ids[]": "list",
  "project_ids[]": "list",
  "list_ids[]": "list",
  parent: "string",
  archived: "bool",
  include_timl: "bool",
};

/** Filters that are lists have brackets in their names; a plain one is refused. */
function arraysOnly(query: URLSearchParams): void {
  const codes = { custom_items: "PUBAPITASK_008", statuses: "PUBAPITASK_014", assignees: "PUBAPITASK_017" };
  for (const [name, code] of Object.entries(codes))
    if (query.has(name)) throw badRequest(`${name} must be an array`, code);
}

function page(ctx: Context, tasks: Task[]) {
  const found = sortTasks(filterTasks(ctx.state, tasks, ctx.query), ctx.query);
  const { items, last_page } = pageOf(found, ctx.query);
  const markdown = ctx.query.get("include_markdown_description") === "true";
  return { tasks: items.map((task) => renderTask(ctx.state, task, { markdown })), last_page };
}

export const taskListRoutes: Route[] = [
  {
    operation: "GET /v2/list/{list_id}/task",
    query: {
      ...TASK_FILTER_QUERY,
      archived: "bool",
      include_timl: "bool",
      "watchers[]": "list",
      custom_field: "string",
    },
    handler: (ctx) => {
      const list = listOf(ctx);
      const timl = ctx.query.get("include_timl") === "true";
      const archived = ctx.query.get("archived") === "true";
      const watchers = ctx.query.getAll("watchers[]").map(Number);
      const tasks = Object.values(ctx.state.data.tasks).filter(
        (task) =>
          (task.list_id === list.id || (timl && task.extra_lists.includes(list.id))) &&
          task.archived === archived &&
          (watchers.length === 0 || task.watchers.some((id) => watchers.includes(id))),
      );
      return page(ctx, tasks);
    },
  },
  {
    // No last_page here: a client must stop on a short page.
    operation: "GET /v2/team/{team_Id}/task",
    query: TEAM_TASK_QUERY,
    handler: (ctx) => {
      const workspace = workspaceOf(ctx);
      const spaces = ctx.query.getAll("space_ids[]");
      const folders = ctx.query.getAll("project_ids[]");
      const lists = ctx.query.getAll("list_ids[]");
      const parent = ctx.query.get("parent");
      const timl = ctx.query.get("include_timl") === "true";
      if (timl && workspace.timl_on_team_tasks === "refused")
        throw badRequest("include_timl is not allowed", "PUBAPITASK_020");
      const archived = ctx.query.get("archived") === "true";
      arraysOnly(ctx.query);
      const within = (task: Task) => {
        const list = ctx.state.list(task.list_id);
        // Undescribed here, but sent by other clients: it takes in tasks whose home is another List.
        const also = timl ? task.extra_lists.map((id) => ctx.state.list(id)) : [];
        const at = (wanted: string[], idOf: (list: List) => string) =>
          wanted.length === 0 || [list, ...also].some((one) => wanted.includes(idOf(one)));
        return (
          at(spaces, (one) => one.space_id) &&
          at(folders, (one) => one.folder_id) &&
          at(lists, (one) => one.id) &&
          (parent === null || task.parent === parent) &&
          !list.archived &&
          !ctx.state.space(list.space_id).archived &&
          sees(ctx, ctx.state.space(list.space_id))
        );
      };
      const tasks = Object.values(ctx.state.data.tasks).filter(
        (task) => task.team_id === workspace.id && task.archived === archived && within(task),
      );
      const { tasks: shown } = page(ctx, tasks);
      return { tasks: shown };
    },
  },
];
