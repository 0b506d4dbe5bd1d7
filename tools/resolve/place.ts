/**
 * Finds a Space, Folder or List by id, URL, name or path ("Product / Sprint 12") through the kept
 * hierarchy. An id is used as it is, without reading the hierarchy; only when ClickUp does not know it,
 * or the device may use only some Workspaces, is the hierarchy read.
 */
import { isUnknownId } from "../clickup/errors.ts";
import type { ToolContext } from "../define.ts";
import { ambiguous, candidateText, notFound, UserInputError } from "../words/errors.ts";
import { keptHierarchy, loadHierarchy, loadNamedSpace, RESOLVING_AGE_MS } from "./hierarchy.ts";
import type { Hierarchy, SpaceNode } from "./hierarchy.ts";
import { foldedName, pathEndsWith, sameName, samePath } from "../words/names.ts";
import { isUrl, parseUrl } from "./reference.ts";
import { seesSomeWorkspaces, requireWorkspace, usableWorkspaces } from "./workspace.ts";

export type PlaceKind = "space" | "folder" | "list";
const KINDS: readonly PlaceKind[] = ["space", "folder", "list"];

export interface Place {
  kind: PlaceKind;
  id: string;
  /** Absent for an id that was taken as it is. */
  name?: string;
  /** "Product / Mobile / Sprint 12" */
  path?: string;
  workspaceId?: string;
  space?: { id: string; name: string };
  folder?: { id: string; name: string };
}

/** A place that is known with all it lies in. */
export interface KnownPlace extends Place {
  name: string;
  path: string;
  workspaceId: string;
  workspaceName: string;
  space: { id: string; name: string };
}

/**
 * Resolves `value` and runs `use` with the place. When `value` is an id ClickUp turns out not to know,
 * it is looked up as a name and `use` runs once more: ClickUp refused the first time, so nothing was done.
 * Throws UserInputError naming `argument` for an unknown or ambiguous name.
 */
export async function withPlace<T>(
  ctx: ToolContext,
  kind: PlaceKind,
  value: string,
  argument: string,
  use: (place: Place) => Promise<T>,
): Promise<T> {
  const reference = readReference(ctx, kind, value, argument);
  const known = reference.id === undefined ? undefined : findKept(ctx, kind, reference.id);
  if (reference.id === undefined || known !== undefined || seesSomeWorkspaces(ctx)) {
    const place = known ?? (await findPlace(ctx, kind, reference.id ?? value, argument));
    note(ctx, place);
    return await use(place);
  }
  const assumed: Place = {
    kind,
    id: reference.id,
    ...(reference.workspaceId === undefined ? {} : { workspaceId: reference.workspaceId }),
  };
  note(ctx, assumed);
  try {
    return await use(assumed);
  } catch (error) {
    if (!isUnknownId(error)) {
      throw error;
    }
    const place = await findPlace(ctx, kind, reference.id, argument);
    if (place.id === assumed.id) {
      // The id was right: ClickUp refused something else.
      throw error;
    }
    note(ctx, place);
    return await use(place);
  }
}

/** For the journal: the place, and the Workspace it is in, without which no address in ClickUp leads to it. */
function note(ctx: ToolContext, { kind, id, workspaceId }: Place): void {
  ctx.touch(kind, id);
  if (workspaceId !== undefined) ctx.touch("workspace", workspaceId);
}

function readReference(
  ctx: ToolContext,
  kind: PlaceKind,
  value: string,
  argument: string,
): { id?: string; workspaceId?: string } {
  const url = parseUrl(value);
  if (url !== undefined && url.kind === kind) {
    requireWorkspace(ctx, url.workspaceId);
    return { id: url.id, ...(url.workspaceId === undefined ? {} : { workspaceId: url.workspaceId }) };
  }
  if (isUrl(value)) {
    const what = url === undefined ? "not a link to ClickUp" : `a link to a ${url.kind}`;
    throw new UserInputError(`${argument}: that is ${what}, not to a ${kind}.`, { argument });
  }
  return /^\d+$/.test(value) ? { id: value } : {};
}

/** A place by id, or with the id as its name, in the hierarchies that are kept: no request. */
function findKept(ctx: ToolContext, kind: PlaceKind, id: string): KnownPlace | undefined {
  for (const workspace of ctx.user.workspaces) {
    const hierarchy = keptHierarchy(ctx, workspace, RESOLVING_AGE_MS);
    const [found, second] = hierarchy === undefined ? [] : match(placesOf(hierarchy, kind), id);
    if (found !== undefined && second === undefined) {
      return found;
    }
  }
  return undefined;
}

/** A place by id, name or path, in the default Workspace first, then in the others. */
export async function findPlace(
  ctx: ToolContext,
  kind: PlaceKind,
  value: string,
  argument: string,
): Promise<KnownPlace> {
  const named = await inNamedSpace(ctx, kind, value);
  if (named !== undefined) {
    return named;
  }
  const kept = await search(ctx, kind, value, argument, RESOLVING_AGE_MS);
  if ("place" in kept) {
    return kept.place;
  }
  // What was made in ClickUp since is not in a kept hierarchy.
  const seen = kept.stale ? await search(ctx, kind, value, argument, 0) : kept;
  if ("place" in seen) {
    return seen.place;
  }
  const other = otherKind(ctx, kind, value);
  if (other !== undefined) {
    throw new UserInputError(
      `${argument}: ${candidateText(other)} is a ${other.kind}, not a ${kind}.${INSTEAD[`${kind}<${other.kind}`] ?? ""}`,
      { argument },
    );
  }
  throw notFound(kind, value, seen.known, argument);
}

/** Where a List is to be made, both kinds of place have a tool of their own. */
const INSTEAD: Readonly<Record<string, string>> = {
  "space<folder": " A List in a Folder is made by clickup_list_create_in_folder.",
  "folder<space": " A List directly in a Space is made by clickup_list_create.",
};

/** The place of another kind that has the name, in the hierarchies just looked through. */
function otherKind(ctx: ToolContext, kind: PlaceKind, value: string): KnownPlace | undefined {
  for (const workspace of usableWorkspaces(ctx)) {
    const hierarchy = keptHierarchy(ctx, workspace, RESOLVING_AGE_MS);
    for (const other of KINDS.filter((one) => one !== kind)) {
      const [found] = hierarchy === undefined ? [] : match(placesOf(hierarchy, other), value);
      if (found !== undefined) {
        return found;
      }
    }
  }
  return undefined;
}

/** A place of a path that begins with a Space, without reading the other Spaces. Undefined where it is not that plain. */
async function inNamedSpace(
  ctx: ToolContext,
  kind: PlaceKind,
  value: string,
): Promise<KnownPlace | undefined> {
  const [spaceName = "", ...rest] = samePath(value).split("/");
  const workspaces = usableWorkspaces(ctx);
  const [workspace, second] = workspaces;
  const unread = workspace !== undefined && keptHierarchy(ctx, workspace, RESOLVING_AGE_MS) === undefined;
  if (kind === "space" || rest.length === 0 || second !== undefined || !unread) {
    return undefined;
  }
  const hierarchy = await loadNamedSpace(ctx, workspace, spaceName);
  const [found, another] = hierarchy === undefined ? [] : match(listPlaces(hierarchy, kind), value);
  return another === undefined ? found : undefined;
}

async function search(
  ctx: ToolContext,
  kind: PlaceKind,
  value: string,
  argument: string,
  maxAge_ms: number,
): Promise<{ place: KnownPlace } | { known: KnownPlace[]; stale: boolean }> {
  const groups = workspaceGroups(ctx);
  const known: KnownPlace[] = [];
  let stale = false;
  for (const group of groups) {
    const loaded = await Promise.all(group.map((one) => loadHierarchy(ctx, one, { maxAge_ms })));
    stale ||= loaded.some(({ fresh }) => !fresh);
    const lists = loaded.map(({ hierarchy }) => placesOf(hierarchy, kind));
    // The places of one kept Workspace are the same ones from call to call, and so is their index.
    const [places = []] = lists.length === 1 ? lists : [lists.flat()];
    const found = match(places, value);
    if (found.length > 1) {
      throw ambiguous(kind, value, withWorkspaces(found), argument);
    }
    if (found[0] !== undefined) {
      return { place: found[0] };
    }
    known.push(...places);
  }
  return { known, stale };
}

/** The default Workspace alone, then the rest; without a default all at once. */
function workspaceGroups(ctx: ToolContext) {
  const [first, ...rest] = usableWorkspaces(ctx);
  if (first === undefined) {
    return [];
  }
  return first.id === ctx.user.defaultWorkspaceId && rest.length > 0 ? [[first], rest] : [[first, ...rest]];
}

interface Index {
  ids: ReadonlyMap<string, KnownPlace[]>;
  /** By the form names are compared in; made when it is first needed. */
  names?: ReadonlyMap<string, KnownPlace[]>;
}

/** Of places looked through before: a kept hierarchy's are the same ones from call to call. */
const indexes = new WeakMap<readonly KnownPlace[], Index>();

/** By id, else by whole name, else by the end of the path, else by the name without accents. */
export function match(places: readonly KnownPlace[], value: string): readonly KnownPlace[] {
  const index = indexes.get(places) ?? { ids: grouped(places, ({ id }) => id) };
  indexes.set(places, index);
  const byId = index.ids.get(value);
  if (byId !== undefined) {
    return byId;
  }
  index.names ??= grouped(places, (one) => sameName(one.name));
  const byName = index.names.get(sameName(value));
  if (byName !== undefined) {
    return byName;
  }
  const path = samePath(value);
  if (path.includes("/")) {
    return places.filter((one) => pathEndsWith(samePath(`${one.workspaceName}/${one.path}`), path));
  }
  const folded = foldedName(value);
  return places.filter((one) => foldedName(one.name) === folded);
}

function grouped(
  places: readonly KnownPlace[],
  keyOf: (place: KnownPlace) => string,
): ReadonlyMap<string, KnownPlace[]> {
  const groups = new Map<string, KnownPlace[]>();
  for (const place of places) {
    const key = keyOf(place);
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, [place]);
    } else {
      group.push(place);
    }
  }
  return groups;
}

/** Of hierarchies listed before, by kind and the name their Workspace had. */
const listed = new WeakMap<readonly SpaceNode[], Map<string, readonly KnownPlace[]>>();

/** Every Space, Folder or List of a hierarchy, with where it lies. */
export function placesOf(hierarchy: Hierarchy, kind: PlaceKind): readonly KnownPlace[] {
  const { workspace, spaces } = hierarchy;
  const known = listed.get(spaces) ?? new Map<string, readonly KnownPlace[]>();
  listed.set(spaces, known);
  const key = `${kind} ${workspace.id} ${workspace.name}`;
  const places = known.get(key) ?? listPlaces(hierarchy, kind);
  known.set(key, places);
  return places;
}

function listPlaces({ workspace, spaces }: Hierarchy, kind: PlaceKind): KnownPlace[] {
  return spaces.flatMap((space): KnownPlace[] => {
    const base = {
      workspaceId: workspace.id,
      workspaceName: workspace.name,
      space: { id: space.id, name: space.name },
    };
    if (kind === "space") {
      return [{ ...base, kind, id: space.id, name: space.name, path: space.name }];
    }
    if (kind === "folder") {
      return space.folders.map((folder) => ({
        ...base,
        kind,
        id: folder.id,
        name: folder.name,
        path: joinPath(space.name, folder.name),
      }));
    }
    const direct = space.lists.map((list) => ({
      ...base,
      kind,
      id: list.id,
      name: list.name,
      path: joinPath(space.name, list.name),
    }));
    const foldered = space.folders.flatMap((folder) =>
      folder.lists.map((list) => ({
        ...base,
        kind,
        id: list.id,
        name: list.name,
        folder: { id: folder.id, name: folder.name },
        path: joinPath(space.name, folder.name, list.name),
      })),
    );
    return [...direct, ...foldered];
  });
}

/** Paths begin with the Workspace where the candidates lie in several. */
function withWorkspaces(found: readonly KnownPlace[]): readonly KnownPlace[] {
  const several = new Set(found.map((one) => one.workspaceId)).size > 1;
  return several ? found.map((one) => ({ ...one, path: joinPath(one.workspaceName, one.path) })) : found;
}

function joinPath(...names: string[]): string {
  return names.join(" / ");
}
