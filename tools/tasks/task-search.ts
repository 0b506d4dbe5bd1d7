/**
 * Runs a search over pages of 100 tasks. ClickUp cannot search text: it ignores an unknown parameter and
 * answers everything, so words are matched here, over a bounded number of pages, with a cursor to go on.
 */
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
  const matches = matcher(options.query);
  const rows = new SearchRows(ctx, options.fields, PAGE_CHARS);
  const start = readCursor(options.cursor);
  const markdown = options.fields.has("description") ? { include_markdown_description: true } : {};
  let { page, offset } = start;
  let looked_at = 0;
  for (let request = 0; request < (options.query === undefined ? 1 : MOST_PAGES); request += 1) {
    const tasks = await getWorkspaceTasks(ctx.clickup, search.workspace.id, {
      ...search.query,
      ...markdown,
      page,
    });
    for (const [index, task] of tasks.entries()) {
      if (index < offset || !matches(task)) {
        continue;
      }
      if (rows.count >= MOST_ROWS || !rows.add(task)) {
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
 * A status that does not exist filters everything away without a word. When nothing was found in one List,
 * its statuses are looked at. Throws UserInputError naming those it has.
 */
export async function checkStatuses(
  ctx: ToolContext,
  search: PreparedSearch,
  statuses: readonly string[] | undefined,
): Promise<void> {
  const [place, second] = search.places;
  if (statuses === undefined || place?.kind !== "list" || second !== undefined) {
    return;
  }
  const known = await loadListStatuses(ctx, place.id);
  const unknown = statuses.find((name) => !known.some((one) => sameName(one.status) === sameName(name)));
  if (unknown !== undefined) {
    const [near] = closest(unknown, known, (one) => one.status, 1);
    const hint = near === undefined ? "" : ` Nearest: ${foreign(`"${shown(near.status)}"`)}.`;
    const names = foreign(known.map((one) => `"${shown(one.status)}"`).join(", "));
    throw new UserInputError(`statuses: the list has no "${shown(unknown)}".${hint} Statuses: ${names}.`, {
      argument: "statuses",
    });
  }
}
