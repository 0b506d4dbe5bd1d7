import { sees, spaceOf, workspaceOf } from "../lookup.ts";
import { renderMember, renderWorkspace } from "../render-people.ts";
import { membersOfSpace, renderFolder } from "../render-places.ts";
import type { Context, Route } from "../route.ts";
import { docRoutes } from "./docs.ts";

/** Operations that no description has and that others were seen to call with success. The product uses none. */

/** The same answer under another way of writing the path. */
function alias(described: string, operation: string): Route {
  const route = docRoutes.find((one) => one.operation === described);
  if (route === undefined) throw new Error(`no route ${described}`);
  return { ...route, operation };
}

const LISTING = "GET /v3/workspaces/{workspace_id}/docs/{doc_id}/page_listing";

function foldersOfWorkspace(ctx: Context) {
  const workspace = workspaceOf(ctx);
  const archived = ctx.query.get("archived") === "true";
  const folders = Object.values(ctx.state.data.folders).filter((folder) => {
    const space = ctx.state.space(folder.space_id);
    return (
      !folder.hidden && folder.archived === archived && space.team_id === workspace.id && sees(ctx, space)
    );
  });
  return { folders: folders.map((folder) => renderFolder(ctx.state, folder)) };
}

export const undescribedRoutes: Route[] = [
  {
    operation: "GET /v2/team/{team_id}",
    handler: (ctx) => ({ team: renderWorkspace(ctx.state, workspaceOf(ctx)) }),
  },
  { operation: "GET /v2/team/{team_id}/folder", query: { archived: "bool" }, handler: foldersOfWorkspace },
  {
    operation: "GET /v2/space/{space_id}/member",
    handler: (ctx) => ({
      members: membersOfSpace(ctx.state, spaceOf(ctx)).map((id) => renderMember(ctx.state, id)),
    }),
  },
  // One of three ways of writing it is described; which of them ClickUp answers is not known.
  alias(LISTING, LISTING.replace("page_listing", "pageListing")),
  alias(LISTING, LISTING.replace("page_listing", "pagelisting")),
  {
    // Seen to work by one, to be missing by another.
    operation: "DELETE /v3/workspaces/{workspace_id}/docs/{doc_id}/pages/{page_id}",
    handler: (ctx) => {
      const page = ctx.state.data.pages[ctx.params.page_id ?? ""];
      if (page === undefined || page.doc_id !== ctx.params.doc_id)
        return new Response("404 page not found", { status: 404 });
      delete ctx.state.data.pages[page.id];
      return new Response(null, { status: 204 });
    },
  },
];
