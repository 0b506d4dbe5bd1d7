import { badRequest, notAuthorized } from "../errors.ts";
import { textField, textList } from "../input.ts";
import { folderOf, listOf, spaceOf, taskByInternalId, workspaceOf } from "../lookup.ts";
import type { Context, Route } from "../route.ts";
import type { Webhook } from "../collaboration/types.ts";

/** The events a webhook may ask for. "*" asks for all. */
const EVENTS = [
  "taskCreated",
  "taskUpdated",
  "taskDeleted",
  "taskPriorityUpdated",
  "taskStatusUpdated",
  "taskAssigneeUpdated",
  "taskDueDateUpdated",
  "taskTagUpdated",
  "taskMoved",
  "taskCommentPosted",
  "taskCommentUpdated",
  "taskTimeEstimateUpdated",
  "taskTimeTrackedUpdated",
  "listCreated",
  "listUpdated",
  "listDeleted",
  "folderCreated",
  "folderUpdated",
  "folderDeleted",
  "spaceCreated",
  "spaceUpdated",
  "spaceDeleted",
  "goalCreated",
  "goalUpdated",
  "goalDeleted",
  "keyResultCreated",
  "keyResultUpdated",
  "keyResultDeleted",
];

const render = (webhook: Webhook) => ({
  id: webhook.id,
  userid: webhook.userid,
  team_id: Number(webhook.team_id),
  endpoint: webhook.endpoint,
  client_id: "QVOQP06ZXC6CMGVFKB0ZT7J9OY7APVWZ",
  events: webhook.events,
  task_id: webhook.task_id,
  list_id: webhook.list_id,
  folder_id: webhook.folder_id,
  space_id: webhook.space_id,
  health: { status: webhook.status, fail_count: webhook.fail_count },
  secret: webhook.secret,
});

/** Only those the token's user made. */
function webhookOf(ctx: Context): Webhook {
  const webhook = ctx.state.data.webhooks[ctx.params.webhook_id ?? ""];
  if (webhook === undefined || webhook.userid !== ctx.user.id) throw notAuthorized();
  return webhook;
}

/** The address must be public; it is not called to find out. */
function endpointFrom(ctx: Context): string {
  const endpoint = textField(ctx.body, "endpoint") ?? "";
  let url: URL;
  try {
    url = new URL(endpoint);
  } catch {
    throw badRequest("Specified URL not allowed", "OAUTH_194");
  }
  if (
    !/^https?:$/.test(url.protocol) ||
    /(^localhost|\.invalid|\.trycloudflare\.com|^127\.|^10\.)/.test(url.hostname)
  )
    throw badRequest("Specified URL not allowed", "OAUTH_194");
  return endpoint;
}

function eventsFrom(ctx: Context): string[] {
  if (ctx.body.events === "*") return EVENTS;
  const events = textList(ctx.body.events);
  if (events.includes("*")) return EVENTS;
  if (events.length === 0 || events.some((event) => !EVENTS.includes(event)))
    throw badRequest("Webhook events invalid", "OAUTH_195");
  return events;
}

/** 64 characters, upper case and digits, the same for the same webhook. */
function secretOf(n: number): string {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  return Array.from({ length: 64 }, (_, at) => alphabet[(n * 7 + at * at + at) % 36]).join("");
}

/** One place or none: the narrowest that was named. */
function placeFrom(ctx: Context): Pick<Webhook, "space_id" | "folder_id" | "list_id" | "task_id"> {
  const none = { space_id: null, folder_id: null, list_id: null, task_id: null };
  const named = (name: string) => {
    const value = ctx.body[name];
    return typeof value === "string" || typeof value === "number" ? String(value) : undefined;
  };
  const task = named("task_id");
  if (task !== undefined) return { ...none, task_id: taskByInternalId(ctx, task).id };
  const list = named("list_id");
  if (list !== undefined) return { ...none, list_id: listOf(ctx, list).id };
  const folder = named("folder_id");
  if (folder !== undefined) return { ...none, folder_id: folderOf(ctx, folder).id };
  const space = named("space_id");
  return space === undefined ? none : { ...none, space_id: spaceOf(ctx, space).id };
}

export const webhookRoutes: Route[] = [
  {
    operation: "GET /v2/team/{team_id}/webhook",
    handler: (ctx) => {
      const workspace = workspaceOf(ctx);
      const mine = Object.values(ctx.state.data.webhooks).filter(
        (webhook) => webhook.team_id === workspace.id && webhook.userid === ctx.user.id,
      );
      return { webhooks: mine.map(render) };
    },
  },
  {
    operation: "POST /v2/team/{team_id}/webhook",
    body: {
      endpoint: "string",
      events: "strings|string",
      space_id: "int",
      folder_id: "int",
      list_id: "int",
      task_id: "string",
    },
    handler: (ctx) => {
      const workspace = workspaceOf(ctx);
      const webhook: Webhook = {
        id: ctx.state.newUuid(),
        team_id: workspace.id,
        userid: ctx.user.id,
        endpoint: endpointFrom(ctx),
        events: eventsFrom(ctx),
        ...placeFrom(ctx),
        status: "active",
        fail_count: 0,
        secret: secretOf(ctx.state.next("webhook")),
      };
      ctx.state.data.webhooks[webhook.id] = webhook;
      return { id: webhook.id, webhook: render(webhook) };
    },
  },
  {
    operation: "PUT /v2/webhook/{webhook_id}",
    body: { endpoint: "string", events: "strings|string", status: "string" },
    handler: (ctx) => {
      const webhook = webhookOf(ctx);
      if (ctx.body.endpoint !== undefined) webhook.endpoint = endpointFrom(ctx);
      if (ctx.body.events !== undefined) webhook.events = eventsFrom(ctx);
      if (ctx.body.status === "active") {
        webhook.status = "active";
        webhook.fail_count = 0;
      }
      return { id: webhook.id, webhook: render(webhook) };
    },
  },
  {
    operation: "DELETE /v2/webhook/{webhook_id}",
    handler: (ctx) => {
      delete ctx.state.data.webhooks[webhookOf(ctx).id];
      return {};
    },
  },
];
