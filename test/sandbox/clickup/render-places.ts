import { personOrNull } from "./render-people.ts";
import type { SandboxState } from "./state.ts";
import type { Folder, List, Space, Status } from "./types.ts";

const SANDBOX_UUID = "1a924c90-96b0-47a8-aab3-de0e88d9fb05";

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

/** Who sees a Space: a public one everybody of the Workspace, a private one its members, or owner and admins. */
export function membersOfSpace(state: SandboxState, space: Space): number[] {
  const { members } = state.workspace(space.team_id);
  if (!space.private) return members.map((member) => member.user);
  return space.members ?? members.filter((member) => member.role < 3).map((member) => member.user);
}

export function renderSpace(state: SandboxState, space: Space) {
  const members = space.private
    ? { members: membersOfSpace(state, space).map((id) => ({ user: personOrNull(state, id) })) }
    : {};
  const { multiple_assignees: _shown, ...features } = space.features;
  return {
    id: space.id,
    name: space.name,
    color: space.color,
    private: space.private,
    avatar: null,
    admin_can_manage: space.admin_can_manage,
    statuses: space.statuses.map(renderStatus),
    multiple_assignees: space.multiple_assignees,
    features: {
      ...features,
      ...(features["priorities"] === undefined
        ? {}
        : {
            priorities: {
              ...features["priorities"],
              priorities: [1, 2, 3, 4].map((priority) => renderPriority(priority)),
            },
          }),
      ...(features["time_tracking"] === undefined || space.settings === undefined
        ? {}
        : { time_tracking: { ...features["time_tracking"], default_to_billable: 2 } }),
      ...space.settings,
      // Listed only while it is on.
      ...(space.multiple_assignees ? { multiple_assignees: { enabled: true } } : {}),
    },
    archived: space.archived,
    ...members,
  };
}

/** The number of open and closed tasks of a list, as the string ClickUp sends. */
function taskCount(state: SandboxState, list: List): number {
  return state.tasksOfList(list.id).filter((task) => task.parent === null && !task.archived).length;
}

function renderListCore(state: SandboxState, list: List) {
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
    archived: list.archived,
    override_statuses: list.statuses !== null,
  };
}

/** Statuses as a List has them: with the group they come from. */
function statusesOfList(state: SandboxState, list: List) {
  const group = list.statuses === null ? `proj_${list.space_id}` : `subcat_${list.id}`;
  return state.statusesOf(list).map((status) => ({ ...renderStatus(status), status_group: group }));
}

/** A list inside a folder's `lists`. */
function renderListInFolder(state: SandboxState, list: List) {
  return {
    ...renderListCore(state, list),
    statuses: statusesOfList(state, list),
    permission_level: "create",
  };
}

/** A list in the answers of GET …/list. */
export function renderListItem(state: SandboxState, list: List) {
  const space = state.space(list.space_id);
  return {
    ...renderListCore(state, list),
    space: { id: space.id, name: space.name, archived: space.archived, access: true },
    folder: { ...folderStub(state.folder(list.folder_id)), archived: state.folder(list.folder_id).archived },
    permission_level: "create",
  };
}

/** GET /v2/list/{list_id} and the answers of its writes. */
export function renderListFull(state: SandboxState, list: List, user: number) {
  const { status, ...item } = renderListItem(state, list);
  return {
    ...item,
    deleted: state.data.lists[list.id] === undefined,
    // A List without a colour has no such key here, and null in lists of Lists.
    ...(status === null ? {} : { status }),
    inbound_address: `a.t.${list.id}.u-${user}.${SANDBOX_UUID}@tasks.clickup.com`,
    statuses: statusesOfList(state, list),
  };
}

/** How a list or task names its folder: a folderless list has a hidden one. */
export function folderStub(folder: Folder) {
  return { id: folder.id, name: folder.hidden ? "hidden" : folder.name, hidden: folder.hidden, access: true };
}

/** A Folder in GET …/folder. */
export function renderFolderItem(state: SandboxState, folder: Folder, archivedLists = false) {
  const { deleted: _deleted, space, ...rest } = renderFolder(state, folder, archivedLists);
  return { ...rest, space: { id: space.id, name: space.name } };
}

/** `archivedLists` decides which lists are shown inside. */
export function renderFolder(state: SandboxState, folder: Folder, archivedLists = false) {
  const space = state.space(folder.space_id);
  const lists = state.listsOfFolder(folder.id);
  // A new Folder answers no statuses of its own; one that was changed or deleted those of its Space.
  const statuses =
    folder.touched === true || state.data.folders[folder.id] === undefined ? space.statuses : [];
  return {
    id: folder.id,
    name: folder.name,
    orderindex: folder.orderindex,
    override_statuses: false,
    hidden: folder.hidden,
    space: { id: space.id, name: space.name, access: true },
    task_count: String(lists.reduce((sum, list) => sum + taskCount(state, list), 0)),
    archived: folder.archived,
    statuses: statuses.map(renderStatus),
    deleted: state.data.folders[folder.id] === undefined,
    lists: lists
      .filter((list) => list.archived === archivedLists)
      .map((list) => renderListInFolder(state, list)),
    permission_level: "create",
    ...(folder.parent_folder === null ? {} : { parent_folder: folder.parent_folder }),
  };
}
