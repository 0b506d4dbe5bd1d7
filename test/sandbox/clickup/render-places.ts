import { personOrNull } from "./render-people.ts";
import type { SandboxState } from "./state.ts";
import type { Folder, List, Space, Status } from "./types.ts";

/** Priority numbers to ClickUp's objects. */
export function renderPriority(priority: number | null) {
  const named = {
    1: ["urgent", "#f50000"],
    2: ["high", "#f8ae00"],
    3: ["normal", "#6fddff"],
    4: ["low", "#d8d8d8"],
  }[priority ?? 0];
  if (priority === null || named === undefined) return null;
  return { id: String(priority), orderindex: String(priority), priority: named[0], color: named[1] };
}

export function renderStatus(status: Status) {
  return {
    id: status.id,
    status: status.status,
    color: status.color,
    orderindex: status.orderindex,
    type: status.type,
  };
}

export function renderSpace(state: SandboxState, space: Space) {
  const members = space.private
    ? {
        members: state
          .workspace(space.team_id)
          .members.filter((m) => m.role < 3)
          .map((m) => ({ user: personOrNull(state, m.user) })),
      }
    : {};
  return {
    id: space.id,
    name: space.name,
    color: space.color,
    private: space.private,
    avatar: null,
    admin_can_manage: space.admin_can_manage,
    statuses: space.statuses.map(renderStatus),
    multiple_assignees: space.multiple_assignees,
    features: space.features,
    archived: space.archived,
    ...members,
  };
}

/** The number of open and closed tasks of a list, as the string ClickUp sends. */
function taskCount(state: SandboxState, list: List): number {
  return state.tasksOfList(list.id).filter((task) => task.parent === null && !task.archived).length;
}

function renderListCore(state: SandboxState, list: List) {
  const space = state.space(list.space_id);
  return {
    id: list.id,
    name: list.name,
    orderindex: list.orderindex,
    content: list.content,
    status: list.status,
    priority: renderPriority(list.priority),
    assignee: personOrNull(state, list.assignee),
    task_count: taskCount(state, list),
    due_date: list.due_date === null ? null : String(list.due_date),
    start_date: list.start_date === null ? null : String(list.start_date),
    space: { id: space.id, name: space.name, access: true },
    archived: list.archived,
    override_statuses: list.statuses !== null,
  };
}

/** A list inside a folder's `lists`. */
function renderListInFolder(state: SandboxState, list: List) {
  return {
    ...renderListCore(state, list),
    statuses: state.statusesOf(list).map(renderStatus),
    permission_level: "create",
  };
}

/** A list in the answers of GET …/list. */
export function renderListItem(state: SandboxState, list: List) {
  return {
    ...renderListCore(state, list),
    folder: folderStub(state.folder(list.folder_id)),
    permission_level: "create",
  };
}

/** GET /v2/list/{list_id} and the answers of its writes. */
export function renderListFull(state: SandboxState, list: List) {
  return {
    ...renderListItem(state, list),
    due_date_time: list.due_date_time,
    start_date_time: list.start_date === null ? null : list.start_date_time,
    inbound_address: `add.task.${list.id}.sandbox@tasks.clickup.test`,
    statuses: state.statusesOf(list).map(renderStatus),
  };
}

/** How a list or task names its folder: a folderless list has a hidden one. */
export function folderStub(folder: Folder) {
  return { id: folder.id, name: folder.hidden ? "hidden" : folder.name, hidden: folder.hidden, access: true };
}

/** `archivedLists` decides which lists are shown inside. */
export function renderFolder(state: SandboxState, folder: Folder, archivedLists = false) {
  const space = state.space(folder.space_id);
  const lists = state.listsOfFolder(folder.id);
  return {
    id: folder.id,
    name: folder.name,
    orderindex: folder.orderindex,
    override_statuses: false,
    hidden: folder.hidden,
    space: { id: space.id, name: space.name, access: true },
    task_count: String(lists.reduce((sum, list) => sum + taskCount(state, list), 0)),
    archived: folder.archived,
    statuses: [],
    lists: lists
      .filter((list) => list.archived === archivedLists)
      .map((list) => renderListInFolder(state, list)),
    permission_level: "create",
    ...(folder.parent_folder === null ? {} : { parent_folder: folder.parent_folder }),
  };
}
