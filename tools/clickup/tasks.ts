/** Tasks as ClickUp answers them, and the operations on one task. */
import type { ClickUpClient } from "./client.ts";
import { ClickUpError } from "./errors.ts";
import { readField } from "./fields.ts";
import type { FieldRecord } from "./fields.ts";
import { readVisibleFolder } from "./hierarchy.ts";
import type { Named } from "./hierarchy.ts";
import { flag, items, num, present, record, text, words, webAddress } from "./lenient.ts";
import type { Json } from "./lenient.ts";
import { path } from "./path.ts";
import { readPerson } from "./people.ts";
import type { Person } from "./people.ts";
import type { Query } from "./http.ts";

interface AttachmentRecord {
  id: string;
  title: string;
  url?: string;
  size_bytes?: number;
  mimetype?: string;
  date_ms?: number;
}

/** Absent fields were absent or null in the answer; a list that was absent is absent too, not empty. */
export interface TaskRecord {
  id: string;
  customId?: string;
  customItemId?: number;
  name: string;
  markdown?: string;
  status?: string;
  statusType?: string;
  priority?: string;
  due_ms?: number;
  start_ms?: number;
  created_ms?: number;
  updated_ms?: number;
  closed_ms?: number;
  estimate_ms?: number;
  spent_ms?: number;
  points?: number;
  archived?: boolean;
  parent?: string;
  url?: string;
  creator?: Person;
  assignees?: Person[];
  groupAssignees?: Named[];
  tags?: string[];
  fields?: FieldRecord[];
  attachments?: AttachmentRecord[];
  subtasks?: TaskRecord[];
  /** Each edge by task ids: `waits` cannot start before `on` is done. */
  dependencies?: { waits: string; on: string }[];
  /** Ids of linked tasks. */
  links?: string[];
  checklistCount?: number;
  watcherCount?: number;
  workspaceId?: string;
  list?: Named;
  folder?: Named;
  space?: Named;
}

export interface CommentRecord {
  id: string;
  text: string;
  user?: Person;
  date_ms?: number;
  resolved?: boolean;
  replyCount?: number;
}

/** How a request names a task: custom ids need the Workspace beside them. */
export interface TaskAddress {
  id: string;
  /** Set when `id` is a custom task id. */
  customIn?: string;
}

function addressQuery(address: TaskAddress): Query {
  return address.customIn === undefined ? {} : { custom_task_ids: true, team_id: address.customIn };
}

export async function getTask(
  clickup: ClickUpClient,
  address: TaskAddress,
  include: { subtasks?: boolean; markdown?: boolean } = {},
): Promise<TaskRecord> {
  const answer = await clickup.request<Json>({
    method: "GET",
    path: path`/v2/task/${address.id}`,
    query: {
      ...addressQuery(address),
      ...(include.subtasks === true ? { include_subtasks: true } : {}),
      ...(include.markdown === true ? { include_markdown_description: true } : {}),
    },
  });
  return readTask({ id: address.id, ...record(answer) }) ?? { id: address.id, name: "" };
}

/** Body of POST /v2/list/{list_id}/task. Dates in ms, ids of people as numbers. */
export interface TaskFields {
  name?: string;
  markdown_content?: string;
  description?: string;
  status?: string;
  priority?: number | null;
  due_date?: number | null;
  due_date_time?: boolean;
  start_date?: number | null;
  start_date_time?: boolean;
  time_estimate?: number | null;
  points?: number | null;
  parent?: string;
  custom_item_id?: number;
}

export interface NewTask extends TaskFields {
  name: string;
  assignees?: number[];
  group_assignees?: string[];
  tags?: string[];
  check_required_custom_fields?: boolean;
  custom_fields?: { id: string; value: unknown; value_options?: { time: boolean } }[];
}

export interface TaskChange extends TaskFields {
  /** PUT takes additions and removals; a flat array would make the people watchers. */
  assignees?: { add: number[]; rem: number[] };
}

/** Creates a task. ClickUp has no idempotency key: a lost answer is an unknown outcome, never repeated. */
export async function createTask(clickup: ClickUpClient, listId: string, body: NewTask): Promise<TaskRecord> {
  const answer = await clickup.request<Json>({
    method: "POST",
    path: path`/v2/list/${listId}/task`,
    body,
    verify: "clickup_task_search or a look at the list in ClickUp",
  });
  return readTask(record(answer)) ?? { id: "", name: body.name };
}

export async function updateTask(
  clickup: ClickUpClient,
  taskId: string,
  body: TaskChange,
): Promise<TaskRecord> {
  const answer = await clickup.request<Json>({
    method: "PUT",
    path: path`/v2/task/${taskId}`,
    body,
    verify: "clickup_task_get",
  });
  return readTask({ id: taskId, ...record(answer) }) ?? { id: taskId, name: "" };
}

/** Deletes a task with its subtasks (DELETE /v2/task/{task_id}). */
export async function deleteTask(clickup: ClickUpClient, taskId: string): Promise<void> {
  await clickup.request({ method: "DELETE", path: path`/v2/task/${taskId}`, verify: "clickup_task_get" });
}

/** Sets one Custom Field; the answer is empty (POST /v2/task/{task_id}/field/{field_id}). */
export async function setTaskField(
  clickup: ClickUpClient,
  taskId: string,
  fieldId: string,
  value: { value: unknown; value_options?: { time: boolean } },
): Promise<void> {
  await clickup.request({
    method: "POST",
    path: path`/v2/task/${taskId}/field/${fieldId}`,
    body: value,
    verify: "clickup_task_get",
  });
}

export async function removeTaskField(
  clickup: ClickUpClient,
  taskId: string,
  fieldId: string,
): Promise<void> {
  await clickup.request({
    method: "DELETE",
    path: path`/v2/task/${taskId}/field/${fieldId}`,
    verify: "clickup_task_get",
  });
}

export async function addTaskTag(clickup: ClickUpClient, taskId: string, tag: string): Promise<void> {
  await clickup.request({
    method: "POST",
    path: path`/v2/task/${taskId}/tag/${tag}`,
    verify: "clickup_task_get",
  });
}

export async function removeTaskTag(clickup: ClickUpClient, taskId: string, tag: string): Promise<void> {
  await clickup.request({
    method: "DELETE",
    path: path`/v2/task/${taskId}/tag/${tag}`,
    verify: "clickup_task_get",
  });
}

/** The 25 newest comments. */
export async function getTaskComments(clickup: ClickUpClient, taskId: string): Promise<CommentRecord[]> {
  const answer = await clickup.request<Json>({ method: "GET", path: path`/v2/task/${taskId}/comment` });
  return items(record(answer)["comments"], readComment);
}

/** One page of at most 100 tasks of a Workspace, newest change first (GET /v2/team/{team_id}/task). */
export async function getWorkspaceTasks(
  clickup: ClickUpClient,
  workspaceId: string,
  query: Query,
): Promise<TaskRecord[]> {
  const ask = async (asked: Query) =>
    await clickup.request<Json>({ method: "GET", path: path`/v2/team/${workspaceId}/task`, query: asked });
  const { include_timl, ...rest } = query;
  try {
    return items(record(await ask(query))["tasks"], readTask);
  } catch (error) {
    // include_timl is not described here, though others send it: without it where it is refused.
    if (include_timl === undefined || !(error instanceof ClickUpError && error.kind === "validation")) {
      throw error;
    }
    return items(record(await ask(rest))["tasks"], readTask);
  }
}

function readComment(json: Json): CommentRecord | undefined {
  const id = text(json["id"]);
  if (id === undefined) {
    return undefined;
  }
  return {
    id,
    text: text(json["comment_text"]) ?? "",
    ...present("user", readPerson(record(json["user"]))),
    ...present("date_ms", num(json["date"])),
    ...present("resolved", flag(json["resolved"])),
    ...present("replyCount", num(json["reply_count"])),
  };
}

export function readTask(json: Json): TaskRecord | undefined {
  const id = text(json["id"]);
  if (id === undefined) {
    return undefined;
  }
  return {
    id,
    name: text(json["name"]) ?? "",
    ...present("customId", words(json["custom_id"])),
    ...present("customItemId", num(json["custom_item_id"])),
    ...present("markdown", words(json["markdown_description"]) ?? words(json["description"])),
    ...readState(json),
    ...readDates(json),
    ...readPeople(json),
    ...present("tags", readTags(json["tags"])),
    ...present("fields", listed(json["custom_fields"], readField)),
    ...present("attachments", listed(json["attachments"], readAttachment)),
    ...present("subtasks", listed(json["subtasks"], readTask)),
    ...readRelations(id, json),
    ...readPlace(json),
  };
}

function listed<T>(value: unknown, read: (item: Json) => T | undefined): T[] | undefined {
  return Array.isArray(value) ? items(value, read) : undefined;
}

function readState(json: Json): Partial<TaskRecord> {
  const status = record(json["status"]);
  return {
    ...present("status", words(status["status"]) ?? words(json["status"])),
    ...present("statusType", words(status["type"])),
    ...present("priority", words(record(json["priority"])["priority"])),
    ...present("points", num(json["points"])),
    ...present("archived", flag(json["archived"])),
    ...present("parent", words(json["parent"])),
    ...present("url", webAddress(json["url"])),
  };
}

function readDates(json: Json): Partial<TaskRecord> {
  return {
    ...present("due_ms", num(json["due_date"])),
    ...present("start_ms", num(json["start_date"])),
    ...present("created_ms", num(json["date_created"])),
    ...present("updated_ms", num(json["date_updated"])),
    ...present("closed_ms", num(json["date_closed"])),
    ...present("estimate_ms", num(json["time_estimate"])),
    ...present("spent_ms", num(json["time_spent"])),
  };
}

function readPeople(json: Json): Partial<TaskRecord> {
  return {
    ...present("creator", readPerson(record(json["creator"]))),
    ...present("assignees", listed(json["assignees"], readPerson)),
    ...present(
      "groupAssignees",
      listed(json["group_assignees"], (group) => {
        const id = text(group["id"]);
        return id === undefined ? undefined : { id, ...present("name", words(group["name"])) };
      }),
    ),
  };
}

/** Both directions of a dependency come in one list, told apart by which of its two ids is this task's. */
function readRelations(id: string, json: Json): Partial<TaskRecord> {
  const count = (value: unknown) => (Array.isArray(value) ? value.length : undefined);
  return {
    ...present(
      "dependencies",
      listed(json["dependencies"], (edge) => {
        const waits = text(edge["task_id"]);
        const on = text(edge["depends_on"]);
        return waits === undefined || on === undefined ? undefined : { waits, on };
      }),
    ),
    ...present(
      "links",
      listed(json["linked_tasks"], (link) => {
        const ends = [text(link["link_id"]), text(link["task_id"])];
        return ends.find((end) => end !== undefined && end !== id);
      }),
    ),
    ...present("checklistCount", count(json["checklists"])),
    ...present("watcherCount", count(json["watchers"])),
  };
}

/** Tags come as objects, in some answers as plain names. */
function readTags(value: unknown): string[] | undefined {
  if (!Array.isArray(value)) {
    return undefined;
  }
  return value.flatMap((tag: unknown) => words(typeof tag === "string" ? tag : record(tag)["name"]) ?? []);
}

function readPlace(json: Json): Partial<TaskRecord> {
  const named = (value: unknown): Named | undefined => {
    const id = text(record(value)["id"]);
    return id === undefined ? undefined : { id, ...present("name", words(record(value)["name"])) };
  };
  return {
    ...present("workspaceId", text(json["team_id"])),
    ...present("list", named(json["list"])),
    ...present("folder", readVisibleFolder(json["folder"])),
    ...present("space", named(json["space"])),
  };
}

function readAttachment(json: Json): AttachmentRecord | undefined {
  const id = text(json["id"]);
  if (id === undefined || json["deleted"] === true) {
    return undefined;
  }
  return {
    id,
    title: text(json["title"]) ?? "",
    ...present("url", webAddress(json["url"])),
    ...present("size_bytes", num(json["size"])),
    ...present("mimetype", words(json["mimetype"])),
    ...present("date_ms", num(json["date"])),
  };
}
