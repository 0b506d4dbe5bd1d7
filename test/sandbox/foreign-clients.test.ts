/**
 * Requests as other programs send them to ClickUp: method, path, query and body of what their users see work. Each is a
 * witness that the sandbox is more than what our own tools need.
 */
import { describe, expect, it } from "vitest";
import { SANDBOX } from "./clickup/index.ts";
import { sandboxWithClient } from "./sandbox-client.ts";

const { workspaces, spaces, folders, lists, tasks, users, fields, docs, pages } = SANDBOX;
const team = `/v2/team/${workspaces.northwind}`;
const v3 = `/v3/workspaces/${workspaces.northwind}`;
const VIEW = { name: "Mine", type: "board" };

/** [what is asked for, the request, its body, what the answer has]. */
type Witness = [string, string, unknown, Record<string, unknown>];

const READS: Witness[] = [
  ["one Workspace", `GET ${team}`, undefined, { team: expect.objectContaining({ name: "Northwind Labs" }) }],
  [
    "all Folders of a Workspace",
    `GET ${team}/folder?archived=false`,
    undefined,
    { folders: expect.any(Array) },
  ],
  ["people of a Space", `GET /v2/space/${spaces.product}/member`, undefined, { members: expect.any(Array) }],
  ["views of a List", `GET /v2/list/${lists.sprint21}/view`, undefined, { views: [] }],
  ["views of everything", `GET ${team}/view`, undefined, { views: [] }],
  [
    "time of a task, the old way",
    `GET /v2/task/${tasks.export}/time`,
    undefined,
    { data: expect.any(Array) },
  ],
  [
    "time in status",
    `GET /v2/task/${tasks.export}/time_in_status`,
    undefined,
    { current_status: expect.any(Object), status_history: expect.any(Array) },
  ],
  [
    "time in status of several, ids repeated",
    `GET /v2/task/bulk_time_in_status/task_ids?task_ids=${tasks.export}&task_ids=${tasks.docs}`,
    undefined,
    { [tasks.export]: expect.any(Object), [tasks.docs]: expect.any(Object) },
  ],
  ["goals", `GET ${team}/goal?include_completed=true`, undefined, { goals: [], folders: [] }],
  ["webhooks", `GET ${team}/webhook`, undefined, { webhooks: [] }],
  [
    "what is shared with me",
    `GET ${team}/shared`,
    undefined,
    { shared: { tasks: [], lists: [], folders: [] } },
  ],
  ["custom roles", `GET ${team}/customroles`, undefined, { custom_roles: expect.any(Array) }],
  ["task templates", `GET ${team}/taskTemplate?page=0`, undefined, { templates: expect.any(Array) }],
  ["chat channels", `GET ${v3}/chat/channels?limit=50`, undefined, { data: [], next_cursor: "" }],
  [
    "a task's subtasks by the wrong name of the parameter",
    `GET /v2/task/${tasks.export}?subtasks=true`,
    undefined,
    { id: tasks.export },
  ],
  [
    "tasks of a List that is their second one",
    `GET ${team}/task?list_ids[]=${lists.sprint22}&include_timl=true&archived=false`,
    undefined,
    { tasks: expect.any(Array) },
  ],
  ["archived tasks alone", `GET ${team}/task?archived=true`, undefined, { tasks: expect.any(Array) }],
];

const WRITES: Witness[] = [
  [
    "a task with markdown_description",
    `POST /v2/list/${lists.empty}/task`,
    { name: "Formatted", markdown_description: "**bold**" },
    { text_content: "bold" },
  ],
  [
    "a changed markdown_description",
    `PUT /v2/task/${tasks.docs}`,
    { markdown_description: "# Big" },
    { text_content: "Big" },
  ],
  [
    "a view by name and type alone",
    `POST /v2/list/${lists.sprint21}/view`,
    VIEW,
    { view: expect.objectContaining(VIEW) },
  ],
  [
    "a goal by name alone",
    `POST ${team}/goal`,
    { name: "Grow" },
    { goal: expect.objectContaining({ name: "Grow" }) },
  ],
  [
    "a webhook for everything",
    `POST ${team}/webhook`,
    { endpoint: "https://example.com/in", events: ["*"] },
    { webhook: expect.objectContaining({ secret: expect.stringMatching(/^[A-Z0-9]{64}$/) }) },
  ],
  [
    "a changed time entry without tags",
    `PUT ${team}/time_entries/${SANDBOX.timeEntries.tracked}`,
    { description: "Changed" },
    { data: [expect.objectContaining({ description: "Changed" })] },
  ],
  [
    "a changed comment without assignee and resolved",
    `POST /v2/task/${tasks.docs}/comment`,
    { comment: [{ text: "Look " }, { type: "tag", user: { id: users.carol } }], notify_all: true },
    { id: expect.any(Number), version: expect.any(Object) },
  ],
  [
    "a Folder from a template",
    `POST /v2/space/${spaces.product}/folder_template/t-7162342`,
    { name: "New client", options: { return_immediately: true } },
    { folder: expect.objectContaining({ name: "New client" }) },
  ],
  [
    "a channel",
    `POST ${v3}/chat/channels`,
    { name: "general" },
    { data: expect.objectContaining({ type: "CHANNEL" }) },
  ],
  [
    "a field by its option's place",
    `POST /v2/task/${tasks.export}/field/${fields.dropDown}`,
    { value: 0 },
    {},
  ],
  ["a user group", `POST ${team}/group`, { name: "Ops", members: [users.carol] }, { handle: "ops" }],
];

describe("other programs' requests", () => {
  it.each([...READS, ...WRITES])("%s", async (_what, line, body, has) => {
    const { send } = sandboxWithClient();
    const answer = await send(line, body === undefined ? {} : { body });
    expect(answer.status).toBeLessThan(300);
    expect(answer.body).toMatchObject(has);
  });

  it.each(["page_listing", "pageListing", "pagelisting"])("the pages of a Doc by %s", async (word) => {
    const { raw } = sandboxWithClient();
    const response = await raw(`GET ${v3}/docs/${docs.handbook}/${word}`);
    expect([response.status, Array.isArray(await response.json())]).toEqual([200, true]);
  });

  it("a page is deleted, and is gone", async () => {
    const { send } = sandboxWithClient();
    const page = `${v3}/docs/${docs.handbook}/pages/${pages.style}`;
    expect((await send(`DELETE ${page}`)).status).toBe(204);
    expect((await send(`GET ${page}`)).status).toBe(404);
  });

  it.each([
    ["filters without brackets", `GET ${team}/task?assignees=1`, undefined, 400, "PUBAPITASK_017"],
    ["a tag without {tag}", `POST /v2/space/${spaces.product}/tag`, { name: "x" }, 400, "TAGS_020"],
    ["a List's colour as hex", `PUT /v2/list/${lists.empty}`, { status: "#ff0000" }, 400, "SUBCAT_104"],
    ["a Space of a name that is taken", `POST ${team}/space`, { name: "Product" }, 400, "PROJ_023"],
    ["a Space without a name", `POST ${team}/space`, { name: "" }, 400, "PROJ_060"],
    ["a List in a Folder nobody knows", `POST /v2/folder/901399999999/list`, { name: "x" }, 401, "OAUTH_057"],
    ["a user on another plan than Enterprise", `GET ${team}/user/${users.carol}`, undefined, 403, "TEAM_110"],
    [
      "a webhook to this machine",
      `POST ${team}/webhook`,
      { endpoint: "http://localhost/x", events: ["*"] },
      400,
      "OAUTH_194",
    ],
    ["a goal by no UUID", "GET /v2/goal/nope", undefined, 500, "22P02"],
    [
      "a template without a name",
      `POST /v2/space/${spaces.product}/list_template/t-15363293`,
      {},
      400,
      "OAUTH_117",
    ],
    ["a form view", `POST /v2/list/${lists.empty}/view`, { name: "x", type: "form" }, 400, "VIEWS_010"],
    ["two places for time", `GET ${team}/time_entries?list_id=1&space_id=2`, undefined, 400, "TIMEENTRY_065"],
  ])("%s is refused", async (_what, line, body, status, code) => {
    const { send } = sandboxWithClient();
    const answer = await send(line, body === undefined ? {} : { body });
    expect([answer.status, answer.body.ECODE]).toEqual([status, code]);
  });

  it.each([
    ["an unknown path", "GET /v2/space/1/status", 404, "404 page not found"],
    ["another method", `PUT /v2/task/${tasks.export}/comment`, 405, "405 method not allowed"],
  ])("%s answers plain text", async (_what, line, status, text) => {
    const { raw } = sandboxWithClient();
    const response = await raw(line);
    expect([response.status, await response.text()]).toEqual([status, text]);
  });

  it("a Folder of the Workspace's listing is in its Space", async () => {
    const { send } = sandboxWithClient();
    const { body } = await send(`GET ${team}/folder?archived=false`);
    const ids = (body.folders as { id: string }[]).map((folder) => folder.id);
    expect(ids).toContain(folders.sprints);
    expect(ids).not.toContain(folders.archived);
  });
});
