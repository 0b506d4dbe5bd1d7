import { describe, expect, it } from "vitest";
import { spaceWriteTools } from "../../../tools/places/tools-spaces-write.ts";
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { NORTHWIND, SIDE, useWorld } from "../context.ts";
import { ignoring, pick, premium } from "../premium.ts";

const { spaces } = SANDBOX;
const list = pick(spaceWriteTools, "clickup_space_list");
const create = pick(spaceWriteTools, "clickup_space_create");
const update = pick(spaceWriteTools, "clickup_space_update");
const remove = pick(spaceWriteTools, "clickup_space_delete");
const archive = pick(spaceWriteTools, "clickup_space_archive");
const toggle = pick(spaceWriteTools, "clickup_space_toggle_feature");
const GET = "GET /v2/space/{space_id}";
const PUT = "PUT /v2/space/{space_id}";
const LIST = "GET /v2/team/{team_id}/space";
const both = [NORTHWIND, SIDE];

describe("listing and creating spaces", () => {
  const world = useWorld({ strict: true });

  it("lists with one request, none while kept, and two with archived ones", async () => {
    const w = premium(world());
    const data = await w.ok(list, {});
    expect(w.operations()).toEqual([LIST]);
    expect(data["spaces"]).toEqual([
      { id: spaces.product, name: "Product" },
      { id: spaces.marketing, name: "Marketing" },
      { id: spaces.operations, name: "Operations" },
    ]);
    await w.ok(list, {});
    expect(w.operations()).toEqual([]);
    const all = await w.ok(list, { archived: true });
    expect(w.operations()).toEqual([LIST, LIST]);
    expect(all["spaces"]).toContainEqual({ id: spaces.legacy, name: "Legacy", archived: true });
    expect(await w.fails(list, { workspace: "Nowhere" }, "user_error")).toContain("No Workspace");
    const narrowed = w.context({ tier: "premium", grant: { workspaces: [NORTHWIND.id] } });
    await w.fails(list, { workspace: SIDE.id }, "user_error", narrowed);
  });

  it("creates a space with one request and reads its features back", async () => {
    const w = premium(world());
    const args = {
      name: "Labs",
      multiple_assignees: false,
      features: ["portfolios", "Time tracking"],
      idempotency_key: "s",
    };
    const data = await w.ok(create, args);
    expect(w.operations()).toEqual(["POST /v2/team/{team_id}/space"]);
    expect(data).toMatchObject({ name: "Labs", workspace: { id: NORTHWIND.id } });
    expect(data["features"]).toEqual(expect.arrayContaining(["portfolios", "time_tracking"]));
    expect(data["not_applied"]).toBeUndefined();
    expect(w.sandbox.state.space(data["id"] as string).multiple_assignees).toBe(false);
    const again = await w.ok(create, args);
    expect(again).toMatchObject({ id: data["id"], replayed: true });
    expect(w.operations()).toEqual([]);
    // The listing that was kept is dropped by the write.
    expect((await w.ok("clickup_space_get", { space: "Labs" }))["id"]).toBe(data["id"]);
    const second = await w.ok(create, { name: "labs" });
    expect(second["same_name"]).toEqual([{ id: data["id"], path: "Northwind Labs / Labs" }]);
  });

  it("says which feature ClickUp left off, and refuses unknown ones", async () => {
    const w = premium(world());
    expect(await w.fails(create, { name: "x", features: ["tme tracking"] }, "user_error")).toContain(
      'Nearest: "time_tracking"',
    );
    expect(await w.fails(create, { features: ["tags"] }, "user_error")).toContain("name is required");
    expect(
      await w.fails(create, { name: "x" }, "user_error", w.context({ tier: "premium", workspaces: both })),
    ).toContain("name one as workspace");
    expect(w.sandbox.calls).toEqual([]);
    ignoring("POST", (body) => {
      delete body["features"];
    });
    const data = await w.ok(create, { name: "x", features: ["portfolios"] });
    expect(data["not_applied"]).toEqual([{ field: "portfolios", asked: "on", is: "off" }]);
  });
});

describe("changing spaces", () => {
  const world = useWorld({ strict: true });

  it("changes fields with one read and one write", async () => {
    const w = premium(world());
    const data = await w.ok(update, {
      space: spaces.marketing,
      name: "Growth",
      color: "#112233",
      private: true,
    });
    expect(w.operations()).toEqual([GET, PUT]);
    expect(w.sandbox.state.space(spaces.marketing)).toMatchObject({ name: "Growth", color: "#112233" });
    expect(data["changes"]).toEqual([
      { field: "name", before: "Marketing", after: "Growth" },
      { field: "color", before: "#7b68ee", after: "#112233" },
      { field: "private", before: "false", after: "true" },
    ]);
    expect(data["not_applied"]).toBeUndefined();
    expect((await w.ok("clickup_space_get", { space: "Growth" }))["id"]).toBe(spaces.marketing);
  });

  it("looks again before it says that something was not applied", async () => {
    const w = premium(world());
    ignoring("PUT", (body) => {
      delete body["private"];
    });
    const data = await w.ok(update, { space: spaces.marketing, name: "Growth", private: true });
    expect(w.operations()).toEqual([GET, PUT, GET]);
    expect(data["not_applied"]).toEqual([{ field: "private", asked: "true", is: "false" }]);
    expect(data["changes"]).toEqual([{ field: "name", before: "Marketing", after: "Growth" }]);
  });

  it("switches one feature and sends the others as they are", async () => {
    const w = premium(world());
    const before = structuredClone(w.sandbox.state.space(spaces.product).features);
    const data = await w.ok(toggle, { space: "Product", feature: "Time Tracking", enabled: false });
    expect(w.operations().slice(-2)).toEqual([GET, PUT]);
    expect(data["changes"]).toEqual([{ field: "time_tracking", before: "on", after: "off" }]);
    expect(data["also_changed"]).toBeUndefined();
    const { features } = w.sandbox.state.space(spaces.product);
    expect(features).toEqual({ ...before, time_tracking: { ...before["time_tracking"], enabled: false } });
    await w.ok(toggle, { space: spaces.product, feature: "due_dates", enabled: "false" });
    const sent = w.sandbox.calls.findLast((call) => call.method === "PUT")?.body as {
      features: Record<string, unknown>;
    };
    expect(sent.features).toMatchObject({
      due_dates: { enabled: false, start_date: true },
      time_tracking: { enabled: false },
      tags: { enabled: true },
    });
    await w.ok(toggle, { space: spaces.product, feature: "multiple assignees", enabled: false });
    expect(w.sandbox.state.space(spaces.product).multiple_assignees).toBe(false);
  });

  it("tells when ClickUp switched others too, or ignored the switch", async () => {
    const w = premium(world());
    ignoring("PUT", (body) => {
      body["features"] = { tags: { enabled: false } };
    });
    const data = await w.ok(toggle, { space: spaces.product, feature: "portfolios", enabled: true });
    expect(data["also_changed"]).toEqual([{ field: "tags", before: "on", after: "off" }]);
    expect(data["not_applied"]).toEqual([{ field: "portfolios", asked: "on", is: "off" }]);
  });

  it("archives after asking, once, and brings back by name", async () => {
    const w = premium(world());
    const asked: string[] = [];
    premium(w, {
      confirm: (question) => {
        asked.push(question);
        return Promise.resolve(asked.length === 1 ? "declined" : "accepted");
      },
    });
    await w.fails(archive, { space: spaces.marketing, archived: true }, "cancelled");
    w.operations();
    const data = await w.ok(archive, { space: spaces.marketing, archived: true });
    expect(w.operations()).toEqual([GET, PUT]);
    expect(data["changes"]).toEqual([{ field: "archived", before: "false", after: "true" }]);
    expect(asked[1]).toContain('Archive the space "Marketing"');
    expect(await w.ok(archive, { space: spaces.marketing, archived: true })).toMatchObject({ changes: [] });
    expect(w.operations()).toEqual([GET]);
    await w.ok(archive, { space: "marketing", archived: false });
    expect(w.operations()).toEqual([LIST, LIST, GET, PUT]);
    expect(w.sandbox.state.space(spaces.marketing).archived).toBe(false);
    expect(asked).toHaveLength(2);
    expect(await w.fails(archive, { space: "Legcy", archived: false }, "user_error")).toContain("Legacy");
    await w.ok(archive, { space: spaces.legacy, archived: false });
    expect(w.sandbox.state.space(spaces.legacy).archived).toBe(false);
  });

  it("reports that archiving was ignored", async () => {
    const w = premium(world());
    ignoring("PUT", (body) => {
      delete body["archived"];
    });
    const data = await w.ok(archive, { space: spaces.marketing, archived: true });
    expect(data).toMatchObject({
      changes: [],
      not_applied: [{ field: "archived", asked: "true", is: "false" }],
    });
  });

  it("brings back for a narrowed device only in its workspace", async () => {
    const w = premium(world(), { grant: { workspaces: [NORTHWIND.id] } });
    await w.ok(archive, { space: spaces.legacy, archived: false });
    w.sandbox.state.space(spaces.side).archived = true;
    await w.fails(archive, { space: spaces.side, archived: false }, "user_error");
    await w.fails(toggle, { space: spaces.side, feature: "tags", enabled: false }, "user_error");
    await w.fails(remove, { space: spaces.side }, "user_error");
    expect(w.sandbox.calls.some((call) => call.path.includes(spaces.side))).toBe(false);
  });

  it("deletes after asking and forgets what was kept", async () => {
    const w = premium(world());
    const asked: string[] = [];
    premium(w, {
      confirm: (question) => {
        asked.push(question);
        return Promise.resolve("accepted");
      },
    });
    await w.ok("clickup_workspace_hierarchy", {});
    w.operations();
    const data = await w.ok(remove, { space: "Marketing" });
    expect(w.operations()).toEqual([GET, "DELETE /v2/space/{space_id}"]);
    expect(data["deleted"]).toEqual({ id: spaces.marketing, name: "Marketing" });
    expect(asked).toEqual([`Delete the space "Marketing" (${spaces.marketing}) with all in it (3 lists)?`]);
    expect(await w.fails(remove, { space: "Marketing" }, "user_error")).toContain("No space");
  });

  it("refuses empty changes, wrong words and what ClickUp forbids", async () => {
    const w = premium(world());
    expect(await w.fails(update, { space: spaces.product }, "user_error")).toContain("Nothing to change");
    expect(await w.fails(update, { space: spaces.product, color: "red" }, "user_error")).toContain("#1a2b3c");
    expect(await w.fails(update, { space: "Prodct", name: "x" }, "user_error")).toContain("Product");
    expect(await w.fails(archive, { space: spaces.product }, "user_error")).toContain("archived is required");
    expect(
      await w.fails(toggle, { space: spaces.product, feature: "Teleport", enabled: true }, "user_error"),
    ).toContain("time_tracking");
    expect(w.sandbox.calls.filter((call) => call.method !== "GET")).toEqual([]);
    w.sandbox.fault({ kind: "status", status: 403, err: "Owners only", method: "DELETE" });
    expect(await w.fails(remove, { space: spaces.product }, "upstream_error")).toContain("Owners only");
    w.sandbox.fault({ kind: "truncated", method: "PUT" });
    expect(await w.fails(update, { space: spaces.product, name: "x" }, "unknown_outcome")).toContain(
      "clickup_space_get",
    );
  });
});
