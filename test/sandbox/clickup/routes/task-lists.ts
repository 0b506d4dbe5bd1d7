import { listOf, workspaceOf } from "../lookup.ts";
import { pageOf } from "../paging.ts";
import { renderTask } from "../render-task.ts";
import type { Context, QueryType, Route } from "../route.ts";
import { filterTasks, sortTasks, TASK_FILTER_QUERY } from "../task-filter.ts";
import type { Task } from "../types.ts";

const TEAM_TASK_QUERY: Record<string, QueryType> = {
  ...TASK_FILTER_QUERY,
  "space_ids[]": "list",
  "project_ids[]": "list",
  "list_ids[]": "list",
  parent: "string",
};

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
      const within = (task: Task) => {
        const list = ctx.state.list(task.list_id);
        return (
          (spaces.length === 0 || spaces.includes(list.space_id)) &&
          (folders.length === 0 || folders.includes(list.folder_id)) &&
          (lists.length === 0 || lists.includes(list.id)) &&
          (parent === null || task.parent === parent) &&
          !list.archived &&
          !ctx.state.space(list.space_id).archived
        );
      };
      const tasks = Object.values(ctx.state.data.tasks).filter(
        (task) => task.team_id === workspace.id && !task.archived && within(task),
      );
      const { tasks: shown } = page(ctx, tasks);
      return { tasks: shown };
    },
  },
];
