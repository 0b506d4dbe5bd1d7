/**
 * Small answers: absent instead of null, names beside ids, a compact text copy, and pages that fit a
 * character budget with a cursor instead of a silent cut.
 */
import { UserInputError } from "./errors.ts";

/** Characters of JSON one page of a list may take. */
export const PAGE_CHARS = 20_000;
/** Characters of one long text (a description, a comment) in an answer. */
export const TEXT_CHARS = 20_000;

type Present<T> = { [K in keyof T]?: Exclude<T[K], null | undefined> };

/** A copy without null, undefined, empty text and empty lists. */
export function compact<T extends Record<string, unknown>>(value: T): Present<T> {
  const kept: Record<string, unknown> = {};
  for (const [key, one] of Object.entries(value)) {
    const empty = one === undefined || one === null || one === "" || (Array.isArray(one) && one.length === 0);
    if (!empty) {
      kept[key] = one;
    }
  }
  return kept as Present<T>;
}

export interface Page<T> {
  shown: T[];
  /** Where the next page begins; undefined on the last one. */
  next_cursor: string | undefined;
}

/**
 * The items from `cursor` on that fit into `budget_chars`, at least one. `size` is what one item costs.
 * Throws UserInputError for a cursor this function did not make.
 */
export function pageOf<T>(
  all: readonly T[],
  cursor: string | undefined,
  size: (item: T) => number,
  budget_chars = PAGE_CHARS,
): Page<T> {
  const start = readCursor(cursor);
  let end = start;
  let used = 0;
  for (const item of all.slice(start)) {
    used += size(item);
    if (used > budget_chars && end > start) {
      break;
    }
    end += 1;
  }
  return { shown: all.slice(start, end), next_cursor: end < all.length ? `at-${end}` : undefined };
}

function readCursor(cursor: string | undefined): number {
  if (cursor === undefined) {
    return 0;
  }
  const at = /^at-(\d{1,9})$/.exec(cursor)?.[1];
  if (at === undefined) {
    throw new UserInputError("cursor: pass next_cursor of the page before, unchanged.", {
      argument: "cursor",
    });
  }
  return Number(at);
}

/** A long text and, when it was cut, how long it really is. */
export function cutText(text: string, most = TEXT_CHARS): { text: string; total_chars?: number } {
  return text.length <= most ? { text } : { text: text.slice(0, most), total_chars: text.length };
}

/** Data as compact lines: `key: value`, lists as `- …` lines, things with a name as `name (id)`. */
export function renderText(data: unknown): string {
  return lines(data, "").join("\n");
}

function lines(value: unknown, indent: string): string[] {
  if (Array.isArray(value)) {
    return value.flatMap((item: unknown) => itemLines(item, indent));
  }
  if (!isRecord(value)) {
    return [`${indent}${inline(value)}`];
  }
  return Object.entries(value).flatMap(([key, one]) => fieldLines(key, one, indent));
}

function fieldLines(key: string, value: unknown, indent: string): string[] {
  if (value === undefined || value === null) {
    return [];
  }
  const flat = isFlat(value) ? inline(value) : undefined;
  if (flat !== undefined && !flat.includes("\n")) {
    return [`${indent}${key}: ${flat}`];
  }
  if (flat !== undefined) {
    return [`${indent}${key}:`, ...flat.split("\n").map((line) => `${indent}  ${line}`)];
  }
  return [`${indent}${key}:`, ...lines(value, `${indent}  `)];
}

function itemLines(item: unknown, indent: string): string[] {
  if (!isRecord(item)) {
    return [`${indent}- ${inline(item)}`];
  }
  const entries = Object.entries(item).filter(
    ([key, one]) => key !== "id" && key !== "name" && one !== undefined,
  );
  const flat = entries.filter(([, one]) => isFlat(one) && !inline(one).includes("\n"));
  const rest = entries.filter((entry) => !flat.includes(entry));
  const head = [label(item), ...flat.map(([key, one]) => `${key}: ${inline(one)}`)].filter(
    (part) => part !== "",
  );
  return [
    `${indent}- ${head.join("; ")}`,
    ...rest.flatMap(([key, one]) => fieldLines(key, one, `${indent}  `)),
  ];
}

/** "name (id)" as far as the record has them. */
function label(item: Record<string, unknown>): string {
  const { id, name } = item;
  const called = typeof name === "string" ? name : "";
  if (typeof id !== "string") {
    return called;
  }
  return called === "" ? id : `${called} (${id})`;
}

/** One value that needs no lines of its own: plain, a reference, or a list of those. */
function isFlat(value: unknown): boolean {
  if (Array.isArray(value)) {
    return value.every((one) => !isRecord(one) || isReference(one)) && !value.some(Array.isArray);
  }
  return !isRecord(value) || isReference(value);
}

function isReference(value: Record<string, unknown>): boolean {
  return typeof value["id"] === "string" && Object.keys(value).every((key) => key === "id" || key === "name");
}

function inline(value: unknown): string {
  if (Array.isArray(value)) {
    return value.map(inline).join(", ");
  }
  if (isRecord(value)) {
    return label(value);
  }
  return typeof value === "string" ? value : String(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
