import { badRequest, notAuthorized } from "../errors.ts";
import { boolField, textField } from "../input.ts";
import { commentOf, listOf, taskOf } from "../lookup.ts";
import { commentsPage } from "../paging.ts";
import { person, personOrNull } from "../render-people.ts";
import type { Context, QueryType, Route } from "../route.ts";
import { CUSTOM_ID_QUERY } from "../route.ts";
import type { Comment, CommentBlock } from "../types.ts";

const PAGE_QUERY: Record<string, QueryType> = { start: "int", start_id: "string" };
// `comment` blocks and `markdown_text` are not in the description; ClickUp takes both.
const COMMENT_BODY = {
  comment_text: "string",
  comment: "objects",
  markdown_text: "string",
  assignee: "int",
  group_assignee: "string",
  notify_all: "bool",
};

// A list comment takes no group.
const { group_assignee: _group, ...LIST_COMMENT_BODY } = COMMENT_BODY;

/** The plain text of blocks; a mention shows as @name. */
function textOf(ctx: Context, blocks: CommentBlock[]): string {
  return blocks
    .map((block) => {
      if (block.type === "tag" && block.user !== undefined)
        return `@${ctx.state.data.users[String(block.user.id)]?.username ?? ""}`;
      return block.text ?? "";
    })
    .join("");
}

function replies(ctx: Context, id: string): Comment[] {
  return newestFirst(ctx, "comment", id).reverse();
}

function newestFirst(ctx: Context, kind: Comment["parent"]["kind"], id: string): Comment[] {
  return Object.values(ctx.state.data.comments)
    .filter((comment) => comment.parent.kind === kind && comment.parent.id === id)
    .sort((a, b) => b.date - a.date || Number(b.id) - Number(a.id));
}

function render(ctx: Context, comment: Comment) {
  const { state } = ctx;
  return {
    id: comment.id,
    comment: comment.blocks.map((block) =>
      block.type === "tag" && block.user !== undefined
        ? { ...block, text: textOf(ctx, [block]), user: person(state, block.user.id) }
        : { text: block.text ?? "", ...block },
    ),
    comment_text: textOf(ctx, comment.blocks),
    user: person(state, comment.user),
    resolved: comment.resolved,
    assignee: personOrNull(state, comment.assignee),
    assigned_by: personOrNull(state, comment.assigned_by),
    reactions: [],
    date: String(comment.date),
    reply_count: String(replies(ctx, comment.id).length),
  };
}

/** The blocks of a body: `comment` wins, then `markdown_text` (only bold becomes an attribute), then `comment_text`. */
function blocksOf(ctx: Context, teamId: string): CommentBlock[] {
  const { body, state } = ctx;
  if (Array.isArray(body.comment)) {
    const blocks = body.comment as CommentBlock[];
    for (const block of blocks) {
      if (block.type !== "tag") continue;
      const id = block.user?.id;
      if (id === undefined || !state.isMember(teamId, id))
        throw badRequest("Tagged user is not in the Workspace", "COMM_031");
    }
    return blocks;
  }
  const markdown = textField(body, "markdown_text");
  if (markdown !== undefined) {
    return markdown.split(/(\*\*[^*]+\*\*)/).flatMap((part): CommentBlock[] => {
      if (part === "") return [];
      return part.startsWith("**")
        ? [{ text: part.slice(2, -2), attributes: { bold: true } }]
        : [{ text: part, attributes: {} }];
    });
  }
  const text = textField(body, "comment_text");
  if (text === undefined || text === "") throw badRequest("Comment text is required", "COMM_020");
  return [{ text }];
}

/** Stores a comment; the answer has a numeric id where GET has a string. */
function create(ctx: Context, parent: Comment["parent"], teamId: string) {
  const { state, body } = ctx;
  const assignee =
    typeof body.assignee === "number" && state.isMember(teamId, body.assignee) ? body.assignee : null;
  const comment: Comment = {
    id: state.newCommentId(),
    parent,
    team_id: teamId,
    blocks: blocksOf(ctx, teamId),
    user: ctx.user.id,
    assignee,
    assigned_by: assignee === null ? null : ctx.user.id,
    resolved: false,
    date: ctx.now_ms,
  };
  state.data.comments[comment.id] = comment;
  return { id: Number(comment.id), hist_id: state.newUuid(), date: comment.date };
}

export const commentRoutes: Route[] = [
  {
    operation: "GET /v2/task/{task_id}/comment",
    query: { ...CUSTOM_ID_QUERY, ...PAGE_QUERY },
    handler: (ctx) => {
      const comments = newestFirst(ctx, "task", taskOf(ctx).id);
      return { comments: commentsPage(comments, ctx.query).map((comment) => render(ctx, comment)) };
    },
  },
  {
    operation: "POST /v2/task/{task_id}/comment",
    query: CUSTOM_ID_QUERY,
    body: COMMENT_BODY,
    handler: (ctx) => {
      const task = taskOf(ctx);
      return create(ctx, { kind: "task", id: task.id }, task.team_id);
    },
  },
  {
    operation: "GET /v2/list/{list_id}/comment",
    query: PAGE_QUERY,
    handler: (ctx) => {
      const comments = newestFirst(ctx, "list", listOf(ctx).id);
      return { comments: commentsPage(comments, ctx.query).map((comment) => render(ctx, comment)) };
    },
  },
  {
    operation: "POST /v2/list/{list_id}/comment",
    body: LIST_COMMENT_BODY,
    handler: (ctx) => {
      const list = listOf(ctx);
      return create(ctx, { kind: "list", id: list.id }, ctx.state.space(list.space_id).team_id);
    },
  },
  {
    operation: "PUT /v2/comment/{comment_id}",
    body: {
      comment_text: "string",
      comment: "objects",
      assignee: "int",
      group_assignee: "int",
      resolved: "bool",
    },
    handler: (ctx) => {
      const comment = commentOf(ctx);
      if (comment.user !== ctx.user.id && ctx.body.comment_text !== undefined) throw notAuthorized();
      const text = textField(ctx.body, "comment_text");
      if (text !== undefined) comment.blocks = [{ text }];
      comment.resolved = boolField(ctx.body, "resolved") ?? comment.resolved;
      if (typeof ctx.body.assignee === "number") {
        comment.assignee = ctx.body.assignee;
        comment.assigned_by = ctx.user.id;
      }
      return {};
    },
  },
  {
    operation: "DELETE /v2/comment/{comment_id}",
    handler: (ctx) => {
      const comment = commentOf(ctx);
      delete ctx.state.data.comments[comment.id];
      ctx.state.deleteCommentsOn("comment", comment.id);
      return {};
    },
  },
  {
    operation: "GET /v2/comment/{comment_id}/reply",
    handler: (ctx) => ({ comments: replies(ctx, commentOf(ctx).id).map((reply) => render(ctx, reply)) }),
  },
  {
    operation: "POST /v2/comment/{comment_id}/reply",
    body: COMMENT_BODY,
    handler: (ctx) => {
      const comment = commentOf(ctx);
      return create(ctx, { kind: "comment", id: comment.id }, comment.team_id);
    },
  },
];
