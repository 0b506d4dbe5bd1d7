/** A person's way through the pages, in a real browser, against the whole stack. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SANDBOX } from "../sandbox/clickup/facts.ts";
import { fits, hasChromium, profile, shoot, start, type Setting } from "./chromium.ts";
import { tools, waitingClient } from "./mcp-client.ts";

describe.skipIf(!hasChromium)("in Chromium (needs /usr/bin/chromium or CHROMIUM)", () => {
  let setting: Setting;

  beforeAll(async () => {
    setting = await start();
  });
  afterAll(async () => {
    await setting.stop();
  });

  async function signIn(page: Page, token: string = SANDBOX.tokens.alice): Promise<void> {
    await page.goto("/account");
    await page.getByLabel("ClickUp personal API token").fill(token);
    await page.getByRole("button", { name: "Sign in with this token" }).click();
    await page.getByRole("heading", { level: 1, name: /Hello/ }).waitFor();
  }

  it("connects a client through ClickUp, with the choices made, and stops it", async () => {
    const { stack } = setting;
    const { context, page, problems } = await profile(setting);
    const client = await waitingClient(stack.url, "Desk assistant");
    await page.goto(client.authorizeUrl);
    await page.getByText("Access goes to a program on this computer.").waitFor();
    await page.getByLabel("Read only").check();
    const sets = page.getByRole("group", { name: "Which tools?" });
    expect(await sets.getByLabel("Docs").isVisible()).toBe(false);
    await sets.getByLabel("Only some").check();
    for (const name of ["Comments", "Docs", "Time tracking", "Custom fields", "Projects"]) {
      await sets.getByLabel(name).uncheck();
    }
    await page.getByLabel("For how long?").selectOption("30 days");
    await shoot(page, "consent-choices");
    await page.getByRole("button", { name: "Continue with ClickUp" }).click();
    await page.getByRole("button", { name: "Connect" }).click();
    await page.getByRole("heading", { name: /One more choice/ }).waitFor();
    await page.getByLabel("Only some").check();
    await page.getByLabel("Side Project").uncheck();
    await shoot(page, "consent-workspaces");
    await page.getByRole("button", { name: "Connect" }).click();
    const answer = await client.answered;
    expect(answer.get("iss")).toBe(stack.url);
    await page.getByText("Back at the client").waitFor();
    const { access_token } = await client.redeem(answer.get("code") ?? "");
    const { names } = await tools(stack.url, access_token);
    expect(names).toContain("clickup_task_get");
    expect(names).not.toContain("clickup_task_create");

    await page.goto("/account");
    await page.getByText("Read only · Northwind Labs · spaces and lists, tasks").waitFor();
    await page.getByRole("button", { name: "Stop Desk assistant" }).click();
    await page.getByText("Desk assistant is stopped.").waitFor();
    expect((await tools(stack.url, access_token)).status).toBe(401);
    client.close();
    expect(problems).toEqual([]);
    await context.close();
  });

  it("continues as the person who is signed in, and comes back with one click", async () => {
    const { context, page, problems } = await profile(setting);
    await signIn(page);
    const client = await waitingClient(setting.stack.url, "Second assistant");
    await page.goto(client.authorizeUrl);
    await page.getByRole("radio", { name: /^Read and write/ }).check();
    await shoot(page, "consent-signed-in");
    await page.getByRole("button", { name: /^Continue as/ }).click();
    expect((await client.answered).get("code")).toBeTruthy();
    client.close();
    expect(problems).toEqual([]);
    await context.close();
  });

  it("issues a token, copies it, and shows what it did", async () => {
    const { context, page, problems } = await profile(setting);
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await signIn(page);
    await page.getByRole("link", { name: "Tokens" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("Laptop");
    await page.getByLabel("Read only").check();
    await page.getByRole("button", { name: "Issue the token" }).click();
    await page.getByRole("button", { name: "Copy: the token" }).click();
    const token = String(await page.evaluate("navigator.clipboard.readText()")).trim();
    expect((await tools(setting.stack.url, token)).status).toBe(200);
    await shoot(page, "token-issued");
    await page.goto("/account/activity?show=all");
    await page.getByRole("cell", { name: "Listed the tools" }).first().waitFor();
    const download = page.waitForEvent("download");
    await page.getByRole("link", { name: "CSV" }).click();
    expect((await download).suggestedFilename()).toBe("clickup-mcp-activity.csv");
    expect(problems).toEqual([]);
    await context.close();
  });

  it("does the same without scripts", async () => {
    const { context, page } = await profile(setting, { scripts: false });
    await signIn(page, SANDBOX.tokens.bob);
    await page.goto("/account/settings");
    await page.getByLabel(/^Time zone/).selectOption("Europe/Lisbon");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved.").waitFor();
    await page.goto("/account/tokens");
    await page.getByRole("textbox", { name: "Name" }).fill("No scripts");
    await page.getByRole("radio", { name: /^Read and write/ }).check();
    await page.getByRole("button", { name: "Issue the token" }).click();
    await page.getByText("Show the token").click();
    const token = (await page.getByRole("textbox", { name: "Token" }).inputValue()).trim();
    expect((await tools(setting.stack.url, token)).status).toBe(200);
    await page.goto("/account/delete");
    await page.getByLabel(/to confirm/).fill("delete my data");
    await page.getByRole("button", { name: "Delete everything" }).click();
    await page.getByRole("heading", { name: "Your data is deleted" }).waitFor();
    expect((await tools(setting.stack.url, token)).status).toBe(401);
    await context.close();
  });

  it("works with the keyboard alone", async () => {
    const { context, page } = await profile(setting);
    await page.goto("/auth/login?for=account");
    await page.keyboard.press("Tab");
    expect(await page.evaluate("document.activeElement.textContent.trim()")).toBe("Skip to content");
    await page.getByLabel("ClickUp personal API token").focus();
    await page.keyboard.type(SANDBOX.tokens.alice);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: /Hello/ }).waitFor();
    await page.getByRole("button", { name: "Sign out" }).focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(`${setting.stack.url}/`);
    await page.goto("/account");
    await page.getByRole("heading", { name: "Sign in to your account" }).waitFor();
    await context.close();
  });

  describe.each([
    { look: "light", dark: false, phone: false },
    { look: "dark", dark: true, phone: false },
    { look: "phone", dark: false, phone: true },
    { look: "phone-dark", dark: true, phone: true },
  ])("pages: $look", ({ look, dark, phone }) => {
    it("fit, obey their policy, and have a title, a heading and one main part", async () => {
      const { context, page, problems } = await profile(setting, { dark, phone });
      await page.goto("/");
      await shoot(page, `landing-${look}`);
      await page.goto("/auth/login");
      await shoot(page, `login-${look}`);
      const client = await waitingClient(setting.stack.url, "A client with quite a long name for a phone");
      await page.goto(client.authorizeUrl);
      await shoot(page, `consent-${look}`);
      expect(await fits(page)).toBe(true);
      client.close();
      await signIn(page);
      for (const path of [
        "/",
        "/account",
        "/account/plan",
        "/account/tokens",
        "/account/activity",
        "/account/settings",
        "/account/delete",
        "/auth/logout",
        "/nowhere",
      ]) {
        await page.goto(path);
        expect([path, await fits(page)]).toEqual([path, true]);
        expect(await page.locator("main").count()).toBe(1);
        expect(await page.locator("h1").count()).toBe(1);
        expect(await page.title()).not.toBe("");
        // The tabs stay on one line, whichever of them is the bold one.
        const rows = await page.evaluate(
          "new Set([...document.querySelectorAll('.tabs a')].map((tab) => tab.offsetTop)).size",
        );
        expect([path, rows]).toEqual([path, expect.toSatisfy((count) => Number(count) <= 1)]);
        await shoot(page, `${path.slice(1).replaceAll("/", "-") || "home"}-${look}`);
      }
      await page.goto("/account");
      const change = page.getByRole("link", { name: /^Change/ }).first();
      if ((await change.count()) > 0) {
        await change.click();
        await page.getByRole("heading", { name: "Stop it" }).waitFor();
        expect(await fits(page)).toBe(true);
        await shoot(page, `account-device-${look}`);
      }
      // The page that is not there is the one expected complaint.
      expect(problems.filter((text) => !text.includes("/nowhere"))).toEqual([]);
      await context.close();
    });
  });
});
