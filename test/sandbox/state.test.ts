import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { addTasks, createClickUpSandbox, SANDBOX, SEED_NOW_MS } from "./clickup/index.ts";
import { sandboxWithClient } from "./sandbox-client.ts";

const { lists, tasks, workspaces } = SANDBOX;
const folder = join(dirname(fileURLToPath(import.meta.url)), "clickup");

describe("the seed", () => {
  it("is the same on every run", () => {
    const [one, two] = [1, 2].map(() => createClickUpSandbox({ now_ms: () => SEED_NOW_MS }).snapshot());
    expect(JSON.stringify(one)).toBe(JSON.stringify(two));
  });

  it("has about 400 tasks in Northwind Labs, with subtasks, and a list that needs two pages", () => {
    const { state } = createClickUpSandbox();
    const all = Object.values(state.data.tasks).filter((task) => task.team_id === workspaces.northwind);
    expect(all.length).toBeGreaterThan(380);
    expect(all.length).toBeLessThan(480);
    expect(all.filter((task) => task.parent !== null).length).toBeGreaterThan(40);
    expect(all.some((task) => task.parent !== null && state.task(task.parent).parent !== null)).toBe(true);
    expect(state.tasksOfList(lists.backlog).length).toBeGreaterThan(130);
    expect(new Set(all.flatMap((task) => (task.custom_id === null ? [] : [task.custom_id]))).size).toBe(
      all.filter((task) => task.custom_id !== null).length,
    );
  });

  it("has ids of nine and of eleven characters and names that are the same twice", () => {
    const { state } = createClickUpSandbox();
    const lengths = new Set(Object.keys(state.data.tasks).map((id) => id.length));
    expect(lengths).toEqual(new Set([9, 11]));
    const backlogs = Object.values(state.data.lists).filter((list) => list.name === "Backlog");
    expect(new Set(backlogs.map((list) => list.space_id)).size).toBe(2);
  });

  it("can be grown: the first tasks and what is made afterwards are the same in every size", async () => {
    const worlds = [10, 300].map((count) => {
      const world = sandboxWithClient({ now_ms: () => SEED_NOW_MS, seed: "people" });
      return { ...world, added: addTasks(world.sandbox.state, count, SEED_NOW_MS) };
    });
    const [few, many] = worlds.map(({ added }) => added);
    expect(many?.slice(0, 10)).toEqual(few);
    expect(new Set(many?.map((task) => task.id)).size).toBe(300);
    for (const { sandbox, added } of worlds) expect(Object.values(sandbox.state.data.tasks)).toEqual(added);
    const made = await Promise.all(
      worlds.map(({ send }) => send(`POST /v2/list/${lists.sprint21}/task`, { body: { name: "After" } })),
    );
    expect(made[0]?.status).toBe(200);
    expect(made[1]?.body).toEqual(made[0]?.body);
  });

  it("refers only to things that exist", () => {
    const { data } = createClickUpSandbox().state;
    for (const task of Object.values(data.tasks)) {
      const list = data.lists[task.list_id];
      expect(data.spaces[list?.space_id ?? ""]?.team_id).toBe(task.team_id);
      const people = data.workspaces[task.team_id]?.members.map((member) => member.user) ?? [];
      for (const user of [task.creator, ...task.assignees, ...task.watchers]) expect(people).toContain(user);
      if (task.parent !== null) expect(data.tasks[task.parent]?.list_id).toBe(task.list_id);
    }
    for (const edge of data.dependencies) {
      expect(data.tasks[edge.task_id]).toBeDefined();
      expect(data.tasks[edge.depends_on]).toBeDefined();
    }
  });

  it("uses nothing of Node, so that it runs in workerd", () => {
    const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".ts"),
    );
    expect(files.length).toBeGreaterThan(40);
    const offenders = files.filter((name) =>
      /from "node:|process\.|Buffer\b/.test(readFileSync(join(folder, name), "utf8")),
    );
    expect(offenders).toEqual([]);
  });
});

describe("snapshot and restore", () => {
  it("brings everything back, with counters and tokens, in another sandbox", async () => {
    const first = sandboxWithClient();
    const made = (await first.send(`POST /v2/list/${lists.empty}/task`, { body: { name: "kept" } })).body;
    const saved: unknown = JSON.parse(JSON.stringify(first.sandbox.snapshot()));
    await first.send(`PUT /v2/task/${String(made.id)}`, { body: { name: "changed later" } });

    const second = sandboxWithClient({ seed: "people" });
    second.sandbox.restore(saved);
    expect((await second.send(`GET /v2/task/${String(made.id)}`)).body.name).toBe("kept");
    const next = (await second.send(`POST /v2/list/${lists.empty}/task`, { body: { name: "next" } })).body;
    expect(next.id).not.toBe(made.id);
    expect(second.sandbox.state.tasksOfList(lists.empty)).toHaveLength(2);
  });

  it("keeps a snapshot apart from later changes, and refuses what is none", async () => {
    const { sandbox, send } = sandboxWithClient();
    const saved = sandbox.snapshot();
    await send(`DELETE /v2/task/${tasks.docs}`);
    sandbox.restore(saved);
    expect((await send(`GET /v2/task/${tasks.docs}`)).status).toBe(200);
    await send(`DELETE /v2/task/${tasks.docs}`);
    sandbox.restore(saved);
    expect((await send(`GET /v2/task/${tasks.docs}`)).status).toBe(200);
    expect(() => sandbox.restore({ hello: 1 })).toThrow(TypeError);
  });
});

describe("calls and strict mode", () => {
  it("writes down every call with its operation, person, query and body", async () => {
    const { sandbox, send, clock } = sandboxWithClient();
    await send(`GET /v2/list/${lists.backlog}/task?page=0&statuses[]=backlog`);
    await send(`PUT /v2/task/${tasks.docs}`, { body: { name: "x" } });
    await send("GET /v2/user", { token: "pk_nobody" });
    expect(sandbox.calls).toEqual([
      {
        method: "GET",
        path: `/api/v2/list/${lists.backlog}/task`,
        operation: "GET /v2/list/{list_id}/task",
        token_user: SANDBOX.users.alice,
        status: 200,
        query: { page: "0", "statuses[]": ["backlog"] },
        body: undefined,
        at_ms: clock.now_ms,
      },
      expect.objectContaining({ operation: "PUT /v2/task/{task_id}", body: { name: "x" }, status: 200 }),
      expect.objectContaining({ operation: "GET /v2/user", token_user: null, status: 401 }),
    ]);
    sandbox.clearCalls();
    expect(sandbox.calls).toEqual([]);
  });

  it.each([
    ["a query parameter", `GET /v2/task/${tasks.docs}?query=x`, undefined, "unknown query parameter query"],
    ["a query value", `GET /v2/list/${lists.empty}/task?page=first`, undefined, "page=first is not int"],
    ["a body field", `PUT /v2/task/${tasks.docs}`, { list_id: "1" }, "unknown body field list_id"],
    ["a body type", `PUT /v2/task/${tasks.docs}`, { assignees: [1] }, "assignees is not object"],
    [
      "a stringified number",
      `POST /v2/list/${lists.empty}/task`,
      { name: "x", due_date: "1" },
      "due_date is not int|null",
    ],
    ["a body that is no object", `PUT /v2/task/${tasks.docs}`, [], "the body is not an object"],
  ])("refuses in strict mode: %s", async (_, line, body, wanted) => {
    const { sandbox, send } = sandboxWithClient({ strict: true });
    const answer = await send(line, body === undefined ? {} : { body });
    expect(answer.status).toBe(400);
    expect(answer.body.ECODE).toBe("SANDBOX_STRICT");
    expect(sandbox.violations.join()).toContain(wanted);
    const lenient = sandboxWithClient();
    expect((await lenient.send(line, body === undefined ? {} : { body })).body.ECODE).not.toBe(
      "SANDBOX_STRICT",
    );
    expect(lenient.sandbox.violations).toEqual([]);
  });
});
