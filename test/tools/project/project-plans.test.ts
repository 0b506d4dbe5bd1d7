import { describe, expect, it } from "vitest";
import { taskBulkCreateWithDependencies, taskCreateFromPlan } from "../../../tools/project/tools-plans.ts";
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { NORTHWIND, SIDE, textOf, useWorld } from "../context.ts";

const { lists, users, tasks } = SANDBOX;
interface Row {
  key: string;
  id?: string;
  name: string;
  status: string;
  reason?: string;
}
const rowsOf = (data: Record<string, unknown>) => data["tasks"] as Row[];
const idOf = (data: Record<string, unknown>, name: string) =>
  rowsOf(data).find((row) => row.name === name || row.key === name)?.id ?? "";

describe("clickup_task_create_from_plan", () => {
  const world = useWorld({ strict: true });
  const premium = () => world().context({ tier: "premium" });

  const PLAN = [
    "# Relaunch",
    "## Design @carol",
    "All screens.",
    "- [x] Sketches !high",
    "- [ ] Prototype due:2026-03-13 est:6h after: Sketches",
    "## Build",
    "1. Set up @dan@northwind.test",
    "2. Implement after: Prototype",
  ].join("\n");

  it("creates tasks, subtasks, marks and dependencies with the fewest requests", async () => {
    const w = world();
    const ctx = premium();
    const data = await w.ok(taskCreateFromPlan, { list: lists.sprint21, plan: PLAN }, ctx);
    expect(data).toMatchObject({ title: "Relaunch", created: 6, dependencies: 2 });
    const operations = w.operations();
    const posts = operations.filter((one) => one.startsWith("POST"));
    expect(posts.sort()).toEqual([
      ...Array.from({ length: 6 }, () => "POST /v2/list/{list_id}/task"),
      "POST /v2/task/{task_id}/dependency",
      "POST /v2/task/{task_id}/dependency",
    ]);
    // The list by its id, its statuses for the checked box, and the people.
    expect(operations.filter((one) => one.startsWith("GET")).sort()).toEqual(
      ["GET /v2/list/{list_id}", "GET /v2/list/{list_id}", "GET /v2/team"].sort(),
    );
    const task = (name: string) => w.sandbox.state.task(idOf(data, name));
    expect(task("Design")).toMatchObject({
      parent: null,
      markdown: "All screens.",
      assignees: [users.carol],
    });
    expect(task("Sketches")).toMatchObject({ parent: idOf(data, "Design"), priority: 2, assignees: [] });
    expect(["done", "closed"]).toContain(
      w.sandbox.state.findStatus(w.sandbox.state.list(lists.sprint21), task("Sketches").status)?.type,
    );
    expect(task("Prototype")).toMatchObject({ time_estimate: 6 * 3_600_000, due_date_time: false });
    expect(task("Set up")).toMatchObject({ parent: idOf(data, "Build"), assignees: [users.dan] });
    const edges = w.sandbox.state.data.dependencies.map((edge) => [edge.task_id, edge.depends_on]);
    expect(edges).toContainEqual([idOf(data, "Prototype"), idOf(data, "Sketches")]);
    expect(edges).toContainEqual([idOf(data, "Implement"), idOf(data, "Prototype")]);
    expect(w.progress.at(-1)).toBe("8/8");
    const numbers = w.progress.map((one) => Number(one.split("/")[0]));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
  });

  it("puts everything under a parent, takes defaults, and detects sequences when asked", async () => {
    const w = world();
    const data = await w.ok(
      taskCreateFromPlan,
      {
        list: "Sprint 21",
        plan: "1. First\n2. Second !low\n\nstray words\n3. Third",
        parent: "DEV-42",
        defaults: { priority: "high", assignees: "me", tags: ["Bug"] },
        detect_dependencies: true,
      },
      premium(),
    );
    expect(data).toMatchObject({ created: 3, dependencies: 2 });
    const first = w.sandbox.state.task(idOf(data, "First"));
    expect(first).toMatchObject({
      parent: tasks.export,
      priority: 2,
      assignees: [users.alice],
      tags: ["bug"],
    });
    expect(w.sandbox.state.task(idOf(data, "Second")).priority).toBe(4);
  });

  it("makes nothing twice for one key and asks once when the device is narrowed", async () => {
    const w = world();
    const ctx = w.context({ tier: "premium", grant: { workspaces: [NORTHWIND.id] } });
    const args = { list: "Sprint 21", plan: "- a\n- b", parent: tasks.export, idempotency_key: "p-1" };
    const first = await w.ok(taskCreateFromPlan, args, ctx);
    expect(w.operations().filter((one) => one === "GET /v2/task/{task_id}")).toHaveLength(1);
    const second = await w.ok(taskCreateFromPlan, args, ctx);
    expect(second).toEqual({ ...first, replayed: true });
    expect(w.operations()).toEqual([]);
  });

  it.each([
    [{ plan: "" }, "plan: no tasks in it"],
    [{ plan: "- a after:b" }, 'plan, line 1: after: no item "b"'],
    [{ plan: "- a after:b\n- b after:a" }, 'a loop: "a" waits on "b" waits on "a"'],
    [{ plan: "- a due:someday" }, 'Task "line 1": due: "someday" is not a time'],
    [{ plan: "- a @nobody" }, 'Task "line 1": No member "nobody"'],
    [{ plan: "- a\n- b est:3d" }, 'Task "line 2": estimate: "3d" is not a duration'],
    [{ plan: "- a start:+3d due:tomorrow" }, "start: it is after due"],
    [
      { plan: "- a", defaults: { priorty: "high" } },
      'defaults: Unknown argument "priorty". Nearest: "priority"',
    ],
    [{ plan: "- a", defaults: { priority: "asap" } }, "defaults: priority: use one of"],
    [{ plan: "- a", list: "Nowhere" }, 'No list "Nowhere"'],
    [{ plan: "- a", list: "Backlog" }, "2 lists match"],
    [{ plan: Array.from({ length: 101 }, (_, n) => `- ${n}`).join("\n") }, "give 1 to 100 tasks, not 101"],
    [
      { plan: Array.from({ length: 9 }, (_, n) => `${"  ".repeat(n)}- ${n}`).join("\n") },
      "line 9: nested 8 deep; ClickUp nests subtasks 7 deep",
    ],
  ])("refuses %j before anything is created", async (args, message) => {
    const w = world();
    const text = await w.fails(taskCreateFromPlan, { list: "Sprint 21", ...args }, "user_error", premium());
    expect(text).toContain(message);
    expect(w.sandbox.calls.filter((call) => call.method !== "GET")).toEqual([]);
  });
});

describe("clickup_task_bulk_create_with_dependencies", () => {
  const world = useWorld({ strict: true });
  const premium = () => world().context({ tier: "premium" });
  const CHAIN = [
    { key: "c", name: "Third", waiting_on: ["b"] },
    { key: "b", name: "Second", waiting_on: ["a"], priority: "low" },
    { key: "a", name: "First", due: "2026-03-13" },
    { key: "a1", name: "Below", parent: "a" },
  ];

  it("creates in any order of keys, parents first, then the dependencies", async () => {
    const w = world();
    await w.ok("clickup_workspace_hierarchy", {});
    w.operations();
    const ctx = premium();
    const data = await w.ok(taskBulkCreateWithDependencies, { list: "Sprint 21", tasks: CHAIN }, ctx);
    expect(data).toMatchObject({
      list: { id: lists.sprint21, name: "Sprint 21" },
      created: 4,
      dependencies: 2,
    });
    expect(w.operations()).toHaveLength(6);
    expect(rowsOf(data).map((row) => [row.key, row.status])).toEqual(CHAIN.map(({ key }) => [key, "done"]));
    expect(w.sandbox.state.task(idOf(data, "a1")).parent).toBe(idOf(data, "a"));
    expect(w.sandbox.state.data.dependencies).toContainEqual(
      expect.objectContaining({ task_id: idOf(data, "c"), depends_on: idOf(data, "b") }),
    );
    expect(w.touched).toContain(`task:${idOf(data, "c")}`);
  });

  it.each([
    [[{ key: "a", name: "A", waiting_on: ["b"] }], '"a" names the unknown key "b"'],
    [[{ key: "a", name: "A", parent: "zz" }], '"a" names the unknown key "zz"'],
    [
      [
        { key: "a", name: "A" },
        { key: "a", name: "B" },
      ],
      'the key "a" is used twice',
    ],
    [
      [
        { key: "a", name: "A", waiting_on: ["c"] },
        { key: "b", name: "B", waiting_on: ["a"] },
        { key: "c", name: "C", waiting_on: ["b"] },
      ],
      'a loop: "a" waits on "c" waits on "b" waits on "a"',
    ],
    [[{ key: "a", name: "A", waiting_on: ["a"] }], 'a loop: "a" waits on "a"'],
    [
      [
        { key: "a", name: "A", parent: "b" },
        { key: "b", name: "B", parent: "a" },
      ],
      '"a" is a subtask of "b" is a subtask of "a"',
    ],
    [[{ key: "a", name: "A", prority: "low" }], 'Unknown argument "prority"'],
    [[{ name: "A" }], "tasks[0].key is required"],
    [[], "give 1 to 100 of them"],
    ["[1]", "tasks[0]: expected an object"],
  ])("refuses %j before anything is read or created", async (wrong, message) => {
    const w = world();
    const args = { list: "Sprint 21", tasks: wrong };
    const text = await w.fails(taskBulkCreateWithDependencies, args, "user_error", premium());
    expect(text).toContain(message);
    expect(w.operations()).toEqual([]);
  });

  it("reports each item when ClickUp refuses one, and what depended on it", async () => {
    const w = world();
    w.sandbox.fault({
      kind: "status",
      status: 400,
      err: "Quota used up",
      operation: "POST /v2/list/{list_id}/task",
    });
    const items = [
      { key: "a", name: "A" },
      { key: "a1", name: "Under A", parent: "a" },
      { key: "b", name: "B", waiting_on: ["a"] },
      { key: "c", name: "C", waiting_on: ["b"] },
    ];
    const data = await w.ok(
      taskBulkCreateWithDependencies,
      { list: lists.sprint21, tasks: items },
      premium(),
    );
    expect(rowsOf(data)).toMatchObject([
      { key: "a", status: "failed", reason: expect.stringContaining("Quota used up") },
      { key: "a1", status: "not_tried", reason: 'its parent "a" was not created' },
      { key: "b", status: "done", id: expect.any(String) },
      { key: "c", status: "done", id: expect.any(String) },
    ]);
    expect(data).toMatchObject({
      created: 2,
      failed: 1,
      not_tried: 1,
      dependencies: 1,
      dependency_problems: [
        { task: "b", waiting_on: "a", status: "not_tried", reason: "one of the two tasks was not created" },
      ],
    });
    const { result } = await w.call(
      taskBulkCreateWithDependencies,
      { list: lists.sprint21, tasks: [{ key: "a", name: "For a stranger", assignees: [users.bob] }] },
      premium(),
    );
    expect(textOf(result.content)).toContain("ClickUp left something out of 1 tasks: see not_applied");
  });

  it("reports a refused dependency beside the tasks that exist", async () => {
    const w = world();
    w.sandbox.fault({
      kind: "status",
      status: 400,
      err: "No",
      operation: "POST /v2/task/{task_id}/dependency",
    });
    const data = await w.ok(
      taskBulkCreateWithDependencies,
      { list: lists.sprint21, tasks: CHAIN },
      premium(),
    );
    expect(data).toMatchObject({ created: 4, dependencies: 1 });
    expect(data["dependency_problems"]).toMatchObject([{ status: "failed" }]);
  });

  it("says when the outcome of one is unknown, and never repeats it", async () => {
    const w = world();
    w.sandbox.fault({
      kind: "reset",
      operation: "POST /v2/list/{list_id}/task",
      after_effect: true,
      times: 2,
    });
    const args = {
      list: lists.sprint21,
      tasks: [
        { key: "a", name: "A" },
        { key: "b", name: "B", waiting_on: ["a"] },
      ],
      idempotency_key: "lost-1",
    };
    const data = await w.ok(taskBulkCreateWithDependencies, args, premium());
    expect(rowsOf(data).map((row) => row.reason)).toEqual([
      expect.stringContaining("Outcome unknown"),
      expect.stringContaining("Outcome unknown"),
    ]);
    w.operations();
    expect(await w.ok(taskBulkCreateWithDependencies, args, premium())).toEqual({ ...data, replayed: true });
    expect(w.operations()).toEqual([]);
  });

  it("throws when nothing was made at all, and forgets the key", async () => {
    const w = world();
    const args = { list: lists.sprint21, tasks: CHAIN, idempotency_key: "none-1" };
    w.sandbox.fault({
      kind: "status",
      status: 400,
      err: "Nope",
      operation: "POST /v2/list/{list_id}/task",
      // The fourth waits for its parent and is not tried.
      times: 3,
    });
    expect(await w.fails(taskBulkCreateWithDependencies, args, "upstream_error", premium())).toContain(
      "Nope",
    );
    expect(await w.ok(taskBulkCreateWithDependencies, args, premium())).toMatchObject({ created: 4 });
  });

  it("stops at the first failure when told, and on cancellation", async () => {
    const w = world();
    const many = Array.from({ length: 12 }, (_, n) => ({ key: `k${n}`, name: `Task ${n}` }));
    w.sandbox.fault({ kind: "status", status: 400, operation: "POST /v2/list/{list_id}/task", skip: 2 });
    const stopped = await w.ok(
      taskBulkCreateWithDependencies,
      { list: lists.sprint21, tasks: many, continue_on_error: false },
      premium(),
    );
    expect(stopped["failed"]).toBe(1);
    expect(stopped["not_tried"]).toBeGreaterThan(0);
    const leaving = new AbortController();
    const ctx = w.context({ tier: "premium", signal: leaving.signal });
    ctx.progress = (done) => {
      if (done >= 4) {
        leaving.abort();
      }
    };
    const left = await w.ok(taskBulkCreateWithDependencies, { list: lists.sprint21, tasks: many }, ctx);
    expect(Number(left["created"])).toBeGreaterThanOrEqual(4);
    expect(rowsOf(left).filter((row) => row.status === "not_tried").length).toBeGreaterThan(0);
    const exist = Object.values(w.sandbox.state.data.tasks).filter((task) => task.name === "Task 3").length;
    expect(exist).toBeGreaterThan(0);
  });

  it("keeps an answer of a hundred tasks within its budget", async () => {
    const w = world();
    const many = Array.from({ length: 100 }, (_, n) => ({
      key: `k${n}`,
      name: `A task with a name of usual length ${n}`,
      ...(n === 0 ? {} : { waiting_on: [`k${n - 1}`] }),
    }));
    const data = await w.ok(taskBulkCreateWithDependencies, { list: lists.sprint21, tasks: many }, premium());
    expect(data).toMatchObject({ created: 100, dependencies: 99 });
    expect(JSON.stringify(data).length).toBeLessThan(20_000);
  });

  it("refuses a list of a workspace the device may not use", async () => {
    const w = world();
    const ctx = w.context({
      tier: "premium",
      workspaces: [SIDE],
      grant: { workspaces: [SIDE.id] },
    });
    const args = { list: lists.sprint21, tasks: [{ key: "a", name: "A" }] };
    expect(await w.fails(taskBulkCreateWithDependencies, args, "user_error", ctx)).toContain("No list");
    expect(w.sandbox.calls.filter((call) => call.method === "POST")).toEqual([]);
  });
});
