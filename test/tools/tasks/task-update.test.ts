import { describe, expect, it } from "vitest";
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { useWorld } from "../context.ts";

const TOOL = "clickup_task_update";
const { tasks, users, fields } = SANDBOX;
type Changes = { field: string; before?: string; after?: string }[];
const changed = (data: Record<string, unknown>) =>
  Object.fromEntries(
    (data["changes"] as Changes).map(({ field, before, after }) => [field, [before, after]]),
  );

describe("clickup_task_update", () => {
  const world = useWorld({ strict: true });

  it("changes plain fields with one read and one write and says before and after", async () => {
    const w = world();
    const data = await w.ok(TOOL, {
      task: "DEV-42",
      name: "Ship it",
      status: "IN REVIEW",
      priority: "low",
      due: "2026-03-20T15:00",
      estimate: 90,
      points: 8,
      markdown: "New text",
    });
    expect(w.operations()).toEqual(["GET /v2/task/{task_id}", "PUT /v2/task/{task_id}"]);
    expect(changed(data)).toMatchObject({
      name: ["Ship the export endpoint", "Ship it"],
      status: ["in progress", "in review"],
      priority: ["urgent", "low"],
      due: ["2026-03-06T10:00:00+01:00", "2026-03-20T15:00:00+01:00"],
      estimate: ["16h", "1h30m"],
      points: ["5", "8"],
      markdown: [expect.any(String), "8 characters"],
    });
    expect(data["not_applied"]).toBeUndefined();
    expect(w.sandbox.state.task(tasks.export).markdown).toBe("New text");
  });

  it("adds, removes and replaces assignees as {add, rem}", async () => {
    const w = world();
    const first = await w.ok(TOOL, {
      task: tasks.export,
      assignees_add: ["me"],
      assignees_remove: ["Dan O'Neil"],
    });
    const put = w.sandbox.calls.find((call) => call.method === "PUT");
    expect(put?.body).toEqual({ assignees: { add: [users.alice], rem: [users.dan] } });
    expect(w.sandbox.state.task(tasks.export).assignees).toEqual([users.carol, users.alice]);
    expect(changed(first)["assignees"]?.[1]).toContain("Alice Andersson");
    await w.ok(TOOL, { task: tasks.export, assignees: "eve" });
    expect(w.sandbox.state.task(tasks.export).assignees).toEqual([users.eve]);
    const stranger = await w.ok(TOOL, { task: tasks.export, assignees_add: [users.bob] });
    expect(stranger["not_applied"]).toMatchObject([{ field: "assignees", is: `Eve Okafor (${users.eve})` }]);
    expect(stranger["changes"]).toEqual([]);
  });

  it("sets tags to exactly what is asked", async () => {
    const w = world();
    const data = await w.ok(TOOL, { task: tasks.export, tags: ["Feature", "urgent ✅"] });
    expect(w.sandbox.state.task(tasks.export).tags.sort()).toEqual(["feature", "urgent ✅"]);
    expect(changed(data)["tags"]).toEqual(["feature, c++ / rust", "feature, urgent ✅"]);
    expect(data["not_applied"]).toBeUndefined();
  });

  it("sets custom fields without asking for definitions, and reads back", async () => {
    const w = world();
    const data = await w.ok(TOOL, {
      task: tasks.export,
      custom_fields: { Severity: "Low", Reviewers: ["Grace Hopper-Lee"] },
      clear: [fields.shortText],
    });
    expect(w.operations().sort()).toEqual(
      [
        "GET /v2/task/{task_id}",
        "GET /v2/team",
        "POST /v2/task/{task_id}/field/{field_id}",
        "POST /v2/task/{task_id}/field/{field_id}",
        "DELETE /v2/task/{task_id}/field/{field_id}",
        "GET /v2/task/{task_id}",
      ].sort(),
    );
    expect(changed(data)).toMatchObject({
      "custom_fields.Severity": ["High", "Low"],
      "custom_fields.Reviewers": [expect.stringContaining("Eve Okafor"), `Grace Hopper-Lee (${users.grace})`],
      "custom_fields.Release": ["2026.3", undefined],
    });
    expect(w.sandbox.state.task(tasks.export).fields[fields.users]).toEqual([users.grace]);
  });

  it("takes null for no value of a custom field: what is there stays, and clear is named", async () => {
    const w = world();
    const args = { task: tasks.export, custom_fields: { Severity: null } };
    expect(await w.fails(TOOL, args, "user_error")).toContain('"Severity" could mean to leave it');
    expect(w.operations().filter((operation) => !operation.startsWith("GET "))).toEqual([]);
  });

  it("clears fields of its own and custom ones", async () => {
    const w = world();
    const data = await w.ok(TOOL, {
      task: tasks.export,
      clear: [
        "due",
        "start",
        "priority",
        "description",
        "assignees",
        "tags",
        "estimate",
        "points",
        "Severity",
      ],
    });
    const task = w.sandbox.state.task(tasks.export);
    expect(task).toMatchObject({
      due_date: null,
      start_date: null,
      priority: null,
      markdown: "",
      assignees: [],
      tags: [],
      time_estimate: null,
      points: null,
    });
    expect(task.fields[fields.dropDown]).toBeUndefined();
    expect(changed(data)).toMatchObject({
      priority: ["urgent", undefined],
      "custom_fields.Severity": ["High", undefined],
    });
    expect(data["not_applied"]).toBeUndefined();
  });

  it("reports a refused custom field beside what was done", async () => {
    const w = world();
    w.sandbox.fault({
      kind: "status",
      status: 400,
      err: "Value invalid",
      ecode: "FIELD_146",
      path: `/field/${fields.number}`,
    });
    const data = await w.ok(TOOL, {
      task: tasks.export,
      name: "Renamed",
      custom_fields: { "Votes in survey": 3, Severity: "Medium" },
    });
    expect(changed(data)).toMatchObject({
      name: [expect.any(String), "Renamed"],
      "custom_fields.Severity": ["High", "Medium"],
    });
    expect(data["not_applied"]).toEqual([
      {
        field: "custom_fields.Votes in survey",
        asked: "3",
        reason: expect.stringContaining("Value invalid"),
      },
    ]);
  });

  it("fails as a whole when the only custom field is refused", async () => {
    const w = world();
    w.sandbox.fault({ kind: "status", status: 403, err: "No", ecode: "ACCESS_1", path: "/field/" });
    await w.fails(TOOL, { task: tasks.export, custom_fields: { Severity: "Low" } }, "upstream_error");
  });

  it("says so when the new state cannot be read back", async () => {
    const w = world();
    w.sandbox.fault({ kind: "status", status: 500, operation: "GET /v2/task/{task_id}", skip: 1, times: 5 });
    const { result, outcome } = await w.call(TOOL, {
      task: tasks.export,
      custom_fields: { Severity: "Low" },
    });
    expect(outcome).toBe("ok");
    expect(result.content[0]?.text).toContain("could not be read");
  });

  it("reports what ClickUp ignored", async () => {
    const w = world();
    // The seed's Marketing takes one assignee a task.
    const list = SANDBOX.lists.launch;
    const other = Object.values(w.sandbox.state.data.tasks).find((task) => task.list_id === list);
    const data = await w.ok(TOOL, { task: other?.id ?? "", assignees: ["me", "Carol Castañeda"] });
    if (w.sandbox.state.space(SANDBOX.spaces.marketing).multiple_assignees) {
      expect(data["not_applied"]).toBeUndefined();
    } else {
      expect(data["not_applied"]).toMatchObject([{ field: "assignees" }]);
    }
  });

  it.each([
    [{ task: tasks.export }, "Nothing to change"],
    [{ task: tasks.export, clear: ["due"], due: "today" }, 'clear: "due" is also given a value'],
    [{ task: tasks.export, clear: ["sevrity"] }, 'No field to clear "sevrity". Nearest: "Severity"'],
    [{ task: tasks.export, status: "doing" }, 'no status "doing". Statuses: "backlog"'],
    [{ task: tasks.export, start: "2027-01-01" }, "start: it is after due"],
    [{ name: "x" }, "task is required"],
  ])("refuses %j and changes nothing", async (args, message) => {
    const w = world();
    const before = structuredClone(w.sandbox.state.task(tasks.export));
    expect(await w.fails(TOOL, args, "user_error")).toContain(message);
    expect(w.sandbox.state.task(tasks.export)).toEqual(before);
  });
});
