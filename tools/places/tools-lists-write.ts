import * as z from "zod";
import { changesOf, notAppliedOf, notAppliedWarning, stateAfter } from "../words/asked.ts";
import { getList } from "../clickup/hierarchy.ts";
import type { ListRecord } from "../clickup/hierarchy.ts";
import { createList, deletePlace, updateList } from "../clickup/places-write.ts";
import { defineTool } from "../define.ts";
import type { ToolContext } from "../define.ts";
import { UserInputError } from "../words/errors.ts";
import { once } from "../kept/idempotency.ts";
import { listArguments, prepareList } from "./list-arguments.ts";
import type { ListArguments } from "./list-arguments.ts";
import { IdempotencyKey, PlaceReference, Text } from "../params.ts";
import { changingPlaces, confirmDelete, creatingPlace, sameNamed, sameNameWarning } from "./place-changes.ts";
import { compact } from "../words/render.ts";
import { requireLiving } from "../resolve/living.ts";
import { withPlace } from "../resolve/place.ts";
import { Change, NotApplied, Ref, SameName } from "../shapes.ts";

const CREATE = "clickup_list_create";
const CREATE_IN_FOLDER = "clickup_list_create_in_folder";

const CreatedList = z.object({
  id: z.string(),
  name: z.string(),
  folder: Ref.optional(),
  space: Ref.optional(),
  same_name: z.array(SameName).optional(),
  not_applied: z.array(NotApplied).optional(),
  replayed: z.boolean().optional(),
});

async function createListIn(
  ctx: ToolContext,
  tool: string,
  parent: { kind: "space" | "folder"; value: string },
  given: ListArguments & { name: string },
  key: string | undefined,
) {
  const { result, replayed } = await once(
    ctx,
    tool,
    key,
    async () =>
      await withPlace(ctx, parent.kind, parent.value, parent.kind, async (place) => {
        await requireLiving(ctx, place);
        const { body, asked } = await prepareList(ctx, given, place.workspaceId, "create");
        const others = sameNamed(ctx, "list", given.name);
        const list = await creatingPlace(
          ctx,
          "list",
          given.name,
          { id: place.id, argument: parent.kind },
          async () =>
            await changingPlaces(
              ctx,
              place.workspaceId,
              async () => await createList(ctx.clickup, { kind: parent.kind, id: place.id }, body),
            ),
        );
        return {
          id: list.id,
          name: list.name,
          ...compact({
            folder: list.folder,
            space: list.space,
            same_name: others.map((one) => ({ id: one.id, path: one.path })),
            not_applied: notAppliedOf(asked, list),
          }),
        };
      }),
  );
  ctx.touch("list", result.id);
  return {
    data: { ...result, ...(replayed ? { replayed: true } : {}) },
    summary: replayed
      ? `List ${result.id} was already created with this idempotency_key; no second one was made.`
      : `Created list ${result.id}.${sameNameWarning("list", result.same_name?.length ?? 0)}${notAppliedWarning(result.not_applied ?? [])}`,
  };
}

const listCreate = defineTool({
  name: CREATE,
  tier: "premium",
  set: "spaces",
  kind: "write",
  adds: true,
  title: "Create list in space",
  description: "Create a list directly in a space.",
  input: z.object({
    space: PlaceReference,
    name: Text,
    ...listArguments,
    idempotency_key: IdempotencyKey.optional(),
  }),
  output: CreatedList,
  operations: ["POST /v2/space/{space_id}/list", "GET /v2/team"],
  async handler({ space, idempotency_key, ...given }, ctx) {
    return await createListIn(ctx, CREATE, { kind: "space", value: space }, given, idempotency_key);
  },
});

const listCreateInFolder = defineTool({
  name: CREATE_IN_FOLDER,
  tier: "premium",
  set: "spaces",
  kind: "write",
  adds: true,
  title: "Create list in folder",
  description: "Create a list in a folder.",
  input: z.object({
    folder: PlaceReference,
    name: Text,
    ...listArguments,
    idempotency_key: IdempotencyKey.optional(),
  }),
  output: CreatedList,
  operations: ["POST /v2/folder/{folder_id}/list", "GET /v2/folder/{folder_id}", "GET /v2/team"],
  async handler({ folder, idempotency_key, ...given }, ctx) {
    return await createListIn(
      ctx,
      CREATE_IN_FOLDER,
      { kind: "folder", value: folder },
      given,
      idempotency_key,
    );
  },
});

const listUpdate = defineTool({
  name: "clickup_list_update",
  tier: "premium",
  set: "spaces",
  kind: "write",
  idempotent: true,
  emptied: { arguments: ["due", "assignee", "priority", "status"], by: "none" },
  title: "Update list",
  description: "Change a list; none clears due, assignee, priority, status.",
  input: z.object({
    list: PlaceReference,
    name: Text.optional(),
    ...listArguments,
  }),
  output: z.object({ list: Ref, changes: z.array(Change), not_applied: z.array(NotApplied).optional() }),
  operations: ["GET /v2/list/{list_id}", "PUT /v2/list/{list_id}", "GET /v2/team"],
  async handler({ list: wanted, ...given }, ctx) {
    return await withPlace(ctx, "list", wanted, "list", async (place) => {
      const { body, asked } = await prepareList(ctx, given, place.workspaceId, "update");
      if (asked.length === 0) {
        throw new UserInputError("Nothing to change: give at least one field.");
      }
      const before = await getList(ctx.clickup, place.id);
      const answer = await changingPlaces(
        ctx,
        place.workspaceId,
        async () => await updateList(ctx.clickup, place.id, body),
      );
      const after = await stateAfter(ctx, asked, answer, async () => await getList(ctx.clickup, place.id));
      const not_applied = notAppliedOf(asked, after);
      const changes = changesOf(asked, before, after);
      return {
        data: {
          list: { id: after.id, name: after.name },
          changes,
          ...(not_applied.length === 0 ? {} : { not_applied }),
        },
        summary: `List ${after.id}: ${changes.length === 0 ? "nothing changed" : `${changes.length} changed`}.${notAppliedWarning(not_applied)}`,
      };
    });
  },
});

const listDelete = defineTool({
  name: "clickup_list_delete",
  tier: "premium",
  set: "spaces",
  kind: "destructive",
  idempotent: true,
  title: "Delete list",
  description: "Delete a list with its tasks.",
  input: z.object({ list: PlaceReference }),
  output: z.object({ deleted: Ref, task_count: z.number().optional() }),
  operations: ["GET /v2/list/{list_id}", "DELETE /v2/list/{list_id}"],
  async handler(params, ctx) {
    return await withPlace(ctx, "list", params.list, "list", async (place) => {
      const list = await getList(ctx.clickup, place.id);
      await confirmDelete(ctx, "list", list, contentsOf(list));
      await changingPlaces(
        ctx,
        place.workspaceId,
        async () => await deletePlace(ctx.clickup, "list", place.id),
      );
      return {
        data: {
          deleted: { id: list.id, name: list.name },
          ...compact({ task_count: list.taskCount }),
        },
        summary: `Deleted list ${list.id}.`,
      };
    });
  },
});

function contentsOf(list: ListRecord): string[] {
  return list.taskCount === undefined ? [] : [`${list.taskCount} tasks`];
}

export const listWriteTools = [listCreate, listCreateInFolder, listUpdate, listDelete];
