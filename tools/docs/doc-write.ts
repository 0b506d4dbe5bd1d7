/** Creates Docs and pages and changes pages, and says what ClickUp made of it. */
import { createDoc, createPage, editPage, getPage, getPageListing, PARENT_TYPES } from "../clickup/docs.ts";
import type { DocAddress, DocRecord, PageRecord } from "../clickup/docs.ts";
import { ClickUpError, unknownOutcome } from "../clickup/errors.ts";
import type { ToolContext } from "../define.ts";
import { runEach } from "../call/each.ts";
import { UserInputError } from "../words/errors.ts";
import { sameName, shown } from "../words/names.ts";
import { resolveAnyPlace } from "../resolve/any-place.ts";
import { invalidateDocs, invalidatePages, withPage } from "./resolve-doc.ts";
import { resolveWorkspace } from "../resolve/workspace.ts";
import type { Change, NotApplied } from "../shapes.ts";

export const VISIBILITIES = ["public", "private", "personal", "hidden"] as const;
export const EDIT_MODES = ["replace", "append", "prepend"] as const;

export interface NewDocArguments {
  name: string;
  parent?: string | undefined;
  workspace?: string | undefined;
  visibility?: (typeof VISIBILITIES)[number] | undefined;
  content?: string | undefined;
}

export interface MadeDoc {
  doc: DocRecord;
  /** The first page, when it was asked for. */
  page?: { id?: string; status: "done" | "failed" | "not_tried"; reason?: string };
  not_applied: NotApplied[];
}

/**
 * One request, or two with content: then the Doc is made without ClickUp's own empty page and a first page of
 * the same name follows. When that fails, the Doc is still reported.
 */
export async function createDocWith(ctx: ToolContext, given: NewDocArguments): Promise<MadeDoc> {
  const { name, content, visibility } = given;
  const parent = given.parent === undefined ? undefined : await resolveAnyPlace(ctx, given.parent, "parent");
  const workspaceId = parent?.workspaceId ?? resolveWorkspace(ctx, given.workspace).id;
  if (given.workspace !== undefined && resolveWorkspace(ctx, given.workspace).id !== workspaceId) {
    throw new UserInputError("parent: it lies in another Workspace than workspace. Leave one of them out.", {
      argument: "parent",
    });
  }
  const doc = await createDoc(ctx.clickup, workspaceId, {
    name,
    create_page: content === undefined,
    ...(parent === undefined ? {} : { parent: { id: parent.id, type: PARENT_TYPES[parent.kind] } }),
    ...(visibility === undefined ? {} : { visibility: visibility.toUpperCase() }),
  });
  ctx.touch("doc", doc.id);
  invalidateDocs(ctx, workspaceId);
  const not_applied: NotApplied[] = [];
  if (sameName(doc.name) !== sameName(name)) {
    not_applied.push({ field: "name", asked: shown(name, 200), is: shown(doc.name, 200) });
  }
  if (parent !== undefined && doc.parent !== undefined && doc.parent.id !== parent.id) {
    not_applied.push({ field: "parent", asked: parent.id, is: doc.parent.id });
  }
  if (content === undefined) {
    return { doc, not_applied };
  }
  const [made] = await runEach(ctx, [content], async (text) => {
    const page = await createPage(ctx.clickup, { id: doc.id, workspaceId }, newPage(name, text));
    return page?.id;
  });
  const page =
    made?.status === "done"
      ? { ...(made.value === undefined ? {} : { id: made.value }), status: "done" as const }
      : { status: made?.status ?? ("not_tried" as const), reason: made?.reason ?? "not reached" };
  return { doc, page, not_applied };
}

function newPage(name: string, content: string) {
  return { name, content, content_format: "text/md" as const };
}

/** One request when the parent is given by id; ClickUp's answer is the read-back. */
export async function createPageWith(
  ctx: ToolContext,
  doc: DocAddress,
  given: { name: string; markdown?: string | undefined; parent_page?: string | undefined },
): Promise<{ page: PageRecord; not_applied: NotApplied[] }> {
  const { name, markdown, parent_page } = given;
  const create = async (parent: string | undefined) =>
    await createPage(ctx.clickup, doc, {
      ...newPage(name, markdown ?? ""),
      ...(parent === undefined ? {} : { parent_page_id: parent }),
    });
  const { made, parent } =
    parent_page === undefined
      ? { made: await create(undefined), parent: undefined }
      : await withPage(ctx, doc, parent_page, "parent_page", async (id) => ({
          made: await create(id),
          parent: id,
        }));
  invalidatePages(ctx, doc);
  const page = made ?? (await lastNamed(ctx, doc, name));
  ctx.touch("page", page.id);
  const misplaced = parent !== undefined && page.parent !== undefined && page.parent !== parent;
  return {
    page,
    not_applied: misplaced
      ? [{ field: "parent_page", asked: parent, ...(page.parent === undefined ? {} : { is: page.parent }) }]
      : [],
  };
}

/** ClickUp may answer without the page: then it is the last of that name. */
async function lastNamed(ctx: ToolContext, doc: DocAddress, name: string): Promise<PageRecord> {
  const pages = await getPageListing(ctx.clickup, doc);
  const found = pages.findLast((one) => one.name === name);
  if (found === undefined) {
    throw unknownOutcome("clickup_document_page_list", 200);
  }
  return { ...found, content: "" };
}

export interface PageUpdate {
  page: PageRecord;
  changes: Change[];
  not_applied: NotApplied[];
  /** Images and mentions the page had before and has no more. */
  removed: string[];
  /** False when the state after the change could not be read. */
  verified: boolean;
}

export interface PageChangeArguments {
  name?: string | undefined;
  markdown?: string | undefined;
  mode?: (typeof EDIT_MODES)[number] | undefined;
}

/** Throws UserInputError when nothing is to be changed. */
export function checkPageChange({ name, markdown, mode }: PageChangeArguments): void {
  if (name === undefined && markdown === undefined) {
    throw new UserInputError("Nothing to change: give name or markdown.");
  }
  if (mode !== undefined && markdown === undefined) {
    throw new UserInputError("mode: it says where markdown goes; give markdown too.", { argument: "mode" });
  }
}

/** Reads the page, changes it, and reads it again: ClickUp answers an edit with nothing. */
export async function updatePageWith(
  ctx: ToolContext,
  doc: DocAddress,
  pageId: string,
  given: PageChangeArguments,
): Promise<PageUpdate> {
  const { name, markdown, mode = "replace" } = given;
  const before = await getPage(ctx.clickup, doc, pageId);
  await editPage(ctx.clickup, doc, pageId, {
    ...(name === undefined ? {} : { name }),
    ...(markdown === undefined
      ? {}
      : { content: markdown, content_edit_mode: mode, content_format: "text/md" }),
  });
  invalidatePages(ctx, doc);
  const after = await readBack(ctx, doc, pageId);
  if (after === undefined) {
    return { page: before, changes: [], not_applied: [], removed: [], verified: false };
  }
  return {
    page: after,
    changes: changesOf(before, after),
    not_applied: notApplied(before, after, { name, markdown, mode }),
    removed: mediaOf(before.content).filter((one) => !after.content.includes(one)),
    verified: true,
  };
}

/** The change is made: when it cannot be read back, that is said instead of an error. */
async function readBack(ctx: ToolContext, doc: DocAddress, pageId: string): Promise<PageRecord | undefined> {
  try {
    return await getPage(ctx.clickup, doc, pageId);
  } catch (error) {
    if (error instanceof ClickUpError || ctx.signal.aborted) {
      return undefined;
    }
    throw error;
  }
}

function changesOf(before: PageRecord, after: PageRecord): Change[] {
  const size = (page: PageRecord) => `${page.content.length} characters`;
  return [
    ...(before.name === after.name ? [] : [{ field: "name", before: before.name, after: after.name }]),
    ...(before.content === after.content
      ? []
      : [{ field: "content", before: size(before), after: size(after) }]),
  ];
}

function notApplied(
  before: PageRecord,
  after: PageRecord,
  asked: { name: string | undefined; markdown: string | undefined; mode: (typeof EDIT_MODES)[number] },
): NotApplied[] {
  const { name, markdown, mode } = asked;
  const missing: NotApplied[] = [];
  if (name !== undefined && sameName(after.name) !== sameName(name)) {
    missing.push({ field: "name", asked: shown(name, 200), is: shown(after.name, 200) });
  }
  // ClickUp writes Markdown in its own way, so only a page that did not change at all is a sure sign.
  const wanted = mode === "replace" ? bare(markdown) !== bare(before.content) : bare(markdown) !== "";
  if (markdown !== undefined && wanted && before.content === after.content) {
    missing.push({ field: "content", asked: `${mode}: ${markdown.length} characters`, is: "unchanged" });
  }
  return missing;
}

/** Text without its white space, in which ClickUp is free. */
function bare(text: string | undefined): string {
  return (text ?? "").replaceAll(/\s+/g, "");
}

const MOST_REMOVED = 20;

/** Images, and links that mention someone or something of ClickUp, as they stand in Markdown. */
function mediaOf(markdown: string): string[] {
  const found = markdown.match(
    /!\[[^\]\n]*\]\([^)\n]*\)|\[@[^\]\n]*\]\([^)\n]*\)|\[[^\]\n]*\]\(#\w+_mention[^)\n]*\)/g,
  );
  return [...new Set(found)].slice(0, MOST_REMOVED);
}
