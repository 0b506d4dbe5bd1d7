/**
 * Found tasks as rows that carry names only; what the names stand for is listed once beside them. A hundred
 * rows fit one answer that way.
 */
import * as z from "zod";
import type { TaskRecord } from "../clickup/tasks.ts";
import type { ToolContext } from "../define.ts";
import { shown } from "../words/names.ts";
import { compact, cutText } from "../words/render.ts";
import { FieldValue, Ref, TaskDetail } from "../shapes.ts";
import { fieldValuesOf, personRef, taskDetail } from "./task-view.ts";

export const WIDENINGS = ["details", "description", "custom_fields"] as const;
export type Widening = (typeof WIDENINGS)[number];

const NAME_CHARS = 160;
const DESCRIPTION_CHARS = 1_000;

export const SearchRow = z.object({
  id: z.string(),
  custom_id: z.string().optional(),
  name: z.string(),
  status: z.string().optional(),
  priority: z.string().optional(),
  due: z.string().optional(),
  start: z.string().optional(),
  assignees: z.array(z.string()).optional(),
  tags: z.array(z.string()).optional(),
  parent: z.string().optional(),
  list: z.string().optional(),
  description: z.string().optional(),
  description_total_chars: z.number().optional(),
  custom_fields: z.array(FieldValue).optional(),
  ...TaskDetail.pick({
    url: true,
    type: true,
    estimate: true,
    spent: true,
    points: true,
    created: true,
    updated: true,
    closed: true,
    creator: true,
    groups: true,
    folder: true,
    space: true,
  }).shape,
});
type SearchRow = z.infer<typeof SearchRow>;

/** What rows name: Lists and people by id. */
export const SearchLegend = { lists: z.array(Ref).optional(), people: z.array(Ref).optional() };

export class SearchRows {
  readonly #ctx: ToolContext;
  readonly #fields: ReadonlySet<Widening>;
  readonly #budget_chars: number;
  readonly #rows: SearchRow[] = [];
  readonly #lists = new Legend();
  readonly #people = new Legend();
  #used_chars = 0;

  constructor(ctx: ToolContext, fields: ReadonlySet<Widening>, budget_chars: number) {
    this.#ctx = ctx;
    this.#fields = fields;
    this.#budget_chars = budget_chars;
  }

  get count(): number {
    return this.#rows.length;
  }

  /** False, and nothing added, when the row does not fit any more. The first always fits. */
  add(task: TaskRecord): boolean {
    const before = this.#lists.size_chars + this.#people.size_chars;
    const row = this.#row(task);
    const size = JSON.stringify(row).length + 1;
    const legend = this.#lists.size_chars + this.#people.size_chars - before;
    if (this.#rows.length > 0 && this.#used_chars + size + legend > this.#budget_chars) {
      return false;
    }
    this.#used_chars += size + legend;
    this.#rows.push(row);
    return true;
  }

  get data() {
    return {
      tasks: this.#rows,
      ...compact({ lists: this.#lists.refs(this.#rows, (row) => [row.list]) }),
      ...compact({ people: this.#people.refs(this.#rows, (row) => row.assignees ?? []) }),
    };
  }

  #row(task: TaskRecord): SearchRow {
    const detail = taskDetail(task, this.#ctx);
    const {
      assignees: _assignees,
      list: _list,
      workspace: _workspace,
      archived: _archived,
      ...plain
    } = detail;
    const { id, custom_id, name, status, priority, due, start, tags, parent, ...more } = plain;
    const { list } = task;
    return {
      id,
      name: shown(name, NAME_CHARS),
      ...compact({
        custom_id,
        status,
        priority,
        due,
        start,
        tags,
        parent,
        assignees: task.assignees?.map((person) => this.#people.label(personRef(person))),
        list: list === undefined ? undefined : this.#lists.label({ id: list.id, name: list.name ?? list.id }),
      }),
      ...(this.#fields.has("details") ? more : {}),
      ...(this.#fields.has("description") ? description(task) : {}),
      ...(this.#fields.has("custom_fields") ? { custom_fields: fieldValuesOf(task, this.#ctx) } : {}),
    };
  }
}

function description(task: TaskRecord) {
  if (task.markdown === undefined) {
    return {};
  }
  const { text, total_chars } = cutText(task.markdown, DESCRIPTION_CHARS);
  return { description: text, ...compact({ description_total_chars: total_chars }) };
}

/** Names that stand for one id each: a second thing of the same name carries its id in the label. */
class Legend {
  readonly #byLabel = new Map<string, { id: string; name: string }>();
  readonly #labels = new Map<string, string>();
  size_chars = 0;

  label(ref: { id: string; name: string }): string {
    const known = this.#labels.get(ref.id);
    if (known !== undefined) {
      return known;
    }
    const label = this.#byLabel.has(ref.name) ? `${ref.name} (${ref.id})` : ref.name;
    this.#byLabel.set(label, ref);
    this.#labels.set(ref.id, label);
    this.size_chars += JSON.stringify(ref).length + 1;
    return label;
  }

  refs<R>(rows: readonly R[], labelsOf: (row: R) => (string | undefined)[]): { id: string; name: string }[] {
    const used = new Set(rows.flatMap(labelsOf));
    return [...this.#byLabel].filter(([label]) => used.has(label)).map(([, ref]) => ref);
  }
}
