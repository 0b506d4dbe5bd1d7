import { describe, expect, it } from "vitest";
import { taskDelete } from "../../../tools/tasks/tools-delete.ts";
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { useWorld } from "../context.ts";

const { tasks, workspaces } = SANDBOX;
const premium = { tier: "premium" } as const;

describe("clickup_task_delete", () => {
  const world = useWorld({ strict: true });

  it("asks with the name and what goes along, then deletes", async () => {
    const w = world();
    const asked: string[] = [];
    const ctx = w.context({
      ...premium,
      confirm: (question) => {
        asked.push(question);
        return Promise.resolve("accepted");
      },
    });
    const data = await w.ok(taskDelete, { task: "DEV-42" }, ctx);
    expect(asked).toEqual(['Delete task DEV-42 "Ship the export endpoint" and its 3 subtasks?']);
    expect(w.operations()).toEqual(["GET /v2/task/{task_id}", "DELETE /v2/task/{task_id}"]);
    expect(data).toEqual({
      task: { id: tasks.export, name: "Ship the export endpoint" },
      deleted: true,
      subtasks: 3,
    });
    expect(w.sandbox.state.data.tasks[tasks.export]).toBeUndefined();
    expect(w.touched).toContain(`task:${tasks.export}`);
  });

  it("deletes nothing when the person says no", async () => {
    const w = world();
    const ctx = w.context({ ...premium, confirm: () => Promise.resolve("declined") });
    expect(await w.fails(taskDelete, { task: tasks.docs }, "cancelled", ctx)).toContain("declined");
    expect(w.sandbox.state.data.tasks[tasks.docs]).toBeDefined();
  });

  it("goes on where nobody can be asked, and says what a second delete meets", async () => {
    const w = world();
    await w.ok(taskDelete, { task: tasks.docs }, w.context(premium));
    expect(await w.fails(taskDelete, { task: tasks.docs }, "user_error", w.context(premium))).toContain(
      "No task",
    );
  });

  it.each([
    [{ task: tasks.garden }, "refused_grant", "not allowed to use Workspace"],
    [{ task: "Onboard" }, "user_error", "No task"],
    [{}, "user_error", "task is required"],
  ] as const)("refuses %j", async (args, outcome, message) => {
    const w = world();
    const narrowed = w.context({ ...premium, grant: { workspaces: [workspaces.northwind] } });
    expect(await w.fails(taskDelete, args, outcome, narrowed)).toContain(message);
    expect(w.sandbox.calls.filter((call) => call.method === "DELETE")).toEqual([]);
  });

  it("refuses a device that may only read, and reports refusals and lost answers", async () => {
    const w = world();
    const reading = w.context({ ...premium, grant: { access: "read" } });
    await w.fails(taskDelete, { task: tasks.docs }, "refused_grant", reading);
    w.sandbox.fault({ kind: "status", status: 403, err: "Not allowed", method: "DELETE" });
    const text = await w.fails(taskDelete, { task: tasks.docs }, "upstream_error", w.context(premium));
    expect(text).toContain("Not allowed");
    w.sandbox.fault({ kind: "reset", method: "DELETE", after_effect: true });
    await w.fails(taskDelete, { task: tasks.docs }, "unknown_outcome", w.context(premium));
  });
});
