import { badRequest, ClickUpFault } from "../errors.ts";
import { folderOf, listOf, spaceOf, taskOf, workspaceOf } from "../lookup.ts";
import { renderField } from "../render-fields.ts";
import type { Context, QueryType, Route } from "../route.ts";
import { CUSTOM_ID_QUERY } from "../route.ts";
import { setFieldValue, useField } from "../set-field.ts";
import type { FieldDefinition, FieldScope, Task } from "../types.ts";

const FIELD_QUERY: Record<string, QueryType> = { include_applied_objects: "bool" };

/** Folder, Space and Workspace answer only the fields made at that level; a list answers all it can use. */
function madeAt(ctx: Context, kind: FieldScope["kind"], id: string) {
  const fields = Object.values(ctx.state.data.fields).filter(
    ({ scope }) => scope.kind === kind && scope.id === id,
  );
  return { fields: fields.map(renderField) };
}

/** The field named in the path, when the task's list can use it. */
function fieldOfTask(ctx: Context, task: Task): FieldDefinition {
  const id = ctx.params.field_id ?? "";
  if (!/^[0-9a-f-]{36}$/.test(id)) throw badRequest("Custom field id invalid", "FIELD_001");
  const field = ctx.state.fieldsOfList(ctx.state.list(task.list_id)).find((candidate) => candidate.id === id);
  if (field === undefined) throw new ClickUpFault(404, "Custom field not found", "FIELD_013");
  return field;
}

export const fieldRoutes: Route[] = [
  {
    operation: "GET /v2/list/{list_id}/field",
    query: FIELD_QUERY,
    handler: (ctx) => ({ fields: ctx.state.fieldsOfList(listOf(ctx)).map(renderField) }),
  },
  {
    operation: "GET /v2/folder/{folder_id}/field",
    query: FIELD_QUERY,
    handler: (ctx) => madeAt(ctx, "folder", folderOf(ctx).id),
  },
  {
    operation: "GET /v2/space/{space_id}/field",
    query: FIELD_QUERY,
    handler: (ctx) => madeAt(ctx, "space", spaceOf(ctx).id),
  },
  {
    operation: "GET /v2/team/{team_id}/field",
    query: FIELD_QUERY,
    handler: (ctx) => madeAt(ctx, "workspace", workspaceOf(ctx).id),
  },
  {
    operation: "POST /v2/task/{task_id}/field/{field_id}",
    query: CUSTOM_ID_QUERY,
    body: { value: "any", value_options: "object" },
    handler: (ctx) => {
      const task = taskOf(ctx);
      const field = fieldOfTask(ctx, task);
      if (!("value" in ctx.body)) throw badRequest("Value is required", "FIELD_147");
      useField(ctx.state.workspace(task.team_id));
      setFieldValue(ctx.state, task, field, ctx.body.value);
      task.date_updated = ctx.now_ms;
      return {};
    },
  },
  {
    operation: "DELETE /v2/task/{task_id}/field/{field_id}",
    query: CUSTOM_ID_QUERY,
    handler: (ctx) => {
      const task = taskOf(ctx);
      delete task.fields[fieldOfTask(ctx, task).id];
      task.date_updated = ctx.now_ms;
      return {};
    },
  },
];
