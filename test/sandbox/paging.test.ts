import { describe, expect, it } from "vitest";
import { SANDBOX } from "./clickup/index.ts";
import { sandboxWithClient } from "./sandbox-client.ts";

const { lists, tasks, workspaces } = SANDBOX;
type Row = { id: string; date: string; parent: string | null; status: { type: string } };

describe("paging", () => {
  it("gives 100 tasks a page with last_page on lists", async () => {
    const { send } = sandboxWithClient();
    const path = `/v2/list/${lists.backlog}/task?include_closed=true&subtasks=true`;
    const first = await send(`GET ${path}&page=0`);
    const second = await send(`GET ${path}&page=1`);
    const third = await send(`GET ${path}&page=2`);
    expect(first.body.tasks).toHaveLength(100);
    expect(first.body.last_page).toBe(false);
    expect(second.body.last_page).toBe(true);
    const ids = [...(first.body.tasks as Row[]), ...(second.body.tasks as Row[])].map((task) => task.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(130);
    expect(third.body).toEqual({ tasks: [], last_page: true });
  });

  it("has no last_page on the tasks of a Workspace", async () => {
    const { send } = sandboxWithClient();
    const seen: string[] = [];
    let page = 0;
    for (; ; page++) {
      const { body } = await send(
        `GET /v2/team/${workspaces.northwind}/task?page=${page}&subtasks=true&include_closed=true`,
      );
      expect(body).not.toHaveProperty("last_page");
      const rows = body.tasks as Row[];
      seen.push(...rows.map((task) => task.id));
      if (rows.length < 100) break;
    }
    expect(page).toBeGreaterThanOrEqual(3);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen).not.toContain(tasks.bob);
    expect(seen).not.toContain(tasks.archived);
  });

  it("leaves out subtasks and closed tasks unless asked", async () => {
    const { send } = sandboxWithClient();
    const { body } = await send(`GET /v2/list/${lists.sprint21}/task`);
    const rows = body.tasks as Row[];
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.every((task) => task.parent === null && task.status.type !== "closed")).toBe(true);
    const all = await send(`GET /v2/list/${lists.sprint21}/task?subtasks=true&include_closed=true`);
    expect((all.body.tasks as Row[]).some((task) => task.parent !== null)).toBe(true);
    expect((all.body.tasks as Row[]).some((task) => task.status.type === "closed")).toBe(true);
  });

  it("gives comments newest first, 25 at a time, by start and start_id together", async () => {
    const { send } = sandboxWithClient();
    const path = `/v2/task/${tasks.export}/comment`;
    const seen: Row[] = [];
    for (let query = ""; ;) {
      const { body } = await send(`GET ${path}${query}`);
      const rows = body.comments as Row[];
      seen.push(...rows);
      expect(rows.length).toBeLessThanOrEqual(25);
      const oldest = rows.at(-1);
      if (oldest === undefined || rows.length < 25) break;
      query = `?start=${oldest.date}&start_id=${oldest.id}`;
    }
    expect(seen).toHaveLength(59);
    expect(new Set(seen.map((row) => row.id)).size).toBe(59);
    const dates = seen.map((row) => Number(row.date));
    expect(dates).toEqual([...dates].sort((a, b) => b - a));
    const alone = await send(`GET ${path}?start=${seen[24]?.date}`);
    expect((alone.body.comments as Row[])[0]?.id).toBe(seen[0]?.id);
  });

  it("pages docs by cursor and refuses a cursor it did not give", async () => {
    const { send } = sandboxWithClient();
    const path = `/v3/workspaces/${workspaces.northwind}/docs`;
    const seen: string[] = [];
    for (let cursor = ""; ;) {
      const { body } = await send(
        `GET ${path}?limit=25${cursor === "" ? "" : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      seen.push(...(body.docs as Row[]).map((doc) => doc.id));
      if (typeof body.next_cursor !== "string") break;
      cursor = body.next_cursor;
    }
    expect(seen).toHaveLength(59);
    expect(new Set(seen).size).toBe(59);
    const bad = await send(`GET ${path}?cursor=nonsense`);
    expect(bad.status).toBe(400);
    expect(bad.body).toMatchObject({ status: 400, message: "Invalid cursor" });
  });
});
