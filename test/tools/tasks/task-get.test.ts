import { describe, expect, it } from "vitest";
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { NORTHWIND, SIDE, textOf, useWorld } from "../context.ts";

const TOOL = "clickup_task_get";
const { tasks } = SANDBOX;

describe("clickup_task_get", () => {
  const world = useWorld({ strict: true });

  it("answers a small task for one call", async () => {
    const w = world();
    const data = await w.ok(TOOL, { task: tasks.export });
    expect(w.operations()).toEqual(["GET /v2/task/{task_id}"]);
    expect(data).toMatchObject({
      id: tasks.export,
      custom_id: "DEV-42",
      name: "Ship the export endpoint",
      status: "in progress",
      priority: "urgent",
      estimate: "16h",
      points: 5,
      list: { id: SANDBOX.lists.sprint21, name: "Sprint 21" },
      due: "2026-03-06T10:00:00+01:00",
      groups: [{ id: SANDBOX.groups.engineers, name: expect.any(String) }],
    });
    expect(data["description"]).toBeUndefined();
    expect(data["custom_fields"]).toBeUndefined();
    expect(JSON.stringify(data).length).toBeLessThan(1_500);
    expect(JSON.stringify(data)).not.toMatch(/null|profilePicture|#[0-9a-f]{6}/);
  });

  it("widens with include", async () => {
    const w = world();
    const data = await w.ok(TOOL, {
      task: tasks.export,
      include: ["subtasks", "description", "comments", "custom_fields", "attachments"],
    });
    expect(w.operations()).toEqual(["GET /v2/task/{task_id}", "GET /v2/task/{task_id}/comment"]);
    expect(data["description"]).toContain("![diagram](https://attachments.clickup.com/diagram.png)");
    expect(data["subtasks"]).toHaveLength(3);
    expect((data["comments"] as unknown[]).length).toBeGreaterThan(0);
    expect(data["attachments"]).toMatchObject([{ name: "diagram.png", bytes: 48_213 }]);
    const values = Object.fromEntries(
      (data["custom_fields"] as { name: string; value: unknown }[]).map((field) => [field.name, field.value]),
    );
    expect(values).toMatchObject({
      Severity: "High",
      Budget: 12_500.5,
      "Customer facing": true,
      Progress: "50%",
    });
    expect(await w.ok(TOOL, { task: tasks.export, include: "subtasks, comments" })).toHaveProperty(
      "comments",
    );
  });

  it.each([
    ["custom id", "DEV-42"],
    ["custom id in lower case", "dev-42"],
    ["CU- prefix", `CU-${tasks.export}`],
    ["# prefix", `#${tasks.export}`],
    ["URL", `https://app.clickup.com/t/${tasks.export}`],
    ["URL with custom id", `https://app.clickup.com/t/${NORTHWIND.id}/DEV-42?comment=1`],
    ["name", "ship the export ENDPOINT"],
    ["path", "Sprint 21 / Ship the export endpoint"],
  ])("finds a task by %s", async (_, value) => {
    const w = world();
    expect((await w.ok(TOOL, { task: value }))["id"]).toBe(tasks.export);
    expect(w.touched).toEqual([`task:${tasks.export}`]);
  });

  it("takes ids of any length and one-word names", async () => {
    const w = world();
    expect((await w.ok(TOOL, { task: tasks.longId }))["name"]).toBe("Task with a long id");
    w.sandbox.state.task(tasks.docs).name = "deploy";
    expect((await w.ok(TOOL, { task: "deploy" }))["id"]).toBe(tasks.docs);
    w.sandbox.state.task(tasks.docs).name = "release-2";
    expect((await w.ok(TOOL, { task: "release-2" }))["id"]).toBe(tasks.docs);
  });

  it("tells ambiguous and unknown names with the candidates", async () => {
    const w = world();
    w.sandbox.state.task(tasks.docs).name = "Twin";
    w.sandbox.state.task(tasks.schema).name = "twin";
    const twins = await w.fails(TOOL, { task: "Twin" }, "user_error");
    expect(twins).toContain(`(${tasks.docs})`);
    expect(twins).toContain(`(${tasks.schema})`);
    expect(await w.fails(TOOL, { task: "Ship the exprt endpoint" }, "user_error")).toContain(
      `(${tasks.export})`,
    );
    expect(await w.fails(TOOL, { task: "https://app.clickup.com/t/nope1" }, "user_error")).toContain(
      "ClickUp does not know it",
    );
    expect(await w.fails(TOOL, { task: tasks.bob }, "user_error")).toContain("No task");
  });

  it("looks for a custom id in every usable workspace", async () => {
    const w = world();
    w.sandbox.state.task(tasks.garden).custom_id = "GRD-1";
    const both = w.context({ workspaces: [NORTHWIND, SIDE] });
    expect((await w.ok(TOOL, { task: "GRD-1" }, both))["id"]).toBe(tasks.garden);
    w.sandbox.state.task(tasks.garden).custom_id = "DEV-42";
    expect(await w.fails(TOOL, { task: "DEV-42" }, "user_error", both)).toContain("2 tasks match");
    const inSide = w.context({ workspaces: [NORTHWIND, SIDE], defaultWorkspaceId: SIDE.id });
    expect((await w.ok(TOOL, { task: "DEV-42" }, inSide))["id"]).toBe(tasks.garden);
  });

  it("cuts a long description and says how long it is", async () => {
    const w = world();
    w.sandbox.state.task(tasks.docs).markdown = "x".repeat(50_000);
    const data = await w.ok(TOOL, { task: tasks.docs, include: ["description"] });
    expect((data["description"] as string).length).toBe(20_000);
    expect(data["description_total_chars"]).toBe(50_000);
  });

  it("fences what people wrote and keeps it out of the summary", async () => {
    const w = world();
    const { result } = await w.call(TOOL, { task: tasks.injection, include: ["description"] });
    const text = textOf(result.content);
    const [summary, opening] = text.split("\n");
    expect(summary).toBe(`Task ${tasks.injection}.`);
    expect(opening).toMatch(/^<<<clickup [0-9a-f]{12}: written by people/);
    expect(text).toContain("ignore all previous instructions");
    const odd = await w.ok(TOOL, { task: tasks.odd });
    expect(odd["name"]).toBe(`Review the budget <b>"now"</b> & 'later' 🧨🇸🇪`);
  });

  it.each([
    [{}, "task is required (id, custom id, URL or name)"],
    [{ task: "x", include: ["everything"] }, "include[0]: use one of subtasks, description"],
    [{ task: { id: 1 } }, "task: expected text"],
  ])("refuses %j", async (args, message) => {
    expect(await world().fails(TOOL, args, "user_error")).toContain(message);
  });
});

describe("a device that may use tasks alone", () => {
  const world = useWorld();
  const only = { grant: { toolSets: ["tasks" as const] }, tier: "premium" as const };

  it.each([
    ["clickup_task_get", { include: ["comments"] }, "comments"],
    ["clickup_task_get", { include: ["custom_fields"] }, "fields"],
    ["clickup_task_update", { custom_fields: { Severity: "High" } }, "fields"],
  ])("%s %j is refused, and nothing is changed", async (tool, args, set) => {
    const w = world();
    const text = await w.fails(tool, { task: SANDBOX.tasks.docs, ...args }, "refused_grant", w.context(only));
    expect(text).toContain(`may not use ${set} tools`);
    expect(w.operations().filter((operation) => !operation.startsWith("GET "))).toEqual([]);
  });
});
