import * as z from "zod";
import type { FieldPlaceKind } from "../clickup/fields.ts";
import { confirmFirst } from "../call/confirm.ts";
import { defineTool } from "../define.ts";
import type { ToolContext } from "../define.ts";
import { notFound, UserInputError } from "../words/errors.ts";
import { emptyField, fieldText, setField, taskField } from "./field-change.ts";
import type { FieldChange } from "./field-change.ts";
import {
  FieldDefinition,
  fieldDetail,
  FieldDetail,
  fieldRow,
  loadFields,
  matchFields,
} from "../fields/field-definitions.ts";
import { shown } from "../words/names.ts";
import { AnyValue, Cursor, PlaceReference, TaskReference, Text } from "../params.ts";
import { compact, pageOf } from "../words/render.ts";
import { withPlace } from "../resolve/place.ts";
import { loadTask } from "../resolve/task.ts";
import { resolveWorkspace } from "../resolve/workspace.ts";
import { FieldValue, NextCursor, NotApplied, Ref } from "../shapes.ts";
import { fieldValuesOf } from "./task-view.ts";

/** How old definitions may be when a person asks to see them. */
const LISTING_AGE_MS = 60_000;
/** How old they may be to find a name in; one that is not found is looked up afresh. */
const RESOLVING_AGE_MS = 300_000;

const ChangedField = z.object({
  task: Ref,
  field: Ref.extend({ type: z.string() }),
  before: z.string().optional(),
  after: z.string().optional(),
  not_applied: z.array(NotApplied).optional(),
});

function answerOf(task: { id: string; name: string }, change: FieldChange, done: string) {
  const { field, before, after, not_applied, verified } = change;
  return {
    data: {
      task: { id: task.id, name: task.name },
      field,
      ...compact({ before, after, not_applied }),
    },
    summary: !verified
      ? `Field ${field.id} of task ${task.id} was sent, but could not be read back; check with clickup_custom_field_get_values.`
      : not_applied.length > 0
        ? `ClickUp did not apply it to field ${field.id} of task ${task.id}: see not_applied.`
        : `${done} field ${field.id} of task ${task.id}.`,
  };
}

async function setValue(
  params: { task: string; field: string; value: unknown },
  ctx: ToolContext,
): Promise<ReturnType<typeof answerOf>> {
  const task = await loadTask(ctx, params.task, "task");
  const field = await taskField(ctx, task, params.field);
  ctx.touch("field", field.id);
  return answerOf(task, await setField(ctx, task, field, params.value), "Set");
}

const SET_OPERATIONS = [
  "GET /v2/task/{task_id}",
  "POST /v2/task/{task_id}/field/{field_id}",
  "GET /v2/list/{list_id}/field",
  "GET /v2/team",
];

const getDefinitions = defineTool({
  name: "clickup_custom_field_get_definitions",
  tier: "premium",
  set: "fields",
  kind: "read",
  title: "List custom fields",
  description: "Custom fields of one place; a list shows all it can use, others those made there.",
  input: z.object({
    list: Text.optional(),
    folder: Text.optional(),
    space: Text.optional(),
    workspace: Text.optional(),
    cursor: Cursor.optional(),
  }),
  output: z.object({
    fields: z.array(FieldDefinition),
    total: z.number(),
    total_shown: z.number(),
    next_cursor: NextCursor,
  }),
  operations: [
    "GET /v2/list/{list_id}/field",
    "GET /v2/folder/{folder_id}/field",
    "GET /v2/space/{space_id}/field",
    "GET /v2/team/{team_id}/field",
  ],
  async handler({ cursor, ...places }, ctx) {
    const [place, second] = Object.entries(places).flatMap(([kind, value]) =>
      value === undefined ? [] : [{ kind: kind as FieldPlaceKind, value }],
    );
    if (place === undefined || second !== undefined) {
      throw new UserInputError("Name exactly one of list, folder, space and workspace.");
    }
    const { kind, value } = place;
    const read = async (id: string) => (await loadFields(ctx, kind, id, LISTING_AGE_MS)).value;
    const fields =
      kind === "workspace"
        ? await read(resolveWorkspace(ctx, value).id)
        : await withPlace(ctx, kind, value, kind, async ({ id }) => await read(id));
    const rows = fields.map(fieldRow);
    const page = pageOf(rows, cursor, (row) => JSON.stringify(row).length);
    return {
      data: {
        fields: page.shown,
        total: rows.length,
        total_shown: page.shown.length,
        ...compact({ next_cursor: page.next_cursor }),
      },
      summary:
        kind === "list"
          ? `${rows.length} custom fields.`
          : `${rows.length} custom fields made at this level; a list shows all it can use.`,
    };
  },
});

const setCustomField = defineTool({
  name: "clickup_custom_field_set_value",
  tier: "premium",
  set: "fields",
  kind: "write",
  idempotent: true,
  title: "Set custom field",
  description: "Set a task's custom field.",
  input: z.object({ task: TaskReference, field: Text.describe("id or name"), value: AnyValue }),
  output: ChangedField,
  operations: SET_OPERATIONS,
  async handler(params, ctx) {
    return await setValue(params, ctx);
  },
});

const removeValue = defineTool({
  name: "clickup_custom_field_remove_value",
  tier: "premium",
  set: "fields",
  kind: "destructive",
  idempotent: true,
  title: "Empty custom field",
  description: "Empty a task's custom field.",
  input: z.object({ task: TaskReference, field: Text.describe("id or name") }),
  output: ChangedField,
  operations: [
    "GET /v2/task/{task_id}",
    "DELETE /v2/task/{task_id}/field/{field_id}",
    "GET /v2/list/{list_id}/field",
  ],
  async handler(params, ctx) {
    const task = await loadTask(ctx, params.task, "task");
    const field = await taskField(ctx, task, params.field);
    ctx.touch("field", field.id);
    const value = fieldText(ctx, task, field);
    if (value === undefined) {
      return {
        data: {
          task: { id: task.id, name: task.name },
          field: { id: field.id, name: field.name, type: field.type },
        },
        summary: `Field ${field.id} of task ${task.id} was already empty.`,
      };
    }
    await confirmFirst(
      ctx,
      `Empty the field "${shown(field.name)}" of task "${shown(task.name)}" (${task.id})? It is "${shown(value)}".`,
    );
    return answerOf(task, await emptyField(ctx, task, field), "Emptied");
  },
});

const getValues = defineTool({
  name: "clickup_custom_field_get_values",
  tier: "premium",
  set: "fields",
  kind: "read",
  title: "Custom field values",
  description: "Custom field values of a task.",
  input: z.object({ task: TaskReference, cursor: Cursor.optional() }),
  output: z.object({
    task: Ref,
    values: z.array(FieldValue),
    empty: z.array(Ref).optional(),
    total: z.number(),
    total_shown: z.number(),
    next_cursor: NextCursor,
  }),
  operations: ["GET /v2/task/{task_id}"],
  async handler(params, ctx) {
    const task = await loadTask(ctx, params.task, "task");
    const values = fieldValuesOf(task, ctx);
    const filled = new Set(values.map((one) => one.id));
    const page = pageOf(values, params.cursor, (row) => JSON.stringify(row).length);
    const empty = (task.fields ?? []).filter((field) => !filled.has(field.id));
    return {
      data: {
        task: { id: task.id, name: task.name },
        values: page.shown,
        // On the last page, so that no page is longer for it than needed.
        ...(page.next_cursor === undefined
          ? compact({ empty: empty.map(({ id, name }) => ({ id, name })) })
          : {}),
        total: values.length,
        total_shown: page.shown.length,
        ...compact({ next_cursor: page.next_cursor }),
      },
      summary: `Task ${task.id}: ${values.length} custom fields with a value, ${empty.length} empty.`,
    };
  },
});

const findByName = defineTool({
  name: "clickup_custom_field_find_by_name",
  tier: "premium",
  set: "fields",
  kind: "read",
  title: "Find custom field",
  description: "Find a list's custom field by name, with all options.",
  input: z.object({ list: PlaceReference, name: Text }),
  output: z.object({
    fields: z.array(FieldDetail),
    exact: z.boolean(),
    total: z.number(),
    total_shown: z.number(),
  }),
  operations: ["GET /v2/list/{list_id}/field"],
  async handler(params, ctx) {
    return await withPlace(ctx, "list", params.list, "list", async ({ id }) => {
      const kept = await loadFields(ctx, "list", id, RESOLVING_AGE_MS);
      let { value: fields } = kept;
      let match = matchFields(fields, params.name);
      if (!match.exact && !kept.fresh) {
        fields = (await loadFields(ctx, "list", id, 0)).value;
        match = matchFields(fields, params.name);
      }
      if (match.found.length === 0) {
        throw notFound("Custom Field", params.name, fields, "name", ` in list ${id}`);
      }
      // Parts of names may match many: a longer name shows the rest.
      const { shown: rows } = pageOf(
        match.found.map(fieldDetail),
        undefined,
        (row) => JSON.stringify(row).length,
      );
      for (const row of rows) {
        ctx.touch("field", row.id);
      }
      return {
        data: {
          fields: rows,
          exact: match.exact,
          total: match.found.length,
          total_shown: rows.length,
        },
        summary: match.exact
          ? `${match.found.length} custom fields of that name.`
          : `No custom field of that very name; ${match.found.length} contain it.`,
      };
    });
  },
});

const setByName = defineTool({
  name: "clickup_custom_field_set_by_name",
  tier: "premium",
  set: "fields",
  kind: "write",
  idempotent: true,
  title: "Set custom field by name",
  description: "Set a task's custom field by its name.",
  input: z.object({ task: TaskReference, field: Text.describe("name"), value: AnyValue }),
  output: ChangedField,
  operations: SET_OPERATIONS,
  async handler(params, ctx) {
    return await setValue(params, ctx);
  },
});

export const fieldTools = [getDefinitions, setCustomField, removeValue, getValues, findByName, setByName];
