/** The record as its owner sees it: journal and R2 as one, paged, filtered, exported. */
import { beforeAll, describe, expect, it } from "vitest";
import type { ActivityEvent } from "../../../objects/rpc/views.ts";
import { csvLine } from "../../../worker/account/csv.ts";
import { SANDBOX } from "../../sandbox/clickup/facts.ts";
import { Browser } from "../browser.ts";
import { connect } from "../client.ts";
import { callTool, rpc } from "../mcp-call.ts";
import { flush, idOf, signedIn, sqlOf, userOf } from "../person.ts";

let browser = new Browser();
let token = "";
let deviceId = "";

/** Lets a minute pass for the rows that are in R2, so that the journal forgets them. */
async function forget(): Promise<void> {
  await flush("alice");
  await sqlOf("alice", "DELETE FROM journal WHERE seq < (SELECT max(seq) FROM journal)");
}

beforeAll(async () => {
  const [client, tokens] = await connect(new Browser(), SANDBOX.tokens.alice);
  token = tokens.access_token;
  browser = await signedIn("alice");
  deviceId =
    (await (await userOf("alice")).devices()).find((d) => d.clientId === client.clientId)?.deviceId ?? "";
  for (let i = 0; i < 3; i++)
    await callTool(token, "clickup_workspace_hierarchy", { workspace: "Side Project" });
  await forget();
  for (let i = 0; i < 4; i++) await rpc(token, { jsonrpc: "2.0", id: i, method: "tools/list" });
  await callTool(token, "clickup_space_get", { space: "Product" });
  await forget();
  for (let i = 0; i < 60; i++) await rpc(token, { jsonrpc: "2.0", id: i, method: "tools/list" });
});

async function everything(filter: { deviceId?: string; tool?: string } = {}, limit = 7) {
  const user = await userOf("alice");
  const events: ActivityEvent[] = [];
  let cursor: string | undefined;
  do {
    const page = await user
      .desk()
      .activity({ ...filter, limit, ...(cursor === undefined ? {} : { cursor }) });
    if (!page.ok) throw new Error(page.error.message);
    expect(page.value.events.length).toBeLessThanOrEqual(limit);
    events.push(...page.value.events);
    cursor = page.value.next ?? undefined;
  } while (cursor !== undefined);
  return events;
}

describe("the record", () => {
  it("is whole and in order across journal and batches, whatever the page size", async () => {
    for (const limit of [1, 7, 50, 1000]) {
      const seqs = (await everything({}, limit)).map(({ seq }) => seq);
      expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, i) => seqs.length - i));
      expect(seqs.length).toBeGreaterThan(65);
    }
  });

  it("is filtered by device and by tool", async () => {
    const hierarchy = await everything({ tool: "clickup_workspace_hierarchy" });
    expect(hierarchy.map(({ tool }) => tool)).toEqual(Array(3).fill("clickup_workspace_hierarchy"));
    const byDevice = await everything({ deviceId });
    expect(byDevice.every((event) => event.deviceId === deviceId)).toBe(true);
    // Three and one tool calls, 64 lists, and the device's own beginning.
    expect(byDevice).toHaveLength(69);
    expect(await everything({ deviceId: "d_other" })).toEqual([]);
  });

  it("is shown newest first, fifty to a page, and leads on", async () => {
    const html = await (await browser.get("/account/activity?show=all")).text();
    expect(html.match(/<tr>/g)).toHaveLength(51);
    const next = /href="(\/account\/activity\?[^"]*before=[^"]*)"/.exec(html)?.[1]?.replaceAll("&amp;", "&");
    const older = await (await browser.get(next ?? "")).text();
    expect(older).toContain("Newest");
    expect(older).toContain("Test client");
    expect(older).toContain("Device connected");
    const filtered = await browser.get(`/account/activity?device=${deviceId}&tool=clickup_space_get`);
    expect((await filtered.text()).match(/<tr>/g)).toHaveLength(2);
  });

  it.each(["x", "-1", "5~../../u_other/2026-01-01/x.json", "5~2026-01-01/../x.json", "9".repeat(30)])(
    "has no page %s",
    async (before) => {
      const response = await browser.get(`/account/activity?before=${encodeURIComponent(before)}`);
      expect(response.status).toBe(400);
    },
  );

  it("is exported whole as JSON and CSV, as a file", async () => {
    const all = await everything({}, 1000);
    const json = await browser.get("/account/activity/export?format=json");
    expect(json.headers.get("Content-Disposition")).toContain("attachment");
    expect(json.headers.get("Content-Security-Policy")).toContain("sandbox");
    expect((await json.json<ActivityEvent[]>()).map(({ seq }) => seq)).toEqual(all.map(({ seq }) => seq));
    const csv = await (
      await browser.get(`/account/activity/export?format=csv&tool=clickup_space_get`)
    ).text();
    const [head = "", ...lines] = csv.trimEnd().split("\r\n");
    expect(head.split(",")).toContain("duration_ms");
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("clickup_space_get");
  });

  it("shows an event as running until it ends, and what became of it after", async () => {
    const [newest] = await everything({ deviceId, tool: "clickup_space_get" });
    expect(newest).toMatchObject({ outcome: "ok", counted: true, method: "tools/call" });
    expect(newest?.targets?.length).toBeGreaterThan(0);
  });
});

describe("a CSV cell", () => {
  it("is never a formula, and keeps quotes, commas and line breaks", () => {
    for (const start of ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\uFF1D1+1", "\uFF20x"])
      expect(csvLine([start])).toMatch(/^"?'/);
    expect(csvLine(['a"b', "c,d", "e\nf", -5, true, null, undefined, "plain"])).toBe(
      '"a""b","c,d","e\nf",-5,true,,,plain\r\n',
    );
    // Where ";" parts cells, what follows it would be one.
    expect(csvLine(["a;=1+1", "b\t=1"])).toBe('"a;=1+1","b\t=1"\r\n');
  });
});

describe("usage", () => {
  it("counts each counted request once, in the journal or out of it", async () => {
    const user = await userOf("alice");
    for (let i = 0; i < 2; i++) {
      const usage = await user.desk().usage();
      expect(usage.days).toHaveLength(30);
      expect(usage.days.at(-1)).toEqual({ day: new Date().toISOString().slice(0, 10), requests: 68 });
      expect(usage).toMatchObject({ tier: "free", limit: 100, used: 68 });
      await flush("alice");
    }
    const html = await (await browser.get("/account")).text();
    expect(html).toContain("68 of 100");
    expect(html).toMatch(/<svg class="chart"[^>]*role="img"[^>]*aria-label="68 requests/);
  });
});

describe("a person's data", () => {
  it("is downloaded whole, without secrets", async () => {
    const response = await browser.get("/account/data");
    expect(response.headers.get("Content-Disposition")).toContain("attachment");
    const text = await response.text();
    const data = JSON.parse(text) as {
      userId: string;
      database: Record<string, Record<string, unknown>[]>;
      record: { events: unknown[] }[];
    };
    expect(data.userId).toBe(await idOf("alice"));
    expect(data.database["account"]).toMatchObject([{ clickup_user_id: String(SANDBOX.users.alice) }]);
    expect(data.database["devices"]?.length).toBeGreaterThan(0);
    expect(data.database["journal"]?.length).toBeGreaterThan(0);
    expect(data.record.length).toBeGreaterThanOrEqual(2);
    expect(data.database["credential"]?.[0]?.["envelope"]).toBe("(secret)");
    for (const secret of ["v1.", "pk_", token, SANDBOX.tokens.alice]) expect(text).not.toContain(secret);
    const names = await sqlOf<{ name: string }>(
      "alice",
      "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '\\_cf\\_%' ESCAPE '\\' AND name NOT LIKE 'sqlite%'",
    );
    expect(Object.keys(data.database)).toEqual(names.map(({ name }) => name).toSorted());
  });
});

describe("the activity page", () => {
  const rowsOf = async (query: string): Promise<string[]> => {
    const html = await (await browser.get(`/account/activity${query}`)).text();
    return [...html.matchAll(/<tr>.*?<\/tr>/gs)].slice(1).map(([row]) => row);
  };

  it("shows changes first; what was read, and what clients ask of the server, is a choice away", async () => {
    await callTool(token, "clickup_task_update", { task: SANDBOX.tasks.docs, priority: "high" });
    await rpc(token, { jsonrpc: "2.0", id: 1, method: "logging/setLevel", params: { level: "info" } });
    const changes = await rowsOf("");
    expect(changes[0]).toContain("Update task");
    expect(changes.join("")).toContain("Device connected");
    expect(changes.join("")).not.toMatch(/Listed the tools|Get space|log|logging|Workspace hierarchy/);
    const calls = (await rowsOf("?show=calls")).join("");
    expect(calls).toMatch(/Update task/);
    expect(calls).toMatch(/Get space/);
    expect(calls).not.toContain("Listed the tools");
    const all = await rowsOf("?show=all");
    expect(all[0]).toContain("Chose what to be told while calls run");
    expect(all.join("")).toContain("Listed the tools");
    // Who asks for one tool is shown all of it, whatever it does.
    expect(await rowsOf("?show=changes&tool=clickup_space_get")).toHaveLength(1);
  });

  it("leads every id to its place in ClickUp, and names the zone", async () => {
    const html = await (await browser.get("/account/activity?show=calls")).text();
    expect(html).toContain(`<a href="https://app.clickup.com/t/${SANDBOX.tasks.docs}" rel="noreferrer">`);
    expect(html).toContain(`task ${SANDBOX.tasks.docs}</a>`);
    const { northwind } = SANDBOX.workspaces;
    expect(html).toMatch(new RegExp(`href="https://app.clickup.com/${northwind}/v/s/\\d+"`));
    expect(html).toMatch(/<th scope="col">Time \([A-Z][a-z]+\/[A-Za-z_]+\)<\/th>/);
  });

  it("says every method of the protocol in words", async () => {
    for (const method of ["resources/list", "prompts/list", "resources/templates/list"])
      await rpc(token, { jsonrpc: "2.0", id: 1, method });
    for (const row of await rowsOf("?show=all")) expect(row).not.toMatch(/<td>\s*[a-z]+\/[a-zA-Z/]+/);
  });
});
