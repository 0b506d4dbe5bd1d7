/** Making, changing and deleting Spaces, Folders and Lists. Each answer is the place as it then is. */
import type { ClickUpClient } from "./client.ts";
import { unknownOutcome } from "./errors.ts";
import { readFolder, readList, readSpace } from "./hierarchy.ts";
import type { FolderRecord, ListRecord, SpaceRecord } from "./hierarchy.ts";
import { record } from "./lenient.ts";
import type { Json } from "./lenient.ts";
import { path } from "./path.ts";

const VERIFY = "clickup_workspace_hierarchy";

/** Dates in ms since the epoch. */
export interface ListBody {
  name?: string;
  markdown_content?: string;
  due_date?: number | null;
  due_date_time?: boolean;
  priority?: number | null;
  /** A number on create; a string on update, where "none" empties it. */
  assignee?: number | string;
  /** The colour of the List. */
  status?: string;
  unset_status?: boolean;
}

/** `features` may be partial: ClickUp lays what is sent over what is there. */
export interface SpaceBody {
  name?: string;
  color?: string;
  private?: boolean;
  multiple_assignees?: boolean;
  /** Not in ClickUp's description; the answer tells whether it was applied. */
  archived?: boolean;
  features?: Record<string, Record<string, boolean>>;
}

/** A List directly in a Space (POST /v2/space/{s}/list) or in a Folder (POST /v2/folder/{f}/list). */
export async function createList(
  clickup: ClickUpClient,
  parent: { kind: "space" | "folder"; id: string },
  body: ListBody,
): Promise<ListRecord> {
  const answer = await clickup.request<Json>({
    method: "POST",
    path: path`/v2/${parent.kind}/${parent.id}/list`,
    body,
    verify: VERIFY,
  });
  return made(readList(record(answer)));
}

export async function updateList(
  clickup: ClickUpClient,
  listId: string,
  body: ListBody,
): Promise<ListRecord> {
  const answer = await clickup.request<Json>({
    method: "PUT",
    path: path`/v2/list/${listId}`,
    body,
    verify: "clickup_list_get",
  });
  return made(readList({ id: listId, ...record(answer) }));
}

export async function createFolder(
  clickup: ClickUpClient,
  spaceId: string,
  body: { name: string },
): Promise<FolderRecord> {
  const answer = await clickup.request<Json>({
    method: "POST",
    path: path`/v2/space/${spaceId}/folder`,
    body,
    verify: VERIFY,
  });
  return made(readFolder(record(answer)));
}

export async function updateFolder(
  clickup: ClickUpClient,
  folderId: string,
  body: { name: string },
): Promise<FolderRecord> {
  const answer = await clickup.request<Json>({
    method: "PUT",
    path: path`/v2/folder/${folderId}`,
    body,
    verify: "clickup_folder_get",
  });
  return made(readFolder({ id: folderId, ...record(answer) }));
}

export async function createSpace(
  clickup: ClickUpClient,
  workspaceId: string,
  body: SpaceBody & { name: string },
): Promise<SpaceRecord> {
  const answer = await clickup.request<Json>({
    method: "POST",
    path: path`/v2/team/${workspaceId}/space`,
    body,
    verify: VERIFY,
  });
  return made(readSpace(record(answer)));
}

export async function updateSpace(
  clickup: ClickUpClient,
  spaceId: string,
  body: SpaceBody,
): Promise<SpaceRecord> {
  const answer = await clickup.request<Json>({
    method: "PUT",
    path: path`/v2/space/${spaceId}`,
    body,
    verify: "clickup_space_get",
  });
  return made(readSpace({ id: spaceId, ...record(answer) }));
}

/** Deletes the place with everything in it. */
export async function deletePlace(
  clickup: ClickUpClient,
  kind: "space" | "folder" | "list",
  id: string,
): Promise<void> {
  await clickup.request({ method: "DELETE", path: path`/v2/${kind}/${id}`, verify: VERIFY });
}

/** An answer without an id does not tell whether the thing was made. */
function made<T>(place: T | undefined): T {
  if (place === undefined) {
    throw unknownOutcome(VERIFY, 200);
  }
  return place;
}
