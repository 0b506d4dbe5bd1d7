import { describe, expect, it } from "vitest";
import { timeTools } from "../../../tools/time/tools.ts";
import { SANDBOX, SEED_NOW_MS } from "../../sandbox/clickup/index.ts";
import { NORTHWIND, SIDE, useWorld } from "../context.ts";
import { ignoring, pick, premium } from "../premium.ts";

const { tasks, users, timeEntries, tokens } = SANDBOX;
const list = pick(timeTools, "clickup_time_entry_list");
const start = pick(timeTools, "clickup_time_tracking_start");
const stop = pick(timeTools, "clickup_time_tracking_stop");
const add = pick(timeTools, "clickup_time_entry_add");
const remove = pick(timeTools, "clickup_time_entry_delete");
const current = pick(timeTools, "clickup_time_tracking_current");

interface Entry {
  id: string;
  start: string;
  duration: string;
  task?: { id: string; name?: string };
  user?: { id: string };
  running?: boolean;
  description?: string;
}
const GET_LIST = "GET /v2/team/{team_Id}/time_entries";
const GET_CURRENT = "GET /v2/team/{team_id}/time_entries/current";
const START = "POST /v2/team/{team_Id}/time_entries/start";
const both = [NORTHWIND, SIDE];

describe("clickup_time_entry_list", () => {
  const world = useWorld({ strict: true });

  it("shows my last 30 days, newest first, with the range and the sum", async () => {
    const w = premium(world());
    const data = await w.ok(list, {});
    expect(w.operations()).toEqual([GET_LIST]);
    expect(data).toMatchObject({ from: "2026-01-31T00:00:00+01:00", to: "2026-03-02T23:59:59+01:00" });
    const entries = data["entries"] as Entry[];
    const mine = Object.values(w.sandbox.state.data.time_entries).filter(
      (one) => one.user === users.alice && one.start >= Date.UTC(2026, 0, 30, 23),
    );
    expect(entries.length).toBe(mine.length);
    expect(data["total"]).toBe(mine.length);
    const starts = entries.map((one) => Date.parse(one.start));
    expect(starts).toEqual(starts.toSorted((a, b) => b - a));
    const spent_ms = mine.reduce((sum, one) => sum + ((one.end ?? 0) - one.start), 0);
    expect(data["total_duration"]).toBe(`${spent_ms / 3_600_000}h`.replace(".5h", "h30m"));
    expect(entries.every((one) => one.user === undefined && one.task !== undefined)).toBe(true);
    expect(JSON.stringify(data)).not.toMatch(/null|#[0-9a-f]{6}|profilePicture/);
  });

  it("takes days whole and in the user's time zone", async () => {
    const w = premium(world(), { timeZone: "America/New_York" });
    const data = await w.ok(list, { from: "2026-02-27", to: "2026-02-27" });
    expect(data).toMatchObject({ from: "2026-02-27T00:00:00-05:00", to: "2026-02-27T23:59:59-05:00" });
    const query = w.sandbox.calls[0]?.query;
    expect(Number(query?.["start_date"])).toBe(Date.UTC(2026, 1, 27, 5));
    expect(Number(query?.["end_date"])).toBe(Date.UTC(2026, 1, 28, 5) - 1);
    const exact = await w.ok(list, { from: "2026-02-27T08:00:00Z", to: "2026-02-27T09:30:00Z" });
    expect(exact).toMatchObject({ from: "2026-02-27T03:00:00-05:00", to: "2026-02-27T04:30:00-05:00" });
    const ended = await w.ok(list, { to: "2026-02-10" });
    expect(ended["from"]).toBe("2026-01-11T00:00:00-05:00");
  });

  it("shows one task's time of others by name, and all of the workspace", async () => {
    const w = premium(world());
    const own = await w.ok(list, { task: tasks.export });
    expect(w.operations()).toEqual([GET_LIST]);
    expect((own["entries"] as Entry[]).map((one) => one.task?.id)).toContain(tasks.export);
    const carol = await w.ok(list, { task: "DEV-42", assignees: "carol@northwind.test" });
    expect(new Set((carol["entries"] as Entry[]).map((one) => one.user?.id))).toEqual(
      new Set([String(users.carol)]),
    );
    w.operations();
    const all = await w.ok(list, { assignees: ["all"] });
    expect(w.operations()).toEqual([GET_LIST]);
    const entries = all["entries"] as Entry[];
    expect(new Set(entries.map((one) => one.user?.id)).size).toBeGreaterThan(1);
    // A running timer is not among the entries: it has a request of its own.
    expect(entries.some((one) => one.running === true)).toBe(false);
  });

  it("pages what does not fit, without a hole", async () => {
    const w = premium(world());
    const { time_entries } = w.sandbox.state.data;
    for (const sample of Object.values(time_entries).filter((one) => one.id === timeEntries.tracked)) {
      for (let n = 0; n < 150; n += 1) {
        time_entries[`n${n}`] = { ...sample, id: `n${n}`, start: SEED_NOW_MS - n * 60_000 };
      }
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    let pages = 0;
    do {
      const data = await w.ok(list, cursor === undefined ? {} : { cursor });
      expect(JSON.stringify(data["entries"]).length).toBeLessThanOrEqual(21_000);
      seen.push(...(data["entries"] as Entry[]).map((one) => one.id));
      cursor = data["next_cursor"] as string | undefined;
      expect(data["total_shown"]).toBe((data["entries"] as Entry[]).length);
      pages += 1;
      w.pass(60_000);
    } while (cursor !== undefined);
    expect(pages).toBeGreaterThan(1);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.filter((id) => id.startsWith("n"))).toHaveLength(150);
  });

  it("refuses what it cannot read", async () => {
    const w = premium(world());
    expect(await w.fails(list, { from: "whenever" }, "user_error")).toContain("from:");
    expect(await w.fails(list, { from: "today", to: "yesterday" }, "user_error")).toContain("after to");
    expect(await w.fails(list, { assignees: ["Nobody Atall"] }, "user_error")).toContain("No member");
    expect(await w.fails(list, { since: "today" }, "user_error")).toContain("Unknown argument");
    const several = w.context({ tier: "premium", workspaces: both });
    expect(await w.fails(list, {}, "user_error", several)).toContain("Side Project");
    expect((await w.ok(list, { workspace: "side project" }, several))["total"]).toBe(0);
  });

  it("says ClickUp's no for people who may not see others", async () => {
    const w = premium(world(), { token: tokens.heidi, clickupUserId: String(users.heidi) });
    expect(await w.fails(list, { assignees: [users.dan] }, "upstream_error")).toContain(
      "Only an owner or admin",
    );
  });
});

describe("timers", () => {
  const world = useWorld({ strict: true });

  it("starts a timer and names the one it replaced", async () => {
    const w = premium(world());
    const first = await w.ok(start, {
      task: tasks.export,
      description: "Export",
      billable: true,
      tags: ["deep work"],
    });
    expect(w.operations()).toEqual([GET_CURRENT, START]);
    expect(first["replaced"]).toBeUndefined();
    expect(first["entry"]).toMatchObject({
      task: { id: tasks.export },
      running: true,
      billable: true,
      tags: ["deep work"],
    });
    expect(first["not_applied"]).toBeUndefined();
    w.pass(15 * 60_000);
    const second = await w.ok(start, { task: "DEV-43" });
    expect(second).toMatchObject({
      entry: { task: { id: tasks.docs }, running: true },
      replaced: { id: (first["entry"] as Entry).id, task: { id: tasks.export }, duration: "15m" },
    });
    expect(w.touched).toContain(`entry:${(second["entry"] as Entry).id}`);
  });

  it("starts one timer for one idempotency key", async () => {
    const w = premium(world());
    const first = await w.ok(start, { task: tasks.export, idempotency_key: "k1" });
    w.operations();
    const again = await w.ok(start, { task: tasks.export, idempotency_key: "k1" });
    expect(again).toMatchObject({ replayed: true, entry: { id: (first["entry"] as Entry).id } });
    expect(w.operations()).toEqual([]);
  });

  it("says what ClickUp left out of a new timer", async () => {
    const w = premium(world());
    ignoring("POST", (body) => {
      delete body["tags"];
      delete body["billable"];
    });
    const data = await w.ok(start, { task: tasks.export, billable: true, tags: ["x"] });
    expect(data["not_applied"]).toEqual([
      { field: "billable", asked: "true", is: "false" },
      { field: "tags", asked: "x" },
    ]);
  });

  it("finds the workspace of the task when there are several", async () => {
    const w = premium(world(), { workspaces: both });
    const data = await w.ok(start, { task: tasks.garden });
    expect(data["entry"]).toMatchObject({ task: { id: tasks.garden } });
    expect(w.sandbox.calls.at(-1)?.path).toContain(SIDE.id);
    expect(w.operations()).toEqual(["GET /v2/task/{task_id}", GET_CURRENT, START]);
  });

  it("stops with one request, and adds words and tags with a second", async () => {
    const w = premium(world());
    await w.ok(start, { task: tasks.export, tags: ["first"] });
    w.pass(90 * 60_000);
    w.operations();
    const plain = await w.ok(stop, {});
    expect(w.operations()).toEqual(["POST /v2/team/{team_id}/time_entries/stop"]);
    expect(plain["entry"]).toMatchObject({ duration: "1h30m", end: "2026-03-02T11:30:00+01:00" });
    await w.ok(start, { task: tasks.export, tags: ["first"] });
    w.pass(60_000);
    w.operations();
    const told = await w.ok(stop, { description: "Done", tags: ["second", "FIRST"] });
    expect(w.operations()).toEqual([
      "POST /v2/team/{team_id}/time_entries/stop",
      "PUT /v2/team/{team_id}/time_entries/{timer_id}",
    ]);
    expect(told["entry"]).toMatchObject({ description: "Done", tags: ["first", "second"] });
    expect(told["not_applied"]).toBeUndefined();
  });

  it("reports the stop when its words were refused", async () => {
    const w = premium(world());
    await w.ok(start, { task: tasks.export });
    w.sandbox.fault({ kind: "status", status: 402, err: "Plan limit", method: "PUT" });
    const data = await w.ok(stop, { description: "Done", tags: ["x"] });
    expect(data["not_applied"]).toMatchObject([
      { field: "description", reason: expect.stringContaining("Plan limit") },
      { field: "tags" },
    ]);
    expect(await w.ok(current, {})).toEqual({ running: false });
  });

  it("says that no timer runs, and shows the one that does", async () => {
    const w = premium(world());
    expect(await w.fails(stop, {}, "user_error")).toContain("No timer is running");
    expect(await w.ok(current, {})).toEqual({ running: false });
    await w.ok(start, { task: tasks.docs });
    w.pass(5 * 60_000);
    w.operations();
    const data = await w.ok(current, {});
    expect(data).toMatchObject({ running: true, entry: { duration: "5m", task: { id: tasks.docs } } });
    expect(w.operations()).toEqual([GET_CURRENT]);
  });

  it("reports a lost start or stop as unknown and sends it once", async () => {
    const w = premium(world());
    w.sandbox.fault({ kind: "reset", after_effect: true, operation: START });
    const lost = { task: tasks.export, idempotency_key: "lost" };
    expect(await w.fails(start, lost, "unknown_outcome")).toContain("clickup_time_tracking_current");
    expect(w.sandbox.calls.filter((call) => call.operation === START)).toHaveLength(1);
    expect(await w.fails(start, lost, "user_error")).toContain("never confirmed");
    w.sandbox.fault({ kind: "html", status: 502, method: "POST" });
    await w.fails(stop, {}, "unknown_outcome");
    expect(w.sandbox.calls.filter((call) => call.path.endsWith("/stop"))).toHaveLength(1);
  });

  it("keeps a narrowed device to its workspace", async () => {
    const w = premium(world(), { grant: { workspaces: [NORTHWIND.id] } });
    await w.fails(start, { task: tasks.garden }, "refused_grant");
    await w.fails(current, { workspace: SIDE.id }, "user_error");
    await w.fails(remove, { entry: "1", workspace: SIDE.id }, "user_error");
    expect(w.sandbox.calls.filter((call) => call.method !== "GET")).toEqual([]);
  });

  it("finds a task by name and tells an unknown one", async () => {
    const w = premium(world());
    const data = await w.ok(start, { task: "ship the export endpoint" });
    expect(data["entry"]).toMatchObject({ task: { id: tasks.export } });
    expect(await w.fails(start, { task: "86cnothere1" }, "user_error")).toContain("No task");
  });
});

describe("recording and deleting time", () => {
  const world = useWorld({ strict: true });
  const ADD = "POST /v2/team/{team_Id}/time_entries";

  it("adds an entry by duration or end with one request", async () => {
    const w = premium(world());
    const data = await w.ok(add, {
      task: tasks.export,
      start: "2026-03-01T14:00",
      duration: "1h30m",
      description: "Review",
      billable: "true",
    });
    expect(w.operations()).toEqual([ADD]);
    expect(data["entry"]).toMatchObject({
      start: "2026-03-01T14:00:00+01:00",
      duration: "1h30m",
      billable: true,
      description: "Review",
      task: { id: tasks.export, name: "Ship the export endpoint" },
    });
    expect(data["not_applied"]).toBeUndefined();
    const ended = await w.ok(add, {
      task: tasks.export,
      start: "2026-03-01T16:00",
      end: "2026-03-01T16:45",
      tags: "meeting",
    });
    expect(ended["entry"]).toMatchObject({ duration: "45m", tags: ["meeting"] });
    expect(Object.values(w.sandbox.state.data.time_entries).at(-1)).toMatchObject({
      start: Date.UTC(2026, 2, 1, 15),
      end: Date.UTC(2026, 2, 1, 15, 45),
      user: users.alice,
    });
  });

  it("adds one entry for one idempotency key", async () => {
    const w = premium(world());
    const args = { task: tasks.export, start: "yesterday 10:00", duration: 30, idempotency_key: "a" };
    const first = await w.ok(add, args);
    const again = await w.ok(add, args);
    expect(again).toMatchObject({ replayed: true, entry: { id: (first["entry"] as Entry).id } });
    expect(w.sandbox.calls).toHaveLength(1);
  });

  it("says when ClickUp keeps another length", async () => {
    const w = premium(world());
    ignoring("POST", (body) => {
      body["duration"] = 60_000;
    });
    const data = await w.ok(add, { task: tasks.export, start: "2026-03-01T14:00", duration: "2h" });
    expect(data["not_applied"]).toEqual([{ field: "duration", asked: "2h" }]);
    expect(data["entry"]).toMatchObject({ duration: "1m" });
  });

  it.each([
    [{ start: "2026-03-01T14:00" }, "either duration or end"],
    [{ start: "2026-03-01T14:00", duration: "1h", end: "2026-03-01T15:00" }, "either duration or end"],
    [{ start: "2026-03-01T14:00", end: "2026-03-01T13:00" }, "end: it is not after start"],
    [{ start: "2026-03-01T14:00", duration: 0 }, "longer than nothing"],
    [{ start: "2026-03-01T14:00", duration: "3 days" }, "is not a duration"],
    [{ start: "soon", duration: "1h" }, "start:"],
    [{ duration: "1h" }, "start is required"],
  ])("refuses %j before anything is sent", async (args, words) => {
    const w = premium(world());
    expect(await w.fails(add, { task: tasks.export, ...args }, "user_error")).toContain(words);
    expect(w.sandbox.calls).toEqual([]);
  });

  it("asks before it deletes, and goes on where the client cannot ask", async () => {
    const w = premium(world());
    const asked: string[] = [];
    const no = w.context({
      tier: "premium",
      confirm: (question) => {
        asked.push(question);
        return Promise.resolve("declined");
      },
    });
    await w.fails(remove, { entry: timeEntries.tracked }, "cancelled", no);
    expect(asked[0]).toContain('1h30m on "Ship the export endpoint"');
    expect(w.sandbox.state.data.time_entries[timeEntries.tracked]).toBeDefined();
    w.operations();
    const data = await w.ok(remove, { entry: timeEntries.tracked });
    expect(w.operations()).toEqual([
      "GET /v2/team/{team_id}/time_entries/{timer_id}",
      "DELETE /v2/team/{team_id}/time_entries/{timer_id}",
    ]);
    expect(data["deleted"]).toMatchObject({ id: timeEntries.tracked, duration: "1h30m" });
    expect(w.sandbox.state.data.time_entries[timeEntries.tracked]).toBeUndefined();
    expect(await w.fails(remove, { entry: timeEntries.tracked }, "user_error")).toContain("no time entry");
    expect(await w.fails(remove, { entry: "1,2" }, "user_error")).toContain("one time entry");
  });

  it("reports refusals and unknown outcomes", async () => {
    const w = premium(world());
    const args = { task: tasks.export, start: "2026-03-01T14:00", duration: "1h" };
    w.sandbox.fault({ kind: "status", status: 403, err: "No tracking", operation: ADD });
    expect(await w.fails(add, args, "upstream_error")).toContain("No tracking");
    w.sandbox.fault({ kind: "truncated", operation: ADD });
    expect(await w.fails(add, args, "unknown_outcome")).toContain("clickup_time_entry_list");
    w.sandbox.fault({ kind: "reset", after_effect: true, method: "DELETE" });
    expect(await w.fails(remove, { entry: timeEntries.tracked }, "unknown_outcome")).toContain(
      "may or may not",
    );
  });
});
