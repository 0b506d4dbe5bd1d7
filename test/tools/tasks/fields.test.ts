import { describe, expect, it } from "vitest";
import { fieldTools } from "../../../tools/tasks/tools-fields.ts";
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { NORTHWIND, SIDE, useWorld } from "../context.ts";
import { pick, premium } from "../premium.ts";

const { fields, folders, lists, spaces, tasks, users } = SANDBOX;
const definitions = pick(fieldTools, "clickup_custom_field_get_definitions");
const setValue = pick(fieldTools, "clickup_custom_field_set_value");
const setByName = pick(fieldTools, "clickup_custom_field_set_by_name");
const removeValue = pick(fieldTools, "clickup_custom_field_remove_value");
const getValues = pick(fieldTools, "clickup_custom_field_get_values");
const findByName = pick(fieldTools, "clickup_custom_field_find_by_name");
const GET = "GET /v2/task/{task_id}";
const POST = "POST /v2/task/{task_id}/field/{field_id}";
const DELETE = "DELETE /v2/task/{task_id}/field/{field_id}";
const LIST_FIELDS = "GET /v2/list/{list_id}/field";

describe("definitions of custom fields", () => {
  const world = useWorld({ strict: true });

  it("reads those of a list, a folder, a space and a workspace with one request each", async () => {
    const w = premium(world());
    const data = await w.ok(definitions, { list: lists.sprint21 });
    expect(w.operations()).toEqual([LIST_FIELDS]);
    expect(data["total"]).toBe(23);
    expect(data["fields"]).toContainEqual({
      id: fields.dropDown,
      name: "Severity",
      type: "drop_down",
      options: ["Low", "Medium", "High"],
    });
    expect(data["fields"]).toContainEqual({
      id: fields.currency,
      name: "Budget",
      type: "currency",
      currency: "EUR",
    });
    expect(JSON.stringify(data)).not.toMatch(/null|#[0-9a-f]{6}|type_config/);
    expect((await w.ok(definitions, { folder: folders.sprints }))["total"]).toBe(0);
    expect((await w.ok(definitions, { space: spaces.product }))["total"]).toBe(22);
    const own = await w.ok(definitions, { workspace: NORTHWIND.id });
    expect(own["fields"]).toEqual([{ id: fields.costCentre, name: "Cost centre", type: "short_text" }]);
    expect(w.operations()).toEqual([
      "GET /v2/folder/{folder_id}/field",
      "GET /v2/space/{space_id}/field",
      "GET /v2/team/{team_id}/field",
    ]);
    expect((await w.ok(definitions, { list: lists.contracts }))["fields"]).toContainEqual({
      id: fields.contractValue,
      name: "Contract value",
      type: "currency",
      currency: "USD",
      required: true,
    });
  });

  it("wants exactly one place, and one the device may see", async () => {
    const w = premium(world());
    expect(await w.fails(definitions, {}, "user_error")).toContain("exactly one");
    expect(
      await w.fails(definitions, { list: lists.sprint21, space: spaces.product }, "user_error"),
    ).toContain("exactly one");
    expect(await w.fails(definitions, { list: "Sprnt 21" }, "user_error")).toContain("Sprint 21");
    const narrowed = w.context({ tier: "premium", grant: { workspaces: [NORTHWIND.id] } });
    await w.fails(definitions, { list: lists.garden }, "user_error", narrowed);
    await w.fails(definitions, { workspace: SIDE.id }, "user_error", narrowed);
    w.sandbox.fault({ kind: "status", status: 403, err: "No", operation: LIST_FIELDS });
    await w.fails(definitions, { list: lists.sprint22 }, "upstream_error");
  });

  it("cuts long option lists aloud, and shows all of one field by name", async () => {
    const w = premium(world());
    const { options } = w.sandbox.state.data.fields[fields.dropDown]?.type_config ?? {};
    for (let n = 3; n < 90; n += 1) {
      options?.push({ id: `o${n}`, name: `Option ${n}`, color: null, orderindex: n });
    }
    const data = await w.ok(definitions, { list: lists.sprint21 });
    const row = (data["fields"] as { id: string; options?: unknown[]; options_total?: number }[]).find(
      (one) => one.id === fields.dropDown,
    );
    expect([row?.options?.length, row?.options_total]).toEqual([30, 90]);
    const found = await w.ok(findByName, { list: lists.sprint21, name: "severity" });
    expect(w.operations()).toEqual([LIST_FIELDS]);
    const [field] = found["fields"] as { id: string; options: { id: string; name: string }[] }[];
    expect(field?.options).toHaveLength(90);
    expect(field?.options.at(-1)).toEqual({ id: "o89", name: "Option 89" });
    expect(found["exact"]).toBe(true);
  });

  it("finds by part of the name, all of one name, and the nearest", async () => {
    const w = premium(world());
    const part = await w.ok(findByName, { list: "Sprint 21", name: "progress" });
    expect(part).toMatchObject({ exact: true, fields: [{ id: fields.manualProgress }] });
    const words = await w.ok(findByName, { list: "Sprint 21", name: "link" });
    expect(words).toMatchObject({ exact: false, fields: [{ name: "Design link" }] });
    const budget = w.sandbox.state.data.fields[fields.number];
    if (budget !== undefined) {
      budget.name = "budget";
    }
    const two = await w.ok(findByName, { list: "Sprint 21", name: "Budget" });
    expect(two).toMatchObject({ exact: true, total: 1 });
    w.pass(301_000);
    expect(await w.ok(findByName, { list: "Sprint 21", name: "Budget" })).toMatchObject({ total: 2 });
    expect(await w.fails(findByName, { list: "Sprint 21", name: "Sevrity" }, "user_error")).toContain(
      `Nearest: "Severity" (${fields.dropDown})`,
    );
  });

  it("sees a field made after the fields were kept", async () => {
    const w = premium(world());
    await w.ok(findByName, { list: lists.sprint21, name: "Severity" });
    const budget = w.sandbox.state.data.fields[fields.number];
    if (budget !== undefined) {
      budget.name = "Brand new";
    }
    w.operations();
    expect(await w.ok(findByName, { list: lists.sprint21, name: "brand new" })).toMatchObject({
      exact: true,
    });
    expect(w.operations()).toEqual([LIST_FIELDS]);
  });
});

describe("values of custom fields", () => {
  const world = useWorld({ strict: true });

  it("shows readable values and which are empty, with one request", async () => {
    const w = premium(world());
    const data = await w.ok(getValues, { task: tasks.export });
    expect(w.operations()).toEqual([GET]);
    expect(data["values"]).toContainEqual({
      id: fields.dropDown,
      name: "Severity",
      type: "drop_down",
      value: "High",
    });
    expect(data["total"]).toBe((data["values"] as unknown[]).length);
    const empty = await w.ok(getValues, { task: tasks.docs });
    expect(empty["empty"]).toContainEqual({ id: fields.dropDown, name: "Severity" });
    expect(await w.fails(getValues, { task: "86cnothere1" }, "user_error")).toContain("No task");
    const narrowed = w.context({ tier: "premium", grant: { workspaces: [NORTHWIND.id] } });
    await w.fails(getValues, { task: tasks.garden }, "refused_grant", narrowed);
  });

  const cases: [string, string, unknown, unknown, string | undefined][] = [
    ["drop-down by name", fields.dropDown, "medium", undefined, "Medium"],
    ["labels as text", fields.labels, "Backend, docs 📚", undefined, "Backend, Docs 📚"],
    ["labels as JSON text", fields.labels, '["Frontend"]', undefined, "Frontend"],
    ["date", fields.date, "2026-05-04", undefined, expect.stringContaining("2026-05-04") as never],
    ["number", fields.number, "1,250", 1250, "1250"],
    ["currency", fields.currency, "€ 99.50", 99.5, "99.5"],
    ["checkbox", fields.checkbox, "yes", true, "true"],
    ["unticked checkbox", fields.checkbox, false, false, "false"],
    ["rating", fields.emoji, 4, 4, "4"],
    ["progress", fields.manualProgress, 20, 20, "50%"],
    [
      "location",
      fields.location,
      '{"lat": 52.4, "lng": 4.9, "address": "Amsterdam"}',
      undefined,
      "Amsterdam",
    ],
    ["text that looks like JSON", fields.text, "[draft]", "[draft]", "[draft]"],
    ["e-mail", fields.email, "a@b.test", "a@b.test", "a@b.test"],
    ["people by name", fields.users, "Grace Hopper-Lee, me", [users.grace, users.alice], undefined],
    ["tasks by custom id", fields.tasks, ["DEV-43"], [tasks.docs], undefined],
  ];

  it.each(cases)("sets %s, read back in readable form", async (_, field, value, stored, after) => {
    const w = premium(world());
    const data = await w.ok(setValue, { task: tasks.export, field, value });
    expect(data["not_applied"]).toBeUndefined();
    expect((data["field"] as { id: string }).id).toBe(field);
    if (after !== undefined) {
      expect(data["after"]).toEqual(after);
    }
    if (stored !== undefined) {
      expect(w.sandbox.state.task(tasks.export).fields[field]).toEqual(stored);
    }
  });

  it("sets by name with a read, a write and a read-back, and says before and after", async () => {
    const w = premium(world());
    const data = await w.ok(setByName, { task: "DEV-42", field: "severity", value: "Low" });
    expect(w.operations()).toEqual([GET, POST, GET]);
    expect(data).toEqual({
      task: { id: tasks.export, name: "Ship the export endpoint" },
      field: { id: fields.dropDown, name: "Severity", type: "drop_down" },
      before: "High",
      after: "Low",
    });
    expect(w.touched).toEqual(expect.arrayContaining([`task:${tasks.export}`, `field:${fields.dropDown}`]));
  });

  it("names the candidates of an ambiguous name, the nearest of an unknown one, and the options", async () => {
    const w = premium(world());
    const number = w.sandbox.state.data.fields[fields.number];
    if (number !== undefined) {
      number.name = "BUDGET";
    }
    const twice = await w.fails(setByName, { task: tasks.export, field: "Budget", value: 1 }, "user_error");
    expect(twice).toContain(fields.number);
    expect(twice).toContain(fields.currency);
    const wrong = (args: Record<string, unknown>) =>
      w.fails(setByName, { task: tasks.export, ...args }, "user_error");
    expect(await wrong({ field: "Sevrity", value: "Low" })).toContain('Nearest: "Severity"');
    expect(await wrong({ field: "Severity", value: "Huge" })).toContain(
      'value: no option "Huge". Options: "Low"',
    );
    expect(await wrong({ field: fields.number, value: "many" })).toContain("value: expected a number");
    expect(await wrong({ field: "Double points", value: 4 })).toContain("ClickUp computes");
    expect(await wrong({ field: "Reviewers", value: "Nobody Atall" })).toContain("No member");
    expect(await wrong({ field: "Office", value: "{broken" })).toContain("not valid JSON");
    expect(await wrong({ field: "Severity" })).toContain("value");
    expect(await wrong({ field: "Severity", value: "" })).toContain("value");
    expect(await wrong({ field: "Severity", value: null })).toContain("value");
    expect(w.sandbox.calls.filter((call) => call.method !== "GET")).toEqual([]);
  });

  it("says that people outside the workspace were ignored", async () => {
    const w = premium(world());
    const data = await w.ok(setValue, {
      task: tasks.export,
      field: "Reviewers",
      value: [users.bob, users.eve],
    });
    expect(data["not_applied"]).toEqual([
      { field: "Reviewers", asked: JSON.stringify([users.bob, users.eve]), is: `Eve Okafor (${users.eve})` },
    ]);
  });

  it.each([
    ["Severity", "Low"],
    ["Area", "Frontend"],
    ["Promised on", "2026-05-04T10:00"],
    ["Budget", 12],
    ["Customer facing", "yes"],
    ["Progress", 20],
    ["Related work", "DEV-44"],
    ["Release", "2027.1"],
  ])("says that ClickUp ignored a write of %s", async (field, value) => {
    const w = premium(world());
    delete w.sandbox.state.task(tasks.docs).fields[fields.checkbox];
    const inner = globalThis.fetch;
    globalThis.fetch = async (input: Parameters<typeof fetch>[0], init?: RequestInit) => {
      const request = new Request(input, init);
      return request.method === "POST" ? Response.json({}) : await inner(request);
    };
    const data = await w.ok(setByName, { task: tasks.docs, field, value });
    expect(data["not_applied"]).toHaveLength(1);
  });

  it("empties a field after asking; an empty one costs no write", async () => {
    const w = premium(world());
    const asked: string[] = [];
    premium(w, {
      confirm: (question) => {
        asked.push(question);
        return Promise.resolve(asked.length === 1 ? "declined" : "accepted");
      },
    });
    await w.fails(removeValue, { task: tasks.export, field: "Severity" }, "cancelled");
    expect(asked[0]).toContain('It is "High"');
    w.operations();
    const data = await w.ok(removeValue, { task: tasks.export, field: "Severity" });
    expect(w.operations()).toEqual([GET, DELETE, GET]);
    expect(data).toMatchObject({ before: "High" });
    expect(data["after"]).toBeUndefined();
    await w.ok(removeValue, { task: tasks.export, field: fields.dropDown });
    expect(w.operations()).toEqual([GET]);
    expect(asked).toHaveLength(2);
    expect(await w.fails(removeValue, { task: tasks.export, field: "Sevrity" }, "user_error")).toContain(
      "Severity",
    );
  });

  it("tells refusals, unknown outcomes, and writes whose result cannot be read", async () => {
    const w = premium(world());
    const args = { task: tasks.export, field: fields.number, value: 7 };
    w.sandbox.fault({
      kind: "status",
      status: 400,
      err: "Value invalid",
      ecode: "FIELD_146",
      operation: POST,
    });
    expect(await w.fails(setValue, args, "upstream_error")).toContain("Value invalid");
    w.sandbox.fault({ kind: "reset", after_effect: true, operation: POST });
    expect(await w.fails(setValue, args, "unknown_outcome")).toContain("clickup_task_get");
    expect(w.sandbox.calls.filter((call) => call.operation === POST)).toHaveLength(2);
    w.sandbox.fault({ kind: "status", status: 500, operation: GET, skip: 1 });
    const { outcome, result } = await w.call(setValue, args);
    expect(outcome).toBe("ok");
    expect(result.content[0]?.text).toContain("could not be read back");
    const narrowed = w.context({ tier: "premium", grant: { workspaces: [NORTHWIND.id] } });
    await w.fails(setValue, { ...args, task: tasks.garden }, "refused_grant", narrowed);
    await w.fails(setValue, args, "refused_grant", w.context({ tier: "premium", grant: { access: "read" } }));
  });
});
