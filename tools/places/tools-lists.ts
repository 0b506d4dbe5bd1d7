import * as z from "zod";
import { getList } from "../clickup/hierarchy.ts";
import { defineTool } from "../define.ts";
import { PlaceReference } from "../params.ts";
import { compact, cutText } from "../words/render.ts";
import { withPlace } from "../resolve/place.ts";
import { Ref } from "../shapes.ts";
import { personRef } from "../tasks/task-view.ts";
import { formatDate } from "../when/when.ts";

export const listGet = defineTool({
  name: "clickup_list_get",
  tier: "free",
  set: "spaces",
  kind: "read",
  title: "Get list",
  description: "Read one list and its statuses.",
  input: z.object({ list: PlaceReference }),
  output: z.object({
    id: z.string(),
    name: z.string(),
    content: z.string().optional(),
    content_total_chars: z.number().optional(),
    statuses: z.array(z.string()).optional(),
    due: z.string().optional(),
    start: z.string().optional(),
    priority: z.string().optional(),
    assignee: Ref.optional(),
    task_count: z.number().optional(),
    archived: z.boolean().optional(),
    folder: Ref.optional(),
    space: Ref.optional(),
  }),
  operations: ["GET /v2/list/{list_id}"],
  async handler(params, ctx) {
    return await withPlace(ctx, "list", params.list, "list", async ({ id }) => {
      const list = await getList(ctx.clickup, id);
      const { timeZone } = ctx.user;
      const content = list.content === undefined ? undefined : cutText(list.content);
      return {
        data: {
          id: list.id,
          name: list.name,
          ...compact({
            content: content?.text,
            content_total_chars: content?.total_chars,
            statuses: list.statuses.map((one) => one.status),
            due: list.due_ms === undefined ? undefined : formatDate(list.due_ms, timeZone),
            start: list.start_ms === undefined ? undefined : formatDate(list.start_ms, timeZone),
            priority: list.priority,
            assignee: list.assignee === undefined ? undefined : personRef(list.assignee),
            task_count: list.taskCount,
            archived: list.archived ? true : undefined,
            folder: list.folder,
            space: list.space,
          }),
        },
        summary: `List ${list.id}.`,
      };
    });
  },
});
