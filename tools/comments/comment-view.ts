/** Comments as our answers show them, and what a new one says for ClickUp. */
import { markdownToBlocks } from "./comment-markdown.ts";
import { blocksToMarkdown } from "./comment-blocks.ts";
import { mentionReader } from "./comment-mentions.ts";
import type { CommentBlock, RichComment } from "../clickup/comments.ts";
import type { ToolContext } from "../define.ts";
import { UserInputError } from "../words/errors.ts";
import { compact, cutText } from "../words/render.ts";
import { loadMembers } from "../resolve/people.ts";
import { personRef } from "../tasks/task-view.ts";
import { formatInstant } from "../when/when.ts";

/** More than a person reads in one comment; bounds the work of reading its marks. */
const MOST_MARKDOWN_CHARS = 40_000;

/** A comment in Markdown with who and when. */
export function commentRow(comment: RichComment, ctx: ToolContext, most_chars: number) {
  const { text, total_chars } = cutText(blocksToMarkdown(comment.blocks), most_chars);
  return {
    id: comment.id,
    text,
    ...compact({
      by: comment.user === undefined ? undefined : personRef(comment.user),
      at: comment.date_ms === undefined ? undefined : formatInstant(comment.date_ms, ctx.user.timeZone),
      assignee: comment.assignee === undefined ? undefined : personRef(comment.assignee),
      text_total_chars: total_chars,
      resolved: comment.resolved === true ? true : undefined,
      replies: comment.replyCount === 0 ? undefined : comment.replyCount,
    }),
  };
}

/**
 * The blocks of a new comment. Members are read only when somebody is mentioned; with `workspaceId` only
 * those of that Workspace count. Throws UserInputError for an empty text and for an unknown mention.
 */
export async function commentBlocks(
  ctx: ToolContext,
  markdown: string,
  workspaceId: string | undefined,
): Promise<CommentBlock[]> {
  if (markdown.trim() === "") {
    throw new UserInputError("markdown: must not be empty.", { argument: "markdown" });
  }
  if (markdown.length > MOST_MARKDOWN_CHARS) {
    throw new UserInputError(
      `markdown: ${markdown.length} characters; a comment takes ${MOST_MARKDOWN_CHARS}. Split it, or attach a file.`,
      { argument: "markdown" },
    );
  }
  let mentions = 0;
  const plain = markdownToBlocks(markdown, () => {
    mentions += 1;
    return undefined;
  });
  if (mentions === 0) {
    return plain;
  }
  const me = { id: ctx.user.clickupUserId, username: ctx.user.username };
  const members = async (maxAge_ms?: number) =>
    (await loadMembers(ctx, maxAge_ms)).workspaces
      .filter((one) => workspaceId === undefined || one.id === workspaceId)
      .flatMap((one) => one.members);
  const distinct = new Map((await members()).map((one) => [one.id, one]));
  return markdownToBlocks(markdown, mentionReader([...distinct.values()], me));
}
