/**
 * A Workspace, Space, Folder or List that an argument names without saying which: by URL, id, name or path, or
 * with its kind before it ("space: Product").
 */
import type { ToolContext } from "../define.ts";
import { ambiguous, notFound, UserInputError } from "../words/errors.ts";
import { loadHierarchy, RESOLVING_AGE_MS } from "./hierarchy.ts";
import { sameName } from "../words/names.ts";
import { isUrl, parseUrl } from "./reference.ts";
import { findPlace, match, placesOf } from "./place.ts";
import type { KnownPlace, PlaceKind } from "./place.ts";
import { requireWorkspace, resolveWorkspace, usableWorkspaces } from "./workspace.ts";

export interface AnyPlace {
  kind: "workspace" | PlaceKind;
  id: string;
  workspaceId: string;
}

const KINDS = ["space", "folder", "list"] as const;

/** Throws UserInputError naming `argument` for what is unknown or ambiguous. */
export async function resolveAnyPlace(ctx: ToolContext, value: string, argument: string): Promise<AnyPlace> {
  const url = parseUrl(value);
  if (isUrl(value)) {
    return fromUrl(ctx, url, argument);
  }
  const [, kind, rest] = /^(workspace|space|folder|list)\s*:\s*(.+)$/i.exec(value) ?? [];
  if (rest !== undefined && kind !== undefined) {
    return await ofKind(ctx, kind.toLowerCase() as AnyPlace["kind"], rest, argument);
  }
  const workspace = usableWorkspaces(ctx).find(
    (one) => one.id === value || sameName(one.name) === sameName(value),
  );
  if (workspace !== undefined) {
    return admit(ctx, { kind: "workspace", id: workspace.id, workspaceId: workspace.id });
  }
  return admit(ctx, await search(ctx, value, argument));
}

function fromUrl(ctx: ToolContext, url: ReturnType<typeof parseUrl>, argument: string): AnyPlace {
  const workspaceId = url?.kind === "workspace" ? url.id : url?.workspaceId;
  if (url === undefined || workspaceId === undefined || url.kind === "task" || url.kind === "doc") {
    const what = url === undefined ? "not a link to ClickUp" : `a link to a ${url.kind}`;
    throw new UserInputError(`${argument}: that is ${what}, not to a workspace, space, folder or list.`, {
      argument,
    });
  }
  requireWorkspace(ctx, workspaceId);
  return admit(ctx, { kind: url.kind, id: url.id, workspaceId });
}

async function ofKind(
  ctx: ToolContext,
  kind: AnyPlace["kind"],
  value: string,
  argument: string,
): Promise<AnyPlace> {
  if (kind === "workspace") {
    const { id } = resolveWorkspace(ctx, value, argument);
    return { kind, id, workspaceId: id };
  }
  const place = await findPlace(ctx, kind, value, argument);
  return admit(ctx, { kind, id: place.id, workspaceId: place.workspaceId });
}

/** In the kept hierarchies first, then in fresh ones: what was made since is not in a kept one. */
async function search(ctx: ToolContext, value: string, argument: string): Promise<AnyPlace> {
  let known: KnownPlace[] = [];
  for (const maxAge_ms of [RESOLVING_AGE_MS, 0]) {
    const loaded = await Promise.all(
      usableWorkspaces(ctx).map(async (one) => await loadHierarchy(ctx, one, { maxAge_ms })),
    );
    known = loaded.flatMap(({ hierarchy }) => KINDS.flatMap((kind) => placesOf(hierarchy, kind)));
    const [found, second] = match(known, value);
    if (found !== undefined && second !== undefined) {
      const candidates = match(known, value).map((one) => ({ ...one, path: `${one.kind}: ${one.path}` }));
      throw ambiguous("place", value, candidates, argument);
    }
    if (found !== undefined) {
      return { kind: found.kind, id: found.id, workspaceId: found.workspaceId };
    }
    if (loaded.every(({ fresh }) => fresh)) {
      break;
    }
  }
  throw notFound("workspace, space, folder or list", value, known, argument);
}

function admit(ctx: ToolContext, place: AnyPlace): AnyPlace {
  ctx.touch(place.kind, place.id);
  ctx.touch("workspace", place.workspaceId);
  return place;
}
