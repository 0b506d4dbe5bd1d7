import { person } from "../render-people.ts";
import { renderStatus } from "../render-places.ts";
import { statusOfTask } from "../render-task.ts";
import type { Context } from "../route.ts";
import type { Task } from "../types.ts";
import type { Delivery, Webhook } from "./types.ts";

/** What a change tells webhooks: the events, their history, and what they are about. */
interface Told {
  event: string;
  ids: Record<string, string>;
  history?: Record<string, unknown>[];
}

/** A task as it was before the call; undefined where none is named. */
export function taskBefore(ctx: Context): Task | undefined {
  if (Object.keys(ctx.state.data.webhooks).length === 0) return undefined;
  const task = ctx.state.data.tasks[ctx.params.task_id ?? ""];
  return task === undefined ? undefined : structuredClone(task);
}

function history(ctx: Context, field: string, parent: string, change: Record<string, unknown>) {
  const { id, username, email, color, initials, profilePicture } = person(ctx.state, ctx.user.id);
  return {
    id: `280000000${ctx.state.next("history")}`,
    type: 1,
    date: String(ctx.now_ms),
    field,
    parent_id: parent,
    data: {},
    source: null,
    user: { id, username, email, color, initials, profilePicture },
    ...change,
  };
}

/** A changed task tells taskUpdated beside each special event. */
function taskChanges(ctx: Context, before: Task, after: Task): Told[] {
  const ids = { task_id: after.id };
  const changed: [event: string, field: string, change: Record<string, unknown>][] = [];
  if (before.status !== after.status)
    changed.push([
      "taskStatusUpdated",
      "status",
      { before: { status: before.status }, after: renderStatus(statusOfTask(ctx.state, after)) },
    ]);
  if (before.priority !== after.priority)
    changed.push(["taskPriorityUpdated", "priority", { before: before.priority, after: after.priority }]);
  if (before.due_date !== after.due_date)
    changed.push([
      "taskDueDateUpdated",
      "due_date",
      { before: text(before.due_date), after: text(after.due_date) },
    ]);
  if (before.time_estimate !== after.time_estimate)
    changed.push([
      "taskTimeEstimateUpdated",
      "time_estimate",
      { before: text(before.time_estimate), after: text(after.time_estimate) },
    ]);
  for (const id of after.assignees.filter((one) => !before.assignees.includes(one)))
    changed.push(["taskAssigneeUpdated", "assignee_add", { after: person(ctx.state, id) }]);
  for (const id of before.assignees.filter((one) => !after.assignees.includes(one)))
    changed.push(["taskAssigneeUpdated", "assignee_rem", { before: person(ctx.state, id) }]);
  if (before.tags.join("\n") !== after.tags.join("\n"))
    changed.push(["taskTagUpdated", "tag", { before: before.tags, after: after.tags }]);
  if (before.list_id !== after.list_id)
    changed.push([
      "taskMoved",
      "section_moved",
      { before: { id: before.list_id }, after: { id: after.list_id } },
    ]);
  const special = changed.map(([event, field, change]): Told => ({
    event,
    ids,
    history: [history(ctx, field, after.list_id, change)],
  }));
  if (before.name !== after.name)
    changed.push(["taskUpdated", "name", { before: before.name, after: after.name }]);
  if (before.markdown !== after.markdown)
    changed.push(["taskUpdated", "content", { before: before.markdown, after: after.markdown }]);
  const updated = changed.map(([, field, change]) => history(ctx, field, after.list_id, change));
  return [...special, ...updated.map((one): Told => ({ event: "taskUpdated", ids, history: [one] }))];
}

const text = (value: number | null) => (value === null ? null : String(value));
const idOf = (value: unknown) => {
  const id = (value as { id?: unknown } | null)?.id;
  return typeof id === "string" || typeof id === "number" ? String(id) : "";
};

/** What one successful call tells, by its operation. */
function told(ctx: Context, operation: string, before: Task | undefined, answer: unknown): Told[] {
  const [method = "", path = ""] = operation.split(" ");
  if (/^\/v2\/list\/\{list_id\}\/task$/.test(path) && method === "POST") {
    const task = ctx.state.data.tasks[idOf(answer)];
    if (task === undefined) return [];
    const status = renderStatus(statusOfTask(ctx.state, task));
    return [
      {
        event: "taskCreated",
        ids: { task_id: task.id },
        history: [
          history(ctx, "status", task.list_id, { before: { status: null }, after: status }),
          history(ctx, "task_creation", task.list_id, { before: null, after: null }),
        ],
      },
      {
        event: "taskStatusUpdated",
        ids: { task_id: task.id },
        history: [history(ctx, "status", task.list_id, { before: null, after: status })],
      },
    ];
  }
  if (operation === "DELETE /v2/task/{task_id}")
    return [{ event: "taskDeleted", ids: { task_id: before?.id ?? ctx.params.task_id ?? "" } }];
  if (operation === "POST /v2/task/{task_id}/comment" && before !== undefined) {
    const ids = { task_id: before.id };
    const comment = history(ctx, "comment", before.list_id, { before: null, after: idOf(answer) });
    return [
      { event: "taskCommentPosted", ids, history: [comment] },
      { event: "taskUpdated", ids, history: [comment] },
    ];
  }
  const after = before === undefined ? undefined : ctx.state.data.tasks[before.id];
  if (before !== undefined && after !== undefined && method !== "GET") return taskChanges(ctx, before, after);
  for (const kind of ["list", "folder", "space", "goal"] as const) {
    const verb = {
      [`PUT /v2/${kind}/{${kind}_id}`]: "Updated",
      [`DELETE /v2/${kind}/{${kind}_id}`]: "Deleted",
    }[operation];
    if (verb !== undefined)
      return [{ event: `${kind}${verb}`, ids: { [`${kind}_id`]: ctx.params[`${kind}_id`] ?? "" } }];
    if (method === "POST" && path.endsWith(`}/${kind}`)) {
      const id = idOf(answer) || idOf((answer as { goal?: unknown }).goal);
      return [{ event: `${kind}Created`, ids: { [`${kind}_id`]: id } }];
    }
  }
  return [];
}

/** Does the webhook want what happened there? */
function wants(ctx: Context, webhook: Webhook, one: Told): boolean {
  if (webhook.status === "suspended" || !ctx.reach.has(webhook.team_id)) return false;
  if (!webhook.events.includes(one.event)) return false;
  const task = ctx.state.data.tasks[one.ids["task_id"] ?? ""];
  const list = ctx.state.data.lists[task?.list_id ?? one.ids["list_id"] ?? ""];
  if (webhook.task_id !== null) return webhook.task_id === one.ids["task_id"];
  if (webhook.list_id !== null) return webhook.list_id === list?.id;
  if (webhook.folder_id !== null) return webhook.folder_id === (list?.folder_id ?? one.ids["folder_id"]);
  if (webhook.space_id !== null) return webhook.space_id === (list?.space_id ?? one.ids["space_id"]);
  return true;
}

/** Puts what a successful call tells on its way to the webhooks that want it. */
export function tellWebhooks(
  ctx: Context,
  operation: string,
  before: Task | undefined,
  answer: unknown,
): void {
  const webhooks = Object.values(ctx.state.data.webhooks);
  if (webhooks.length === 0) return;
  for (const one of told(ctx, operation, before, answer)) {
    for (const webhook of webhooks.filter((candidate) => wants(ctx, candidate, one))) {
      const body = JSON.stringify({
        event: one.event,
        ...(one.history === undefined ? {} : { history_items: one.history }),
        ...one.ids,
        webhook_id: webhook.id,
      });
      ctx.state.data.deliveries.push({
        webhook_id: webhook.id,
        event: one.event,
        body,
        tries: 0,
        state: "waiting",
      });
    }
  }
}

/** The signature of a body: lower-case hex HMAC-SHA256 with the secret as text. */
async function signature(secret: string, body: string): Promise<string> {
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey(
    "raw",
    encoder.encode(secret),
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const bytes = new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(body)));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

const TRIES = 5;
const SUSPENDED_AT = 100;

/**
 * Sends what waits, each up to five times, and keeps each webhook's health: a success makes it active, a given-up event
 * adds one to its failures, a hundred or a 410 suspend it. `send` answers as the endpoint would; a throw is a failure.
 */
export async function deliver(
  webhooks: Record<string, Webhook>,
  deliveries: Delivery[],
  send: (request: Request) => Promise<Response>,
): Promise<void> {
  for (const delivery of deliveries.filter((one) => one.state === "waiting")) {
    const webhook = webhooks[delivery.webhook_id];
    while (delivery.state === "waiting") {
      if (webhook === undefined || webhook.status === "suspended" || delivery.tries === TRIES) {
        delivery.state = "given up";
        if (webhook !== undefined && delivery.tries === TRIES) {
          webhook.fail_count++;
          webhook.status = webhook.fail_count >= SUSPENDED_AT ? "suspended" : "failing";
        }
        break;
      }
      delivery.tries++;
      const status = await send(
        new Request(webhook.endpoint, {
          method: "POST",
          headers: {
            "Content-Type": "application/json",
            "X-Signature": await signature(webhook.secret, delivery.body),
          },
          body: delivery.body,
        }),
      ).then(
        (response) => response.status,
        () => 0,
      );
      if (status === 410) webhook.status = "suspended";
      else if (status >= 200 && status < 300) {
        delivery.state = "delivered";
        webhook.status = "active";
        webhook.fail_count = 0;
      }
    }
  }
}
