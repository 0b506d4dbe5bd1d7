/** The filters of a search as ClickUp's query (GET /v2/team/{team_Id}/task). Names are resolved here. */
import type { Query } from "../clickup/http.ts";
import type { TaskRecord } from "../clickup/tasks.ts";
import type { Priority } from "../priorities.ts";
import type { ToolContext, Workspace } from "../define.ts";
import { UserInputError } from "../words/errors.ts";
import { keptHierarchy, loadHierarchy, RESOLVING_AGE_MS } from "../resolve/hierarchy.ts";
import { sameName } from "../words/names.ts";
import { resolvePeople } from "../resolve/people.ts";
import { findPlace, placesOf, withPlace } from "../resolve/place.ts";
import type { Place, PlaceKind } from "../resolve/place.ts";
import { resolveWorkspace } from "../resolve/workspace.ts";
import { fieldConditions } from "./search-fields.ts";
import { parseSpan } from "../when/span.ts";

export const ORDERS = ["created", "updated", "due", "id"] as const;

export interface SearchFilters {
  workspace?: string | undefined;
  statuses?: string[] | undefined;
  assignees?: string[] | undefined;
  tags?: string[] | undefined;
  lists?: string[] | undefined;
  folders?: string[] | undefined;
  spaces?: string[] | undefined;
  due?: string | undefined;
  created?: string | undefined;
  updated?: string | undefined;
  done?: string | undefined;
  custom_fields?: Record<string, unknown> | undefined;
  include_closed?: boolean | undefined;
  subtasks?: boolean | undefined;
  archived?: boolean | undefined;
  priority?: Priority[] | undefined;
  order_by?: (typeof ORDERS)[number] | undefined;
  reverse?: boolean | undefined;
}

export interface PreparedSearch {
  workspace: Workspace;
  query: Query;
  /** The places the search is narrowed to. */
  places: Place[];
  /** What ClickUp cannot filter by; matched here, page by page. Undefined where every task fits. */
  fits?: (task: TaskRecord) => boolean;
}

const SPANS = [
  ["due", "due_date"],
  ["created", "date_created"],
  ["updated", "date_updated"],
  ["done", "date_done"],
] as const;

/** Throws UserInputError naming the argument. Ids need no request; names need what is kept, or are read once. */
export async function prepareSearch(ctx: ToolContext, given: SearchFilters): Promise<PreparedSearch> {
  const lists = await placesNamed(ctx, "list", given.lists, "lists");
  const folders = await placesNamed(ctx, "folder", given.folders, "folders");
  const spaces = await placesNamed(ctx, "space", given.spaces, "spaces");
  const places = [...lists, ...folders, ...spaces];
  const workspace = workspaceOf(ctx, given.workspace, places);
  const { statuses, tags, order_by, reverse } = given;
  const named = given.assignees?.filter((one) => !isNobody(one));
  const nobody = named !== undefined && named.length < (given.assignees ?? []).length;
  if (nobody && named.length > 0) {
    throw new UserInputError("assignees: none and people exclude each other. Search for one of them.", {
      argument: "assignees",
    });
  }
  const people = named === undefined ? [] : await resolvePeople(ctx, named, "assignees", workspace.id);
  const conditions = await fieldConditions(ctx, given.custom_fields ?? {}, async () =>
    listsWithin(ctx, workspace, { lists, folders, spaces }),
  );
  // A status or a day of completion that was asked for is not to be hidden for being closed.
  const closed = given.include_closed ?? (statuses !== undefined || given.done !== undefined);
  const spans = spanQuery(ctx, given);
  // What is over is due no more: tasks due up to a day that has passed are meant while they are open.
  const lateOnly = spans["due_date_lt"] !== undefined && spans["due_date_lt"] <= ctx.now_ms() && !closed;
  const fits = fitting({ priorities: given.priority, nobody, lateOnly });
  return {
    workspace,
    places,
    ...(fits === undefined ? {} : { fits }),
    query: {
      ...(given.archived === true ? { archived: true } : {}),
      // Also the tasks whose home is another List. Undescribed for this operation; see getWorkspaceTasks.
      ...(lists.length === 0 ? {} : { include_timl: true }),
      include_closed: closed,
      subtasks: given.subtasks ?? true,
      ...listed("list_ids[]", ids(lists)),
      ...listed("project_ids[]", ids(folders)),
      ...listed("space_ids[]", ids(spaces)),
      ...listed("statuses[]", statuses?.map(sameName)),
      ...listed("tags[]", tags?.map(sameName)),
      ...listed(
        "assignees[]",
        people.map((one) => one.id),
      ),
      ...spans,
      ...(conditions.length === 0 ? {} : { custom_fields: JSON.stringify(conditions) }),
      ...(order_by === undefined ? {} : { order_by: order_by === "due" ? "due_date" : order_by }),
      ...(reverse === true ? { reverse: true } : {}),
    },
  };
}

function ids(places: readonly Place[]): string[] {
  return places.map((one) => one.id);
}

function listed(name: string, values: readonly string[] | undefined): Query {
  return values === undefined || values.length === 0 ? {} : { [name]: values };
}

/** With several Workspaces a bare id must be found, since a search runs in one of them. */
async function placesNamed(
  ctx: ToolContext,
  kind: PlaceKind,
  values: readonly string[] | undefined,
  argument: string,
): Promise<Place[]> {
  const several = ctx.user.workspaces.length > 1;
  const found: Place[] = [];
  for (const value of values ?? []) {
    const place = await withPlace(ctx, kind, value, argument, async (one) => one);
    const known = place.workspaceId !== undefined || !several;
    found.push(known ? place : await findPlace(ctx, kind, place.id, argument));
  }
  return [...new Map(found.map((one) => [one.id, one])).values()];
}

function workspaceOf(ctx: ToolContext, wanted: string | undefined, places: readonly Place[]): Workspace {
  const known = [...new Set(places.flatMap((one) => one.workspaceId ?? []))];
  if (known.length > 1) {
    throw new UserInputError("lists, folders and spaces of one search must be in one Workspace.", {
      argument: "lists",
    });
  }
  const workspace = resolveWorkspace(ctx, wanted ?? known[0]);
  if (known[0] !== undefined && known[0] !== workspace.id) {
    throw new UserInputError(`workspace: the places named are in Workspace ${known[0]}.`, {
      argument: "workspace",
    });
  }
  return workspace;
}

/** Lists in the places searched, to find the names of Custom Fields in. */
async function listsWithin(
  ctx: ToolContext,
  workspace: Workspace,
  within: { lists: readonly Place[]; folders: readonly Place[]; spaces: readonly Place[] },
): Promise<string[]> {
  if (within.lists.length > 0) {
    return ids(within.lists);
  }
  const hierarchy =
    keptHierarchy(ctx, workspace, RESOLVING_AGE_MS) ??
    (await loadHierarchy(ctx, workspace, { maxAge_ms: RESOLVING_AGE_MS })).hierarchy;
  const inside = new Set([...within.folders, ...within.spaces].map((one) => one.id));
  return placesOf(hierarchy, "list")
    .filter(
      (one) =>
        inside.size === 0 ||
        inside.has(one.space.id) ||
        (one.folder !== undefined && inside.has(one.folder.id)),
    )
    .map((one) => one.id);
}

/** ClickUp's bounds leave the instant itself out. */
/** A word for "no assignee". */
const isNobody = (value: string) => /^(none|nobody|no one|unassigned)$/i.test(value.trim());

const FINISHED = new Set(["done", "closed"]);

function fitting(wanted: {
  priorities: readonly Priority[] | undefined;
  nobody: boolean;
  lateOnly: boolean;
}): ((task: TaskRecord) => boolean) | undefined {
  const { priorities, nobody, lateOnly } = wanted;
  if (priorities === undefined && !nobody && !lateOnly) {
    return undefined;
  }
  return (task) =>
    (priorities === undefined || priorities.some((one) => one === (task.priority ?? "none"))) &&
    (!nobody || (task.assignees ?? []).length === 0) &&
    (!lateOnly || !FINISHED.has(task.statusType ?? ""));
}

function spanQuery(ctx: ToolContext, given: SearchFilters): Record<string, number> {
  const clock = { now_ms: ctx.now_ms(), timeZone: ctx.user.timeZone };
  const query: Record<string, number> = {};
  for (const [argument, name] of SPANS) {
    const text = given[argument];
    if (text === undefined) {
      continue;
    }
    const { from_ms, to_ms } = parseSpan(text, clock, argument);
    if (from_ms !== undefined) {
      query[`${name}_gt`] = from_ms - 1;
    }
    if (to_ms !== undefined) {
      query[`${name}_lt`] = to_ms + 1;
    }
  }
  return query;
}
