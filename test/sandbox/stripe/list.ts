import { invalid } from "./errors.ts";
import { type Fields, int, type Params, text } from "./params.ts";

/** Parameters of every list. */
export const LIST_PARAMS = {
  limit: "int",
  starting_after: "string",
  ending_before: "string",
  created: "range",
} as const satisfies Fields;

interface Listed {
  id?: string;
  created?: number;
}

/**
 * A page of rows, the newest first: `limit` 1 to 100 (default 10), after or before the row of an id.
 * `oldestFirst` are the rows in order of creation.
 */
export function listPage<T extends Listed>(oldestFirst: T[], params: Params, url: string) {
  const limit = int(params, "limit") ?? 10;
  if (limit < 1 || limit > 100) throw invalid("Limit must be between 1 and 100", "limit");
  const rows = oldestFirst.filter((row) => inRange(row.created ?? 0, params.created)).reverse();
  const after = text(params, "starting_after");
  const before = text(params, "ending_before");
  if (after !== undefined) {
    const rest = rows.slice(indexOf(rows, after, "starting_after") + 1);
    return page(rest.slice(0, limit), rest.length > limit, url);
  }
  if (before !== undefined) {
    const rest = rows.slice(0, indexOf(rows, before, "ending_before"));
    return page(rest.slice(-limit), rest.length > limit, url);
  }
  return page(rows.slice(0, limit), rows.length > limit, url);
}

function page<T>(data: T[], has_more: boolean, url: string) {
  return { object: "list" as const, data, has_more, url };
}

function indexOf(rows: Listed[], id: string, param: string): number {
  const index = rows.findIndex((row) => row.id === id);
  if (index < 0) throw invalid(`No such object: '${id}'`, param, "resource_missing");
  return index;
}

function inRange(at: number, range: unknown): boolean {
  if (typeof range !== "object" || range === null) return true;
  const { gt, gte, lt, lte } = range as { gt?: number; gte?: number; lt?: number; lte?: number };
  return (
    (gt === undefined || at > gt) &&
    (gte === undefined || at >= gte) &&
    (lt === undefined || at < lt) &&
    (lte === undefined || at <= lte)
  );
}
