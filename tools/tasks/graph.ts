/** Things that wait on other things: loops, and an order in which each comes after what it waits on. */

export interface Waiting {
  key: string;
  /** Keys of what it waits on; keys that are not among the nodes do not count. */
  after: readonly string[];
}

/** One loop, each key waiting on the next and the last on the first; undefined when there is none. */
export function findCycle(nodes: readonly Waiting[]): string[] | undefined {
  const after = new Map(nodes.map((node) => [node.key, node.after]));
  const finished = new Set<string>();
  for (const { key } of nodes) {
    const loop = finished.has(key) ? undefined : walk(key, after, finished);
    if (loop !== undefined) {
      return loop;
    }
  }
  return undefined;
}

/** Depth first without recursion: a chain may be thousands of tasks long. */
function walk(
  start: string,
  after: ReadonlyMap<string, readonly string[]>,
  finished: Set<string>,
): string[] | undefined {
  const path = [{ key: start, next: 0 }];
  const onPath = new Map([[start, 0]]);
  for (;;) {
    const top = path.at(-1);
    if (top === undefined) {
      return undefined;
    }
    const waits = after.get(top.key) ?? [];
    const target = waits[top.next];
    top.next += 1;
    if (target === undefined) {
      path.pop();
      onPath.delete(top.key);
      finished.add(top.key);
    } else if (onPath.has(target)) {
      return path.slice(onPath.get(target)).map((step) => step.key);
    } else if (after.has(target) && !finished.has(target)) {
      onPath.set(target, path.length);
      path.push({ key: target, next: 0 });
    }
  }
}

/**
 * Keys so that each comes after all it waits on; as near to the given order as that allows.
 * Throws RangeError when there is a loop: look with `findCycle` first.
 */
export function orderOf(nodes: readonly Waiting[]): string[] {
  const { followers, open } = edgesOf(nodes);
  const order: string[] = nodes.filter((node) => open.get(node.key) === 0).map((node) => node.key);
  // The list grows while it is walked: each key frees those that waited on it last.
  for (const key of order) {
    for (const follower of followers.get(key) ?? []) {
      const left = (open.get(follower) ?? 0) - 1;
      open.set(follower, left);
      if (left === 0) {
        order.push(follower);
      }
    }
  }
  if (order.length < open.size) {
    throw new RangeError("a loop has no order");
  }
  return order;
}

/** For each key those that wait on it, and how many it waits on itself; doubles count once. */
export function edgesOf(nodes: readonly Waiting[]): {
  followers: Map<string, string[]>;
  open: Map<string, number>;
} {
  const known = new Set(nodes.map((node) => node.key));
  const followers = new Map<string, string[]>();
  const open = new Map<string, number>();
  for (const { key, after } of nodes) {
    const waits = [...new Set(after)].filter((one) => known.has(one));
    open.set(key, waits.length);
    for (const one of waits) {
      const list = followers.get(one) ?? [];
      followers.set(one, list);
      list.push(key);
    }
  }
  return { followers, open };
}
