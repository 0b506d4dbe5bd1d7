/** What a person chooses at consent: stored with the grant, and the same person's choices on the next occasion. */
import { describe, expect, it } from "vitest";
import { SANDBOX } from "../../sandbox/clickup/facts.ts";
import { clickup } from "../../support/outside.ts";
import { Browser, formAction, hiddenField, lastFormAction, locationOf, ORIGIN } from "../browser.ts";
import { signInAtClickUp } from "../clickup-page.ts";
import { authorizePath, type Client, newClient, redeem, type Tokens } from "../client.ts";
import { toolNames } from "../mcp-call.ts";
import { idOf, type Person, SESSION_COOKIE, signedIn, userOf } from "../person.ts";

type Fields = [string, string][];

async function decide(browser: Browser, client: Client, fields: Fields, scope = "clickup:read") {
  const html = await (await browser.get(authorizePath(client, { scope }))).text();
  const own: Fields = [["handle", hiddenField(html, "handle")]];
  if (html.includes('name="for_user"')) own.push(["for_user", hiddenField(html, "for_user")]);
  return browser.post("/authorize", [...own, ...fields]);
}

async function grantOf(person: Person, client: Client) {
  const device = (await (await userOf(person)).devices()).find((one) => one.clientId === client.clientId);
  if (device === undefined) throw new Error("no device");
  return device;
}

const READ_TASKS: Fields = [
  ["access", "read"],
  ["tool_sets", "some"],
  ["tool_set", "tasks"],
  ["tool_set", "spaces"],
  ["lifetime", "1d"],
];

describe("without a session", () => {
  it("asks for tool sets and lifetime first, for Workspaces after ClickUp has named them", async () => {
    const browser = new Browser();
    const client = await newClient();
    const html = await (await browser.get(authorizePath(client))).text();
    expect(html.match(/name="tool_set"/g)).toHaveLength(7);
    expect(html).toContain('name="lifetime"');
    expect(html).not.toContain('name="workspace"');
    const away = locationOf(await decide(browser, client, [...READ_TASKS, ["decision", "clickup"]]));
    const back = await signInAtClickUp(away, "alice");
    const page = await browser.get(back.pathname + back.search);
    const asked = await page.text();
    expect(page.status).toBe(200);
    expect(asked).toContain("Side Project");
    expect(await (await userOf("alice")).devices()).toEqual([]);

    const action = lastFormAction(asked);
    const some: Fields = [
      ["decision", "connect"],
      ["workspaces", "some"],
      ["workspace", SANDBOX.workspaces.side],
    ];
    // Bound to this browser and usable once, like every state.
    const stranger = await new Browser().post(action, some);
    expect([stranger.status, stranger.headers.get("Location")]).toEqual([400, null]);
    const target = locationOf(await browser.post(action, some));
    expect(target.searchParams.get("state")).toBe("client-state");
    expect((await browser.post(action, some)).status).toBe(400);
    expect(browser.cookies.has(SESSION_COOKIE)).toBe(true);

    const device = await grantOf("alice", client);
    expect(device.grant).toEqual({
      access: "read",
      toolSets: ["spaces", "tasks"],
      workspaces: [SANDBOX.workspaces.side],
    });
    expect(Math.abs((device.expires_ms ?? 0) - Date.now() - 86_400_000)).toBeLessThan(60_000);
    const tokens = await (await redeem(client, target.searchParams.get("code") ?? "")).json<Tokens>();
    expect(tokens.scope).toBe("clickup:read");
    expect(await toolNames(tokens.access_token)).not.toContain("clickup_task_create");
  });

  it("takes only Workspaces of that person, and asks again otherwise; declining goes back to the client", async () => {
    const browser = new Browser();
    const client = await newClient();
    const form = await decide(browser, client, [
      ["access", "read"],
      ["decision", "token"],
    ]);
    const api_key = SANDBOX.tokens.alice;
    let html = await (await browser.post(formAction(await form.text()), { api_key })).text();
    for (const fields of [
      [["workspaces", "some"]],
      [
        ["workspaces", "some"],
        ["workspace", SANDBOX.workspaces.bobcorp],
      ],
      [["workspaces", "none"]],
    ] as Fields[]) {
      const again = await browser.post(lastFormAction(html), fields);
      expect(again.status).toBe(400);
      html = await again.text();
      expect(html).toContain('role="alert"');
    }
    const declined = locationOf(await browser.post(lastFormAction(html), { decision: "deny" }));
    expect(Object.fromEntries(declined.searchParams)).toMatchObject({ error: "access_denied", iss: ORIGIN });
  });

  it("does not ask a person with one Workspace", async () => {
    const browser = new Browser();
    const client = await newClient();
    const form = await decide(browser, client, [
      ["access", "write"],
      ["decision", "token"],
    ]);
    const done = await browser.post(formAction(await form.text()), { api_key: SANDBOX.tokens.bob });
    expect(locationOf(done).searchParams.get("code")).toBeTruthy();
    expect((await grantOf("bob", client)).grant.workspaces).toBeNull();
  });

  it("refuses choices that are not offered, and the page stays usable", async () => {
    const browser = new Browser();
    const client = await newClient();
    const html = await (await browser.get(authorizePath(client))).text();
    const handle = hiddenField(html, "handle");
    const bad: Fields[] = [
      [["tool_sets", "some"]],
      [
        ["tool_sets", "some"],
        ["tool_set", "<script>"],
      ],
      [["tool_sets", "maybe"]],
      [["lifetime", "100y"]],
    ];
    for (const fields of bad) {
      const all: Fields = [["handle", handle], ["access", "read"], ["decision", "clickup"], ...fields];
      const response = await browser.post("/authorize", all);
      expect([response.status, response.headers.get("Location")]).toEqual([400, null]);
    }
    const fine = await browser.post("/authorize", { handle, access: "read", decision: "clickup" });
    expect(fine.status).toBe(303);
  });
});

describe("with a session", () => {
  const connectNow = (extra: Fields = []): Fields => [["access", "write"], ["decision", "account"], ...extra];

  it("shows the Workspaces first and connects without ClickUp", async () => {
    const browser = await signedIn("alice");
    const client = await newClient();
    const html = await (await browser.get(authorizePath(client))).text();
    expect(html).toContain("Northwind Labs");
    expect(html).toContain("Continue as");
    clickup.clearCalls();
    const some: Fields = [
      ["workspaces", "some"],
      ["workspace", SANDBOX.workspaces.northwind],
    ];
    const target = locationOf(await decide(browser, client, connectNow(some)));
    expect(target.searchParams.get("code")).toBeTruthy();
    expect(clickup.calls).toHaveLength(0);
    expect((await grantOf("alice", client)).grant.workspaces).toEqual([SANDBOX.workspaces.northwind]);
  });

  it("is not taken for another person's: Workspaces are asked for anew", async () => {
    const browser = await signedIn("bob");
    const client = await newClient();
    const form = await decide(browser, client, [
      ["access", "read"],
      ["workspaces", "some"],
      ["workspace", SANDBOX.workspaces.bobcorp],
      ["decision", "token"],
    ]);
    const page = await browser.post(formAction(await form.text()), { api_key: SANDBOX.tokens.alice });
    const html = await page.text();
    expect(html).toContain("Choose Workspaces");
    expect(html).not.toContain("Bobcorp");
  });

  it("does not continue for a browser that is signed out or as someone else meanwhile", async () => {
    const client = await newClient();
    const browser = await signedIn("alice");
    const html = await (await browser.get(authorizePath(client))).text();
    const fields = {
      handle: hiddenField(html, "handle"),
      for_user: await idOf("alice"),
      access: "read",
      decision: "account",
    };
    const session = browser.cookies.get(SESSION_COOKIE) ?? "";
    browser.cookies.set(SESSION_COOKIE, (await signedIn("bob")).cookies.get(SESSION_COOKIE) ?? "");
    expect((await browser.post("/authorize", fields)).status).toBe(400);
    browser.cookies.delete(SESSION_COOKIE);
    expect((await browser.post("/authorize", fields)).status).toBe(400);
    browser.cookies.set(SESSION_COOKIE, session);
    expect((await browser.post("/authorize", fields)).status).toBe(303);
  });

  it("remembers a consent, for the same and no more, with the same choices and end", async () => {
    const browser = await signedIn("carol");
    const client = await newClient();
    const choices: Fields = [
      ["access", "read"],
      ["tool_sets", "some"],
      ["tool_set", "docs"],
      ["lifetime", "7d"],
      ["remember", "yes"],
      ["decision", "account"],
    ];
    await decide(browser, client, choices);
    const first = await grantOf("carol", client);
    const again = await browser.get(authorizePath(client));
    expect([again.status, locationOf(again).searchParams.get("iss")]).toEqual([302, ORIGIN]);
    const [newest] = (await (await userOf("carol")).devices()).filter(
      (one) => one.clientId === client.clientId && one.revoked_ms === null,
    );
    expect(newest?.deviceId).not.toBe(first.deviceId);
    expect([newest?.grant, newest?.expires_ms]).toEqual([first.grant, first.expires_ms]);

    const shown = async (who: Browser, changes: Record<string, string> = {}) =>
      (await who.get(authorizePath(client, changes))).status === 200;
    expect(await shown(browser, { scope: "clickup:read clickup:write" })).toBe(true);
    expect(await shown(browser, { prompt: "consent" })).toBe(true);
    expect(await shown(await signedIn("carol"))).toBe(true);
    const asBob = new Browser();
    for (const [name, value] of browser.cookies) asBob.cookies.set(name, value);
    await asBob.post("/auth/logout", {});
    asBob.cookies.set(SESSION_COOKIE, (await signedIn("bob")).cookies.get(SESSION_COOKIE) ?? "");
    expect(await shown(asBob)).toBe(true);
    expect(await shown(browser)).toBe(false);
    await (await userOf("carol")).desk().closeWebSessions();
    expect(await shown(browser)).toBe(true);
  });

  it("forgets a remembered consent when the device is stopped", async () => {
    const browser = await signedIn("carol");
    const client = await newClient();
    await decide(browser, client, connectNow([["remember", "yes"]]));
    const { deviceId } = await grantOf("carol", client);
    await (await userOf("carol")).revokeDevice(deviceId);
    expect((await browser.get(authorizePath(client))).status).toBe(200);
  });

  it("asks again for writing when the device was narrowed to reading, whatever was remembered", async () => {
    const browser = await signedIn("carol");
    const client = await newClient();
    const both = "clickup:read clickup:write";
    const choices: Fields = [
      ["access", "write"],
      ["remember", "yes"],
      ["decision", "account"],
    ];
    await decide(browser, client, choices, both);
    const open = async (scope: string) => (await browser.get(authorizePath(client, { scope }))).status;
    expect(await open(both)).toBe(302);
    const user = await userOf("carol");
    for (const device of (await user.devices()).filter((one) => one.clientId === client.clientId)) {
      const grant = { ...device.grant, access: "read" as const };
      await user.changeDevice(device.deviceId, { grant, expires_ms: device.expires_ms });
    }
    expect(await open(both)).toBe(200);
  });

  it("always asks for a program on this computer, with the choices it has now", async () => {
    const browser = await signedIn("carol");
    const client = await newClient({}, "http://127.0.0.1:7777/cb");
    const page = await (await browser.get(authorizePath(client))).text();
    expect(page).not.toContain('name="remember"');
    await decide(browser, client, [
      ["access", "read"],
      ["lifetime", "30d"],
      ["remember", "yes"],
      ["decision", "account"],
    ]);
    const again = await browser.get(authorizePath(client));
    const html = await again.text();
    expect(again.status).toBe(200);
    expect(html).toMatch(/value="read"[^>]*checked/);
    expect(html).toMatch(/value="30d" selected/);
  });
});
