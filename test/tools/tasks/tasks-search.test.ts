import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { taskSearch } from "../../../tools/tasks/tools-search.ts";
import { parseSpan } from "../../../tools/when/span.ts";
import { SANDBOX, SEED_NOW_MS } from "../../sandbox/clickup/index.ts";
import { NORTHWIND, SIDE, useWorld } from "../context.ts";

const { tasks, lists, users, spaces, folders, fields, workspaces } = SANDBOX;
const premium = { tier: "premium" } as const;
const SEARCH = "GET /v2/team/{team_Id}/task";
const day_ms = 86_400_000;

interface Row {
  id: string;
  name: string;
  list?: string;
  assignees?: string[];
  [key: string]: unknown;
}
const rowsOf = (data: Record<string, unknown>) => data["tasks"] as Row[];
const idsOf = (data: Record<string, unknown>) => rowsOf(data).map((row) => row.id);

describe("clickup_task_search", () => {
  const world = useWorld({ strict: true });
  const query = () => world().sandbox.calls.findLast((call) => call.operation === SEARCH)?.query ?? {};

  it("shows a hundred small rows for one call", async () => {
    const w = world();
    const { result } = await w.call(taskSearch, { subtasks: true, include_closed: true }, w.context(premium));
    const data = result.structuredContent ?? {};
    expect(w.operations()).toEqual([SEARCH]);
    expect(data["total_shown"]).toBe(100);
    expect(JSON.stringify(data).length).toBeLessThan(20_500);
    expect(JSON.stringify(data)).not.toMatch(/null|profilePicture|#[0-9a-f]{6}"/);
    expect(data["next_cursor"]).toBe("1-0");
    const people = data["people"] as { id: string; name: string }[];
    const listed = data["lists"] as { id: string; name: string }[];
    for (const row of rowsOf(data)) {
      const known = (label: string, refs: { id: string; name: string }[]) =>
        refs.some((one) => one.name === label || label === `${one.name} (${one.id})`);
      expect(row.list === undefined || known(row.list, listed)).toBe(true);
      expect((row.assignees ?? []).every((one) => known(one, people))).toBe(true);
    }
  });

  it("pages through every task once", async () => {
    const w = world();
    const ctx = w.context(premium);
    const seen: string[] = [];
    let cursor: unknown;
    for (let page = 0; page < 20; page += 1) {
      const data = await w.ok(taskSearch, { include_closed: true, fields: "details", cursor }, ctx);
      seen.push(...idsOf(data));
      expect(JSON.stringify(data).length).toBeLessThan(20_500);
      cursor = data["next_cursor"];
      if (cursor === undefined) {
        break;
      }
    }
    expect(cursor).toBeUndefined();
    const live = Object.values(w.sandbox.state.data.tasks).filter((task) => {
      const list = w.sandbox.state.list(task.list_id);
      return task.team_id === NORTHWIND.id && !task.archived && !list.archived;
    });
    expect(seen.toSorted()).toEqual(live.map((task) => task.id).toSorted());
  });

  it("turns names into ids for every filter", async () => {
    const w = world();
    const ctx = w.context(premium);
    await w.ok(
      taskSearch,
      {
        lists: ["sprint 21", lists.backlog],
        folders: "Sprints",
        spaces: ["Product"],
        statuses: ["In Progress"],
        assignees: ["me", "carol@northwind.test"],
        tags: ["Feature"],
        order_by: "due",
        reverse: "true",
        subtasks: false,
      },
      ctx,
    );
    expect(query()).toEqual({
      include_closed: "true",
      subtasks: "false",
      include_timl: "true",
      "list_ids[]": [lists.sprint21, lists.backlog],
      "project_ids[]": [folders.sprints],
      "space_ids[]": [spaces.product],
      "statuses[]": ["in progress"],
      "assignees[]": [String(users.alice), String(users.carol)],
      "tags[]": ["feature"],
      order_by: "due_date",
      reverse: "true",
      page: "0",
    });
    w.operations();
    const data = await w.ok(
      taskSearch,
      { lists: lists.sprint21, statuses: "in progress", tags: "feature" },
      ctx,
    );
    expect(w.operations()).toEqual([SEARCH]);
    expect(idsOf(data)).toContain(tasks.export);
  });

  it("reads ranges of days in the user's zone, both ends included", async () => {
    const w = world();
    const ctx = w.context(premium);
    await w.ok(
      taskSearch,
      { due: "2026-03-01..2026-03-31", created: "..yesterday", updated: "today", done: "-7d.." },
      ctx,
    );
    const march1 = Date.parse("2026-03-01T00:00:00+01:00");
    expect(query()).toMatchObject({
      due_date_gt: String(march1 - 1),
      due_date_lt: String(Date.parse("2026-04-01T00:00:00+02:00")),
      date_created_lt: String(march1 + day_ms),
      date_updated_gt: String(march1 + day_ms - 1),
      date_updated_lt: String(march1 + 2 * day_ms),
      date_done_gt: String(march1 - 6 * day_ms - 1),
      include_closed: "true",
    });
    expect(query()["date_created_gt"]).toBeUndefined();
  });

  it("filters by custom fields by name and type", async () => {
    const w = world();
    const ctx = w.context(premium);
    const find = async (custom_fields: Record<string, unknown>) => {
      const data = await w.ok(taskSearch, { lists: lists.sprint21, custom_fields }, ctx);
      return [idsOf(data).includes(tasks.export), JSON.parse(String(query()["custom_fields"])) as unknown];
    };
    const option = w.sandbox.state.data.tasks[tasks.export]?.fields[fields.dropDown];
    expect(await find({ severity: "high" })).toEqual([
      true,
      [{ field_id: fields.dropDown, operator: "=", value: option }],
    ]);
    for (const [filter, matches] of [
      [{ Severity: ["Low", "High"] }, true],
      [{ Severity: "!=High" }, false],
      [{ Severity: null }, false],
      [{ Severity: "*" }, true],
      [{ Area: ["Backend"] }, true],
      [{ Reviewers: "Eve Okafor" }, true],
      [{ Reviewers: "me" }, false],
      [{ "Votes in survey": 42 }, true],
      [{ "Votes in survey": ">42" }, false],
      [{ "Votes in survey": ">=42", "Customer facing": "yes" }, true],
      [{ "Votes in survey": "40..50" }, true],
      [{ "Promised on": "2026-03-08" }, true],
      [{ "Promised on": "..2026-03-07" }, false],
      [{ "Promised on": ">2026-03-07" }, true],
      [{ "Promised on": ">2026-03-08" }, false],
      [{ "Related work": "DEV-43" }, true],
      [{ Budget: "<100" }, false],
      [{ [fields.number]: "42" }, true],
    ] as const) {
      expect([filter, (await find(filter))[0]]).toEqual([filter, matches]);
    }
    const text = await w.fails(taskSearch, { custom_fields: { Severty: "x" } }, "user_error", ctx);
    expect(text).toContain('Nearest: "Severity"');
    expect(
      await w.fails(
        taskSearch,
        { lists: lists.sprint21, custom_fields: { Severity: "Huge" } },
        "user_error",
        ctx,
      ),
    ).toContain("Options:");
  });

  it("matches words itself over a bounded number of calls, with a cursor", async () => {
    const w = world();
    const ctx = w.context(premium);
    const data = await w.ok(taskSearch, { query: "EXPORT endpoint", include_closed: true }, ctx);
    expect(idsOf(data)).toEqual(expect.arrayContaining([tasks.export, tasks.docs]));
    expect(rowsOf(data).every((row) => !row.name.startsWith("Backlog"))).toBe(true);
    expect(query()["query"]).toBeUndefined();
    const calls = w.operations();
    expect(calls.every((one) => one === SEARCH)).toBe(true);
    expect(calls.length).toBeLessThanOrEqual(10);
    expect(idsOf(await w.ok(taskSearch, { query: "dev-42" }, ctx))).toContain(tasks.export);
    expect(idsOf(await w.ok(taskSearch, { query: "customers can export their" }, ctx))).toEqual([
      tasks.export,
    ]);
    const none = await w.ok(taskSearch, { query: "no such words anywhere" }, ctx);
    expect([none["total_shown"], none["next_cursor"]]).toEqual([0, undefined]);
  });

  it("stops after ten pages and goes on from there", async () => {
    const w = world();
    const template = w.sandbox.state.task(tasks.docs);
    for (let index = 0; index < 1_200; index += 1) {
      const id = `86many${String(index).padStart(4, "0")}`;
      w.sandbox.state.data.tasks[id] = {
        ...structuredClone(template),
        id,
        custom_id: null,
        name: `Filler ${index}`,
        date_created: SEED_NOW_MS + index,
      };
    }
    const ctx = w.context(premium);
    const first = await w.ok(taskSearch, { query: "ship the export" }, ctx);
    expect(w.operations()).toHaveLength(10);
    expect([first["total_shown"], first["looked_at"], first["next_cursor"]]).toEqual([0, 1_000, "10-0"]);
    const second = await w.ok(taskSearch, { query: "ship the export", cursor: first["next_cursor"] }, ctx);
    expect(idsOf(second)).toEqual([tasks.export]);
  });

  it("widens rows with fields", async () => {
    const w = world();
    const data = await w.ok(
      taskSearch,
      { query: "dev-42", fields: ["description", "custom_fields", "details"] },
      w.context(premium),
    );
    expect(rowsOf(data)[0]).toMatchObject({
      id: tasks.export,
      url: expect.stringContaining("https://app.clickup.com/t/"),
      points: 5,
      description: expect.stringContaining("Customers can **export**"),
      custom_fields: expect.arrayContaining([expect.objectContaining({ name: "Severity", value: "High" })]),
    });
  });

  it("names the statuses of the list when a wrong one finds nothing", async () => {
    const w = world();
    const ctx = w.context(premium);
    const text = await w.fails(taskSearch, { lists: "Sprint 21", statuses: "doing" }, "user_error", ctx);
    expect(text).toContain('Statuses: "backlog", "in progress"');
    const empty = await w.ok(taskSearch, { lists: lists.empty, statuses: ["to do"] }, ctx);
    expect(empty["total_shown"]).toBe(0);
  });

  it("keeps to one workspace, and to those granted", async () => {
    const w = world();
    const both = w.context({ ...premium, workspaces: [NORTHWIND, SIDE] });
    expect(await w.fails(taskSearch, {}, "user_error", both)).toContain("several Workspaces");
    const garden = await w.ok(taskSearch, { lists: "Garden" }, both);
    expect(garden["workspace"]).toMatchObject({ id: SIDE.id });
    expect(idsOf(garden)).toContain(tasks.garden);
    expect(await w.ok(taskSearch, { lists: lists.garden }, both)).toMatchObject({
      workspace: { id: SIDE.id },
    });
    expect(await w.fails(taskSearch, { lists: ["Garden", "Sprint 21"] }, "user_error", both)).toContain(
      "must be in one Workspace",
    );
    expect(
      await w.fails(taskSearch, { workspace: "Northwind Labs", lists: "Garden" }, "user_error", both),
    ).toContain("the places named are in Workspace");
    const narrowed = w.context({ ...premium, grant: { workspaces: [workspaces.northwind] } });
    expect(await w.fails(taskSearch, { lists: lists.garden }, "user_error", narrowed)).toContain("No list");
    expect(await w.fails(taskSearch, { workspace: SIDE.id }, "user_error", narrowed)).toContain(
      "No Workspace",
    );
  });

  it.each([
    [{ lists: "Backlog" }, "2 lists match"],
    [{ spaces: "Prodct" }, 'Nearest: "Product"'],
    [{ assignees: "Zoe" }, 'No member "Zoe"'],
    [{ due: "soonish" }, "due:"],
    [{ due: "tomorrow..today" }, "due: it ends before it begins"],
    [{ due: ".." }, "is not a range"],
    [{ due: "a..b..c" }, "is not a range"],
    [{ order_by: "name" }, "order_by: use one of created, updated, due, id"],
    [{ cursor: "at-3" }, "cursor: pass next_cursor"],
    [{ status: "open" }, 'Unknown argument "status". Nearest: "statuses"'],
  ])("refuses %j", async (args, message) => {
    const w = world();
    expect(await w.fails(taskSearch, args, "user_error", w.context(premium))).toContain(message);
    expect(w.sandbox.calls.filter((call) => call.operation === SEARCH)).toEqual([]);
  });

  it("passes on what ClickUp refuses", async () => {
    const w = world();
    w.sandbox.fault({ kind: "status", status: 500, operation: SEARCH, times: 2 });
    expect(await w.fails(taskSearch, {}, "upstream_error", w.context(premium))).toContain("HTTP 500");
  });
});

describe("parseSpan", () => {
  it("never ends before it begins and covers whole days (property)", () => {
    const clock = { now_ms: SEED_NOW_MS, timeZone: "America/New_York" };
    const dayText = fc
      .date({ min: new Date("2000-01-01"), max: new Date("2060-01-01"), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
    fc.assert(
      fc.property(dayText, dayText, (a, b) => {
        const [from, to] = [a, b].toSorted() as [string, string];
        const { from_ms = 0, to_ms = 0 } = parseSpan(`${from}..${to}`, clock, "due");
        const days = Math.round((Date.parse(to) - Date.parse(from)) / day_ms) + 1;
        expect(Math.abs(to_ms + 1 - from_ms - days * day_ms)).toBeLessThanOrEqual(3_600_000);
        expect(parseSpan(from, clock, "due").from_ms).toBe(from_ms);
        expect(parseSpan(`..${to}`, clock, "due")).toEqual({ to_ms });
      }),
    );
  });
});
