import { badRequest } from "../errors.ts";
import { boolField, dateField, priorityField, requiredName, textField } from "../input.ts";
import { folderOf, listOf, parentFolder, parentSpace, spaceOf, taskOf } from "../lookup.ts";
import { renderListFull, renderListItem } from "../render-places.ts";
import type { Context, Route } from "../route.ts";
import type { Folder, List } from "../types.ts";
import { makeFolder } from "./folders.ts";

const LIST_BODY = {
  name: "string",
  content: "string",
  markdown_content: "string",
  due_date: "int|null",
  due_date_time: "bool",
  priority: "int|null",
  // The description has a number on create and a string ("none" clears) on update.
  assignee: "int|string|null",
  status: "string",
};

/** Colours have names; their values are ClickUp's. Only yellow's was seen. */
const LIST_COLORS: Record<string, string> = {
  red: "#e50000",
  orange: "#ff7800",
  yellow: "#f8ae00",
  blue: "#0231e8",
  green: "#6bc950",
  purple: "#bf55ec",
  pink: "#ff7fab",
  grey: "#808080",
};

/** Applies what POST and PUT of a list have in common. People outside the Workspace are ignored. */
function applyListFields(ctx: Context, list: List): void {
  const { body, state } = ctx;
  list.content = textField(body, "markdown_content") ?? textField(body, "content") ?? list.content;
  const due = dateField(body, "due_date");
  if (due !== undefined) list.due_date = due;
  list.due_date_time = boolField(body, "due_date_time") ?? list.due_date_time;
  const priority = priorityField(body);
  if (priority !== undefined) list.priority = priority;
  if (body.assignee === null || body.assignee === "none") list.assignee = null;
  else if (body.assignee !== undefined) {
    const id = Number(body.assignee);
    if (state.isMember(state.space(list.space_id).team_id, id)) list.assignee = id;
  }
  const color = textField(body, "status");
  if (color !== undefined) {
    const hex = LIST_COLORS[color];
    if (hex === undefined) throw badRequest("Invalid status", "SUBCAT_104");
    list.status = { status: color, color: hex, hide_label: true };
  }
  if (body.unset_status === true) list.status = null;
}

function createList(ctx: Context, folder: Folder): unknown {
  const name = requiredName(ctx.body, "List", "INPUT_005");
  if (ctx.state.listsOfFolder(folder.id).some((list) => list.name === name))
    throw badRequest("List name taken", "SUBCAT_016");
  return renderListFull(ctx.state, makeList(ctx, folder, name), ctx.user.id);
}

/** Makes and stores a List, with what the body says besides its name. */
export function makeList(ctx: Context, folder: Folder, name: string): List {
  const list: List = {
    id: ctx.state.newPlaceId("list"),
    space_id: folder.space_id,
    folder_id: folder.id,
    name,
    content: "",
    orderindex: ctx.state.listsOfFolder(folder.id).length,
    archived: false,
    status: null,
    priority: null,
    assignee: null,
    due_date: null,
    due_date_time: false,
    start_date: null,
    start_date_time: false,
    statuses: null,
  };
  applyListFields(ctx, list);
  ctx.state.data.lists[list.id] = list;
  return list;
}

export const listRoutes: Route[] = [
  {
    operation: "GET /v2/folder/{folder_id}/list",
    query: { archived: "bool" },
    handler: (ctx) => {
      const archived = ctx.query.get("archived") === "true";
      const lists = ctx.state.listsOfFolder(folderOf(ctx).id).filter((list) => list.archived === archived);
      return { lists: lists.map((list) => renderListItem(ctx.state, list)) };
    },
  },
  {
    operation: "POST /v2/folder/{folder_id}/list",
    body: LIST_BODY,
    handler: (ctx) => createList(ctx, parentFolder(ctx)),
  },
  {
    operation: "GET /v2/space/{space_id}/list",
    query: { archived: "bool" },
    handler: (ctx) => {
      const archived = ctx.query.get("archived") === "true";
      const lists = ctx.state.folderlessLists(spaceOf(ctx).id).filter((list) => list.archived === archived);
      return { lists: lists.map((list) => renderListItem(ctx.state, list)) };
    },
  },
  {
    operation: "POST /v2/space/{space_id}/list",
    body: LIST_BODY,
    handler: (ctx) => {
      const space = parentSpace(ctx);
      const name = requiredName(ctx.body, "List", "INPUT_005");
      if (ctx.state.folderlessLists(space.id).some((list) => list.name === name)) {
        throw badRequest("List name taken", "SUBCAT_016");
      }
      return createList(ctx, makeFolder(ctx, space.id, "hidden", { orderindex: 0, hidden: true }));
    },
  },
  {
    operation: "GET /v2/list/{list_id}",
    handler: (ctx) => renderListFull(ctx.state, listOf(ctx), ctx.user.id),
  },
  {
    operation: "PUT /v2/list/{list_id}",
    body: { ...LIST_BODY, unset_status: "bool" },
    handler: (ctx) => {
      const list = listOf(ctx);
      if (ctx.body.name !== undefined) list.name = requiredName(ctx.body, "List", "INPUT_005");
      applyListFields(ctx, list);
      return renderListFull(ctx.state, list, ctx.user.id);
    },
  },
  {
    operation: "DELETE /v2/list/{list_id}",
    handler: (ctx) => {
      const { id } = listOf(ctx);
      if (ctx.state.data.lists[id] !== undefined) ctx.state.deleteList(id);
      return {};
    },
  },
  {
    // Without the Tasks-in-Multiple-Lists ClickApp: one saw 400, another 200 {} with nothing done.
    operation: "POST /v2/list/{list_id}/task/{task_id}",
    handler: (ctx) => {
      const list = listOf(ctx);
      const task = taskOf(ctx);
      const { multiple_lists: allowed, multiple_lists_off: off } = ctx.state.workspace(task.team_id);
      if (!allowed && off !== "ignored") throw badRequest("Tasks in Multiple Lists is not enabled", "OV_016");
      if (allowed && task.list_id !== list.id && !task.extra_lists.includes(list.id))
        task.extra_lists.push(list.id);
      return {};
    },
  },
  {
    operation: "DELETE /v2/list/{list_id}/task/{task_id}",
    handler: (ctx) => {
      const list = listOf(ctx);
      const task = taskOf(ctx);
      task.extra_lists = task.extra_lists.filter((id) => id !== list.id);
      return {};
    },
  },
];
