import { badRequest } from "../errors.ts";
import { asObject, boolField, textField, textList } from "../input.ts";
import type { Context, Route } from "../route.ts";
import type { ChatMessage } from "../collaboration/types.ts";
import { reachedWorkspace, v3NotFound } from "../v3-lookup.ts";
import { channelOf, chatPerson, paged } from "./chat-channels.ts";

const BASE = "/v3/workspaces/{workspace_id}/chat";
/** About what ClickUp takes. */
const MAX_CHARS = 980;

const MESSAGE_BODY = {
  assignee: "string",
  group_assignee: "string",
  triaged_action: "int",
  triaged_object_id: "string",
  triaged_object_type: "int",
  type: "string",
  content: "string",
  reactions: "objects",
  followers: "strings",
  content_format: "string",
  post_data: "object",
};
const PAGE_QUERY = { cursor: "string", limit: "int", content_format: "string" } as const;

function messageOf(ctx: Context): ChatMessage {
  const team = reachedWorkspace(ctx);
  const message = ctx.state.data.messages[ctx.params.message_id ?? ""];
  const channel = ctx.state.data.channels[message?.channel_id ?? ""];
  if (message === undefined || channel?.team_id !== team) throw v3NotFound("Message");
  return message;
}

function render(ctx: Context, message: ChatMessage) {
  const team = ctx.state.data.channels[message.channel_id]?.team_id ?? "";
  const at = `/api/v3/workspaces/${team}/chat/messages/${message.id}`;
  const replies = Object.values(ctx.state.data.messages).filter((one) => one.parent === message.id);
  return {
    id: message.id,
    parent_channel: message.channel_id,
    ...(message.parent === null ? {} : { parent_message: message.parent }),
    type: message.type,
    content: message.content,
    user_id: String(message.user),
    ...(message.assignee === null ? {} : { assignee: String(message.assignee) }),
    date: message.date,
    ...(message.date_updated === null ? {} : { date_updated: message.date_updated }),
    resolved: message.resolved,
    ...(message.post_data === null ? {} : { post_data: message.post_data }),
    links:
      message.parent === null
        ? { reactions: `${at}/reactions`, replies: `${at}/replies`, tagged_users: `${at}/tagged_users` }
        : { reactions: `${at}/reactions`, tagged_users: `${at}/tagged_users` },
    ...(message.parent === null ? { replies_count: replies.length } : {}),
  };
}

function contentFrom(ctx: Context): string {
  const content = textField(ctx.body, "content") ?? "";
  if (content === "") throw badRequest("content is required", "CHAT_010");
  if (content.length > MAX_CHARS) throw badRequest("content is too long", "CHAT_011");
  return content;
}

function create(ctx: Context, channel_id: string, parent: string | null) {
  const type = ctx.body.type;
  if (type !== "message" && type !== "post") throw badRequest("type is required", "CHAT_012");
  const content = contentFrom(ctx);
  const message: ChatMessage = {
    id: String(80_090_000_000_000 + ctx.state.next("message")),
    channel_id,
    parent,
    type,
    content,
    user: ctx.user.id,
    assignee: ctx.body.assignee === undefined ? null : Number(ctx.body.assignee),
    resolved: false,
    date: ctx.now_ms,
    date_updated: null,
    post_data: type === "post" ? asObject(ctx.body.post_data) : null,
    followers: textList(ctx.body.followers).map(Number),
    reactions: [],
  };
  ctx.state.data.messages[message.id] = message;
  return Response.json(render(ctx, message), { status: 201 });
}

const newestFirst = (messages: ChatMessage[]) =>
  messages.toSorted((a, b) => b.date - a.date || Number(b.id) - Number(a.id));

export const chatMessageRoutes: Route[] = [
  {
    operation: `GET ${BASE}/channels/{channel_id}/messages`,
    query: PAGE_QUERY,
    handler: (ctx) => {
      const channel = channelOf(ctx);
      const messages = Object.values(ctx.state.data.messages).filter(
        (message) => message.channel_id === channel.id && message.parent === null,
      );
      return paged(
        ctx,
        newestFirst(messages).map((message) => render(ctx, message)),
      );
    },
  },
  {
    operation: `POST ${BASE}/channels/{channel_id}/messages`,
    body: MESSAGE_BODY,
    handler: (ctx) => create(ctx, channelOf(ctx).id, null),
  },
  {
    operation: `PATCH ${BASE}/messages/{message_id}`,
    body: {
      assignee: "string",
      group_assignee: "string",
      content: "string",
      content_format: "string",
      post_data: "object",
      resolved: "bool",
    },
    handler: (ctx) => {
      const message = messageOf(ctx);
      if (ctx.body.content !== undefined) message.content = contentFrom(ctx);
      if (ctx.body.assignee !== undefined) message.assignee = Number(ctx.body.assignee);
      message.resolved = boolField(ctx.body, "resolved") ?? message.resolved;
      if (message.type === "post" && ctx.body.post_data !== undefined)
        message.post_data = { ...message.post_data, ...asObject(ctx.body.post_data) };
      message.date_updated = ctx.now_ms;
      return render(ctx, message);
    },
  },
  {
    operation: `DELETE ${BASE}/messages/{message_id}`,
    handler: (ctx) => {
      const { id } = messageOf(ctx);
      delete ctx.state.data.messages[id];
      for (const reply of Object.values(ctx.state.data.messages))
        if (reply.parent === id) delete ctx.state.data.messages[reply.id];
      return new Response(null, { status: 204 });
    },
  },
  {
    operation: `GET ${BASE}/messages/{message_id}/reactions`,
    query: { cursor: "string", limit: "int" },
    handler: (ctx) =>
      paged(
        ctx,
        messageOf(ctx).reactions.map(({ reaction, date, user }) => ({
          date,
          reaction,
          user_id: String(user),
        })),
      ),
  },
  {
    // Short names without colons.
    operation: `POST ${BASE}/messages/{message_id}/reactions`,
    body: { reaction: "string" },
    handler: (ctx) => {
      const message = messageOf(ctx);
      const reaction = textField(ctx.body, "reaction") ?? "";
      if (!/^[a-z0-9_+-]+$/i.test(reaction)) throw badRequest("reaction invalid", "CHAT_020");
      const mine = message.reactions.find((one) => one.reaction === reaction && one.user === ctx.user.id);
      if (mine === undefined) message.reactions.push({ reaction, date: ctx.now_ms, user: ctx.user.id });
      return Response.json(
        { date: mine?.date ?? ctx.now_ms, reaction, user_id: String(ctx.user.id) },
        { status: 201 },
      );
    },
  },
  {
    operation: `DELETE ${BASE}/messages/{message_id}/reactions/{reaction}`,
    handler: (ctx) => {
      const message = messageOf(ctx);
      message.reactions = message.reactions.filter(
        (one) => one.reaction !== ctx.params.reaction || one.user !== ctx.user.id,
      );
      return new Response(null, { status: 204 });
    },
  },
  {
    operation: `GET ${BASE}/messages/{message_id}/replies`,
    query: PAGE_QUERY,
    handler: (ctx) => {
      const { id } = messageOf(ctx);
      const replies = Object.values(ctx.state.data.messages).filter((message) => message.parent === id);
      return paged(
        ctx,
        newestFirst(replies).map((message) => render(ctx, message)),
      );
    },
  },
  {
    operation: `POST ${BASE}/messages/{message_id}/replies`,
    body: MESSAGE_BODY,
    handler: (ctx) => {
      const message = messageOf(ctx);
      return create(ctx, message.channel_id, message.id);
    },
  },
  {
    // An @name in a message is only text: nobody is tagged by it.
    operation: `GET ${BASE}/messages/{message_id}/tagged_users`,
    query: { cursor: "string", limit: "int" },
    handler: (ctx) =>
      paged(
        ctx,
        messageOf(ctx).followers.map((id) => chatPerson(ctx, id)),
      ),
  },
];
