/** Comments of tasks and their replies as ClickUp answers them: rich text in blocks. */
import type { ClickUpClient } from "./client.ts";
import { flag, items, num, present, record, text } from "./lenient.ts";
import type { Json } from "./lenient.ts";
import { path } from "./path.ts";
import { readPerson } from "./people.ts";
import type { Person } from "./people.ts";

/** ClickUp answers this many comments at most. */
export const COMMENT_PAGE = 25;

/**
 * A run of text. As in Quill's deltas, marks of characters (bold, code, link …) stand on the run and marks
 * of lines (list, code-block, blockquote) on the line feed that ends the line. A mention is a run of type "tag".
 */
export interface CommentBlock {
  text?: string;
  type?: string;
  attributes?: Record<string, unknown>;
  user?: { id: number; username?: string };
  [other: string]: unknown;
}

export interface RichComment {
  id: string;
  blocks: CommentBlock[];
  /** The same without marks. */
  text: string;
  user?: Person;
  assignee?: Person;
  date_ms?: number;
  resolved?: boolean;
  replyCount?: number;
}

/** Where the next page begins: the last comment of the page before. */
export interface CommentCursor {
  date_ms: number;
  id: string;
}

/** The newest comments, or those before `before`: 25 at most (GET /v2/task/{task_id}/comment). */
export async function getComments(
  clickup: ClickUpClient,
  taskId: string,
  before?: CommentCursor,
): Promise<RichComment[]> {
  const answer = await clickup.request<Json>({
    method: "GET",
    path: path`/v2/task/${taskId}/comment`,
    // One without the other is ignored, which would answer the first page again.
    query: before === undefined ? {} : { start: before.date_ms, start_id: before.id },
  });
  return items(record(answer)["comments"], readRichComment);
}

/** The replies of one comment, oldest first (GET /v2/comment/{comment_id}/reply). */
export async function getReplies(clickup: ClickUpClient, commentId: string): Promise<RichComment[]> {
  const answer = await clickup.request<Json>({
    method: "GET",
    path: path`/v2/comment/${commentId}/reply`,
  });
  return items(record(answer)["comments"], readRichComment);
}

/** Body of a new comment or reply. `comment` is not in the published description; ClickUp's guide has it. */
export interface NewComment {
  comment: CommentBlock[];
  notify_all: boolean;
  assignee?: number;
}

export interface CreatedComment {
  id: string;
  date_ms?: number;
}

/** POST /v2/task/{task_id}/comment. */
export async function createComment(
  clickup: ClickUpClient,
  taskId: string,
  body: NewComment,
): Promise<CreatedComment> {
  return await post(clickup, path`/v2/task/${taskId}/comment`, body);
}

/** POST /v2/comment/{comment_id}/reply. */
export async function createReply(
  clickup: ClickUpClient,
  commentId: string,
  body: NewComment,
): Promise<CreatedComment> {
  return await post(clickup, path`/v2/comment/${commentId}/reply`, body);
}

async function post(clickup: ClickUpClient, where: string, body: NewComment): Promise<CreatedComment> {
  const answer = await clickup.request<Json>({
    method: "POST",
    path: where,
    body,
    verify: "clickup_comment_list",
  });
  return { id: text(record(answer)["id"]) ?? "", ...present("date_ms", num(record(answer)["date"])) };
}

function readRichComment(json: Json): RichComment | undefined {
  const id = text(json["id"]);
  if (id === undefined) {
    return undefined;
  }
  const plain = text(json["comment_text"]) ?? "";
  const blocks = items(json["comment"], readBlock);
  return {
    id,
    text: plain,
    blocks: blocks.length === 0 && plain !== "" ? [{ text: plain }] : blocks,
    ...present("user", readPerson(record(json["user"]))),
    ...present("assignee", readPerson(record(json["assignee"]))),
    ...present("date_ms", num(json["date"])),
    ...present("resolved", flag(json["resolved"])),
    ...present("replyCount", num(json["reply_count"])),
  };
}

function readBlock(json: Json): CommentBlock {
  const userId = num(record(json["user"])["id"]);
  const { user: _user, text: _text, type: _type, attributes: _attributes, ...others } = json;
  return {
    ...others,
    ...present("text", text(json["text"])),
    ...present("type", text(json["type"])),
    attributes: record(json["attributes"]),
    ...(userId === undefined
      ? {}
      : { user: { id: userId, ...present("username", text(record(json["user"])["username"])) } }),
  };
}
