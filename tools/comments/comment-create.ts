/** Writes one comment or reply and sees whether ClickUp applied what it often leaves out. */
import { createComment, createReply } from "../clickup/comments.ts";
import type { NewComment } from "../clickup/comments.ts";
import { readCommentBack, requireCommentOn } from "./comment-pages.ts";
import { commentBlocks } from "./comment-view.ts";
import type { ToolContext } from "../define.ts";
import { resolvePeople } from "../resolve/people.ts";
import type { NotApplied } from "../shapes.ts";
import { formatInstant } from "../when/when.ts";

export interface NewCommentArguments {
  markdown: string;
  notify_all?: boolean | undefined;
  assignee?: string | undefined;
  reply_to?: string | undefined;
}

/** One request, plus the people when somebody is named and a read-back when somebody is assigned. */
export async function writeComment(
  ctx: ToolContext,
  task: { id: string; workspaceId: string | undefined },
  given: NewCommentArguments,
) {
  const [only, second] = ctx.user.workspaces;
  const workspaceId = task.workspaceId ?? (second === undefined ? only?.id : undefined);
  const comment = await commentBlocks(ctx, given.markdown, workspaceId);
  const [assignee] =
    given.assignee === undefined ? [] : await resolvePeople(ctx, [given.assignee], "assignee", workspaceId);
  const body: NewComment = {
    comment,
    notify_all: given.notify_all ?? false,
    ...(assignee === undefined ? {} : { assignee: Number(assignee.id) }),
  };
  if (given.reply_to !== undefined) {
    await requireCommentOn(ctx, task.id, given.reply_to);
  }
  const made =
    given.reply_to === undefined
      ? await createComment(ctx.clickup, task.id, body)
      : await createReply(ctx.clickup, given.reply_to, body);
  const mentions = [
    ...new Map(comment.flatMap(({ user }) => (user === undefined ? [] : [[user.id, user]]))).values(),
  ];
  const not_applied: NotApplied[] = [];
  if (assignee !== undefined) {
    const seen = await readCommentBack(ctx, task.id, given.reply_to, made.id);
    if (seen !== undefined && seen.assignee?.id !== assignee.id) {
      not_applied.push({ field: "assignee", asked: assignee.username ?? assignee.id });
    }
  }
  return {
    id: made.id,
    task: { id: task.id },
    ...(made.date_ms === undefined ? {} : { at: formatInstant(made.date_ms, ctx.user.timeZone) }),
    ...(mentions.length === 0
      ? {}
      : { mentions: mentions.map((user) => ({ id: String(user.id), name: user.username ?? "" })) }),
    ...(not_applied.length === 0 ? {} : { not_applied }),
  };
}
