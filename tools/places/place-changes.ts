/** What every write to a Space, Folder or List does beside the write itself. */
import { ClickUpError } from "../clickup/errors.ts";
import { confirmFirst } from "../call/confirm.ts";
import type { Candidate } from "../words/errors.ts";
import type { ToolContext } from "../define.ts";
import { candidateText, UserInputError } from "../words/errors.ts";
import { invalidateHierarchy, keptHierarchy, RESOLVING_AGE_MS } from "../resolve/hierarchy.ts";
import { sameName, shown } from "../words/names.ts";
import { findPlace, placesOf } from "../resolve/place.ts";
import type { KnownPlace, PlaceKind } from "../resolve/place.ts";

/** Refusals that tell nothing new about what there is. */
const NOTHING_CHANGED = new Set(["validation", "auth", "rate_limited"]);

/** Runs a write and forgets the kept hierarchy, also when its outcome is not known. */
export async function changingPlaces<T>(
  ctx: ToolContext,
  workspaceId: string | undefined,
  write: () => Promise<T>,
): Promise<T> {
  try {
    const result = await write();
    invalidateHierarchy(ctx, workspaceId);
    return result;
  } catch (error) {
    if (!(error instanceof ClickUpError && NOTHING_CHANGED.has(error.kind))) {
      invalidateHierarchy(ctx, workspaceId);
    }
    throw error;
  }
}

/**
 * Places of a kind that already carry the name, as far as a kept hierarchy shows: no request. Names that
 * stand twice are ambiguous from then on, so a create says so.
 */
export function sameNamed(ctx: ToolContext, kind: PlaceKind, name: string): KnownPlace[] {
  return ctx.user.workspaces.flatMap((workspace) => {
    const hierarchy = keptHierarchy(ctx, workspace, RESOLVING_AGE_MS);
    const places = hierarchy === undefined ? [] : placesOf(hierarchy, kind);
    return places.filter((one) => sameName(one.name) === sameName(name));
  });
}

/**
 * Runs the create of a place. When ClickUp refuses it because the name is taken, the error names the place
 * that has it, which is what the caller wants to use or to avoid.
 */
export async function creatingPlace<T>(
  ctx: ToolContext,
  kind: PlaceKind,
  name: string,
  parent: { id: string; argument: "space" | "folder" | "workspace" },
  create: () => Promise<T>,
): Promise<T> {
  try {
    return await create();
  } catch (error) {
    const taken =
      error instanceof ClickUpError &&
      error.kind === "validation" &&
      /taken|exists|already/i.test(error.detail ?? "");
    if (!taken) {
      throw error;
    }
    const found = await holders(ctx, kind, name, parent);
    const where = found.map(candidateText).join(", ");
    throw new UserInputError(
      `name: ClickUp refuses a second ${kind} "${shown(name)}" in the same place.` +
        (where === "" ? " Choose another name." : ` There is ${where}: use it, or choose another name.`),
      { argument: "name", cause: error },
    );
  }
}

/** The places that hold a name, looked up afresh when no kept hierarchy knows one. */
async function holders(
  ctx: ToolContext,
  kind: PlaceKind,
  name: string,
  parent: { id: string; argument: string },
): Promise<Candidate[]> {
  const inside = (places: KnownPlace[]) =>
    places.filter(
      (one) => parent.argument === "workspace" || one.space.id === parent.id || one.folder?.id === parent.id,
    );
  const kept = inside(sameNamed(ctx, kind, name));
  if (kept.length > 0) {
    return kept;
  }
  try {
    await findPlace(ctx, kind, name, "name");
  } catch (error) {
    // No such name, or several: either way the hierarchy is kept now.
    if (!(error instanceof UserInputError) && !(error instanceof ClickUpError)) {
      throw error;
    }
  }
  return inside(sameNamed(ctx, kind, name));
}

/** A sentence for the summary of a create whose name `others` of its kind carry; begins with a space. */
export function sameNameWarning(kind: PlaceKind, others: number): string {
  return others === 0
    ? ""
    : ` ${others} other ${kind}${others === 1 ? " carries" : "s carry"} this name (see same_name): use ids or paths from now on.`;
}

/** Asks before a place and all in it is deleted. `contents` names what is inside, e.g. "12 tasks". */
export async function confirmDelete(
  ctx: ToolContext,
  kind: PlaceKind,
  place: { id: string; name: string },
  contents: readonly string[],
): Promise<void> {
  const inside = contents.length === 0 ? "everything in it" : `all in it (${contents.join(", ")})`;
  await confirmFirst(ctx, `Delete the ${kind} "${shown(place.name)}" (${place.id}) with ${inside}?`);
}
