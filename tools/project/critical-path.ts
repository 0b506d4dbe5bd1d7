/**
 * The critical path method: earliest and latest start and finish of activities that wait on each other, and
 * how much each may slip. Times are whole numbers (here: indexes of working days); a finish is the first
 * moment after the work.
 */
import { edgesOf, orderOf } from "../tasks/graph.ts";
import type { Waiting } from "../tasks/graph.ts";

export interface Activity extends Waiting {
  /** 0 for a milestone. */
  duration: number;
  /** It does not start before, whatever it waits on. */
  notBefore?: number;
}

export interface Scheduled {
  key: string;
  duration: number;
  earliest_start: number;
  earliest_finish: number;
  latest_start: number;
  latest_finish: number;
  /** How much it may slip without moving the end of all. */
  total_float: number;
  /** How much it may slip without moving anything that waits on it. */
  free_float: number;
  critical: boolean;
}

export interface Schedule {
  /** In the order given. */
  activities: Scheduled[];
  start: number;
  finish: number;
  /** Keys of one chain without any float, first to last, that ends when all ends. */
  criticalPath: string[];
}

/** Keys must be unique. Throws RangeError when there is a loop: look with `findCycle` first. */
export function scheduleOf(activities: readonly Activity[], start = 0): Schedule {
  const byKey = new Map(activities.map((one) => [one.key, one]));
  const order = orderOf(activities);
  const { followers } = edgesOf(activities);
  const earliest = new Map<string, number>();
  const finishOf = (key: string) => (earliest.get(key) ?? start) + (byKey.get(key)?.duration ?? 0);
  for (const key of order) {
    const { after = [], notBefore = start } = byKey.get(key) ?? {};
    const freed = after.filter((one) => byKey.has(one)).map(finishOf);
    earliest.set(key, Math.max(start, notBefore, ...freed));
  }
  const finish = Math.max(start, ...order.map(finishOf));
  const latest = new Map<string, number>();
  for (const key of order.toReversed()) {
    const limits = (followers.get(key) ?? []).map((one) => latest.get(one) ?? finish);
    latest.set(key, Math.min(finish, ...limits) - (byKey.get(key)?.duration ?? 0));
  }
  const scheduled = activities.map(({ key, duration }): Scheduled => {
    const earliest_start = earliest.get(key) ?? start;
    const latest_start = latest.get(key) ?? start;
    const earliest_finish = earliest_start + duration;
    const next = (followers.get(key) ?? []).map((one) => earliest.get(one) ?? finish);
    return {
      key,
      duration,
      earliest_start,
      earliest_finish,
      latest_start,
      latest_finish: latest_start + duration,
      total_float: latest_start - earliest_start,
      free_float: Math.min(finish, ...next) - earliest_finish,
      critical: latest_start === earliest_start,
    };
  });
  return { activities: scheduled, start, finish, criticalPath: chainOf(scheduled, byKey, finish) };
}

/** From an activity that ends last back to what held it up, as long as something did. */
function chainOf(
  scheduled: readonly Scheduled[],
  byKey: ReadonlyMap<string, Activity>,
  finish: number,
): string[] {
  const known = new Map(scheduled.map((one) => [one.key, one]));
  const chain: string[] = [];
  // Prefer one that has a length: a milestone at the start of an empty plan is no path.
  const last = scheduled.filter((one) => one.critical && one.earliest_finish === finish);
  let current = last.find((one) => (byKey.get(one.key)?.after.length ?? 0) > 0) ?? last[0];
  while (current !== undefined) {
    const { key, earliest_start } = current;
    chain.unshift(key);
    current = byKey
      .get(key)
      ?.after.map((one) => known.get(one))
      .find((one) => one !== undefined && one.critical && one.earliest_finish === earliest_start);
  }
  return chain;
}
