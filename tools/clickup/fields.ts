/** Custom Fields and custom task types as ClickUp answers them (GET /v2/list/{l}/field, GET /v2/team/{t}/custom_item). */
import type { ClickUpClient } from "./client.ts";
import { flag, items, num, present, record, text, words } from "./lenient.ts";
import type { Json } from "./lenient.ts";
import { path } from "./path.ts";

export interface FieldOption {
  id: string;
  name: string;
  orderindex?: number;
}

export interface FieldRecord {
  id: string;
  name: string;
  /** ClickUp's type name, e.g. "drop_down", "labels", "users", "date", "currency". */
  type: string;
  required: boolean;
  /** Options of drop_down and labels fields. */
  options: FieldOption[];
  /** Currency code of a money field. */
  currency?: string;
  /** Number of points of a rating field. */
  count?: number;
  /** Where a progress field starts and ends; 0 and 100 unless told. */
  start?: number;
  end?: number;
  /** As ClickUp gives it, where the field hangs on a task; its form depends on `type`. */
  value?: unknown;
}

export interface TaskTypeRecord {
  id: number;
  name: string;
}

export function readField(json: Json): FieldRecord | undefined {
  const id = text(json["id"]);
  if (id === undefined) {
    return undefined;
  }
  const config = record(json["type_config"]);
  const value = json["value"] ?? undefined;
  return {
    id,
    name: text(json["name"]) ?? "",
    type: text(json["type"]) ?? "",
    required: flag(json["required"]) ?? false,
    options: items(config["options"], readOption),
    ...present("currency", words(config["currency_type"])),
    ...present("count", num(config["count"])),
    ...present("start", num(config["start"])),
    ...present("end", num(config["end"])),
    ...present("value", value),
  };
}

/** Options of labels call their name "label". */
function readOption(json: Json): FieldOption | undefined {
  const id = text(json["id"]);
  return id === undefined
    ? undefined
    : {
        id,
        name: text(json["name"]) ?? text(json["label"]) ?? "",
        ...present("orderindex", num(json["orderindex"])),
      };
}

export async function getListFields(clickup: ClickUpClient, listId: string): Promise<FieldRecord[]> {
  const answer = await clickup.request<Json>({ method: "GET", path: path`/v2/list/${listId}/field` });
  return items(record(answer)["fields"], readField);
}

/** Where Custom Fields are made. A List answers all it can use; the others only those made at their level. */
export type FieldPlaceKind = "list" | "folder" | "space" | "workspace";

/** GET /v2/{list|folder|space|team}/{id}/field. */
export async function getPlaceFields(
  clickup: ClickUpClient,
  kind: FieldPlaceKind,
  id: string,
): Promise<FieldRecord[]> {
  const answer = await clickup.request<Json>({
    method: "GET",
    path: kind === "workspace" ? path`/v2/team/${id}/field` : path`/v2/${kind}/${id}/field`,
  });
  return items(record(answer)["fields"], readField);
}

/** The Workspace's own task types. The built-in "Task" (0) and "Milestone" (1) may be missing from it. */
export async function getTaskTypes(clickup: ClickUpClient, workspaceId: string): Promise<TaskTypeRecord[]> {
  const answer = await clickup.request<Json>({
    method: "GET",
    path: path`/v2/team/${workspaceId}/custom_item`,
  });
  return items(record(answer)["custom_items"], (item) => {
    const id = num(item["id"]);
    return id === undefined ? undefined : { id, name: text(item["name"]) ?? "" };
  });
}
