import { describe, expect, it } from "vitest";
import { peopleTools } from "../../../tools/people/tools.ts";
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { NORTHWIND, SIDE, useWorld } from "../context.ts";
import { pick, premium } from "../premium.ts";

const { users } = SANDBOX;
const list = pick(peopleTools, "clickup_member_list");
const find = pick(peopleTools, "clickup_member_find");
const resolve = pick(peopleTools, "clickup_member_resolve");
const TEAM = "GET /v2/team";

interface Result {
  asked: string;
  status: string;
  member?: { id: string; name: string; email?: string };
  candidates?: { id: string; name: string }[];
}

describe("people", () => {
  const world = useWorld({ strict: true });

  it("lists people with names, e-mails and roles, small", async () => {
    const w = premium(world());
    const data = await w.ok(list, {});
    expect(w.operations()).toEqual([TEAM]);
    expect(data["total"]).toBe(7);
    expect(data["members"]).toContainEqual({
      id: String(users.heidi),
      name: "Heidi Guest",
      email: "heidi@client.test",
      role: "guest",
    });
    expect(JSON.stringify(data)).not.toMatch(/null|profilePicture|#[0-9a-f]{6}/);
    await w.ok(list, {});
    expect(w.operations()).toEqual([]);
    const several = w.context({ tier: "premium", workspaces: [NORTHWIND, SIDE] });
    expect((await w.ok(list, { workspace: "Side Project" }, several))["total"]).toBe(2);
    expect(await w.fails(list, {}, "user_error", several)).toContain("several Workspaces");
    expect(await w.fails(list, { workspace: "Bobcorp" }, "user_error", several)).toContain("No Workspace");
  });

  it("resolves five people with one request, and with none while kept", async () => {
    const w = premium(world());
    const names = ["me", "carol@northwind.test", "dan o'neil", "Eve", users.frank];
    const cold = await w.ok(resolve, { names });
    expect(w.operations()).toEqual([TEAM]);
    expect((cold["results"] as Result[]).map((one) => one.member?.id)).toEqual(
      [users.alice, users.carol, users.dan, users.eve, users.frank].map(String),
    );
    expect(cold["unresolved"]).toBe(0);
    expect(await w.ok(resolve, { names })).toEqual(cold);
    expect(w.operations()).toEqual([]);
  });

  it("answers every name, also the ambiguous and the unknown", async () => {
    const w = premium(world());
    w.sandbox.state.user(users.grace).username = "Eve Hopper";
    const data = await w.ok(resolve, { names: ["Eve", "Carrol Castaneda", "Zzyzx", "Dan O'Neil"] });
    const results = data["results"] as Result[];
    expect(results.map((one) => one.status)).toEqual(["ambiguous", "not_found", "not_found", "found"]);
    expect(results[0]?.candidates?.map((one) => one.id)).toEqual([String(users.eve), String(users.grace)]);
    expect(results[1]?.candidates?.[0]?.name).toBe("Carol Castañeda");
    expect(data["unresolved"]).toBe(3);
    expect(w.sandbox.calls).toHaveLength(1);
  });

  it("reads the people again, once, for a name that is not among the kept", async () => {
    const w = premium(world());
    await w.ok(resolve, { names: ["Eve"] });
    w.sandbox.state.user(users.frank).username = "Newly Named";
    w.operations();
    const data = await w.ok(resolve, { names: ["Newly Named", "Nobody Atall", "Eve"] });
    expect(w.operations()).toEqual([TEAM]);
    expect((data["results"] as Result[]).map((one) => one.status)).toEqual(["found", "not_found", "found"]);
  });

  it("searches parts of names and e-mails, and shows the nearest for none", async () => {
    const w = premium(world());
    const ids = async (query: string) =>
      ((await w.ok(find, { query }))["members"] as { id: string }[]).map((one) => one.id);
    expect(await ids("client.test")).toEqual([String(users.heidi)]);
    expect(await ids("hop")).toEqual([String(users.grace)]);
    expect(await ids("@carol")).toEqual([String(users.carol)]);
    expect((await ids("northwind")).length).toBe(6);
    expect(await ids("me")).toContain(String(users.alice));
    w.operations();
    const near = await w.ok(find, { query: "Frank Muler" });
    expect(near).toMatchObject({ near: true, members: [{ name: "Frank Müller" }] });
    expect(await w.fails(find, { query: " " }, "user_error")).toContain("query");
    expect(await w.fails(resolve, {}, "user_error")).toContain("names is required");
  });

  it("shows a narrowed device the people of its workspace only", async () => {
    const w = premium(world(), { workspaces: [SIDE], grant: { workspaces: [SIDE.id] } });
    const data = await w.ok(resolve, { names: ["Dan O'Neil", "carol@northwind.test"] });
    expect((data["results"] as Result[]).map((one) => one.status)).toEqual(["found", "not_found"]);
    expect((await w.ok(find, { query: "carol" }))["members"]).toEqual([]);
  });

  it("pages many people without a hole", async () => {
    const w = premium(world());
    const { data } = w.sandbox.state;
    const carol = w.sandbox.state.user(users.carol);
    for (let n = 0; n < 400; n += 1) {
      const id = 82_000_000 + n;
      data.users[String(id)] = { ...carol, id, username: `Person ${n}`, email: `p${n}@northwind.test` };
      data.workspaces[NORTHWIND.id]?.members.push({
        user: id,
        role: 3,
        date_joined: 0,
        date_invited: 0,
        invited_by: null,
      });
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await w.ok(list, cursor === undefined ? {} : { cursor });
      expect(JSON.stringify(page["members"]).length).toBeLessThan(21_000);
      seen.push(...(page["members"] as { id: string }[]).map((one) => one.id));
      cursor = page["next_cursor"] as string | undefined;
    } while (cursor !== undefined);
    expect(new Set(seen).size).toBe(407);
    expect(seen).toHaveLength(407);
    expect(w.sandbox.calls).toHaveLength(1);
    expect(await w.fails(list, { cursor: "x" }, "user_error")).toContain("next_cursor");
  });

  it("reports what ClickUp refuses", async () => {
    const w = premium(world());
    w.sandbox.fault({ kind: "status", status: 403, err: "No", operation: TEAM });
    expect(await w.fails(list, {}, "upstream_error")).toContain("ClickUp says");
  });
});
