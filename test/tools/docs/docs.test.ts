import { describe, expect, it } from "vitest";
import { documentCreate, documentGet, documentList } from "../../../tools/docs/tools.ts";
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { NORTHWIND, SIDE, textOf, useWorld } from "../context.ts";

const { docs, spaces, folders, lists, users, workspaces } = SANDBOX;
type Doc = Record<string, unknown> & { id: string; name: string };
const docOf = (data: Record<string, unknown>) => data["doc"] as Doc;
const docsOf = (data: Record<string, unknown>) => data["docs"] as Doc[];
const DOCS = "/v3/workspaces/{workspace_id}/docs";

describe("clickup_document_get", () => {
  const world = useWorld({ strict: true });
  const premium = () => world().context({ tier: "premium" });

  it("reads one by id or URL with one request, and by name with the kept names", async () => {
    const w = world();
    const ctx = premium();
    const data = await w.ok(documentGet, { doc: docs.handbook }, ctx);
    expect(w.operations()).toEqual([`GET ${DOCS}/{doc_id}`]);
    expect(data).toMatchObject({
      id: docs.handbook,
      name: "Engineering handbook",
      workspace: workspaces.northwind,
      parent: { kind: "space", id: spaces.product },
      creator: String(users.alice),
      url: `https://app.clickup.com/${workspaces.northwind}/v/dc/${docs.handbook}`,
    });
    expect(w.touched).toContain(`doc:${docs.handbook}`);
    for (const url of [
      `https://app.clickup.com/${workspaces.northwind}/v/dc/${docs.handbook}`,
      `https://app.clickup.com/${workspaces.northwind}/docs/${docs.handbook}/8cdu22c-20013`,
    ]) {
      expect((await w.ok(documentGet, { doc: url }, ctx))["id"]).toBe(docs.handbook);
      expect(w.operations()).toEqual([`GET ${DOCS}/{doc_id}`]);
    }
    expect((await w.ok(documentGet, { doc: "engineering  HANDBOOK" }, ctx))["id"]).toBe(docs.handbook);
    expect(w.operations()).toEqual([`GET ${DOCS}`, `GET ${DOCS}/{doc_id}`]);
    await w.ok(documentGet, { doc: "Launch plan" }, ctx);
    expect(w.operations()).toEqual([`GET ${DOCS}/{doc_id}`]);
  });

  it("names the parent when the hierarchy is kept", async () => {
    const w = world();
    const ctx = premium();
    await w.ok("clickup_workspace_hierarchy", {}, ctx);
    const data = await w.ok(documentGet, { doc: docs.launchPlan }, ctx);
    expect(data["parent"]).toEqual({ kind: "list", id: lists.launch, name: "Spring launch" });
  });

  it("takes a name that looks like an id", async () => {
    const w = world();
    const ctx = premium();
    const doc = w.sandbox.state.data.docs[docs.launchPlan];
    if (doc !== undefined) {
      doc.name = "notes-12";
    }
    expect((await w.ok(documentGet, { doc: "notes-12" }, ctx))["id"]).toBe(docs.launchPlan);
  });

  it("looks a doc id up in each workspace once", async () => {
    const w = world();
    const ctx = w.context({ tier: "premium", workspaces: [SIDE, NORTHWIND] });
    expect((await w.ok(documentGet, { doc: docs.handbook }, ctx))["id"]).toBe(docs.handbook);
    w.operations();
    await w.ok(documentGet, { doc: docs.handbook }, ctx);
    expect(w.operations()).toEqual([`GET ${DOCS}/{doc_id}`]);
  });

  it.each([
    [{ doc: "Enginering handbook" }, `Nearest: "space / Engineering handbook" (${docs.handbook})`],
    [{ doc: "8cdu22c-99999" }, 'No doc "8cdu22c-99999"'],
    [
      { doc: `https://app.clickup.com/${workspaces.northwind}/v/li/${lists.launch}` },
      "a link to a list, not to a doc",
    ],
    [{ doc: "https://example.test/x" }, "not a link to ClickUp"],
    [{}, "doc is required"],
  ])("refuses %j", async (args, message) => {
    expect(await world().fails(documentGet, args, "user_error", premium())).toContain(message);
  });

  it("lists the candidates of a name two docs have", async () => {
    const w = world();
    await w.ok(documentCreate, { name: "Launch plan" }, premium());
    const text = await w.fails(documentGet, { doc: "launch plan" }, "user_error", premium());
    expect(text).toContain("2 docs match");
    expect(text).toContain(docs.launchPlan);
  });

  it("passes refusals on and stays inside the grant", async () => {
    const w = world();
    w.sandbox.fault({
      kind: "status",
      status: 403,
      err: "Guests may not",
      operation: `GET ${DOCS}/{doc_id}`,
    });
    expect(await w.fails(documentGet, { doc: docs.handbook }, "upstream_error", premium())).toContain(
      "Guests may not",
    );
    const ctx = w.context({ tier: "premium", workspaces: [SIDE], grant: { workspaces: [SIDE.id] } });
    const url = `https://app.clickup.com/${workspaces.northwind}/v/dc/${docs.handbook}`;
    w.sandbox.clearCalls();
    await w.fails(documentGet, { doc: url }, "refused_grant", ctx);
    await w.fails(documentGet, { doc: docs.handbook }, "user_error", ctx);
    expect(w.sandbox.calls.every((call) => call.path.includes(`/workspaces/${SIDE.id}/`))).toBe(true);
  });
});

describe("clickup_document_list", () => {
  const world = useWorld({ strict: true });
  const premium = () => world().context({ tier: "premium" });

  it("pages with ClickUp's cursor and loses none", async () => {
    const w = world();
    const ctx = premium();
    const { state } = w.sandbox;
    const first = structuredClone(
      state.data.docs[docs.handbook] as NonNullable<(typeof state.data.docs)[string]>,
    );
    for (let n = 0; n < 150; n += 1) {
      const id = state.newDocId();
      state.data.docs[id] = { ...first, id, name: `Copy ${n} of a document with a usual name` };
    }
    const live = Object.values(state.data.docs).filter(
      (doc) => doc.team_id === workspaces.northwind && !doc.archived && !doc.deleted,
    );
    const seen: string[] = [];
    let cursor: unknown;
    do {
      const data = await w.ok(documentList, cursor === undefined ? {} : { cursor }, ctx);
      expect(JSON.stringify(data).length).toBeLessThan(20_000);
      seen.push(...docsOf(data).map((doc) => doc.id));
      cursor = data["next_cursor"];
    } while (cursor !== undefined);
    expect(new Set(seen)).toEqual(new Set(live.map((doc) => doc.id)));
    expect(seen).toHaveLength(live.length);
    expect(w.operations()).toEqual(
      [`GET ${DOCS}`, `GET ${DOCS}`, `GET ${DOCS}`].slice(0, Math.ceil(live.length / 100)),
    );
  });

  it("filters by words of the name, parent, creator and archived", async () => {
    const w = world();
    const ctx = premium();
    const names = async (args: Record<string, unknown>) =>
      docsOf(await w.ok(documentList, args, ctx)).map((doc) => doc.name);
    expect(await names({ query: "HAND engineering" })).toEqual(["Engineering handbook"]);
    expect(await names({ query: "no such thing" })).toEqual([]);
    expect(await names({ parent: "Spring launch" })).toEqual(["Launch plan"]);
    expect(await names({ parent: "space:Product" })).toEqual(["Engineering handbook"]);
    expect(await names({ creator: "carol" })).toEqual(["Launch plan"]);
    expect(await names({ archived: true })).toEqual([
      "Meeting notes 20",
      "Meeting notes 40",
      "Meeting notes 60",
    ]);
    const inFolder = await names({ parent: folders.campaigns });
    expect(inFolder.length).toBeGreaterThan(5);
    const inWorkspace = await w.ok(documentList, { parent: "Northwind Labs" }, ctx);
    expect(docsOf(inWorkspace).every((doc) => (doc["parent"] as { kind: string }).kind === "workspace")).toBe(
      true,
    );
  });

  it.each([
    [{ workspace: "Nope" }, 'No Workspace "Nope"'],
    [{ parent: "Nope" }, 'No workspace, space, folder or list "Nope"'],
    [{ parent: "Backlog" }, '2 places match "Backlog": "list: Product / Backlog"'],
    [{ parent: `https://app.clickup.com/t/86cexprt1` }, "not to a workspace, space, folder or list"],
    [{ creator: "nobody" }, 'No member "nobody"'],
  ])("refuses %j", async (args, message) => {
    expect(await world().fails(documentList, args, "user_error", premium())).toContain(message);
  });

  it("asks which workspace and passes a wrong cursor's refusal on", async () => {
    const w = world();
    const two = w.context({ tier: "premium", workspaces: [NORTHWIND, SIDE] });
    expect(await w.fails(documentList, {}, "user_error", two)).toContain("several Workspaces");
    expect(docsOf(await w.ok(documentList, { workspace: "Side Project" }, two))).toEqual([]);
    await w.fails(documentList, { cursor: "nonsense" }, "upstream_error", premium());
  });
});

describe("clickup_document_create", () => {
  const world = useWorld({ strict: true });
  const premium = () => world().context({ tier: "premium" });

  it("creates with one request, and with a first page in two", async () => {
    const w = world();
    const ctx = premium();
    const plain = await w.ok(documentCreate, { name: "Minutes" }, ctx);
    expect(w.operations()).toEqual([`POST ${DOCS}`]);
    expect(docOf(plain)).toMatchObject({
      name: "Minutes",
      parent: { kind: "workspace", id: workspaces.northwind, name: "Northwind Labs" },
    });
    const content = "# Plan\n\n![chart](https://x.test/c.png) and [@Carol](#user_mention#81000003)";
    const full = await w.ok(
      documentCreate,
      {
        name: "Plan",
        parent: `https://app.clickup.com/${workspaces.northwind}/v/li/${lists.launch}`,
        visibility: "PRIVATE",
        content,
      },
      ctx,
    );
    expect(w.operations()).toEqual([`POST ${DOCS}`, `POST ${DOCS}/{doc_id}/pages`]);
    expect(full["page"]).toEqual({ id: expect.any(String), status: "done" });
    expect(full["not_applied"]).toBeUndefined();
    const made = docOf(full);
    expect(w.sandbox.state.data.docs[made.id]).toMatchObject({
      parent: { id: lists.launch, type: 6 },
      public: false,
    });
    const pages = Object.values(w.sandbox.state.data.pages).filter((page) => page.doc_id === made.id);
    expect(pages).toMatchObject([{ name: "Plan", content }]);
  });

  it.each([
    ["Product", { id: spaces.product, type: 4 }],
    ["folder: Platform", { id: folders.platform, type: 5 }],
    ["Sprints / Sprint 21", { id: lists.sprint21, type: 6 }],
    [lists.api, { id: lists.api, type: 6 }],
    ["northwind labs", { id: workspaces.northwind, type: 12 }],
  ])("hangs it on %j", async (parent, wanted) => {
    const w = world();
    const made = docOf(await w.ok(documentCreate, { name: "x", parent }, premium()));
    expect(w.sandbox.state.data.docs[made.id]?.parent).toEqual(wanted);
  });

  it("reports the doc although its page failed, and makes neither twice for a key", async () => {
    const w = world();
    w.sandbox.fault({ kind: "status", status: 500, operation: `POST ${DOCS}/{doc_id}/pages` });
    const args = { name: "Half", content: "text", idempotency_key: "h-1" };
    const { result } = await w.call(documentCreate, args, premium());
    expect(result.structuredContent).toMatchObject({ page: { status: "failed" }, doc: { name: "Half" } });
    expect(textOf(result.content)).toContain("add it with clickup_document_page_create");
    w.operations();
    expect(await w.ok(documentCreate, args, premium())).toMatchObject({ replayed: true });
    expect(w.operations()).toEqual([]);
  });

  it("is found by name at once", async () => {
    const w = world();
    const ctx = premium();
    await w.fails(documentGet, { doc: "Brand new" }, "user_error", ctx);
    const made = docOf(await w.ok(documentCreate, { name: "Brand new" }, ctx));
    expect((await w.ok(documentGet, { doc: "brand new" }, ctx))["id"]).toBe(made.id);
  });

  it("tells an unknown outcome and a refusal", async () => {
    const w = world();
    w.sandbox.fault({ kind: "reset", method: "POST", after_effect: true });
    const text = await w.fails(
      documentCreate,
      { name: "Lost", idempotency_key: "l" },
      "unknown_outcome",
      premium(),
    );
    expect(text).toContain("Check with clickup_document_list");
    await w.fails(documentCreate, { name: "Lost", idempotency_key: "l" }, "user_error", premium());
    w.sandbox.fault({ kind: "status", status: 403, err: "No docs for guests", method: "POST" });
    expect(await w.fails(documentCreate, { name: "x" }, "upstream_error", premium())).toContain(
      "No docs for guests",
    );
  });

  it.each([
    [{ name: "" }, "name: must not be empty"],
    [{ name: "x", visibility: "open" }, "visibility: use one of public, private, personal, hidden"],
    [{ name: "x", parent: "Nowhere" }, 'No workspace, space, folder or list "Nowhere"'],
    [{ name: "x", parent: "list: Product" }, "is a space, not a list"],
  ])("refuses %j before anything is created", async (args, message) => {
    const w = world();
    expect(await w.fails(documentCreate, args, "user_error", premium())).toContain(message);
    expect(w.sandbox.calls.filter((call) => call.method === "POST")).toEqual([]);
  });

  it("refuses a parent in another workspace than the one named, or not granted", async () => {
    const w = world();
    const two = w.context({ tier: "premium", workspaces: [NORTHWIND, SIDE] });
    const args = { name: "x", parent: "Product", workspace: "Side Project" };
    expect(await w.fails(documentCreate, args, "user_error", two)).toContain("another Workspace");
    const ctx = w.context({ tier: "premium", workspaces: [SIDE], grant: { workspaces: [SIDE.id] } });
    const url = `https://app.clickup.com/${workspaces.northwind}/v/s/${spaces.product}`;
    await w.fails(documentCreate, { name: "x", parent: url }, "refused_grant", ctx);
    expect(w.sandbox.calls.filter((call) => call.method === "POST")).toEqual([]);
  });
});
