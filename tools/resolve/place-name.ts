/** Names of places as far as a kept hierarchy knows them: no request. */
import type { DocParent } from "../clickup/docs.ts";
import type { ToolContext } from "../define.ts";
import { keptHierarchy, RESOLVING_AGE_MS } from "./hierarchy.ts";
import { placesOf } from "./place.ts";

export function keptPlaceName(ctx: ToolContext, place: DocParent): string | undefined {
  const { kind, id } = place;
  if (kind === undefined || kind === "everything" || kind === "workspace") {
    return ctx.user.workspaces.find((one) => one.id === id)?.name;
  }
  for (const workspace of ctx.user.workspaces) {
    const hierarchy = keptHierarchy(ctx, workspace, RESOLVING_AGE_MS);
    const found =
      hierarchy === undefined ? undefined : placesOf(hierarchy, kind).find((one) => one.id === id);
    if (found !== undefined) {
      return found.name;
    }
  }
  return undefined;
}
