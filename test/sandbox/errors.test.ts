import { describe, expect, it } from "vitest";
import { SANDBOX } from "./clickup/index.ts";
import { sandboxWithClient } from "./sandbox-client.ts";

const { lists, tasks, workspaces, tokens, spaces, fields, docs } = SANDBOX;

describe("errors", () => {
  it.each([
    ["no token", "GET /v2/user", "", 400, "OAUTH_017"],
    ["an unknown token", "GET /v2/user", "pk_1_NOBODY", 401, "OAUTH_019"],
    ["a personal token behind Bearer", "GET /v2/user", `Bearer ${tokens.alice}`, 401, "OAUTH_025"],
    ["an unknown task", "GET /v2/task/86cnothere", tokens.alice, 401, "OAUTH_027"],
    ["a custom id without custom_task_ids", "GET /v2/task/DEV-42", tokens.alice, 401, "OAUTH_027"],
    ["a task of another Workspace", `GET /v2/task/${tasks.bob}`, tokens.alice, 401, "OAUTH_027"],
    ["a list of another Workspace", `GET /v2/list/${lists.bob}`, tokens.alice, 401, "OAUTH_027"],
    ["another Workspace", `GET /v2/team/${workspaces.bobcorp}/space`, tokens.alice, 401, "OAUTH_023"],
    ["a Space of Alice for Bob", `GET /v2/space/${spaces.product}`, tokens.bob, 401, "OAUTH_027"],
    ["a list id that is no number", "GET /v2/list/abc", tokens.alice, 400, "INPUT_003"],
    [
      "a bad order_by",
      `GET /v2/list/${lists.backlog}/task?order_by=sideways`,
      tokens.alice,
      500,
      "ITEMV2_003",
    ],
  ])("answers %s", async (_, line, token, status, ecode) => {
    const { send } = sandboxWithClient();
    const answer = await send(line, { token });
    expect(answer.status).toBe(status);
    expect(answer.body).toEqual({ err: expect.any(String), ECODE: ecode });
  });

  it.each([
    ["without a name", {}, "INPUT_005"],
    ["with a blank name", { name: "  " }, "INPUT_005"],
    ["with an unknown status", { name: "x", status: "nope" }, "CRTSK_001"],
    ["with a date that is text", { name: "x", due_date: "2026-01-01" }, "INPUT_006"],
    ["with a parent of another list", { name: "x", parent: tasks.export }, "ITEM_137"],
    [
      "with a wrong option",
      { name: "x", custom_fields: [{ id: fields.dropDown, value: "High" }] },
      "FIELD_011",
    ],
  ])("refuses to create a task %s and stores nothing", async (_, body, ecode) => {
    const { send, sandbox } = sandboxWithClient();
    const before = JSON.stringify(sandbox.state.data.tasks);
    const answer = await send(`POST /v2/list/${lists.backlog}/task`, { body });
    expect(answer.status).toBe(400);
    expect(answer.body.ECODE).toBe(ecode);
    expect(JSON.stringify(sandbox.state.data.tasks)).toBe(before);
  });

  it("changes nothing when one field of an update is refused", async () => {
    const { send, sandbox } = sandboxWithClient();
    const before = structuredClone(sandbox.state.task(tasks.docs));
    const answer = await send(`PUT /v2/task/${tasks.docs}`, {
      body: { name: "New", priority: 2, status: "nope" },
    });
    expect(answer.body.ECODE).toBe("ITEM_114");
    expect(sandbox.state.task(tasks.docs)).toEqual(before);
  });

  it("answers 404 for a task that was deleted and 204 for the deletion", async () => {
    const { send } = sandboxWithClient();
    expect((await send(`DELETE /v2/task/${tasks.docs}`)).status).toBe(204);
    const again = await send(`GET /v2/task/${tasks.docs}`);
    expect(again.status).toBe(404);
    expect(again.body).toEqual({ err: "Task not found, deleted", ECODE: "ITEM_013" });
    const byBob = await send(`GET /v2/task/${tasks.docs}`, { token: tokens.bob });
    expect(byBob.status).toBe(401);
  });

  it("speaks v3's dialect on v3 paths", async () => {
    const { send, clock } = sandboxWithClient();
    const answer = await send(`GET /v3/workspaces/${workspaces.northwind}/docs/nothing`);
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual({
      status: 404,
      message: "Doc not found",
      trace_id: expect.any(Number),
      timestamp: clock.now_ms,
    });
    const foreign = await send(`GET /v3/workspaces/${workspaces.northwind}/docs/${docs.handbook}`, {
      token: tokens.bob,
    });
    expect(foreign.status).toBe(403);
  });

  it("refuses a body that is not JSON", async () => {
    const { send } = sandboxWithClient();
    const answer = await send(`PUT /v2/task/${tasks.docs}`, { body: "{oops" });
    expect(answer.status).toBe(400);
  });

  it("refuses an attachment that is not a file", async () => {
    const { send } = sandboxWithClient();
    const form = new FormData();
    form.set("attachment", "https://example.test/file.png");
    const answer = await send(`POST /v2/task/${tasks.docs}/attachment`, { form });
    expect(answer.body.ECODE).toBe("ATTCH_045");
    const empty = new FormData();
    empty.set("other", "x");
    expect((await send(`POST /v2/task/${tasks.docs}/attachment`, { form: empty })).body.ECODE).toBe(
      "ATTCH_039",
    );
  });

  it("answers everything of Bob's only to Bob", async () => {
    const { send } = sandboxWithClient();
    const teams = (await send("GET /v2/team", { token: tokens.bob })).body.teams as { id: string }[];
    expect(teams.map((team) => team.id)).toEqual([workspaces.bobcorp]);
    expect((await send(`GET /v2/task/${tasks.bob}`, { token: tokens.bob })).status).toBe(200);
    const alice = (await send("GET /v2/team")).body.teams as { id: string }[];
    expect(alice.map((team) => team.id)).toEqual([workspaces.northwind, workspaces.side]);
  });

  it.each([
    ["fields", fields.dropDown, "High", "FIELD_011"],
    ["labels", fields.labels, "x", "FIELD_146"],
    ["people as a flat array", fields.users, [SANDBOX.users.dan], "FIELD_146"],
    ["a rating above its count", fields.emoji, 6, "FIELD_146"],
    ["progress outside its range", fields.manualProgress, { current: 31 }, "FIELD_146"],
    ["an e-mail without @", fields.email, "nobody", "FIELD_146"],
    ["a formula", fields.formula, 3, "FIELD_033"],
  ])("refuses a wrong value: %s", async (_, field, value, ecode) => {
    const { send } = sandboxWithClient();
    const answer = await send(`POST /v2/task/${tasks.export}/field/${field}`, { body: { value } });
    expect(answer.status).toBe(400);
    expect(answer.body.ECODE).toBe(ecode);
  });
});
