import { describe, expect, it } from "vitest";
import { folderWriteTools } from "../../../tools/places/tools-folders-write.ts";
import { listWriteTools } from "../../../tools/places/tools-lists-write.ts";
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { NORTHWIND, SIDE, useWorld } from "../context.ts";
import { ignoring, pick, premium } from "../premium.ts";

const { lists, folders, spaces, users } = SANDBOX;
const create = pick(listWriteTools, "clickup_list_create");
const createInFolder = pick(listWriteTools, "clickup_list_create_in_folder");
const update = pick(listWriteTools, "clickup_list_update");
const remove = pick(listWriteTools, "clickup_list_delete");
const folderCreate = pick(folderWriteTools, "clickup_folder_create");
const folderUpdate = pick(folderWriteTools, "clickup_folder_update");
const folderDelete = pick(folderWriteTools, "clickup_folder_delete");
const HIERARCHY = "clickup_workspace_hierarchy";
const narrowedTo = { workspaces: [NORTHWIND], grant: { workspaces: [NORTHWIND.id] } };

type Changes = { field: string; before?: string; after?: string }[];
const changed = (data: Record<string, unknown>) =>
  Object.fromEntries(
    (data["changes"] as Changes).map(({ field, before, after }) => [field, [before, after]]),
  );

describe("creating lists", () => {
  const world = useWorld({ strict: true });

  it("creates a list in a space with one request and all its fields", async () => {
    const w = premium(world());
    await w.ok("clickup_space_get", { space: spaces.product });
    w.operations();
    const data = await w.ok(create, {
      space: spaces.product,
      name: "Research",
      content: "# Notes",
      due: "2026-03-20",
      priority: "high",
      assignee: "me",
      status: "red",
    });
    expect(w.operations()).toEqual(["POST /v2/space/{space_id}/list"]);
    expect(data).toMatchObject({ name: "Research", space: { id: spaces.product, name: "Product" } });
    expect(data["folder"]).toBeUndefined();
    expect(data["not_applied"]).toBeUndefined();
    const made = w.sandbox.state.list(data["id"] as string);
    expect(made).toMatchObject({ content: "# Notes", priority: 2, assignee: users.alice });
    expect(made.due_date_time).toBe(false);
    expect(w.touched).toContain(`list:${String(data["id"])}`);
  });

  it("creates a list in a folder found by name, and is found itself at once", async () => {
    const w = premium(world());
    await w.ok(HIERARCHY, {});
    w.operations();
    const data = await w.ok(createInFolder, { folder: "product / sprints", name: "Sprint 23" });
    expect(w.operations()).toEqual(["POST /v2/folder/{folder_id}/list"]);
    expect(data["folder"]).toEqual({ id: folders.sprints, name: "Sprints" });
    // What was kept of the hierarchy is dropped by the write.
    expect((await w.ok("clickup_list_get", { list: "Sprint 23" }))["id"]).toBe(data["id"]);
  });

  it("warns when another list carries the name", async () => {
    const w = premium(world());
    const data = await w.ok(create, { space: "Operations", name: "backlog" });
    expect(data["same_name"]).toEqual([
      { id: lists.backlog, path: "Product / Backlog" },
      { id: lists.marketingBacklog, path: "Marketing / Backlog" },
    ]);
  });

  it("names the list that already has the name in the same place", async () => {
    const w = premium(world());
    const text = await w.fails(create, { space: spaces.product, name: "Backlog" }, "user_error");
    expect(text).toContain(`"Product / Backlog" (${lists.backlog})`);
    expect(text).not.toContain("Marketing");
    await w.ok(HIERARCHY, {});
    w.operations();
    await w.fails(createInFolder, { folder: folders.sprints, name: "Sprint 21" }, "user_error");
    // Known from the kept hierarchy, which a refusal leaves as it is.
    expect(w.operations()).toEqual(["POST /v2/folder/{folder_id}/list"]);
  });

  it("makes one list for one idempotency key", async () => {
    const w = premium(world());
    const args = { space: spaces.product, name: "Once", idempotency_key: "k" };
    const first = await w.ok(create, args);
    const again = await w.ok(create, args);
    expect(again).toEqual({ ...first, replayed: true });
    expect(w.sandbox.calls).toHaveLength(1);
  });

  it("says what ClickUp left out", async () => {
    const w = premium(world());
    const data = await w.ok(create, { space: spaces.product, name: "Owned", assignee: users.bob });
    expect(data["not_applied"]).toEqual([{ field: "assignee", asked: String(users.bob) }]);
  });

  it("refuses what cannot be meant, before anything is written", async () => {
    const w = premium(world());
    expect(await w.fails(create, { space: "Prodct", name: "x" }, "user_error")).toContain('"Product"');
    expect(await w.fails(create, { space: spaces.product }, "user_error")).toContain("name is required");
    expect(
      await w.fails(create, { space: spaces.product, name: "x", due: "whenever" }, "user_error"),
    ).toContain("due:");
    expect(
      await w.fails(create, { space: spaces.product, name: "x", assignee: "Nobody" }, "user_error"),
    ).toContain("No member");
    expect(
      await w.fails(create, { space: spaces.product, name: "x", priority: "top" }, "user_error"),
    ).toContain("urgent");
    const narrowed = w.context({ tier: "premium", ...narrowedTo });
    await w.fails(create, { space: spaces.side, name: "x" }, "user_error", narrowed);
    expect(w.sandbox.calls.filter((call) => call.method !== "GET")).toEqual([]);
  });

  it("drops the kept hierarchy when the outcome is unknown, and does not send twice", async () => {
    const w = premium(world());
    await w.ok(HIERARCHY, {});
    w.operations();
    w.sandbox.fault({ kind: "reset", after_effect: true, method: "POST" });
    const args = { space: "Product", name: "Lost", idempotency_key: "lost" };
    expect(await w.fails(create, args, "unknown_outcome")).toContain(HIERARCHY);
    expect(w.operations()).toEqual(["POST /v2/space/{space_id}/list"]);
    expect((await w.ok("clickup_list_get", { list: "Lost" }))["name"]).toBe("Lost");
    expect(await w.fails(create, args, "user_error")).toContain("never confirmed");
  });
});

describe("changing and deleting lists", () => {
  const world = useWorld({ strict: true });

  it("changes fields with one read and one write and says before and after", async () => {
    const w = premium(world());
    const data = await w.ok(update, {
      list: lists.launch,
      name: "Summer launch",
      content: "New",
      due: "2026-04-01T12:00",
      priority: "urgent",
      assignee: "Dan O'Neil",
    });
    expect(w.operations()).toEqual(["GET /v2/team", "GET /v2/list/{list_id}", "PUT /v2/list/{list_id}"]);
    expect(changed(data)).toEqual({
      name: ["Spring launch", "Summer launch"],
      content: [undefined, "New"],
      due: [undefined, "2026-04-01T12:00:00+02:00"],
      priority: ["none", "urgent"],
      assignee: [`Carol Castañeda (${users.carol})`, `Dan O'Neil (${users.dan})`],
    });
    expect(data["not_applied"]).toBeUndefined();
  });

  it("clears with none", async () => {
    const w = premium(world());
    await w.ok(update, { list: lists.launch, due: "tomorrow", priority: "low" });
    const data = await w.ok(update, {
      list: lists.launch,
      due: "none",
      priority: "none",
      assignee: "none",
      status: "none",
    });
    expect(changed(data)).toMatchObject({
      due: [expect.stringContaining("2026-03-03"), undefined],
      priority: ["low", "none"],
      assignee: [expect.stringContaining("Carol"), undefined],
      status: ["red", undefined],
    });
    expect(data["not_applied"]).toBeUndefined();
    expect(w.sandbox.state.list(lists.launch)).toMatchObject({
      due_date: null,
      priority: null,
      assignee: null,
      status: null,
    });
  });

  it("reports what ClickUp ignored", async () => {
    const w = premium(world());
    ignoring("PUT", (body) => {
      delete body["priority"];
    });
    const data = await w.ok(update, { list: lists.launch, name: "Kept", priority: "high" });
    expect(changed(data)).toEqual({ name: ["Spring launch", "Kept"] });
    expect(w.operations()).toEqual([
      "GET /v2/list/{list_id}",
      "PUT /v2/list/{list_id}",
      "GET /v2/list/{list_id}",
    ]);
    expect(data["not_applied"]).toEqual([{ field: "priority", asked: "high", is: "none" }]);
  });

  it("refuses an empty update, an unknown list and one of another workspace", async () => {
    const w = premium(world());
    expect(await w.fails(update, { list: lists.launch }, "user_error")).toContain("Nothing to change");
    expect(await w.fails(update, { list: "Sprnt 21", name: "x" }, "user_error")).toContain("Sprint 21");
    expect(await w.fails(update, { list: "Backlog", name: "x" }, "user_error")).toContain("2 lists match");
    expect(await w.fails(update, { list: lists.bob, name: "x" }, "user_error")).toContain("No list");
    const narrowed = w.context({ tier: "premium", ...narrowedTo });
    await w.fails(update, { list: lists.garden, name: "x" }, "user_error", narrowed);
    await w.fails(remove, { list: lists.garden }, "user_error", narrowed);
    expect(w.sandbox.calls.filter((call) => call.method !== "GET")).toEqual([]);
    w.sandbox.fault({ kind: "status", status: 403, err: "Read only", method: "PUT" });
    expect(await w.fails(update, { list: lists.launch, name: "x" }, "upstream_error")).toContain("Read only");
  });

  it("asks before it deletes, naming how much is lost", async () => {
    const w = premium(world());
    const asked: string[] = [];
    const answers: ("declined" | "accepted")[] = ["declined", "accepted"];
    premium(w, {
      confirm: (question) => {
        asked.push(question);
        return Promise.resolve(answers.shift() ?? "declined");
      },
    });
    await w.fails(remove, { list: lists.backlog }, "cancelled");
    expect(asked[0]).toMatch(new RegExp(`"Backlog" \\(${lists.backlog}\\) with all in it \\(\\d+ tasks\\)`));
    expect(w.sandbox.state.data.lists[lists.backlog]).toBeDefined();
    await w.ok(HIERARCHY, {});
    w.operations();
    const data = await w.ok(remove, { list: "Product/Backlog" });
    expect(w.operations()).toEqual(["GET /v2/list/{list_id}", "DELETE /v2/list/{list_id}"]);
    expect(data["deleted"]).toEqual({ id: lists.backlog, name: "Backlog" });
    expect((await w.ok("clickup_list_get", { list: "Backlog" }))["id"]).toBe(lists.marketingBacklog);
  });
});

describe("folders", () => {
  const world = useWorld({ strict: true });

  it("creates, renames and deletes a folder", async () => {
    const w = premium(world());
    const made = await w.ok(folderCreate, { space: spaces.product, name: "Ideas", idempotency_key: "f" });
    expect(w.operations()).toEqual(["POST /v2/space/{space_id}/folder"]);
    expect(made).toMatchObject({ name: "Ideas", space: { id: spaces.product } });
    expect(await w.ok(folderCreate, { space: spaces.product, name: "Ideas", idempotency_key: "f" })).toEqual({
      ...made,
      replayed: true,
    });
    w.operations();
    const renamed = await w.ok(folderUpdate, { folder: made["id"], name: "Good ideas" });
    expect(w.operations()).toEqual(["GET /v2/folder/{folder_id}", "PUT /v2/folder/{folder_id}"]);
    expect(renamed["changes"]).toEqual([{ field: "name", before: "Ideas", after: "Good ideas" }]);
    await w.ok(createInFolder, { folder: "good ideas", name: "Inside" });
    const asked: string[] = [];
    premium(w, {
      confirm: (question) => {
        asked.push(question);
        return Promise.resolve("accepted");
      },
    });
    const gone = await w.ok(folderDelete, { folder: "Good ideas" });
    expect(gone).toMatchObject({ deleted: { id: made["id"], name: "Good ideas" }, lists: 1 });
    expect(asked[0]).toContain("1 lists");
    expect(await w.fails(folderDelete, { folder: "Good ideas" }, "user_error")).toContain("No folder");
  });

  it("warns of another folder of the name", async () => {
    const w = premium(world());
    const data = await w.ok(folderCreate, { space: "Marketing", name: "sprints" });
    expect(data["same_name"]).toEqual([{ id: folders.sprints, path: "Product / Sprints" }]);
  });

  it("says that ClickUp kept the old name", async () => {
    const w = premium(world());
    ignoring("PUT", (body) => {
      body["name"] = "Sprints";
    });
    const data = await w.ok(folderUpdate, { folder: folders.sprints, name: "Runs" });
    expect(data["changes"]).toEqual([]);
    expect(data["not_applied"]).toEqual([{ field: "name", asked: "Runs", is: "Sprints" }]);
  });

  it("refuses unknown and foreign ones, and stops when declined", async () => {
    const w = premium(world());
    expect(await w.fails(folderUpdate, { folder: "Sprnts", name: "x" }, "user_error")).toContain("Sprints");
    expect(await w.fails(folderUpdate, { folder: folders.sprints, name: " " }, "user_error")).toContain(
      "empty",
    );
    const narrowed = w.context({ tier: "premium", workspaces: [SIDE], grant: { workspaces: [SIDE.id] } });
    await w.fails(folderDelete, { folder: folders.sprints }, "user_error", narrowed);
    await w.fails(folderCreate, { space: spaces.product, name: "x" }, "user_error", narrowed);
    premium(w, { confirm: () => Promise.resolve("declined") });
    await w.fails(folderDelete, { folder: folders.sprints }, "cancelled");
    expect(w.sandbox.calls.filter((call) => call.method !== "GET")).toEqual([]);
    premium(w);
    w.sandbox.fault({ kind: "reset", after_effect: true, method: "DELETE" });
    await w.fails(folderDelete, { folder: folders.sprints }, "unknown_outcome");
    expect(await w.fails(folderDelete, { folder: "Sprints" }, "user_error")).toContain("No folder");
  });
});
