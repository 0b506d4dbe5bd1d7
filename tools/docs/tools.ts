import * as z from "zod";
import { getDoc } from "../clickup/docs.ts";
import { defineTool } from "../define.ts";
import type { Tool } from "../define.ts";
import { listDocs } from "./doc-list.ts";
import { DocDetail, docDetail, DocRow } from "./doc-view.ts";
import { createDocWith, VISIBILITIES } from "./doc-write.ts";
import { once } from "../kept/idempotency.ts";
import { Cursor, Flag, IdempotencyKey, Markdown, oneOf, Text } from "../params.ts";
import { withDoc } from "./resolve-doc.ts";
import { NextCursor, NotApplied } from "../shapes.ts";

const CREATE = "clickup_document_create";

const PLACE_OPERATIONS = [
  "GET /v2/team/{team_id}/space",
  "GET /v2/space/{space_id}/folder",
  "GET /v2/space/{space_id}/list",
] as const;

export const documentCreate = defineTool({
  name: CREATE,
  tier: "premium",
  set: "docs",
  kind: "write",
  adds: true,
  title: "Create doc",
  description: "Create a doc; content becomes its first page.",
  input: z.object({
    name: Text,
    parent: Text.describe("workspace, space, folder or list").optional(),
    workspace: Text.optional(),
    visibility: oneOf(VISIBILITIES).optional(),
    content: Markdown.describe("Markdown").optional(),
    idempotency_key: IdempotencyKey.optional(),
  }),
  output: z.object({
    doc: DocDetail,
    page: z
      .object({
        id: z.string().optional(),
        status: z.enum(["done", "failed", "not_tried"]),
        reason: z.string().optional(),
      })
      .optional(),
    not_applied: z.array(NotApplied).optional(),
    replayed: z.boolean().optional(),
  }),
  operations: [
    "POST /v3/workspaces/{workspace_id}/docs",
    "POST /v3/workspaces/{workspace_id}/docs/{doc_id}/pages",
    ...PLACE_OPERATIONS,
  ],
  async handler({ idempotency_key, ...given }, ctx) {
    const { result, replayed } = await once(ctx, CREATE, idempotency_key, async () => {
      const { doc, page, not_applied } = await createDocWith(ctx, given);
      return {
        doc: docDetail(doc, ctx),
        ...(page === undefined ? {} : { page }),
        ...(not_applied.length === 0 ? {} : { not_applied }),
      };
    });
    ctx.touch("doc", result.doc.id);
    const pageMissing = result.page !== undefined && result.page.status !== "done";
    return {
      data: { ...result, ...(replayed ? { replayed: true } : {}) },
      summary: replayed
        ? `Doc ${result.doc.id} was already created with this idempotency_key; no second one was made.`
        : `Created doc ${result.doc.id}.` +
          (pageMissing ? " Its first page was not created: add it with clickup_document_page_create." : ""),
    };
  },
});

export const documentGet = defineTool({
  name: "clickup_document_get",
  tier: "premium",
  set: "docs",
  kind: "read",
  title: "Get doc",
  description: "Read where a doc lies and who made it; its text is in its pages.",
  input: z.object({ doc: Text.describe("id, URL or name") }),
  output: DocDetail,
  operations: ["GET /v3/workspaces/{workspace_id}/docs/{doc_id}", "GET /v3/workspaces/{workspace_id}/docs"],
  async handler(params, ctx) {
    const doc = await withDoc(ctx, params.doc, "doc", async (address) => await getDoc(ctx.clickup, address));
    return { data: docDetail(doc, ctx), summary: `Doc ${doc.id}.` };
  },
});

export const documentList = defineTool({
  name: "clickup_document_list",
  tier: "premium",
  set: "docs",
  kind: "read",
  title: "List docs",
  description: "List docs; query finds words of the name.",
  input: z.object({
    workspace: Text.optional(),
    query: Text.optional(),
    parent: Text.optional(),
    creator: Text.optional(),
    archived: Flag.optional(),
    cursor: Cursor.optional(),
  }),
  output: z.object({
    docs: z.array(DocRow),
    total_shown: z.number(),
    next_cursor: NextCursor,
  }),
  operations: ["GET /v3/workspaces/{workspace_id}/docs", "GET /v2/team", ...PLACE_OPERATIONS],
  async handler(params, ctx) {
    const { docs, next_cursor, looked } = await listDocs(ctx, params);
    return {
      data: { docs, total_shown: docs.length, ...(next_cursor === undefined ? {} : { next_cursor }) },
      summary:
        `${docs.length} docs${params.query === undefined ? "" : ` out of ${looked} looked through`}.` +
        (next_cursor === undefined ? "" : " There are more: pass next_cursor as cursor."),
    };
  },
});

export const docTools: readonly Tool[] = [documentCreate, documentGet, documentList];
