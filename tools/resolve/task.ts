/**
 * Finds a task by id, custom id (DEV-42), CU-… or #…, URL, name or path ("Sprint 12 / Fix login").
 * Ids have no fixed length or form: what could be one is asked for, and what ClickUp does not know goes on
 * to the next meaning. A name is looked for among the tasks changed last, since ClickUp cannot search names.
 */
import { ClickUpError, isUnknownId } from "../clickup/errors.ts";
import { getTask, getWorkspaceTasks } from "../clickup/tasks.ts";
import type { TaskAddress, TaskRecord } from "../clickup/tasks.ts";
import type { ToolContext } from "../define.ts";
import { ambiguous, notFound, UserInputError } from "../words/errors.ts";
import { pathEndsWith, sameName, samePath, shown } from "../words/names.ts";
import { keptTask } from "../kept/recent-task.ts";
import { isUrl, parseUrl } from "./reference.ts";
import { seesSomeWorkspaces, requireWorkspace, usableWorkspaces } from "./workspace.ts";

export interface TaskInclude {
  subtasks?: boolean;
  markdown?: boolean;
}

const PAGE_TASKS = 100;
const MOST_PAGES = 5;

/** The task itself, read by one request when `value` is an id. Throws UserInputError naming `argument`. */
export async function loadTask(
  ctx: ToolContext,
  value: string,
  argument: string,
  include: TaskInclude = {},
): Promise<TaskRecord> {
  const { addresses, name } = readTaskReference(ctx, value, argument);
  for (const group of addresses) {
    const found = (await Promise.all(group.map((address) => tryTask(ctx, address, include)))).flatMap(
      (one) => one ?? [],
    );
    const distinct = [...new Map(found.map((one) => [one.id, one])).values()];
    if (distinct.length > 1) {
      throw ambiguous("task", value, distinct.map(taskCandidate), argument);
    }
    if (distinct[0] !== undefined) {
      return admit(ctx, distinct[0]);
    }
  }
  if (name === undefined) {
    throw new UserInputError(
      `No task "${shown(value)}": ClickUp does not know it, or this account may not see it.`,
      { argument },
    );
  }
  const named = await findTaskByName(ctx, name, argument);
  const wantsMore = include.subtasks === true || include.markdown === true;
  return admit(ctx, wantsMore ? await getTask(ctx.clickup, { id: named.id }, include) : named);
}

/** The task's own id, without a request when `value` already is one and the device may use every Workspace. */
export async function resolveTaskId(ctx: ToolContext, value: string, argument: string): Promise<string> {
  return directTaskId(ctx, value, argument) ?? (await loadTask(ctx, value, argument)).id;
}

/** The id that `value` must be, as far as can be told without a request; undefined when the task has to be read. */
function directTaskId(ctx: ToolContext, value: string, argument: string): string | undefined {
  const { addresses } = readTaskReference(ctx, value, argument);
  const only = addresses.length === 1 && addresses[0]?.length === 1 ? addresses[0][0] : undefined;
  if (only !== undefined && only.customIn === undefined && /\d/.test(only.id) && !seesSomeWorkspaces(ctx)) {
    ctx.touch("task", only.id);
    return only.id;
  }
  return undefined;
}

/**
 * Runs `use` with the task's own id, and with the task itself where it had to be read. When `value` is an id
 * ClickUp turns out not to know, it is looked up by its other meanings and `use` runs once more: ClickUp
 * refused the first time, so nothing was done.
 */
export async function withTask<T>(
  ctx: ToolContext,
  value: string,
  argument: string,
  use: (task: { id: string; record?: TaskRecord }) => Promise<T>,
): Promise<T> {
  const assumed = directTaskId(ctx, value, argument);
  if (assumed === undefined) {
    const task = await loadTask(ctx, value, argument);
    return await use({ id: task.id, record: task });
  }
  try {
    return await use({ id: assumed });
  } catch (error) {
    if (!isUnknownId(error)) {
      throw error;
    }
    const task = await loadTask(ctx, value, argument);
    if (task.id === assumed) {
      // The id was right: ClickUp refused something else.
      throw error;
    }
    return await use({ id: task.id, record: task });
  }
}

/** What the text may mean, most likely first; addresses of one group are alternatives of equal right. */
function readTaskReference(
  ctx: ToolContext,
  value: string,
  argument: string,
): { addresses: TaskAddress[][]; name?: string } {
  const url = parseUrl(value);
  if (url?.kind === "task") {
    if (url.workspaceId !== undefined) {
      requireWorkspace(ctx, url.workspaceId);
    }
    return { addresses: taskUrlAddresses(ctx, url.id, url.workspaceId) };
  }
  if (isUrl(value)) {
    const what = url === undefined ? "not a link to ClickUp" : `a link to a ${url.kind}`;
    throw new UserInputError(`${argument}: that is ${what}, not to a task.`, { argument });
  }
  const hashed = /^#\s*([\p{L}\d]\w*-\d+)$/u.exec(value)?.[1];
  if (hashed !== undefined) {
    return { addresses: customAddresses(ctx, hashed), name: value };
  }
  if (value.startsWith("#")) {
    return { addresses: [[{ id: value.slice(1).trim() }]].filter(([one]) => isToken(one?.id)), name: value };
  }
  const prefixed = /^CU-(.+)$/i.exec(value)?.[1];
  if (prefixed !== undefined && isToken(prefixed)) {
    return { addresses: [[{ id: prefixed.toLowerCase() }], ...customAddresses(ctx, value)], name: value };
  }
  if (/^[\p{L}\d]\w*-\d+$/u.test(value)) {
    return { addresses: customAddresses(ctx, value), name: value };
  }
  return { addresses: /^[0-9a-z]+$/.test(value) ? [[{ id: value }]] : [], name: value };
}

function isToken(id: string | undefined): boolean {
  return id !== undefined && /^\w+$/.test(id);
}

function taskUrlAddresses(ctx: ToolContext, id: string, workspaceId: string | undefined): TaskAddress[][] {
  const custom = id.includes("-") || /[A-Z]/.test(id);
  const own: TaskAddress[][] = [[{ id }]];
  const asCustom = workspaceId === undefined ? customAddresses(ctx, id) : [[{ id, customIn: workspaceId }]];
  return custom ? asCustom : own;
}

/** The default Workspace first, then the others together. */
function customAddresses(ctx: ToolContext, id: string): TaskAddress[][] {
  const [first, ...rest] = usableWorkspaces(ctx).map((one) => ({ id, customIn: one.id }));
  if (first === undefined) {
    return [];
  }
  const hasDefault = first.customIn === ctx.user.defaultWorkspaceId;
  return hasDefault && rest.length > 0 ? [[first], rest] : [[first, ...rest]];
}

async function tryTask(
  ctx: ToolContext,
  address: TaskAddress,
  include: TaskInclude,
): Promise<TaskRecord | undefined> {
  try {
    return await getTask(ctx.clickup, address, include);
  } catch (error) {
    if (isUnknownId(error) || (error instanceof ClickUpError && error.kind === "validation")) {
      return undefined;
    }
    throw error;
  }
}

/** The task of this id as one of our tools saw it within the last minute, without a request; else undefined. */
export function lastSeenTask(ctx: ToolContext, value: string): TaskRecord | undefined {
  const kept = keptTask(ctx, value);
  return kept === undefined ? undefined : admit(ctx, kept);
}

function admit(ctx: ToolContext, task: TaskRecord): TaskRecord {
  requireWorkspace(ctx, task.workspaceId);
  ctx.touch("task", task.id);
  return task;
}

/** Looks through the tasks changed last, in the default Workspace first. */
async function findTaskByName(ctx: ToolContext, name: string, argument: string): Promise<TaskRecord> {
  const known: TaskRecord[] = [];
  let complete = true;
  for (const workspace of usableWorkspaces(ctx)) {
    const scanned = await recentTasks(ctx, workspace.id);
    complete &&= scanned.complete;
    const found = matchTasks(scanned.tasks, name);
    if (found.length > 1) {
      throw ambiguous("task", name, found.map(taskCandidate), argument);
    }
    if (found[0] !== undefined) {
      return { workspaceId: workspace.id, ...found[0] };
    }
    known.push(...scanned.tasks);
  }
  const where = complete
    ? ""
    : ` among the ${known.length} tasks changed last (older ones need an id or URL)`;
  throw notFound("task", name, known.map(taskCandidate), argument, where);
}

async function recentTasks(
  ctx: ToolContext,
  workspaceId: string,
): Promise<{ tasks: TaskRecord[]; complete: boolean }> {
  const tasks: TaskRecord[] = [];
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const query = { page, order_by: "updated", subtasks: true, include_closed: true };
    const found = await getWorkspaceTasks(ctx.clickup, workspaceId, query);
    tasks.push(...found);
    if (found.length < PAGE_TASKS) {
      return { tasks, complete: true };
    }
  }
  return { tasks, complete: false };
}

function matchTasks(tasks: readonly TaskRecord[], name: string): TaskRecord[] {
  const wanted = sameName(name);
  const byName = tasks.filter((one) => sameName(one.name) === wanted);
  if (byName.length > 0) {
    return byName;
  }
  const path = samePath(name);
  return path.includes("/") ? tasks.filter((one) => pathEndsWith(samePath(taskPath(one)), path)) : [];
}

function taskPath(task: TaskRecord): string {
  return [task.folder?.name, task.list?.name, task.name].filter((one) => one !== undefined).join(" / ");
}

function taskCandidate(task: TaskRecord) {
  return { id: task.id, name: task.name, path: taskPath(task) };
}
