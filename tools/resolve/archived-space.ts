/** Finds a Space whether it is archived or not: the kept hierarchy holds live ones only. */
import type { ToolContext } from "../define.ts";
import { ambiguous, notFound } from "../words/errors.ts";
import { LISTING_AGE_MS, loadSpaces } from "./hierarchy.ts";
import type { SpaceNode } from "./hierarchy.ts";
import { isUrl, parseUrl } from "./reference.ts";
import { match, withPlace } from "./place.ts";
import type { KnownPlace, Place } from "./place.ts";
import { seesSomeWorkspaces, usableWorkspaces } from "./workspace.ts";

/**
 * As `withPlace` for Spaces, archived ones first: for what only makes sense with an archived one. Names, and
 * ids of a device that may use only some Workspaces, cost two requests a Workspace.
 */
export async function withArchivedSpace<T>(
  ctx: ToolContext,
  value: string,
  argument: string,
  use: (place: Place) => Promise<T>,
): Promise<T> {
  const url = parseUrl(value);
  const id = url?.kind === "space" ? url.id : /^\d+$/.test(value) ? value : undefined;
  const wrongLink = isUrl(value) && id === undefined;
  if (wrongLink || (id !== undefined && !seesSomeWorkspaces(ctx))) {
    return await withPlace(ctx, "space", value, argument, use);
  }
  const places: (KnownPlace & { archived: boolean })[] = [];
  for (const workspace of usableWorkspaces(ctx)) {
    const spaces = await loadSpaces(ctx, workspace, { maxAge_ms: LISTING_AGE_MS, archived: true });
    places.push(...spaces.map((space) => knownSpace(space, workspace)));
  }
  const found = match(places, id ?? value) as typeof places;
  const archived = found.filter((one) => one.archived);
  const [only, second] = archived.length > 0 ? archived : found;
  if (only === undefined) {
    throw notFound("space", value, places, argument);
  }
  if (second !== undefined) {
    throw ambiguous("space", value, found, argument);
  }
  ctx.touch("space", only.id);
  return await use(only);
}

function knownSpace(space: SpaceNode, workspace: { id: string; name: string }) {
  return {
    kind: "space" as const,
    id: space.id,
    name: space.name,
    path: space.name,
    workspaceId: workspace.id,
    workspaceName: workspace.name,
    space: { id: space.id, name: space.name },
    archived: space.archived === true,
  };
}
