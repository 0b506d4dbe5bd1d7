/** Lists Docs page by page. ClickUp cannot search their names, so a query is matched here. */
import { PARENT_TYPES, searchDocs } from "../clickup/docs.ts";
import type { DocRecord } from "../clickup/docs.ts";
import type { ToolContext } from "../define.ts";
import { docRow } from "./doc-view.ts";
import type { DocRow } from "./doc-view.ts";
import { UserInputError } from "../words/errors.ts";
import { sameName } from "../words/names.ts";
import { resolveAnyPlace } from "../resolve/any-place.ts";
import { resolvePeople } from "../resolve/people.ts";
import { resolveWorkspace } from "../resolve/workspace.ts";

const PAGE_DOCS = 100;
/** Requests one call with a query makes at most; the cursor goes on from there. */
const MOST_REQUESTS = 5;
/** A query stops looking after a request that brought it this far. */
const ENOUGH_FOUND = 20;

export interface DocListArguments {
  workspace?: string | undefined;
  query?: string | undefined;
  parent?: string | undefined;
  creator?: string | undefined;
  archived?: boolean | undefined;
  cursor?: string | undefined;
}

/** `next_cursor` is ClickUp's own; absent after the last Doc. `looked` counts Docs before the query. */
export async function listDocs(
  ctx: ToolContext,
  given: DocListArguments,
): Promise<{ docs: DocRow[]; next_cursor?: string; looked: number }> {
  const parent = given.parent === undefined ? undefined : await resolveAnyPlace(ctx, given.parent, "parent");
  const workspaceId =
    given.workspace === undefined && parent !== undefined
      ? parent.workspaceId
      : resolveWorkspace(ctx, given.workspace).id;
  if (parent !== undefined && parent.workspaceId !== workspaceId) {
    throw new UserInputError("parent: it lies in another Workspace than workspace. Leave one of them out.", {
      argument: "parent",
    });
  }
  const [creator] =
    given.creator === undefined ? [] : await resolvePeople(ctx, [given.creator], "creator", workspaceId);
  const filter = {
    limit: PAGE_DOCS,
    ...(given.archived === true ? { archived: true } : {}),
    ...(creator === undefined ? {} : { creator: creator.id }),
    ...(parent === undefined ? {} : { parent_id: parent.id, parent_type: String(PARENT_TYPES[parent.kind]) }),
  };
  const found: DocRecord[] = [];
  let { cursor } = given;
  let looked = 0;
  const most = given.query === undefined ? 1 : MOST_REQUESTS;
  for (let request = 0; request < most && found.length < ENOUGH_FOUND; request += 1) {
    const answer = await searchDocs(ctx.clickup, workspaceId, { ...filter, cursor });
    looked += answer.docs.length;
    found.push(...answer.docs.filter((doc) => matches(doc, given.query)));
    cursor = answer.next_cursor;
    if (cursor === undefined) {
      break;
    }
  }
  return {
    docs: found.map((doc) => docRow(doc, ctx)),
    looked,
    ...(cursor === undefined ? {} : { next_cursor: cursor }),
  };
}

/** Every word of the query is somewhere in the name. */
function matches(doc: DocRecord, query: string | undefined): boolean {
  const name = sameName(doc.name);
  return (
    query === undefined ||
    sameName(query)
      .split(" ")
      .every((word) => name.includes(word))
  );
}
