/** Settings: the ClickUp credential, default Workspace, time zone. */
import { describe, expect, it } from "vitest";
import { SANDBOX } from "../../sandbox/clickup/facts.ts";
import { clickup } from "../../support/outside.ts";
import { Browser, locationOf } from "../browser.ts";
import { signInAtClickUp } from "../clickup-page.ts";
import { connect } from "../client.ts";
import { callTool } from "../mcp-call.ts";
import { signedIn, submit, userOf } from "../person.ts";

const preferences = "/account/settings/preferences";

async function accountOf(person: "alice" | "bob") {
  const account = await (await userOf(person)).account();
  if (!account.ok) throw new Error(account.error.message);
  return account.value;
}

describe("the ClickUp credential", () => {
  it("can be removed, which stops the tools, and stored again", async () => {
    const [, tokens] = await connect(new Browser(), SANDBOX.tokens.bob);
    const browser = await signedIn("bob");
    const removed = await submit(browser, "/account/settings/remove-credential", { kind: "personal" });
    expect(removed.headers.get("Location")).toBe("/account/settings?done=removed");
    clickup.clearCalls();
    const call = await callTool(tokens.access_token, "clickup_workspace_hierarchy");
    expect([call.isError, call.content[0]?.text]).toEqual([true, expect.stringContaining("not connected")]);
    expect(clickup.calls).toHaveLength(0);
    expect(await (await browser.get("/account")).text()).toContain("ClickUp is not connected");

    const stored = await submit(browser, "/account/settings/token", { api_key: SANDBOX.tokens.bob });
    expect(stored.headers.get("Location")).toBe("/account/settings?done=token");
    expect((await callTool(tokens.access_token, "clickup_workspace_hierarchy")).isError).toBeUndefined();
  });

  it("is not replaced by a wrong one, another's, or one ClickUp cannot confirm now", async () => {
    const browser = await signedIn("bob");
    const before = (await accountOf("bob")).credentials;
    for (const [key, status, text] of [
      ["pk_1_WRONGWRONG", 400, "does not accept"],
      ["nonsense", 400, "pk_"],
      [SANDBOX.tokens.alice, 409, "another ClickUp user"],
    ] as const) {
      const response = await submit(browser, "/account/settings/token", { api_key: key });
      const html = await response.text();
      expect([response.status, html]).toEqual([status, expect.stringContaining(text)]);
      expect(html).not.toContain(key);
    }
    clickup.fault({ kind: "status", status: 500, times: 5 });
    const down = await submit(browser, "/account/settings/token", { api_key: SANDBOX.tokens.bob });
    expect(down.status).toBe(503);
    expect((await accountOf("bob")).credentials).toEqual(before);
  });

  it("can be renewed at ClickUp, and comes back here", async () => {
    const browser = await signedIn("bob");
    const away = await submit(browser, "/account/settings/connect");
    const back = await signInAtClickUp(locationOf(away), "bob");
    const done = await browser.get(back.pathname + back.search);
    expect([done.status, done.headers.get("Location")]).toEqual([303, "/account/settings"]);
    expect((await accountOf("bob")).credentials[0]).toMatchObject({ kind: "oauth", active: true });
  });

  it.each(["", "other", "oauth; DROP TABLE credential"])("has no kind %j", async (kind) => {
    const response = await submit(await signedIn("bob"), "/account/settings/remove-credential", { kind });
    expect(response.status).toBe(400);
  });
});

describe("defaults", () => {
  it("fix the Workspace, which no call moves, until it is given back", async () => {
    const [, tokens] = await connect(new Browser(), SANDBOX.tokens.alice);
    const browser = await signedIn("alice");
    await submit(browser, preferences, { workspace: SANDBOX.workspaces.side, time_zone: "" });
    const use = () =>
      callTool(tokens.access_token, "clickup_workspace_hierarchy", { workspace: "Northwind Labs" });
    await use();
    expect((await accountOf("alice")).defaultWorkspaceId).toBe(SANDBOX.workspaces.side);
    const unnamed = await callTool(tokens.access_token, "clickup_workspace_hierarchy");
    expect(JSON.stringify(unnamed)).toContain("Garden");
    await submit(browser, preferences, { workspace: "", time_zone: "" });
    await use();
    expect((await accountOf("alice")).defaultWorkspaceId).toBeNull();
    const asked = await callTool(tokens.access_token, "clickup_workspace_hierarchy");
    expect(JSON.stringify(asked)).toContain("There are several Workspaces");
  });

  it("hold the time zone against ClickUp's", async () => {
    const browser = await signedIn("alice");
    const clickUps = (await accountOf("alice")).timeZone;
    await submit(browser, preferences, { workspace: "", time_zone: "Pacific/Auckland" });
    expect((await accountOf("alice")).timeZone).toBe("Pacific/Auckland");
    expect(await (await browser.get("/account/settings")).text()).toMatch(
      /value="Pacific\/Auckland" selected/,
    );
    await submit(browser, preferences, { workspace: "", time_zone: "" });
    expect(await accountOf("alice")).toMatchObject({ timeZone: clickUps, timeZoneOverride: null });
  });

  it.each([
    { workspace: SANDBOX.workspaces.bobcorp, time_zone: "" },
    { workspace: "", time_zone: "Mars/Olympus" },
    { workspace: "<script>", time_zone: "" },
  ])("refuse what is not there: %j", async (fields) => {
    const browser = await signedIn("alice");
    const before = await accountOf("alice");
    expect((await submit(browser, preferences, fields)).status).toBe(400);
    expect(await accountOf("alice")).toEqual(before);
  });
});
