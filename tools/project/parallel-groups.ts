/** What can be worked on at the same time: groups, each of which may begin when those before it are done. */
import { orderOf } from "../tasks/graph.ts";
import type { Waiting } from "../tasks/graph.ts";

/**
 * Keys by group. Every key stands in the earliest group that what it waits on allows; within a group nothing
 * waits on anything, and the given order is kept. Throws RangeError when there is a loop.
 */
export function parallelGroups(nodes: readonly Waiting[]): string[][] {
  const after = new Map(nodes.map((node) => [node.key, node.after]));
  const group = new Map<string, number>();
  for (const key of orderOf(nodes)) {
    const before = (after.get(key) ?? []).map((one) => group.get(one) ?? -1);
    group.set(key, Math.max(-1, ...before) + 1);
  }
  const groups: string[][] = [];
  for (const { key } of nodes) {
    const place = group.get(key) ?? 0;
    (groups[place] ??= []).push(key);
  }
  return groups;
}
