import { badRequest } from "../errors.ts";
import { requiredName, textField } from "../input.ts";
import { folderOf, parentSpace, spaceOf } from "../lookup.ts";
import { renderFolder, renderFolderItem } from "../render-places.ts";
import type { Context, Route } from "../route.ts";
import type { Folder } from "../types.ts";

/** Makes and stores a Folder; a hidden one stands around a folderless List. */
export function makeFolder(ctx: Context, spaceId: string, name: string, more: Partial<Folder> = {}): Folder {
  const folder: Folder = {
    id: ctx.state.newPlaceId("folder"),
    space_id: spaceId,
    name,
    orderindex: ctx.state.foldersOf(spaceId).length,
    hidden: false,
    archived: false,
    parent_folder: null,
    ...more,
  };
  ctx.state.data.folders[folder.id] = folder;
  return folder;
}

export const folderRoutes: Route[] = [
  {
    operation: "GET /v2/space/{space_id}/folder",
    query: { archived: "bool" },
    handler: (ctx) => {
      const archived = ctx.query.get("archived") === "true";
      const folders = ctx.state.foldersOf(spaceOf(ctx).id).filter((folder) => folder.archived === archived);
      return { folders: folders.map((folder) => renderFolderItem(ctx.state, folder)) };
    },
  },
  {
    operation: "POST /v2/space/{space_id}/folder",
    body: { name: "string", parent_folder_id: "string" },
    handler: (ctx) => {
      const space = parentSpace(ctx);
      const parent = textField(ctx.body, "parent_folder_id");
      const folder = makeFolder(ctx, space.id, requiredName(ctx.body, "Folder", "CAT_007"), {
        parent_folder: parent === undefined ? null : folderOf(ctx, parent).id,
      });
      return renderFolder(ctx.state, folder);
    },
  },
  {
    operation: "GET /v2/folder/{folder_id}",
    query: { include_subfolders: "bool" },
    handler: (ctx) => renderFolder(ctx.state, folderOf(ctx)),
  },
  {
    operation: "PUT /v2/folder/{folder_id}",
    body: { name: "string" },
    handler: (ctx) => {
      const folder = folderOf(ctx);
      folder.name = requiredName(ctx.body, "Folder", "CAT_007");
      folder.touched = true;
      return renderFolder(ctx.state, folder);
    },
  },
  {
    operation: "PUT /v2/folder/{folder_id}/position",
    body: { parent_folder_id: "string", space_id: "string", position: "int", custom_type_map: "object" },
    handler: (ctx) => {
      const folder = folderOf(ctx);
      const parent = textField(ctx.body, "parent_folder_id");
      if (parent !== undefined) {
        if (parent === folder.id) throw badRequest("A folder cannot be its own parent", "CAT_147");
        folder.parent_folder = folderOf(ctx, parent).id;
      }
      const to = textField(ctx.body, "space_id");
      if (to !== undefined) {
        folder.space_id = spaceOf(ctx, to).id;
        for (const list of ctx.state.listsOfFolder(folder.id)) list.space_id = folder.space_id;
      }
      if (typeof ctx.body.position === "number") folder.orderindex = ctx.body.position;
      return {};
    },
  },
  {
    operation: "DELETE /v2/folder/{folder_id}",
    handler: (ctx) => {
      const { id } = folderOf(ctx);
      if (ctx.state.data.folders[id] !== undefined) ctx.state.deleteFolder(id);
      return {};
    },
  },
];
