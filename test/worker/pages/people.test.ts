/** What people read on the pages: the first steps, examples that work, what is kept, times in their zone. */
import { describe, expect, it } from "vitest";
import {
  IDEMPOTENCY_TTL_MS,
  KEEP_ENDED_DEVICE_MS,
  SESSION_IDLE_MS,
  TASK_TTL_MS,
} from "../../../objects/limits.ts";
import { toolByName } from "../../../tools/catalog.ts";
import { TOOL_SETS } from "../../../tools/define.ts";
import { parseWhen } from "../../../tools/when/when.ts";
import { examplesFor, PREMIUM_EXAMPLES } from "../../../worker/pages/examples.ts";
import { SANDBOX } from "../../sandbox/clickup/facts.ts";
import { newUser } from "../../support/users.ts";
import { Browser, hiddenField, ORIGIN, unescapeHtml } from "../browser.ts";
import { signedIn, submit } from "../person.ts";

const text = async (browser: Browser, path: string): Promise<string> =>
  unescapeHtml(await (await browser.get(path)).text());

describe("the start page", () => {
  it("adds the server to Cursor and VS Code with one click", async () => {
    const html = await text(new Browser(), "/");
    const cursor = new URL(/href="(cursor:[^"]+)"/.exec(html)?.[1] ?? "");
    expect([cursor.host, cursor.pathname]).toEqual(["anysphere.cursor-deeplink", "/mcp/install"]);
    expect(cursor.searchParams.get("name")).toBe("clickup");
    expect(JSON.parse(atob(cursor.searchParams.get("config") ?? ""))).toEqual({ url: `${ORIGIN}/mcp` });
    const code = /href="vscode:mcp\/install\?([^"]+)"/.exec(html)?.[1] ?? "";
    expect(JSON.parse(decodeURIComponent(code))).toEqual({
      name: "clickup",
      type: "http",
      url: `${ORIGIN}/mcp`,
    });
  });

  it("has the steps for Claude and ChatGPT, what to ask first, and what is kept for how long", async () => {
    const html = await text(new Browser(), "/");
    for (const part of ["Add custom connector", "Developer mode", "They work on the free plan"])
      expect(html).toContain(part);
    for (const { ask } of examplesFor("free")) expect(html).toContain(ask);
    expect(html).toMatch(/Every request: [^<]+<\/td><td>Until you delete your data/);
    expect(html).toMatch(/The browser you are signed in with<\/td><td>7 days/);
    const day_ms = 24 * 3_600_000;
    const kept: readonly [RegExp, number, number][] = [
      [/What each client may do<\/td><td>[^<]*?(\d+) days/, KEEP_ENDED_DEVICE_MS, day_ms],
      [/so that a repeat makes no second<\/td><td>(\d+) hours/, IDEMPOTENCY_TTL_MS, 3_600_000],
      [/for the client to fetch<\/td><td>(\d+) hour/, TASK_TTL_MS, 3_600_000],
      [/goes on where it was<\/td><td>[^<]*?(\d+) days/, SESSION_IDLE_MS, day_ms],
    ];
    for (const [row, ms, unit_ms] of kept) expect(Number(row.exec(html)?.[1]) * unit_ms).toBe(ms);
    // A server on the internet is within their reach.
    expect(html).not.toContain("runs on your own machine");
  });
});

describe("examples", () => {
  it("for the free plan need tools of the free plan only, and these do what the examples say", async () => {
    expect(examplesFor("free")).toHaveLength(3);
    for (const { tools } of examplesFor("free"))
      for (const name of tools) expect([name, toolByName(name)?.tier]).toEqual([name, "free"]);
    const user = await newUser();
    const workspace = "Northwind Labs";
    expect((await user.call("clickup_workspace_hierarchy", { workspace })).isError).toBeUndefined();
    const created = await user.call("clickup_task_create", {
      list: SANDBOX.lists.onboarding,
      name: "Prepare the demo",
      due: "next Friday",
      priority: "high",
    });
    expect(created.isError).toBeUndefined();
    const { task: made } = created.structuredContent as { task: { url: string } };
    const task = made.url;
    expect((await user.call("clickup_task_get", { task })).isError).toBeUndefined();
    const update = await user.call("clickup_task_update", { task, status: "in progress" });
    expect(update.isError).toBeUndefined();
  });

  it("for premium show each set of tools something the free plan has not", () => {
    for (const set of TOOL_SETS) {
      const tools = PREMIUM_EXAMPLES[set].tools.map((name) => toolByName(name));
      expect(tools.every((tool) => tool?.set === set)).toBe(true);
      expect(tools.some((tool) => tool?.tier === "premium")).toBe(true);
    }
  });
});

describe("the account", () => {
  it("tells a newcomer what to do first, instead of an empty chart", async () => {
    const browser = await signedIn("carol");
    const html = await text(browser, "/account");
    expect(html).toContain("What to do first");
    for (const { ask } of examplesFor("free")) expect(html).toContain(ask);
    expect(html).not.toContain('class="chart"');
  });

  it("has the plan among its tabs", async () => {
    const browser = await signedIn("bob");
    const html = await text(browser, "/account/plan");
    expect(html).toMatch(/<a href="\/account\/plan" aria-current="page">Plan<\/a>/);
  });

  it("quotes dates in its settings that the tools take", async () => {
    const browser = await signedIn("bob");
    const html = await text(browser, "/account/settings");
    const label = /Time zone, for dates such as ([^<]+)</.exec(html)?.[1] ?? "";
    const examples = [...label.matchAll(/"([^"]+)"/g)].map(([, one = ""]) => one);
    expect(examples.length).toBeGreaterThan(0);
    const clock = { now_ms: Date.now(), timeZone: "Europe/Berlin" };
    for (const one of examples) expect(parseWhen(one, clock, "due").ms).toBeGreaterThan(clock.now_ms);
  });

  it("names the zone of its times on every page, and on the page of a token", async () => {
    const browser = await signedIn("bob");
    await submit(browser, "/account/settings/preferences", { time_zone: "Asia/Tokyo" });
    for (const path of ["", "/plan", "/tokens", "/activity", "/settings", "/delete"])
      expect(await text(browser, `/account${path}`)).toContain("Times on this page are in Asia/Tokyo");
    const page = await text(browser, "/account/tokens");
    const issued = await submit(browser, "/account/tokens", {
      name: "Zone",
      access: "read",
      lifetime: "1d",
      workspaces: "all",
      tool_sets: "all",
      device_id: hiddenField(page, "device_id"),
    });
    const shown = await issued.text();
    const [, iso = "", wall = ""] = /<time datetime="([^"]+)">([^<]+)<\/time>/.exec(shown) ?? [];
    // Tokyo is nine hours ahead, all year.
    const there = new Date(Date.parse(iso) + 9 * 3_600_000).toISOString();
    expect(wall).toBe(`${there.slice(0, 16).replace("T", " ")} (Asia/Tokyo)`);
  });
});
