/** What was deleted, is private, is shared with one person, switched off or used up. */
import { describe, expect, it } from "vitest";
import { SANDBOX } from "./clickup/index.ts";
import { sandboxWithClient } from "./sandbox-client.ts";

const { workspaces, spaces, lists, tasks, users, tokens, fields } = SANDBOX;
const team = `/v2/team/${workspaces.northwind}`;

describe("deleted places", () => {
  it("a List goes on answering and taking tasks, with deleted: true", async () => {
    const { send, sandbox } = sandboxWithClient();
    await send(`DELETE /v2/list/${lists.onboarding}`);
    expect((await send(`GET /v2/list/${lists.onboarding}`)).body).toMatchObject({ deleted: true });
    const made = await send(`POST /v2/list/${lists.onboarding}/task`, { body: { name: "Lost" } });
    expect(made.status).toBe(200);
    expect(sandbox.state.task(String(made.body.id)).list_id).toBe(lists.onboarding);
    const { body } = await send(`GET /v2/space/${spaces.operations}/list`);
    expect(JSON.stringify(body)).not.toContain(lists.onboarding);
  });

  it("a Folder answers without its Lists, and a Space not at all", async () => {
    const { send } = sandboxWithClient();
    const made = await send(`POST /v2/space/${spaces.product}/folder`, { body: { name: "Going" } });
    await send(`DELETE /v2/folder/${String(made.body.id)}`);
    expect((await send(`GET /v2/folder/${String(made.body.id)}`)).body).toMatchObject({
      deleted: true,
      lists: [],
    });
    await send(`DELETE /v2/space/${spaces.marketing}`);
    const gone = await send(`GET /v2/space/${spaces.marketing}`);
    expect([gone.status, gone.body.ECODE]).toEqual([404, "PROJ_006"]);
  });
});

describe("what a person may not see", () => {
  it("a private Space is in no list, its List is refused, and its task by a code of its own", async () => {
    const { send, sandbox } = sandboxWithClient();
    const inside = Object.values(sandbox.state.data.tasks).find((task) => task.list_id === lists.onboarding);
    const as = { token: tokens.heidi };
    expect(JSON.stringify((await send(`GET ${team}/space`, as)).body)).not.toContain(spaces.operations);
    expect((await send(`GET /v2/list/${lists.onboarding}`, as)).body.ECODE).toBe("OAUTH_027");
    const task = await send(`GET /v2/task/${inside?.id}`, as);
    expect([task.status, task.body]).toEqual([
      401,
      { err: "You do not have access to this task", ECODE: "ACCESS_083" },
    ]);
    const all = await send(`GET ${team}/task?list_ids[]=${lists.onboarding}`, as);
    expect(all.body.tasks).toEqual([]);
  });

  it("what was shared with one person is told to them", async () => {
    const { send, sandbox } = sandboxWithClient();
    sandbox.state.workspace(workspaces.northwind).plan = { plan_id: 4, plan_name: "Enterprise" };
    await send(`POST /v2/list/${lists.launch}/guest/${users.heidi}`, { body: { permission_level: "read" } });
    const { body } = await send(`GET ${team}/shared`, { token: tokens.heidi });
    expect(body.shared).toMatchObject({ lists: [{ id: lists.launch, permission_level: "read" }] });
  });
});

describe("what is switched off or used up", () => {
  it("time in status, custom types and Custom Fields refuse by their codes", async () => {
    const { send, sandbox } = sandboxWithClient();
    const workspace = sandbox.state.workspace(workspaces.northwind);
    workspace.time_in_status = false;
    workspace.custom_type_uses_left = 0;
    workspace.custom_field_uses_left = 0;
    const code = async (line: string, body?: unknown) =>
      (await send(line, body === undefined ? {} : { body })).body.ECODE;
    expect(await code(`GET /v2/task/${tasks.export}/time_in_status`)).toBe("TIS_027");
    expect(await code(`POST /v2/list/${lists.sprint21}/task`, { name: "x", custom_item_id: 1301 })).toBe(
      "ITEM_246",
    );
    expect(await code(`POST /v2/task/${tasks.export}/field/${fields.number}`, { value: 1 })).toBe(
      "FIELD_033",
    );
  });

  it("a Space that is renamed loses its several assignees, unless they are sent", async () => {
    const { send } = sandboxWithClient();
    const path = `PUT /v2/space/${spaces.product}`;
    const kept = await send(path, { body: { name: "A", multiple_assignees: true } });
    expect(kept.body).toMatchObject({
      multiple_assignees: true,
      features: { multiple_assignees: { enabled: true } },
    });
    const lost = await send(path, { body: { name: "B" } });
    expect(lost.body.multiple_assignees).toBe(false);
    expect(lost.body.features).not.toHaveProperty("multiple_assignees");
  });

  it("an OAuth token may name one person's time at a time", async () => {
    const { send, sandbox } = sandboxWithClient();
    const token = "81000001_oauth";
    sandbox.state.data.tokens[token] = {
      token,
      kind: "oauth",
      user: users.alice,
      workspaces: null,
      revoked: false,
    };
    const time = `GET ${team}/time_entries?assignee=`;
    expect((await send(`${time}${users.alice}`, { token: `Bearer ${token}` })).status).toBe(200);
    const two = await send(`${time}${users.alice},${users.carol}`, { token: `Bearer ${token}` });
    expect([two.status, two.body.ECODE]).toEqual([403, "TIMEENTRY_059"]);
  });
});
