/** Who imports whom: read from the source, for the rules of `rooms.test.ts` and the drawing of `npm run docs`. */
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

const ROOT = new URL("../..", import.meta.url).pathname;

/** What runs, and what an operator runs. */
export const SOURCE = ["worker", "objects", "tools", "migrations", "scripts"];

export interface Import {
  from: string;
  /** Path inside the repository, or a package name. */
  to: string;
  typeOnly: boolean;
}

/** Source by its path in the repository, sorted, of these folders and all below them. */
export function readSource(folders: readonly string[]): Map<string, string> {
  const files = folders
    .flatMap((folder) =>
      readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" }).map((f) => join(folder, f)),
    )
    .filter((f) => /\.tsx?$/.test(f) && !f.endsWith(".d.ts"))
    .toSorted();
  return new Map(files.map((f) => [f, readFileSync(join(ROOT, f), "utf8")]));
}

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\s+(type\s)?([^;"']*?)from\s*["']([^"']+)["']|import\(\s*["'`]([^"'`$]+)["'`]\s*\)|(?:^|\n)import\s+["']([^"']+)["']/g;

/** A comment inside the braces of an import could hold anything, a quote too. */
function withoutComments(text: string): string {
  return text.replaceAll(/(^|[\s{,;])\/\/[^\n]*/g, "$1").replaceAll(/\/\*[^]*?\*\//g, "");
}

/** Every import and re-export of the files, `import("…")` and `import type` too. */
export function importsOf(source: ReadonlyMap<string, string>): Import[] {
  return [...source].flatMap(([from, text]) =>
    [...withoutComments(text).matchAll(IMPORT)].map((m) => {
      const target = m[3] ?? m[4] ?? m[5] ?? "";
      const to = target.startsWith(".") ? normalize(join(dirname(from), target)) : target;
      const named = m[2]?.trim() ?? "";
      const allNamedAreTypes =
        named.startsWith("{") &&
        named
          .slice(1, named.lastIndexOf("}"))
          .split(",")
          .map((n) => n.trim())
          .filter(Boolean)
          .every((n) => n.startsWith("type "));
      return { from, to, typeOnly: m[1] !== undefined || allNamedAreTypes };
    }),
  );
}

/** From each node the nodes it points at, itself left out. */
export type Arrows = Map<string, Set<string>>;

/**
 * The imports as arrows between nodes. `nodeOf` names the node of a path: the path itself for files, its folder for
 * rooms; `undefined` leaves it out.
 */
export function arrows(imports: readonly Import[], nodeOf: (path: string) => string | undefined): Arrows {
  const found: Arrows = new Map();
  for (const { from, to } of imports) {
    const [a, b] = [nodeOf(from), nodeOf(to)];
    if (a === undefined || b === undefined || a === b) continue;
    found.set(a, (found.get(a) ?? new Set()).add(b));
  }
  return found;
}

/** Everything that can be reached from `node` over at least one arrow. */
export function reachable(graph: Arrows, node: string): Set<string> {
  const seen = new Set<string>();
  const next = [...(graph.get(node) ?? [])];
  for (let at = next.pop(); at !== undefined; at = next.pop()) {
    if (seen.has(at)) continue;
    seen.add(at);
    next.push(...(graph.get(at) ?? []));
  }
  return seen;
}

/** The groups of nodes that reach each other, each sorted: no group, no circle. */
export function circles(graph: Arrows): string[][] {
  const reach = new Map([...graph.keys()].map((node) => [node, reachable(graph, node)]));
  const groups = new Map<string, string[]>();
  for (const [node, seen] of reach) {
    if (!seen.has(node)) continue;
    const group = [...seen].filter((other) => reach.get(other)?.has(node) === true).toSorted();
    groups.set(group[0] ?? node, group);
  }
  return [...groups.values()].toSorted((a, b) => (a[0] ?? "").localeCompare(b[0] ?? ""));
}

/** A file's room: its folder. */
export const roomOf = (path: string): string => dirname(path);
