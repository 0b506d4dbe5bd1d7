import { describe, expect, it } from "vitest";
import {
  taskAddDependency,
  taskAddLink,
  taskGetDependencies,
  taskRemoveDependency,
  taskRemoveLink,
} from "../../../tools/relations/tools.ts";
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { useWorld } from "../context.ts";

const { tasks, workspaces } = SANDBOX;
const premium = { tier: "premium" } as const;
const declined = { ...premium, confirm: () => Promise.resolve("declined" as const) };

describe("relations of tasks", () => {
  const world = useWorld({ strict: true });
  const known = new Set<string>(Object.values(tasks));
  const edges = () =>
    world()
      .sandbox.state.data.dependencies.filter((edge) => known.has(edge.task_id))
      .map((edge) => `${edge.task_id}>${edge.depends_on}`);
  const links = () => world().sandbox.state.data.links.map((link) => `${link.task_id}-${link.link_id}`);

  it("reads both directions and links for one call", async () => {
    const w = world();
    const data = await w.ok(taskGetDependencies, { task: "DEV-42" }, w.context(premium));
    expect(w.operations()).toEqual(["GET /v2/task/{task_id}"]);
    expect(data).toEqual({
      task: { id: tasks.export, name: "Ship the export endpoint" },
      waiting_on: [tasks.schema],
      blocking: [tasks.docs],
      links: [tasks.longId],
    });
    const other = await w.ok(taskGetDependencies, { task: tasks.longId }, w.context(premium));
    expect(other).toMatchObject({ waiting_on: [], blocking: [], links: [tasks.export] });
  });

  it("adds a dependency in the direction that was meant, for one call", async () => {
    const w = world();
    const ctx = w.context(premium);
    const data = await w.ok(taskAddDependency, { task: tasks.longId, waiting_on: tasks.docs }, ctx);
    expect(data).toEqual({ waiting: tasks.longId, on: tasks.docs });
    expect(w.operations()).toEqual(["POST /v2/task/{task_id}/dependency"]);
    await w.ok(taskAddDependency, { task: tasks.longId, blocking: "DEV-44" }, ctx);
    expect(edges()).toEqual(
      expect.arrayContaining([`${tasks.longId}>${tasks.docs}`, `${tasks.schema}>${tasks.longId}`]),
    );
    await w.ok(taskAddDependency, { task: tasks.longId, waiting_on: tasks.docs }, ctx);
    expect(edges()).toHaveLength(4);
  });

  it("removes a dependency that is there, and names those that are when it is not", async () => {
    const w = world();
    const ctx = w.context(premium);
    const text = await w.fails(
      taskRemoveDependency,
      { task: tasks.export, waiting_on: tasks.docs },
      "user_error",
      ctx,
    );
    expect(text).toContain(`It waits on: ${tasks.schema}; it blocks: ${tasks.docs}`);
    expect(edges()).toHaveLength(2);
    w.operations();
    await w.ok(taskRemoveDependency, { task: "DEV-42", blocking: tasks.docs }, ctx);
    expect(w.operations()).toEqual(["GET /v2/task/{task_id}", "DELETE /v2/task/{task_id}/dependency"]);
    expect(edges()).toEqual([`${tasks.export}>${tasks.schema}`]);
  });

  it("links and unlinks", async () => {
    const w = world();
    const ctx = w.context(premium);
    expect(await w.ok(taskAddLink, { task: tasks.docs, to: tasks.odd }, ctx)).toEqual({
      task: tasks.docs,
      to: tasks.odd,
      links: [tasks.odd],
    });
    expect(w.operations()).toEqual(["POST /v2/task/{task_id}/link/{links_to}"]);
    expect(await w.ok(taskRemoveLink, { task: tasks.odd, to: "DEV-43" }, ctx)).toMatchObject({ links: [] });
    expect(links()).toEqual([`${tasks.export}-${tasks.longId}`]);
    expect(await w.fails(taskRemoveLink, { task: tasks.odd, to: tasks.docs }, "user_error", ctx)).toContain(
      "It links to: none",
    );
  });

  it("asks before it removes", async () => {
    const w = world();
    const ctx = w.context(declined);
    await w.fails(taskRemoveDependency, { task: tasks.export, waiting_on: tasks.schema }, "cancelled", ctx);
    await w.fails(taskRemoveLink, { task: tasks.export, to: tasks.longId }, "cancelled", ctx);
    expect([edges().length, links().length]).toEqual([2, 1]);
  });

  it.each([
    [taskAddDependency, { task: tasks.docs }, "one of waiting_on and blocking"],
    [
      taskAddDependency,
      { task: tasks.docs, waiting_on: tasks.odd, blocking: tasks.odd },
      "one of waiting_on and blocking",
    ],
    [taskAddDependency, { task: tasks.docs, waiting_on: "DEV-43" }, "waiting_on: that is the task itself"],
    [taskAddDependency, { task: tasks.docs, waiting_on: "86zzzzzz9" }, 'No task "86zzzzzz9"'],
    [taskAddLink, { task: "86zzzzzz9", to: tasks.docs }, 'No task "86zzzzzz9"'],
    [taskAddLink, { task: tasks.docs, to: tasks.docs }, "to: that is the task itself"],
    [taskGetDependencies, { task: "https://example.com/t/1" }, "not a link to ClickUp"],
  ])("%# refuses %o", async (tool, args, message) => {
    const w = world();
    expect(await w.fails(tool, args, "user_error", w.context(premium))).toContain(message);
  });

  it("keeps to the granted workspaces and reports lost answers", async () => {
    const w = world();
    const narrowed = w.context({ ...premium, grant: { workspaces: [workspaces.northwind] } });
    await w.fails(taskAddLink, { task: tasks.docs, to: tasks.garden }, "refused_grant", narrowed);
    await w.fails(taskAddDependency, { task: tasks.garden, blocking: tasks.docs }, "refused_grant", narrowed);
    w.sandbox.fault({ kind: "reset", method: "POST" });
    const args = { task: tasks.docs, waiting_on: tasks.odd };
    expect(await w.fails(taskAddDependency, args, "unknown_outcome", w.context(premium))).toContain(
      "clickup_task_get_dependencies",
    );
  });
});
