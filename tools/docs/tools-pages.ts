import * as z from "zod";
import { getPageListing } from "../clickup/docs.ts";
import { defineTool } from "../define.ts";
import type { Tool } from "../define.ts";
import { readPages } from "./doc-read.ts";
import { docUrl, PageRow, PageText, pageTree } from "./doc-view.ts";
import { checkPageChange, createPageWith, EDIT_MODES, updatePageWith } from "./doc-write.ts";
import { once } from "../kept/idempotency.ts";
import { Amount, Cursor, IdempotencyKey, Markdown, oneOf, Text, TextList } from "../params.ts";
import { compact, pageOf } from "../words/render.ts";
import { withDoc, withPage } from "./resolve-doc.ts";
import { Change, NextCursor, NotApplied, Ref } from "../shapes.ts";

const CREATE = "clickup_document_page_create";

const FIND_OPERATIONS = [
  "GET /v3/workspaces/{workspace_id}/docs",
  "GET /v3/workspaces/{workspace_id}/docs/{doc_id}",
  "GET /v3/workspaces/{workspace_id}/docs/{doc_id}/page_listing",
] as const;

export const documentPageList = defineTool({
  name: "clickup_document_page_list",
  tier: "premium",
  set: "docs",
  kind: "read",
  title: "List pages",
  description: "List the pages of a doc as a tree.",
  input: z.object({ doc: Text, depth: Amount.optional(), cursor: Cursor.optional() }),
  output: z.object({
    doc: z.string(),
    pages: z.array(PageRow),
    total_shown: z.number(),
    total: z.number(),
    next_cursor: NextCursor,
  }),
  operations: FIND_OPERATIONS,
  async handler(params, ctx) {
    const { doc, pages } = await withDoc(ctx, params.doc, "doc", async (address) => ({
      doc: address,
      pages: await getPageListing(ctx.clickup, address, params.depth),
    }));
    const page = pageOf(pages, params.cursor, (one) => JSON.stringify(one).length + 1);
    return {
      data: {
        doc: doc.id,
        pages: page.shown,
        total_shown: page.shown.length,
        total: pages.length,
        ...compact({ next_cursor: page.next_cursor }),
      },
      summary: `Doc ${doc.id}: ${page.shown.length} of ${pages.length} pages.`,
      body: pageTree(page.shown),
    };
  },
});

export const documentPageGet = defineTool({
  name: "clickup_document_page_get",
  tier: "premium",
  set: "docs",
  kind: "read",
  progress: true,
  title: "Get pages",
  description: "Read pages of a doc; offset goes on in a long one.",
  input: z.object({
    doc: Text,
    pages: TextList.describe("id, name or path"),
    format: oneOf(["markdown", "plain"]).optional(),
    offset: Amount.optional(),
  }),
  output: z.object({
    doc: z.string(),
    pages: z.array(PageText),
    failed: z.array(z.object({ page: z.string(), reason: z.string() })).optional(),
  }),
  operations: [...FIND_OPERATIONS, "GET /v3/workspaces/{workspace_id}/docs/{doc_id}/pages/{page_id}"],
  async handler(params, ctx) {
    const { doc, pages, failed } = await withDoc(
      ctx,
      params.doc,
      "doc",
      async (address) => await readPages(ctx, address, params),
    );
    const cut = pages.filter((one) => one.next_offset !== undefined).length;
    return {
      data: { doc: doc.id, pages, ...(failed.length === 0 ? {} : { failed }) },
      summary:
        `${pages.length} pages of doc ${doc.id}.` +
        (cut === 0 ? "" : ` ${cut} go on: pass next_offset as offset, one page at a time.`) +
        (failed.length === 0 ? "" : ` ${failed.length} could not be read: see failed.`),
    };
  },
});

export const documentPageCreate = defineTool({
  name: CREATE,
  tier: "premium",
  set: "docs",
  kind: "write",
  adds: true,
  title: "Create page",
  description: "Add a page to a doc.",
  input: z.object({
    doc: Text,
    name: Text,
    markdown: Markdown.optional(),
    parent_page: Text.optional(),
    idempotency_key: IdempotencyKey.optional(),
  }),
  output: z.object({
    doc: z.string(),
    page: Ref,
    parent_page: z.string().optional(),
    url: z.string(),
    not_applied: z.array(NotApplied).optional(),
    replayed: z.boolean().optional(),
  }),
  operations: [...FIND_OPERATIONS, "POST /v3/workspaces/{workspace_id}/docs/{doc_id}/pages"],
  async handler({ doc: wanted, idempotency_key, ...given }, ctx) {
    const { result, replayed } = await once(
      ctx,
      CREATE,
      idempotency_key,
      async () =>
        await withDoc(ctx, wanted, "doc", async (doc) => {
          const { page, not_applied } = await createPageWith(ctx, doc, given);
          return {
            doc: doc.id,
            page: { id: page.id, name: page.name },
            ...compact({ parent_page: page.parent }),
            url: docUrl(doc, page.id),
            ...(not_applied.length === 0 ? {} : { not_applied }),
          };
        }),
    );
    return {
      data: { ...result, ...(replayed ? { replayed: true } : {}) },
      summary: replayed
        ? `Page ${result.page.id} was already created with this idempotency_key; no second one was made.`
        : `Created page ${result.page.id} in doc ${result.doc}.`,
    };
  },
});

export const documentPageUpdate = defineTool({
  name: "clickup_document_page_update",
  tier: "premium",
  set: "docs",
  kind: "write",
  title: "Update page",
  description: "Change a page's name or text; replaces the text unless mode says otherwise.",
  input: z.object({
    doc: Text,
    page: Text,
    name: Text.optional(),
    markdown: Markdown.optional(),
    mode: oneOf(EDIT_MODES).optional(),
  }),
  output: z.object({
    doc: z.string(),
    page: Ref,
    url: z.string(),
    total_chars: z.number(),
    changes: z.array(Change),
    not_applied: z.array(NotApplied).optional(),
    /** Images and mentions that were on the page before. */
    removed: z.array(z.string()).optional(),
  }),
  operations: [
    ...FIND_OPERATIONS,
    "GET /v3/workspaces/{workspace_id}/docs/{doc_id}/pages/{page_id}",
    "PUT /v3/workspaces/{workspace_id}/docs/{doc_id}/pages/{page_id}",
  ],
  async handler({ doc: wantedDoc, page: wantedPage, ...given }, ctx) {
    checkPageChange(given);
    const { doc, page, changes, not_applied, removed, verified } = await withDoc(
      ctx,
      wantedDoc,
      "doc",
      async (address) => ({
        doc: address,
        ...(await withPage(
          ctx,
          address,
          wantedPage,
          "page",
          async (id) => await updatePageWith(ctx, address, id, given),
        )),
      }),
    );
    const state = verified
      ? `Page ${page.id}: ${changes.length === 0 ? "nothing changed" : `${changes.length} changed`}.`
      : `Page ${page.id} was changed, but its new state could not be read; check with clickup_document_page_get.`;
    return {
      data: {
        doc: doc.id,
        page: { id: page.id, name: page.name },
        url: docUrl(doc, page.id),
        total_chars: page.content.length,
        changes,
        ...(not_applied.length === 0 ? {} : { not_applied }),
        ...(removed.length === 0 ? {} : { removed }),
      },
      summary:
        state +
        (not_applied.length === 0 ? "" : ` ${not_applied.length} not applied: see not_applied.`) +
        (removed.length === 0 ? "" : ` ${removed.length} images or mentions are gone: see removed.`),
    };
  },
});

export const docPageTools: readonly Tool[] = [
  documentPageList,
  documentPageGet,
  documentPageCreate,
  documentPageUpdate,
];
