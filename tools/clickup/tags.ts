/** Tags of a Space (GET /v2/space/{s}/tag). Tags of a task are in `tasks.ts`. */
import type { ClickUpClient } from "./client.ts";
import { items, record, words } from "./lenient.ts";
import type { Json } from "./lenient.ts";
import { path } from "./path.ts";

/** The names of a Space's tags, in ClickUp's order. */
export async function getSpaceTags(clickup: ClickUpClient, spaceId: string): Promise<string[]> {
  const answer = await clickup.request<Json>({ method: "GET", path: path`/v2/space/${spaceId}/tag` });
  return items(record(answer)["tags"], (tag) => words(tag["name"]));
}
