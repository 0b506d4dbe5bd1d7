/** Puts the injections into every text a ClickUp sandbox holds. */
import type { SandboxState } from "../sandbox/clickup/state.ts";
import { INJECTIONS, LONG } from "./injections.ts";

/** Fields of the sandbox's records that people fill in. Ids, codes, colours and dates stay. */
const NAMES = new Set([
  "name",
  "name_plural",
  "username",
  "initials",
  "handle",
  "title",
  "label",
  "placeholder",
  "sub_title",
  "avatar",
]);
const LONG_TEXTS = new Set(["markdown", "content", "description"]);
/** Names of statuses: ClickUp keeps them lower-cased. */
const STATUSES = new Set(["status"]);

/** True for a field of the sandbox's records that `plant` changes as a name. */
export const isName = (field: string): boolean => NAMES.has(field) || field === "tags";

/**
 * The text with an injection behind it and a mark before it. The same text always gets the same one, so that names
 * which refer to each other still do.
 */
export function planted(text: string): string {
  const number =
    Array.from(text).reduce((sum, c) => (sum * 31 + (c.codePointAt(0) ?? 0)) >>> 0, 7) % INJECTIONS.length;
  return `${mark(number)} ${text} ${INJECTIONS[number]?.text ?? ""}`;
}

const mark = (number: number): string => `zqx${String(number).padStart(3, "0")}`;

/** Statuses are matched trimmed and in lower case. */
export function plantedStatus(status: string): string {
  return planted(status).toLowerCase().trim();
}

/**
 * Changes everything in `state`. `everything`: ids of tasks, comments and pages whose text becomes all injections at
 * once; the rest gets one each.
 */
export function plant(state: SandboxState, everything: readonly string[]): void {
  const { data } = state;
  const places = [
    data.users,
    data.workspaces,
    data.spaces,
    data.folders,
    data.lists,
    data.fields,
    data.tasks,
  ];
  const things = [
    data.comments,
    data.time_entries,
    data.groups,
    data.docs,
    data.pages,
    data.field_attachments,
  ];
  for (const records of [...places, ...things]) plantRecord(records, "");
  for (const task of Object.values(data.tasks)) {
    task.tags = task.tags.map(planted);
    for (const [id, value] of Object.entries(task.fields))
      task.fields[id] = plantedValue(value, data.fields[id]?.type);
  }
  for (const comment of Object.values(data.comments)) {
    for (const block of comment.blocks) if (block.text !== undefined) block.text = planted(block.text);
  }
  for (const id of everything) {
    const [task, page, comment] = [data.tasks[id], data.pages[id], data.comments[id]];
    if (task !== undefined) task.markdown += allTexts();
    if (page !== undefined) page.content += allTexts();
    comment?.blocks.push({ text: allTexts() });
  }
  for (const [i, task] of Object.values(data.tasks).entries()) {
    const extra = INJECTIONS[i % INJECTIONS.length];
    if (extra !== undefined) task.name = `${task.name} ${mark(i % INJECTIONS.length)} ${extra.text}`;
  }
}

function plantRecord(record: object, key: string): void {
  const fields = record as Record<string, unknown>;
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === "object" && value !== null) {
      // The values of fields and the blocks of comments have forms of their own.
      if (name !== "fields" && name !== "blocks") plantRecord(value, name);
    } else if (typeof value === "string" && value !== "") {
      if (NAMES.has(name)) fields[name] = planted(value);
      else if (LONG_TEXTS.has(name)) fields[name] = planted(value);
      else if (STATUSES.has(name) && key !== "features") fields[name] = plantedStatus(value);
    }
  }
}

/** Every injection, and the very long one. */
function allTexts(): string {
  return [...INJECTIONS.map(({ text }, number) => `${mark(number)} ${text}`), LONG.text].join("\n");
}

function plantedValue(value: unknown, type: string | undefined): unknown {
  if (typeof value !== "string") return value;
  return type === "text" || type === "short_text" || type === "email" || type === "url" || type === "phone"
    ? planted(value)
    : value;
}
