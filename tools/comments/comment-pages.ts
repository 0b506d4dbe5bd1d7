/** Pages of a task's comments within the size of one answer, with their threads where asked. */
import { ClickUpError } from "../clickup/errors.ts";
import { COMMENT_PAGE, getComments, getReplies } from "../clickup/comments.ts";
import type { CommentCursor, RichComment } from "../clickup/comments.ts";
import { commentRow } from "./comment-view.ts";
import type { ToolContext } from "../define.ts";
import { UserInputError } from "../words/errors.ts";
import { seesSomeWorkspaces } from "../resolve/workspace.ts";
import { shown } from "../words/names.ts";
import { compact, pageOf, PAGE_CHARS, TEXT_CHARS } from "../words/render.ts";

const REPLY_CHARS = 2_000;
/** How far back a comment is looked for before a reply to it is sent. */
const MOST_PAGES = 20;

/** One page, newest first. With `replies` each comment that has some carries its thread, oldest first. */
export async function commentPage(
  ctx: ToolContext,
  taskId: string,
  cursor: string | undefined,
  replies: boolean,
) {
  const found = await getComments(ctx.clickup, taskId, readCommentCursor(cursor));
  const rows = found.map((comment) => commentRow(comment, ctx, TEXT_CHARS));
  const size = (value: unknown) => JSON.stringify(value).length;
  // Threads share the room: half of it is theirs.
  const budget = replies ? PAGE_CHARS / 2 : PAGE_CHARS;
  const page = pageOf(rows, undefined, size, budget);
  const comments = replies ? await withThreads(ctx, page.shown, size) : page.shown;
  const last = found[comments.length - 1];
  const more = comments.length < found.length || found.length >= COMMENT_PAGE;
  const next_cursor =
    more && last?.date_ms !== undefined
      ? writeCommentCursor({ date_ms: last.date_ms, id: last.id })
      : undefined;
  return { comments, ...compact({ next_cursor }) };
}

type Row = ReturnType<typeof commentRow>;

async function withThreads(ctx: ToolContext, rows: readonly Row[], size: (value: unknown) => number) {
  const budget = PAGE_CHARS / 2 / Math.max(1, rows.filter((row) => row.replies !== undefined).length);
  return await Promise.all(
    rows.map(async (row) => {
      if (row.replies === undefined) {
        return row;
      }
      const found = (await getReplies(ctx.clickup, row.id)).map((one) => commentRow(one, ctx, REPLY_CHARS));
      const page = pageOf(found, undefined, size, budget);
      const cut = page.shown.length < found.length;
      return { ...row, thread: page.shown, ...(cut ? { thread_shown: page.shown.length } : {}) };
    }),
  );
}

function readCommentCursor(cursor: string | undefined): CommentCursor | undefined {
  if (cursor === undefined) {
    return undefined;
  }
  const [, date, id] = /^(\d{1,15})-(\d{1,25})$/.exec(cursor) ?? [];
  if (date === undefined || id === undefined) {
    throw new UserInputError("before: pass next_cursor of the page before, unchanged.", {
      argument: "before",
    });
  }
  return { date_ms: Number(date), id };
}

function writeCommentCursor(cursor: CommentCursor): string {
  return `${cursor.date_ms}-${cursor.id}`;
}

/**
 * A comment id says nothing of its Workspace. A device that may use only some has it looked for among the
 * comments of the task it named. Throws UserInputError when it is not there.
 */
export async function requireCommentOn(ctx: ToolContext, taskId: string, commentId: string): Promise<void> {
  if (!seesSomeWorkspaces(ctx)) {
    return;
  }
  let before: CommentCursor | undefined;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const found = await getComments(ctx.clickup, taskId, before);
    if (found.some((one) => one.id === commentId)) {
      return;
    }
    const last = found.at(-1);
    if (found.length < COMMENT_PAGE || last?.date_ms === undefined) {
      break;
    }
    before = { date_ms: last.date_ms, id: last.id };
  }
  throw new UserInputError(
    `reply_to: the task has no comment ${shown(commentId)}. Take an id from clickup_comment_list.`,
    { argument: "reply_to" },
  );
}

/** The comment that was just written, as ClickUp has it; undefined when it cannot be read now. */
export async function readCommentBack(
  ctx: ToolContext,
  taskId: string,
  replyTo: string | undefined,
  commentId: string,
): Promise<RichComment | undefined> {
  try {
    const found =
      replyTo === undefined ? await getComments(ctx.clickup, taskId) : await getReplies(ctx.clickup, replyTo);
    return found.find((one) => one.id === commentId);
  } catch (error) {
    if (error instanceof ClickUpError || ctx.signal.aborted) {
      return undefined;
    }
    throw error;
  }
}
