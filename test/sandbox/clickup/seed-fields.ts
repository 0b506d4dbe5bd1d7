import { SANDBOX } from "./facts.ts";
import type { SandboxState } from "./state.ts";
import type { FieldConfig, FieldScope } from "./types.ts";

const DAY_MS = 86_400_000;
const { fields, lists, spaces, workspaces } = SANDBOX;

/** Uuid of the nth option of a field; tests use it too. */
export function optionUuid(field: string, index: number): string {
  return `22222222-${field.slice(-4)}-4000-a000-00000000000${index}`;
}

/** Drop-down options have `name`, labels have `label`. */
function options(field: string, key: "name" | "label", texts: string[]): FieldConfig {
  const colors = ["#e50000", "#f8ae00", "#1bbc9c", "#0231e8", null];
  return {
    options: texts.map((text, orderindex) => ({
      id: optionUuid(field, orderindex),
      [key]: text,
      color: colors[orderindex % colors.length] ?? null,
      orderindex,
    })),
  };
}

/** One field of every type ClickUp has, on Product; one on a list, one on the Workspace. */
export function seedFields(state: SandboxState, now_ms: number): void {
  const product: FieldScope = { kind: "space", id: spaces.product };
  const add = (
    id: string,
    name: string,
    type: string,
    type_config: FieldConfig = {},
    scope = product,
    required = false,
  ) => {
    state.data.fields[id] = {
      id,
      name,
      type,
      type_config,
      date_created: now_ms - 250 * DAY_MS,
      hide_from_guests: false,
      required,
      scope,
      carried_to: [],
    };
  };
  add(fields.text, "Acceptance notes", "text");
  add(fields.shortText, "Release", "short_text");
  add(fields.dropDown, "Severity", "drop_down", {
    default: 0,
    placeholder: null,
    ...options(fields.dropDown, "name", ["Low", "Medium", "High"]),
  });
  add(fields.labels, "Area", "labels", options(fields.labels, "label", ["Frontend", "Backend", "Docs 📚"]));
  add(fields.date, "Promised on", "date");
  add(fields.number, "Votes in survey", "number");
  add(fields.currency, "Budget", "currency", { precision: 2, currency_type: "EUR", default: null });
  add(fields.checkbox, "Customer facing", "checkbox");
  add(fields.email, "Contact", "email");
  add(fields.phone, "Phone", "phone");
  add(fields.url, "Design link", "url");
  add(fields.users, "Reviewers", "users", { single_user: false, include_groups: true, include_guests: true });
  add(fields.tasks, "Related work", "tasks");
  add(fields.listRelationship, "Launch task", "list_relationship", { subcategory_id: lists.launch });
  add(fields.emoji, "Confidence", "emoji", { code_point: "2b50", count: 5 });
  add(fields.manualProgress, "Progress", "manual_progress", { start: 10, end: 30 });
  add(fields.automaticProgress, "Subtasks done", "automatic_progress", {
    complete_on: 3,
    tracking: { subtasks: true, checklists: false, assigned_comments: false },
  });
  add(fields.location, "Office", "location");
  add(fields.attachment, "Evidence", "attachment");
  add(fields.formula, "Double points", "formula", { formula: "points * 2" });
  add(fields.votes, "Team vote", "votes", { code_point: "1f44d", show_voters: true });
  add(fields.button, "Deploy", "button", { label: "Deploy" });
  add(
    fields.contractValue,
    "Contract value",
    "currency",
    { precision: 2, currency_type: "USD" },
    { kind: "list", id: lists.contracts },
    true,
  );
  add(fields.costCentre, "Cost centre", "short_text", {}, { kind: "workspace", id: workspaces.northwind });
}
