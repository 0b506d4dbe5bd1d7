/** Dependencies and links between tasks. Ids are internal ones: custom ids are resolved before. */
import type { ClickUpClient } from "./client.ts";
import { record } from "./lenient.ts";
import type { Json } from "./lenient.ts";
import { path } from "./path.ts";
import { readTask } from "./tasks.ts";
import type { TaskRecord } from "./tasks.ts";

const VERIFY = "clickup_task_get_dependencies";

/** `waits` cannot start before `on` is done. */
export interface Edge {
  waits: string;
  on: string;
}

/** POST /v2/task/{task_id}/dependency; the answer is empty. */
export async function addDependency(clickup: ClickUpClient, edge: Edge): Promise<void> {
  await clickup.request({
    method: "POST",
    path: path`/v2/task/${edge.waits}/dependency`,
    body: { depends_on: edge.on },
    verify: VERIFY,
  });
}

/** DELETE /v2/task/{task_id}/dependency. An edge that is not there is removed without a word. */
export async function removeDependency(clickup: ClickUpClient, edge: Edge): Promise<void> {
  await clickup.request({
    method: "DELETE",
    path: path`/v2/task/${edge.waits}/dependency`,
    query: { depends_on: edge.on },
    verify: VERIFY,
  });
}

/** POST /v2/task/{task_id}/link/{links_to}; answers the task with its links. */
export async function addLink(
  clickup: ClickUpClient,
  taskId: string,
  to: string,
): Promise<TaskRecord | undefined> {
  return await changeLink(clickup, "POST", taskId, to);
}

/** DELETE /v2/task/{task_id}/link/{links_to}; answers the task with its links. */
export async function removeLink(
  clickup: ClickUpClient,
  taskId: string,
  to: string,
): Promise<TaskRecord | undefined> {
  return await changeLink(clickup, "DELETE", taskId, to);
}

async function changeLink(
  clickup: ClickUpClient,
  method: "POST" | "DELETE",
  taskId: string,
  to: string,
): Promise<TaskRecord | undefined> {
  const answer = await clickup.request<Json>({
    method,
    path: path`/v2/task/${taskId}/link/${to}`,
    verify: VERIFY,
  });
  return readTask(record(record(answer)["task"]));
}
