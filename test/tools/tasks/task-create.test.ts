import { describe, expect, it } from "vitest";
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { NORTHWIND, SIDE, textOf, useWorld } from "../context.ts";

const TOOL = "clickup_task_create";
const { lists, users, fields } = SANDBOX;
interface Made {
  id: string;
  custom_id?: string;
  [key: string]: unknown;
}
const taskOf = (data: Record<string, unknown>) => data["task"] as Made;

describe("clickup_task_create", () => {
  const world = useWorld({ strict: true });

  it("creates by list name with one call when the hierarchy is kept", async () => {
    const w = world();
    await w.ok("clickup_workspace_hierarchy", {});
    w.operations();
    const data = await w.ok(TOOL, { list: "sprint 21", name: "Write the release notes" });
    expect(w.operations()).toEqual(["POST /v2/list/{list_id}/task"]);
    const task = taskOf(data);
    expect(task).toMatchObject({
      name: "Write the release notes",
      status: "backlog",
      list: { id: lists.sprint21, name: "Sprint 21" },
      space: { id: SANDBOX.spaces.product, name: "Product" },
    });
    expect(task.custom_id).toMatch(/^DEV-\d+$/);
    expect(data["not_applied"]).toBeUndefined();
    expect(w.sandbox.state.data.tasks[task.id]?.name).toBe("Write the release notes");
    expect(w.touched).toEqual(expect.arrayContaining([`list:${lists.sprint21}`, `task:${task.id}`]));
  });

  it("writes every field in ClickUp's form", async () => {
    const w = world();
    const data = await w.ok(TOOL, {
      list: lists.sprint21,
      name: "Everything",
      markdown: "# Title\n\n- one",
      status: "In Review",
      priority: "HIGH",
      due: "2026-03-13",
      start: "2026-03-10T09:30",
      assignees: ["me", "dan@northwind.test", "carol"],
      tags: ["Bug"],
      parent: "DEV-42",
      estimate: "1h30m",
      points: "3",
      custom_type: "bug",
    });
    const { body } = w.sandbox.calls.find((call) => call.method === "POST") ?? {};
    expect(body).toMatchObject({
      name: "Everything",
      markdown_content: "# Title\n\n- one",
      status: "In Review",
      priority: 2,
      due_date_time: false,
      start_date: Date.parse("2026-03-10T09:30:00+01:00"),
      start_date_time: true,
      time_estimate: 5_400_000,
      points: 3,
      assignees: [users.alice, users.dan, users.carol],
      tags: ["Bug"],
      parent: SANDBOX.tasks.export,
      custom_item_id: 1300,
    });
    expect(data["not_applied"]).toBeUndefined();
    const task = taskOf(data);
    expect(task).toMatchObject({
      status: "in review",
      priority: "high",
      start: "2026-03-10T09:30:00+01:00",
      tags: ["bug"],
      parent: SANDBOX.tasks.export,
      estimate: "1h30m",
      points: 3,
      type: "Bug",
    });
    expect(task["due"]).toMatch(/^2026-03-13/);
    expect(task["assignees"]).toContainEqual({ id: String(users.dan), name: "Dan O'Neil" });
    expect(w.sandbox.state.data.tasks[task.id]?.markdown).toBe("# Title\n\n- one");
  });

  it("converts custom fields by name or id and type", async () => {
    const w = world();
    const data = await w.ok(TOOL, {
      list: lists.sprint21,
      name: "Fields",
      custom_fields: {
        severity: "high",
        Area: ["backend", "Docs 📚"],
        "Promised on": "2026-04-01",
        "Votes in survey": "17",
        Budget: "€1,200.50",
        "Customer facing": "yes",
        Contact: "a@b.test",
        [fields.url]: "https://x.test/1",
        Reviewers: ["me", "Eve Okafor"],
        "Related work": ["DEV-43"],
        Confidence: 3,
        Progress: 15,
        Office: { lat: 52.1, lng: 4.3, address: "The Hague" },
        "Cost centre": 77,
      },
    });
    expect(data["not_applied"]).toBeUndefined();
    expect(w.operations()).toEqual(expect.arrayContaining(["GET /v2/list/{list_id}/field"]));
    const read = await w.ok("clickup_task_get", { task: taskOf(data).id, include: ["custom_fields"] });
    const values = Object.fromEntries(
      (read["custom_fields"] as { name: string; value: unknown }[]).map((field) => [field.name, field.value]),
    );
    expect(values).toMatchObject({
      Severity: "High",
      Area: ["Backend", "Docs 📚"],
      "Votes in survey": 17,
      Budget: 1200.5,
      "Customer facing": true,
      Contact: "a@b.test",
      "Design link": "https://x.test/1",
      Confidence: 3,
      Progress: "25%",
      Office: "The Hague",
      "Cost centre": "77",
    });
    expect(values["Promised on"]).toMatch(/^2026-04-01/);
    expect(values["Reviewers"]).toEqual([
      { id: String(users.alice), name: "Alice Andersson" },
      { id: String(users.eve), name: "Eve Okafor" },
    ]);
    expect(values["Related work"]).toEqual([
      { id: SANDBOX.tasks.docs, name: "Document the export endpoint" },
    ]);
    w.operations();
    await w.ok(TOOL, { list: lists.sprint21, name: "Again", custom_fields: '{"Severity": "Low"}' });
    expect(w.operations()).toEqual(["POST /v2/list/{list_id}/task"]);
  });

  it("says what ClickUp silently left out", async () => {
    const w = world();
    const data = await w.ok(TOOL, {
      list: lists.sprint21,
      name: "For a stranger",
      assignees: [users.bob, "me"],
    });
    expect(data["not_applied"]).toEqual([
      {
        field: "assignees",
        asked: `${users.bob}, ${users.alice}`,
        is: `Alice Andersson (${users.alice})`,
      },
    ]);
    const { result } = await w.call(TOOL, { list: lists.sprint21, name: "Again", assignees: [users.bob] });
    expect(textOf(result.content)).toContain("did not apply 1 of the fields");
  });

  it("makes one task for one idempotency_key, also for two calls at once", async () => {
    const w = world();
    const args = { list: lists.sprint21, name: "Once", idempotency_key: "k-1" };
    const [one, two] = await Promise.all([w.ok(TOOL, args), w.ok(TOOL, args, w.context())]);
    const three = await w.ok(TOOL, args, w.context());
    expect(taskOf(two).id).toBe(taskOf(one).id);
    expect(taskOf(three).id).toBe(taskOf(one).id);
    expect([one["replayed"], two["replayed"], three["replayed"]]).toEqual([undefined, true, true]);
    expect(w.operations()).toEqual(["GET /v2/list/{list_id}", "POST /v2/list/{list_id}/task"]);
    await w.ok(TOOL, { ...args, idempotency_key: "k-2" });
    expect(w.operations()).toEqual(["POST /v2/list/{list_id}/task"]);
  });

  it("a key belongs to its device, its arguments and what the device might do", async () => {
    const w = world();
    const args = { list: lists.sprint21, name: "Mine", idempotency_key: "create-1" };
    const mine = await w.ok(TOOL, args);
    w.operations();
    const other = await w.ok(TOOL, args, w.context({ deviceId: "d_2" }));
    expect(taskOf(other).id).not.toBe(taskOf(mine).id);
    expect(other["replayed"]).toBeUndefined();
    expect(w.operations()).toEqual(["POST /v2/list/{list_id}/task"]);
    for (const [given, ctx] of [
      [{ ...args, name: "Something else" }, w.context()],
      [args, w.context({ grant: { workspaces: [NORTHWIND.id] } })],
    ] as const) {
      expect(await w.fails(TOOL, given, "user_error", ctx)).toContain("with other arguments");
    }
    // The order of the arguments says nothing.
    const { name, list, ...key } = args;
    expect((await w.ok(TOOL, { ...key, name, list }, w.context()))["replayed"]).toBe(true);
    expect(w.operations()).toEqual([]);
  });

  it("two different calls at once with one key make one thing, and one is told", async () => {
    const w = world();
    const args = { list: lists.sprint21, name: "One", idempotency_key: "k-9" };
    const [one, two] = await Promise.all([
      w.call(TOOL, args),
      w.call(TOOL, { ...args, name: "Two" }, w.context()),
    ]);
    expect([one.outcome, two.outcome].toSorted()).toEqual(["ok", "user_error"]);
    expect(w.operations()).toEqual(["GET /v2/list/{list_id}", "POST /v2/list/{list_id}/task"]);
  });

  it("allows the key again after a refusal, and not after an unknown outcome", async () => {
    const w = world();
    const args = { list: lists.sprint21, name: "Once", idempotency_key: "k-3" };
    w.sandbox.fault({ kind: "status", status: 400, err: "Nope", ecode: "INPUT_001", method: "POST" });
    await w.fails(TOOL, args, "upstream_error");
    w.sandbox.fault({ kind: "reset", method: "POST", after_effect: true });
    const lost = await w.fails(TOOL, args, "unknown_outcome");
    expect(lost).toMatch(/Outcome unknown.*Check with/s);
    w.operations();
    expect(await w.fails(TOOL, args, "user_error")).toContain("never confirmed");
    expect(w.operations()).toEqual([]);
  });

  it("names the statuses of the list for a status it does not have", async () => {
    const text = await world().fails(
      TOOL,
      { list: lists.sprint21, name: "x", status: "doing" },
      "user_error",
    );
    expect(text).toContain('no status "doing". Statuses: "backlog", "in progress", "in review"');
  });

  it("checks required fields only when asked", async () => {
    const w = world();
    await w.ok(TOOL, { list: lists.contracts, name: "Loose" });
    const text = await w.fails(
      TOOL,
      { list: lists.contracts, name: "Strict", check_required_fields: true },
      "upstream_error",
    );
    expect(text).toContain("Required custom field Contract value is missing");
    await w.ok(TOOL, {
      list: lists.contracts,
      name: "Strict",
      check_required_fields: "true",
      custom_fields: { "Contract value": 10 },
    });
  });

  it.each([
    [{ name: "x" }, "list is required (id, URL, name or path)"],
    [{ list: "Sprint 21" }, "name is required"],
    [{ list: "Sprint 21", name: "  " }, "name: must not be empty"],
    [{ list: "Sprint 21", name: "x", prority: "high" }, 'Unknown argument "prority". Nearest: "priority"'],
    [
      { list: "Sprint 21", name: "x", priority: "asap" },
      "priority: use one of urgent, high, normal, low, none",
    ],
    [{ list: "Sprint 21", name: "x", due: "soonish" }, 'due: "soonish" is not a time'],
    [{ list: "Sprint 21", name: "x", estimate: "2d" }, 'estimate: "2d" is not a duration'],
    [{ list: "Sprint 21", name: "x", assignees: [{}] }, "assignees[0]: expected text"],
    [
      { list: "Sprint 21", name: "x", assignees: ["Danny O'Neil"] },
      'Nearest: "Dan O\'Neil <dan@northwind.test>"',
    ],
    [
      { list: "Sprint 21", name: "x", custom_fields: { Severty: "Low" } },
      'No Custom Field "Severty". Nearest: "Severity"',
    ],
    [
      { list: "Sprint 21", name: "x", custom_fields: { Severity: "Huge" } },
      'no option "Huge". Options: "Low", "Medium", "High"',
    ],
    [
      { list: "Sprint 21", name: "x", custom_fields: { "Double points": 1 } },
      "ClickUp computes fields of type formula",
    ],
    [{ list: "Sprint 21", name: "x", custom_type: "Bugg" }, 'No task type "Bugg". Nearest: "Bug" (1300)'],
    [{ list: "Sprint 21", name: "x", start: "+3d", due: "tomorrow" }, "start: it is after due"],
    ["nonsense", "arguments: expected an object"],
  ])("refuses %j before anything is written", async (args, message) => {
    const w = world();
    expect(await w.fails(TOOL, args, "user_error")).toContain(message);
    expect(w.sandbox.calls.filter((call) => call.method === "POST")).toEqual([]);
  });

  it("resolves people only among those of the workspace", async () => {
    const w = world();
    const ctx = w.context({ workspaces: [NORTHWIND, SIDE] });
    expect(
      await w.fails(TOOL, { list: lists.sprint21, name: "x", assignees: ["Bob Builder"] }, "user_error", ctx),
    ).toContain('No member "Bob Builder"');
  });
});
