/** Spaces, Folders and Lists as ClickUp answers them (GET /v2/team/{t}/space and below). */
import type { ClickUpClient } from "./client.ts";
import { ClickUpError } from "./errors.ts";
import { flag, items, num, present, record, text, words } from "./lenient.ts";
import type { Json } from "./lenient.ts";
import { path } from "./path.ts";
import { readPerson } from "./people.ts";
import type { Person } from "./people.ts";

export interface Status {
  /** Needed to map statuses when a task moves. */
  id?: string;
  status: string;
  /** open | custom | done | closed, in ClickUp's words. */
  type?: string;
}

export interface Named {
  id: string;
  name?: string;
}

export interface SpaceRecord {
  id: string;
  name: string;
  archived: boolean;
  private?: boolean;
  multipleAssignees?: boolean;
  statuses: Status[];
  /** Names of the ClickApps that are on, e.g. "time_tracking". */
  features: string[];
  /** Every ClickApp with its switches, `enabled` among them. */
  settings: FeatureSettings;
  /** Hexadecimal, e.g. "#7b68ee". */
  color?: string;
}

/** ClickApps of a Space by name, each with its switches. */
export type FeatureSettings = Record<string, Record<string, boolean>>;

export interface ListRecord {
  id: string;
  name: string;
  archived: boolean;
  content?: string;
  due_ms?: number;
  start_ms?: number;
  priority?: string;
  assignee?: Person;
  /** The colour, which ClickUp calls the status of a List. */
  color?: string;
  taskCount?: number;
  overridesStatuses?: boolean;
  statuses: Status[];
  /** Absent for a List directly in a Space. */
  folder?: Named;
  space?: Named;
}

export interface FolderRecord {
  id: string;
  name: string;
  archived: boolean;
  overridesStatuses?: boolean;
  taskCount?: number;
  statuses: Status[];
  space?: Named;
  parentFolder?: string;
  lists: ListRecord[];
}

/** Spaces of a Workspace. `archived: true` asks for archived ones. */
export async function getSpaces(
  clickup: ClickUpClient,
  workspaceId: string,
  archived = false,
): Promise<SpaceRecord[]> {
  const answer = await clickup.request<Json>({
    method: "GET",
    path: path`/v2/team/${workspaceId}/space`,
    query: { archived },
  });
  return items(record(answer)["spaces"], readSpace);
}

/** Folders of a Space with their Lists. */
export async function getFolders(
  clickup: ClickUpClient,
  spaceId: string,
  archived = false,
): Promise<FolderRecord[]> {
  const answer = await clickup.request<Json>({
    method: "GET",
    path: path`/v2/space/${spaceId}/folder`,
    query: { archived },
  });
  return items(record(answer)["folders"], readFolder);
}

/** Lists that lie directly in a Space. */
export async function getFolderlessLists(
  clickup: ClickUpClient,
  spaceId: string,
  archived = false,
): Promise<ListRecord[]> {
  const answer = await clickup.request<Json>({
    method: "GET",
    path: path`/v2/space/${spaceId}/list`,
    query: { archived },
  });
  return items(record(answer)["lists"], readList);
}

export async function getSpace(clickup: ClickUpClient, spaceId: string): Promise<SpaceRecord> {
  const answer = await clickup.request<Json>({ method: "GET", path: path`/v2/space/${spaceId}` });
  return readSpace({ id: spaceId, ...record(answer) }) ?? emptySpace(spaceId);
}

export async function getFolder(clickup: ClickUpClient, folderId: string): Promise<FolderRecord> {
  const answer = await clickup.request<Json>({ method: "GET", path: path`/v2/folder/${folderId}` });
  refuseDeleted("Folder", answer);
  return readFolder({ id: folderId, ...record(answer) }) ?? { ...emptyNamed(folderId), lists: [] };
}

export async function getList(clickup: ClickUpClient, listId: string): Promise<ListRecord> {
  const answer = await clickup.request<Json>({ method: "GET", path: path`/v2/list/${listId}` });
  refuseDeleted("List", answer);
  return readList({ id: listId, ...record(answer) }) ?? emptyNamed(listId);
}

/**
 * ClickUp goes on answering for a deleted List or Folder, and takes writes to it that nobody will see (recorded).
 * Throws ClickUpError of kind "deleted".
 */
function refuseDeleted(what: "List" | "Folder", answer: Json): void {
  if (record(answer)["deleted"] === true) {
    throw new ClickUpError(
      "deleted",
      `That ${what} was deleted. It can be restored from ClickUp's Trash for 30 days.`,
    );
  }
}

function emptyNamed(id: string): { id: string; name: string; archived: boolean; statuses: Status[] } {
  return { id, name: "", archived: false, statuses: [] };
}

function emptySpace(id: string): SpaceRecord {
  return { ...emptyNamed(id), features: [], settings: {} };
}

function readStatuses(value: unknown): Status[] {
  return items(value, (json) => {
    const status = words(json["status"]);
    return status === undefined
      ? undefined
      : { ...present("id", words(json["id"])), status, ...present("type", words(json["type"])) };
  });
}

function readNamed(value: unknown): Named | undefined {
  const json = record(value);
  const id = text(json["id"]);
  return id === undefined ? undefined : { id, ...present("name", words(json["name"])) };
}

export function readSpace(json: Json): SpaceRecord | undefined {
  const id = text(json["id"]);
  if (id === undefined) {
    return undefined;
  }
  const settings = readFeatures(json["features"]);
  const features = Object.entries(settings)
    .filter(([, feature]) => feature["enabled"] === true)
    .map(([name]) => name);
  return {
    id,
    name: text(json["name"]) ?? "",
    archived: flag(json["archived"]) ?? false,
    ...present("private", flag(json["private"])),
    ...present("multipleAssignees", flag(json["multiple_assignees"])),
    statuses: readStatuses(json["statuses"]),
    features,
    settings,
    ...present("color", words(json["color"])),
  };
}

function readFeatures(value: unknown): FeatureSettings {
  const features = Object.entries(record(value)).map(([name, feature]) => {
    const switches = Object.entries(record(feature)).filter(([, on]) => typeof on === "boolean");
    return [name, Object.fromEntries(switches)] as const;
  });
  return Object.fromEntries(features) as FeatureSettings;
}

export function readFolder(json: Json): FolderRecord | undefined {
  const id = text(json["id"]);
  if (id === undefined) {
    return undefined;
  }
  return {
    id,
    name: text(json["name"]) ?? "",
    archived: flag(json["archived"]) ?? false,
    ...present("overridesStatuses", flag(json["override_statuses"])),
    ...present("taskCount", num(json["task_count"])),
    statuses: readStatuses(json["statuses"]),
    ...present("space", readNamed(json["space"])),
    ...present("parentFolder", text(json["parent_folder"])),
    lists: items(json["lists"], readList),
  };
}

/** The folder of a folderless List is a hidden stand-in: it is left out. */
export function readVisibleFolder(value: unknown): Named | undefined {
  return record(value)["hidden"] === true ? undefined : readNamed(value);
}

export function readList(json: Json): ListRecord | undefined {
  const id = text(json["id"]);
  if (id === undefined) {
    return undefined;
  }
  return {
    id,
    name: text(json["name"]) ?? "",
    archived: flag(json["archived"]) ?? false,
    ...present("content", words(json["content"])),
    ...present("due_ms", num(json["due_date"])),
    ...present("start_ms", num(json["start_date"])),
    ...present("priority", words(record(json["priority"])["priority"])),
    ...present("assignee", readPerson(record(json["assignee"]))),
    ...present("color", words(record(json["status"])["status"])),
    ...present("taskCount", num(json["task_count"])),
    ...present("overridesStatuses", flag(json["override_statuses"])),
    statuses: readStatuses(json["statuses"]),
    ...present("folder", readVisibleFolder(json["folder"])),
    ...present("space", readNamed(json["space"])),
  };
}
