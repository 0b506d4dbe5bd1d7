import { describe, expect, it } from "vitest";
import {
  taskCalculateTimeline,
  taskGenerateGanttData,
  taskIdentifyParallelGroups,
} from "../../../tools/project/tools-timeline.ts";
import { taskBulkCreateWithDependencies } from "../../../tools/project/tools-plans.ts";
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { SIDE, textOf, useWorld, type World } from "../context.ts";

const { lists } = SANDBOX;
type Row = Record<string, unknown> & { id: string; name: string };
const rows = (data: Record<string, unknown>, field: string) => data[field] as Row[];

/** a (3 days) → b (2), c (4) → d (1); e without dates or estimate; in the empty list. */
async function project(w: World): Promise<Record<string, string>> {
  const ctx = w.context({ tier: "premium" });
  const data = await w.ok(
    taskBulkCreateWithDependencies,
    {
      list: lists.empty,
      tasks: [
        { key: "a", name: "A", start: "2026-03-05", due: "2026-03-09", assignees: "me" },
        { key: "b", name: "B", estimate: "16h", waiting_on: ["a"], assignees: "me" },
        { key: "c", name: "C", estimate: "32h", waiting_on: ["a"], assignees: "me" },
        { key: "d", name: "D", estimate: "2h", waiting_on: ["b", "c"] },
        { key: "e", name: "E" },
      ],
    },
    ctx,
  );
  w.operations();
  return Object.fromEntries(rows(data, "tasks").map((row) => [row["key"], row.id]));
}

/** Open tasks for more than one of ClickUp's pages and one of ours. */
async function hundredMore(w: World): Promise<void> {
  const tasks = Array.from({ length: 100 }, (_, n) => ({
    key: `k${n}`,
    name: `A task with a name of usual length ${n}`,
    ...(n === 0 ? {} : { waiting_on: [`k${n - 1}`] }),
  }));
  const ctx = w.context({ tier: "premium" });
  await w.ok(taskBulkCreateWithDependencies, { list: lists.backlog, tasks }, ctx);
  w.operations();
}

describe("clickup_task_calculate_timeline", () => {
  const world = useWorld({ strict: true });
  const premium = () => world().context({ tier: "premium" });

  it("computes days, floats and the critical path with one request", async () => {
    const w = world();
    const ids = await project(w);
    const { result } = await w.call(taskCalculateTimeline, { list: lists.empty }, premium());
    expect(w.operations()).toEqual(["GET /v2/list/{list_id}/task"]);
    const data = result.structuredContent ?? {};
    expect(data).toMatchObject({
      start: "2026-03-05",
      finish: "2026-03-16",
      working_days: 8,
      critical_path: [ids["a"], ids["c"], ids["d"]],
      total: 5,
    });
    const row = (name: string) => rows(data, "tasks").find((one) => one.name === name);
    expect(row("A")).toEqual({
      id: ids["a"],
      name: "A",
      working_days: 3,
      earliest: "2026-03-05/2026-03-09",
      latest: "2026-03-05/2026-03-09",
      total_float: 0,
      free_float: 0,
      critical: true,
    });
    expect(row("B")).toMatchObject({
      earliest: "2026-03-10/2026-03-11",
      latest: "2026-03-12/2026-03-13",
      total_float: 2,
      free_float: 2,
    });
    expect(row("E")).toMatchObject({ working_days: 1, assumed: true, total_float: 7 });
    expect(textOf(result.content)).toContain("1 tasks without dates and estimate count as one day");
  });

  it("leaves done tasks out and says which planned starts are too early", async () => {
    const w = world();
    const ids = await project(w);
    const { state } = w.sandbox;
    const done = state.statusesOf(state.list(lists.empty)).find((one) => one.type === "closed")?.status;
    state.task(ids["a"] ?? "").status = done ?? "";
    state.task(ids["d"] ?? "").start_date = Date.UTC(2026, 2, 3, 11);
    state.task(ids["d"] ?? "").due_date = Date.UTC(2026, 2, 3, 12);
    const { result } = await w.call(
      taskCalculateTimeline,
      { list: "Nothing here yet", start: "2026-03-02" },
      premium(),
    );
    const data = result.structuredContent ?? {};
    expect(rows(data, "tasks").map((one) => one.name)).not.toContain("A");
    expect(rows(data, "tasks").find((one) => one.name === "D")).toMatchObject({
      earliest: "2026-03-06/2026-03-06",
      conflict: true,
    });
    expect(textOf(result.content)).toContain("2 dependencies on closed tasks or tasks of other lists");
  });

  it("ends a task that only holds subtasks with the last of them", async () => {
    const w = world();
    const ctx = premium();
    await w.ok(
      taskBulkCreateWithDependencies,
      {
        list: lists.empty,
        tasks: [
          { key: "p", name: "Parent" },
          { key: "x", name: "X", parent: "p", estimate: "8h" },
          { key: "y", name: "Y", parent: "p", estimate: "24h" },
        ],
      },
      ctx,
    );
    const data = await w.ok(taskCalculateTimeline, { list: lists.empty }, ctx);
    expect(data["working_days"]).toBe(3);
    expect(rows(data, "tasks").find((one) => one.name === "Parent")).toMatchObject({ working_days: 0 });
    const flat = await w.ok(taskCalculateTimeline, { list: lists.empty, include_subtasks: false }, ctx);
    expect(flat["total"]).toBe(1);
  });

  it("names a loop", async () => {
    const w = world();
    const ids = await project(w);
    w.sandbox.state.data.dependencies.push({
      task_id: ids["a"] ?? "",
      depends_on: ids["d"] ?? "",
      date_created: 1,
      userid: 1,
    });
    for (const tool of [taskCalculateTimeline, taskGenerateGanttData, taskIdentifyParallelGroups]) {
      const text = await w.fails(tool, { list: lists.empty }, "user_error", premium());
      expect(text).toContain(`"A" (${ids["a"]}) waits on "D" (${ids["d"]}) waits on`);
      expect(text).toContain("clickup_task_remove_dependency");
    }
  });

  it("reads the whole list page by page, answers in pages, and reads it once for all of them", async () => {
    const w = world();
    const ctx = premium();
    await hundredMore(w);
    const first = await w.ok(taskCalculateTimeline, { list: lists.backlog }, ctx);
    const requests = w.operations();
    expect(requests).toEqual(Array.from({ length: requests.length }, () => "GET /v2/list/{list_id}/task"));
    expect(requests.length).toBeGreaterThan(1);
    expect(JSON.stringify(first["tasks"]).length).toBeLessThanOrEqual(20_000);
    const seen = rows(first, "tasks").map((one) => one.id);
    let cursor = first["next_cursor"];
    expect(cursor).toBeDefined();
    while (cursor !== undefined) {
      const next = await w.ok(taskCalculateTimeline, { list: lists.backlog, cursor }, ctx);
      seen.push(...rows(next, "tasks").map((one) => one.id));
      cursor = next["next_cursor"];
    }
    expect(w.operations()).toEqual([]);
    expect(seen).toHaveLength(Number(first["total"]));
    expect(new Set(seen).size).toBe(seen.length);
    const again = await w.ok(taskCalculateTimeline, { list: lists.backlog }, ctx);
    expect(again["total"]).toBe(first["total"]);
    expect(w.operations()).toEqual(requests);
  });

  it.each([
    [{ list: "Nowhere" }, 'No list "Nowhere"'],
    [{ list: "Backlog" }, "2 lists match"],
    [{ list: lists.empty, cursor: "nonsense" }, "cursor: pass next_cursor"],
    [{ list: lists.empty, start: "some day" }, 'start: "some day" is not a time'],
    [{}, "list is required"],
  ])("refuses %j", async (args, message) => {
    expect(await world().fails(taskCalculateTimeline, args, "user_error", premium())).toContain(message);
  });

  it("answers an empty list, passes a refusal on, and refuses foreign workspaces", async () => {
    const w = world();
    const data = await w.ok(taskCalculateTimeline, { list: lists.empty }, premium());
    expect(data).toMatchObject({ tasks: [], critical_path: [], working_days: 0, total: 0 });
    w.sandbox.fault({ kind: "status", status: 403, err: "No access", times: 2 });
    expect(
      await w.fails(taskCalculateTimeline, { list: lists.empty }, "upstream_error", premium()),
    ).toContain("No access");
    w.sandbox.clearFaults();
    const ctx = w.context({ tier: "premium", workspaces: [SIDE], grant: { workspaces: [SIDE.id] } });
    await w.fails(taskCalculateTimeline, { list: lists.sprint21 }, "user_error", ctx);
  });
});

describe("clickup_task_generate_gantt_data", () => {
  const world = useWorld({ strict: true });
  const premium = () => world().context({ tier: "premium" });

  it("gives rows with days, progress, dependencies and what is computed", async () => {
    const w = world();
    const ids = await project(w);
    const { state } = w.sandbox;
    const closed = state.statusesOf(state.list(lists.empty)).find((one) => one.type === "closed")?.status;
    state.task(ids["a"] ?? "").status = closed ?? "";
    const data = await w.ok(taskGenerateGanttData, { list: lists.empty, from: "2026-03-10" }, premium());
    expect(w.operations()).toEqual(["GET /v2/list/{list_id}/task"]);
    expect(data).toMatchObject({ from: "2026-03-05", to: "2026-03-16", total: 5 });
    const row = (name: string) => rows(data, "rows").find((one) => one.name === name);
    expect(row("A")).toEqual({
      id: ids["a"],
      name: "A",
      start: "2026-03-05",
      end: "2026-03-09",
      progress: 100,
      assignees: ["Alice Andersson"],
    });
    expect(row("C")).toMatchObject({
      start: "2026-03-10",
      end: "2026-03-13",
      progress: 0,
      waiting_on: [ids["a"]],
      critical: true,
      computed: true,
    });
    expect(row("D")).toMatchObject({ start: "2026-03-16", end: "2026-03-16" });
    expect(rows(data, "rows").map((one) => one["start"])).toEqual(
      rows(data, "rows")
        .map((one) => one["start"])
        .toSorted((a, b) => String(a).localeCompare(String(b))),
    );
  });

  it("keeps every row in order and a page of the real lists in its budget", async () => {
    const w = world();
    const ctx = premium();
    for (const list of [lists.sprint21, lists.backlog, lists.launch]) {
      const data = await w.ok(taskGenerateGanttData, { list }, ctx);
      expect(rows(data, "rows").length).toBeGreaterThan(0);
      for (const row of rows(data, "rows")) {
        expect(String(row["start"]) <= String(row["end"])).toBe(true);
        expect(Number(row["progress"])).toBeGreaterThanOrEqual(0);
        expect(Number(row["progress"])).toBeLessThanOrEqual(100);
        expect(String(row["end"]) <= String(data["to"])).toBe(true);
      }
      expect(JSON.stringify(data["rows"]).length).toBeLessThanOrEqual(20_000);
    }
  });

  it("fences names and refuses what is not there", async () => {
    const w = world();
    const { result } = await w.call(taskGenerateGanttData, { list: lists.sprint21 }, premium());
    const text = textOf(result.content);
    expect(text.indexOf("<<<clickup")).toBeLessThan(text.indexOf("Ship the export endpoint"));
    expect(await w.fails(taskGenerateGanttData, { list: "Nope" }, "user_error", premium())).toContain(
      "No list",
    );
  });
});

describe("clickup_task_identify_parallel_groups", () => {
  const world = useWorld({ strict: true });
  const premium = () => world().context({ tier: "premium" });

  it("groups what can be done together and names who is in a group twice", async () => {
    const w = world();
    const ids = await project(w);
    const data = await w.ok(taskIdentifyParallelGroups, { list: lists.empty }, premium());
    expect(w.operations()).toEqual(["GET /v2/list/{list_id}/task"]);
    const groups = rows(data, "groups").map((group) => ({
      ...group,
      tasks: (group["tasks"] as Row[]).toSorted((a, b) => a.name.localeCompare(b.name)),
    }));
    expect(groups).toEqual([
      {
        group: 1,
        working_days: 3,
        tasks: [
          { id: ids["a"], name: "A" },
          { id: ids["e"], name: "E" },
        ],
      },
      {
        group: 2,
        working_days: 4,
        tasks: [
          { id: ids["b"], name: "B" },
          { id: ids["c"], name: "C" },
        ],
        shared_people: [{ id: String(SANDBOX.users.alice), name: "Alice Andersson" }],
      },
      { group: 3, working_days: 1, tasks: [{ id: ids["d"], name: "D" }] },
    ]);
  });

  it("pages through a long list and refuses an unknown one", async () => {
    const w = world();
    const ctx = premium();
    await hundredMore(w);
    const data = await w.ok(taskIdentifyParallelGroups, { list: lists.backlog }, ctx);
    expect(data["total"]).toBeGreaterThan(100);
    expect(JSON.stringify(data["groups"]).length).toBeLessThanOrEqual(20_000);
    expect(await w.fails(taskIdentifyParallelGroups, { list: "Nope" }, "user_error", ctx)).toContain(
      "No list",
    );
  });
});
