import { describe, expect, it } from "vitest";
import {
  projectCreateMilestones,
  taskCreateWithDuration,
  taskCreateWithScheduling,
} from "../../../tools/project/tools-scheduling.ts";
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { NORTHWIND, SIDE, textOf, useWorld } from "../context.ts";

const { lists, tasks, users } = SANDBOX;
const taskOf = (data: Record<string, unknown>) =>
  data["task"] as { id: string; start?: string; due?: string };

describe("clickup_task_create_with_duration", () => {
  const world = useWorld({ strict: true });
  const premium = () => world().context({ tier: "premium" });

  it("counts working days over weekends, with one request", async () => {
    const w = world();
    const data = await w.ok(
      taskCreateWithDuration,
      {
        list: lists.sprint21,
        name: "Migrate",
        start: "2026-03-05",
        duration_days: 4,
        estimate: "20h",
        priority: "high",
        assignees: "me",
      },
      premium(),
    );
    expect(w.operations()).toEqual(["GET /v2/list/{list_id}", "POST /v2/list/{list_id}/task"]);
    expect(data["schedule"]).toEqual({ start: "2026-03-05", due: "2026-03-10", working_days: 4 });
    expect(taskOf(data).due).toMatch(/^2026-03-10/);
    const made = w.sandbox.state.task(taskOf(data).id);
    expect(made).toMatchObject({
      time_estimate: 20 * 3_600_000,
      priority: 2,
      assignees: [users.alice],
      start_date_time: false,
      due_date_time: false,
    });
    expect(data["not_applied"]).toBeUndefined();
  });

  it("moves a start off the weekend and says so; keeps a time of day", async () => {
    const w = world();
    const weekend = { list: lists.sprint21, name: "x", start: "2026-03-07", duration_days: 1 };
    const moved = await w.ok(taskCreateWithDuration, weekend, premium());
    expect(moved["schedule"]).toEqual({
      start: "2026-03-09",
      due: "2026-03-09",
      working_days: 1,
      moved: "it was on a weekend",
    });
    const timed = await w.ok(
      taskCreateWithDuration,
      { ...weekend, start: "2026-03-10T09:30", duration_days: "2" },
      premium(),
    );
    expect(taskOf(timed).start).toBe("2026-03-10T09:30:00+01:00");
  });

  it("reads days in the user's zone", async () => {
    const w = world();
    // 09:00 UTC on Monday 2 March is still Sunday evening in Pago Pago (UTC-11).
    const ctx = w.context({ tier: "premium", timeZone: "Pacific/Pago_Pago" });
    const data = await w.ok(
      taskCreateWithDuration,
      { list: lists.sprint21, name: "x", start: "today", duration_days: 1 },
      ctx,
    );
    expect(data["schedule"]).toMatchObject({ start: "2026-03-02", moved: "it was on a weekend" });
  });

  it("makes one task for one key and none after an unknown outcome", async () => {
    const w = world();
    const args = { list: lists.sprint21, name: "x", start: "today", duration_days: 1, idempotency_key: "d" };
    const first = await w.ok(taskCreateWithDuration, args, premium());
    expect(await w.ok(taskCreateWithDuration, args, premium())).toEqual({ ...first, replayed: true });
    expect(w.operations()).toHaveLength(2);
    w.sandbox.fault({ kind: "reset", method: "POST", after_effect: true });
    await w.fails(taskCreateWithDuration, { ...args, idempotency_key: "e" }, "unknown_outcome", premium());
    const text = await w.fails(
      taskCreateWithDuration,
      { ...args, idempotency_key: "e" },
      "user_error",
      premium(),
    );
    expect(text).toContain("never confirmed");
  });

  it.each([
    [{ duration_days: 0 }, "duration_days: a whole number"],
    [{ duration_days: 1.5 }, "duration_days: a whole number"],
    [{ start: "soonish" }, 'start: "soonish" is not a time'],
    [{ list: "Nowhere" }, 'No list "Nowhere"'],
    [{ start: undefined }, "start is required"],
  ])("refuses %j before anything is created", async (wrong, message) => {
    const w = world();
    const args = { list: lists.sprint21, name: "x", start: "today", duration_days: 2, ...wrong };
    expect(await w.fails(taskCreateWithDuration, args, "user_error", premium())).toContain(message);
    expect(w.sandbox.calls.filter((call) => call.method === "POST")).toEqual([]);
  });

  it("passes ClickUp's refusal on", async () => {
    const w = world();
    const args = { list: lists.sprint21, name: "x", start: "today", duration_days: 2 };
    w.sandbox.fault({ kind: "status", status: 403, err: "No access", method: "POST" });
    expect(await w.fails(taskCreateWithDuration, args, "upstream_error", premium())).toContain("No access");
  });
});

describe("clickup_task_create_with_scheduling", () => {
  const world = useWorld({ strict: true });
  const premium = () => world().context({ tier: "premium" });

  it("starts after what it waits on is due, and sets the dependencies", async () => {
    const w = world();
    // DEV-42 is due on Friday 6 March.
    const data = await w.ok(
      taskCreateWithScheduling,
      {
        list: lists.sprint21,
        name: "Announce",
        start: "2026-03-04",
        estimate: "12h",
        waiting_on: ["DEV-42", tasks.export],
      },
      premium(),
    );
    expect(data["schedule"]).toEqual({
      start: "2026-03-09",
      due: "2026-03-10",
      working_days: 2,
      moved: "it waits on DEV-42, due 2026-03-06",
    });
    expect(data["waiting_on"]).toEqual([{ id: tasks.export, name: expect.any(String), status: "done" }]);
    expect(w.sandbox.state.data.dependencies).toContainEqual(
      expect.objectContaining({ task_id: taskOf(data).id, depends_on: tasks.export }),
    );
    expect(w.operations().filter((one) => one.startsWith("POST"))).toEqual([
      "POST /v2/list/{list_id}/task",
      "POST /v2/task/{task_id}/dependency",
    ]);
  });

  it("takes a due date, or one day without one", async () => {
    const w = world();
    const base = { list: lists.sprint21, name: "x", start: "2026-03-04" };
    const due = await w.ok(taskCreateWithScheduling, { ...base, due: "2026-03-11" }, premium());
    expect(due["schedule"]).toEqual({ start: "2026-03-04", due: "2026-03-11", working_days: 6 });
    expect(w.operations()).toEqual(["GET /v2/list/{list_id}", "POST /v2/list/{list_id}/task"]);
    const one = await w.ok(taskCreateWithScheduling, base, premium());
    expect(one["schedule"]).toEqual({ start: "2026-03-04", due: "2026-03-04", working_days: 1 });
  });

  it("reports the task although a dependency failed", async () => {
    const w = world();
    w.sandbox.fault({
      kind: "status",
      status: 400,
      err: "Busy",
      operation: "POST /v2/task/{task_id}/dependency",
    });
    const args = { list: lists.sprint21, name: "x", start: "today", waiting_on: [tasks.export] };
    const { result } = await w.call(taskCreateWithScheduling, args, premium());
    expect(result.structuredContent?.["waiting_on"]).toMatchObject([
      { status: "failed", reason: expect.stringContaining("Busy") },
    ]);
    expect(textOf(result.content)).toContain("1 dependencies were not set");
  });

  it.each([
    [{ due: "2026-03-05", waiting_on: ["DEV-42"] }, "due: 2026-03-05 is before it can start, 2026-03-09"],
    [{ due: "2026-03-01" }, "is before it can start"],
    [{ waiting_on: ["No such task"] }, 'No task "No such task"'],
    [{ estimate: "soon" }, 'estimate: "soon" is not a duration'],
  ])("refuses %j before anything is created", async (wrong, message) => {
    const w = world();
    const args = { list: lists.sprint21, name: "x", start: "2026-03-04", ...wrong };
    expect(await w.fails(taskCreateWithScheduling, args, "user_error", premium())).toContain(message);
    expect(w.sandbox.calls.filter((call) => call.method === "POST")).toEqual([]);
  });

  it("refuses to wait on a task of a workspace the device may not use", async () => {
    const w = world();
    const ctx = w.context({
      tier: "premium",
      workspaces: [NORTHWIND],
      grant: { workspaces: [NORTHWIND.id] },
    });
    const args = { list: "Sprint 21", name: "x", start: "today", waiting_on: [tasks.garden] };
    expect(await w.fails(taskCreateWithScheduling, args, "refused_grant", ctx)).toContain(SIDE.id);
    expect(w.sandbox.calls.filter((call) => call.method === "POST")).toEqual([]);
  });
});

describe("clickup_project_create_milestones", () => {
  const world = useWorld({ strict: true });
  const premium = () => world().context({ tier: "premium" });

  it("puts one at the end of each phase", async () => {
    const w = world();
    const data = await w.ok(
      projectCreateMilestones,
      {
        list: "Nothing here yet",
        start: "2026-03-02",
        duration_days: 10,
        phases: ["Draft", "Review", "Sign-off"],
      },
      premium(),
    );
    expect(data).toMatchObject({ created: 3, dependencies: 0 });
    const made = (data["tasks"] as { id: string }[]).map(({ id }) => w.sandbox.state.task(id));
    expect(made.map((task) => task.name)).toEqual(["Draft", "Review", "Sign-off"]);
    expect(made.every((task) => task.custom_item_id === 1 && task.list_id === lists.empty)).toBe(true);
    expect(made.map((task) => new Date(task.due_date ?? 0).toISOString().slice(0, 10))).toEqual([
      "2026-03-05",
      "2026-03-10",
      "2026-03-13",
    ]);
    expect(w.progress).toEqual(["1/3", "2/3", "3/3"]);
  });

  it("has phases of its own, reports each item, and repeats nothing for a key", async () => {
    const w = world();
    w.sandbox.fault({ kind: "status", status: 400, err: "No", operation: "POST /v2/list/{list_id}/task" });
    const args = { list: lists.empty, start: "2026-03-02", duration_days: 20, idempotency_key: "m" };
    const data = await w.ok(projectCreateMilestones, args, premium());
    expect(data).toMatchObject({ created: 4, failed: 1 });
    w.operations();
    expect(await w.ok(projectCreateMilestones, args, premium())).toMatchObject({ replayed: true });
    expect(w.operations()).toEqual([]);
  });

  it.each([
    [{ duration_days: 4 }, "5 phases need at least 5 working days"],
    [{ phases: [] }, "phases: give 1 to 50 names"],
    [{ start: "x" }, 'start: "x" is not a time'],
    [{ list: "Backlog" }, "2 lists match"],
  ])("refuses %j", async (wrong, message) => {
    const w = world();
    const args = { list: lists.empty, start: "2026-03-02", duration_days: 10, ...wrong };
    expect(await w.fails(projectCreateMilestones, args, "user_error", premium())).toContain(message);
    expect(w.sandbox.calls.filter((call) => call.method === "POST")).toEqual([]);
  });
});
