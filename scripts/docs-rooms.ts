/** The drawings of the rooms in docs/architecture.md, from the imports. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Arrows, arrows, importsOf, readSource, reachable, roomOf } from "../test/repo/imports.ts";

export const ROOMS_PAGE = join(import.meta.dirname, "..", "docs", "architecture.md");

/** What each drawing shows: its houses, and rooms outside them that it leaves whole. */
const DRAWINGS: readonly { name: string; houses: readonly string[]; whole: readonly string[] }[] = [
  { name: "house", houses: ["worker", "objects"], whole: ["tools", "tools/clickup"] },
  { name: "tools", houses: ["tools"], whole: [] },
];

/** The page with its drawings as the imports have them today; the text around them stays. */
export function roomsPage(): string {
  let page = readFileSync(ROOMS_PAGE, "utf8");
  for (const { name, houses, whole } of DRAWINGS) {
    const [begin, end] = [`<!-- rooms: ${name} -->`, `<!-- end of rooms: ${name} -->`];
    const [from, to] = [page.indexOf(begin), page.indexOf(end)];
    if (from < 0 || to < from) throw new Error(`docs/architecture.md has no place for the drawing "${name}"`);
    page = `${page.slice(0, from)}${begin}\n\n${drawing(houses, whole)}\n\n${page.slice(to)}`;
  }
  return page;
}

/** Mermaid: a box for each house, its rooms in it, and the arrows that no other way stands for. */
function drawing(houses: readonly string[], whole: readonly string[]): string {
  const source = readSource([...houses, ...whole]);
  const outermost = whole.filter((room) => !room.includes("/"));
  const node = (path: string): string | undefined => {
    if (!source.has(path)) return undefined;
    const room = roomOf(path);
    if (whole.includes(room)) return room;
    const house = outermost.find((name) => path.startsWith(`${name}/`));
    // Single files beside the rooms wire them together or are known to all: they would hide the rest.
    return house ?? (houses.includes(room) ? undefined : room);
  };
  const all = arrows(importsOf(source), node);
  const rooms = [...new Set([...source.keys()].map(node))].filter((room) => room !== undefined).toSorted();
  const boxes = houses.flatMap((house) => [
    `  subgraph ${house}`,
    ...rooms.filter((room) => room.startsWith(`${house}/`)).map((room) => `    ${box(room, house)}`),
    "  end",
  ]);
  const outside = rooms.filter((room) => whole.includes(room)).map((room) => `  ${box(room, "")}`);
  const lines = rooms.flatMap((from) => {
    const to = shortest(all, from);
    return to.length === 0 ? [] : [`  ${id(from)} --> ${to.map(id).join(" & ")}`];
  });
  return ["```mermaid", "flowchart LR", ...boxes, ...outside, ...lines, "```"].join("\n");
}

/** The arrows from a node, without those to what another of them leads to; within a circle all of them. */
function shortest(all: Arrows, from: string): string[] {
  const leads = (a: string, b: string): boolean => reachable(all, a).has(b);
  const next = [...(all.get(from) ?? [])];
  const stands = (to: string): boolean =>
    next.some((other) => other !== to && leads(other, to) && !leads(to, other) && !leads(other, from));
  return next.filter((to) => !stands(to)).toSorted();
}

const id = (room: string): string => room.replaceAll("/", "_");
const box = (room: string, house: string): string =>
  `${id(room)}["${house === "" ? `${room}/` : room.slice(house.length + 1)}"]`;
