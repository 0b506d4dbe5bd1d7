/** Changes one task that was just read: plans the requests, sends them, and compares with what ClickUp then has. */
import { requireToolSet } from "../call/grant.ts";
import { ClickUpError } from "../clickup/errors.ts";
import {
  addTaskTag,
  getTask,
  removeTaskField,
  removeTaskTag,
  setTaskField,
  updateTask,
} from "../clickup/tasks.ts";
import type { TaskChange, TaskRecord } from "../clickup/tasks.ts";
import type { ToolContext } from "../define.ts";
import { runEach } from "../call/each.ts";
import type { EachResult } from "../call/each.ts";
import { describeClickUpError, notFound, UserInputError } from "../words/errors.ts";
import { convertFields, findField } from "../fields/field-write.ts";
import type { FieldWrite } from "../fields/field-write.ts";
import { loadListFields, withStatus } from "../fields/list-fields.ts";
import { sameName, shown } from "../words/names.ts";
import { resolvePeople } from "../resolve/people.ts";
import type { Change, NotApplied } from "../shapes.ts";
import { aspectOf, changesBetween, FIELD_PREFIX, fieldLabel } from "./task-aspects.ts";
import { checkDateOrder, expectAssignees, expectTags, notApplied, prepareFields } from "./task-fields.ts";
import type { Expectation, TaskArguments } from "./task-fields.ts";
import { plainSentence } from "../words/untrusted.ts";

export interface TaskUpdateArguments extends TaskArguments {
  assignees?: string[] | undefined;
  assignees_add?: string[] | undefined;
  assignees_remove?: string[] | undefined;
  tags?: string[] | undefined;
  custom_fields?: Record<string, unknown> | undefined;
  clear?: string[] | undefined;
}

export interface TaskUpdate {
  task: TaskRecord;
  changes: Change[];
  not_applied: NotApplied[];
  /** False when the state after the change could not be read. */
  verified: boolean;
}

/** One request beside the PUT: a tag or a Custom Field. */
interface Step {
  field: string;
  asked: string;
  run(): Promise<void>;
}

interface Plan {
  body: TaskChange;
  expected: Expectation[];
  steps: Step[];
  /** Every field that was named, for before → after. */
  fields: string[];
}

/** What `clear` may name besides Custom Fields; "description" is the argument `markdown`. */
export const CLEARABLE = [
  "due",
  "start",
  "priority",
  "description",
  "markdown",
  "assignees",
  "tags",
  "estimate",
  "points",
];

/**
 * Sends one request for each tag and Custom Field, then one PUT for the plain fields, whose answer shows the whole
 * task; reads the task again only when nothing had to be PUT. When the first kind of request is refused
 * throughout, or there is only the PUT, a refusal throws and nothing was changed; otherwise what was refused is
 * reported in `not_applied` beside what was done.
 */
export async function updateTaskWith(
  ctx: ToolContext,
  before: TaskRecord,
  given: TaskUpdateArguments,
): Promise<TaskUpdate> {
  const plan = await planUpdate(ctx, before, given);
  if (plan.fields.length === 0) {
    throw new UserInputError("Nothing to change: give at least one field, or clear.");
  }
  const put = async (): Promise<TaskRecord> =>
    await withStatus(
      ctx,
      before.list?.id,
      given.status,
      async () => await updateTask(ctx.clickup, before.id, plan.body),
    );
  const puts = Object.keys(plan.body).length > 0;
  if (plan.steps.length === 0) {
    return finish(ctx, plan, before, puts ? await put() : before, []);
  }
  const results = await runEach(ctx, plan.steps, async (step) => await step.run());
  const failed = failures(plan.steps, results, before);
  const [first] = results.filter((result) => result.status === "failed");
  if (first !== undefined && failed.length === plan.steps.length) {
    throw first.error;
  }
  if (!puts) {
    return finish(ctx, plan, before, await readBack(ctx, before.id), failed);
  }
  return await putLast(ctx, plan, before, failed, put);
}

/** The answer of the PUT shows the whole task. When it is refused, what was set before it is reported beside that. */
async function putLast(
  ctx: ToolContext,
  plan: Plan,
  before: TaskRecord,
  failed: NotApplied[],
  put: () => Promise<TaskRecord>,
): Promise<TaskUpdate> {
  try {
    return finish(ctx, plan, before, await put(), failed);
  } catch (error) {
    if (!(error instanceof ClickUpError || error instanceof UserInputError)) {
      throw error;
    }
    const reason = error instanceof ClickUpError ? plainSentence(describeClickUpError(error)) : error.message;
    const refused = plan.expected
      .filter((one) => !one.field.startsWith(FIELD_PREFIX) && one.field !== "tags")
      .map((one) => ({ field: one.field, asked: one.asked, reason }));
    return finish(ctx, plan, before, await readBack(ctx, before.id), [...failed, ...refused]);
  }
}

function finish(
  ctx: ToolContext,
  plan: Plan,
  before: TaskRecord,
  after: TaskRecord | undefined,
  failed: NotApplied[],
): TaskUpdate {
  if (after === undefined) {
    return { task: before, changes: [], not_applied: failed, verified: false };
  }
  const seen = new Set(failed.map((one) => one.field));
  const missing = notApplied(ctx, plan.expected, after)
    .map((one) => ({ ...one, field: fieldLabel(one.field, after) }))
    .filter((one) => !seen.has(one.field));
  return {
    task: after,
    changes: changesBetween(plan.fields, before, after, ctx),
    not_applied: [...failed, ...missing],
    verified: true,
  };
}

function failures(
  steps: readonly Step[],
  results: readonly EachResult<void>[],
  task: TaskRecord,
): NotApplied[] {
  return results.flatMap((result, index) => {
    const step = steps[index];
    return result.status === "done" || step === undefined
      ? []
      : [{ field: fieldLabel(step.field, task), asked: step.asked, reason: result.reason }];
  });
}

/** The changes are made: when they cannot be read back, that is said instead of an error. */
export async function readBack(ctx: ToolContext, taskId: string): Promise<TaskRecord | undefined> {
  try {
    return await getTask(ctx.clickup, { id: taskId });
  } catch (error) {
    if (error instanceof ClickUpError || ctx.signal.aborted) {
      return undefined;
    }
    throw error;
  }
}

async function planUpdate(ctx: ToolContext, before: TaskRecord, given: TaskUpdateArguments): Promise<Plan> {
  const { body, expected } = await prepareFields(ctx, given, before.workspaceId);
  const plan: Plan = { body, expected, steps: [], fields: expected.map((one) => one.field) };
  if (given.markdown !== undefined) {
    plan.fields.push("markdown");
  }
  const cleared = await planClear(ctx, before, given, plan);
  await planAssignees(ctx, before, given, cleared.has("assignees"), plan);
  planTags(ctx, before, cleared.has("tags") ? [] : given.tags, plan);
  checkDateOrder(
    given.start === undefined ? undefined : body.start_date,
    body.due_date === undefined ? before.due_ms : body.due_date,
  );
  checkDateOrder(
    body.start_date === undefined ? before.start_ms : body.start_date,
    given.due === undefined ? undefined : body.due_date,
  );
  if (given.custom_fields !== undefined) {
    requireToolSet(ctx, "fields", "custom_fields");
    const names = Object.keys(given.custom_fields);
    const nothing = names.find((name) => given.custom_fields?.[name] === null);
    if (nothing !== undefined) {
      throw new UserInputError(
        `custom_fields: null for "${shown(nothing)}" could mean to leave it as it is. To empty it, name it in clear.`,
        { argument: "custom_fields" },
      );
    }
    const writes = await convertFields(ctx, await fieldsFor(ctx, before, names), given.custom_fields);
    for (const write of writes) {
      planField(ctx, before, write, plan);
    }
  }
  return plan;
}

/** The task carries its fields; the List is asked only when one is not among them. */
async function fieldsFor(ctx: ToolContext, task: TaskRecord, names: readonly string[]) {
  const own = task.fields ?? [];
  const known = names.every((name) =>
    own.some((one) => one.id === name || sameName(one.name) === sameName(name)),
  );
  if (known || task.list === undefined) {
    return own;
  }
  const offered = await loadListFields(ctx, task.list.id);
  return [...own, ...offered.filter((field) => !own.some((one) => one.id === field.id))];
}

/** Empties what `clear` names: fields of ours, or Custom Fields. Answers the former. */
async function planClear(
  ctx: ToolContext,
  before: TaskRecord,
  given: TaskUpdateArguments,
  plan: Plan,
): Promise<Set<string>> {
  const cleared = new Set<string>();
  for (const name of given.clear ?? []) {
    const field = CLEARABLE.find((one) => one === sameName(name));
    if (field === undefined) {
      await planClearField(ctx, before, name, plan);
      continue;
    }
    const argument = field === "description" ? "markdown" : field;
    if ((given as Record<string, unknown>)[argument] !== undefined) {
      throw new UserInputError(`clear: "${field}" is also given a value. Choose one.`, { argument: "clear" });
    }
    cleared.add(argument);
    clearPlainField(ctx, argument, plan);
  }
  return cleared;
}

function clearPlainField(ctx: ToolContext, field: string, { body, expected, fields }: Plan): void {
  switch (field) {
    case "due":
      body.due_date = null;
      break;
    case "start":
      body.start_date = null;
      break;
    case "priority":
      body.priority = null;
      break;
    case "estimate":
      body.time_estimate = null;
      break;
    case "points":
      body.points = null;
      break;
    case "markdown":
      // Only a single space empties it.
      body.markdown_content = " ";
      fields.push("markdown");
      return;
    default:
      // Assignees and tags depend on what the task has; their own plans empty them.
      return;
  }
  fields.push(field);
  const zero = formatZero(field);
  expected.push({
    field,
    asked: "nothing",
    holds: (task) => [undefined, zero].includes(aspectOf(field, task, ctx)),
  });
}

/** ClickUp may answer an emptied number as zero. */
function formatZero(field: string): string | undefined {
  return field === "estimate" ? "0m" : field === "points" ? "0" : undefined;
}

async function planClearField(ctx: ToolContext, before: TaskRecord, name: string, plan: Plan): Promise<void> {
  const fields = await fieldsFor(ctx, before, [name]);
  if (!fields.some((one) => one.id === name || sameName(one.name) === sameName(name))) {
    const known = [...CLEARABLE.map((one) => ({ id: "field", name: one })), ...fields];
    throw notFound("field to clear", name, known, "clear");
  }
  planField(ctx, before, { field: findField(fields, name, "clear"), body: null, asked: "nothing" }, plan);
}

async function planAssignees(
  ctx: ToolContext,
  before: TaskRecord,
  given: TaskUpdateArguments,
  clear: boolean,
  plan: Plan,
): Promise<void> {
  const { assignees, assignees_add, assignees_remove } = given;
  if (!clear && assignees === undefined && assignees_add === undefined && assignees_remove === undefined) {
    return;
  }
  const ids = async (values: string[] | undefined, argument: string): Promise<string[]> =>
    (await resolvePeople(ctx, values ?? [], argument, before.workspaceId)).map((one) => one.id);
  const current = (before.assignees ?? []).map((one) => one.id);
  const removed = await ids(assignees_remove, "assignees_remove");
  const base = clear ? [] : assignees === undefined ? current : await ids(assignees, "assignees");
  const wanted = [...new Set([...base, ...(await ids(assignees_add, "assignees_add"))])].filter(
    (id) => !removed.includes(id),
  );
  const add = wanted.filter((id) => !current.includes(id)).map(Number);
  const rem = current.filter((id) => !wanted.includes(id)).map(Number);
  if (add.length > 0 || rem.length > 0) {
    plan.body.assignees = { add, rem };
  }
  plan.fields.push("assignees");
  plan.expected.push(expectAssignees(wanted));
}

/** PUT does not take tags: each one that comes or goes is a request. */
function planTags(
  ctx: ToolContext,
  before: TaskRecord,
  tags: readonly string[] | undefined,
  plan: Plan,
): void {
  if (tags === undefined) {
    return;
  }
  const wanted = new Set(tags.map(sameName));
  const current = before.tags ?? [];
  const add = [...wanted].filter((tag) => !current.some((one) => sameName(one) === tag));
  const rem = current.filter((tag) => !wanted.has(sameName(tag)));
  plan.steps.push(
    ...add.map((tag) => ({
      field: "tags",
      asked: `add ${shown(tag)}`,
      run: async () => await addTaskTag(ctx.clickup, before.id, tag),
    })),
    ...rem.map((tag) => ({
      field: "tags",
      asked: `remove ${shown(tag)}`,
      run: async () => await removeTaskTag(ctx.clickup, before.id, tag),
    })),
  );
  plan.fields.push("tags");
  plan.expected.push(expectTags([...wanted]));
}

function planField(ctx: ToolContext, before: TaskRecord, write: FieldWrite, plan: Plan): void {
  const { field, body, asked } = write;
  const name = `${FIELD_PREFIX}${field.id}`;
  plan.fields.push(name);
  plan.steps.push({
    field: name,
    asked,
    run: async () =>
      body === null
        ? await removeTaskField(ctx.clickup, before.id, field.id)
        : await setTaskField(ctx.clickup, before.id, field.id, body),
  });
  plan.expected.push({
    field: name,
    asked,
    holds: (task) => {
      const found = task.fields?.find((one) => one.id === field.id);
      return found === undefined ? undefined : body === null || found.value !== undefined;
    },
  });
}
