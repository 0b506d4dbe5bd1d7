/** A List or Folder that is not deleted: ClickUp takes writes to deleted ones, and nobody sees what they made. */
import { getFolder, getList } from "../clickup/hierarchy.ts";
import type { ToolContext } from "../define.ts";
import { cached } from "../kept/cached.ts";
import { RESOLVING_AGE_MS } from "./hierarchy.ts";
import type { Place } from "./place.ts";

/**
 * Call before something is made in a place. No request for one that the kept hierarchy knows, which has no deleted
 * ones; else one, kept as long. Throws ClickUpError of kind "deleted".
 */
export async function requireLiving(ctx: ToolContext, place: Place): Promise<void> {
  if (place.kind === "space" || place.name !== undefined) {
    return;
  }
  const read = place.kind === "list" ? getList : getFolder;
  await cached(ctx, `hierarchy:alive:${place.kind}:${place.id}`, { ttl_ms: RESOLVING_AGE_MS }, async () => {
    await read(ctx.clickup, place.id);
    return true;
  });
}
