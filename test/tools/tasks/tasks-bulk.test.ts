import { describe, expect, it } from "vitest";
import {
  taskBulkCreate,
  taskBulkDelete,
  taskBulkMove,
  taskBulkUpdate,
} from "../../../tools/tasks/tools-bulk.ts";
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { useWorld } from "../context.ts";

const { tasks, lists, users, workspaces } = SANDBOX;
const premium = { tier: "premium" } as const;
const MOVE = "PUT /v3/workspaces/{workspace_id}/tasks/{task_id}/home_list/{list_id}";

interface Item {
  item: number;
  status: string;
  id?: string;
  name?: string;
  reason?: string;
  changes?: string[];
  [key: string]: unknown;
}
const itemsOf = (data: Record<string, unknown>) => data["items"] as Item[];

describe("clickup_task_bulk_create", () => {
  const world = useWorld({ strict: true });

  it("creates each task with one call and one for the list", async () => {
    const w = world();
    const rows = Array.from({ length: 100 }, (_, index) => ({ name: `Row ${index}`, priority: "low" }));
    const data = await w.ok(taskBulkCreate, { list: lists.backlog, tasks: rows }, w.context(premium));
    const operations = w.operations();
    expect(operations.filter((one) => one === "POST /v2/list/{list_id}/task")).toHaveLength(100);
    expect(operations).toHaveLength(101);
    expect(data["done"]).toBe(100);
    expect(itemsOf(data).map((one) => one.name)).toEqual(rows.map((row) => row.name));
    expect(JSON.stringify(data).length).toBeLessThan(20_000);
    expect(w.progress.at(-1)).toBe("100/100");
    expect(w.touched.filter((one) => one.startsWith("task:"))).toHaveLength(100);
  });

  it("reports every item and goes on, or stops when told", async () => {
    const w = world();
    const rows = [
      { name: "Good", assignees: ["dan"], tags: "bug" },
      { name: "Bad person", assignees: ["Zoe"] },
      { name: "Bad date", due: "soonish" },
      { name: "Bad status", status: "doing" },
      { name: "Also good", assignees: [users.bob] },
    ];
    const data = await w.ok(
      taskBulkCreate,
      { list: "Sprint 21", tasks: JSON.stringify(rows) },
      w.context(premium),
    );
    expect([data["done"], data["failed"], data["not_tried"]]).toEqual([2, 3, undefined]);
    const items = itemsOf(data);
    expect(items[1]).toMatchObject({ item: 1, status: "failed", name: "Bad person" });
    expect(items[1]?.reason).toContain('No member "Zoe"');
    expect(items[2]?.reason).toContain("due:");
    expect(items[3]?.reason).toContain('no status "doing"');
    expect(items[4]?.["not_applied"]).toMatchObject([{ field: "assignees" }]);
    const { result } = await w.call(
      taskBulkCreate,
      { list: lists.sprint21, tasks: [...rows, ...rows], continue_on_error: false },
      w.context(premium),
    );
    const stopped = result.structuredContent ?? {};
    expect(stopped["not_tried"]).toBeGreaterThan(0);
    expect(result.content[0]?.text).toContain("not tried");
  });

  it("makes each task once for one idempotency_key, and the missing ones on the next call", async () => {
    const w = world();
    const args = {
      list: lists.backlog,
      tasks: [{ name: "A" }, { name: "B" }, { name: "C" }],
      idempotency_key: "b-1",
    };
    w.sandbox.fault({ kind: "status", status: 400, err: "Nope", method: "POST", skip: 1 });
    const first = await w.ok(taskBulkCreate, args, w.context(premium));
    expect([first["done"], first["failed"]]).toEqual([2, 1]);
    w.operations();
    const second = await w.ok(taskBulkCreate, args, w.context(premium));
    expect(second["done"]).toBe(3);
    expect(w.operations().filter((one) => one.startsWith("POST"))).toHaveLength(1);
    expect(itemsOf(second).filter((one) => one["replayed"] === true)).toHaveLength(2);
    for (const name of ["A", "B", "C"]) {
      expect(w.sandbox.state.tasksNamed(name)).toHaveLength(1);
    }
  });

  it("never loses count: lost answers, a spent budget and a cancelled call", async () => {
    const w = world();
    w.sandbox.fault({ kind: "reset", method: "POST", after_effect: true, skip: 1 });
    const rows = [{ name: "L1" }, { name: "L2" }, { name: "L3" }];
    const lost = itemsOf(
      await w.ok(taskBulkCreate, { list: lists.backlog, tasks: rows }, w.context(premium)),
    );
    expect(lost.map((one) => one.status).toSorted()).toEqual(["done", "done", "failed"]);
    expect(lost.find((one) => one.status === "failed")?.reason).toContain("may or may not");
    const leaving = new AbortController();
    const many = Array.from({ length: 40 }, (_, index) => ({ name: `Cancel ${index}` }));
    const ctx = w.context({ ...premium, signal: leaving.signal });
    ctx.progress = (done) => {
      if (done === 10) {
        leaving.abort(new Error("cancelled"));
      }
    };
    const { result } = await w.call(taskBulkCreate, { list: lists.backlog, tasks: many }, ctx);
    const cancelled = itemsOf(result.structuredContent ?? {});
    const made = many.filter((row) => w.sandbox.state.tasksNamed(row.name).length > 0).length;
    const counted = cancelled.filter((one) => one.status !== "not_tried").length;
    expect(cancelled).toHaveLength(40);
    expect(made).toBeLessThanOrEqual(counted);
    expect(made).toBeGreaterThanOrEqual(10);
    expect(made).toBeLessThan(40);
  });

  it.each([
    [{ list: "Sprint 99", tasks: [{ name: "x" }] }, 'No list "Sprint 99"'],
    [{ list: lists.backlog, tasks: [] }, "tasks: give 1 to 100"],
    [{ list: lists.backlog, tasks: Array.from({ length: 101 }, () => ({ name: "x" })) }, "give 1 to 100"],
    [{ list: lists.backlog, tasks: [{ title: "x" }] }, "tasks[0].name is required"],
    [{ list: lists.backlog, tasks: [{ name: "x", prio: "high" }] }, 'Unknown argument "prio"'],
    [{ list: lists.backlog, tasks: [{ name: "x", due: "soonish" }] }, "due:"],
  ])("%# writes nothing for bad input", async (args, message) => {
    const w = world();
    expect(await w.fails(taskBulkCreate, args, "user_error", w.context(premium))).toContain(message);
    expect(w.sandbox.calls.filter((call) => call.method === "POST")).toEqual([]);
  });

  it("stops at once for a refused token and outside the grant", async () => {
    const w = world();
    const rows = Array.from({ length: 20 }, (_, index) => ({ name: `R ${index}` }));
    const revoked = w.context({ ...premium, token: "pk_0_NOPE" });
    await w.fails(taskBulkCreate, { list: lists.backlog, tasks: rows }, "upstream_error", revoked);
    expect(w.sandbox.calls.length).toBeLessThanOrEqual(4);
    const narrowed = w.context({ ...premium, grant: { workspaces: [workspaces.northwind] } });
    await w.fails(taskBulkCreate, { list: lists.garden, tasks: rows }, "user_error", narrowed);
  });
});

describe("clickup_task_bulk_update", () => {
  const world = useWorld({ strict: true });

  it("needs one call a task where nothing has to be known before", async () => {
    const w = world();
    const data = await w.ok(
      taskBulkUpdate,
      {
        updates: [
          { task: tasks.docs, status: "in review", priority: "high" },
          { task: tasks.schema, name: "Agreed", due: "2026-04-02", start: "2026-04-01" },
        ],
      },
      w.context(premium),
    );
    expect(w.operations()).toEqual(["PUT /v2/task/{task_id}", "PUT /v2/task/{task_id}"]);
    expect(itemsOf(data)).toMatchObject([
      { status: "done", id: tasks.docs, changes: ["status: → in review", "priority: → high"] },
      { status: "done", name: "Agreed" },
    ]);
  });

  it("reads the task first for people, tags and fields, and shows what was", async () => {
    const w = world();
    const data = await w.ok(
      taskBulkUpdate,
      {
        updates: [
          { task: "DEV-43", assignees_add: ["dan"], tags: ["bug"] },
          { task: "DEV-42", custom_fields: { Severity: "Low" }, clear: "due" },
        ],
      },
      w.context(premium),
    );
    const [docs, ship] = itemsOf(data);
    expect(docs?.changes?.[0]).toMatch(/^assignees: Frank Müller \(\d+\) → Frank Müller \(\d+\), Dan/);
    expect(ship?.changes).toEqual(
      expect.arrayContaining([
        "custom_fields.Severity: High → Low",
        expect.stringMatching(/^due: .* → nothing$/),
      ]),
    );
    expect(w.sandbox.state.data.tasks[tasks.docs]?.tags).toEqual(["bug"]);
  });

  it("names the statuses a task could have, and refuses a second change of the same task", async () => {
    const w = world();
    const data = await w.ok(
      taskBulkUpdate,
      {
        updates: [
          { task: tasks.docs, status: "doing" },
          { task: tasks.schema, name: "One" },
          { task: "DEV-44", name: "Two" },
          { task: "86zzzzzz9", name: "x" },
          { task: tasks.odd },
        ],
      },
      w.context(premium),
    );
    const items = itemsOf(data);
    expect(items[0]?.reason).toContain('Statuses: "backlog", "in progress"');
    expect(items[2]?.reason).toContain("is item 1 already");
    expect(items[3]?.reason).toContain('No task "86zzzzzz9"');
    expect(items[4]?.reason).toContain("Nothing to change");
    expect([data["done"], data["failed"]]).toEqual([1, 4]);
    expect(w.sandbox.state.data.tasks[tasks.schema]?.name).toBe("One");
  });

  it("keeps a hundred answers small and tells what it left out", async () => {
    const w = world();
    const ids = w.sandbox.state
      .tasksOfList(lists.backlog)
      .slice(0, 100)
      .map((task) => task.id);
    const long = "A name of a task that goes on for quite a while, as names of tasks do, and on";
    const updates = ids.map((task) => ({ task, name: long, priority: "low", estimate: "2h", points: 3 }));
    const data = await w.ok(taskBulkUpdate, { updates }, w.context(premium));
    expect(data["done"]).toBe(ids.length);
    expect(data["changes_omitted"]).toBeGreaterThan(0);
    expect(JSON.stringify(data).length).toBeLessThan(20_500);
  });

  it("refuses foreign tasks and throws what hit all of them", async () => {
    const w = world();
    const narrowed = w.context({ ...premium, grant: { workspaces: [workspaces.northwind] } });
    const updates = [{ task: tasks.garden, name: "x" }];
    await w.fails(taskBulkUpdate, { updates }, "refused_grant", narrowed);
    expect(w.sandbox.state.data.tasks[tasks.garden]?.name).toBe("Plant tomatoes");
    await w.fails(taskBulkUpdate, { updates: [{ task: "DEV-42" }] }, "user_error", w.context(premium));
    expect(
      await w.fails(taskBulkUpdate, { updates: [{ name: "x" }] }, "user_error", w.context(premium)),
    ).toContain("updates[0].task is required");
  });
});

describe("clickup_task_bulk_move", () => {
  const world = useWorld({ strict: true });

  it("moves each with one call, plus one for the list", async () => {
    const w = world();
    const ids = [tasks.docs, tasks.schema];
    const data = await w.ok(taskBulkMove, { tasks: ids, to_list: lists.backlog }, w.context(premium));
    expect(w.operations()).toEqual(["GET /v2/list/{list_id}", MOVE, MOVE]);
    expect(data["done"]).toBe(2);
    expect(ids.map((id) => w.sandbox.state.data.tasks[id]?.list_id)).toEqual([lists.backlog, lists.backlog]);
  });

  it("maps statuses and reports those that could not move", async () => {
    const w = world();
    const args = { tasks: ["DEV-43", "DEV-44", "DEV-99"], to_list: "API" };
    const text = await w.fails(taskBulkMove, args, "user_error", w.context(premium));
    expect(text).toContain("Give status_map");
    const data = await w.ok(
      taskBulkMove,
      { ...args, status_map: { backlog: "triage", nowhere: "triage" } },
      w.context(premium),
    );
    expect([data["done"], data["failed"]]).toEqual([2, 1]);
    expect(itemsOf(data)[2]).toMatchObject({ name: "DEV-99", status: "failed" });
    expect(w.sandbox.state.data.tasks[tasks.docs]).toMatchObject({ list_id: lists.api, status: "triage" });
  });

  it.each([
    [{ tasks: [tasks.docs], to_list: "Nowhere" }, 'No list "Nowhere"'],
    [{ tasks: [], to_list: lists.backlog }, "tasks: give 1 to 100"],
    [{ tasks: [tasks.docs, "DEV-43", ""], to_list: lists.backlog }, "must not be empty"],
  ])("refuses %j", async (args, message) => {
    const w = world();
    expect(await w.fails(taskBulkMove, args, "user_error", w.context(premium))).toContain(message);
    expect(w.sandbox.calls.filter((call) => call.method === "PUT")).toEqual([]);
  });
});

describe("clickup_task_bulk_delete", () => {
  const world = useWorld({ strict: true });

  it("asks once, then deletes with one call a task", async () => {
    const w = world();
    const asked: string[] = [];
    const ctx = w.context({
      ...premium,
      confirm: (question) => {
        asked.push(question);
        return Promise.resolve("accepted");
      },
    });
    const data = await w.ok(taskBulkDelete, { tasks: [tasks.docs, tasks.schema, tasks.docs] }, ctx);
    expect(asked).toEqual([`Delete 2 tasks with their subtasks: ${tasks.docs}, ${tasks.schema}?`]);
    expect(w.operations()).toEqual(["DELETE /v2/task/{task_id}", "DELETE /v2/task/{task_id}"]);
    expect(data).toEqual({
      done: 2,
      items: [
        { item: 0, status: "done", id: tasks.docs },
        { item: 1, status: "done", id: tasks.schema },
      ],
    });
  });

  it("deletes nothing when one is not found, two are the same, or the person says no", async () => {
    const w = world();
    const ctx = w.context({ ...premium, confirm: () => Promise.resolve("declined") });
    expect(await w.fails(taskBulkDelete, { tasks: [tasks.docs, "DEV-999"] }, "user_error", ctx)).toContain(
      'No task "DEV-999"',
    );
    expect(await w.fails(taskBulkDelete, { tasks: [tasks.docs, "DEV-43"] }, "user_error", ctx)).toContain(
      "Nothing was deleted",
    );
    await w.fails(taskBulkDelete, { tasks: [tasks.docs] }, "cancelled", ctx);
    const narrowed = w.context({ ...premium, grant: { workspaces: [workspaces.northwind] } });
    await w.fails(taskBulkDelete, { tasks: [tasks.docs, tasks.garden] }, "refused_grant", narrowed);
    expect(w.sandbox.calls.filter((call) => call.method === "DELETE")).toEqual([]);
  });

  it("reports each that was refused or lost", async () => {
    const w = world();
    w.sandbox.fault({ kind: "reset", method: "DELETE", path: tasks.schema });
    const data = await w.ok(
      taskBulkDelete,
      { tasks: [tasks.docs, tasks.schema, "86zzzzzz9"] },
      w.context(premium),
    );
    expect(itemsOf(data).map((one) => one.status)).toEqual(["done", "failed", "failed"]);
    expect(itemsOf(data)[1]?.reason).toContain("may or may not");
  });
});
