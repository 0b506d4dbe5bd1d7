/** Changes a Space that was just read, and compares with what ClickUp then has. */
import { changesOf, notAppliedOf, stateAfter } from "../words/asked.ts";
import type { Asked } from "../words/asked.ts";
import { getSpace } from "../clickup/hierarchy.ts";
import type { SpaceRecord } from "../clickup/hierarchy.ts";
import { updateSpace } from "../clickup/places-write.ts";
import type { SpaceBody } from "../clickup/places-write.ts";
import type { ToolContext } from "../define.ts";
import { changingPlaces } from "./place-changes.ts";
import type { Place } from "../resolve/place.ts";
import type { Change, NotApplied } from "../shapes.ts";
import { askedFeatures, featuresBody, sideEffects } from "./space-features.ts";
import { sameName } from "../words/names.ts";

export interface SpaceChange {
  name?: string | undefined;
  color?: string | undefined;
  private?: boolean | undefined;
  archived?: boolean | undefined;
  /** ClickApps by name → on or off. */
  features: Record<string, boolean>;
}

export interface SpaceUpdate {
  space: SpaceRecord;
  changes: Change[];
  not_applied: NotApplied[];
  /** ClickApps that were switched though nobody asked. */
  also_changed: Change[];
}

/** One PUT; its answer is the read-back, unless it lacks what was asked. */
export async function updateSpaceWith(
  ctx: ToolContext,
  place: Place,
  before: SpaceRecord,
  given: SpaceChange,
): Promise<SpaceUpdate> {
  const asked = askedOf(given);
  const answer = await changingPlaces(
    ctx,
    place.workspaceId,
    async () => await updateSpace(ctx.clickup, before.id, bodyOf(given, before)),
  );
  const after = await stateAfter(ctx, asked, answer, async () => await getSpace(ctx.clickup, before.id));
  return {
    space: after,
    changes: changesOf(asked, before, after),
    not_applied: notAppliedOf(asked, after),
    also_changed: sideEffects(given.features, before, after),
  };
}

function bodyOf(given: SpaceChange, before: SpaceRecord): SpaceBody {
  const { name, color, archived } = given;
  return {
    ...(name === undefined ? {} : { name }),
    ...(color === undefined ? {} : { color }),
    ...(given.private === undefined ? {} : { private: given.private }),
    ...(archived === undefined ? {} : { archived }),
    // ClickUp takes it for off when it is left out (recorded).
    ...(before.multipleAssignees === undefined ? {} : { multiple_assignees: before.multipleAssignees }),
    ...featuresBody(given.features, before.settings),
  };
}

function askedOf(given: SpaceChange): Asked<SpaceRecord>[] {
  const { name, color, archived } = given;
  const asked = askedFeatures(given.features);
  if (name !== undefined) {
    asked.push({
      field: "name",
      asked: name,
      read: (space) => space.name,
      holds: (space) => sameName(space.name) === sameName(name),
    });
  }
  if (color !== undefined) {
    asked.push({
      field: "color",
      asked: color,
      read: (space) => space.color,
      holds: (space) => space.color?.toLowerCase() === color.toLowerCase(),
    });
  }
  if (given.private !== undefined) {
    asked.push({
      field: "private",
      asked: String(given.private),
      read: (space) => String(space.private ?? false),
    });
  }
  if (archived !== undefined) {
    asked.push({ field: "archived", asked: String(archived), read: (space) => String(space.archived) });
  }
  return asked;
}
