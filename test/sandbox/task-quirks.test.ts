import { describe, expect, it } from "vitest";
import { optionUuid, SANDBOX } from "./clickup/index.ts";
import { sandboxWithClient } from "./sandbox-client.ts";

const { lists, tasks, users, workspaces, spaces, folders, fields } = SANDBOX;
type Body = Record<string, never>;

describe("tasks at ClickUp", () => {
  it("turns a flat assignees array on update into watchers, with 200", async () => {
    const { send, sandbox } = sandboxWithClient();
    const answer = await send(`PUT /v2/task/${tasks.docs}`, { body: { assignees: [users.eve] } });
    expect(answer.status).toBe(200);
    expect(sandbox.state.task(tasks.docs).assignees).toEqual([users.frank]);
    expect(sandbox.state.task(tasks.docs).watchers).toContain(users.eve);
  });

  it("adds and removes assignees with {add, rem} and drops unknown people silently", async () => {
    const { send, sandbox } = sandboxWithClient();
    const body = { assignees: { add: [users.dan, users.bob, 5], rem: [users.frank] } };
    expect((await send(`PUT /v2/task/${tasks.docs}`, { body })).status).toBe(200);
    expect(sandbox.state.task(tasks.docs).assignees).toEqual([users.dan]);
    const created = await send(`POST /v2/list/${lists.empty}/task`, {
      body: { name: "x", assignees: [users.bob] },
    });
    expect(created.body.assignees).toEqual([]);
  });

  it("keeps one assignee in a Space without multiple assignees", async () => {
    const { send } = sandboxWithClient();
    const answer = await send(`POST /v2/list/${lists.onboarding}/task`, {
      body: { name: "x", assignees: [users.dan, users.eve] },
    });
    expect((answer.body.assignees as unknown[]).length).toBe(1);
  });

  it("ignores list_id, tags, custom_fields and parent null on update", async () => {
    const { send, sandbox } = sandboxWithClient();
    const child = sandbox.state.subtasksOf(tasks.export)[0];
    const body = {
      list_id: lists.backlog,
      tags: ["x"],
      custom_fields: [{ id: fields.text, value: "x" }],
      parent: null,
    };
    expect((await send(`PUT /v2/task/${child?.id}`, { body })).status).toBe(200);
    expect(sandbox.state.task(child?.id ?? "")).toMatchObject({
      list_id: lists.sprint21,
      tags: [],
      fields: {},
      parent: tasks.export,
    });
  });

  it("answers dates as strings, estimates as numbers, and time_spent only where there is some", async () => {
    const { send, clock, sandbox } = sandboxWithClient();
    const task = (await send(`GET /v2/task/${tasks.export}`)).body;
    expect(task.due_date).toBe(String(clock.now_ms + 4 * 86_400_000));
    expect(task.time_estimate).toBe(57_600_000);
    expect(task.time_spent).toBeGreaterThan(0);
    expect((await send(`GET /v2/task/${tasks.longId}`)).body).toHaveProperty("time_spent", 0);
    const list = `GET /v2/list/${sandbox.state.task(tasks.longId).list_id}/task?subtasks=true`;
    const shown = (await send(list)).body.tasks as { id: string }[];
    expect(shown.find((one) => one.id === tasks.longId)).not.toHaveProperty("time_spent");
  });

  it("prefers markdown_content, shows markdown only when asked, and clears it with a space", async () => {
    const { send } = sandboxWithClient();
    const path = `/v2/task/${tasks.docs}`;
    await send(`PUT ${path}`, { body: { description: "plain", markdown_content: "# Big **bold**" } });
    const shown = (await send(`GET ${path}?include_markdown_description=true`)).body;
    expect(shown).toMatchObject({ markdown_description: "# Big **bold**", text_content: "Big bold" });
    expect((await send(`GET ${path}`)).body).not.toHaveProperty("markdown_description");
    await send(`PUT ${path}`, { body: { description: "" } });
    expect((await send(`GET ${path}`)).body.description).toBe("Big bold");
    await send(`PUT ${path}`, { body: { description: " " } });
    expect((await send(`GET ${path}`)).body.description).toBe("");
  });

  it("matches statuses without regard to case and keeps closing dates", async () => {
    const { send, clock } = sandboxWithClient();
    const path = `/v2/task/${tasks.docs}`;
    const shipped = (await send(`PUT ${path}`, { body: { status: "SHIPPED" } })).body;
    expect(shipped).toMatchObject({
      status: { status: "shipped", type: "done" },
      date_done: String(clock.now_ms),
      date_closed: null,
    });
    clock.now_ms += 1_000;
    const closed = (await send(`PUT ${path}`, { body: { status: "Closed" } })).body;
    expect(closed).toMatchObject({
      date_closed: String(clock.now_ms),
      date_done: String(clock.now_ms - 1_000),
    });
    const open = (await send(`PUT ${path}`, { body: { status: "backlog" } })).body;
    expect(open).toMatchObject({ date_closed: null, date_done: null });
  });

  it("uses the list's own statuses over the Space's", async () => {
    const { send } = sandboxWithClient();
    expect(
      (await send(`POST /v2/list/${lists.api}/task`, { body: { name: "x", status: "backlog" } })).body.ECODE,
    ).toBe("CRTSK_001");
    expect((await send(`POST /v2/list/${lists.api}/task`, { body: { name: "x" } })).body).toMatchObject({
      status: { status: "triage" },
    });
    const list = (await send(`GET /v2/list/${lists.api}`)).body;
    expect(list.override_statuses).toBe(true);
  });

  it("finds custom ids with custom_task_ids and team_id, whatever their case, and gives new ones", async () => {
    const { send } = sandboxWithClient();
    const query = `custom_task_ids=true&team_id=${workspaces.northwind}`;
    expect((await send(`GET /v2/task/dev-42?${query}`)).body.id).toBe(tasks.export);
    expect((await send("GET /v2/task/DEV-42?custom_task_ids=true")).status).toBe(400);
    expect(
      (await send(`GET /v2/task/DEV-42?custom_task_ids=true&team_id=${workspaces.bobcorp}`)).body.ECODE,
    ).toBe("OAUTH_023");
    const created = (await send(`POST /v2/list/${lists.backlog}/task`, { body: { name: "x" } })).body;
    expect(created.custom_id).toMatch(/^DEV-\d+$/);
    const elsewhere = (await send(`POST /v2/list/${lists.empty}/task`, { body: { name: "x" } })).body;
    expect(elsewhere.custom_id).toBeNull();
  });

  it("ignores unknown query parameters and filters without brackets", async () => {
    const { send } = sandboxWithClient();
    const all = (await send(`GET /v2/list/${lists.sprint21}/task`)).body.tasks as Body[];
    const ignored = (await send(`GET /v2/list/${lists.sprint21}/task?query=x&statuses=backlog`)).body
      .tasks as Body[];
    expect(ignored).toHaveLength(all.length);
    const filtered = (await send(`GET /v2/list/${lists.sprint21}/task?statuses[]=Backlog`)).body.tasks as {
      status: { status: string };
    }[];
    expect(filtered.length).toBeLessThan(all.length);
    expect(new Set(filtered.map((task) => task.status.status))).toEqual(new Set(["backlog"]));
    const nobody = await send(`GET /v2/list/${lists.sprint21}/task?assignees[]=424242`);
    expect(nobody.status).toBe(200);
    expect(nobody.body.tasks).toEqual([]);
  });

  it("filters by dates, tags, custom fields and parents", async () => {
    const { send, clock } = sandboxWithClient();
    const team = `/v2/team/${workspaces.northwind}/task`;
    const names = async (query: string) =>
      ((await send(`GET ${team}?${query}`)).body.tasks as { name: string }[]).map((task) => task.name);
    expect(
      await names(
        `tags[]=${encodeURIComponent("c++ / rust")}&due_date_gt=${clock.now_ms}&tags[]=feature&list_ids[]=${lists.sprint21}`,
      ),
    ).toContain("Ship the export endpoint");
    const field = encodeURIComponent(JSON.stringify([{ field_id: fields.number, operator: ">", value: 41 }]));
    expect(await names(`custom_fields=${field}`)).toEqual(["Ship the export endpoint"]);
    const text = async (operator: string, value: string) =>
      await names(
        `custom_fields=${encodeURIComponent(JSON.stringify([{ field_id: fields.text, operator, value }]))}`,
      );
    expect(await text("=", "does NOT")).toEqual(["Ship the export endpoint"]);
    expect(await text("==", "does not")).toEqual([]);
    expect(await text("==", "Streams, does not buffer.")).toEqual(["Ship the export endpoint"]);
    expect(await text("!=", "buffer")).not.toContain("Ship the export endpoint");
    expect(await text("!==", "buffer")).toContain("Ship the export endpoint");
    expect((await names(`parent=${tasks.export}&include_closed=true`)).sort()).toEqual([
      "Design the schema",
      "Load test",
      "Write the streaming code",
    ]);
    expect((await names(`space_ids[]=${spaces.marketing}`)).length).toBeGreaterThan(20);
    expect((await names(`project_ids[]=${folders.vendors}`)).length).toBeGreaterThan(5);
  });

  it("does nothing when a second list is not allowed, and adds it where it is", async () => {
    const { send, sandbox } = sandboxWithClient();
    const add = `POST /v2/list/${lists.sprint22}/task/${tasks.docs}`;
    expect(await send(add)).toMatchObject({ status: 400, body: { ECODE: "OV_016" } });
    // What another saw.
    sandbox.state.workspace(SANDBOX.workspaces.northwind).multiple_lists_off = "ignored";
    expect(await send(add)).toMatchObject({ status: 200, body: {} });
    expect(sandbox.state.task(tasks.docs).extra_lists).toEqual([]);
    const other = await send(`POST /v2/space/${spaces.side}/list`, { body: { name: "Other" } });
    await send(`POST /v2/list/${String(other.body.id)}/task/${tasks.garden}`);
    const shown = async (query: string) =>
      ((await send(`GET /v2/list/${String(other.body.id)}/task${query}`)).body.tasks as Body[]).length;
    expect(await shown("")).toBe(0);
    expect(await shown("?include_timl=true")).toBe(1);
  });

  it("makes missing tags, lower-case, and takes any name in the URL", async () => {
    const { send, sandbox } = sandboxWithClient();
    expect((await send(`POST /v2/task/${tasks.docs}/tag/${encodeURIComponent("Été / 100%?")}`)).status).toBe(
      200,
    );
    expect(sandbox.state.task(tasks.docs).tags).toEqual(["été / 100%?"]);
    expect(sandbox.state.space(spaces.product).tags.map((tag) => tag.name)).toContain("été / 100%?");
    await send(`DELETE /v2/task/${tasks.docs}/tag/${encodeURIComponent("ÉTÉ / 100%?")}`);
    expect(sandbox.state.task(tasks.docs).tags).toEqual([]);
  });

  it("shows a dependency on both tasks with type 1 and removes it by query", async () => {
    const { send } = sandboxWithClient();
    const of = async (id: string) =>
      (await send(`GET /v2/task/${id}`)).body.dependencies as {
        task_id: string;
        depends_on: string;
        type: number;
      }[];
    await send(`POST /v2/task/${tasks.odd}/dependency`, { body: { dependency_of: tasks.injection } });
    const edge = { task_id: tasks.injection, depends_on: tasks.odd, type: 1 };
    expect(await of(tasks.odd)).toEqual([expect.objectContaining(edge)]);
    expect(await of(tasks.injection)).toEqual([expect.objectContaining(edge)]);
    expect((await send(`POST /v2/task/${tasks.odd}/dependency`, { body: {} })).status).toBe(400);
    await send(`DELETE /v2/task/${tasks.injection}/dependency?depends_on=${tasks.odd}`);
    expect(await of(tasks.odd)).toEqual([]);
  });

  it("reads fields back in another form than they are written", async () => {
    const { send } = sandboxWithClient();
    const values = new Map(
      (
        (await send(`GET /v2/task/${tasks.export}`)).body.custom_fields as { id: string; value?: unknown }[]
      ).map((field) => [field.id, field.value]),
    );
    expect(values.get(fields.dropDown)).toBe(2);
    expect(values.get(fields.labels)).toEqual([optionUuid(fields.labels, 1), optionUuid(fields.labels, 2)]);
    expect(values.get(fields.number)).toBe("42");
    expect(values.get(fields.checkbox)).toBe("true");
    expect(values.get(fields.manualProgress)).toEqual({ current: "20", percent_completed: 0.5 });
    expect(values.get(fields.automaticProgress)).toEqual({ percent_complete: 33 });
    expect(values.get(fields.users)).toEqual([
      expect.objectContaining({ id: users.eve }),
      expect.objectContaining({ id: users.frank }),
    ]);
    expect(values.get(fields.button)).toBeUndefined();
    await send(`POST /v2/task/${tasks.export}/field/${fields.users}`, {
      body: { value: { add: [users.dan], rem: [users.eve] } },
    });
    await send(`POST /v2/task/${tasks.export}/field/${fields.dropDown}`, { body: { value: 0 } });
    const after = (await send(`GET /v2/task/${tasks.export}`)).body.custom_fields as {
      id: string;
      value?: unknown;
    }[];
    expect(after.find((field) => field.id === fields.dropDown)?.value).toBe(0);
    expect(after.find((field) => field.id === fields.users)?.value).toEqual([
      expect.objectContaining({ id: users.frank }),
      expect.objectContaining({ id: users.dan }),
    ]);
  });

  it("checks required fields only when asked", async () => {
    const { send } = sandboxWithClient();
    const create = (more: object) =>
      send(`POST /v2/list/${lists.contracts}/task`, { body: { name: "x", ...more } });
    expect((await create({})).status).toBe(200);
    expect((await create({ check_required_custom_fields: true })).status).toBe(400);
    const value = [{ id: fields.contractValue, value: 10 }];
    expect((await create({ check_required_custom_fields: true, custom_fields: value })).status).toBe(200);
  });
});
