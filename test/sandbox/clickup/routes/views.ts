import { badRequest, notAuthorized } from "../errors.ts";
import { asObject, requiredName, textField } from "../input.ts";
import { folderOf, listOf, spaceOf, workspaceOf } from "../lookup.ts";
import { pageOf } from "../paging.ts";
import { renderTask } from "../render-task.ts";
import type { Context, Route } from "../route.ts";
import type { Task } from "../types.ts";
import type { View, ViewParent } from "../collaboration/types.ts";

/** "form" is refused; anything that is no text becomes a list without a word. */
const TYPES = [
  "list",
  "board",
  "calendar",
  "table",
  "timeline",
  "workload",
  "activity",
  "map",
  "gantt",
  "conversation",
  "doc",
];
const NO_TASKS = ["conversation", "doc", "activity", "map"];

const VIEW_BODY = {
  name: "string",
  type: "string",
  grouping: "object",
  divide: "object",
  sorting: "object",
  filters: "object",
  columns: "object",
  team_sidebar: "object",
  settings: "object",
};

/** What a new view has before anything is set. */
function defaults(): View["parts"] {
  return {
    grouping: { field: "status", dir: 1, collapsed: [], ignore: false },
    divide: { field: null, dir: null, collapsed: [] },
    sorting: { fields: [] },
    filters: { op: "AND", fields: [], search: "", show_closed: false },
    columns: { fields: [] },
    team_sidebar: { assignees: [], assigned_comments: false, unassigned_tasks: false },
    settings: {
      show_task_locations: false,
      show_subtasks: 3,
      show_subtask_parent_names: false,
      show_closed_subtasks: false,
      show_assignees: true,
      show_images: true,
      collapse_empty_columns: null,
      me_comments: true,
      me_subtasks: true,
      me_checklists: true,
    },
  };
}

const render = (view: View) => ({
  id: view.id,
  name: view.name,
  type: view.type,
  parent: view.parent,
  ...view.parts,
  date_created: String(view.date_created),
  creator: view.creator,
  visibility: view.visibility,
  protected: false,
  protected_note: null,
  protected_by: null,
  date_protected: null,
  orderindex: view.orderindex,
  public: false,
});

export function viewOf(ctx: Context): View {
  const view = ctx.state.data.views[ctx.params.view_id ?? ""];
  if (view === undefined || !ctx.reach.has(view.team_id)) throw notAuthorized();
  return view;
}

function typeFrom(ctx: Context): string {
  const { type } = ctx.body;
  if (typeof type !== "string") return "list";
  if (!TYPES.includes(type)) throw badRequest("View type invalid", "VIEWS_010");
  return type;
}

function create(ctx: Context, team_id: string, parent: View["parent"]) {
  const n = ctx.state.next("view");
  const parts = defaults();
  for (const name of Object.keys(parts)) parts[name] = { ...parts[name], ...asObject(ctx.body[name]) };
  const view: View = {
    id: `8cdu22c-${30_000 + n}`,
    team_id,
    name: requiredName(ctx.body, "View", "VIEWS_011"),
    type: typeFrom(ctx),
    parent,
    creator: ctx.user.id,
    date_created: ctx.now_ms,
    orderindex: n,
    visibility: "public",
    parts,
  };
  ctx.state.data.views[view.id] = view;
  return { view: render(view) };
}

function shown(ctx: Context, id: string, type: ViewParent) {
  const views = Object.values(ctx.state.data.views).filter(
    ({ parent }) => parent.id === id && parent.type === type,
  );
  return {
    views: views.map(render),
    // A List answers the views every List has beside those somebody made.
    ...(type === 6
      ? { required_views: { list: null, board: null, calendar: null, box: null, gantt: null } }
      : {}),
  };
}

/** Where views hang: the path's beginning, and what it names. */
const PLACES: { path: string; type: ViewParent; find: (ctx: Context) => { id: string; team_id: string } }[] =
  [
    {
      path: "/v2/team/{team_id}",
      type: 7,
      find: (ctx) => ({ id: workspaceOf(ctx).id, team_id: workspaceOf(ctx).id }),
    },
    { path: "/v2/space/{space_id}", type: 4, find: (ctx) => spaceOf(ctx) },
    {
      path: "/v2/folder/{folder_id}",
      type: 5,
      find: (ctx) => ({ id: folderOf(ctx).id, team_id: ctx.state.space(folderOf(ctx).space_id).team_id }),
    },
    {
      path: "/v2/list/{list_id}",
      type: 6,
      find: (ctx) => ({ id: listOf(ctx).id, team_id: ctx.state.space(listOf(ctx).space_id).team_id }),
    },
  ];

function tasksOf(ctx: Context, view: View): Task[] {
  const { id, type } = view.parent;
  return Object.values(ctx.state.data.tasks).filter((task) => {
    const list = ctx.state.list(task.list_id);
    if (task.team_id !== view.team_id || task.archived || task.parent !== null) return false;
    if (type === 4) return list.space_id === id;
    if (type === 5) return list.folder_id === id;
    return type === 7 || list.id === id;
  });
}

export const viewRoutes: Route[] = [
  ...PLACES.flatMap(({ path, type, find }): Route[] => [
    { operation: `GET ${path}/view`, handler: (ctx) => shown(ctx, find(ctx).id, type) },
    {
      operation: `POST ${path}/view`,
      body: VIEW_BODY,
      handler: (ctx) => {
        const { id, team_id } = find(ctx);
        return create(ctx, team_id, { id, type });
      },
    },
  ]),
  { operation: "GET /v2/view/{view_id}", handler: (ctx) => ({ view: render(viewOf(ctx)) }) },
  {
    // The whole object is meant: what is left out goes back to its default.
    operation: "PUT /v2/view/{view_id}",
    body: { ...VIEW_BODY, parent: "object" },
    handler: (ctx) => {
      const view = viewOf(ctx);
      view.name = textField(ctx.body, "name") ?? view.name;
      const parts = defaults();
      for (const name of Object.keys(parts)) parts[name] = { ...parts[name], ...asObject(ctx.body[name]) };
      view.parts = parts;
      return { view: render(view) };
    },
  },
  {
    operation: "DELETE /v2/view/{view_id}",
    handler: (ctx) => {
      delete ctx.state.data.views[viewOf(ctx).id];
      return {};
    },
  },
  {
    operation: "GET /v2/view/{view_id}/task",
    query: { page: "int" },
    handler: (ctx) => {
      const view = viewOf(ctx);
      if (NO_TASKS.includes(view.type)) throw badRequest("Must be a task view", "PAGE_047");
      const closed = asObject(view.parts["filters"])["show_closed"] === true;
      const open = tasksOf(ctx, view).filter((task) => closed || task.date_closed === null);
      const { items, last_page } = pageOf(open, ctx.query);
      return { tasks: items.map((task) => renderTask(ctx.state, task, { markdown: false })), last_page };
    },
  },
];
