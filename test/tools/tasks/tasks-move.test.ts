import { describe, expect, it } from "vitest";
import { taskDuplicate, taskMove } from "../../../tools/tasks/tools-move.ts";
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { NORTHWIND, SIDE, useWorld } from "../context.ts";

const { tasks, lists, fields, users, workspaces } = SANDBOX;
const premium = { tier: "premium" } as const;
const MOVE = "PUT /v3/workspaces/{workspace_id}/tasks/{task_id}/home_list/{list_id}";

describe("clickup_task_move", () => {
  const world = useWorld({ strict: true });
  const task = (id: string) => world().sandbox.state.data.tasks[id];

  it("moves the task itself, by custom id, and reads it back", async () => {
    const w = world();
    const data = await w.ok(taskMove, { task: "DEV-43", to_list: lists.backlog }, w.context(premium));
    expect(w.operations()).toEqual([
      "GET /v2/task/{task_id}",
      "GET /v2/list/{list_id}",
      MOVE,
      "GET /v2/task/{task_id}",
    ]);
    expect(data).toEqual({
      task: { id: tasks.docs, name: "Document the export endpoint" },
      changes: [
        { field: "list", before: `Sprint 21 (${lists.sprint21})`, after: `Backlog (${lists.backlog})` },
      ],
    });
    expect(task(tasks.docs)?.list_id).toBe(lists.backlog);
    expect(task(tasks.docs)?.assignees).toEqual([users.frank]);
  });

  it("sends nothing for a task that is there", async () => {
    const w = world();
    const data = await w.ok(taskMove, { task: tasks.docs, to_list: lists.sprint21 }, w.context(premium));
    expect(data["changes"]).toEqual([]);
    expect(w.operations()).toEqual(["GET /v2/task/{task_id}"]);
  });

  it("names the statuses of the new list when one is missing, and maps them by name", async () => {
    const w = world();
    const ctx = w.context(premium);
    const text = await w.fails(taskMove, { task: tasks.schema, to_list: lists.api }, "user_error", ctx);
    expect(text).toContain(
      'Status "backlog" does not exist in the new list. Give status_map {"old": "new"}, the new one out of "triage", "building"',
    );
    expect(task(tasks.schema)?.list_id).toBe(lists.sprint21);
    const data = await w.ok(
      taskMove,
      { task: tasks.schema, to_list: "Platform / API", status_map: { Backlog: "Triage" } },
      ctx,
    );
    expect(data["changes"]).toMatchObject([
      { field: "list" },
      { field: "status", before: "backlog", after: "triage" },
    ]);
    expect(data["not_applied"]).toBeUndefined();
  });

  it("says when a subtask has a status that needs a place", async () => {
    const w = world();
    const args = { task: tasks.export, to_list: lists.api, status_map: { "in progress": "building" } };
    const text = await w.fails(taskMove, args, "user_error", w.context(premium));
    expect(text).toContain("does not exist in the new list");
    expect(task(tasks.export)?.list_id).toBe(lists.sprint21);
    const whole = { ...args.status_map, backlog: "triage", closed: "released" };
    await w.ok(taskMove, { ...args, status_map: JSON.stringify(whole) }, w.context(premium));
    expect(task(tasks.export)?.list_id).toBe(lists.api);
  });

  it("tells which fields the new list hides, unless they are brought along", async () => {
    const w = world();
    const status_map = { "in progress": "in progress", backlog: "to do", closed: "complete" };
    const statuses = w.sandbox.state.statusesOf(w.sandbox.state.list(lists.launch)).map((one) => one.status);
    const map = Object.fromEntries(Object.keys(status_map).map((old) => [old, statuses[0]]));
    const args = { task: tasks.export, to_list: lists.launch, status_map: map };
    const hidden = await w.ok(taskMove, args, w.context(premium));
    expect(hidden["fields_hidden"]).toContain("Severity");
    w.sandbox.reset();
    const kept = await w.ok(taskMove, { ...args, move_custom_fields: "true" }, w.context(premium));
    expect((kept["fields_hidden"] as string[] | undefined) ?? []).not.toContain("Severity");
    expect(w.sandbox.calls.find((call) => call.method === "PUT")?.body).toMatchObject({
      move_custom_fields: true,
    });
  });

  it.each([
    [{ task: tasks.docs, to_list: "Sprint 99" }, 'No list "Sprint 99"'],
    [{ task: tasks.docs, to_list: "Backlog" }, "2 lists match"],
    [{ task: "DEV-999", to_list: lists.backlog }, 'No task "DEV-999"'],
    [
      { task: tasks.docs, to_list: lists.api, status_map: { backlog: "doing" } },
      'the new list has no status "doing"',
    ],
    [
      { task: tasks.docs, to_list: lists.api, status_map: { todo: "triage" } },
      'the old list has no status "todo"',
    ],
    [{ task: tasks.docs, to_list: lists.api, status_map: { backlog: 1 } }, "expected the name of a status"],
    [{ task: tasks.docs }, "to_list is required"],
  ])("refuses %j and moves nothing", async (args, message) => {
    const w = world();
    expect(await w.fails(taskMove, args, "user_error", w.context(premium))).toContain(message);
    expect(w.sandbox.calls.filter((call) => call.method === "PUT")).toEqual([]);
  });

  it("stays in the workspace and the grant", async () => {
    const w = world();
    const both = w.context({ ...premium, workspaces: [NORTHWIND, SIDE], defaultWorkspaceId: NORTHWIND.id });
    const text = await w.fails(taskMove, { task: tasks.docs, to_list: "Garden" }, "user_error", both);
    expect(text).toContain("cannot move across Workspaces");
    const narrowed = w.context({ ...premium, grant: { workspaces: [workspaces.northwind] } });
    await w.fails(taskMove, { task: tasks.garden, to_list: lists.backlog }, "refused_grant", narrowed);
    await w.fails(taskMove, { task: tasks.docs, to_list: lists.garden }, "user_error", narrowed);
  });

  it("does not believe a move that ClickUp accepted and did not make", async () => {
    const w = world();
    const api = globalThis.fetch;
    globalThis.fetch = async (input: Parameters<typeof fetch>[0], init?: RequestInit) => {
      const request = new Request(input, init);
      return request.method === "PUT" ? Response.json({}) : await api(request);
    };
    const args = { task: tasks.docs, to_list: lists.backlog };
    const { result } = await w.call(taskMove, args, w.context(premium));
    expect(result.content[0]?.text).toContain("did not make it. 1 not applied");
    expect(result.structuredContent?.["not_applied"]).toEqual([
      { field: "to_list", asked: lists.backlog, is: lists.sprint21 },
    ]);
  });

  it("reports a lost answer as unknown, and a move that cannot be read back as done", async () => {
    const w = world();
    w.sandbox.fault({ kind: "html", method: "PUT", after_effect: true });
    const args = { task: tasks.docs, to_list: lists.backlog };
    await w.fails(taskMove, args, "unknown_outcome", w.context(premium));
    w.sandbox.fault({ kind: "status", status: 500, operation: "GET /v2/task/{task_id}", skip: 1, times: 2 });
    const { result } = await w.call(
      taskMove,
      { task: tasks.schema, to_list: lists.backlog },
      w.context(premium),
    );
    expect(result.content[0]?.text).toContain("its new state could not be read");
  });
});

describe("clickup_task_duplicate", () => {
  const world = useWorld({ strict: true });
  const made = (data: Record<string, unknown>) => {
    const task = world().sandbox.state.data.tasks[(data["task"] as { id: string }).id];
    if (task === undefined) {
      throw new Error("nothing was made");
    }
    return task;
  };

  it("copies the task for two calls and says what it left out", async () => {
    const w = world();
    const data = await w.ok(taskDuplicate, { task: tasks.export, name: "Ship it again" }, w.context(premium));
    expect(w.operations()).toEqual(["GET /v2/task/{task_id}", "POST /v2/list/{list_id}/task"]);
    const original = w.sandbox.state.task(tasks.export);
    const copy = made(data);
    expect(copy).toMatchObject({
      name: "Ship it again",
      list_id: original.list_id,
      markdown: original.markdown,
      assignees: original.assignees,
      group_assignees: original.group_assignees,
      priority: original.priority,
      due_date: original.due_date,
      due_date_time: true,
      start_date: original.start_date,
      time_estimate: original.time_estimate,
      points: original.points,
      custom_item_id: original.custom_item_id,
      status: "backlog",
    });
    expect(copy.tags.toSorted()).toEqual(original.tags.toSorted());
    const { [fields.votes]: _votes, [fields.listRelationship]: _none, ...copied } = original.fields;
    expect(copy.fields).toEqual(copied);
    expect(data["not_applied"]).toBeUndefined();
    expect(data["not_copied"]).toEqual(
      expect.arrayContaining([
        "comments",
        "1 attachments",
        "1 checklists",
        "status",
        "subtasks",
        "tracked time",
      ]),
    );
    const unwritable = (data["not_copied"] as string[]).filter((one) => one.startsWith("custom field"));
    expect(unwritable).toEqual(['custom field "Team vote"']);
  });

  it("copies subtasks and the status when asked", async () => {
    const w = world();
    const child = w.sandbox.state.subtasksOf(tasks.export)[0];
    const grandchild = w.sandbox.state.tasksNamed("Agree on the export schema")[0];
    if (child === undefined || grandchild === undefined) {
      throw new Error("the seed has changed");
    }
    grandchild.parent = child.id;
    const data = await w.ok(
      taskDuplicate,
      { task: tasks.export, include: ["status", "subtasks"] },
      w.context(premium),
    );
    const copy = made(data);
    expect([copy.status, data["subtasks_copied"]]).toEqual(["in progress", 4]);
    const children = w.sandbox.state.subtasksOf(copy.id);
    expect(children.map((one) => one.name).toSorted()).toEqual(
      w.sandbox.state
        .subtasksOf(tasks.export)
        .map((one) => one.name)
        .toSorted(),
    );
    const below = children.flatMap((one) => w.sandbox.state.subtasksOf(one.id));
    expect(below.map((one) => [one.name, one.priority])).toEqual([["Agree on the export schema", 2]]);
    expect(data["not_copied"]).not.toContain("subtasks");
  });

  it("leaves out fields the other list lacks, and reports what ClickUp dropped", async () => {
    const w = world();
    const data = await w.ok(taskDuplicate, { task: tasks.export, to_list: "Onboarding" }, w.context(premium));
    expect(made(data).list_id).toBe(lists.onboarding);
    expect(data["not_copied"]).toContain('custom field "Severity"');
    expect(data["not_applied"]).toMatchObject([{ field: "assignees" }]);
  });

  it("reports a subtask that could not be copied", async () => {
    const w = world();
    w.sandbox.fault({ kind: "status", status: 400, err: "Nope", method: "POST", skip: 1 });
    const data = await w.ok(taskDuplicate, { task: tasks.export, include: "subtasks" }, w.context(premium));
    expect(data["subtasks_copied"]).toBe(2);
    expect((data["not_copied"] as string[]).some((one) => /^subtask \S+: .*Nope/.test(one))).toBe(true);
  });

  it("makes one copy for one idempotency_key", async () => {
    const w = world();
    const args = { task: tasks.docs, idempotency_key: "d-1" };
    const one = await w.ok(taskDuplicate, args, w.context(premium));
    const two = await w.ok(taskDuplicate, args, w.context(premium));
    expect(two).toEqual({ ...one, replayed: true });
    w.sandbox.fault({ kind: "reset", method: "POST", after_effect: true });
    await w.fails(taskDuplicate, { task: tasks.docs }, "unknown_outcome", w.context(premium));
  });

  it.each([
    [{ task: tasks.docs, to_list: "Nowhere" }, 'No list "Nowhere"'],
    [{ task: tasks.docs, include: ["comments"] }, "use one of status, subtasks"],
    [{ task: "Nothing like it" }, "No task"],
  ])("refuses %j", async (args, message) => {
    const w = world();
    expect(await w.fails(taskDuplicate, args, "user_error", w.context(premium))).toContain(message);
    expect(w.sandbox.calls.filter((call) => call.method === "POST")).toEqual([]);
  });
});
