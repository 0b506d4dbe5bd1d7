/** The shape of JSON: which types stand at which place, and what is always there. Values do not count. */

/** What several answers have in common: types by path, and in how many of the objects there a key stood. */
export interface Shape {
  types: Set<string>;
  /** Of an object: its keys. `seen` counts the objects, a key's own `seen` those that had it. */
  keys: Map<string, Shape>;
  /** Of an array: its items, all in one. */
  items: Shape | null;
  seen: number;
}

const empty = (): Shape => ({ types: new Set(), keys: new Map(), items: null, seen: 0 });

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

/** Adds one value to a shape; without `into` a new one. */
export function shapeOf(value: unknown, into: Shape = empty()): Shape {
  into.seen++;
  into.types.add(typeOf(value));
  if (Array.isArray(value)) {
    for (const item of value) into.items = shapeOf(item, into.items ?? empty());
  } else if (typeof value === "object" && value !== null) {
    for (const [key, inner] of Object.entries(value))
      into.keys.set(key, shapeOf(inner, into.keys.get(key) ?? empty()));
  }
  return into;
}

/** Types but null; empty where only null was seen, which says nothing about what else may stand there. */
const filled = (shape: Shape) => [...shape.types].filter((type) => type !== "null");
const objects = (shape: Shape) => (shape.types.has("object") ? shape.seen : 0);

export interface Compared {
  /** An example of the docs proves its keys alone, and not that they are all. */
  keysOnly: boolean;
}

/** Differences between what ClickUp answered and what the sandbox does, one line each: `path: what`. */
export function differences(real: Shape, ours: Shape, how: Compared, path = ""): string[] {
  const at = path === "" ? "(answer)" : path;
  const found: string[] = [];
  if (!how.keysOnly) {
    const theirs = filled(real);
    const mine = filled(ours);
    if (theirs.length > 0 && mine.length > 0) {
      const odd = mine.filter((type) => !theirs.includes(type));
      const lacking = theirs.filter((type) => !mine.includes(type));
      if (odd.length + lacking.length > 0)
        found.push(`${at}: ${theirs.join("|")} at ClickUp, ${mine.join("|")} here`);
    }
    if (real.types.has("null") && !ours.types.has("null"))
      found.push(`${at}: may be null at ClickUp, never here`);
  }
  if (objects(real) > 0 && objects(ours) > 0) {
    for (const [key, inner] of real.keys) {
      const here = ours.keys.get(key);
      const inside = path === "" ? key : `${path}.${key}`;
      if (here === undefined) {
        found.push(`${inside}: absent here`);
        continue;
      }
      if (!how.keysOnly && inner.seen === real.seen && here.seen < ours.seen)
        found.push(`${inside}: always there at ClickUp, here only sometimes`);
      found.push(...differences(inner, here, how, inside));
    }
    if (!how.keysOnly) {
      for (const [key, here] of ours.keys) {
        if (!real.keys.has(key) && here.seen === ours.seen)
          found.push(`${path === "" ? key : `${path}.${key}`}: not at ClickUp`);
      }
    }
  }
  if (real.items !== null && ours.items !== null)
    found.push(...differences(real.items, ours.items, how, `${path}[]`));
  return found;
}
