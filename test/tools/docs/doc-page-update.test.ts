import { describe, expect, it } from "vitest";
import { documentPageGet, documentPageUpdate } from "../../../tools/docs/tools-pages.ts";
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { SIDE, textOf, useWorld, type World } from "../context.ts";

const { docs, pages } = SANDBOX;
type Page = Record<string, unknown> & { id: string; name: string; content: string };
const pagesOf = (data: Record<string, unknown>) => data["pages"] as Page[];
const DOC = "/v3/workspaces/{workspace_id}/docs/{doc_id}";
const contentOf = (w: World, id: string) => w.sandbox.state.data.pages[id]?.content;
const setContent = (w: World, id: string, content: string) => {
  const page = w.sandbox.state.data.pages[id];
  if (page !== undefined) {
    page.content = content;
  }
};

describe("clickup_document_page_update", () => {
  const world = useWorld({ strict: true });
  const premium = () => world().context({ tier: "premium" });
  const MEDIA = "See ![chart](https://x.test/c.png) and ask [@Carol](#user_mention#81000003).";

  it("replaces, appends and prepends, and says before and after", async () => {
    const w = world();
    const ctx = premium();
    const page = { doc: docs.handbook, page: "Style" };
    const before = contentOf(w, pages.style) ?? "";
    const data = await w.ok(documentPageUpdate, { ...page, name: "House style", markdown: "new" }, ctx);
    expect(w.operations()).toEqual([
      `GET ${DOC}/page_listing`,
      `GET ${DOC}/pages/{page_id}`,
      `PUT ${DOC}/pages/{page_id}`,
      `GET ${DOC}/pages/{page_id}`,
    ]);
    expect(data).toMatchObject({
      page: { id: pages.style, name: "House style" },
      total_chars: 3,
      changes: [
        { field: "name", before: "Style", after: "House style" },
        { field: "content", before: `${before.length} characters`, after: "3 characters" },
      ],
    });
    expect(data["not_applied"] ?? data["removed"]).toBeUndefined();
    await w.ok(
      documentPageUpdate,
      { doc: docs.handbook, page: pages.style, markdown: "end", mode: "append" },
      ctx,
    );
    await w.ok(
      documentPageUpdate,
      { doc: docs.handbook, page: "house style", markdown: "begin", mode: "PREPEND" },
      ctx,
    );
    expect(contentOf(w, pages.style)).toBe("begin\nnew\nend");
    await w.ok(documentPageUpdate, { doc: docs.handbook, page: pages.style, name: "Again" }, ctx);
    expect(contentOf(w, pages.style)).toBe("begin\nnew\nend");
  });

  it("keeps images and mentions through reading and writing back, and says when they go", async () => {
    const w = world();
    const ctx = premium();
    setContent(w, pages.style, MEDIA);
    const read = pagesOf(await w.ok(documentPageGet, { doc: docs.handbook, pages: [pages.style] }, ctx))[0];
    const kept = await w.ok(
      documentPageUpdate,
      { doc: docs.handbook, page: pages.style, markdown: `${read?.content ?? ""}\n\nMore.` },
      ctx,
    );
    expect(contentOf(w, pages.style)).toBe(`${MEDIA}\n\nMore.`);
    expect(kept["removed"]).toBeUndefined();
    const lost = await w.ok(
      documentPageUpdate,
      { doc: docs.handbook, page: pages.style, markdown: "See the chart." },
      ctx,
    );
    expect(lost["removed"]).toEqual(["![chart](https://x.test/c.png)", "[@Carol](#user_mention#81000003)"]);
  });

  it("says what ClickUp ignored", async () => {
    const w = world();
    const real = globalThis.fetch;
    globalThis.fetch = async (input: Parameters<typeof fetch>[0], init?: RequestInit) =>
      init?.method === "PUT" ? new Response(null, { status: 200 }) : await real(input, init);
    const data = await w.ok(
      documentPageUpdate,
      { doc: docs.handbook, page: pages.style, name: "Other", markdown: "other", mode: "append" },
      premium(),
    );
    expect(data["changes"]).toEqual([]);
    expect(data["not_applied"]).toEqual([
      { field: "name", asked: "Other", is: "Style" },
      { field: "content", asked: "append: 5 characters", is: "unchanged" },
    ]);
  });

  it("tells an unknown outcome, a refusal, and a change it could not read back", async () => {
    const w = world();
    const args = { doc: docs.handbook, page: pages.style, markdown: "x" };
    w.sandbox.fault({ kind: "reset", method: "PUT", after_effect: true });
    expect(await w.fails(documentPageUpdate, args, "unknown_outcome", premium())).toContain(
      "Check with clickup_document_page_get",
    );
    w.sandbox.fault({ kind: "status", status: 403, err: "Protected page", method: "PUT" });
    expect(await w.fails(documentPageUpdate, args, "upstream_error", premium())).toContain("Protected page");
    w.sandbox.fault({ kind: "status", status: 500, operation: `GET ${DOC}/pages/{page_id}`, skip: 1 });
    const { result, outcome } = await w.call(documentPageUpdate, args, premium());
    expect(outcome).toBe("ok");
    expect(textOf(result.content)).toContain("could not be read");
  });

  it.each([
    [{}, "Nothing to change"],
    [{ mode: "append" }, "Nothing to change"],
    [{ name: "x", mode: "append" }, "mode: it says where markdown goes"],
    [{ markdown: "x", mode: "insert" }, "mode: use one of replace, append, prepend"],
    [{ markdown: "x", page: "Stile" }, 'Nearest: "Style"'],
    [{ markdown: "x", doc: "Nope" }, 'No doc "Nope"'],
  ])("refuses %j before anything is changed", async (args, message) => {
    const w = world();
    const text = await w.fails(
      documentPageUpdate,
      { doc: docs.handbook, page: "Style", ...args },
      "user_error",
      premium(),
    );
    expect(text).toContain(message);
    expect(w.sandbox.calls.filter((call) => call.method === "PUT")).toEqual([]);
  });

  it("stays inside the grant", async () => {
    const w = world();
    const args = { doc: docs.handbook, page: pages.style, markdown: "x" };
    const narrowed = w.context({ tier: "premium", workspaces: [SIDE], grant: { workspaces: [SIDE.id] } });
    await w.fails(documentPageUpdate, args, "user_error", narrowed);
    const reader = w.context({ tier: "premium", grant: { access: "read" } });
    await w.fails(documentPageUpdate, args, "refused_grant", reader);
    expect(contentOf(w, pages.style)).not.toBe("x");
  });
});
