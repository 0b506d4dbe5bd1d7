/** The tasks of a List, page by page (GET /v2/list/{list_id}/task). */
import type { ClickUpClient } from "./client.ts";
import { flag, items, record } from "./lenient.ts";
import type { Json } from "./lenient.ts";
import { path } from "./path.ts";
import { readTask } from "./tasks.ts";
import type { TaskRecord } from "./tasks.ts";

/** ClickUp answers this many at most. */
const PAGE_TASKS = 100;

export interface ListTasksOptions {
  /** From 0. */
  page: number;
  subtasks: boolean;
  closed: boolean;
}

/** One page, oldest first, so that what is created meanwhile comes last; tasks added from other Lists too. */
export async function getListTasks(
  clickup: ClickUpClient,
  listId: string,
  options: ListTasksOptions,
): Promise<{ tasks: TaskRecord[]; last: boolean }> {
  const answer = record(
    await clickup.request<Json>({
      method: "GET",
      path: path`/v2/list/${listId}/task`,
      query: {
        page: options.page,
        order_by: "created",
        reverse: true,
        subtasks: options.subtasks,
        include_closed: options.closed,
        include_timl: true,
      },
    }),
  );
  const tasks = items(answer["tasks"], readTask);
  return { tasks, last: flag(answer["last_page"]) ?? tasks.length < PAGE_TASKS };
}
