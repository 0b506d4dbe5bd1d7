import { SANDBOX } from "./facts.ts";
import { generated, place } from "./seed-tasks.ts";
import type { SandboxState } from "./state.ts";
import type { Task } from "./types.ts";

const { lists, spaces } = SANDBOX;

/** Lists of Northwind Labs that take turns. */
const TURNS = [lists.sprint21, lists.onboarding, lists.backlog, lists.launch, lists.api, lists.content];

/** Past every number a grown workspace uses. */
const NEXT = 1_000_000;

/**
 * Adds `count` tasks to Northwind Labs, straight into the state. The first ones are the same whatever `count` is,
 * and so are the ids of what is made afterwards: workspaces of different sizes differ in these tasks alone.
 *
 * @throws RangeError when there is no room for `count` tasks below the ids of what is made afterwards
 */
export function addTasks(state: SandboxState, count: number, now_ms: number): Task[] {
  if (count >= NEXT / 2) throw new RangeError(`at most ${NEXT / 2 - 1} tasks can be added`);
  const added = Array.from({ length: count }, (_, n) => {
    const list = state.list(TURNS[n % TURNS.length] ?? lists.backlog);
    const task = generated(state, list, n + 1, now_ms);
    // What is made or changed afterwards is to be the newest.
    task.date_updated = Math.min(task.date_updated, now_ms - 1);
    return place(state, task);
  });
  state.data.counters["task"] = NEXT;
  state.data.counters["orderindex"] = NEXT;
  state.space(spaces.product).custom_id_next = NEXT;
  return added;
}
