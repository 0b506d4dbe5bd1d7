import { requiredName, textField } from "../input.ts";
import { folderOf, spaceOf } from "../lookup.ts";
import { renderFolder } from "../render-places.ts";
import type { Route } from "../route.ts";
import type { Folder } from "../types.ts";

export const folderRoutes: Route[] = [
  {
    operation: "GET /v2/space/{space_id}/folder",
    query: { archived: "bool" },
    handler: (ctx) => {
      const archived = ctx.query.get("archived") === "true";
      const folders = ctx.state.foldersOf(spaceOf(ctx).id).filter((folder) => folder.archived === archived);
      return { folders: folders.map((folder) => renderFolder(ctx.state, folder)) };
    },
  },
  {
    operation: "POST /v2/space/{space_id}/folder",
    body: { name: "string", parent_folder_id: "string" },
    handler: (ctx) => {
      const space = spaceOf(ctx);
      const parent = textField(ctx.body, "parent_folder_id");
      const folder: Folder = {
        id: ctx.state.newPlaceId("folder"),
        space_id: space.id,
        name: requiredName(ctx.body, "Folder", "CAT_007"),
        orderindex: ctx.state.foldersOf(space.id).length,
        hidden: false,
        archived: false,
        parent_folder: parent === undefined ? null : folderOf(ctx, parent).id,
      };
      ctx.state.data.folders[folder.id] = folder;
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
      return renderFolder(ctx.state, folder);
    },
  },
  {
    operation: "DELETE /v2/folder/{folder_id}",
    handler: (ctx) => {
      ctx.state.deleteFolder(folderOf(ctx).id);
      return {};
    },
  },
];
