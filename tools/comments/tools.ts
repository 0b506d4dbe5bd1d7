import * as z from "zod";
import { writeComment } from "./comment-create.ts";
import { commentPage } from "./comment-pages.ts";
import { defineTool } from "../define.ts";
import { once } from "../kept/idempotency.ts";
import { Cursor, Flag, IdempotencyKey, Markdown, TaskReference, Text } from "../params.ts";
import { withTask } from "../resolve/task.ts";
import { NextCursor, NotApplied, Ref } from "../shapes.ts";

const CREATE = "clickup_comment_create";

const Row = z.object({
  id: z.string(),
  by: Ref.optional(),
  at: z.string().optional(),
  text: z.string(),
  text_total_chars: z.number().optional(),
  assignee: Ref.optional(),
  resolved: z.boolean().optional(),
  replies: z.number().optional(),
});

export const commentList = defineTool({
  name: "clickup_comment_list",
  tier: "premium",
  set: "comments",
  kind: "read",
  title: "List comments",
  description: "Comments of a task, newest first.",
  input: z.object({
    task: TaskReference,
    before: Cursor.describe("next_cursor").optional(),
    replies: Flag.optional(),
  }),
  output: z.object({
    task: z.string(),
    comments: z.array(Row.extend({ thread: z.array(Row).optional(), thread_shown: z.number().optional() })),
    total_shown: z.number(),
    next_cursor: NextCursor,
  }),
  operations: [
    "GET /v2/task/{task_id}/comment",
    "GET /v2/comment/{comment_id}/reply",
    "GET /v2/task/{task_id}",
  ],
  async handler(params, ctx) {
    return await withTask(ctx, params.task, "task", async ({ id }) => {
      const page = await commentPage(ctx, id, params.before, params.replies ?? false);
      const total_shown = page.comments.length;
      const more = page.next_cursor === undefined ? "" : " Pass next_cursor as before for older ones.";
      return {
        data: { task: id, ...page, total_shown },
        summary: `Task ${id}: ${total_shown} comments.${more}`,
      };
    });
  },
});

export const commentCreate = defineTool({
  name: CREATE,
  tier: "premium",
  set: "comments",
  kind: "write",
  adds: true,
  core: true,
  title: "Comment on a task",
  description: "Add a comment or reply; @Name and @e-mail mention people.",
  input: z.object({
    task: TaskReference,
    markdown: Markdown,
    notify_all: Flag.optional(),
    assignee: Text.optional(),
    reply_to: Text.describe("comment id").optional(),
    idempotency_key: IdempotencyKey.optional(),
  }),
  output: z.object({
    id: z.string(),
    task: Ref,
    at: z.string().optional(),
    mentions: z.array(Ref).optional(),
    not_applied: z.array(NotApplied).optional(),
    replayed: z.boolean().optional(),
  }),
  operations: [
    "POST /v2/task/{task_id}/comment",
    "POST /v2/comment/{comment_id}/reply",
    "GET /v2/task/{task_id}/comment",
    "GET /v2/comment/{comment_id}/reply",
    "GET /v2/task/{task_id}",
    "GET /v2/team",
  ],
  async handler(params, ctx) {
    const { task, idempotency_key, ...given } = params;
    const { result, replayed } = await once(ctx, CREATE, idempotency_key, async () =>
      withTask(ctx, task, "task", async ({ id, record }) =>
        writeComment(ctx, { id, workspaceId: record?.workspaceId }, given),
      ),
    );
    ctx.touch("comment", result.id);
    const warning = result.not_applied === undefined ? "" : " ClickUp did not assign it: see not_applied.";
    return {
      data: { ...result, ...(replayed ? { replayed: true } : {}) },
      summary: replayed
        ? `Comment ${result.id} was already written with this idempotency_key; no second one was made.`
        : `Wrote comment ${result.id} on task ${result.task.id}.${warning}`,
    };
  },
});

export const commentTools = [commentList, commentCreate];
