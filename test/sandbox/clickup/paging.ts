import { badRequest } from "./errors.ts";

/** ClickUp's three ways of paging. */

const TASKS_PER_PAGE = 100;
const COMMENTS_PER_PAGE = 25;

/** `page` from 0, 100 items each. */
export function pageOf<T>(items: T[], query: URLSearchParams): { items: T[]; last_page: boolean } {
  const page = Number(query.get("page") ?? "0");
  if (!Number.isInteger(page) || page < 0) throw badRequest("Page invalid", "INPUT_010");
  const from = page * TASKS_PER_PAGE;
  return {
    items: items.slice(from, from + TASKS_PER_PAGE),
    last_page: from + TASKS_PER_PAGE >= items.length,
  };
}

/**
 * Newest first, 25 at a time; `start` (date) and `start_id` of the last item seen go together. One alone is ignored,
 * which gives the first page again.
 */
export function commentsPage<T extends { id: string; date: number }>(
  newestFirst: T[],
  query: URLSearchParams,
): T[] {
  const start = query.get("start");
  const startId = query.get("start_id");
  if (start === null || startId === null) return newestFirst.slice(0, COMMENTS_PER_PAGE);
  const date = Number(start);
  const at = newestFirst.findIndex((item) => item.id === startId);
  const rest = at >= 0 ? newestFirst.slice(at + 1) : newestFirst.filter((item) => item.date < date);
  return rest.slice(0, COMMENTS_PER_PAGE);
}

/** v3: an opaque `cursor` and a `limit` (default 50, at most 100); `next_cursor` is absent on the last page. */
export function cursorPage<T>(items: T[], query: URLSearchParams): { items: T[]; next_cursor?: string } {
  const limit = Math.min(100, Math.max(1, Number(query.get("limit") ?? "50") || 50));
  const cursor = query.get("cursor") ?? query.get("next_cursor");
  const from = cursor === null ? 0 : decodeCursor(cursor);
  const page = items.slice(from, from + limit);
  return from + limit < items.length
    ? { items: page, next_cursor: btoa(`offset:${from + limit}`) }
    : { items: page };
}

function decodeCursor(cursor: string): number {
  try {
    const match = /^offset:(\d+)$/.exec(atob(cursor));
    if (match !== null) return Number(match[1]);
  } catch {
    throw badRequest("Invalid cursor", "PAGE_001");
  }
  throw badRequest("Invalid cursor", "PAGE_001");
}
