import { badRequest } from "../errors.ts";
import { asObject, boolField, textField } from "../input.ts";
import { cursorPage } from "../paging.ts";
import { plainText } from "../plain-text.ts";
import type { Context, Route } from "../route.ts";
import type { Doc, Page } from "../types.ts";
import { reachedWorkspace, v3NotFound } from "../v3-lookup.ts";

const PARENT_TYPES: Record<string, number> = { SPACE: 4, FOLDER: 5, LIST: 6, EVERYTHING: 7, WORKSPACE: 12 };
const VISIBILITIES = ["PUBLIC", "PRIVATE", "PERSONAL", "HIDDEN"];

function renderDoc(doc: Doc) {
  return {
    id: doc.id,
    date_created: doc.date_created,
    date_updated: doc.date_updated,
    name: doc.name,
    type: 1,
    parent: doc.parent,
    public: doc.public,
    workspace_id: Number(doc.team_id),
    creator: doc.creator,
    deleted: doc.deleted,
    archived: doc.archived,
  };
}

function docOf(ctx: Context): Doc {
  const team = reachedWorkspace(ctx);
  const doc = ctx.state.data.docs[ctx.params.doc_id ?? ""];
  if (doc === undefined || doc.team_id !== team) throw v3NotFound("Doc");
  return doc;
}

function pageOf(ctx: Context, doc: Doc): Page {
  const page = ctx.state.data.pages[ctx.params.page_id ?? ""];
  if (page === undefined || page.doc_id !== doc.id) throw v3NotFound("Page");
  return page;
}

function children(ctx: Context, doc: Doc, parent: string | null): Page[] {
  return Object.values(ctx.state.data.pages)
    .filter((page) => page.doc_id === doc.id && page.parent_page_id === parent)
    .sort((a, b) => a.orderindex - b.orderindex);
}

/** -1 (the default) means without a limit; 0 means root pages only. */
function maxDepth(ctx: Context): number {
  const depth = Number(ctx.query.get("max_page_depth") ?? "-1");
  return depth < 0 ? Number.POSITIVE_INFINITY : depth;
}

function listing(doc: Doc, page: Page) {
  return {
    id: page.id,
    doc_id: doc.id,
    ...(page.parent_page_id === null ? {} : { parent_page_id: page.parent_page_id }),
    workspace_id: Number(doc.team_id),
    name: page.name,
  };
}

function full(ctx: Context, doc: Doc, page: Page) {
  const plain = ctx.query.get("content_format") === "text/plain";
  return {
    ...listing(doc, page),
    ...(page.sub_title === null ? {} : { sub_title: page.sub_title }),
    date_created: page.date_created,
    date_updated: page.date_updated,
    content: plain ? plainText(page.content) : page.content,
    creator_id: page.creator_id,
    deleted: false,
    archived: false,
    authors: [page.creator_id],
    contributors: [page.creator_id],
    protected: false,
  };
}

type Shape = (page: Page) => Record<string, unknown>;

function tree(
  ctx: Context,
  doc: Doc,
  parent: string | null,
  depth: number,
  shape: Shape,
): Record<string, unknown>[] {
  return children(ctx, doc, parent).map((page) => {
    const below = depth > 0 ? tree(ctx, doc, page.id, depth - 1, shape) : [];
    return below.length === 0 ? shape(page) : { ...shape(page), pages: below };
  });
}

function checkFormat(format: string | null | undefined): void {
  if (format !== null && format !== undefined && format !== "text/md" && format !== "text/plain") {
    throw badRequest("content_format must be text/md or text/plain", "V3_400");
  }
}

function newPage(ctx: Context, doc: Doc, name: string, parent: string | null): Page {
  const page: Page = {
    id: ctx.state.newDocId(),
    doc_id: doc.id,
    parent_page_id: parent,
    name,
    sub_title: null,
    content: "",
    creator_id: ctx.user.id,
    date_created: ctx.now_ms,
    date_updated: ctx.now_ms,
    orderindex: children(ctx, doc, parent).length,
  };
  ctx.state.data.pages[page.id] = page;
  return page;
}

/** The parent of a new Doc: without one it hangs on the Workspace. */
function parentOf(ctx: Context, teamId: string): { id: string; type: number } {
  const { id, type } = asObject(ctx.body.parent);
  if (ctx.body.parent === undefined) return { id: teamId, type: 12 };
  if (typeof type !== "number" || !Object.values(PARENT_TYPES).includes(type))
    throw badRequest("parent.type is invalid", "V3_400");
  if (typeof id !== "string") throw badRequest("parent.id must be a string", "V3_400");
  const { spaces, folders, lists } = ctx.state.data;
  const spaceId =
    type === 4 ? id : type === 5 ? folders[id]?.space_id : type === 6 ? lists[id]?.space_id : undefined;
  const found = type === 7 || type === 12 ? id === teamId : spaces[spaceId ?? ""]?.team_id === teamId;
  if (!found) throw v3NotFound("Parent");
  return { id, type };
}

function createDoc(ctx: Context) {
  const team = reachedWorkspace(ctx);
  const visibility = ctx.body.visibility ?? "PUBLIC";
  const known =
    typeof visibility === "number"
      ? visibility >= 1 && visibility <= 4
      : typeof visibility === "string" && VISIBILITIES.includes(visibility);
  if (!known) throw badRequest(`visibility must be one of ${VISIBILITIES.join(", ")}`, "V3_400");
  const doc: Doc = {
    id: ctx.state.newDocId(),
    team_id: team,
    name: textField(ctx.body, "name") ?? "",
    parent: parentOf(ctx, team),
    public: visibility === "PUBLIC" || visibility === 1,
    creator: ctx.user.id,
    date_created: ctx.now_ms,
    date_updated: ctx.now_ms,
    deleted: false,
    archived: false,
  };
  ctx.state.data.docs[doc.id] = doc;
  if (boolField(ctx.body, "create_page") ?? true) newPage(ctx, doc, "", null);
  return Response.json(renderDoc(doc), { status: 201 });
}

function listDocs(ctx: Context) {
  const team = reachedWorkspace(ctx);
  const { query } = ctx;
  const type = query.get("parent_type");
  const wantedType = type === null ? null : (PARENT_TYPES[type] ?? Number(type));
  const flag = (name: string) => query.get(name) === "true";
  const docs = Object.values(ctx.state.data.docs)
    .filter(
      (doc) => doc.team_id === team && doc.deleted === flag("deleted") && doc.archived === flag("archived"),
    )
    .filter((doc) => query.get("id") === null || doc.id === query.get("id"))
    .filter((doc) => query.get("creator") === null || String(doc.creator) === query.get("creator"))
    .filter((doc) => query.get("parent_id") === null || doc.parent.id === query.get("parent_id"))
    .filter((doc) => wantedType === null || doc.parent.type === wantedType);
  const { items, next_cursor } = cursorPage(docs, query);
  return { docs: items.map(renderDoc), ...(next_cursor === undefined ? {} : { next_cursor }) };
}

function createPage(ctx: Context) {
  const doc = docOf(ctx);
  checkFormat(textField(ctx.body, "content_format"));
  const parent = textField(ctx.body, "parent_page_id") ?? null;
  if (parent !== null && ctx.state.data.pages[parent]?.doc_id !== doc.id) throw v3NotFound("Parent page");
  const page = newPage(ctx, doc, textField(ctx.body, "name") ?? "", parent);
  page.sub_title = textField(ctx.body, "sub_title") ?? null;
  page.content = textField(ctx.body, "content") ?? "";
  doc.date_updated = ctx.now_ms;
  return Response.json(full(ctx, doc, page), { status: 201 });
}

/** Answers 200 without a body. */
function editPage(ctx: Context) {
  const doc = docOf(ctx);
  const page = pageOf(ctx, doc);
  checkFormat(textField(ctx.body, "content_format"));
  const mode = textField(ctx.body, "content_edit_mode") ?? "replace";
  if (!["replace", "append", "prepend"].includes(mode)) {
    throw badRequest("content_edit_mode must be replace, append or prepend", "V3_400");
  }
  page.name = textField(ctx.body, "name") ?? page.name;
  page.sub_title = textField(ctx.body, "sub_title") ?? page.sub_title;
  const content = textField(ctx.body, "content");
  if (content !== undefined) {
    if (mode === "append") page.content = `${page.content}\n${content}`;
    else if (mode === "prepend") page.content = `${content}\n${page.content}`;
    else page.content = content;
  }
  page.date_updated = ctx.now_ms;
  doc.date_updated = ctx.now_ms;
  return new Response(null, { status: 200 });
}

const PAGE_BODY = { name: "string", sub_title: "string", content: "string", content_format: "string" };

export const docRoutes: Route[] = [
  {
    operation: "GET /v3/workspaces/{workspace_id}/docs",
    query: {
      id: "string",
      creator: "int",
      deleted: "bool",
      archived: "bool",
      parent_id: "string",
      parent_type: "string",
      limit: "int",
      cursor: "string",
      next_cursor: "string",
    },
    handler: listDocs,
  },
  {
    operation: "POST /v3/workspaces/{workspace_id}/docs",
    body: { name: "string", parent: "object", visibility: "string|int", create_page: "bool" },
    handler: createDoc,
  },
  {
    operation: "GET /v3/workspaces/{workspace_id}/docs/{doc_id}",
    handler: (ctx) => renderDoc(docOf(ctx)),
  },
  {
    operation: "GET /v3/workspaces/{workspace_id}/docs/{doc_id}/page_listing",
    query: { max_page_depth: "int" },
    handler: (ctx) => {
      const doc = docOf(ctx);
      return tree(ctx, doc, null, maxDepth(ctx), (page) => listing(doc, page));
    },
  },
  {
    operation: "GET /v3/workspaces/{workspace_id}/docs/{doc_id}/pages",
    query: { max_page_depth: "int", content_format: "string" },
    handler: (ctx) => {
      const doc = docOf(ctx);
      checkFormat(ctx.query.get("content_format"));
      return tree(ctx, doc, null, maxDepth(ctx), (page) => full(ctx, doc, page));
    },
  },
  {
    operation: "POST /v3/workspaces/{workspace_id}/docs/{doc_id}/pages",
    body: { ...PAGE_BODY, parent_page_id: "string" },
    handler: createPage,
  },
  {
    operation: "GET /v3/workspaces/{workspace_id}/docs/{doc_id}/pages/{page_id}",
    query: { content_format: "string" },
    handler: (ctx) => {
      const doc = docOf(ctx);
      checkFormat(ctx.query.get("content_format"));
      return full(ctx, doc, pageOf(ctx, doc));
    },
  },
  {
    operation: "PUT /v3/workspaces/{workspace_id}/docs/{doc_id}/pages/{page_id}",
    body: { ...PAGE_BODY, content_edit_mode: "string" },
    handler: editPage,
  },
];
