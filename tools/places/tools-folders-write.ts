import * as z from "zod";
import { getFolder } from "../clickup/hierarchy.ts";
import { createFolder, deletePlace, updateFolder } from "../clickup/places-write.ts";
import { changesOf, notAppliedOf, notAppliedWarning, stateAfter } from "../words/asked.ts";
import type { Asked } from "../words/asked.ts";
import { confirmDelete, changingPlaces, creatingPlace, sameNamed, sameNameWarning } from "./place-changes.ts";
import { defineTool } from "../define.ts";
import { once } from "../kept/idempotency.ts";
import { sameName } from "../words/names.ts";
import { IdempotencyKey, PlaceReference, Text } from "../params.ts";
import { compact } from "../words/render.ts";
import { withPlace } from "../resolve/place.ts";
import { Change, NotApplied, Ref, SameName } from "../shapes.ts";

const CREATE = "clickup_folder_create";

/** A name as asked, seen in anything that has one. */
function named(name: string): Asked<{ name: string }>[] {
  return [
    {
      field: "name",
      asked: name,
      read: (one) => one.name,
      holds: (one) => sameName(one.name) === sameName(name),
    },
  ];
}

const folderCreate = defineTool({
  name: CREATE,
  tier: "premium",
  set: "spaces",
  kind: "write",
  adds: true,
  title: "Create folder",
  description: "Create a folder in a space.",
  input: z.object({ space: PlaceReference, name: Text, idempotency_key: IdempotencyKey.optional() }),
  output: z.object({
    id: z.string(),
    name: z.string(),
    space: Ref.optional(),
    same_name: z.array(SameName).optional(),
    replayed: z.boolean().optional(),
  }),
  operations: ["POST /v2/space/{space_id}/folder"],
  async handler(params, ctx) {
    const { name } = params;
    const { result, replayed } = await once(
      ctx,
      CREATE,
      params.idempotency_key,
      async () =>
        await withPlace(ctx, "space", params.space, "space", async (space) => {
          const others = sameNamed(ctx, "folder", name);
          const parent = { id: space.id, argument: "space" } as const;
          const folder = await creatingPlace(
            ctx,
            "folder",
            name,
            parent,
            async () =>
              await changingPlaces(
                ctx,
                space.workspaceId,
                async () => await createFolder(ctx.clickup, space.id, { name }),
              ),
          );
          return {
            id: folder.id,
            name: folder.name,
            ...compact({
              space: folder.space,
              same_name: others.map((one) => ({ id: one.id, path: one.path })),
            }),
          };
        }),
    );
    ctx.touch("folder", result.id);
    return {
      data: { ...result, ...(replayed ? { replayed: true } : {}) },
      summary: replayed
        ? `Folder ${result.id} was already created with this idempotency_key; no second one was made.`
        : `Created folder ${result.id}.${sameNameWarning("folder", result.same_name?.length ?? 0)}`,
    };
  },
});

const folderUpdate = defineTool({
  name: "clickup_folder_update",
  tier: "premium",
  set: "spaces",
  kind: "write",
  idempotent: true,
  title: "Rename folder",
  description: "Rename a folder.",
  input: z.object({ folder: PlaceReference, name: Text }),
  output: z.object({ folder: Ref, changes: z.array(Change), not_applied: z.array(NotApplied).optional() }),
  operations: ["GET /v2/folder/{folder_id}", "PUT /v2/folder/{folder_id}"],
  async handler(params, ctx) {
    const { name } = params;
    return await withPlace(ctx, "folder", params.folder, "folder", async (place) => {
      const before = await getFolder(ctx.clickup, place.id);
      const answer = await changingPlaces(
        ctx,
        place.workspaceId,
        async () => await updateFolder(ctx.clickup, place.id, { name }),
      );
      const read = async () => await getFolder(ctx.clickup, place.id);
      const after = await stateAfter<{ id: string; name: string }>(ctx, named(name), answer, read);
      const not_applied = notAppliedOf(named(name), after);
      return {
        data: {
          folder: { id: after.id, name: after.name },
          changes: changesOf(named(name), before, after),
          ...(not_applied.length === 0 ? {} : { not_applied }),
        },
        summary: `Renamed folder ${after.id}.${notAppliedWarning(not_applied)}`,
      };
    });
  },
});

const folderDelete = defineTool({
  name: "clickup_folder_delete",
  tier: "premium",
  set: "spaces",
  kind: "destructive",
  idempotent: true,
  title: "Delete folder",
  description: "Delete a folder with its lists and tasks.",
  input: z.object({ folder: PlaceReference }),
  output: z.object({ deleted: Ref, lists: z.number(), task_count: z.number().optional() }),
  operations: ["GET /v2/folder/{folder_id}", "DELETE /v2/folder/{folder_id}"],
  async handler(params, ctx) {
    return await withPlace(ctx, "folder", params.folder, "folder", async (place) => {
      const folder = await getFolder(ctx.clickup, place.id);
      await confirmDelete(ctx, "folder", folder, [
        `${folder.lists.length} lists`,
        ...(folder.taskCount === undefined ? [] : [`${folder.taskCount} tasks`]),
      ]);
      await changingPlaces(
        ctx,
        place.workspaceId,
        async () => await deletePlace(ctx.clickup, "folder", place.id),
      );
      return {
        data: {
          deleted: { id: folder.id, name: folder.name },
          lists: folder.lists.length,
          ...compact({ task_count: folder.taskCount }),
        },
        summary: `Deleted folder ${folder.id} with ${folder.lists.length} lists.`,
      };
    });
  },
});

export const folderWriteTools = [folderCreate, folderUpdate, folderDelete];
