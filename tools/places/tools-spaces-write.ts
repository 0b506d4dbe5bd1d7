import * as z from "zod";
import { notAppliedOf, notAppliedWarning } from "../words/asked.ts";
import { getSpace } from "../clickup/hierarchy.ts";
import { createSpace, deletePlace } from "../clickup/places-write.ts";
import { confirmFirst } from "../call/confirm.ts";
import { defineTool } from "../define.ts";
import { UserInputError } from "../words/errors.ts";
import { keptHierarchy, LISTING_AGE_MS, loadSpaces, RESOLVING_AGE_MS } from "../resolve/hierarchy.ts";
import { once } from "../kept/idempotency.ts";
import { shown } from "../words/names.ts";
import { Cursor, Flag, IdempotencyKey, PlaceReference, Text, TextList } from "../params.ts";
import { changingPlaces, confirmDelete, creatingPlace, sameNamed, sameNameWarning } from "./place-changes.ts";
import { compact, pageOf } from "../words/render.ts";
import { withArchivedSpace } from "../resolve/archived-space.ts";
import { withPlace } from "../resolve/place.ts";
import type { Place } from "../resolve/place.ts";
import { resolveWorkspace } from "../resolve/workspace.ts";
import { Change, NextCursor, NotApplied, Ref, SameName } from "../shapes.ts";
import { askedFeatures, featureName, featuresBody } from "./space-features.ts";
import { updateSpaceWith } from "./space-update.ts";
import type { SpaceUpdate } from "./space-update.ts";

const CREATE = "clickup_space_create";
const Features = TextList.describe("to enable, e.g. time_tracking");

const SpaceChanged = z.object({
  space: Ref,
  changes: z.array(Change),
  not_applied: z.array(NotApplied).optional(),
  also_changed: z.array(Change).optional(),
});

/** Every named ClickApp is to be on. */
function switchedOn(words: readonly string[] | undefined): Record<string, boolean> {
  return Object.fromEntries((words ?? []).map((word) => [featureName(word, "features"), true]));
}

function answerOf(update: SpaceUpdate) {
  const { space, changes, not_applied, also_changed } = update;
  const also =
    also_changed.length === 0
      ? ""
      : ` ClickUp switched ${also_changed.length} other features too: see also_changed.`;
  return {
    data: {
      space: { id: space.id, name: space.name },
      changes,
      ...compact({ not_applied, also_changed }),
    },
    summary: `Space ${space.id}: ${changes.length === 0 ? "nothing changed" : `${changes.length} changed`}.${notAppliedWarning(not_applied)}${also}`,
  };
}

const spaceList = defineTool({
  name: "clickup_space_list",
  tier: "premium",
  set: "spaces",
  kind: "read",
  title: "List spaces",
  description: "Spaces of a workspace; archived adds those.",
  input: z.object({ workspace: Text.optional(), archived: Flag.optional(), cursor: Cursor.optional() }),
  output: z.object({
    workspace: Ref,
    spaces: z.array(Ref.extend({ archived: z.boolean().optional() })),
    total: z.number(),
    total_shown: z.number(),
    next_cursor: NextCursor,
  }),
  operations: ["GET /v2/team/{team_id}/space"],
  async handler(params, ctx) {
    const workspace = resolveWorkspace(ctx, params.workspace);
    const archived = params.archived ?? false;
    const spaces = await loadSpaces(ctx, workspace, { maxAge_ms: LISTING_AGE_MS, archived });
    const rows = spaces.map(({ id, name, archived: put }) => ({
      id,
      name,
      ...(put === true ? { archived: true } : {}),
    }));
    const page = pageOf(rows, params.cursor, (row) => JSON.stringify(row).length);
    return {
      data: {
        workspace: { id: workspace.id, name: workspace.name },
        spaces: page.shown,
        total: rows.length,
        total_shown: page.shown.length,
        ...compact({ next_cursor: page.next_cursor }),
      },
      summary: `Workspace ${workspace.id}: ${rows.length} spaces.`,
    };
  },
});

const spaceCreate = defineTool({
  name: CREATE,
  tier: "premium",
  set: "spaces",
  kind: "write",
  adds: true,
  title: "Create space",
  description: "Create a space.",
  input: z.object({
    name: Text,
    workspace: Text.optional(),
    multiple_assignees: Flag.optional(),
    features: Features.optional(),
    idempotency_key: IdempotencyKey.optional(),
  }),
  output: z.object({
    id: z.string(),
    name: z.string(),
    workspace: Ref,
    statuses: z.array(z.string()).optional(),
    features: z.array(z.string()).optional(),
    same_name: z.array(SameName).optional(),
    not_applied: z.array(NotApplied).optional(),
    replayed: z.boolean().optional(),
  }),
  operations: ["POST /v2/team/{team_id}/space"],
  async handler(params, ctx) {
    const { name, multiple_assignees } = params;
    const workspace = resolveWorkspace(ctx, params.workspace);
    const wanted = {
      ...switchedOn(params.features),
      ...(multiple_assignees === undefined ? {} : { multiple_assignees }),
    };
    const { result, replayed } = await once(ctx, CREATE, params.idempotency_key, async () => {
      const others = sameNamed(ctx, "space", name);
      const parent = { id: workspace.id, argument: "workspace" } as const;
      const body = { name, ...featuresBody(wanted, undefined) };
      const space = await creatingPlace(
        ctx,
        "space",
        name,
        parent,
        async () =>
          await changingPlaces(
            ctx,
            workspace.id,
            async () => await createSpace(ctx.clickup, workspace.id, body),
          ),
      );
      return {
        id: space.id,
        name: space.name,
        workspace: { id: workspace.id, name: workspace.name },
        ...compact({
          statuses: space.statuses.map((one) => one.status),
          features: space.features,
          same_name: others.map((one) => ({ id: one.id, path: `${one.workspaceName} / ${one.path}` })),
          not_applied: notAppliedOf(askedFeatures(wanted), space),
        }),
      };
    });
    ctx.touch("space", result.id);
    return {
      data: { ...result, ...(replayed ? { replayed: true } : {}) },
      summary: replayed
        ? `Space ${result.id} was already created with this idempotency_key; no second one was made.`
        : `Created space ${result.id}.${sameNameWarning("space", result.same_name?.length ?? 0)}${notAppliedWarning(result.not_applied ?? [])}`,
    };
  },
});

const spaceUpdate = defineTool({
  name: "clickup_space_update",
  tier: "premium",
  set: "spaces",
  kind: "write",
  idempotent: true,
  title: "Update space",
  description: "Change a space.",
  input: z.object({
    space: PlaceReference,
    name: Text.optional(),
    color: Text.describe("hex").optional(),
    private: Flag.optional(),
    features: Features.optional(),
  }),
  output: SpaceChanged,
  operations: ["GET /v2/space/{space_id}", "PUT /v2/space/{space_id}"],
  async handler({ space: wanted, features, ...given }, ctx) {
    const change = { ...given, features: switchedOn(features) };
    if (given.color !== undefined && !/^#[\da-f]{6}$/i.test(given.color)) {
      throw new UserInputError("color: use a hexadecimal colour like #1a2b3c.", { argument: "color" });
    }
    if (Object.keys(given).length === 0 && Object.keys(change.features).length === 0) {
      throw new UserInputError("Nothing to change: give at least one field.");
    }
    return await withPlace(ctx, "space", wanted, "space", async (place) => {
      const before = await getSpace(ctx.clickup, place.id);
      return answerOf(await updateSpaceWith(ctx, place, before, change));
    });
  },
});

const spaceDelete = defineTool({
  name: "clickup_space_delete",
  tier: "premium",
  set: "spaces",
  kind: "destructive",
  idempotent: true,
  title: "Delete space",
  description: "Delete a space with all its folders, lists and tasks.",
  input: z.object({ space: PlaceReference }),
  output: z.object({ deleted: Ref }),
  operations: ["GET /v2/space/{space_id}", "DELETE /v2/space/{space_id}"],
  async handler(params, ctx) {
    return await withPlace(ctx, "space", params.space, "space", async (place) => {
      const space = await getSpace(ctx.clickup, place.id);
      const tree = ctx.user.workspaces
        .flatMap((one) => keptHierarchy(ctx, one, RESOLVING_AGE_MS)?.spaces ?? [])
        .find((one) => one.id === place.id);
      const lists =
        tree === undefined
          ? undefined
          : tree.lists.length + tree.folders.reduce((sum, folder) => sum + folder.lists.length, 0);
      await confirmDelete(ctx, "space", space, lists === undefined ? [] : [`${lists} lists`]);
      await changingPlaces(
        ctx,
        place.workspaceId,
        async () => await deletePlace(ctx.clickup, "space", place.id),
      );
      return {
        data: { deleted: { id: space.id, name: space.name } },
        summary: `Deleted space ${space.id}.`,
      };
    });
  },
});

const spaceArchive = defineTool({
  name: "clickup_space_archive",
  tier: "premium",
  set: "spaces",
  kind: "destructive",
  idempotent: true,
  title: "Archive space",
  description: "Archive a space, or bring it back.",
  input: z.object({ space: PlaceReference, archived: Flag }),
  output: SpaceChanged,
  operations: ["GET /v2/space/{space_id}", "PUT /v2/space/{space_id}", "GET /v2/team/{team_id}/space"],
  async handler({ space: wanted, archived }, ctx) {
    const change = async (place: Place) => {
      const before = await getSpace(ctx.clickup, place.id);
      if (before.archived === archived) {
        return answerOf({ space: before, changes: [], not_applied: [], also_changed: [] });
      }
      if (archived) {
        await confirmFirst(ctx, `Archive the space "${shown(before.name)}" (${before.id}) with all in it?`);
      }
      return answerOf(await updateSpaceWith(ctx, place, before, { archived, features: {} }));
    };
    return archived
      ? await withPlace(ctx, "space", wanted, "space", change)
      : await withArchivedSpace(ctx, wanted, "space", change);
  },
});

const spaceToggleFeature = defineTool({
  name: "clickup_space_toggle_feature",
  tier: "premium",
  set: "spaces",
  kind: "write",
  idempotent: true,
  title: "Switch space feature",
  description: "Switch one ClickApp of a space.",
  input: z.object({
    space: PlaceReference,
    feature: Text.describe("e.g. time_tracking"),
    enabled: Flag,
  }),
  output: SpaceChanged,
  operations: ["GET /v2/space/{space_id}", "PUT /v2/space/{space_id}"],
  async handler({ space: wanted, feature, enabled }, ctx) {
    return await withPlace(ctx, "space", wanted, "space", async (place) => {
      const name = featureName(feature, "feature");
      const before = await getSpace(ctx.clickup, place.id);
      return answerOf(await updateSpaceWith(ctx, place, before, { features: { [name]: enabled } }));
    });
  },
});

export const spaceWriteTools = [
  spaceList,
  spaceCreate,
  spaceUpdate,
  spaceDelete,
  spaceArchive,
  spaceToggleFeature,
];
