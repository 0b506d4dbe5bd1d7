import { describe, expect, it } from "vitest";
import { SANDBOX } from "./clickup/index.ts";
import { sandboxWithClient } from "./sandbox-client.ts";

const { tasks, users, workspaces, tokens, groups } = SANDBOX;
type Body = Record<string, never>;

describe("comments, time and docs", () => {
  it("gives a numeric id on create, a string on read, and keeps mentions", async () => {
    const { send } = sandboxWithClient();
    const body = {
      comment: [{ type: "tag", user: { id: users.dan } }, { text: " see this" }],
      notify_all: false,
    };
    const created = (await send(`POST /v2/task/${tasks.docs}/comment`, { body })).body;
    expect(created.id).toBeTypeOf("number");
    const [comment] = (await send(`GET /v2/task/${tasks.docs}/comment`)).body.comments as {
      id: string;
      comment_text: string;
    }[];
    expect(comment).toMatchObject({
      id: String(created.id),
      comment_text: "@Dan O'Neil see this",
      reply_count: 0,
    });
    await send(`POST /v2/comment/${String(created.id)}/reply`, { body: { comment_text: "yes" } });
    const [again] = (await send(`GET /v2/task/${tasks.docs}/comment`)).body.comments as Body[];
    expect(again).toMatchObject({ reply_count: 1 });
  });

  it("replaces a running timer, answers null without one, and keeps tags that an update leaves out", async () => {
    const { send, sandbox, clock } = sandboxWithClient();
    const time = `/v2/team/${workspaces.northwind}/time_entries`;
    expect((await send(`GET ${time}/current`)).body).toEqual({ data: null });
    const first = (await send(`POST ${time}/start`, { body: { tid: tasks.docs } })).body.data as {
      id: string;
      duration: number;
    };
    expect(first.duration).toBeLessThan(0);
    clock.now_ms += 60_000;
    const second = (await send(`POST ${time}/start`, { body: { tid: tasks.schema } })).body.data as {
      id: string;
    };
    expect(sandbox.state.data.time_entries[first.id]?.end).toBe(clock.now_ms);
    const current = (await send(`GET ${time}/current`)).body.data as { id: string };
    expect(current.id).toBe(second.id);
    clock.now_ms += 30_000;
    expect((await send(`POST ${time}/stop`)).body.data).toMatchObject({ id: second.id, duration: 30_000 });
    expect((await send(`POST ${time}/stop`)).status).toBe(400);
    expect((await send(`PUT ${time}/${second.id}`, { body: { description: "x" } })).status).toBe(200);
    expect(Number.isSafeInteger(Number(second.id))).toBe(false);
  });

  it("gives one's own entries of 30 days; others' only to owners and admins", async () => {
    const { send } = sandboxWithClient();
    const time = `/v2/team/${workspaces.northwind}/time_entries`;
    const mine = (await send(`GET ${time}`)).body.data as { user: { id: number }; start: string }[];
    expect(mine.length).toBeGreaterThan(3);
    expect(new Set(mine.map((entry) => entry.user.id))).toEqual(new Set([users.alice]));
    const older = (await send(`GET ${time}?start_date=0`)).body.data as Body[];
    expect(older.length).toBeGreaterThan(mine.length);
    const both = (await send(`GET ${time}?assignee=${users.alice},${users.carol}`)).body.data as Body[];
    expect(both.length).toBeGreaterThan(mine.length);
    expect((await send(`GET ${time}?assignee=${users.alice}`, { token: tokens.heidi })).status).toBe(403);
    expect((await send(`GET ${time}?list_id=1&space_id=2`)).status).toBe(400);
  });

  it("edits a page by mode with an empty 200, and nests pages", async () => {
    const { send, sandbox } = sandboxWithClient();
    const doc = `/v3/workspaces/${workspaces.northwind}/docs/${SANDBOX.docs.handbook}`;
    const page = `${doc}/pages/${SANDBOX.pages.rollback}`;
    const edited = await send(`PUT ${page}`, {
      body: { content: "Then tell the team.", content_edit_mode: "append" },
    });
    expect([edited.status, edited.body]).toEqual([200, {}]);
    expect(sandbox.state.data.pages[SANDBOX.pages.rollback]?.content).toBe(
      "Undo with `ship --previous`.\nThen tell the team.",
    );
    expect((await send(`GET ${page}?content_format=text/plain`)).body.content).toBe(
      "Undo with ship --previous.\nThen tell the team.",
    );
    const listing = (await send(`GET ${doc}/page_listing`)).body as unknown as {
      name: string;
      pages?: { pages?: { name: string }[] }[];
    }[];
    expect(listing.map((one) => one.name)).toEqual(["Welcome", "Style"]);
    expect(listing[0]?.pages?.[0]?.pages?.[0]?.name).toBe("Rolling back");
    const flat = (await send(`GET ${doc}/page_listing?max_page_depth=0`)).body as unknown as Body[];
    expect(flat[0]).not.toHaveProperty("pages");
  });

  it("stores an uploaded file and shows it on the task", async () => {
    const { send } = sandboxWithClient();
    const form = new FormData();
    form.set("attachment", new File(["hello"], "notes.txt", { type: "text/plain" }));
    const sent = (await send(`POST /v2/task/${tasks.docs}/attachment`, { form })).body;
    expect(sent).toMatchObject({ title: "notes.txt", extension: "txt", version: "0" });
    const shown = (await send(`GET /v2/task/${tasks.docs}`)).body.attachments as {
      size: number;
      id: string;
    }[];
    expect(shown).toEqual([expect.objectContaining({ id: sent.id, size: 5 })]);
  });

  it("lists groups, task types and the people of a Workspace", async () => {
    const { send } = sandboxWithClient();
    const found = (await send(`GET /v2/group?team_id=${workspaces.northwind}`)).body.groups as {
      id: string;
      members: Body[];
    }[];
    expect(found.map((group) => [group.id, group.members.length])).toEqual([[groups.engineers, 3]]);
    const items = (await send(`GET /v2/team/${workspaces.northwind}/custom_item`)).body.custom_items as {
      name: string;
    }[];
    expect(items.map((item) => item.name)).toEqual(["Milestone", "Bug", "Feature"]);
  });
});
