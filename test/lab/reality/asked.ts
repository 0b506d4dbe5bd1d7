/** What the sandbox is asked for each recorded operation: the same request, of things like those that were recorded. */
import { SANDBOX, type ClickUpSandbox } from "../../sandbox/clickup/index.ts";

export interface Asked {
  method: string;
  /** Without /api, with the query. */
  path: string;
  body?: unknown;
}

/** Sends one request and gives the parsed answer; for things that have to be made first. */
type Send = (asked: Asked) => Promise<{ status: number; body: unknown }>;

type Ask = (send: Send, sandbox: ClickUpSandbox) => Promise<Asked[]> | Asked[];

const { workspaces, spaces, folders, lists, tasks, users, timeEntries, fields } = SANDBOX;
const team = `/v2/team/${workspaces.northwind}`;
const get = (path: string): Asked => ({ method: "GET", path });
const post = (path: string, body?: unknown): Asked => ({ method: "POST", path, body });
const put = (path: string, body?: unknown): Asked => ({ method: "PUT", path, body });
const remove = (path: string): Asked => ({ method: "DELETE", path });
const VIEW = { name: "New view", type: "list" };

/** The id in an answer: at the top or one level down. */
async function made(send: Send, asked: Asked): Promise<string> {
  const { status, body } = await send(asked);
  if (status >= 300) throw new Error(`${asked.method} ${asked.path}: ${status} ${JSON.stringify(body)}`);
  const answer = body as Record<string, unknown>;
  for (const one of [answer, ...Object.values(answer)]) {
    if (typeof one === "object" && one !== null && "id" in one) return String(one.id);
  }
  throw new Error(`${asked.method} ${asked.path}: no id in ${JSON.stringify(body)}`);
}

const goal = (send: Send) => made(send, post(`${team}/goal`, { name: "Goal" }));
const comment = (send: Send) => made(send, post(`/v2/task/${tasks.docs}/comment`, { comment_text: "Text" }));
const checklist = (send: Send) => made(send, post(`/v2/task/${tasks.docs}/checklist`, { name: "Steps" }));
const chat = (send: Send) => made(send, post(`${team}/view`, { name: "Talk", type: "conversation" }));
const guest = async (send: Send, sandbox: ClickUpSandbox) => {
  sandbox.state.workspace(workspaces.northwind).plan = { plan_id: 4, plan_name: "Enterprise" };
  await send(post(`${team}/guest`, { email: "person2@example.com" }));
  return sandbox.state.userByEmail("person2@example.com")?.id ?? 0;
};
const member = async (send: Send, sandbox: ClickUpSandbox) => {
  sandbox.state.workspace(workspaces.northwind).plan = { plan_id: 4, plan_name: "Enterprise" };
  await send(post(`${team}/user`, { email: "person3@example.com", admin: false }));
  return sandbox.state.userByEmail("person3@example.com")?.id ?? 0;
};

/** A comment by somebody who has not joined, so has no colour. */
async function guestComment(send: Send, sandbox: ClickUpSandbox): Promise<void> {
  await comment(send);
  const last = Object.values(sandbox.state.data.comments).at(-1);
  if (last !== undefined) last.user = sandbox.state.userByEmail("person2@example.com")?.id ?? last.user;
}

async function deletedFolder(send: Send): Promise<{ folder: string; list: string }> {
  const folder = await made(send, post(`/v2/space/${spaces.product}/folder`, { name: "Going" }));
  const list = await made(send, post(`/v2/folder/${folder}/list`, { name: "Going too" }));
  await send(remove(`/v2/folder/${folder}`));
  return { folder, list };
}

/** By operation id, or by the name of the recording where that one is of a special thing. */
export const ASKED: Record<string, Ask> = {
  GetAuthorizedUser: () => [get("/v2/user")],
  GetAuthorizedTeams: async (send, sandbox) => {
    await member(send, sandbox);
    return [get("/v2/team")];
  },
  GetWorkspaceplan: () => [get(`${team}/plan`)],
  GetWorkspaceseats: () => [get(`${team}/seats`)],
  GetCustomItems: () => [get(`${team}/custom_item`)],
  GetCustomRoles: () => [get(`${team}/customroles?include_members=true`)],
  GetUser: () => [get(`${team}/user/${users.carol}`)],
  InviteUserToWorkspace: async (_send, sandbox) => {
    sandbox.state.workspace(workspaces.northwind).plan = { plan_id: 4, plan_name: "Enterprise" };
    return [post(`${team}/user`, { email: "person4@example.com", admin: true, custom_role_id: 4_570_637 })];
  },
  EditUserOnWorkspace: async (send, sandbox) => [
    put(`${team}/user/${await member(send, sandbox)}`, {
      username: "Ben",
      admin: false,
      custom_role_id: 4_570_637,
    }),
  ],
  RemoveUserFromWorkspace: async (send, sandbox) => [remove(`${team}/user/${await member(send, sandbox)}`)],
  InviteGuestToWorkspace: async (_send, sandbox) => {
    sandbox.state.workspace(workspaces.northwind).plan = { plan_id: 4, plan_name: "Enterprise" };
    return [
      post(`${team}/guest`, { email: "person5@example.com", can_edit_tags: true, custom_role_id: 4_570_636 }),
    ];
  },
  EditGuestOnWorkspace: async (send, sandbox) => [
    put(`${team}/guest/${await guest(send, sandbox)}`, { can_edit_tags: true, custom_role_id: 4_570_636 }),
  ],
  RemoveGuestFromWorkspace: async (send, sandbox) => [remove(`${team}/guest/${await guest(send, sandbox)}`)],
  AddGuestToTask: async (send, sandbox) => [
    post(`/v2/task/${tasks.export}/guest/${await guest(send, sandbox)}`, { permission_level: "read" }),
  ],
  AddGuestToList: async (send, sandbox) => [
    post(`/v2/list/${lists.sprint21}/guest/${await guest(send, sandbox)}`, { permission_level: "read" }),
  ],
  AddGuestToFolder: async (send, sandbox) => [
    post(`/v2/folder/${folders.platform}/guest/${await guest(send, sandbox)}`, { permission_level: "read" }),
  ],
  RemoveGuestFromTask: async (send, sandbox) => {
    const id = await guest(send, sandbox);
    await send(post(`/v2/task/${tasks.export}/guest/${id}`, { permission_level: "read" }));
    return [remove(`/v2/task/${tasks.export}/guest/${id}`)];
  },
  SharedHierarchy: async (send, sandbox) => {
    sandbox.state.data.shares.push(
      { user: users.alice, kind: "list", id: lists.onboarding, permission_level: "edit" },
      { user: users.alice, kind: "folder", id: folders.vendors, permission_level: "edit" },
    );
    return [get(`${team}/shared`)];
  },
  CreateUserGroup: () => [post(`${team}/group`, { name: "Group", handle: "group", members: [users.carol] })],
  UpdateTeam: () => [put(`/v2/group/${SANDBOX.groups.engineers}`, { name: "Renamed" })],
  GetTeams1: () => [get(`/v2/group?team_id=${workspaces.northwind}`)],
  GetListMembers: async (send, sandbox) => {
    await guest(send, sandbox);
    return [get(`/v2/list/${lists.sprint21}/member`)];
  },
  GetTaskMembers: () => [get(`/v2/task/${tasks.export}/member`)],

  GetSpaces: async (send) => {
    await send(post(`${team}/space`, { name: "Plain", multiple_assignees: true, features: {} }));
    return [get(`${team}/space?archived=false`)];
  },
  GetSpace: async (send) => [
    get(
      `/v2/space/${await made(send, post(`${team}/space`, { name: "Plain", multiple_assignees: true, features: {} }))}`,
    ),
  ],
  CreateSpace: () => [
    post(`${team}/space`, {
      name: "Four features",
      multiple_assignees: true,
      features: {
        due_dates: { enabled: true, start_date: true },
        time_tracking: { enabled: true },
        tags: { enabled: true },
        priorities: { enabled: true },
      },
    }),
  ],
  UpdateSpace: async (send) => [
    put(
      `/v2/space/${await made(send, post(`${team}/space`, { name: "Plain", multiple_assignees: true, features: {} }))}`,
      {
        name: "Renamed",
      },
    ),
  ],
  DeleteSpace: async (send) => [
    remove(
      `/v2/space/${await made(send, post(`${team}/space`, { name: "Going", multiple_assignees: true, features: {} }))}`,
    ),
  ],
  GetFolders: async (send) => {
    await send(
      post(`/v2/folder/${folders.platform}/list`, { name: "With a date", due_date: 1_790_000_000_000 }),
    );
    return [
      get(`/v2/space/${spaces.product}/folder?archived=false`),
      get(`/v2/space/${spaces.side}/folder?archived=false`),
    ];
  },
  "GetFolder.deleted": async (send) => [get(`/v2/folder/${(await deletedFolder(send)).folder}`)],
  CreateFolder: () => [post(`/v2/space/${spaces.product}/folder`, { name: "New" })],
  UpdateFolder: async (send) => [
    put(`/v2/folder/${folders.platform}`, { name: "Renamed" }),
    put(`/v2/folder/${await made(send, post(`/v2/space/${spaces.product}/folder`, { name: "Plain" }))}`, {
      name: "Other",
    }),
  ],
  DeleteFolder: async (send) => [
    remove(`/v2/folder/${await made(send, post(`/v2/space/${spaces.product}/folder`, { name: "Going" }))}`),
  ],
  "CreateFolder.docs-subfolder": () => [
    post(`/v2/space/${spaces.product}/folder`, { name: "New", parent_folder_id: folders.platform }),
  ],
  CreateFolderFromTemplate: () => [
    post(`/v2/space/${spaces.product}/folder_template/t-7162342`, {
      name: "From a template",
      options: { return_immediately: false },
    }),
  ],
  GetFolderlessLists: () => [
    get(`/v2/space/${spaces.product}/list`),
    get(`/v2/space/${spaces.operations}/list?archived=false`),
  ],
  GetLists: () => [get(`/v2/folder/${folders.sprints}/list?archived=false`)],
  GetList: () => [get(`/v2/list/${lists.sprint21}`), get(`/v2/list/${lists.backlog}`)],
  "GetList.unknown-id-401": () => [get("/v2/list/901299999999")],
  "UpdateList.unknown-id-401": () => [put("/v2/list/901299999999", { name: "Other" })],
  "DeleteList.unknown-id-401": () => [remove("/v2/list/901299999999")],
  "UpdateList.rename-deleted": async (send) => [
    put(`/v2/list/${(await deletedFolder(send)).list}`, { name: "Renamed" }),
  ],
  "CreateList.in-a-deleted-folder": async (send) => [
    post(`/v2/folder/${(await deletedFolder(send)).folder}/list`, { name: "Late" }),
  ],
  UpdateList: async (send) => [
    put(`/v2/list/${await made(send, post(`/v2/folder/${folders.sprints}/list`, { name: "Plain" }))}`, {
      name: "Other",
    }),
  ],
  DeleteList: async (send) => [
    remove(`/v2/list/${await made(send, post(`/v2/folder/${folders.sprints}/list`, { name: "Going" }))}`),
  ],
  "GetTasks.deleted-list-empty": async (send) => [get(`/v2/list/${(await deletedFolder(send)).list}/task`)],

  GetTasks: async (send) => {
    await send(post(`/v2/list/${lists.empty}/task`, { name: "Plain" }));
    return [
      get(`/v2/list/${lists.empty}/task?page=0&subtasks=true&include_closed=true`),
      get(`/v2/list/${lists.sprint21}/task?page=0&subtasks=true&include_closed=true`),
      get(`/v2/list/${lists.onboarding}/task?page=0&subtasks=true&include_closed=true`),
    ];
  },
  GetFilteredTeamTasks: () => [
    get(`${team}/task?subtasks=true&include_closed=true`),
    get(`${team}/task?page=1&subtasks=true&include_closed=true`),
  ],
  GetTask: (_send, { state }) => {
    const baseline = state.data.fields[fields.date];
    const menu = state.data.fields[fields.dropDown];
    if (baseline === undefined || menu === undefined) throw new Error("the seed lacks fields");
    // What the feature Baselines adds to a Space.
    state.data.fields["baseline"] = {
      ...baseline,
      id: "baseline",
      name: "BASELINE_start_date",
      type: "multi_key",
      type_config: { feature: "baselines", subfield_type: "date", subfield_type_id: 4 },
    };
    menu.type_config["sorting"] = "name_asc";
    const task = Object.values(state.data.tasks).find(
      (one) => one.list_id === lists.onboarding && one.due_date === null,
    );
    return [get(`/v2/task/${tasks.export}`), get(`/v2/task/${tasks.docs}`), get(`/v2/task/${task?.id}`)];
  },
  CreateTask: () => [post(`/v2/list/${lists.onboarding}/task`, { name: "Named only" })],
  UpdateTask: async (send) => [
    put(`/v2/task/${await made(send, post(`/v2/list/${lists.onboarding}/task`, { name: "Plain" }))}`, {
      name: "Other",
    }),
    put(`/v2/task/${tasks.docs}`, { name: "Other" }),
  ],
  DeleteTask: () => [remove(`/v2/task/${tasks.docs}`)],
  AddTaskLink: () => [post(`/v2/task/${tasks.injection}/link/${tasks.odd}`)],
  DeleteTaskLink: async (send) => {
    await send(post(`/v2/task/${tasks.injection}/link/${tasks.odd}`));
    await send(post(`/v2/task/${tasks.injection}/link/${tasks.docs}`));
    return [remove(`/v2/task/${tasks.injection}/link/${tasks.odd}`)];
  },
  GetTasksTimeinStatus: () => [get(`/v2/task/${tasks.export}/time_in_status`)],
  "GetTasksTimeinStatus.clickapp-off": (_send, sandbox) => {
    sandbox.state.workspace(workspaces.northwind).time_in_status = false;
    return [get(`/v2/task/${tasks.export}/time_in_status`)];
  },
  GetBulkTasksTimeinStatus: () => [
    get(`/v2/task/bulk_time_in_status/task_ids?task_ids=${tasks.export}&task_ids=${tasks.docs}`),
  ],
  GetTaskTemplates: () => [get(`${team}/taskTemplate?page=0`)],
  GetListTemplates: () => [get(`${team}/list_template`)],
  GetFolderTemplates: () => [get(`${team}/folder_template`)],
  CreateTaskAttachment: () => [],

  GetTaskComments: async (send, sandbox) => {
    await comment(send);
    const { data } = sandbox.state;
    const last = Object.values(data.comments).at(-1);
    last?.reactions.push(
      { reaction: "1F44D", date: 1_786_745_000_000, user: users.alice },
      { reaction: "1F44D", date: 1_786_745_000_000, user: await guest(send, sandbox) },
    );
    last?.blocks.push(
      {
        type: "image",
        text: "image.png",
        image: {
          id: "i.png",
          name: "image.png",
          title: "image.png",
          type: "png",
          extension: "image/png",
          thumbnail_large: "https://t1.p.clickup-attachments.com/i_large.png",
          thumbnail_medium: "https://t1.p.clickup-attachments.com/i_medium.png",
          thumbnail_small: "https://t1.p.clickup-attachments.com/i_small.png",
          url: "https://t1.p.clickup-attachments.com/i.png",
          uploaded: true,
          width: 2334,
          height: 1960,
        },
        attributes: {
          width: "300",
          "data-id": "i.png",
          "data-attachment": "{}",
          "data-natural-width": "2334",
          "data-natural-height": "1960",
        },
      },
      { text: "\n", attributes: { "block-id": "block-X5Up7rZl1o" } },
    );
    await guestComment(send, sandbox);
    return [get(`/v2/task/${tasks.docs}/comment`), get(`/v2/task/${tasks.export}/comment`)];
  },
  GetListComments: async (send) => {
    await send(post(`/v2/list/${lists.sprint21}/comment`, { comment_text: "Text" }));
    return [get(`/v2/list/${lists.sprint21}/comment`)];
  },
  CreateTaskComment: () => [post(`/v2/task/${tasks.docs}/comment`, { comment_text: "Text" })],
  CreateListComment: () => [post(`/v2/list/${lists.sprint21}/comment`, { comment_text: "Text" })],
  CreateThreadedComment: async (send) => [
    post(`/v2/comment/${await comment(send)}/reply`, { comment_text: "Text" }),
  ],
  GetThreadedComments: async (send) => {
    const id = await comment(send);
    await send(post(`/v2/comment/${id}/reply`, { comment_text: "Text" }));
    return [get(`/v2/comment/${id}/reply`)];
  },
  UpdateComment: async (send) => [put(`/v2/comment/${await comment(send)}`, { comment_text: "Other" })],
  DeleteComment: async (send) => [remove(`/v2/comment/${await comment(send)}`)],
  GetChatViewComments: async (send) => {
    const view = await chat(send);
    await send(post(`/v2/view/${view}/comment`, { comment_text: "Text" }));
    return [get(`/v2/view/${view}/comment`)];
  },
  CreateChatViewComment: async (send) => [
    post(`/v2/view/${await chat(send)}/comment`, { comment_text: "Text" }),
  ],

  CreateChecklist: () => [post(`/v2/task/${tasks.docs}/checklist`, { name: "Steps" })],
  EditChecklist: async (send) => [put(`/v2/checklist/${await checklist(send)}`, { name: "Other" })],
  CreateChecklistItem: async (send) => [
    post(`/v2/checklist/${await checklist(send)}/checklist_item`, { name: "First" }),
    post(`/v2/checklist/${await checklist(send)}/checklist_item`, { name: "Second", assignee: users.carol }),
  ],
  EditChecklistItem: async (send, sandbox) => {
    const id = await checklist(send);
    await send(post(`/v2/checklist/${id}/checklist_item`, { name: "First", assignee: users.carol }));
    const item = sandbox.state.task(tasks.docs).checklists.at(-1)?.items[0]?.id ?? "";
    return [put(`/v2/checklist/${id}/checklist_item/${item}`, { resolved: true })];
  },

  GetSpaceTags: () => [get(`/v2/space/${spaces.product}/tag`)],
  EditSpaceTag: () => [
    put(`/v2/space/${spaces.product}/tag/bug`, { tag: { name: "bugs", fg_color: "#000", bg_color: "#fff" } }),
  ],

  Createatimeentry: () => [
    post(`${team}/time_entries`, {
      description: "Entry",
      start: 1_747_666_800_000,
      duration: 3_600_000,
      tid: tasks.export,
      billable: false,
    }),
  ],
  Getsingulartimeentry: async (send) => [
    get(
      `${team}/time_entries/${await made(send, post(`${team}/time_entries`, { start: 1_747_666_800_000, stop: 1_747_666_900_000, duration: 1_000 }))}`,
    ),
  ],
  Gettimeentrieswithinadaterange: () => [
    get(`${team}/time_entries?start_date=1000000000000&end_date=1000000001000`),
  ],
  UpdateatimeEntry: () => [put(`${team}/time_entries/${timeEntries.tracked}`, { description: "Other" })],
  DeleteatimeEntry: () => [remove(`${team}/time_entries/${timeEntries.tracked}`)],
  StartatimeEntry: () => [post(`${team}/time_entries/start`, { tid: tasks.export, description: "running" })],
  StopatimeEntry: async (send) => {
    await send(post(`${team}/time_entries/start`, { tid: tasks.export }));
    return [post(`${team}/time_entries/stop`)];
  },
  Getrunningtimeentry: async (send) => {
    await send(post(`${team}/time_entries/start`, { tid: tasks.export }));
    return [get(`${team}/time_entries/current`)];
  },
  Getalltagsfromtimeentries: async (send) => {
    await send(
      put(`${team}/time_entries/${timeEntries.tracked}`, { tags: [{ name: "deep" }], tag_action: "add" }),
    );
    return [get(`${team}/time_entries/tags`)];
  },
  Gettrackedtime: () => [get(`/v2/task/${tasks.export}/time`)],
  Tracktime: () => [
    post(`/v2/task/${tasks.export}/time`, {
      start: 1_747_666_800_000,
      end: 1_747_666_900_000,
      time: 100_000,
    }),
  ],

  GetGoals: async (send) => {
    await goal(send);
    return [get(`${team}/goal`)];
  },
  GetGoal: async (send) => {
    const id = await goal(send);
    await send(put(`/v2/goal/${id}`, { name: "Other" }));
    return [get(`/v2/goal/${id}`)];
  },
  CreateGoal: () => [post(`${team}/goal`, { name: "Goal" })],
  UpdateGoal: async (send) => [put(`/v2/goal/${await goal(send)}`, { name: "Other", description: "Text" })],
  DeleteGoal: async (send) => [remove(`/v2/goal/${await goal(send)}`)],
  CreateKeyResult: async (send) => [
    post(`/v2/goal/${await goal(send)}/key_result`, {
      name: "Key",
      owners: [users.alice],
      type: "number",
      steps_start: 0,
      steps_end: 10,
      unit: "km",
    }),
  ],
  EditKeyResult: async (send) => {
    const id = await made(
      send,
      post(`/v2/goal/${await goal(send)}/key_result`, {
        name: "Key",
        type: "number",
        steps_start: 0,
        steps_end: 10,
      }),
    );
    return [put(`/v2/key_result/${id}`, { steps_current: 5, note: "Half" })];
  },

  CreateListView: () => [post(`/v2/list/${lists.sprint21}/view`, VIEW)],
  GetListViews: async (send) => {
    await send(post(`/v2/list/${lists.sprint21}/view`, VIEW));
    return [get(`/v2/list/${lists.sprint21}/view`)];
  },
  GetTeamViews: async (send) => {
    await send(post(`${team}/view`, VIEW));
    return [get(`${team}/view`)];
  },
  GetView: async (send) => [get(`/v2/view/${await made(send, post(`${team}/view`, VIEW))}`)],
  UpdateView: async (send) => [
    put(`/v2/view/${await made(send, post(`${team}/view`, VIEW))}`, {
      name: "Other",
      filters: { op: "AND", fields: [{ field: `cf_${fields.number}`, op: "EQ", idx: 0, values: ["1"] }] },
    }),
  ],
  GetViewTasks: async (send) => [
    get(`/v2/view/${await made(send, post(`/v2/list/${lists.sprint21}/view`, VIEW))}/task?page=0`),
  ],

  CreateWebhook: () => [
    post(`${team}/webhook`, { endpoint: "https://example.com/hook", events: ["taskCreated"] }),
  ],
  GetWebhooks: async (send) => {
    await send(post(`${team}/webhook`, { endpoint: "https://example.com/hook", events: ["taskCreated"] }));
    return [get(`${team}/webhook`)];
  },
  UpdateWebhook: async (send) => [
    put(
      `/v2/webhook/${await made(send, post(`${team}/webhook`, { endpoint: "https://example.com/hook", events: ["taskCreated"] }))}`,
      { endpoint: "https://example.com/hook", events: ["taskCreated"], status: "active" },
    ),
  ],
};
