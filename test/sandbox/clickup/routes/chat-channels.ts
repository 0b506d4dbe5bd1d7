import { badRequest } from "../errors.ts";
import { asObject, requiredName, textField, textList } from "../input.ts";
import { cursorPage } from "../paging.ts";
import type { Context, Route } from "../route.ts";
import type { Channel } from "../collaboration/types.ts";
import { reachedWorkspace, v3NotFound } from "../v3-lookup.ts";

export function channelOf(ctx: Context): Channel {
  const team = reachedWorkspace(ctx);
  const channel = ctx.state.data.channels[ctx.params.channel_id ?? ""];
  const hidden = channel?.visibility === "PRIVATE" && !channel.members.includes(ctx.user.id);
  if (channel === undefined || channel.team_id !== team || hidden) throw v3NotFound("Channel");
  return channel;
}

const BASE = "/v3/workspaces/{workspace_id}/chat/channels";

function render(ctx: Context, channel: Channel) {
  const { data } = ctx.state;
  const last = Object.values(data.messages)
    .filter((message) => message.channel_id === channel.id)
    .reduce((latest, message) => Math.max(latest, message.date), 0);
  return {
    id: channel.id,
    name: channel.name,
    type: channel.type,
    visibility: channel.visibility,
    topic: channel.topic,
    description: channel.description,
    parent: channel.parent,
    creator: String(channel.creator),
    created_at: new Date(channel.date_created).toISOString(),
    updated_at: new Date(channel.date_updated).toISOString(),
    workspace_id: channel.team_id,
    archived: channel.archived,
    ...(last === 0 ? {} : { latest_comment_at: new Date(last).toISOString() }),
    is_canonical_channel: channel.parent.type !== 7 && channel.type === "CHANNEL",
    is_hidden: false,
    default_view: { type: 8, view_id: channel.id, standard: false },
    links: {
      members: `/api/v3/workspaces/${channel.team_id}/chat/channels/${channel.id}/members`,
      followers: `/api/v3/workspaces/${channel.team_id}/chat/channels/${channel.id}/followers`,
    },
  };
}

/** A person as chat names one: the id is a text. */
export function chatPerson(ctx: Context, id: number) {
  const { email, initials, username } = ctx.state.user(id);
  return { id: String(id), email, initials, name: username ?? email, username: username ?? email };
}

export function paged<T>(ctx: Context, items: T[]) {
  const { items: data, next_cursor = "" } = cursorPage(items, ctx.query);
  return { data, next_cursor };
}

function make(ctx: Context, team: string, more: Partial<Channel> & { name: string }): Channel {
  const ids = textList(ctx.body.user_ids).map(Number);
  const channel: Channel = {
    id: `8cdu22c-${50_000 + ctx.state.next("channel")}`,
    team_id: team,
    type: "CHANNEL",
    visibility: ctx.body.visibility === "PRIVATE" ? "PRIVATE" : "PUBLIC",
    topic: textField(ctx.body, "topic") ?? "",
    description: textField(ctx.body, "description") ?? "",
    parent: { id: team, type: 7 },
    creator: ctx.user.id,
    members: [...new Set([ctx.user.id, ...ids.filter((id) => ctx.state.isMember(team, id))])],
    date_created: ctx.now_ms,
    date_updated: ctx.now_ms,
    archived: false,
    ...more,
  };
  ctx.state.data.channels[channel.id] = channel;
  return channel;
}

/** 201 for a new channel, 200 for one that was there: only the first may be undone. */
const answered = (ctx: Context, channel: Channel, isNew: boolean) =>
  Response.json({ data: render(ctx, channel) }, { status: isNew ? 201 : 200 });

const PARENT_TYPES: Record<string, number> = { space: 4, folder: 5, list: 6 };

function placeOf(ctx: Context, team: string, sent: unknown): { parent: Channel["parent"]; name: string } {
  const place = asObject(sent);
  const type = textField(place, "type") ?? "";
  const { spaces, folders, lists } = ctx.state.data;
  const key = textField(place, "id") ?? "";
  const found = type === "space" ? spaces[key] : type === "folder" ? folders[key] : lists[key];
  const number = PARENT_TYPES[type];
  if (found === undefined || number === undefined) throw badRequest("Unsupported Entity", "LOC_008");
  const owner = "team_id" in found ? found.team_id : ctx.state.space(found.space_id).team_id;
  if (owner !== team) throw badRequest("Unsupported Entity", "LOC_008");
  return { parent: { id: key, type: number }, name: found.name };
}

export const chatChannelRoutes: Route[] = [
  {
    operation: `GET ${BASE}`,
    query: {
      description_format: "string",
      cursor: "string",
      limit: "int",
      is_follower: "bool",
      include_closed: "bool",
      with_message_since: "int",
      channel_types: "string",
    },
    handler: (ctx) => {
      const team = reachedWorkspace(ctx);
      const since = Number(ctx.query.get("with_message_since") ?? "0");
      const types = ctx.query.get("channel_types")?.split(",");
      const channels = Object.values(ctx.state.data.channels).filter(
        (channel) =>
          channel.team_id === team &&
          (channel.visibility === "PUBLIC" || channel.members.includes(ctx.user.id)) &&
          (ctx.query.get("is_follower") !== "true" || channel.members.includes(ctx.user.id)) &&
          (ctx.query.get("include_closed") === "true" || !channel.archived) &&
          (types === undefined || types.includes(channel.type)) &&
          (since === 0 ||
            Object.values(ctx.state.data.messages).some(
              (message) => message.channel_id === channel.id && message.date >= since,
            )),
      );
      return paged(
        ctx,
        channels.map((channel) => render(ctx, channel)),
      );
    },
  },
  {
    operation: `POST ${BASE}`,
    body: {
      name: "string",
      description: "string",
      topic: "string",
      user_ids: "strings",
      visibility: "string",
    },
    handler: (ctx) => {
      const team = reachedWorkspace(ctx);
      const name = requiredName(ctx.body, "Channel", "CHAT_001");
      const there = Object.values(ctx.state.data.channels).find(
        (channel) => channel.team_id === team && channel.type === "CHANNEL" && channel.name === name,
      );
      return there === undefined
        ? answered(ctx, make(ctx, team, { name }), true)
        : answered(ctx, there, false);
    },
  },
  {
    // In one account this was refused whatever was sent; here it works as described.
    operation: `POST ${BASE}/location`,
    body: {
      description: "string",
      topic: "string",
      user_ids: "strings",
      visibility: "string",
      location: "object",
    },
    handler: (ctx) => {
      const team = reachedWorkspace(ctx);
      const { parent, name } = placeOf(ctx, team, ctx.body.location);
      const there = Object.values(ctx.state.data.channels).find(
        (channel) => channel.parent.id === parent.id && channel.parent.type === parent.type,
      );
      return there === undefined
        ? answered(ctx, make(ctx, team, { name, parent }), true)
        : answered(ctx, there, false);
    },
  },
  {
    // Makes the channel and sends nothing.
    operation: `POST ${BASE}/direct_message`,
    body: { user_ids: "strings" },
    handler: (ctx) => {
      const team = reachedWorkspace(ctx);
      const ids = [...new Set([ctx.user.id, ...textList(ctx.body.user_ids).map(Number)])].toSorted(
        (a, b) => a - b,
      );
      if (ids.some((id) => !ctx.state.isMember(team, id))) throw badRequest("User not found", "CHAT_003");
      const key = ids.join(",");
      const there = Object.values(ctx.state.data.channels).find(
        (channel) =>
          channel.type !== "CHANNEL" && channel.members.toSorted((a, b) => a - b).join(",") === key,
      );
      if (there !== undefined) return answered(ctx, there, false);
      const type = ids.length > 2 ? "GROUP_DM" : "DM";
      return answered(ctx, make(ctx, team, { name: "", type, visibility: "PRIVATE", members: ids }), true);
    },
  },
  {
    operation: `GET ${BASE}/{channel_id}`,
    query: { description_format: "string" },
    handler: (ctx) => ({ data: render(ctx, channelOf(ctx)) }),
  },
  {
    operation: `PATCH ${BASE}/{channel_id}`,
    body: {
      content_format: "string",
      description: "string",
      location: "object",
      name: "string",
      topic: "string",
      visibility: "string",
    },
    handler: (ctx) => {
      const channel = channelOf(ctx);
      if (ctx.body.location !== undefined)
        channel.parent = placeOf(ctx, channel.team_id, ctx.body.location).parent;
      channel.name = textField(ctx.body, "name") ?? channel.name;
      channel.topic = textField(ctx.body, "topic") ?? channel.topic;
      channel.description = textField(ctx.body, "description") ?? channel.description;
      if (ctx.body.visibility === "PUBLIC" || ctx.body.visibility === "PRIVATE")
        channel.visibility = ctx.body.visibility;
      channel.date_updated = ctx.now_ms;
      return { data: render(ctx, channel) };
    },
  },
  {
    operation: `DELETE ${BASE}/{channel_id}`,
    handler: (ctx) => {
      const { id } = channelOf(ctx);
      delete ctx.state.data.channels[id];
      for (const message of Object.values(ctx.state.data.messages))
        if (message.channel_id === id) delete ctx.state.data.messages[message.id];
      return new Response(null, { status: 204 });
    },
  },
  ...(["followers", "members"] as const).map((who): Route => ({
    operation: `GET ${BASE}/{channel_id}/${who}`,
    query: { cursor: "string", limit: "int" },
    handler: (ctx) =>
      paged(
        ctx,
        channelOf(ctx).members.map((id) => chatPerson(ctx, id)),
      ),
  })),
];
