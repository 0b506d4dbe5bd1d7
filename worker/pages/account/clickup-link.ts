/** From what the record says a call touched to the place in ClickUp's app. */
import type { ActivityEvent } from "../../../objects/rpc/views.ts";
import type { Workspace } from "../../../tools/define.ts";

export interface TargetLink {
  /** e.g. "task 86c9x1a2b". */
  text: string;
  /** `null` where ClickUp has no page of it, or the record does not say in which Workspace it is. */
  url: string | null;
}

const APP = "https://app.clickup.com";
/** Ids as ClickUp makes them. */
const ID = /^[A-Za-z0-9_-]{1,64}$/;
/** ClickUp's marks of views in its addresses; tools/resolve/reference.ts reads the same. */
const MARKS: Readonly<Record<string, string>> = { list: "li", folder: "f", space: "s", doc: "dc" };

/** The targets of an event in words, each with its address where it has one. */
export function clickUpLinks(event: ActivityEvent, workspaces: readonly Workspace[]): TargetLink[] {
  const targets = (event.targets ?? []).map((target) => {
    const at = target.indexOf(":");
    return { kind: target.slice(0, at), id: target.slice(at + 1) };
  });
  const one = (kind: string): string | undefined => {
    const ids = targets.filter((target) => target.kind === kind).map(({ id }) => id);
    return ids.length === 1 && ID.test(ids[0] ?? "") ? ids[0] : undefined;
  };
  const workspaceId = one("workspace") ?? (workspaces.length === 1 ? workspaces[0]?.id : undefined);
  // The Workspace of something else is told by where that leads.
  const shown = targets.filter(({ kind }) => kind !== "workspace" || targets.length === 1);
  return (shown.length === 0 ? targets : shown).map(({ kind, id }) => ({
    text: `${kind} ${id}`,
    url: ID.test(id) ? address(kind, id, { workspaceId, task: one("task"), doc: one("doc") }) : null,
  }));
}

function address(
  kind: string,
  id: string,
  around: { workspaceId: string | undefined; task: string | undefined; doc: string | undefined },
): string | null {
  const { workspaceId, task, doc } = around;
  if (kind === "task") return `${APP}/t/${id}`;
  if (kind === "comment") return task === undefined ? null : `${APP}/t/${task}?comment=${id}`;
  if (kind === "workspace") return `${APP}/${id}/home`;
  if (workspaceId === undefined) return null;
  if (kind === "page") return doc === undefined ? null : `${APP}/${workspaceId}/v/dc/${doc}/${id}`;
  const mark = MARKS[kind];
  return mark === undefined ? null : `${APP}/${workspaceId}/v/${mark}/${id}`;
}
