/** A List with its name, sure to exist: for calls that create many things in it. */
import { getList } from "../clickup/hierarchy.ts";
import type { ToolContext } from "../define.ts";
import { withPlace } from "./place.ts";
import type { Place } from "./place.ts";

/** No request for a List of the kept hierarchy, else one (GET /v2/list/{list_id}). Throws UserInputError. */
export async function resolveList(
  ctx: ToolContext,
  value: string,
  argument = "list",
): Promise<Place & { name: string }> {
  return await withPlace(ctx, "list", value, argument, async (place) => ({
    ...place,
    name: place.name ?? (await getList(ctx.clickup, place.id)).name,
  }));
}
