import { invalid } from "./errors.ts";
import { type Fields, int, type Params, text } from "./params.ts";

export const SEARCH_PARAMS = { "query!": "string", limit: "int", page: "string" } as const satisfies Fields;

interface Clause {
  field: string;
  key: string | null;
  operator: ":" | "~" | "<" | ">" | "<=" | ">=";
  value: string | null;
  negated: boolean;
}

/**
 * Stripe's search language: `field:'x'`, `field~'part'`, `created>1`, `metadata['key']:'x'`, `-` for not,
 * joined by AND or by OR (never both). Throws 400 for a query it cannot read.
 */
export function searchPage<T extends object>(oldestFirst: T[], params: Params, url: string) {
  const { clauses, any } = parseQuery(text(params, "query") ?? "");
  const limit = int(params, "limit") ?? 10;
  if (limit < 1 || limit > 100) throw invalid("Limit must be between 1 and 100", "limit");
  const from = Number(text(params, "page") ?? "0");
  const found = oldestFirst
    .filter((row) => (any ? clauses.some((c) => matches(row, c)) : clauses.every((c) => matches(row, c))))
    .reverse();
  const has_more = from + limit < found.length;
  return {
    object: "search_result" as const,
    data: found.slice(from, from + limit),
    has_more,
    next_page: has_more ? String(from + limit) : null,
    url,
  };
}

const CLAUSE =
  /^(-?)(\w+)(?:\[(?:'([^']*)'|"([^"]*)")\])?(<=|>=|:|~|<|>)(?:'([^']*)'|"([^"]*)"|(null|[\w.-]+))$/;

function parseQuery(query: string): { clauses: Clause[]; any: boolean } {
  const parts = query.trim().split(/\s+(AND|OR)\s+/i);
  const joins = new Set(parts.filter((_, index) => index % 2 === 1).map((word) => word.toUpperCase()));
  if (joins.size > 1) throw invalid("Search queries cannot combine AND and OR.", "query");
  const clauses = parts.filter((_, index) => index % 2 === 0).map(parseClause);
  return { clauses, any: joins.has("OR") };
}

function parseClause(part: string): Clause {
  const match = CLAUSE.exec(part.trim());
  if (match === null) {
    throw invalid(`We were unable to parse your search query: ${part}`, "query");
  }
  const bare = match[8];
  return {
    negated: match[1] === "-",
    field: match[2] ?? "",
    key: match[3] ?? match[4] ?? null,
    operator: match[5] as Clause["operator"],
    value: bare === "null" ? null : (match[6] ?? match[7] ?? bare ?? ""),
  };
}

function matches(row: object, clause: Clause): boolean {
  return holds(row, clause) !== clause.negated;
}

function holds(row: object, clause: Clause): boolean {
  const held = (row as Record<string, unknown>)[clause.field];
  const actual = clause.key === null ? held : (held as Record<string, unknown> | undefined)?.[clause.key];
  if (clause.value === null) return actual === null || actual === undefined;
  if (actual === null || actual === undefined) return false;
  if (typeof actual !== "string" && typeof actual !== "number" && typeof actual !== "boolean") return false;
  const text = String(actual).toLowerCase();
  const wanted = clause.value.toLowerCase();
  switch (clause.operator) {
    case ":":
      return text === wanted;
    case "~":
      return text.includes(wanted);
    case "<":
      return Number(text) < Number(wanted);
    case ">":
      return Number(text) > Number(wanted);
    case "<=":
      return Number(text) <= Number(wanted);
    case ">=":
      return Number(text) >= Number(wanted);
  }
}
