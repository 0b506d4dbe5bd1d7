/** The home List of a task (v3). This moves the task itself; v2's POST list/{l}/task/{id} only adds a second List. */
import type { ClickUpClient } from "./client.ts";
import { record, text } from "./lenient.ts";
import type { Json } from "./lenient.ts";
import { path } from "./path.ts";

export interface HomeListChange {
  workspaceId: string;
  /** Internal id: v3 knows no custom ids. */
  taskId: string;
  listId: string;
  /** Statuses by id; needed where the new List lacks the task's status. */
  statusMappings?: { source_status_id: string; destination_status_id: string }[];
  /** Adds the Custom Fields of the old List to the new one. */
  moveCustomFields?: boolean;
}

/** PUT /v3/workspaces/{workspace_id}/tasks/{task_id}/home_list/{list_id}. Answers the new List's id where told. */
export async function setHomeList(
  clickup: ClickUpClient,
  change: HomeListChange,
): Promise<{ listId?: string }> {
  const { workspaceId, taskId, listId, statusMappings = [], moveCustomFields } = change;
  const answer = await clickup.request<Json>({
    method: "PUT",
    path: path`/v3/workspaces/${workspaceId}/tasks/${taskId}/home_list/${listId}`,
    body: {
      ...(statusMappings.length === 0 ? {} : { status_mappings: statusMappings }),
      ...(moveCustomFields === undefined ? {} : { move_custom_fields: moveCustomFields }),
    },
    verify: "clickup_task_get",
  });
  const told = text(record(record(answer)["data"])["new_list_id"]);
  return told === undefined ? {} : { listId: told };
}
