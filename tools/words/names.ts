/** Comparing names people type: what counts as the same, and what is near. */
import { stripInvisible } from "./untrusted.ts";

/** The form names are compared in: no case, no invisible characters, single spaces. */
export function sameName(name: string): string {
  return stripInvisible(name).normalize("NFKC").toLowerCase().replaceAll(/\s+/g, " ").trim();
}

/** The form names are compared in where nothing has the name as it was written: without accents. */
export function foldedName(name: string): string {
  return sameName(name).normalize("NFD").replaceAll(/\p{M}/gu, "").replaceAll("ß", "ss").replaceAll("ø", "o");
}

/** The form paths are compared in: "Space / List", "space>list" and "Space/List" are one. */
export function samePath(path: string): string {
  return sameName(path).replaceAll(/\s*[/>›]\s*/g, "/");
}

/** True when `path` is `wanted` or ends with it at a segment border. Both already through `samePath`. */
export function pathEndsWith(path: string, wanted: string): boolean {
  return path === wanted || path.endsWith(`/${wanted}`);
}

/** A name as a value of its own: one line, no invisible characters; still the same name. */
export function oneLine(name: string): string {
  return stripInvisible(name).replaceAll(/\s+/g, " ").trim();
}

/** A name or value as it may stand inside one of our sentences: one line, cut, no invisible characters. */
export function shown(name: string, most = 80): string {
  const line = oneLine(name).replaceAll('"', "'");
  return line.length > most ? `${line.slice(0, most - 1)}…` : line;
}

/** Up to `count` of `known` whose names are nearest to `wanted`; far ones are left out. */
export function closest<T>(wanted: string, known: readonly T[], nameOf: (one: T) => string, count = 3): T[] {
  const target = foldedName(wanted).slice(0, 100);
  const scored = known.flatMap((one) => {
    const name = foldedName(nameOf(one)).slice(0, 100);
    const score = distance(target, name);
    return score === undefined ? [] : [{ one, score }];
  });
  scored.sort((a, b) => a.score - b.score);
  return scored.slice(0, count).map(({ one }) => one);
}

/** 0 same … 1 nothing in common; undefined when too far to be worth naming. */
function distance(wanted: string, name: string): number | undefined {
  if (wanted === "" || name === "") {
    return undefined;
  }
  // A word of a letter or two is in everything.
  if (Math.min(wanted.length, name.length) >= 3 && (name.includes(wanted) || wanted.includes(name))) {
    return 0.3 - 0.3 * (Math.min(wanted.length, name.length) / Math.max(wanted.length, name.length));
  }
  const score = apart(wanted, name);
  if (score <= MOST_DISTANCE) {
    return score;
  }
  // One word of a longer name: "Northwnd" for "Northwind Labs".
  const words = wanted.includes(" ") || wanted.length < 4 ? [] : name.split(" ");
  const nearest = Math.min(1, ...words.map((word) => apart(wanted, word)));
  return nearest <= MOST_DISTANCE ? MOST_DISTANCE + nearest / 10 : undefined;
}

function apart(a: string, b: string): number {
  return editDistance(a, b) / Math.max(a.length, b.length);
}

/** About two slips in a word of five letters; what is further off has another name. */
const MOST_DISTANCE = 0.4;

/** Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        best = Math.min(best, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? 0;
}
