/** Docs and pages as our answers show them. */
import * as z from "zod";
import type { DocAddress, DocRecord, PageNode, PageRecord } from "../clickup/docs.ts";
import type { ToolContext } from "../define.ts";
import { UserInputError } from "../words/errors.ts";
import { keptPlaceName } from "../resolve/place-name.ts";
import { compact, TEXT_CHARS } from "../words/render.ts";
import { formatInstant } from "../when/when.ts";

export const DocRow = z.object({
  id: z.string(),
  name: z.string(),
  /** Where it hangs: "space", "folder", "list", "everything" or "workspace". */
  parent: z.object({ kind: z.string(), id: z.string(), name: z.string().optional() }).optional(),
  creator: z.string().optional(),
  updated: z.string().optional(),
  archived: z.boolean().optional(),
});
export type DocRow = z.infer<typeof DocRow>;

export const DocDetail = DocRow.extend({
  workspace: z.string(),
  public: z.boolean().optional(),
  created: z.string().optional(),
  url: z.string(),
});

export const PageRow = z.object({
  id: z.string(),
  name: z.string(),
  parent: z.string().optional(),
  depth: z.number(),
});

export const PageText = z.object({
  id: z.string(),
  name: z.string(),
  subtitle: z.string().optional(),
  parent: z.string().optional(),
  updated: z.string().optional(),
  url: z.string(),
  content: z.string(),
  /** Set when the content goes on: pass it as offset. */
  next_offset: z.number().optional(),
  total_chars: z.number().optional(),
});
export type PageText = z.infer<typeof PageText>;

export function docRow(doc: DocRecord, ctx: ToolContext): DocRow {
  return {
    id: doc.id,
    name: doc.name,
    ...compact({
      parent:
        doc.parent === undefined
          ? undefined
          : {
              kind: doc.parent.kind ?? "other",
              id: doc.parent.id,
              ...compact({ name: keptPlaceName(ctx, doc.parent) }),
            },
      creator: doc.creator,
      updated: instant(doc.updated_ms, ctx),
      archived: doc.archived === true ? true : undefined,
    }),
  };
}

export function docDetail(doc: DocRecord, ctx: ToolContext): z.infer<typeof DocDetail> {
  return {
    ...docRow(doc, ctx),
    workspace: doc.workspaceId,
    url: docUrl(doc),
    ...compact({ public: doc.public, created: instant(doc.created_ms, ctx) }),
  };
}

/** The address of a Doc, or of a page in it, in ClickUp's app. */
export function docUrl(doc: DocAddress, pageId?: string): string {
  const page = pageId === undefined ? "" : `/${pageId}`;
  return `https://app.clickup.com/${doc.workspaceId}/v/dc/${doc.id}${page}`;
}

/** An indented tree, one line each. */
export function pageTree(pages: readonly PageNode[]): string {
  return pages.map((page) => `${"  ".repeat(page.depth)}${page.name} (${page.id})`).join("\n");
}

/**
 * A page with its content from `offset` on, at most `most` characters of it. Content is cut between
 * characters and otherwise untouched, so that images and mentions survive when it is written back.
 */
export function pageText(
  page: PageRecord,
  doc: DocAddress,
  ctx: ToolContext,
  cut: { offset: number; most?: number },
): PageText {
  const { offset, most = TEXT_CHARS } = cut;
  const { content } = page;
  if (!Number.isInteger(offset) || offset < 0 || offset > content.length) {
    throw new UserInputError(`offset: a number from 0 to ${content.length}, the length of the page.`, {
      argument: "offset",
    });
  }
  const end = wholeCharacters(content, Math.min(content.length, offset + most));
  return {
    id: page.id,
    name: page.name,
    ...compact({
      subtitle: page.subtitle,
      parent: page.parent,
      updated: instant(page.updated_ms, ctx),
    }),
    url: docUrl(doc, page.id),
    content: content.slice(offset, end),
    ...(end < content.length ? { next_offset: end } : {}),
    ...(end < content.length || offset > 0 ? { total_chars: content.length } : {}),
  };
}

/** The same end, or one less when it would cut a surrogate pair in two. */
function wholeCharacters(text: string, end: number): number {
  const cut = end < text.length ? text.charCodeAt(end - 1) : 0;
  return cut >= 0xd800 && cut <= 0xdbff ? end - 1 : end;
}

function instant(ms: number | undefined, ctx: ToolContext): string | undefined {
  return ms === undefined ? undefined : formatInstant(ms, ctx.user.timeZone);
}
