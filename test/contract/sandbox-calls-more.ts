/** Calls of the operations that the tools do not use: views, goals, webhooks, chat, accounts, templates. */
import { SANDBOX, type ClickUpSandbox } from "../sandbox/clickup/index.ts";
import type { DrivenCall } from "./driven-call.ts";

const { tasks, lists, spaces, folders, workspaces, users, groups } = SANDBOX;
const team = `/v2/team/${workspaces.northwind}`;
const v3 = `/v3/workspaces/${workspaces.northwind}`;

function last<T>(records: Record<string, T>): T {
  const record = Object.values(records).at(-1);
  if (record === undefined) throw new Error("nothing was made yet");
  return record;
}

type Calls = (DrivenCall | (() => DrivenCall))[];
const get = (path: string): DrivenCall => ({ method: "GET", path });
const post = (path: string, body?: unknown): DrivenCall => ({ method: "POST", path, body });
const put = (path: string, body?: unknown): DrivenCall => ({ method: "PUT", path, body });
const patch = (path: string, body?: unknown): DrivenCall => ({ method: "PATCH", path, body });
const remove = (path: string, body?: unknown): DrivenCall => ({ method: "DELETE", path, body });

const VIEW = {
  name: "View",
  type: "list",
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

function viewCalls({ state: { data } }: ClickUpSandbox): Calls {
  const at = [
    { path: team, parent: { id: workspaces.northwind, type: 7 } },
    { path: `/v2/space/${spaces.product}`, parent: { id: spaces.product, type: 4 } },
    { path: `/v2/folder/${folders.sprints}`, parent: { id: folders.sprints, type: 5 } },
    { path: `/v2/list/${lists.sprint21}`, parent: { id: lists.sprint21, type: 6 } },
  ];
  const view = () => last(data.views).id;
  return [
    ...at.flatMap(({ path }) => [post(`${path}/view`, VIEW), get(`${path}/view`)]),
    () => get(`/v2/view/${view()}`),
    () => get(`/v2/view/${view()}/task?page=0`),
    () => put(`/v2/view/${view()}`, { ...VIEW, name: "Renamed", parent: { id: lists.sprint21, type: 6 } }),
    () => remove(`/v2/view/${view()}`),
    post(`${team}/view`, { ...VIEW, type: "conversation" }),
    () => post(`/v2/view/${view()}/comment`, { comment_text: "In the chat", notify_all: false }),
    () => get(`/v2/view/${view()}/comment`),
  ];
}

function goalCalls({ state: { data } }: ClickUpSandbox, now_ms: number): Calls {
  const goal = () => last(data.goals);
  const key = () => goal().key_results.at(-1)?.id ?? "";
  return [
    post(`${team}/goal`, {
      name: "Goal",
      due_date: now_ms,
      description: "Why",
      multiple_owners: true,
      owners: [users.alice],
      color: "#32a852",
    }),
    get(`${team}/goal?include_completed=true`),
    () => get(`/v2/goal/${goal().id}`),
    () =>
      put(`/v2/goal/${goal().id}`, {
        name: "Renamed",
        due_date: now_ms,
        description: "Why",
        rem_owners: [],
        add_owners: [users.carol],
        color: "#32a852",
      }),
    () =>
      post(`/v2/goal/${goal().id}/key_result`, {
        name: "Key",
        owners: [users.alice],
        type: "number",
        steps_start: 0,
        steps_end: 10,
        unit: "km",
        task_ids: [],
        list_ids: [],
      }),
    () => put(`/v2/key_result/${key()}`, { steps_current: 5, note: "Half" }),
    () => remove(`/v2/key_result/${key()}`),
    () => remove(`/v2/goal/${goal().id}`),
  ];
}

function accountCalls(sandbox: ClickUpSandbox): Calls {
  const { state } = sandbox;
  const id = (email: string) => state.userByEmail(email)?.id ?? 0;
  const rights = {
    can_edit_tags: true,
    can_see_time_spent: true,
    can_see_time_estimated: true,
    can_create_views: true,
    can_see_points_estimated: true,
    custom_role_id: 4_570_636,
  };
  const guest = () => id("guest@example.com");
  const member = () => id("member@example.com");
  const shared = [`/v2/task/${tasks.export}`, `/v2/list/${lists.sprint21}`, `/v2/folder/${folders.platform}`];
  return [
    () => {
      state.workspace(workspaces.northwind).plan = { plan_id: 4, plan_name: "Enterprise" };
      return post(`${team}/user`, { email: "member@example.com", admin: false, custom_role_id: 4_570_637 });
    },
    () => get(`${team}/user/${member()}?include_shared=true`),
    () => put(`${team}/user/${member()}`, { username: "Mem Ber", admin: true, custom_role_id: 4_570_635 }),
    () => remove(`${team}/user/${member()}`),
    post(`${team}/guest`, { email: "guest@example.com", ...rights }),
    () => get(`${team}/guest/${guest()}`),
    () => put(`${team}/guest/${guest()}`, rights),
    ...shared.flatMap((path) => [
      () => post(`${path}/guest/${guest()}?include_shared=true`, { permission_level: "read" }),
      () => remove(`${path}/guest/${guest()}?include_shared=true`),
    ]),
    () => remove(`${team}/guest/${guest()}`),
    get(`${team}/shared`),
    get(`${team}/customroles?include_members=true`),
    post(`${team}/group`, { name: "Group", handle: "group", members: [users.carol] }),
    () =>
      put(`/v2/group/${last(state.data.groups).id}`, {
        name: "Renamed",
        members: { add: [users.dan], rem: [] },
      }),
    () =>
      last(state.data.groups).id === groups.engineers
        ? get(`/v2/group?team_id=${workspaces.northwind}`)
        : remove(`/v2/group/${last(state.data.groups).id}`),
  ];
}

function webhookCalls({ state: { data } }: ClickUpSandbox): Calls {
  const webhook = () => `/v2/webhook/${last(data.webhooks).id}`;
  return [
    post(`${team}/webhook`, {
      endpoint: "https://example.com/hook",
      events: ["taskCreated"],
      space_id: Number(spaces.product),
    }),
    get(`${team}/webhook`),
    () => put(webhook(), { endpoint: "https://example.com/hook", events: "*", status: "active" }),
    () => remove(webhook()),
  ];
}

function chatCalls({ state: { data } }: ClickUpSandbox): Calls {
  const channel = () => `${v3}/chat/channels/${last(data.channels).id}`;
  const message = () =>
    `${v3}/chat/messages/${Object.values(data.messages).find((one) => one.parent === null)?.id}`;
  return [
    post(`${v3}/chat/channels/location`, {
      location: { id: spaces.marketing, type: "space" },
      visibility: "PUBLIC",
    }),
    post(`${v3}/chat/channels/direct_message`, { user_ids: [String(users.carol)] }),
    post(`${v3}/chat/channels`, { name: "general", topic: "All", user_ids: [], visibility: "PUBLIC" }),
    get(`${v3}/chat/channels?limit=10&include_closed=true`),
    () => get(channel()),
    () => patch(channel(), { topic: "Everything" }),
    () => get(`${channel()}/followers?limit=5`),
    () => get(`${channel()}/members?limit=5`),
    () => post(`${channel()}/messages`, { type: "message", content: "Hello", content_format: "text/md" }),
    () => get(`${channel()}/messages?limit=5`),
    () => patch(message(), { content: "Hello all", resolved: true }),
    () => post(`${message()}/reactions`, { reaction: "heart" }),
    () => get(`${message()}/reactions`),
    () => remove(`${message()}/reactions/heart`),
    () => post(`${message()}/replies`, { type: "message", content: "Hi" }),
    () => get(`${message()}/replies?limit=5`),
    () => get(`${message()}/tagged_users`),
    () => remove(message()),
    () => remove(channel()),
  ];
}

function timeCalls({ state: { data } }: ClickUpSandbox, now_ms: number): Calls {
  const task = `/v2/task/${tasks.schema}`;
  const entry = () => last(data.time_entries).id;
  const tags = [{ name: "deep", tag_bg: "#000", tag_fg: "#fff" }];
  return [
    post(`${task}/time`, { start: now_ms - 60_000, end: now_ms, time: 60_000 }),
    get(`${task}/time`),
    () => put(`${task}/time/${entry()}`, { start: now_ms - 60_000, end: now_ms, time: 60_000 }),
    () => get(`${team}/time_entries/${entry()}/history`),
    () => post(`${team}/time_entries/tags`, { time_entry_ids: [entry()], tags }),
    put(`${team}/time_entries/tags`, { name: "deep", new_name: "deeper", tag_bg: "#000", tag_fg: "#fff" }),
    () => remove(`${team}/time_entries/tags`, { time_entry_ids: [entry()], tags: [{ name: "deeper" }] }),
    () => remove(`${task}/time/${entry()}`),
    get(`${task}/time_in_status`),
    get(`/v2/task/bulk_time_in_status/task_ids?task_ids=${tasks.schema}&task_ids=${tasks.docs}`),
  ];
}

/** One call of every operation that no tool needs. */
export function moreSandboxCalls(sandbox: ClickUpSandbox, now_ms: number): Calls {
  return [
    put(`/v2/folder/${folders.platform}/position`, { space_id: spaces.product, position: 0 }),
    ...viewCalls(sandbox),
    ...goalCalls(sandbox, now_ms),
    ...webhookCalls(sandbox),
    ...chatCalls(sandbox),
    ...timeCalls(sandbox, now_ms),
    get(`${team}/taskTemplate?page=0`),
    get(`${team}/list_template`),
    get(`${team}/folder_template`),
    post(`/v2/list/${lists.empty}/taskTemplate/t-86c000001`, { name: "From a template" }),
    post(`/v2/folder/${folders.sprints}/list_template/t-15363293`, { name: "From a template" }),
    post(`/v2/space/${spaces.product}/list_template/t-15363293`, { name: "From a template" }),
    post(`/v2/space/${spaces.product}/folder_template/t-7162342`, { name: "From a template" }),
    ...accountCalls(sandbox),
    patch(`${v3}/list/${lists.sprint21}/acls`, { private: false }),
    post(`${v3}/auditlogs`, {
      filter: { workspaceId: workspaces.northwind },
      applicability: "auth-and-security",
    }),
    get(`${v3}/comments/types/post/subtypes`),
    post(`/v2/task/${tasks.odd}/merge`, { source_task_ids: [tasks.injection] }),
  ];
}
