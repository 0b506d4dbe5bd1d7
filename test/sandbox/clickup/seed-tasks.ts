import { SANDBOX } from "./facts.ts";
import type { SandboxState } from "./state.ts";
import { newTask, setStatus } from "./task-changes.ts";
import type { List, Task } from "./types.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const { lists, users, spaces } = SANDBOX;

const VERBS = [
  "Fix",
  "Design",
  "Review",
  "Write",
  "Measure",
  "Remove",
  "Migrate",
  "Plan",
  "Document",
  "Test",
];
const THINGS = [
  "login page",
  "invoice export",
  "search index",
  "release notes",
  "image upload",
  "rate limiter",
  "welcome mail",
  "pricing table",
  "audit log",
  "mobile menu",
  "webhook retries",
];
const ENDS = [
  "for Safari",
  "on slow networks",
  "",
  "before the audit",
  "with the support team",
  "in three languages",
  "(part 2)",
];

const PEOPLE = [users.alice, users.carol, users.dan, users.eve, users.frank, users.grace];

/** Picks by index, the same on every run. */
function pick<T>(items: readonly T[], n: number): T {
  const item = items[n % items.length];
  if (item === undefined) throw new Error("nothing to pick from");
  return item;
}

/** Gives a task an id and a place, with its custom id where the Space has them. */
export function place(state: SandboxState, task: Task, id?: string, customNumber?: number): Task {
  const space = state.space(state.list(task.list_id).space_id);
  if (id !== undefined) task.id = id;
  if (space.custom_id_prefix !== null) {
    const number = customNumber ?? space.custom_id_next++;
    task.custom_id = `${space.custom_id_prefix}-${number}`;
  }
  state.data.tasks[task.id] = task;
  return task;
}

/** One generated task; `n` decides everything about it. */
export function generated(state: SandboxState, list: List, n: number, now_ms: number): Task {
  const created_ms = now_ms - (200 - (n % 180)) * DAY_MS - (n % 24) * HOUR_MS;
  const name = `${pick(VERBS, n)} ${pick(THINGS, n * 3 + 1)} ${pick(ENDS, n * 5 + 2)}`.trim();
  const task = newTask(state, list, pick(PEOPLE, n + 2), name, created_ms);
  const statuses = state.statusesOf(list);
  setStatus(state, task, pick(statuses, (n * 7) % 11).status, created_ms + (1 + (n % 40)) * DAY_MS);
  task.date_updated = created_ms + (n % 50) * DAY_MS;
  task.markdown =
    n % 3 === 0
      ? ""
      : `## ${name}\n\n- why: **${pick(THINGS, n + 4)}** matters\n- [ ] agreed with ${pick(["sales", "support", "design"], n)}`;
  task.assignees = n % 4 === 0 ? [] : [pick(PEOPLE, n)];
  if (n % 5 === 0 && state.space(list.space_id).multiple_assignees) task.assignees.push(pick(PEOPLE, n + 1));
  task.assignees = [...new Set(task.assignees)];
  task.priority = n % 6 === 0 ? null : (n % 4) + 1;
  if (n % 3 !== 1) task.due_date = now_ms + ((n % 60) - 25) * DAY_MS;
  if (n % 6 === 2) task.start_date = (task.due_date ?? now_ms) - 5 * DAY_MS;
  if (n % 4 === 2) task.time_estimate = ((n % 8) + 1) * HOUR_MS;
  if (n % 5 === 3) task.points = (n % 5) + 1;
  const { tags } = state.space(list.space_id);
  if (tags.length > 0 && n % 3 === 0) task.tags = [pick(tags, n).name];
  task.custom_item_id = n % 17 === 0 ? 1 : n % 13 === 0 && list.space_id === spaces.product ? 1300 : 0;
  task.archived = n % 41 === 40;
  return task;
}

/** Fills the lists with generated tasks and subtasks: about 400 in Northwind Labs. */
export function seedGeneratedTasks(state: SandboxState, now_ms: number): void {
  const amounts: [string, number][] = [
    [lists.backlog, 130],
    [lists.sprint21, 40],
    [lists.sprint22, 30],
    [lists.api, 35],
    [lists.marketingBacklog, 30],
    [lists.launch, 25],
    [lists.content, 25],
    [lists.onboarding, 20],
    [lists.contracts, 15],
    [lists.oldIdeas, 6],
  ];
  let n = 0;
  for (const [listId, amount] of amounts) {
    const list = state.list(listId);
    for (let made = 0; made < amount; made++) {
      n++;
      const task = place(state, generated(state, list, n, now_ms));
      // Every eighth task has a subtask, every twenty-fourth one below that.
      if (n % 8 !== 0) continue;
      const child = place(state, {
        ...generated(state, list, n + 1_000, now_ms),
        parent: task.id,
        archived: task.archived,
      });
      if (n % 24 === 0) {
        place(state, {
          ...generated(state, list, n + 2_000, now_ms),
          parent: child.id,
          archived: task.archived,
        });
      }
    }
  }
}

/** Chains of dependencies over Sprint 22, for timelines: 0 → 1 → 2, 0 → 3, and so on. */
export function seedDependencies(state: SandboxState, now_ms: number): void {
  const chain = state.tasksOfList(lists.sprint22).filter((task) => task.parent === null && !task.archived);
  for (let index = 1; index < 12; index++) {
    const waits = chain[index];
    const on = chain[index % 3 === 0 ? 0 : index - 1];
    if (waits === undefined || on === undefined) continue;
    state.data.dependencies.push({
      task_id: waits.id,
      depends_on: on.id,
      date_created: now_ms - 20 * DAY_MS,
      userid: users.alice,
    });
  }
}
