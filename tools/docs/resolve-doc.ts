/**
 * Finds a Doc by id, URL or name, and a page in it by id, URL, name or path ("Welcome / Deploying"). An id is
 * used as it is; only when ClickUp does not know it are names looked at, since a name may look like an id.
 */
import { cached, peek } from "../kept/cached.ts";
import { getDoc, getPageListing, searchDocs } from "../clickup/docs.ts";
import type { DocAddress, DocRecord, PageNode } from "../clickup/docs.ts";
import { isRefused } from "../clickup/errors.ts";
import type { ToolContext } from "../define.ts";
import { ambiguous, notFound, UserInputError } from "../words/errors.ts";
import { keptPlaceName } from "../resolve/place-name.ts";
import { pathEndsWith, sameName, samePath } from "../words/names.ts";
import { isUrl, parseUrl } from "../resolve/reference.ts";
import { requireWorkspace, usableWorkspaces } from "../resolve/workspace.ts";

const DOCS_AGE_MS = 300_000;
const HOME_AGE_MS = 600_000;
const PAGES_AGE_MS = 300_000;
const MOST_DOC_PAGES = 10;
const DOC_ID = /^[0-9a-z]+-\d+$/;

/**
 * Resolves `value` and runs `use` with the Doc. When `value` is an id ClickUp turns out not to know, it is
 * looked up as a name and `use` runs once more: ClickUp refused the first time, so nothing was done.
 * Throws UserInputError naming `argument` for an unknown or ambiguous name.
 */
export async function withDoc<T>(
  ctx: ToolContext,
  value: string,
  argument: string,
  use: (doc: DocAddress) => Promise<T>,
): Promise<T> {
  const assumed = await assumedDoc(ctx, value, argument);
  if (assumed === undefined) {
    const found = await findDoc(ctx, value, argument);
    ctx.touch("doc", found.id);
    ctx.touch("workspace", found.workspaceId);
    return await use(found);
  }
  ctx.touch("doc", assumed.id);
  ctx.touch("workspace", assumed.workspaceId);
  try {
    return await use(assumed);
  } catch (error) {
    if (!isRefused(error) || isUrl(value)) {
      throw error;
    }
    const found = await findDoc(ctx, value, argument).catch((unknown: unknown) => {
      // What ClickUp forbids is not a wrong name.
      throw error.kind === "not_found" ? unknown : error;
    });
    if (found.id === assumed.id) {
      // The id was right: ClickUp refused something else.
      throw error;
    }
    ctx.touch("doc", found.id);
    ctx.touch("workspace", found.workspaceId);
    return await use(found);
  }
}

/** What the text points at when it is a URL or may be an id: no request unless there are several Workspaces. */
async function assumedDoc(
  ctx: ToolContext,
  value: string,
  argument: string,
): Promise<DocAddress | undefined> {
  const url = parseUrl(value);
  if (url?.kind === "doc" && url.workspaceId !== undefined) {
    requireWorkspace(ctx, url.workspaceId);
    return { id: url.id, workspaceId: url.workspaceId };
  }
  if (isUrl(value)) {
    const what = url === undefined ? "not a link to ClickUp" : `a link to a ${url.kind}`;
    throw new UserInputError(`${argument}: that is ${what}, not to a doc.`, { argument });
  }
  return DOC_ID.test(value) ? await homeOf(ctx, value) : undefined;
}

/** A Doc is addressed through its Workspace: the only one, the one kept for it, or the first that knows it. */
async function homeOf(ctx: ToolContext, id: string): Promise<DocAddress | undefined> {
  const workspaces = usableWorkspaces(ctx);
  const kept = peek<string>(ctx, `doc-home:${id}`, HOME_AGE_MS);
  const known = workspaces.find((one) => one.id === kept);
  if (known !== undefined) {
    return { id, workspaceId: known.id };
  }
  const [first, ...others] = workspaces;
  if (first !== undefined && others.length === 0) {
    return { id, workspaceId: first.id };
  }
  for (const { id: workspaceId } of workspaces) {
    if (await knows(ctx, { id, workspaceId })) {
      await cached(ctx, `doc-home:${id}`, { ttl_ms: HOME_AGE_MS, maxAge_ms: 0 }, () =>
        Promise.resolve(workspaceId),
      );
      return { id, workspaceId };
    }
  }
  return undefined;
}

async function knows(ctx: ToolContext, doc: DocAddress): Promise<boolean> {
  try {
    await getDoc(ctx.clickup, doc);
    return true;
  } catch (error) {
    if (isRefused(error)) {
      return false;
    }
    throw error;
  }
}

/** By id or name among the Docs of each Workspace, the default one first. Archived Docs need an id. */
async function findDoc(ctx: ToolContext, value: string, argument: string): Promise<DocAddress> {
  const known: DocRecord[] = [];
  let complete = true;
  for (const { id: workspaceId } of usableWorkspaces(ctx)) {
    let loaded = await loadDocs(ctx, workspaceId, DOCS_AGE_MS);
    if (matchDocs(loaded.docs, value).length === 0 && !loaded.fresh) {
      loaded = await loadDocs(ctx, workspaceId, 0);
    }
    const found = matchDocs(loaded.docs, value);
    if (found.length > 1) {
      throw ambiguous(
        "doc",
        value,
        found.map((one) => docCandidate(ctx, one)),
        argument,
      );
    }
    if (found[0] !== undefined) {
      return { id: found[0].id, workspaceId };
    }
    known.push(...loaded.docs);
    complete &&= loaded.complete;
  }
  const where = complete ? "" : ` among the first ${known.length} docs (others need an id or URL)`;
  throw notFound(
    "doc",
    value,
    known.map((one) => docCandidate(ctx, one)),
    argument,
    where,
  );
}

function matchDocs(docs: readonly DocRecord[], value: string): DocRecord[] {
  const byId = docs.filter((one) => one.id === value);
  return byId.length > 0 ? byId : docs.filter((one) => sameName(one.name) === sameName(value));
}

function docCandidate(ctx: ToolContext, doc: DocRecord) {
  const place = doc.parent === undefined ? undefined : (keptPlaceName(ctx, doc.parent) ?? doc.parent.kind);
  return { id: doc.id, name: doc.name, path: place === undefined ? doc.name : `${place} / ${doc.name}` };
}

/** Names of the Docs of a Workspace, at most 1,000, kept for a while. */
async function loadDocs(
  ctx: ToolContext,
  workspaceId: string,
  maxAge_ms: number,
): Promise<{ docs: DocRecord[]; complete: boolean; fresh: boolean }> {
  const { value, fresh } = await cached(
    ctx,
    `docs:${workspaceId}`,
    { ttl_ms: DOCS_AGE_MS, maxAge_ms },
    async () => await readDocs(ctx, workspaceId),
  );
  return { ...value, fresh };
}

async function readDocs(ctx: ToolContext, workspaceId: string) {
  const docs: DocRecord[] = [];
  let cursor: string | undefined;
  for (let page = 0; page < MOST_DOC_PAGES; page += 1) {
    const answer = await searchDocs(ctx.clickup, workspaceId, { limit: 100, cursor });
    docs.push(...answer.docs);
    cursor = answer.next_cursor;
    if (cursor === undefined) {
      return { docs, complete: true };
    }
  }
  return { docs, complete: false };
}

/** Forgets the names of a Workspace's Docs. Call it after a Doc was made. */
export function invalidateDocs(ctx: ToolContext, workspaceId: string): void {
  ctx.cache.drop(`docs:${workspaceId}`);
}

/** Forgets the pages of a Doc. Call it after a page was made or renamed. */
export function invalidatePages(ctx: ToolContext, doc: DocAddress): void {
  ctx.cache.drop(`pages:${doc.id}`);
}

/** As `withDoc`, for a page of a known Doc. */
export async function withPage<T>(
  ctx: ToolContext,
  doc: DocAddress,
  value: string,
  argument: string,
  use: (pageId: string) => Promise<T>,
): Promise<T> {
  const assumed = pageOfUrl(value, argument) ?? (DOC_ID.test(value) ? value : undefined);
  if (assumed === undefined) {
    const page = await findPage(ctx, doc, value, argument);
    ctx.touch("page", page);
    return await use(page);
  }
  ctx.touch("page", assumed);
  try {
    return await use(assumed);
  } catch (error) {
    if (!isRefused(error)) {
      throw error;
    }
    const page = await findPage(ctx, doc, isUrl(value) ? assumed : value, argument);
    if (page === assumed) {
      throw error;
    }
    ctx.touch("page", page);
    return await use(page);
  }
}

/** …/v/dc/DOC/PAGE or …/docs/DOC/PAGE. */
function pageOfUrl(value: string, argument: string): string | undefined {
  if (!isUrl(value)) {
    return undefined;
  }
  const doc = parseUrl(value);
  const parts = URL.canParse(value) ? new URL(value).pathname.split("/") : [];
  const page = doc?.kind === "doc" ? parts[parts.indexOf(doc.id) + 1] : undefined;
  if (page === undefined || !DOC_ID.test(page)) {
    throw new UserInputError(`${argument}: that is not a link to a page of a doc.`, { argument });
  }
  return page;
}

async function findPage(ctx: ToolContext, doc: DocAddress, value: string, argument: string): Promise<string> {
  let { pages, fresh } = await loadPages(ctx, doc, PAGES_AGE_MS);
  if (matchPages(pages, value).length === 0 && !fresh) {
    ({ pages, fresh } = await loadPages(ctx, doc, 0));
  }
  const found = matchPages(pages, value);
  if (found.length > 1) {
    throw ambiguous("page", value, found.map(pageCandidate(pages)), argument);
  }
  if (found[0] === undefined) {
    throw notFound("page", value, pages.map(pageCandidate(pages)), argument, " in the doc");
  }
  return found[0].id;
}

async function loadPages(
  ctx: ToolContext,
  doc: DocAddress,
  maxAge_ms: number,
): Promise<{ pages: PageNode[]; fresh: boolean }> {
  const { value, fresh } = await cached(
    ctx,
    `pages:${doc.id}`,
    { ttl_ms: PAGES_AGE_MS, maxAge_ms },
    async () => await getPageListing(ctx.clickup, doc),
  );
  return { pages: value, fresh };
}

function matchPages(pages: readonly PageNode[], value: string): PageNode[] {
  const byId = pages.filter((one) => one.id === value);
  if (byId.length > 0) {
    return byId;
  }
  const byName = pages.filter((one) => sameName(one.name) === sameName(value));
  if (byName.length > 0) {
    return byName;
  }
  const path = samePath(value);
  return path.includes("/") ? pages.filter((one) => pathEndsWith(samePath(pagePath(pages, one)), path)) : [];
}

function pagePath(pages: readonly PageNode[], page: PageNode): string {
  const names = [page.name];
  let above = pages.find((one) => one.id === page.parent);
  // An answer that names a page its own ancestor must not hang the call.
  for (let step = 0; above !== undefined && step < pages.length; step += 1) {
    names.unshift(above.name);
    const { parent } = above;
    above = pages.find((one) => one.id === parent);
  }
  return names.join(" / ");
}

function pageCandidate(pages: readonly PageNode[]) {
  return (page: PageNode) => ({ id: page.id, name: page.name, path: pagePath(pages, page) });
}
