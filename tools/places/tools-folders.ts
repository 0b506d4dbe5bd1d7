import * as z from "zod";
import { getFolder } from "../clickup/hierarchy.ts";
import { defineTool } from "../define.ts";
import { Cursor, PlaceReference } from "../params.ts";
import { compact, pageOf } from "../words/render.ts";
import { withPlace } from "../resolve/place.ts";
import { NextCursor, Ref } from "../shapes.ts";

export const folderGet = defineTool({
  name: "clickup_folder_get",
  tier: "free",
  set: "spaces",
  kind: "read",
  title: "Get folder",
  description: "Read one folder and its lists.",
  input: z.object({ folder: PlaceReference, cursor: Cursor.optional() }),
  output: z.object({
    id: z.string(),
    name: z.string(),
    statuses: z.array(z.string()).optional(),
    task_count: z.number().optional(),
    archived: z.boolean().optional(),
    space: Ref.optional(),
    parent_folder: z.string().optional(),
    lists: z.array(Ref.extend({ task_count: z.number().optional(), archived: z.boolean().optional() })),
    total_shown: z.number(),
    next_cursor: NextCursor,
  }),
  operations: ["GET /v2/folder/{folder_id}"],
  async handler(params, ctx) {
    return await withPlace(ctx, "folder", params.folder, "folder", async ({ id }) => {
      const folder = await getFolder(ctx.clickup, id);
      const lists = folder.lists.map((list) => ({
        id: list.id,
        name: list.name,
        ...compact({ task_count: list.taskCount, archived: list.archived ? true : undefined }),
      }));
      const page = pageOf(lists, params.cursor, (list) => JSON.stringify(list).length);
      return {
        data: {
          id: folder.id,
          name: folder.name,
          ...compact({
            statuses: folder.statuses.map((one) => one.status),
            task_count: folder.taskCount,
            archived: folder.archived ? true : undefined,
            space: folder.space,
            parent_folder: folder.parentFolder,
          }),
          lists: page.shown,
          total_shown: page.shown.length,
          ...compact({ next_cursor: page.next_cursor }),
        },
        summary: `Folder ${folder.id} with ${lists.length} lists.`,
      };
    });
  },
});
