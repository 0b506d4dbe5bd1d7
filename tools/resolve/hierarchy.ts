/**
 * The Spaces, Folders and Lists of a Workspace, read once and kept: 1 + 2 × spaces requests when cold
 * (GET folders brings their Lists along), none while kept. Writes of our own tools drop it. More Spaces than a minute's
 * requests allow are read over several calls: what was read stays, and the next call goes on from there.
 */
import { cached, keep, peek } from "../kept/cached.ts";
import { ClickUpError, isRefused } from "../clickup/errors.ts";
import { getFolderlessLists, getFolders, getSpaces } from "../clickup/hierarchy.ts";
import type { FolderRecord, ListRecord, SpaceRecord } from "../clickup/hierarchy.ts";
import type { ToolContext, Workspace } from "../define.ts";
import { sameName } from "../words/names.ts";

export interface ListNode {
  id: string;
  name: string;
  archived?: true;
}

export interface FolderNode extends ListNode {
  lists: ListNode[];
}

export interface SpaceNode extends ListNode {
  folders: FolderNode[];
  /** Lists directly in the Space. */
  lists: ListNode[];
  /** ClickUp refused to show what is inside. */
  unreadable?: true;
}

export interface Hierarchy {
  workspace: Workspace;
  spaces: SpaceNode[];
}

/** How old a hierarchy may be when a person asks to see it. */
export const LISTING_AGE_MS = 60_000;
/** How old it may be to find a name in; a name that is not found is looked up afresh. */
export const RESOLVING_AGE_MS = 300_000;

export interface HierarchyOptions {
  maxAge_ms: number;
  /** Archived Spaces, Folders and Lists too; costs as many requests again. */
  archived?: boolean;
}

/** The whole tree. `fresh` tells that it was read just now. */
export async function loadHierarchy(
  ctx: ToolContext,
  workspace: Workspace,
  options: HierarchyOptions,
): Promise<{ hierarchy: Hierarchy; fresh: boolean }> {
  const archived = options.archived ?? false;
  const { value, fresh } = await cached(
    ctx,
    treeKey(workspace.id, archived),
    { ttl_ms: RESOLVING_AGE_MS, maxAge_ms: options.maxAge_ms },
    async () => await readTree(ctx, workspace, options),
  );
  return { hierarchy: { workspace, spaces: value }, fresh };
}

/** The tree when it is kept and not older than `maxAge_ms`. */
export function keptHierarchy(
  ctx: ToolContext,
  workspace: Workspace,
  maxAge_ms: number,
): Hierarchy | undefined {
  const spaces = peek<SpaceNode[]>(ctx, treeKey(workspace.id, false), maxAge_ms);
  return spaces === undefined ? undefined : { workspace, spaces };
}

/** The Spaces alone: one request (two with archived ones), or none when kept. */
export async function loadSpaces(
  ctx: ToolContext,
  workspace: Workspace,
  options: HierarchyOptions,
): Promise<SpaceNode[]> {
  const archived = options.archived ?? false;
  const tree = peek<SpaceNode[]>(ctx, treeKey(workspace.id, archived), options.maxAge_ms);
  if (tree !== undefined) {
    return tree;
  }
  const { value } = await cached(
    ctx,
    `hierarchy:${workspace.id}:spaces${archived ? "+archived" : ""}`,
    { ttl_ms: LISTING_AGE_MS, maxAge_ms: options.maxAge_ms },
    async () => {
      const lists = await Promise.all(
        kinds(archived).map((one) => getSpaces(ctx.clickup, workspace.id, one)),
      );
      return merge(lists.flat()).map(spaceNode);
    },
  );
  return value;
}

/** Forgets what is known of a Workspace; of all when the Workspace is not known. Call it after every write to it. */
export function invalidateHierarchy(ctx: ToolContext, workspaceId?: string): void {
  ctx.cache.drop(workspaceId === undefined ? "hierarchy:" : `hierarchy:${workspaceId}:`);
}

function treeKey(workspaceId: string, archived: boolean): string {
  return `hierarchy:${workspaceId}:tree${archived ? "+archived" : ""}`;
}

async function readTree(
  ctx: ToolContext,
  workspace: Workspace,
  options: HierarchyOptions,
): Promise<SpaceNode[]> {
  const archived = options.archived ?? false;
  const spaces = await loadSpaces(ctx, workspace, options);
  const read = new Map(readSpaces(ctx, workspace.id, archived).map((one) => [one.id, one]));
  const missing = spaces.filter((space) => !read.has(space.id));
  for (let at = 0; at < missing.length; at += AT_ONCE) {
    const some = missing.slice(at, at + AT_ONCE).map((space) => readSpaceTree(ctx, space, archived));
    // All of them end before an error leaves: nothing is sent after the answer.
    const ended = await Promise.allSettled(some);
    for (const one of ended) {
      if (one.status === "fulfilled") {
        read.set(one.value.id, one.value);
      }
    }
    const failed = ended.find((one) => one.status === "rejected");
    if (failed !== undefined) {
      keepSpaces(ctx, workspace.id, archived, [...read.values()]);
      throw howFar(failed.reason, read.size, spaces.length);
    }
  }
  // Without those that were deleted since.
  return spaces.map((space) => read.get(space.id) ?? space);
}

/** Spaces that are read together: two requests each, and four run at once. */
const AT_ONCE = 2;

const partKey = (workspaceId: string, archived: boolean) =>
  `hierarchy:${workspaceId}:part${archived ? "+archived" : ""}`;

/** Spaces of a tree that could not be read to its end, or of which one was asked for by name. */
function readSpaces(ctx: ToolContext, workspaceId: string, archived: boolean): SpaceNode[] {
  return peek<SpaceNode[]>(ctx, partKey(workspaceId, archived), RESOLVING_AGE_MS) ?? [];
}

function keepSpaces(ctx: ToolContext, workspaceId: string, archived: boolean, spaces: SpaceNode[]): void {
  keep(ctx, partKey(workspaceId, archived), spaces, RESOLVING_AGE_MS);
}

/** A refusal for the number of requests, with how far the reading came; any other error as it is. */
function howFar(error: unknown, read: number, all: number): unknown {
  if (!(error instanceof ClickUpError) || error.kind !== "rate_limited" || read === 0) {
    return error;
  }
  return new ClickUpError(
    "rate_limited",
    `ClickUp's request limit is used up with ${read} of ${all} Spaces read; they are kept. Call again in ${error.retry_after_s ?? 60} s to go on, or name the place by its path ("Space / List") or id.`,
    {
      status: error.status,
      ...(error.retry_after_s === undefined ? {} : { retry_after_s: error.retry_after_s }),
    },
  );
}

/**
 * One Space with what is in it, when the whole tree is not kept: three requests at most, for a place named by its path.
 * Undefined when no Space of the Workspace has that name.
 */
export async function loadNamedSpace(
  ctx: ToolContext,
  workspace: Workspace,
  name: string,
): Promise<Hierarchy | undefined> {
  const spaces = await loadSpaces(ctx, workspace, { maxAge_ms: RESOLVING_AGE_MS });
  const [space, second] = spaces.filter((one) => sameName(one.name) === sameName(name));
  if (space === undefined || second !== undefined) {
    return undefined;
  }
  const kept = readSpaces(ctx, workspace.id, false);
  const known = kept.find((one) => one.id === space.id);
  if (known !== undefined) {
    return { workspace, spaces: [known] };
  }
  const read = await readSpaceTree(ctx, space, false);
  keepSpaces(ctx, workspace.id, false, [...kept, read]);
  return { workspace, spaces: [read] };
}

async function readSpaceTree(ctx: ToolContext, space: SpaceNode, archived: boolean): Promise<SpaceNode> {
  try {
    const [folders, lists] = await Promise.all([
      Promise.all(kinds(archived).map((one) => getFolders(ctx.clickup, space.id, one))),
      Promise.all(kinds(archived).map((one) => getFolderlessLists(ctx.clickup, space.id, one))),
    ]);
    return {
      ...space,
      folders: merge(folders.flat()).map(folderNode),
      lists: merge(lists.flat()).map(listNode),
    };
  } catch (error) {
    // One Space that may not be read does not hide the others.
    if (isRefused(error)) {
      return { ...space, unreadable: true };
    }
    throw error;
  }
}

/** ClickUp answers live and archived things to separate requests. */
function kinds(archived: boolean): boolean[] {
  return archived ? [false, true] : [false];
}

function merge<T extends { id: string }>(records: T[]): T[] {
  return [...new Map(records.map((one) => [one.id, one])).values()];
}

function listNode(list: ListRecord): ListNode {
  return { id: list.id, name: list.name, ...(list.archived ? { archived: true as const } : {}) };
}

function folderNode(folder: FolderRecord): FolderNode {
  return {
    id: folder.id,
    name: folder.name,
    ...(folder.archived ? { archived: true as const } : {}),
    lists: folder.lists.map(listNode),
  };
}

function spaceNode(space: SpaceRecord): SpaceNode {
  return {
    id: space.id,
    name: space.name,
    ...(space.archived ? { archived: true as const } : {}),
    folders: [],
    lists: [],
  };
}

/** The name of a Space when some kept hierarchy knows it, without a request. */
export function knownSpaceName(ctx: ToolContext, spaceId: string): string | undefined {
  for (const workspace of ctx.user.workspaces) {
    const spaces =
      keptHierarchy(ctx, workspace, RESOLVING_AGE_MS)?.spaces ??
      peek<SpaceNode[]>(ctx, `hierarchy:${workspace.id}:spaces`, RESOLVING_AGE_MS);
    const found = spaces?.find((space) => space.id === spaceId);
    if (found !== undefined) {
      return found.name;
    }
  }
  return undefined;
}
