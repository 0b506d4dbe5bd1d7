/**
 * ClickUp as MCP resources: `clickup://{workspace}/…`. Each is read by the tool that reads the same thing, so tier,
 * grant, fence and budget are the tool's.
 */
import { loadHierarchy, RESOLVING_AGE_MS } from "./resolve/hierarchy.ts";
import type { Grant, ToolContext } from "./define.ts";
import { oneLine, shown } from "./words/names.ts";

export interface ResourceTemplate {
  uriTemplate: string;
  name: string;
  title: string;
  description: string;
}

/** Which tool reads a resource, with which arguments. */
export interface ResourceCall {
  tool: string;
  args: Record<string, unknown>;
}

const SCHEME = "clickup://";

export const RESOURCE_TEMPLATES: readonly ResourceTemplate[] = [
  {
    uriTemplate: "clickup://{workspace}/hierarchy",
    name: "hierarchy",
    title: "Spaces, folders and lists",
    description: "The spaces, folders and lists of a workspace with their ids.",
  },
  {
    uriTemplate: "clickup://{workspace}/task/{task}",
    name: "task",
    title: "Task",
    description: "A task with its description, subtasks and latest comments.",
  },
  {
    uriTemplate: "clickup://{workspace}/list/{list}",
    name: "list",
    title: "List",
    description: "A list with its statuses and counts.",
  },
  {
    uriTemplate: "clickup://{workspace}/doc/{doc}/page/{page}",
    name: "doc-page",
    title: "Doc page",
    description: "A page of a doc as Markdown.",
  },
];

/** The URI of what a workspace holds; listed for every workspace. */
export function hierarchyUri(workspaceId: string): string {
  return `${SCHEME}${encodeURIComponent(workspaceId)}/hierarchy`;
}

/** A title for people. The Workspace's name stands in it as in any sentence of ours. */
export function hierarchyTitle(workspace: { name: string }): string {
  return `Spaces, folders and lists of ${shown(workspace.name)}`;
}

/** The URI of an object that a tool changed; undefined for kinds that are not resources. */
function changedUri(workspaceId: string, kind: string, id: string): string | undefined {
  const workspace = encodeURIComponent(workspaceId);
  if (kind === "task" || kind === "list") return `${SCHEME}${workspace}/${kind}/${encodeURIComponent(id)}`;
  if (kind === "space" || kind === "folder") return hierarchyUri(workspaceId);
  return undefined;
}

/** The URIs of what a tool changed (`targets`: "kind:id"), in every Workspace it may be in. */
export function changedUris(
  targets: ReadonlySet<string>,
  workspaces: readonly { id: string }[],
): Set<string> {
  return new Set(
    [...targets].flatMap((target) => {
      const [kind = "", id = ""] = target.split(":");
      return workspaces.flatMap((w) => changedUri(w.id, kind, id) ?? []);
    }),
  );
}

/** @param sets of tools the device may use; @returns the tool call that reads `uri`; undefined when it is none of ours */
export function resourceCall(uri: string, sets: Grant["toolSets"]): ResourceCall | undefined {
  if (!uri.startsWith(SCHEME)) return undefined;
  let parts: string[];
  try {
    parts = uri.slice(SCHEME.length).split("/").map(decodeURIComponent);
  } catch {
    return undefined;
  }
  const [workspace, kind, id, sub, subId, ...rest] = parts;
  if (workspace === undefined || workspace === "" || rest.length > 0) return undefined;
  if (kind === "hierarchy" && id === undefined) {
    return { tool: "clickup_workspace_hierarchy", args: { workspace } };
  }
  if (id === undefined || id === "") return undefined;
  if (kind === "task" && sub === undefined) {
    const comments = sets === null || sets.includes("comments") ? ["comments"] : [];
    return {
      tool: "clickup_task_get",
      args: { task: id, include: ["description", "subtasks", ...comments] },
    };
  }
  if (kind === "list" && sub === undefined) return { tool: "clickup_list_get", args: { list: id } };
  if (kind === "doc" && sub === "page" && subId !== undefined && subId !== "") {
    return { tool: "clickup_document_page_get", args: { doc: id, pages: [subId] } };
  }
  return undefined;
}

/** Most values a completion may have (2026-07-28, server/utilities/completion). */
const MAX_COMPLETIONS = 100;

/**
 * Values for an argument of a resource template or prompt that begin with, or contain, what was typed.
 * @param argument "workspace" completes ids, "list", "folder" and "space" names
 */
export async function completions(
  argument: string,
  typed: string,
  ctx: ToolContext,
): Promise<{ values: string[]; total: number; hasMore: boolean }> {
  const wanted = typed.toLocaleLowerCase();
  const all = [...new Set((await candidates(argument, ctx)).map(oneLine))];
  const starting = all.filter((v) => v.toLocaleLowerCase().startsWith(wanted));
  const containing = all.filter((v) => !starting.includes(v) && v.toLocaleLowerCase().includes(wanted));
  const matching = [...starting, ...containing];
  return {
    values: matching.slice(0, MAX_COMPLETIONS),
    total: matching.length,
    hasMore: matching.length > MAX_COMPLETIONS,
  };
}

async function candidates(argument: string, ctx: ToolContext): Promise<string[]> {
  const { workspaces } = ctx.user;
  if (argument === "workspace") return workspaces.flatMap((w) => [w.id, w.name]);
  if (argument !== "list" && argument !== "folder" && argument !== "space") return [];
  const trees = await Promise.all(
    workspaces.map((workspace) => loadHierarchy(ctx, workspace, { maxAge_ms: RESOLVING_AGE_MS })),
  );
  return trees
    .flatMap(({ hierarchy }) => hierarchy.spaces)
    .flatMap((space) => {
      if (argument === "space") return [space.name];
      if (argument === "folder") return space.folders.map((f) => f.name);
      return [...space.lists, ...space.folders.flatMap((f) => f.lists)].map((l) => l.name);
    });
}
