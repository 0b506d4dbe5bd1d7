import * as z from "zod";
import { getSpace } from "../clickup/hierarchy.ts";
import { defineTool } from "../define.ts";
import { LISTING_AGE_MS, loadHierarchy, loadSpaces } from "../resolve/hierarchy.ts";
import { hierarchyRows, nestRows, renderRows, rowSize } from "./hierarchy-rows.ts";
import { Cursor, Flag, PlaceReference, Text, oneOf } from "../params.ts";
import { compact, pageOf } from "../words/render.ts";
import { withPlace } from "../resolve/place.ts";
import { resolveWorkspace } from "../resolve/workspace.ts";
import { NextCursor, Ref } from "../shapes.ts";

const Node = Ref.extend({ archived: z.boolean().optional() });

export const workspaceHierarchy = defineTool({
  name: "clickup_workspace_hierarchy",
  tier: "free",
  set: "spaces",
  kind: "read",
  core: true,
  title: "Workspace hierarchy",
  description: "Spaces, folders and lists of a workspace with their ids.",
  input: z.object({
    workspace: Text.optional(),
    depth: oneOf(["spaces", "folders", "lists"]).optional(),
    archived: Flag.optional(),
    cursor: Cursor.optional(),
  }),
  output: z.object({
    workspace: Ref,
    spaces: z.array(
      Node.extend({
        folders: z.array(Node.extend({ lists: z.array(Node).optional() })).optional(),
        lists: z.array(Node).optional(),
        unreadable: z.boolean().optional(),
      }),
    ),
    total_shown: z.number(),
    total: z.number(),
    next_cursor: NextCursor,
  }),
  operations: [
    "GET /v2/team/{team_id}/space",
    "GET /v2/space/{space_id}/folder",
    "GET /v2/space/{space_id}/list",
  ],
  async handler(params, ctx) {
    const workspace = resolveWorkspace(ctx, params.workspace);
    const depth = params.depth ?? "lists";
    const options = { maxAge_ms: LISTING_AGE_MS, archived: params.archived ?? false };
    const spaces =
      depth === "spaces"
        ? await loadSpaces(ctx, workspace, options)
        : (await loadHierarchy(ctx, workspace, options)).hierarchy.spaces;
    const rows = hierarchyRows(spaces, depth);
    const page = pageOf(rows, params.cursor, rowSize);
    return {
      data: {
        workspace: { id: workspace.id, name: workspace.name },
        spaces: nestRows(page.shown),
        total_shown: page.shown.length,
        total: rows.length,
        ...compact({ next_cursor: page.next_cursor }),
      },
      summary:
        page.next_cursor === undefined
          ? `Workspace ${workspace.id}: ${spaces.length} spaces.`
          : `Workspace ${workspace.id}: ${page.shown.length} of ${rows.length} places; pass next_cursor as cursor for more.`,
      body: renderRows(page.shown),
    };
  },
});

export const spaceGet = defineTool({
  name: "clickup_space_get",
  tier: "free",
  set: "spaces",
  kind: "read",
  title: "Get space",
  description: "Read one space, its statuses and features.",
  input: z.object({ space: PlaceReference }),
  output: z.object({
    id: z.string(),
    name: z.string(),
    private: z.boolean().optional(),
    archived: z.boolean().optional(),
    multiple_assignees: z.boolean().optional(),
    statuses: z.array(z.string()).optional(),
    features: z.array(z.string()).optional(),
  }),
  operations: ["GET /v2/space/{space_id}"],
  async handler(params, ctx) {
    return await withPlace(ctx, "space", params.space, "space", async ({ id }) => {
      const space = await getSpace(ctx.clickup, id);
      return {
        data: {
          id: space.id,
          name: space.name,
          ...compact({
            private: space.private,
            archived: space.archived ? true : undefined,
            multiple_assignees: space.multipleAssignees,
            statuses: space.statuses.map((one) => one.status),
            features: space.features,
          }),
        },
        summary: `Space ${space.id}.`,
      };
    });
  },
});
