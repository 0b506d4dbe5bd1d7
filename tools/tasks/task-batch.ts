/**
 * Creates tasks that know each other by keys: parents before their subtasks, then the dependencies between
 * them. Everything is checked and resolved before the first task is made; afterwards every task and every
 * dependency is reported as done, failed or not tried, so half-done work is never lost.
 */
import * as z from "zod";
import { bulkClient } from "../clickup/client.ts";
import { ClickUpError } from "../clickup/errors.ts";
import { addDependency } from "../clickup/relations.ts";
import type { TaskRecord } from "../clickup/tasks.ts";
import type { ToolContext } from "../define.ts";
import { runEach } from "../call/each.ts";
import type { EachResult } from "../call/each.ts";
import { closest, shown } from "../words/names.ts";
import { UserInputError } from "../words/errors.ts";
import { findCycle, orderOf } from "./graph.ts";
import type { Place } from "../resolve/place.ts";
import { NotApplied } from "../shapes.ts";
import { prepareTask, sendTask } from "./task-create.ts";
import type { NewTaskArguments, PreparedTask } from "./task-create.ts";

export const MOST_TASKS = 100;

const State = z.enum(["done", "failed", "not_tried"]);

const BatchTask = z.object({
  key: z.string(),
  id: z.string().optional(),
  name: z.string(),
  status: State,
  reason: z.string().optional(),
  not_applied: z.array(NotApplied).optional(),
});
type BatchTask = z.infer<typeof BatchTask>;

/** Output of every tool that creates a batch. */
export const BatchOutput = {
  tasks: z.array(BatchTask),
  created: z.number(),
  failed: z.number().optional(),
  not_tried: z.number().optional(),
  /** How many dependencies were set; those that were not stand below. */
  dependencies: z.number(),
  dependency_problems: z
    .array(z.object({ task: z.string(), waiting_on: z.string(), status: State, reason: z.string() }))
    .optional(),
};

export interface BatchItem {
  key: string;
  /** Where it is created; undefined when its list could not be made. */
  list: Place | undefined;
  given: NewTaskArguments;
  /** Key of the item it becomes a subtask of. */
  parent?: string | undefined;
  /** Id of a task that exists, when it becomes a subtask of that instead. */
  parentTask?: string | undefined;
  /** Keys of the items it waits on. */
  waiting_on: readonly string[];
}

export interface BatchReport {
  tasks: BatchTask[];
  created: number;
  failed?: number;
  not_tried?: number;
  dependencies: number;
  dependency_problems?: {
    task: string;
    waiting_on: string;
    status: "failed" | "not_tried";
    reason: string;
  }[];
}

export interface BatchOptions {
  continueOnError?: boolean;
  /** Steps of the same call that were taken before, for the progress. */
  before?: number;
  /** Report instead of throwing when not one task was made: the call made something else before. */
  keepEmpty?: boolean;
}

/** A task whose list or parent, or a dependency one of whose ends, was not made. */
class MissingEnd extends UserInputError {}

/**
 * Refuses doubled and unknown keys and loops, naming them. Nothing is created here.
 * `argument` names the list of items in messages.
 */
export function checkBatch(items: readonly Omit<BatchItem, "list">[], argument: string): void {
  if (items.length === 0 || items.length > MOST_TASKS) {
    throw new UserInputError(`${argument}: give 1 to ${MOST_TASKS} tasks, not ${items.length}.`, {
      argument,
    });
  }
  const keys = new Set<string>();
  for (const { key } of items) {
    if (keys.has(key)) {
      throw new UserInputError(`${argument}: the key "${shown(key)}" is used twice.`, { argument });
    }
    keys.add(key);
  }
  for (const { key, parent, waiting_on } of items) {
    for (const other of parent === undefined ? waiting_on : [parent, ...waiting_on]) {
      requireKey(keys, key, other, argument);
    }
  }
  refuseLoop(
    items.map(({ key, parent }) => ({ key, after: parent === undefined ? [] : [parent] })),
    "is a subtask of",
    argument,
  );
  refuseLoop(
    items.map(({ key, waiting_on }) => ({ key, after: waiting_on })),
    "waits on",
    argument,
  );
}

function requireKey(keys: ReadonlySet<string>, key: string, other: string, argument: string): void {
  if (keys.has(other)) {
    return;
  }
  const near = closest(other, [...keys], (one) => one).map((one) => `"${shown(one)}"`);
  const hint = near.length === 0 ? "" : ` Nearest: ${near.join(", ")}.`;
  throw new UserInputError(`${argument}: "${shown(key)}" names the unknown key "${shown(other)}".${hint}`, {
    argument,
  });
}

function refuseLoop(
  nodes: { key: string; after: readonly string[] }[],
  words: string,
  argument: string,
): void {
  const loop = findCycle(nodes);
  if (loop !== undefined) {
    const keys = [...loop, ...loop.slice(0, 1)].map((key) => `"${shown(key)}"`);
    throw new UserInputError(`${argument}: a loop: ${keys.join(` ${words} `)}. Nothing was created.`, {
      argument,
    });
  }
}

/** Resolves every name, date and field of every item. Throws UserInputError naming the item; nothing is sent. */
export async function prepareBatch(
  ctx: ToolContext,
  items: readonly BatchItem[],
): Promise<(PreparedTask | undefined)[]> {
  const prepared: (PreparedTask | undefined)[] = [];
  for (const { key, list, given, parentTask } of items) {
    try {
      const ready = list === undefined ? undefined : await prepareTask(ctx, list, given);
      prepared.push(ready === undefined || parentTask === undefined ? ready : under(ready, parentTask));
    } catch (error) {
      if (error instanceof UserInputError) {
        throw new UserInputError(`Task "${shown(key)}": ${error.sentence}`, {
          ...(error.argument === undefined ? {} : { argument: error.argument }),
          cause: error,
        });
      }
      throw error;
    }
  }
  return prepared;
}

/**
 * Creates what `checkBatch` and `prepareBatch` passed. Requests wait behind what a person waits for. Throws
 * only when not one task was made or may have been made, with the reason of the first that failed.
 */
export async function createBatch(
  outer: ToolContext,
  items: readonly BatchItem[],
  prepared: readonly (PreparedTask | undefined)[],
  options: BatchOptions = {},
): Promise<BatchReport> {
  const edges = items.flatMap(({ key, waiting_on }) => [...new Set(waiting_on)].map((on) => ({ key, on })));
  const before = options.before ?? 0;
  const total = before + items.length + edges.length;
  const ctx: ToolContext = { ...outer, clickup: bulkClient(outer.clickup) };
  const each = { continueOnError: options.continueOnError ?? true };
  const made = await createTasks(counted(ctx, before, total), items, prepared, each);
  if (options.keepEmpty !== true) {
    refuseEmpty(ctx, made);
  }
  const ids = new Map(
    items.flatMap(({ key }, index) => {
      const result = made[index];
      return result?.status === "done" ? [[key, result.value.task.id] as const] : [];
    }),
  );
  for (const id of ids.values()) {
    ctx.touch("task", id);
  }
  const set = await runEach(
    counted(ctx, before + items.length, total),
    edges,
    async ({ key, on }) => {
      const waits = ids.get(key);
      const awaited = ids.get(on);
      if (waits === undefined || awaited === undefined) {
        throw new MissingEnd("one of the two tasks was not created");
      }
      await addDependency(ctx.clickup, { waits, on: awaited });
    },
    each,
  );
  return reportOf(items, made, edges, set);
}

type Made = EachResult<{ task: TaskRecord; not_applied: NotApplied[] }>;

async function createTasks(
  ctx: ToolContext,
  items: readonly BatchItem[],
  prepared: readonly (PreparedTask | undefined)[],
  each: { continueOnError: boolean },
): Promise<Made[]> {
  const place = new Map(items.map(({ key }, index) => [key, index]));
  const order = orderOf(
    items.map(({ key, parent }) => ({ key, after: parent === undefined ? [] : [parent] })),
  );
  const started = new Map<string, Promise<string>>();
  const create = async (key: string) => {
    const index = place.get(key) ?? -1;
    const ready = prepared[index];
    const parent = items[index]?.parent;
    if (ready === undefined) {
      throw new MissingEnd("its list was not created");
    }
    const parentId = parent === undefined ? undefined : await parentOf(started, parent);
    return await sendTask(ctx, parentId === undefined ? ready : under(ready, parentId));
  };
  const results = await runEach(
    ctx,
    order,
    async (key) => {
      const task = create(key);
      const id = task.then((made) => made.task.id);
      // A subtask that waits on it hears of the failure itself.
      id.catch(() => undefined);
      started.set(key, id);
      return await task;
    },
    each,
  );
  const byKey = new Map(order.map((key, index) => [key, results[index]]));
  return items.map(({ key }): Made => untried(byKey.get(key)));
}

async function parentOf(started: ReadonlyMap<string, Promise<string>>, parent: string): Promise<string> {
  try {
    // Parents come first in the order, so they have been started or will not be.
    const id = await started.get(parent);
    if (id !== undefined && id !== "") {
      return id;
    }
  } catch (error) {
    throw new MissingEnd(`its parent "${shown(parent)}" was not created`, { cause: error });
  }
  throw new MissingEnd(`its parent "${shown(parent)}" was not created`);
}

function under(prepared: PreparedTask, parent: string): PreparedTask {
  return {
    ...prepared,
    body: { ...prepared.body, parent },
    expected: [
      ...prepared.expected,
      { field: "parent", asked: parent, holds: (task) => task.parent === parent },
    ],
  };
}

/** What could not be sent because something before it failed was not tried. */
function untried<T>(result: EachResult<T> | undefined): EachResult<T> {
  if (result === undefined) {
    return { status: "not_tried", reason: "not reached" };
  }
  return result.status === "failed" && result.error instanceof MissingEnd
    ? { status: "not_tried", reason: result.reason }
    : result;
}

/** Throws the first failure when nothing was made and nothing may have been. */
export function refuseEmpty(ctx: ToolContext, results: readonly EachResult<unknown>[]): void {
  const mayExist = (result: EachResult<unknown>) =>
    result.status === "done" ||
    (result.status === "failed" &&
      result.error instanceof ClickUpError &&
      result.error.kind === "unknown_outcome");
  if (results.some(mayExist)) {
    return;
  }
  const failed = results.find((result) => result.status === "failed");
  if (failed !== undefined) {
    throw failed.error;
  }
  ctx.signal.throwIfAborted();
}

/** The same context, counting its steps as part of a larger whole. */
export function counted(ctx: ToolContext, before: number, total: number): ToolContext {
  return {
    ...ctx,
    progress: (done, _total, message) => ctx.progress(before + done, total, message),
  };
}

function reportOf(
  items: readonly BatchItem[],
  made: readonly Made[],
  edges: readonly { key: string; on: string }[],
  set: readonly EachResult<void>[],
): BatchReport {
  const tasks = items.map(({ key, given }, index): BatchTask => {
    const result = made[index];
    if (result?.status !== "done") {
      const { status = "not_tried" as const, reason = "not reached" } = result ?? {};
      return { key, name: given.name, status, reason };
    }
    const { task, not_applied } = result.value;
    return {
      key,
      id: task.id,
      name: task.name,
      status: "done",
      ...(not_applied.length === 0 ? {} : { not_applied }),
    };
  });
  const problems = edges.flatMap(({ key, on }, index) => {
    const result = untried(set[index]);
    return result.status === "done"
      ? []
      : [{ task: key, waiting_on: on, status: result.status, reason: result.reason }];
  });
  const failed = tasks.filter((one) => one.status === "failed").length;
  const notTried = tasks.filter((one) => one.status === "not_tried").length;
  return {
    tasks,
    created: tasks.length - failed - notTried,
    ...(failed === 0 ? {} : { failed }),
    ...(notTried === 0 ? {} : { not_tried: notTried }),
    dependencies: edges.length - problems.length,
    ...(problems.length === 0 ? {} : { dependency_problems: problems }),
  };
}

/** One or two sentences on what was made. */
export function batchSummary(report: BatchReport, place: string): string {
  const missing = (report.failed ?? 0) + (report.not_tried ?? 0);
  const problems = report.dependency_problems?.length ?? 0;
  const unapplied = report.tasks.filter((one) => one.not_applied !== undefined).length;
  return [
    `Created ${report.created} of ${report.tasks.length} tasks in ${place} and ${report.dependencies} dependencies.`,
    ...(missing === 0 ? [] : [`${missing} tasks were not created: see their reasons.`]),
    ...(problems === 0 ? [] : [`${problems} dependencies were not set: see dependency_problems.`]),
    ...(unapplied === 0 ? [] : [`ClickUp left something out of ${unapplied} tasks: see not_applied.`]),
  ].join(" ");
}
