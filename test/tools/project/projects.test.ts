import { describe, expect, it } from "vitest";
import {
  projectApplyTemplate,
  projectGetTemplates,
  projectInitialize,
} from "../../../tools/project/tools.ts";
import { TEMPLATES, tasksOf } from "../../../tools/project/templates.ts";
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { NORTHWIND, SIDE, textOf, useWorld } from "../context.ts";

type Row = { id?: string; name: string; status: string; reason?: string; key?: string };
const rows = (data: Record<string, unknown>, field: string) => data[field] as Row[];
const SPRINT = TEMPLATES.find((one) => one.id === "software_sprint");
const sprintTasks = SPRINT === undefined ? [] : tasksOf(SPRINT).map(({ task }) => task);
const sprintEdges = sprintTasks.reduce((sum, task) => sum + (task.after?.length ?? 0), 0);

describe("clickup_project_get_templates", () => {
  const world = useWorld({ strict: true });

  it("lists every template without a request and within the budget of a list", async () => {
    const w = world();
    const data = await w.ok(projectGetTemplates, {}, w.context({ tier: "premium" }));
    expect(w.operations()).toEqual([]);
    expect(rows(data, "templates").map((one) => one.id)).toEqual(TEMPLATES.map((one) => one.id));
    expect(data["templates"]).toContainEqual(
      expect.objectContaining({ id: "software_sprint", working_days: 12, tasks: sprintTasks.length }),
    );
    expect(JSON.stringify(data).length).toBeLessThan(20_000);
  });
});

describe("clickup_project_initialize", () => {
  const world = useWorld({ strict: true });
  const premium = () => world().context({ tier: "premium" });

  it("builds space, folder, lists, dated tasks and dependencies, one request each", async () => {
    const w = world();
    const data = await w.ok(
      projectInitialize,
      {
        name: "Apollo",
        template: "Software sprint",
        start: "2026-03-07",
        features: ["time tracking"],
      },
      premium(),
    );
    const count = (operation: string) =>
      w.sandbox.calls.filter((call) => call.operation === operation).length;
    expect(count("POST /v2/team/{team_id}/space")).toBe(1);
    expect(count("POST /v2/space/{space_id}/folder")).toBe(1);
    expect(count("POST /v2/folder/{folder_id}/list")).toBe(3);
    expect(count("POST /v2/list/{list_id}/task")).toBe(sprintTasks.length);
    expect(count("POST /v2/task/{task_id}/dependency")).toBe(sprintEdges);
    expect(w.sandbox.calls).toHaveLength(5 + sprintTasks.length + sprintEdges);
    expect(data).toMatchObject({
      space: { name: "Apollo" },
      template: "software_sprint",
      created: sprintTasks.length,
      dependencies: sprintEdges,
      schedule: { start: "2026-03-09", due: "2026-03-24", working_days: 12, moved: "it was on a weekend" },
    });
    expect(data["not_applied"]).toBeUndefined();
    expect(data["failed"] ?? data["not_tried"]).toBeUndefined();
    const { state } = w.sandbox;
    const spaceId = (data["space"] as { id: string }).id;
    expect(state.space(spaceId).features["time_tracking"]?.enabled).toBe(true);
    expect(state.space(spaceId).features.due_dates.start_date).toBe(true);
    const release = rows(data, "tasks").find((one) => one.key === "release");
    const verify = rows(data, "tasks").find((one) => one.key === "verify");
    const task = state.task(release?.id ?? "");
    expect(task).toMatchObject({ name: "Release", custom_item_id: 1, priority: 1, start_date: null });
    expect(state.list(task.list_id)).toMatchObject({ name: "Release", space_id: spaceId });
    expect(state.data.dependencies).toContainEqual(
      expect.objectContaining({ task_id: release?.id, depends_on: verify?.id }),
    );
    expect(w.progress.at(-1)).toBe(
      `${5 + sprintTasks.length + sprintEdges}/${5 + sprintTasks.length + sprintEdges}`,
    );
    expect(w.touched).toEqual(expect.arrayContaining([`space:${spaceId}`, `task:${release?.id}`]));
  });

  it("stretches a template to a length and keeps what follows behind what it waits on", async () => {
    const w = world();
    for (const duration_days of [4, 12, 30]) {
      const data = await w.ok(
        projectInitialize,
        { name: `Of ${duration_days}`, template: "software_sprint", start: "2026-03-02", duration_days },
        premium(),
      );
      expect(data["schedule"]).toMatchObject({ start: "2026-03-02", working_days: duration_days });
      const due = new Map(
        rows(data, "tasks").map((row) => [row.key, w.sandbox.state.task(row.id ?? "").due_date ?? 0]),
      );
      for (const task of sprintTasks) {
        for (const before of task.after ?? []) {
          expect(due.get(task.key)).toBeGreaterThanOrEqual(due.get(before) ?? Infinity);
        }
      }
      const last = new Date(Math.max(...due.values())).toISOString().slice(0, 10);
      expect(last).toBe((data["schedule"] as { due: string }).due);
    }
  });

  it("makes one list without a template", async () => {
    const w = world();
    const data = await w.ok(projectInitialize, { name: "Bare" }, premium());
    expect(w.operations()).toEqual(["POST /v2/team/{team_id}/space", "POST /v2/space/{space_id}/list"]);
    expect(rows(data, "lists")).toMatchObject([{ name: "Tasks", status: "done" }]);
  });

  it("names features ClickUp did not switch on", async () => {
    const w = world();
    const real = globalThis.fetch;
    // A ClickUp whose plan has no portfolios: it answers 200 and leaves them off.
    globalThis.fetch = async (input: Parameters<typeof fetch>[0], init?: RequestInit) => {
      const answer = await real(input, init);
      const text = (await answer.text()).replace(
        '"portfolios":{"enabled":true}',
        '"portfolios":{"enabled":false}',
      );
      return new Response(text, answer);
    };
    const data = await w.ok(projectInitialize, { name: "Bare", features: ["portfolios", "tags"] }, premium());
    expect(data["not_applied"]).toEqual([{ field: "portfolios", asked: "on", is: "off" }]);
  });

  it("reports what was made when a part fails, and does not make it twice with the same key", async () => {
    const w = world();
    w.sandbox.fault({
      kind: "status",
      status: 400,
      err: "List name taken",
      operation: "POST /v2/folder/{folder_id}/list",
      skip: 1,
    });
    const args = { name: "Half", template: "software_sprint", idempotency_key: "half-1" };
    const data = await w.ok(projectInitialize, args, premium());
    expect(rows(data, "lists").map((one) => one.status)).toEqual(["done", "failed", "done"]);
    expect(rows(data, "lists")[1]?.reason).toContain("List name taken");
    const tasks = rows(data, "tasks");
    expect(tasks.find((one) => one.key === "plan")).toMatchObject({ status: "done", id: expect.any(String) });
    expect(tasks.find((one) => one.key === "release")).toMatchObject({
      status: "not_tried",
      reason: "its list was not created",
    });
    expect(data).toMatchObject({ created: 5, not_tried: 4 });
    const problems = data["dependency_problems"] as { task: string; status: string }[];
    expect(problems.map((one) => one.task)).toEqual(["verify", "verify", "release", "demo", "retro"]);
    expect(problems.every((one) => one.status === "not_tried")).toBe(true);
    w.operations();
    const again = await w.ok(projectInitialize, args, premium());
    expect(again).toEqual({ ...data, replayed: true });
    expect(w.operations()).toEqual([]);
  });

  it("keeps the space in the report when the folder is refused or its outcome unknown", async () => {
    const w = world();
    w.sandbox.fault({ kind: "reset", operation: "POST /v2/space/{space_id}/folder", after_effect: true });
    const data = await w.ok(projectInitialize, { name: "Lost", template: "event" }, premium());
    expect(data["space"]).toMatchObject({ name: "Lost" });
    expect(data["folder"]).toMatchObject({
      status: "failed",
      reason: expect.stringContaining("Outcome unknown"),
    });
    expect(data["created"]).toBe(0);
    w.sandbox.fault({ kind: "reset", operation: "POST /v2/team/{team_id}/space", after_effect: true });
    const text = await w.fails(projectInitialize, { name: "Lost 2" }, "unknown_outcome", premium());
    expect(text).toContain("Check with clickup_workspace_hierarchy");
  });

  it("stops when the call is cancelled and says what was made", async () => {
    const w = world();
    const leaving = new AbortController();
    const ctx = w.context({ tier: "premium", signal: leaving.signal });
    ctx.progress = (done) => {
      if (done === 8) {
        leaving.abort();
      }
    };
    const data = await w.ok(projectInitialize, { name: "Left", template: "software_sprint" }, ctx);
    const made = rows(data, "tasks").filter((one) => one.status === "done").length;
    expect(made).toBeGreaterThan(0);
    expect(made).toBeLessThan(sprintTasks.length);
    expect(data["created"]).toBe(made);
    const failed = Number(data["failed"] ?? 0);
    expect(Number(data["not_tried"]) + failed + made).toBe(sprintTasks.length);
    expect(data["dependencies"]).toBe(0);
  });

  it.each([
    [{ name: "x", template: "sprnt" }, "Known: software_sprint"],
    [{ name: "x", start: "today" }, "name one (clickup_project_get_templates)"],
    [{ name: "x", template: "event", start: "someday" }, 'start: "someday" is not a time'],
    [{ name: "x", template: "event", duration_days: 0.5 }, "duration_days: a whole number"],
    [{ name: "" }, "name: must not be empty"],
    [{ name: "x", features: ["time trakcing"] }, 'Nearest: "time_tracking"'],
    [{ name: "x", workspace: "Nowhere" }, 'No Workspace "Nowhere"'],
  ])("refuses %j before anything is made", async (args, message) => {
    const w = world();
    expect(await w.fails(projectInitialize, args, "user_error", premium())).toContain(message);
    expect(w.operations()).toEqual([]);
  });

  it("asks which workspace, and respects the grant", async () => {
    const w = world();
    const two = w.context({ tier: "premium", workspaces: [NORTHWIND, SIDE] });
    expect(await w.fails(projectInitialize, { name: "x" }, "user_error", two)).toContain(
      "several Workspaces",
    );
    const data = await w.ok(projectInitialize, { name: "Mine", workspace: "side project" }, two);
    const made = w.sandbox.state.space((data["space"] as { id: string }).id);
    expect(made.team_id).toBe(SIDE.id);
    const reader = w.context({ tier: "premium", grant: { access: "read" } });
    await w.fails(projectInitialize, { name: "x" }, "refused_grant", reader);
  });
});

describe("clickup_project_apply_template", () => {
  const world = useWorld({ strict: true });
  const premium = () => world().context({ tier: "premium" });

  it("adds a folder with lists and undated tasks to a space named by name or id", async () => {
    const w = world();
    const ctx = premium();
    const data = await w.ok(
      projectApplyTemplate,
      { space: "Operations", template: "client-onboarding", name: "Acme" },
      ctx,
    );
    expect(data).toMatchObject({ folder: { name: "Acme", status: "done" }, created: 11 });
    expect(data["schedule"]).toBeUndefined();
    const folderId = (data["folder"] as { id: string }).id;
    expect(w.sandbox.state.data.folders[folderId]?.space_id).toBe(SANDBOX.spaces.operations);
    expect(rows(data, "tasks").every((row) => w.sandbox.state.task(row.id ?? "").due_date === null)).toBe(
      true,
    );
    w.operations();
    await w.ok(projectApplyTemplate, { space: SANDBOX.spaces.marketing, template: "event" }, ctx);
    expect(w.operations()).not.toContain("GET /v2/team/{team_id}/space");
  });

  it("throws when the folder was refused, and makes nothing more", async () => {
    const w = world();
    w.sandbox.fault({
      kind: "status",
      status: 403,
      err: "No access",
      operation: "POST /v2/space/{space_id}/folder",
    });
    const args = { space: SANDBOX.spaces.operations, template: "event", idempotency_key: "again" };
    expect(await w.fails(projectApplyTemplate, args, "upstream_error", premium())).toContain("No access");
    expect(w.sandbox.calls.filter((call) => call.method === "POST")).toHaveLength(1);
    // A refusal forgets the key: the call may be repeated.
    expect(await w.ok(projectApplyTemplate, args, premium())).toMatchObject({ folder: { status: "done" } });
  });

  it("finds new places by name at once, since the kept hierarchy is dropped", async () => {
    const w = world();
    const ctx = premium();
    await w.ok("clickup_workspace_hierarchy", {}, ctx);
    await w.ok(projectApplyTemplate, { space: "Operations", template: "hiring", name: "Designer" }, ctx);
    const found = await w.ok("clickup_folder_get", { folder: "Designer" }, ctx);
    expect(found["name"]).toBe("Designer");
  });

  it.each([
    [{ space: "Nope", template: "event" }, 'No space "Nope"'],
    [{ space: "Operations", template: "nope" }, 'no template "nope"'],
    [{ template: "event" }, "space is required"],
  ])("refuses %j", async (args, message) => {
    const w = world();
    expect(await w.fails(projectApplyTemplate, args, "user_error", premium())).toContain(message);
    expect(w.sandbox.calls.filter((call) => call.method === "POST")).toEqual([]);
  });

  it("refuses a space of a workspace the device may not use", async () => {
    const w = world();
    const narrowed = w.context({
      tier: "premium",
      workspaces: [NORTHWIND],
      grant: { workspaces: [NORTHWIND.id] },
    });
    await w.fails(
      projectApplyTemplate,
      { space: SANDBOX.spaces.side, template: "event" },
      "user_error",
      narrowed,
    );
    expect(w.sandbox.calls.filter((call) => call.method === "POST")).toEqual([]);
    const { result } = await w.call(projectApplyTemplate, { space: "Product", template: "event" }, narrowed);
    expect(textOf(result.content)).toContain("Made 3 of 3 lists");
  });
});
