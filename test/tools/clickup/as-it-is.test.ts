/** What ClickUp's real API does, and what the tools make of it. One test for each thing that was seen. */
import { describe, expect, it } from "vitest";
import { blocksToMarkdown } from "../../../tools/comments/comment-blocks.ts";
import { errorFromAnswer } from "../../../tools/clickup/errors.ts";
import { readErrors, recordingsAvailable } from "../../lab/reality/recordings.ts";
import { parseSpan } from "../../../tools/when/span.ts";
import { parseWhen } from "../../../tools/when/when.ts";
import { SANDBOX, SEED_NOW_MS } from "../../sandbox/clickup/index.ts";
import { SIDE, useWorld, NORTHWIND } from "../context.ts";
import { premium } from "../premium.ts";

const { spaces, lists, tasks, users, folders, fields } = SANDBOX;

describe("refusals of one thing", () => {
  const world = useWorld({ strict: true });

  it.each([
    [401, "You do not have access to this task", "ACCESS_083", "not see that one task"],
    [401, "Team not authorized", "OAUTH_057", "may not do that here"],
    [401, "Team(s) not authorized", "OAUTH_023", "may not do that here"],
    [401, "Team not authorized", "OAUTH_060", "may not do that here"],
    [401, "not authorized", "OAUTH_192", "may not do that here"],
    [403, "Team must be on enterprise plan", "TEAM_110", "Enterprise"],
    [403, "You have no access", "TIMEENTRY_059", "owner or admin"],
    [404, "Task not found, deleted", "ITEM_013", "Trash"],
    [400, "Parent not child of list", "ITEM_137", "same List"],
    [400, "Max usage for custom task types reached", "ITEM_246", "plain task"],
    [400, "Custom field usages exceeded for your plan", "FIELD_033", "raise the plan"],
    [400, "Invalid status", "SUBCAT_104", "names"],
  ])("%i %s is no dead credential and says what to do", async (status, err, ecode, advice) => {
    const w = world();
    w.sandbox.fault({ kind: "status", status, err, ecode, operation: "GET /v2/task/{task_id}", times: 2 });
    const text = JSON.stringify((await w.call("clickup_task_get", { task: tasks.export })).result);
    expect(text).not.toContain("Connect ClickUp again");
    const error = errorFromAnswer(status, { err, ECODE: ecode }, {}, "");
    expect(error.message).toContain(advice);
    expect(error.kind).not.toBe("auth");
  });

  it.each(["OAUTH_017", "OAUTH_019", "OAUTH_021", "OAUTH_025", "OAUTH_077"])("%s is one", (ECODE) => {
    expect(errorFromAnswer(401, { err: "Token", ECODE }, {}, "").kind).toBe("auth");
    expect(errorFromAnswer(400, { err: "Token", ECODE }, {}, "").kind).toBe("auth");
  });

  it("does not stop bulk work", async () => {
    const w = premium(world());
    const refused = {
      kind: "status",
      status: 401,
      err: "You do not have access to this task",
      ecode: "ACCESS_083",
    } as const;
    w.sandbox.fault({ ...refused, method: "PUT", times: 1 });
    const data = await w.ok("clickup_task_bulk_update", {
      updates: [tasks.export, tasks.docs].map((task) => ({ task, priority: "low" })),
      continue_on_error: true,
    });
    expect(JSON.stringify(data)).toContain("ACCESS_083");
    expect(w.sandbox.state.task(tasks.docs).priority).toBe(4);
  });

  it("lets a custom id be tried in the next Workspace", async () => {
    const w = world();
    const ctx = w.context({ workspaces: [SIDE, NORTHWIND], defaultWorkspaceId: SIDE.id });
    w.sandbox.fault({
      kind: "status",
      status: 401,
      err: "You do not have access to this task",
      ecode: "ACCESS_083",
      operation: "GET /v2/task/{task_id}",
    });
    const data = await w.ok("clickup_task_get", { task: "DEV-42" }, ctx);
    expect(data["id"]).toBe(tasks.export);
  });

  it.skipIf(!recordingsAvailable)(
    "no code that was seen ends in a plain failure of ours (needs ../shared/clickup-recorded or CLICKUP_RECORDED)",
    () => {
      for (const row of readErrors().filter(
        (one) => one.status !== null && /^[A-Z0-9]+_\d+$/.test(one.ecode),
      )) {
        const error = errorFromAnswer(row.status ?? 400, { err: "words", ECODE: row.ecode }, {}, "");
        expect(error.message, row.ecode).not.toBe("");
        if (/^OAUTH_(02[367]|05\d|06\d|19\d)$/.test(row.ecode))
          expect(error.kind, row.ecode).not.toBe("auth");
      }
    },
  );
});

describe("what a change leaves out", () => {
  const world = useWorld();

  it("a renamed Space keeps its several assignees", async () => {
    const w = premium(world());
    await w.ok("clickup_space_update", { space: spaces.product, name: "Product two" });
    expect(w.sandbox.state.space(spaces.product)).toMatchObject({
      name: "Product two",
      multiple_assignees: true,
    });
    await w.ok("clickup_space_toggle_feature", { space: spaces.product, feature: "tags", enabled: false });
    expect(w.sandbox.state.space(spaces.product).multiple_assignees).toBe(true);
  });

  it("what changed beside the asked is reported", async () => {
    const w = premium(world());
    const real = globalThis.fetch;
    globalThis.fetch = async (input: Parameters<typeof fetch>[0], init?: RequestInit) => {
      const request = new Request(input, init);
      if (request.method !== "PUT") return await real(request);
      const { multiple_assignees: _lost, ...body } = (await request.json()) as Record<string, unknown>;
      return await real(
        new Request(request.url, { method: "PUT", headers: request.headers, body: JSON.stringify(body) }),
      );
    };
    const data = await w.ok("clickup_space_update", { space: spaces.product, name: "Other" });
    expect(data["also_changed"]).toEqual([{ field: "multiple_assignees", before: "on", after: "off" }]);
  });

  it("a ClickApp the Space does not list is switched on", async () => {
    const w = premium(world());
    const made = await w.ok("clickup_space_create", { name: "Fresh" });
    const data = await w.ok("clickup_space_toggle_feature", {
      space: made["id"],
      feature: "time_estimates",
      enabled: true,
    });
    expect(data["changes"]).toEqual([{ field: "time_estimates", before: "off", after: "on" }]);
    const text = await w.fails(
      "clickup_space_toggle_feature",
      { space: made["id"], feature: "dependency_enforcement", enabled: true },
      "user_error",
    );
    expect(text).toContain("Features:");
    expect(text).not.toContain("scheduler_enabled");
  });
});

describe("what was deleted", () => {
  const world = useWorld();

  it("a deleted List or Folder is said to be, and nothing is sent", async () => {
    const w = premium(world());
    w.sandbox.state.deleteList(lists.onboarding);
    w.sandbox.state.deleteFolder(folders.platform);
    for (const [tool, args] of [
      ["clickup_list_get", { list: lists.onboarding }],
      ["clickup_list_update", { list: lists.onboarding, name: "x" }],
      ["clickup_list_delete", { list: lists.onboarding }],
      ["clickup_folder_get", { folder: folders.platform }],
      ["clickup_folder_update", { folder: folders.platform, name: "x" }],
    ] as const)
      expect(await w.fails(tool, args, "upstream_error"), tool).toContain("was deleted");
    expect(w.sandbox.calls.filter((call) => call.method !== "GET")).toEqual([]);
  });

  it.each([
    ["clickup_task_create", { list: lists.onboarding, name: "Lost" }],
    ["clickup_task_bulk_create", { list: lists.onboarding, tasks: [{ name: "Lost" }] }],
    ["clickup_task_move", { task: tasks.export, to_list: lists.onboarding }],
    ["clickup_list_create_in_folder", { folder: folders.platform, name: "Lost" }],
  ])("%s makes nothing in it", async (tool, args) => {
    const w = premium(world());
    w.sandbox.state.deleteList(lists.onboarding);
    w.sandbox.state.deleteFolder(folders.platform);
    const { result } = await w.call(tool, args);
    expect(JSON.stringify(result)).toContain("was deleted");
    expect(w.sandbox.calls.filter((call) => call.method !== "GET")).toEqual([]);
  });
});

describe("values as they are answered", () => {
  const world = useWorld();

  it.each([
    [{ current: "20", percent_completed: 0.5 }, "50%"],
    [{ current: "10", percent_completed: 0 }, "0%"],
  ])("manual progress %j is %s", async (_value, shown) => {
    const w = premium(world());
    w.sandbox.state.task(tasks.export).fields[fields.manualProgress] = shown === "50%" ? 20 : 10;
    const data = await w.ok("clickup_task_get", { task: tasks.export, include: ["custom_fields"] });
    expect(JSON.stringify(data)).toContain(`"${shown}"`);
  });

  it("what is shown can be said: 75%", async () => {
    const w = premium(world());
    const data = await w.ok("clickup_custom_field_set_value", {
      task: tasks.export,
      field: "Progress",
      value: "75%",
    });
    expect(w.sandbox.state.task(tasks.export).fields[fields.manualProgress]).toBe(25);
    expect(data["after"]).toBe("75%");
  });

  it("a table in a comment is one in Markdown, and an unknown block leaves a note", () => {
    const table = {
      type: "table-embed",
      "table-embed": {
        rows: [{ cells: [{ text: "Name" }, { text: "Due" }] }, { cells: ["A | B", "today"] }],
      },
    };
    expect(blocksToMarkdown([{ text: "Plan:\n" }, table, { text: "End" }])).toBe(
      "Plan:\n| Name | Due |\n| --- | --- |\n| A \\| B | today |\nEnd",
    );
    expect(blocksToMarkdown([{ type: "table-embed" }])).toBe("[table]");
    expect(blocksToMarkdown([{ text: "See " }, { type: "frame" }])).toContain("\\[frame]");
  });

  it("a List's colour as hex is not sent", async () => {
    const w = premium(world());
    const text = await w.fails("clickup_list_update", { list: lists.empty, status: "#ff0000" }, "user_error");
    expect(text).toContain("red, orange");
    expect(w.sandbox.calls.filter((call) => call.method === "PUT")).toEqual([]);
    await w.ok("clickup_list_update", { list: lists.empty, status: "Yellow" });
    expect(w.sandbox.state.list(lists.empty).status?.status).toBe("yellow");
  });

  it.each([
    "#DEV-42",
    "# DEV-42",
    `app.clickup.com/t/${tasks.export}`,
    `app.clickup.com/t/${NORTHWIND.id}/DEV-42`,
  ])("%s is understood", async (task) => {
    const w = world();
    const data = await w.ok("clickup_task_get", { task });
    expect(data["id"]).toBe(tasks.export);
  });
});

describe("the time of several people", () => {
  const world = useWorld();

  it("names who was refused and answers the rest", async () => {
    const w = premium(world());
    const everybody = {
      kind: "status",
      status: 403,
      err: "You have no access",
      ecode: "TIMEENTRY_059",
    } as const;
    w.sandbox.fault({ ...everybody, path: `assignee=`, times: 0 });
    // ClickUp refuses two at once, and then Dan alone.
    w.sandbox.fault({ ...everybody, operation: "GET /v2/team/{team_Id}/time_entries", times: 1 });
    w.sandbox.fault({ ...everybody, operation: "GET /v2/team/{team_Id}/time_entries", skip: 1, times: 1 });
    const data = await w.ok("clickup_time_entry_list", { assignees: [users.carol, users.dan] });
    expect(data["not_shown"]).toEqual([{ id: String(users.dan) }]);
    expect(
      (data["entries"] as { user: { id: string } }[]).every((one) => one.user.id === String(users.carol)),
    ).toBe(true);
  });

  it("refuses whole when nobody may be seen", async () => {
    const w = premium(world());
    w.sandbox.fault({
      kind: "status",
      status: 403,
      err: "You have no access",
      ecode: "TIMEENTRY_059",
      times: 9,
    });
    const args = { assignees: [users.carol, users.dan] };
    expect(await w.fails("clickup_time_entry_list", args, "upstream_error")).toContain("owner or admin");
  });
});

describe("many Spaces", () => {
  const world = useWorld();

  function grow(w: ReturnType<typeof world>, count: number): void {
    const { data } = w.sandbox.state;
    const like = w.sandbox.state.space(spaces.marketing);
    for (let n = 0; n < count; n++) {
      const id = String(90_200_000_000 + n);
      data.spaces[id] = { ...like, id, name: `Space ${n}` };
      const folder = String(90_300_000_000 + n);
      const around = w.sandbox.state.folder(w.sandbox.state.list(lists.backlog).folder_id);
      data.folders[folder] = { ...around, id: folder, space_id: id };
      const list = String(901_400_000_000 + n);
      data.lists[list] = {
        ...w.sandbox.state.list(lists.backlog),
        id: list,
        space_id: id,
        folder_id: folder,
        name: `Only ${n}`,
      };
    }
  }

  it("a place named by its path costs four requests in a cold Workspace of 200", async () => {
    const w = premium(world());
    grow(w, 200);
    const data = await w.ok("clickup_list_get", { list: "Space 159/Only 159" });
    expect(data["name"]).toBe("Only 159");
    expect(w.operations()).toHaveLength(4);
  });

  it("a bare name says how far it got, keeps what it read and goes on at the next call", async () => {
    const w = premium(world());
    grow(w, 60);
    w.sandbox.fault({ kind: "rate_limited", path: "/space/\\d+/", skip: 41, times: 200 });
    const text = await w.fails("clickup_list_get", { list: "Only 58" }, "upstream_error");
    expect(text).toMatch(/with \d+ of 63 Spaces read; they are kept/);
    const sent = w.sandbox.calls.length;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(w.sandbox.calls).toHaveLength(sent);
    w.sandbox.clearFaults();
    w.pass(61_000);
    w.operations();
    expect((await w.ok("clickup_list_get", { list: "Only 58" }))["name"]).toBe("Only 58");
    expect(w.operations().length).toBeLessThan(95);
  });
});

describe("near names", () => {
  const world = useWorld();

  it("accents are folded where nothing has the name as written", async () => {
    const w = premium(world());
    w.sandbox.state.user(users.carol).username = "Carol Castañeda";
    const data = await w.ok("clickup_task_search", {
      assignees: ["carol castaneda"],
      lists: [lists.sprint21],
    });
    expect(data["total_shown"]).toBeGreaterThan(0);
  });

  it.each([
    ["clickup_space_get", { space: "Sprints" }, "Operations"],
    ["clickup_task_search", { assignees: ["none at all"] }, "Dan O'Neil"],
  ])("%s names only near things", async (tool, args, far) => {
    const w = premium(world());
    const { result } = await w.call(tool, args);
    expect(JSON.stringify(result)).not.toContain(far);
  });
});

describe("searching", () => {
  const world = useWorld({ strict: true });
  type Row = { id: string; priority?: string; status?: string; assignees?: string[] };
  const rows = (data: Record<string, unknown>) => data["tasks"] as Row[];

  it("finds the tasks of a List whose home is another one, and does without where that is refused", async () => {
    const w = premium(world());
    w.sandbox.state.task(tasks.export).extra_lists = [lists.onboarding];
    const found = await w.ok("clickup_task_search", { lists: [lists.onboarding] });
    expect(rows(found).map((one) => one.id)).toContain(tasks.export);
    w.sandbox.state.workspace(NORTHWIND.id).timl_on_team_tasks = "refused";
    const without = await w.ok("clickup_task_search", { lists: [lists.onboarding] });
    expect(rows(without).length).toBe(rows(found).length - 1);
  });

  it("archived tasks are found when asked for, and only they", async () => {
    const w = premium(world());
    w.sandbox.state.task(tasks.docs).archived = true;
    const args = { lists: [w.sandbox.state.task(tasks.docs).list_id] };
    expect(rows(await w.ok("clickup_task_search", args)).map((one) => one.id)).not.toContain(tasks.docs);
    const put = rows(await w.ok("clickup_task_search", { ...args, archived: true }));
    expect(put.map((one) => one.id)).toContain(tasks.docs);
    expect(put.every((one) => w.sandbox.state.task(one.id).archived)).toBe(true);
  });

  it("overdue means open: what is done is not due any more", async () => {
    const w = premium(world());
    const { state } = w.sandbox;
    const done = state.task(tasks.docs);
    Object.assign(done, {
      due_date: SEED_NOW_MS - 9 * 86_400_000,
      status: "shipped",
      date_done: SEED_NOW_MS,
    });
    for (const due of ["..yesterday", "overdue"]) {
      const found = rows(await w.ok("clickup_task_search", { due, spaces: [spaces.product] }));
      expect(found.length).toBeGreaterThan(0);
      expect(found.filter((one) => one.status === "shipped" || one.status === "closed")).toEqual([]);
    }
    const all = await w.ok("clickup_task_search", {
      due: "..yesterday",
      spaces: [spaces.product],
      include_closed: true,
    });
    expect(rows(all).some((one) => one.id === tasks.docs)).toBe(true);
  });

  it("takes priority, nobody as assignee, and a limit with a cursor to go on", async () => {
    const w = premium(world());
    const high = rows(
      await w.ok("clickup_task_search", { priority: ["urgent", 2], spaces: [spaces.product] }),
    );
    expect(new Set(high.map((one) => one.priority))).toEqual(new Set(["urgent", "high"]));
    const free = rows(await w.ok("clickup_task_search", { assignees: "none", spaces: [spaces.product] }));
    expect(free.length).toBeGreaterThan(0);
    expect(free.every((one) => one.assignees === undefined)).toBe(true);
    const first = await w.ok("clickup_task_search", { limit: 3, lists: [lists.backlog] });
    expect(rows(first)).toHaveLength(3);
    const second = await w.ok("clickup_task_search", {
      limit: 3,
      lists: [lists.backlog],
      cursor: first["next_cursor"],
    });
    expect(new Set([...rows(first), ...rows(second)].map((one) => one.id)).size).toBe(6);
    expect(await w.fails("clickup_task_search", { limit: 0 }, "user_error")).toContain("limit");
  });

  it("names the tags there are where an unknown one found nothing", async () => {
    const w = premium(world());
    const text = await w.fails(
      "clickup_task_search",
      { tags: ["bugg"], spaces: [spaces.product] },
      "user_error",
    );
    expect(text).toContain('Nearest: "bug"');
    w.operations();
    await w.ok("clickup_task_search", { tags: ["bug"], spaces: [spaces.product] });
    expect(w.operations()).toEqual(["GET /v2/team/{team_Id}/task"]);
  });
});

describe("times as people write them", () => {
  // 2026-03-02, a Monday, 09:00 UTC.
  const clock = { now_ms: SEED_NOW_MS, timeZone: "UTC" };
  const at = (text: string) => new Date(parseWhen(text, clock, "due").ms).toISOString().slice(0, 16);

  it.each([
    ["last monday", "2026-02-23T12:00"],
    ["last friday", "2026-02-27T12:00"],
    ["9am", "2026-03-02T09:00"],
    ["11:00", "2026-03-02T11:00"],
    ["4 December 2026", "2026-12-04T12:00"],
    ["Dec 4, 2026 at 15:30", "2026-12-04T15:30"],
    ["4th of december 2026", "2026-12-04T12:00"],
    ["tomorrow at nine", "2026-03-03T09:00"],
    ["tomorrow at two", "2026-03-03T14:00"],
  ])("%s", (text, time) => expect(at(text)).toBe(time));

  it.each(["32 December 2026", "4 Decembre", "25:00", "9"])("%s is none", (text) => {
    expect(() => at(text)).toThrow("is not a time");
  });

  it.each([
    ["this week", "2026-03-02", "2026-03-08"],
    ["last week", "2026-02-23", "2026-03-01"],
    ["next week", "2026-03-09", "2026-03-15"],
    ["this month", "2026-03-01", "2026-03-31"],
    ["last month", "2026-02-01", "2026-02-28"],
    ["next month", "2026-04-01", "2026-04-30"],
    ["last year", "2025-01-01", "2025-12-31"],
  ])("%s is %s to %s", (text, from, to) => {
    const span = parseSpan(text, clock, "due");
    const day = (ms: number | undefined) => new Date(ms ?? 0).toISOString().slice(0, 10);
    expect([day(span.from_ms), day(span.to_ms)]).toEqual([from, to]);
  });
});

describe("a place of another kind", () => {
  const world = useWorld({ strict: true });

  it.each([
    [
      "clickup_list_create",
      { space: "Sprints", name: "x" },
      "is a folder, not a space",
      "clickup_list_create_in_folder",
    ],
    [
      "clickup_list_create_in_folder",
      { folder: "Product", name: "x" },
      "is a space, not a folder",
      "clickup_list_create.",
    ],
  ])("%s says what it is and which tool takes it", async (tool, args, what, instead) => {
    const w = premium(world());
    const text = await w.fails(tool, args, "user_error");
    expect(text).toContain(what);
    expect(text).toContain(instead);
    expect(w.sandbox.calls.filter((call) => call.method !== "GET")).toEqual([]);
  });
});
