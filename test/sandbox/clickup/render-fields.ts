import { person } from "./render-people.ts";
import { renderStatus } from "./render-places.ts";
import type { SandboxState } from "./state.ts";
import type { FieldDefinition, FieldOption, Task } from "./types.ts";

/** A field definition as GET …/field answers it. */
export function renderField(field: FieldDefinition) {
  return {
    id: field.id,
    name: field.name,
    type: field.type,
    type_config: field.type_config,
    date_created: String(field.date_created),
    hide_from_guests: field.hide_from_guests,
    required: field.required,
  };
}

/** Beside a text its Quill JSON, where it has Markdown in it; null beside everything else. */
function richText(field: FieldDefinition, value: unknown): string | null {
  if (field.type !== "text" || typeof value !== "string" || !/[*_#`[]/.test(value)) return null;
  return JSON.stringify({ ops: [{ insert: value }] });
}

/** All fields a task may hold; `value` only on those that are set. */
export function renderFields(state: SandboxState, task: Task) {
  return state.fieldsOfList(state.list(task.list_id)).map((field) => {
    const value = valueOf(state, task, field);
    return value === undefined
      ? renderField(field)
      : { ...renderField(field), value, value_richtext: richText(field, value) };
  });
}

function options(field: FieldDefinition): FieldOption[] {
  return field.type_config.options ?? [];
}

/** The value in ClickUp's read form, which is not the form it is written in. `undefined` when unset. */
function valueOf(state: SandboxState, task: Task, field: FieldDefinition): unknown {
  if (field.type === "automatic_progress") return automaticProgress(state, task);
  if (field.type === "formula")
    return task.points === null
      ? undefined
      : field.type_config["object_value"] === true
        ? { value: task.points * 2, calculation_state: "ready" }
        : String(task.points * 2);
  const stored = task.fields[field.id];
  if (stored === undefined || stored === null) return undefined;
  switch (field.type) {
    case "drop_down":
      return options(field).find((option) => option.id === stored)?.orderindex;
    case "users":
      return (stored as number[]).map((id) => person(state, id));
    case "tasks":
    case "list_relationship":
      return (stored as string[]).flatMap((id) => {
        const other = state.data.tasks[id];
        return other === undefined ? [] : [relatedTask(state, other)];
      });
    case "number":
    case "currency":
    case "date":
      return `${stored as number}`;
    case "checkbox":
      return stored === true ? "true" : "false";
    case "manual_progress": {
      const { start = 0, end = 100 } = field.type_config;
      const current = stored as number;
      return {
        current: String(current),
        percent_completed: (current - start) / (end - start),
      };
    }
    default:
      return stored;
  }
}

function relatedTask(state: SandboxState, task: Task) {
  const list = state.list(task.list_id);
  const status = state.findStatus(list, task.status);
  return {
    id: task.id,
    name: task.name,
    status: task.status,
    color: status === undefined ? null : renderStatus(status).color,
    custom_type: null,
    team_id: task.team_id,
    deleted: false,
    url: `https://app.clickup.com/t/${task.id}`,
    access: true,
  };
}

function automaticProgress(state: SandboxState, task: Task): { percent_complete: number } {
  const children = state.subtasksOf(task.id);
  if (children.length === 0) return { percent_complete: 0 };
  const done = children.filter((child) => child.date_done !== null || child.date_closed !== null).length;
  return { percent_complete: Math.round((done / children.length) * 100) };
}
