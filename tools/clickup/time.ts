/** Time entries as ClickUp answers them (GET /v2/team/{t}/time_entries), and the running timer. */
import type { ClickUpClient } from "./client.ts";
import { unknownOutcome } from "./errors.ts";
import type { Named } from "./hierarchy.ts";
import { flag, items, num, present, record, text, words } from "./lenient.ts";
import type { Json } from "./lenient.ts";
import { path } from "./path.ts";
import { readPerson } from "./people.ts";
import type { Person } from "./people.ts";

/** Colours are kept because ClickUp wants them back when an entry is changed. */
interface TimeTag {
  name: string;
  tag_fg?: string;
  tag_bg?: string;
}

export interface TimeEntryRecord {
  id: string;
  /** Absent for an entry without a task. */
  task?: Named;
  user?: Person;
  workspaceId?: string;
  start_ms?: number;
  /** Absent while the timer runs. */
  end_ms?: number;
  /** Absent while the timer runs: ClickUp answers a negative number then. */
  duration_ms?: number;
  running: boolean;
  billable: boolean;
  description?: string;
  tags: TimeTag[];
}

/** Times in ms since the epoch, both ends included. */
export interface TimeEntryQuery {
  start_ms: number;
  end_ms: number;
  taskId?: string;
  /** Without them ClickUp answers the caller's own entries. */
  userIds?: readonly string[];
}

/** Body of POST …/time_entries/start. */
export interface NewTimer {
  tid: string;
  description?: string;
  billable?: boolean;
  tags?: { name: string }[];
}

/** Body of POST …/time_entries. */
export interface NewTimeEntry extends NewTimer {
  /** Ms since the epoch. */
  start: number;
  /** Ms. */
  duration: number;
}

/** Body of PUT …/time_entries/{id}; ClickUp wants `tags` whatever is changed. */
export interface TimeEntryChange {
  description?: string;
  tags: TimeTag[];
  tag_action: "add" | "replace" | "remove";
}

const VERIFY_RUNNING = "clickup_time_tracking_current";
const VERIFY_LIST = "clickup_time_entry_list";

/** Every entry of the range: ClickUp does not page them. */
export async function getTimeEntries(
  clickup: ClickUpClient,
  workspaceId: string,
  query: TimeEntryQuery,
): Promise<TimeEntryRecord[]> {
  const answer = await clickup.request<Json>({
    method: "GET",
    path: path`/v2/team/${workspaceId}/time_entries`,
    query: {
      start_date: query.start_ms,
      end_date: query.end_ms,
      task_id: query.taskId,
      assignee: query.userIds?.join(","),
    },
  });
  return items(record(answer)["data"], readTimeEntry);
}

export async function getTimeEntry(
  clickup: ClickUpClient,
  workspaceId: string,
  entryId: string,
): Promise<TimeEntryRecord | undefined> {
  const answer = await clickup.request<Json>({
    method: "GET",
    path: path`/v2/team/${workspaceId}/time_entries/${entryId}`,
  });
  return entryOf(answer);
}

/** The caller's running entry; undefined when no timer runs. */
export async function getRunningEntry(
  clickup: ClickUpClient,
  workspaceId: string,
): Promise<TimeEntryRecord | undefined> {
  const answer = await clickup.request<Json>({
    method: "GET",
    path: path`/v2/team/${workspaceId}/time_entries/current`,
  });
  return entryOf(answer);
}

/** Starts a timer; ClickUp ends the one that runs. */
export async function startTimer(
  clickup: ClickUpClient,
  workspaceId: string,
  body: NewTimer,
): Promise<TimeEntryRecord> {
  const answer = await clickup.request<Json>({
    method: "POST",
    path: path`/v2/team/${workspaceId}/time_entries/start`,
    body,
    verify: VERIFY_RUNNING,
  });
  return made(entryOf(answer), VERIFY_RUNNING);
}

/** Stops the caller's timer. Undefined when ClickUp answers without an entry. */
export async function stopTimer(
  clickup: ClickUpClient,
  workspaceId: string,
): Promise<TimeEntryRecord | undefined> {
  const answer = await clickup.request<Json>({
    method: "POST",
    path: path`/v2/team/${workspaceId}/time_entries/stop`,
    verify: VERIFY_RUNNING,
  });
  return entryOf(answer);
}

/** Records time that was spent. Not safe to repeat: each call makes an entry. */
export async function createTimeEntry(
  clickup: ClickUpClient,
  workspaceId: string,
  body: NewTimeEntry,
): Promise<TimeEntryRecord> {
  const answer = await clickup.request<Json>({
    method: "POST",
    path: path`/v2/team/${workspaceId}/time_entries`,
    body,
    verify: VERIFY_LIST,
  });
  return made(entryOf(answer), VERIFY_LIST);
}

export async function updateTimeEntry(
  clickup: ClickUpClient,
  workspaceId: string,
  entryId: string,
  body: TimeEntryChange,
): Promise<TimeEntryRecord | undefined> {
  const answer = await clickup.request<Json>({
    method: "PUT",
    path: path`/v2/team/${workspaceId}/time_entries/${entryId}`,
    body,
    verify: VERIFY_LIST,
  });
  return entryOf(answer);
}

export async function deleteTimeEntry(
  clickup: ClickUpClient,
  workspaceId: string,
  entryId: string,
): Promise<void> {
  await clickup.request({
    method: "DELETE",
    path: path`/v2/team/${workspaceId}/time_entries/${entryId}`,
    verify: VERIFY_LIST,
  });
}

/** The entry of an answer: inside `data`, alone or as a list of one; bare in some answers. */
function entryOf(answer: Json): TimeEntryRecord | undefined {
  const { data } = record(answer);
  const [first] = Array.isArray(data) ? (data as unknown[]) : [data];
  return readTimeEntry(record(first)) ?? readTimeEntry(record(answer));
}

function made(entry: TimeEntryRecord | undefined, verify: string): TimeEntryRecord {
  if (entry === undefined) {
    throw unknownOutcome(verify, 200);
  }
  return entry;
}

function readTimeEntry(json: Json): TimeEntryRecord | undefined {
  const id = text(json["id"]);
  if (id === undefined) {
    return undefined;
  }
  const duration_ms = num(json["duration"]);
  const end_ms = num(json["end"]);
  // A timer that began just now may be answered with a length of zero, but has no end.
  const running = (duration_ms ?? 0) < 0 || (end_ms === undefined && (duration_ms ?? 0) === 0);
  const taskId = text(record(json["task"])["id"]);
  return {
    id,
    ...(taskId === undefined
      ? {}
      : { task: { id: taskId, ...present("name", words(record(json["task"])["name"])) } }),
    ...present("user", readPerson(record(json["user"]))),
    ...present("workspaceId", text(json["wid"])),
    ...present("start_ms", num(json["start"])),
    ...(running ? {} : { ...present("end_ms", end_ms), ...present("duration_ms", duration_ms) }),
    running,
    billable: flag(json["billable"]) ?? false,
    ...present("description", words(json["description"])),
    tags: items(json["tags"], (tag) => {
      const name = words(tag["name"]);
      return name === undefined
        ? undefined
        : {
            name,
            ...present("tag_fg", words(tag["tag_fg"])),
            ...present("tag_bg", words(tag["tag_bg"])),
          };
    }),
  };
}
