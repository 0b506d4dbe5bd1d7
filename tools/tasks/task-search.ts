/**
 * Runs a search over pages of 100 tasks. ClickUp cannot search text: it ignores an unknown parameter and
 * answers everything, so words are matched here, over a bounded number of pages, with a cursor to go on.
 */
import { getSpaceTags } from "../clickup/tags.ts";
import { getWorkspaceTasks } from "../clickup/tasks.ts";
import type { TaskRecord } from "../clickup/tasks.ts";
import type { ToolContext } from "../define.ts";
import { UserInputError } from "../words/errors.ts";
import { loadListStatuses } from "../fields/list-fields.ts";
import { closest, sameName, shown } from "../words/names.ts";
import { PAGE_CHARS } from "../words/render.ts";
import type { PreparedSearch } from "./search-filter.ts";
import { SearchRows } from "./search-rows.ts";
import type { Widening } from "./search-rows.ts";
import { foreign } from "../words/untrusted.ts";

const PAGE_TASKS = 100;
/** Requests of one call when words are matched. */
const MOST_PAGES = 10;
const MOST_ROWS = 100;

export interface SearchOptions {
  query?: string | undefined;
  cursor?: string | undefined;
  /** The most tasks of one answer. */
  limit?: number | undefined;
  fields: ReadonlySet<Widening>;
}

export interface SearchResult {
  rows: SearchRows;
  /** How many tasks were looked at. */
  looked_at: number;
  next_cursor?: string;
}

/** One request, up to ten when words are matched. */
export async function runSearch(
  ctx: ToolContext,
  search: PreparedSearch,
  options: SearchOptions,
): Promise<SearchResult> {
  const words = matcher(options.query);
  const { fits } = search;
  const matches = (task: TaskRecord) => (fits === undefined || fits(task)) && words(task);
  const sifts = options.query !== undefined || fits !== undefined;
  const most = Math.min(options.limit ?? MOST_ROWS, MOST_ROWS);
  const rows = new SearchRows(ctx, options.fields, PAGE_CHARS);
  const start = readCursor(options.cursor);
  const markdown = options.fields.has("description") ? { include_markdown_description: true } : {};
  let { page, offset } = start;
  let looked_at = 0;
  for (let request = 0; request < (sifts ? MOST_PAGES : 1); request += 1) {
    const tasks = await getWorkspaceTasks(ctx.clickup, search.workspace.id, {
      ...search.query,
      ...markdown,
      page,
    });
    for (const [index, task] of tasks.entries()) {
      if (index < offset || !matches(task)) {
        continue;
      }
      if (rows.count >= most || !rows.add(task)) {
        return { rows, looked_at: looked_at + index - offset, next_cursor: `${page}-${index}` };
      }
    }
    looked_at += Math.max(0, tasks.length - offset);
    // Only a short page ends the list: this operation carries no mark of the last one.
    if (tasks.length < PAGE_TASKS) {
      return { rows, looked_at };
    }
    page += 1;
    offset = 0;
    ctx.progress(request + 1, MOST_PAGES);
  }
  return { rows, looked_at, next_cursor: `${page}-0` };
}

function readCursor(cursor: string | undefined): { page: number; offset: number } {
  if (cursor === undefined) {
    return { page: 0, offset: 0 };
  }
  const [, page, offset] = /^(\d{1,6})-(\d{1,2})$/.exec(cursor) ?? [];
  if (page === undefined || offset === undefined) {
    throw new UserInputError("cursor: pass next_cursor of the page before, with the same arguments.", {
      argument: "cursor",
    });
  }
  return { page: Number(page), offset: Number(offset) };
}

/** Every word must be in the name, the custom id, a tag or the description. */
function matcher(query: string | undefined): (task: TaskRecord) => boolean {
  const words =
    query === undefined
      ? []
      : sameName(query)
          .split(" ")
          .filter((word) => word !== "");
  return (task) => {
    if (words.length === 0) {
      return true;
    }
    const text = sameName(
      [task.name, task.customId ?? "", ...(task.tags ?? []), task.markdown ?? ""].join("\n"),
    );
    return words.every((word) => text.includes(word));
  };
}

/**
 * A status or tag that does not exist filters everything away without a word. When nothing was found, the statuses of
 * the one List and the tags of the few Spaces that were searched are looked at. Throws UserInputError naming them.
 */
export async function checkFilters(
  ctx: ToolContext,
  search: PreparedSearch,
  filters: { statuses?: readonly string[] | undefined; tags?: readonly string[] | undefined },
): Promise<void> {
  if (filters.statuses !== undefined) {
    refuseUnknown("statuses", filters.statuses, await knownStatuses(ctx, search));
  }
  if (filters.tags !== undefined) {
    refuseUnknown("tags", filters.tags, await knownTags(ctx, search));
  }
}

/** Undefined where it cannot be told: a List may have statuses of its own. */
async function knownStatuses(ctx: ToolContext, search: PreparedSearch): Promise<string[] | undefined> {
  const [place, second] = search.places;
  if (place?.kind !== "list" || second !== undefined) {
    return undefined;
  }
  return (await loadListStatuses(ctx, place.id)).map((one) => one.status);
}

/** The most Spaces whose tags are read to say which there are. */
const MOST_SPACES = 3;

async function knownTags(ctx: ToolContext, search: PreparedSearch): Promise<string[] | undefined> {
  const spaces = search.places.map((place) => (place.kind === "space" ? place.id : place.space?.id));
  const ids = [...new Set(spaces)];
  if (ids.length === 0 || ids.length > MOST_SPACES || ids.includes(undefined)) {
    return undefined;
  }
  const tags = await Promise.all(ids.map((id) => getSpaceTags(ctx.clickup, id ?? "")));
  return [...new Set(tags.flat())];
}

function refuseUnknown(
  argument: string,
  wanted: readonly string[],
  known: readonly string[] | undefined,
): void {
  const unknown = wanted.find((name) => known?.some((one) => sameName(one) === sameName(name)) === false);
  if (unknown === undefined || known === undefined) {
    return;
  }
  const [near] = closest(unknown, known, (one) => one, 1);
  const hint = near === undefined ? "" : ` Nearest: ${foreign(`"${shown(near)}"`)}.`;
  const names = foreign(known.map((one) => `"${shown(one)}"`).join(", "));
  const noun = argument === "tags" ? "Tags" : "Statuses";
  throw new UserInputError(
    `${argument}: there is no "${shown(unknown)}" where it was looked for.${hint} ${noun}: ${names}.`,
    { argument },
  );
}
