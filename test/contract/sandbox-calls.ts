import { issueCode, optionUuid, SANDBOX, type ClickUpSandbox } from "../sandbox/clickup/index.ts";
import type { DrivenCall } from "./driven-call.ts";
import { moreSandboxCalls } from "./sandbox-calls-more.ts";

const { tasks, lists, spaces, folders, workspaces, users, fields, docs, pages, timeEntries, groups } =
  SANDBOX;

function file(name: string): FormData {
  const form = new FormData();
  form.set("attachment", new File(["hello"], name, { type: "text/plain" }));
  return form;
}

/** The newest record of a kind, for calls that need the id of what an earlier call made. */
function last<T>(records: Record<string, T>): T {
  const record = Object.values(records).at(-1);
  if (record === undefined) throw new Error("nothing was made yet");
  return record;
}

const allFeatures = {
  due_dates: { enabled: true, start_date: true, remap_due_dates: false, remap_closed_due_date: false },
  time_tracking: { enabled: true },
};

/** One call (or more) of every operation the sandbox has, in an order in which each succeeds. */
export function sandboxCalls(sandbox: ClickUpSandbox): (DrivenCall | (() => DrivenCall))[] {
  const { data } = sandbox.state;
  const now_ms = Date.now();
  const team = `/v2/team/${workspaces.northwind}`;
  const task = `/v2/task/${tasks.export}`;
  const v3 = `/v3/workspaces/${workspaces.northwind}`;
  const get = (path: string): DrivenCall => ({ method: "GET", path });
  const post = (path: string, body?: unknown): DrivenCall => ({ method: "POST", path, body });
  const put = (path: string, body?: unknown): DrivenCall => ({ method: "PUT", path, body });
  const remove = (path: string): DrivenCall => ({ method: "DELETE", path });
  return [
    // Sign-in and people
    () =>
      post("/v2/oauth/token", {
        client_id: SANDBOX.clientId,
        client_secret: SANDBOX.clientSecret,
        code: issueCode(sandbox.state, {
          user: users.alice,
          workspaces: [workspaces.northwind],
          redirect_uri: "https://app.test/cb",
          now_ms,
        }),
      }),
    get("/v2/user"),
    get("/v2/team"),
    get(`${team}/plan`),
    get(`${team}/seats`),
    get(`${team}/custom_item`),
    get(`/v2/group?team_id=${workspaces.northwind}&group_ids[]=${groups.engineers}`),
    get(`/v2/list/${lists.sprint21}/member`),
    get(`${task}/member`),
    // Places
    get(`${team}/space?archived=false`),
    post(`${team}/space`, { name: "New space", multiple_assignees: true, features: allFeatures }),
    get(`/v2/space/${spaces.product}`),
    () => put(`/v2/space/${last(data.spaces).id}`, { name: "Renamed", archived: true }),
    () => remove(`/v2/space/${last(data.spaces).id}`),
    get(`/v2/space/${spaces.product}/folder`),
    post(`/v2/space/${spaces.product}/folder`, { name: "New folder" }),
    get(`/v2/folder/${folders.sprints}`),
    () => put(`/v2/folder/${last(data.folders).id}`, { name: "Renamed folder" }),
    () => remove(`/v2/folder/${last(data.folders).id}`),
    get(`/v2/folder/${folders.sprints}/list?archived=false`),
    get(`/v2/space/${spaces.product}/list`),
    post(`/v2/folder/${folders.sprints}/list`, {
      name: "Sprint 23",
      content: "next",
      due_date: now_ms,
      priority: 2,
    }),
    () => remove(`/v2/list/${last(data.lists).id}`),
    post(`/v2/space/${spaces.marketing}/list`, { name: "Ideas", assignee: users.carol, status: "red" }),
    get(`/v2/list/${lists.launch}`),
    put(`/v2/list/${lists.empty}`, { name: "Still nothing", due_date: null }),
    () => {
      sandbox.state.workspace(workspaces.northwind).multiple_lists = true;
      return post(`/v2/list/${lists.sprint22}/task/${tasks.docs}`);
    },
    remove(`/v2/list/${lists.sprint22}/task/${tasks.docs}`),
    // Tasks
    get(
      `/v2/list/${lists.sprint21}/task?page=0&subtasks=true&include_closed=true&statuses[]=backlog&statuses[]=closed`,
    ),
    get(`${team}/task?page=0&list_ids[]=${lists.backlog}&include_markdown_description=true&order_by=updated`),
    get(`${task}?include_subtasks=true&include_markdown_description=true`),
    get(`/v2/task/DEV-42?custom_task_ids=true&team_id=${workspaces.northwind}`),
    post(`/v2/list/${lists.sprint21}/task`, {
      name: "Made by the contract test",
      markdown_content: "**bold**",
      assignees: [users.carol],
      tags: ["bug"],
      status: "in progress",
      priority: 2,
      due_date: now_ms,
      time_estimate: 3_600_000,
      custom_fields: [{ id: fields.number, value: 3 }],
    }),
    () =>
      put(`/v2/task/${last(data.tasks).id}`, {
        name: "Renamed",
        assignees: { add: [users.dan], rem: [users.carol] },
        status: "closed",
      }),
    () => remove(`/v2/task/${last(data.tasks).id}`),
    put(`${v3}/tasks/${tasks.longId}/home_list/${lists.sprint22}`, { move_custom_fields: true }),
    {
      method: "PATCH",
      path: `${v3}/tasks/${tasks.longId}/time_estimates_by_user`,
      body: [{ assignee: users.dan, time: 60_000 }],
    },
    put(`${v3}/tasks/${tasks.longId}/time_estimates_by_user`, [{ assignee: users.dan, time: 120_000 }]),
    // Relations and tags
    post(`/v2/task/${tasks.injection}/dependency`, { depends_on: tasks.odd }),
    remove(`/v2/task/${tasks.injection}/dependency?depends_on=${tasks.odd}`),
    post(`/v2/task/${tasks.injection}/link/${tasks.odd}`),
    remove(`/v2/task/${tasks.injection}/link/${tasks.odd}`),
    get(`/v2/space/${spaces.product}/tag`),
    post(`/v2/space/${spaces.product}/tag`, { tag: { name: "Contract", tag_fg: "#fff", tag_bg: "#000" } }),
    put(`/v2/space/${spaces.product}/tag/contract`, {
      tag: { name: "contracts", fg_color: "#000", bg_color: "#fff" },
    }),
    remove(`/v2/space/${spaces.product}/tag/contracts`),
    post(`${task}/tag/${encodeURIComponent("c++ / rust")}`),
    remove(`${task}/tag/${encodeURIComponent("c++ / rust")}`),
    // Custom fields
    get(`/v2/list/${lists.sprint21}/field`),
    get(`/v2/folder/${folders.sprints}/field`),
    get(`/v2/space/${spaces.product}/field`),
    get(`${team}/field`),
    ...fieldWrites().map(([field, value]) => post(`${task}/field/${field}`, { value })),
    remove(`${task}/field/${fields.text}`),
    // Comments and checklists
    get(`${task}/comment`),
    post(`${task}/comment`, { comment_text: "Hello", notify_all: false }),
    post(`${task}/comment`, {
      comment: [{ type: "tag", user: { id: users.dan } }, { text: " look" }],
      notify_all: false,
    }),
    () =>
      put(`/v2/comment/${last(data.comments).id}`, {
        comment_text: "Changed",
        assignee: users.dan,
        resolved: true,
      }),
    () => post(`/v2/comment/${last(data.comments).id}/reply`, { comment_text: "Answer", notify_all: false }),
    () => get(`/v2/comment/${last(data.comments).parent.id}/reply`),
    () => remove(`/v2/comment/${last(data.comments).id}`),
    get(`/v2/list/${lists.sprint21}/comment`),
    post(`/v2/list/${lists.sprint21}/comment`, {
      comment_text: "For the list",
      assignee: users.dan,
      notify_all: false,
    }),
    post(`${task}/checklist`, { name: "Steps" }),
    ...checklistCalls(sandbox),
    // Attachments
    { method: "POST", path: `${task}/attachment`, form: file("notes.txt") },
    { method: "POST", path: `${v3}/attachments/${tasks.export}/attachments`, form: file("more.txt") },
    get(`${v3}/attachments/${tasks.export}/attachments?limit=1`),
    // Time
    get(
      `${team}/time_entries?include_location_names=true&include_task_tags=true&assignee=${users.carol},${users.alice}`,
    ),
    post(`${team}/time_entries`, {
      start: now_ms - 60_000,
      duration: 60_000,
      tid: tasks.export,
      description: "x",
      billable: true,
    }),
    get(`${team}/time_entries/${timeEntries.tracked}`),
    put(`${team}/time_entries/${timeEntries.tracked}`, {
      description: "Changed",
      tags: [{ name: "deep work" }],
      tag_action: "add",
    }),
    get(`${team}/time_entries/tags`),
    post(`${team}/time_entries/start`, { tid: tasks.export, description: "running" }),
    get(`${team}/time_entries/current`),
    post(`${team}/time_entries/stop`),
    remove(`${team}/time_entries/${timeEntries.tracked}`),
    // Docs
    get(`${v3}/docs?limit=10`),
    post(`${v3}/docs`, {
      name: "New doc",
      parent: { id: spaces.product, type: 4 },
      visibility: "PRIVATE",
      create_page: true,
    }),
    get(`${v3}/docs/${docs.handbook}`),
    get(`${v3}/docs/${docs.handbook}/page_listing?max_page_depth=-1`),
    get(`${v3}/docs/${docs.handbook}/pages?content_format=text/md`),
    post(`${v3}/docs/${docs.handbook}/pages`, {
      name: "New page",
      content: "# x",
      parent_page_id: pages.welcome,
      content_format: "text/md",
    }),
    get(`${v3}/docs/${docs.handbook}/pages/${pages.deploy}?content_format=text/plain`),
    put(`${v3}/docs/${docs.handbook}/pages/${pages.deploy}`, {
      content: "more",
      content_edit_mode: "append",
      content_format: "text/md",
    }),
    ...moreSandboxCalls(sandbox, now_ms),
  ];
}

/** A value for every field type that can be written. */
function fieldWrites(): [string, unknown][] {
  return [
    [fields.text, "long"],
    [fields.shortText, "short"],
    [fields.dropDown, optionUuid(fields.dropDown, 1)],
    [fields.labels, [optionUuid(fields.labels, 0)]],
    [fields.date, 1_790_000_000_000],
    [fields.number, -28.5],
    [fields.currency, 100],
    [fields.checkbox, false],
    [fields.email, "a@b.test"],
    [fields.phone, "+1 123 456 7890"],
    [fields.url, "https://example.test/"],
    [fields.users, { add: [users.dan], rem: [users.eve] }],
    [fields.tasks, { add: [tasks.schema], rem: [] }],
    [fields.emoji, 5],
    [fields.manualProgress, { current: 25 }],
    [fields.location, { location: { lat: 1, lng: 2 }, formatted_address: "x" }],
    [fields.button, true],
  ];
}

function checklistCalls(sandbox: ClickUpSandbox): (() => DrivenCall)[] {
  const made = () => {
    const checklist = sandbox.state.task(tasks.export).checklists.at(-1);
    if (checklist === undefined) throw new Error("no checklist was made");
    return checklist;
  };
  const item = () => `/v2/checklist/${made().id}/checklist_item/${made().items.at(-1)?.id}`;
  return [
    () => ({ method: "PUT", path: `/v2/checklist/${made().id}`, body: { name: "Renamed" } }),
    () => ({
      method: "POST",
      path: `/v2/checklist/${made().id}/checklist_item`,
      body: { name: "First", assignee: users.dan },
    }),
    () => ({ method: "PUT", path: item(), body: { resolved: true } }),
    () => ({ method: "DELETE", path: item() }),
    () => ({ method: "DELETE", path: `/v2/checklist/${made().id}` }),
  ];
}
