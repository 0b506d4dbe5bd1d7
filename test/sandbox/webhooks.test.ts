import { describe, expect, it } from "vitest";
import { SANDBOX } from "./clickup/index.ts";
import { sandboxWithClient } from "./sandbox-client.ts";

const { workspaces, lists, tasks, users, spaces } = SANDBOX;
const team = `/v2/team/${workspaces.northwind}`;

async function listening(more: Record<string, unknown> = {}) {
  const world = sandboxWithClient();
  const { body } = await world.send(`POST ${team}/webhook`, {
    body: { endpoint: "https://example.com/in", events: ["*"], ...more },
  });
  const webhook = body.webhook as { id: string; secret: string };
  const got: { event: string; body: string; signature: string | null }[] = [];
  const pump = (status: () => number) =>
    world.sandbox.deliverWebhooks(async (request) => {
      const text = await request.text();
      const { event } = JSON.parse(text) as { event: string };
      got.push({ event, body: text, signature: request.headers.get("X-Signature") });
      return new Response(null, { status: status() });
    });
  const health = async () =>
    ((await world.send(`GET ${team}/webhook`)).body.webhooks as { health: unknown }[])[0]?.health;
  return { ...world, webhook, got, pump, health };
}

describe("webhooks", () => {
  it("tells what was done, in the words of each event", async () => {
    const { send, got, pump } = await listening();
    const made = await send(`POST /v2/list/${lists.empty}/task`, { body: { name: "New" } });
    const task = `/v2/task/${String(made.body.id)}`;
    await send(`PUT ${task}`, {
      body: { status: "in progress", priority: 1, assignees: { add: [users.carol] }, name: "Renamed" },
    });
    await send(`POST ${task}/comment`, { body: { comment_text: "Hello" } });
    await send(`DELETE ${task}`);
    await send(`PUT /v2/list/${lists.empty}`, { body: { name: "Other" } });
    await send(`GET /v2/list/${lists.empty}`);
    await pump(() => 200);
    expect(got.map((one) => one.event)).toEqual([
      "taskCreated",
      "taskStatusUpdated",
      "taskStatusUpdated",
      "taskPriorityUpdated",
      "taskAssigneeUpdated",
      "taskUpdated",
      "taskUpdated",
      "taskUpdated",
      "taskUpdated",
      "taskCommentPosted",
      "taskUpdated",
      "taskDeleted",
      "listUpdated",
    ]);
    expect(JSON.parse(got[11]?.body ?? "")).not.toHaveProperty("history_items");
    expect(Object.keys(JSON.parse(got[0]?.body ?? "") as object)).toEqual([
      "event",
      "history_items",
      "task_id",
      "webhook_id",
    ]);
  });

  it("signs the raw body", async () => {
    const { send, got, pump, webhook } = await listening();
    await send(`PUT /v2/task/${tasks.docs}`, { body: { priority: 1 } });
    await pump(() => 200);
    const [first] = got;
    const encoder = new TextEncoder();
    const key = await crypto.subtle.importKey(
      "raw",
      encoder.encode(webhook.secret),
      { name: "HMAC", hash: "SHA-256" },
      false,
      ["verify"],
    );
    const signature = Uint8Array.from(
      (first?.signature ?? "").match(/../g)?.map((pair) => Number.parseInt(pair, 16)) ?? [],
    );
    expect(await crypto.subtle.verify("HMAC", key, signature, encoder.encode(first?.body ?? ""))).toBe(true);
  });

  it("tries five times, counts one failure, and never sends that event again", async () => {
    const { send, got, pump, health } = await listening();
    await send(`DELETE /v2/task/${tasks.docs}`);
    await pump(() => 500);
    expect(got).toHaveLength(5);
    expect(await health()).toEqual({ status: "failing", fail_count: 1 });
    await pump(() => 200);
    expect(got).toHaveLength(5);
    await send(`DELETE /v2/task/${tasks.schema}`);
    let tries = 0;
    await pump(() => (++tries < 3 ? 500 : 200));
    expect(await health()).toEqual({ status: "active", fail_count: 0 });
  });

  it("is suspended by a 410, and active again by hand", async () => {
    const { send, got, pump, health, webhook } = await listening();
    await send(`DELETE /v2/task/${tasks.docs}`);
    await pump(() => 410);
    expect(await health()).toEqual({ status: "suspended", fail_count: 0 });
    await send(`DELETE /v2/task/${tasks.schema}`);
    await pump(() => 200);
    expect(got).toHaveLength(1);
    await send(`PUT /v2/webhook/${webhook.id}`, { body: { status: "active" } });
    expect(await health()).toEqual({ status: "active", fail_count: 0 });
  });

  it("hears of its own place alone, and only of the events it asked for", async () => {
    const { send, got, pump } = await listening({
      space_id: Number(spaces.marketing),
      events: ["taskCreated"],
    });
    await send(`POST /v2/list/${lists.backlog}/task`, { body: { name: "Elsewhere" } });
    await send(`POST /v2/list/${lists.launch}/task`, { body: { name: "Here" } });
    await pump(() => 200);
    expect(got.map((one) => one.event)).toEqual(["taskCreated"]);
  });
});
