import { describe, expect, it } from "vitest";
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { NORTHWIND, SIDE, useWorld } from "../context.ts";

const list = "clickup_list_get";
const folder = "clickup_folder_get";
const space = "clickup_space_get";

describe("reading one place", () => {
  const world = useWorld({ strict: true });

  it("reads a list by id with one call and no hierarchy", async () => {
    const w = world();
    const data = await w.ok(list, { list: Number(SANDBOX.lists.sprint21) });
    expect(data).toMatchObject({
      id: SANDBOX.lists.sprint21,
      name: "Sprint 21",
      folder: { id: SANDBOX.folders.sprints, name: "Sprints" },
      space: { id: SANDBOX.spaces.product, name: "Product" },
    });
    expect(data["statuses"]).toContain("in progress");
    expect(w.operations()).toEqual(["GET /v2/list/{list_id}"]);
    expect(w.touched).toEqual([`list:${SANDBOX.lists.sprint21}`]);
    const direct = await w.ok(list, { list: SANDBOX.lists.onboarding });
    expect(direct["folder"]).toBeUndefined();
  });

  it("reads a folder with its lists and a space with its statuses and features", async () => {
    const w = world();
    const data = await w.ok(folder, { folder: "sprints" });
    expect(data).toMatchObject({ id: SANDBOX.folders.sprints, space: { name: "Product" }, total_shown: 2 });
    expect((data["lists"] as { name: string }[]).map((one) => one.name)).toEqual(["Sprint 21", "Sprint 22"]);
    const shown = await w.ok(space, { space: "PRODUCT" });
    expect(shown).toMatchObject({ id: SANDBOX.spaces.product, name: "Product", multiple_assignees: true });
    expect(shown["features"]).toContain("due_dates");
    expect(JSON.stringify([data, shown])).not.toMatch(/null|#[0-9a-f]{6}/);
  });

  it.each([
    ["name in another case", "sprint 21"],
    ["path", "Product / Sprints / Sprint 21"],
    ["path with other signs", "northwind labs>product>sprints>SPRINT 21"],
    ["URL", `https://app.clickup.com/${NORTHWIND.id}/v/li/${SANDBOX.lists.sprint21}`],
    ["view URL", `https://app.clickup.com/${NORTHWIND.id}/v/l/6-${SANDBOX.lists.sprint21}-1?pr=1`],
  ])("finds a list by %s", async (_, value) => {
    expect((await world().ok(list, { list: value }))["id"]).toBe(SANDBOX.lists.sprint21);
  });

  it("names the candidates of an ambiguous name with paths and ids", async () => {
    const w = world();
    const text = await w.fails(list, { list: "backlog" }, "user_error");
    expect(text).toContain(`"Product / Backlog" (${SANDBOX.lists.backlog})`);
    expect(text).toContain(`"Marketing / Backlog" (${SANDBOX.lists.marketingBacklog})`);
    expect((await w.ok(list, { list: "marketing/backlog" }))["id"]).toBe(SANDBOX.lists.marketingBacklog);
  });

  it("names the nearest for an unknown name", async () => {
    const text = await world().fails(list, { list: "Sprnt 21" }, "user_error");
    expect(text).toContain(
      `No list "Sprnt 21". Nearest: "Product / Sprints / Sprint 21" (${SANDBOX.lists.sprint21})`,
    );
  });

  it("finds a list made after the hierarchy was kept", async () => {
    const w = world();
    await w.ok(list, { list: "Sprint 21" });
    w.operations();
    await w.ok(list, { list: "Sprint 22" });
    expect(w.operations()).toEqual(["GET /v2/list/{list_id}"]);
    w.sandbox.state.list(SANDBOX.lists.empty).name = "Renamed just now";
    expect((await w.ok(list, { list: "Renamed just now" }))["id"]).toBe(SANDBOX.lists.empty);
  });

  it("takes a number as a name when no list has it as id", async () => {
    const w = world();
    w.sandbox.state.list(SANDBOX.lists.empty).name = "2031";
    expect((await w.ok(list, { list: "2031" }))["id"]).toBe(SANDBOX.lists.empty);
    w.operations();
    // Kept now: no request is spent on it as an id.
    await w.ok(list, { list: 2031 });
    expect(w.operations()).toEqual(["GET /v2/list/{list_id}"]);
  });

  it("tells an unknown id and a link of another kind", async () => {
    const w = world();
    expect(await w.fails(list, { list: "999999999999" }, "user_error")).toContain('No list "999999999999"');
    const url = `https://app.clickup.com/${NORTHWIND.id}/v/f/${SANDBOX.folders.sprints}`;
    expect(await w.fails(list, { list: url }, "user_error")).toContain("a link to a folder, not to a list");
    expect(await w.fails(list, { list: "https://example.com/1" }, "user_error")).toContain(
      "not a link to ClickUp",
    );
  });

  it("looks in the default workspace first, and in all when there is none", async () => {
    const w = world();
    const both = [NORTHWIND, SIDE];
    w.sandbox.state.list(SANDBOX.lists.garden).name = "Onboarding";
    const text = await w.fails(list, { list: "Onboarding" }, "user_error", w.context({ workspaces: both }));
    expect(text).toContain("Northwind Labs / Operations / Onboarding");
    const inSide = w.context({ workspaces: both, defaultWorkspaceId: SIDE.id });
    expect((await w.ok(list, { list: "Onboarding" }, inSide))["id"]).toBe(SANDBOX.lists.garden);
    expect((await w.ok(list, { list: "Contracts" }, inSide))["id"]).toBe(SANDBOX.lists.contracts);
  });

  it("keeps a device that may use one workspace out of the others, by name, id and link", async () => {
    const w = world();
    const narrowed = w.context({ workspaces: [NORTHWIND], grant: { workspaces: [NORTHWIND.id] } });
    await w.ok(list, { list: SANDBOX.lists.sprint21 }, narrowed);
    await w.fails(list, { list: SANDBOX.lists.garden }, "user_error", narrowed);
    await w.fails(list, { list: "Garden" }, "user_error", narrowed);
    const url = `https://app.clickup.com/${SIDE.id}/v/li/${SANDBOX.lists.garden}`;
    await w.fails(list, { list: url }, "refused_grant", narrowed);
    await w.fails("clickup_task_get", { task: SANDBOX.tasks.garden }, "refused_grant", narrowed);
    await w.fails(
      "clickup_task_update",
      { task: SANDBOX.tasks.garden, name: "x" },
      "refused_grant",
      narrowed,
    );
    await w.fails("clickup_task_create", { list: SANDBOX.lists.garden, name: "x" }, "user_error", narrowed);
    await w.fails("clickup_workspace_hierarchy", { workspace: SIDE.id }, "user_error", narrowed);
    expect(w.sandbox.calls.filter((call) => call.method !== "GET")).toEqual([]);
    expect(w.sandbox.calls.some((call) => call.path.includes(SANDBOX.lists.garden))).toBe(false);
    // Without narrowing the same ids work.
    expect((await w.ok(list, { list: SANDBOX.lists.garden }))["name"]).toBe("Garden");
  });
});
