import { describe, expect, it } from "vitest";
import { tagTools } from "../../../tools/tags/tools.ts";
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { NORTHWIND, useWorld } from "../context.ts";
import { pick, premium } from "../premium.ts";

const { spaces, tasks } = SANDBOX;
const list = pick(tagTools, "clickup_tag_list");
const add = pick(tagTools, "clickup_tag_add");
const remove = pick(tagTools, "clickup_tag_remove");
const POST = "POST /v2/task/{task_id}/tag/{tag_name}";
const DELETE = "DELETE /v2/task/{task_id}/tag/{tag_name}";
const GET = "GET /v2/task/{task_id}";

describe("tags", () => {
  const world = useWorld({ strict: true });

  it("lists the names of a space's tags", async () => {
    const w = premium(world());
    const data = await w.ok(list, { space: spaces.marketing });
    expect(data).toEqual({ tags: ["social", "blog", "été", "q1 2026"], total: 4, total_shown: 4 });
    expect(w.operations()).toEqual(["GET /v2/space/{space_id}/tag"]);
    expect(await w.fails(list, { space: "Prodct" }, "user_error")).toContain("Product");
    expect(await w.fails(list, {}, "user_error")).toContain("space is required");
    const narrowed = w.context({ tier: "premium", grant: { workspaces: [NORTHWIND.id] } });
    await w.fails(list, { space: spaces.side }, "user_error", narrowed);
    w.sandbox.fault({ kind: "status", status: 403, err: "No", path: "/tag$" });
    await w.fails(list, { space: spaces.marketing }, "upstream_error");
  });

  it("pages many tags", async () => {
    const w = premium(world());
    const { tags } = w.sandbox.state.space(spaces.product);
    for (let n = 0; n < 1_500; n += 1) {
      tags.push({ name: `customer number ${n}`, tag_fg: "#ffffff", tag_bg: "#1090e0", creator: null });
    }
    const first = await w.ok(list, { space: spaces.product });
    expect(JSON.stringify(first["tags"]).length).toBeLessThanOrEqual(20_002);
    const second = await w.ok(list, { space: spaces.product, cursor: first["next_cursor"] });
    const all = [...(first["tags"] as string[]), ...(second["tags"] as string[])];
    expect(new Set(all).size).toBe(1_505);
    expect(second["next_cursor"]).toBeUndefined();
  });

  it.each(["needs review", "c++ / rust", "été", "100% ?#&", "🚀 launch", "a%2Fb"])(
    "adds and removes the tag %s, read back each time",
    async (tag) => {
      const w = premium(world());
      const added = await w.ok(add, { task: tasks.docs, tag });
      expect(w.operations()).toEqual([POST, GET]);
      expect(added["tags"]).toContain(tag.toLowerCase());
      expect(added["not_applied"]).toBeUndefined();
      expect(w.sandbox.state.task(tasks.docs).tags).toContain(tag.toLowerCase());
      const removed = await w.ok(remove, { task: tasks.docs, tag: tag.toUpperCase() });
      expect(w.operations()).toEqual([GET, DELETE, GET]);
      expect(removed["tags"] ?? []).not.toContain(tag.toLowerCase());
      expect(w.sandbox.state.task(tasks.docs).tags).not.toContain(tag.toLowerCase());
    },
  );

  it("writes nothing when the task, read anyhow, has the tag", async () => {
    const w = premium(world());
    w.sandbox.state.task(tasks.docs).tags = ["bug"];
    const data = await w.ok(add, { task: "DEV-43", tag: "Bug" });
    expect(data["tags"]).toEqual(["bug"]);
    expect(w.operations()).toEqual([GET]);
  });

  it("says that ClickUp ignored an unknown tag", async () => {
    const w = premium(world());
    // The write is answered 200 and does nothing.
    const inner = globalThis.fetch;
    globalThis.fetch = async (input: Parameters<typeof fetch>[0], init?: RequestInit) => {
      const request = new Request(input, init);
      return request.method === "POST" ? Response.json({}) : await inner(request);
    };
    const data = await w.ok(add, { task: tasks.docs, tag: "nowhere" });
    expect(data["not_applied"]).toEqual([{ field: "tags", asked: "add nowhere" }]);
  });

  it("tells the tags a task has when asked to remove another", async () => {
    const w = premium(world());
    w.sandbox.state.task(tasks.docs).tags = ["needs review"];
    expect(await w.fails(remove, { task: tasks.docs, tag: "need review" }, "user_error")).toContain(
      "needs review",
    );
    expect(await w.fails(add, { task: tasks.docs, tag: ".." }, "user_error")).toContain("cannot name");
    expect(await w.fails(add, { task: tasks.docs, tag: "" }, "user_error")).toContain("tag");
    expect(await w.fails(add, { task: "86cnothere1", tag: "bug" }, "user_error")).toContain("No task");
    const narrowed = w.context({ tier: "premium", grant: { workspaces: [NORTHWIND.id] } });
    await w.fails(add, { task: tasks.garden, tag: "weekend" }, "refused_grant", narrowed);
    await w.fails(remove, { task: tasks.garden, tag: "weekend" }, "refused_grant", narrowed);
    expect(w.sandbox.state.task(tasks.docs).tags).toEqual(["needs review"]);
  });

  it("asks before it removes", async () => {
    const w = premium(world(), { confirm: () => Promise.resolve("declined") });
    w.sandbox.state.task(tasks.docs).tags = ["bug"];
    await w.fails(remove, { task: tasks.docs, tag: "bug" }, "cancelled");
    expect(w.sandbox.state.task(tasks.docs).tags).toEqual(["bug"]);
  });

  it("tells refusals, unknown outcomes, and writes whose result cannot be read", async () => {
    const w = premium(world());
    w.sandbox.fault({ kind: "status", status: 403, err: "Read only", operation: POST });
    expect(await w.fails(add, { task: tasks.docs, tag: "bug" }, "upstream_error")).toContain("Read only");
    w.sandbox.fault({ kind: "reset", after_effect: true, operation: POST });
    expect(await w.fails(add, { task: tasks.docs, tag: "bug" }, "unknown_outcome")).toContain(
      "clickup_task_get",
    );
    w.sandbox.fault({ kind: "status", status: 500, operation: GET });
    const { outcome, result } = await w.call(add, { task: tasks.docs, tag: "bug" });
    expect(outcome).toBe("ok");
    expect(result.content[0]?.text).toContain("could not be read");
  });
});
