import { badRequest } from "./errors.ts";
import type { SandboxState } from "./state.ts";
import type { List, Task } from "./types.ts";

/** A new task of `list` that is not stored yet. */
export function newTask(
  state: SandboxState,
  list: List,
  creator: number,
  name: string,
  now_ms: number,
): Task {
  const id = state.newTaskId();
  return {
    id,
    custom_id: null,
    custom_item_id: 0,
    team_id: state.space(list.space_id).team_id,
    list_id: list.id,
    extra_lists: [],
    name,
    markdown: "",
    status: state.statusesOf(list)[0]?.status ?? "to do",
    orderindex: `${state.next("orderindex") * 10_000_000}.00000000000000000000000000000000`,
    date_created: now_ms,
    date_updated: now_ms,
    date_closed: null,
    date_done: null,
    archived: false,
    creator,
    assignees: [],
    group_assignees: [],
    watchers: [creator],
    checklists: [],
    tags: [],
    parent: null,
    priority: null,
    due_date: null,
    due_date_time: false,
    start_date: null,
    start_date_time: false,
    points: null,
    time_estimate: null,
    estimates_by_user: {},
    fields: {},
    attachments: [],
    status_since: now_ms,
    status_history: [],
  };
}

/**
 * Moves a task to a status of its list, by name without regard to case. Throws `ecode` when the list has none so named:
 * CRTSK_001 where a task is made, ITEM_114 where it is changed.
 */
export function setStatus(
  state: SandboxState,
  task: Task,
  name: string,
  now_ms: number,
  ecode: "CRTSK_001" | "ITEM_114" = "CRTSK_001",
): void {
  const status = state.findStatus(state.list(task.list_id), name);
  if (status === undefined)
    throw badRequest(ecode === "CRTSK_001" ? "Status not found" : "Status does not exist", ecode);
  if (status.status !== task.status) {
    const minutes = Math.round((now_ms - task.status_since) / 60_000);
    task.status_history.push({ status: task.status, minutes, since: task.status_since });
    task.status_since = now_ms;
  }
  task.status = status.status;
  task.date_done = status.type === "done" || status.type === "closed" ? (task.date_done ?? now_ms) : null;
  task.date_closed = status.type === "closed" ? (task.date_closed ?? now_ms) : null;
}

/** Tags are lower-case and belong to the Space; one that is not there yet is made. */
export function addTag(state: SandboxState, task: Task, name: string, creator: number): void {
  const tag = name.trim().toLowerCase();
  if (tag === "") throw badRequest("Tag name invalid", "TAG_004");
  const { tags } = state.space(state.list(task.list_id).space_id);
  if (!tags.some((present) => present.name === tag))
    tags.push({ name: tag, tag_fg: "#ffffff", tag_bg: "#1090e0", creator });
  if (!task.tags.includes(tag)) task.tags.push(tag);
}
