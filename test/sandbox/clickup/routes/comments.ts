import { badRequest, notAuthorized } from "../errors.ts";
import { boolField, textField } from "../input.ts";
import { commentOf, listOf, taskOf } from "../lookup.ts";
import { commentsPage } from "../paging.ts";
import { person, personOrNull } from "../render-people.ts";
import type { Context, QueryType, Route } from "../route.ts";
import { CUSTOM_ID_QUERY } from "../route.ts";
import type { Comment, CommentBlock } from "../types.ts";
import { viewOf } from "./views.ts";

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

/** Who reacted is named without the colour. */
function reactor(state: Context["state"], id: number) {
  const { color: _left, ...rest } = person(state, id);
  return rest;
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
    // Whether a comment was resolved is not told, nor who assigned it.
    assignee: personOrNull(state, comment.assignee),
    group_assignee: comment.group_assignee ?? null,
    reactions: comment.reactions.map((one) => ({
      reaction: one.reaction,
      date: String(one.date),
      user: reactor(state, one.user),
    })),
    date: String(comment.date),
    reply_count: replies(ctx, comment.id).length,
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

/** Undescribed: what ClickUp notes of the change. */
function version(ctx: Context, comment: Comment, teamId: string) {
  const at = ctx.now_ms;
  const link = (type: string, object_type: string, object_id: string) => ({
    type,
    object_type,
    object_id,
    workspace_id: Number(teamId),
  });
  return {
    object_type: "comment",
    object_id: comment.id,
    workspace_id: Number(teamId),
    operation: "c",
    data: {
      context: {
        user_id: comment.user,
        root_parent_type: 1,
        is_chat: false,
        audit_context: { userid: comment.user, current_time: at, route: "*" },
        originating_service: "publicapi",
      },
      relationships: [
        link("comment-author", "user", String(comment.user)),
        link("comment-parent", comment.parent.kind, comment.parent.id),
      ],
      changes: [{ field: "date_created", after: at }],
    },
    master_id: 23,
    version: at * 1000,
    deleted: false,
    traceparent: "8748200367848543368",
    date_created: at,
    date_updated: at,
    event_publish_time: at,
  };
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
    group_assignee: textField(body, "group_assignee") ?? null,
    reactions: [],
  };
  state.data.comments[comment.id] = comment;
  return {
    id: Number(comment.id),
    hist_id: String(5_090_000_000_000_000_000n + BigInt(state.next("history"))),
    date: comment.date,
    version: version(ctx, comment, teamId),
  };
}

function chatViewOf(ctx: Context) {
  const view = viewOf(ctx);
  if (view.type !== "conversation") throw badRequest("View must be a conversation", "OAUTH_064");
  return view;
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
    operation: "GET /v2/view/{view_id}/comment",
    query: PAGE_QUERY,
    handler: (ctx) => {
      const comments = newestFirst(ctx, "view", chatViewOf(ctx).id);
      return { comments: commentsPage(comments, ctx.query).map((comment) => render(ctx, comment)) };
    },
  },
  {
    operation: "POST /v2/view/{view_id}/comment",
    body: { comment_text: "string", notify_all: "bool" },
    handler: (ctx) => {
      const view = chatViewOf(ctx);
      const made = create(ctx, { kind: "view", id: view.id }, view.team_id);
      return { ...made, id: String(made.id) };
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
      if (Array.isArray(ctx.body.comment)) comment.blocks = ctx.body.comment as CommentBlock[];
      else if (text !== undefined) comment.blocks = [{ text }];
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
      // Only its author may delete a comment.
      if (comment.user !== ctx.user.id) throw notAuthorized();
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
