/** Creates one task in a List that is already known, and compares what was asked with what ClickUp made. */
import { requireToolSet } from "../call/grant.ts";
import { createTask } from "../clickup/tasks.ts";
import type { NewTask, TaskRecord } from "../clickup/tasks.ts";
import type { ToolContext } from "../define.ts";
import { convertFields } from "../fields/field-write.ts";
import { loadListFields, withStatus } from "../fields/list-fields.ts";
import { requireLiving } from "../resolve/living.ts";
import { resolvePeople } from "../resolve/people.ts";
import type { Place } from "../resolve/place.ts";
import type { NotApplied } from "../shapes.ts";
import { checkDateOrder, expectAssignees, expectTags, notApplied, prepareFields } from "./task-fields.ts";
import type { Expectation, TaskArguments } from "./task-fields.ts";

export interface NewTaskArguments extends TaskArguments {
  name: string;
  assignees?: string[] | undefined;
  tags?: string[] | undefined;
  custom_fields?: Record<string, unknown> | undefined;
  check_required_fields?: boolean | undefined;
}

/** A task that is checked and resolved and only has to be sent. */
export interface PreparedTask {
  listId: string;
  body: NewTask;
  expected: Expectation[];
}

/** One request when every name is known; the answer of the create is the read-back. */
export async function createTaskIn(
  ctx: ToolContext,
  list: Place,
  given: NewTaskArguments,
): Promise<{ task: TaskRecord; not_applied: NotApplied[] }> {
  return await sendTask(ctx, await prepareTask(ctx, list, given));
}

/** Everything but the create itself: nothing is changed. Throws UserInputError for what cannot be sent. */
export async function prepareTask(
  ctx: ToolContext,
  list: Place,
  given: NewTaskArguments,
): Promise<PreparedTask> {
  await requireLiving(ctx, list);
  const { body: fields, expected } = await prepareFields(ctx, given, list.workspaceId);
  checkDateOrder(fields.start_date, fields.due_date);
  const body: NewTask = { ...fields, name: given.name };
  if (given.assignees !== undefined) {
    const people = await resolvePeople(ctx, given.assignees, "assignees", list.workspaceId);
    body.assignees = people.map((one) => Number(one.id));
    expected.push(expectAssignees(people.map((one) => one.id)));
  }
  if (given.tags !== undefined) {
    body.tags = given.tags;
    expected.push(expectTags(given.tags));
  }
  if (given.check_required_fields === true) {
    body.check_required_custom_fields = true;
  }
  if (given.custom_fields !== undefined && Object.keys(given.custom_fields).length > 0) {
    requireToolSet(ctx, "fields", "custom_fields");
    const writes = await convertFields(ctx, await loadListFields(ctx, list.id), given.custom_fields);
    body.custom_fields = writes.flatMap(({ field, body: value }) =>
      value === null ? [] : [{ id: field.id, ...value }],
    );
    for (const { field, body: value, asked } of writes) {
      if (value !== null) {
        expected.push({
          field: `custom_fields.${field.id}`,
          asked,
          holds: (task) =>
            task.fields && task.fields.some((one) => one.id === field.id && one.value !== undefined),
        });
      }
    }
  }
  return { listId: list.id, body, expected };
}

/** Sends a prepared task. */
export async function sendTask(
  ctx: ToolContext,
  { listId, body, expected }: PreparedTask,
): Promise<{ task: TaskRecord; not_applied: NotApplied[] }> {
  const task = await withStatus(
    ctx,
    listId,
    body.status,
    async () => await createTask(ctx.clickup, listId, body),
  );
  return { task, not_applied: notApplied(ctx, expected, task) };
}
