import { describe, expect, it } from "vitest";
import { SANDBOX } from "./clickup/index.ts";
import { sandboxWithClient } from "./sandbox-client.ts";

const { lists, tasks, workspaces, spaces, folders, fields } = SANDBOX;
type Body = Record<string, never>;

describe("moving a task", () => {
  const move = (to: string) =>
    `PUT /v3/workspaces/${workspaces.northwind}/tasks/${tasks.export}/home_list/${to}`;

  it("keeps subtasks, comments, time and relations", async () => {
    const { send, sandbox } = sandboxWithClient();
    const before = (await send(`GET /v2/task/${tasks.export}?include_subtasks=true`)).body;
    const answer = await send(move(lists.sprint22), { body: {} });
    expect(answer.body).toEqual({ data: { task_id: tasks.export, new_list_id: lists.sprint22 } });
    const after = (await send(`GET /v2/task/${tasks.export}?include_subtasks=true`)).body;
    expect(after).toMatchObject({
      list: { id: lists.sprint22 },
      time_spent: before.time_spent,
      dependencies: before.dependencies,
    });
    expect(sandbox.state.subtasksOf(tasks.export).every((task) => task.list_id === lists.sprint22)).toBe(
      true,
    );
  });

  it("needs a status mapping where the list has other statuses", async () => {
    const { send, sandbox } = sandboxWithClient();
    const denied = await send(move(lists.marketingBacklog), { body: {} });
    expect(denied.status).toBe(400);
    expect(denied.body.message).toMatch(/status_mappings/);
    expect(sandbox.state.task(tasks.export).list_id).toBe(lists.sprint21);
    const from = sandbox.state.space(spaces.product).statuses;
    const to = sandbox.state.space(spaces.marketing).statuses;
    const status_mappings = from.map((status) => ({
      source_status_id: status.id,
      destination_status_id: to[0]?.id ?? "",
    }));
    const body = { move_custom_fields: true, custom_fields_to_move: [fields.number], status_mappings };
    expect((await send(move(lists.marketingBacklog), { body })).status).toBe(200);
    const moved = (await send(`GET /v2/task/${tasks.export}`)).body.custom_fields as {
      id: string;
      value?: unknown;
    }[];
    expect(moved.find((field) => field.id === fields.number)?.value).toBe("42");
    expect(moved.some((field) => field.id === fields.text)).toBe(false);
  });

  it("knows internal ids of the Workspace only", async () => {
    const { send } = sandboxWithClient();
    const path = (task: string, list: string) =>
      `PUT /v3/workspaces/${workspaces.northwind}/tasks/${task}/home_list/${list}`;
    expect((await send(path("DEV-42", lists.sprint22), { body: {} })).status).toBe(404);
    expect((await send(path(tasks.export, lists.garden), { body: {} })).status).toBe(404);
    expect((await send(path(tasks.bob, lists.sprint22), { body: {} })).status).toBe(404);
  });
});

describe("places", () => {
  it("gives each folderless list a hidden folder and leaves it out of the folders", async () => {
    const { send } = sandboxWithClient();
    const folderless = (await send(`GET /v2/space/${spaces.product}/list`)).body.lists as {
      name: string;
      folder: { hidden: boolean; name: string };
    }[];
    expect(folderless.map((list) => list.name)).toEqual(["Backlog"]);
    expect(folderless[0]?.folder).toMatchObject({ hidden: true, name: "hidden" });
    const inside = (await send(`GET /v2/space/${spaces.product}/folder`)).body.folders as {
      name: string;
      lists: { name: string }[];
    }[];
    expect(inside.map((folder) => [folder.name, folder.lists.map((list) => list.name)])).toEqual([
      ["Sprints", ["Sprint 21", "Sprint 22"]],
      ["Platform", ["API"]],
    ]);
    const task = (await send(`GET /v2/task/${tasks.longId}`)).body;
    expect(task).toMatchObject({ folder: { hidden: true }, space: { id: spaces.product } });
    expect(Object.keys(task.space as object)).toEqual(["id"]);
  });

  it("shows archived things only when asked", async () => {
    const { send } = sandboxWithClient();
    const names = async (path: string, key: string) =>
      ((await send(`GET ${path}`)).body[key] as { name: string }[]).map((one) => one.name);
    const team = `/v2/team/${workspaces.northwind}/space`;
    expect(await names(team, "spaces")).toEqual(["Product", "Marketing", "Operations"]);
    expect(await names(`${team}?archived=true`, "spaces")).toEqual(["Legacy"]);
    expect(await names(`/v2/space/${spaces.product}/list?archived=true`, "lists")).toEqual(["Old ideas"]);
    expect(await names(`/v2/space/${spaces.operations}/folder?archived=true`, "folders")).toEqual(["2023"]);
  });

  it("applies archived and partial features to a Space", async () => {
    const { send } = sandboxWithClient();
    const body = {
      archived: true,
      features: { time_tracking: { enabled: false }, unheard_of: { enabled: true } },
    };
    const answer = (await send(`PUT /v2/space/${spaces.marketing}`, { body })).body;
    expect(answer).toMatchObject({
      archived: true,
      name: "Marketing",
      features: { time_tracking: { enabled: false }, tags: { enabled: true } },
    });
    expect(answer.features).not.toHaveProperty("unheard_of");
  });

  it("answers a level's own fields, and a list's with those above it", async () => {
    const { send } = sandboxWithClient();
    const count = async (path: string) => ((await send(`GET ${path}/field`)).body.fields as Body[]).length;
    expect(await count(`/v2/team/${workspaces.northwind}`)).toBe(1);
    expect(await count(`/v2/space/${spaces.product}`)).toBe(22);
    expect(await count(`/v2/folder/${folders.sprints}`)).toBe(0);
    expect(await count(`/v2/list/${lists.sprint21}`)).toBe(23);
    expect(await count(`/v2/list/${lists.contracts}`)).toBe(2);
  });

  it("deletes a folder with its lists and tasks", async () => {
    const { send, sandbox } = sandboxWithClient();
    expect((await send(`DELETE /v2/folder/${folders.sprints}`)).status).toBe(200);
    expect((await send(`GET /v2/list/${lists.sprint21}`)).body).toMatchObject({ deleted: true });
    expect((await send(`GET /v2/task/${tasks.export}`)).status).toBe(404);
    expect(sandbox.state.data.dependencies.some((edge) => edge.depends_on === tasks.export)).toBe(false);
  });
});
