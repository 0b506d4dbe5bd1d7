/** Every page, in light and dark, on a desktop and on a phone, before and after clicks: axe finds nothing. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { SANDBOX } from "../sandbox/clickup/facts.ts";
import { faultsOf } from "./accessible.ts";
import { hasChromium, profile, shoot, start, type Setting } from "./chromium.ts";
import { call, waitingClient } from "./mcp-client.ts";

/** Pictures of every look under `screenshots/`, for who changes a page. */
const PICTURES = process.env["PAGE_PICTURES"] === "1";
const LONG_MS = 400_000;

describe.skipIf(!hasChromium)("axe (needs /usr/bin/chromium or CHROMIUM)", () => {
  let setting: Setting;

  beforeAll(async () => {
    setting = await start();
  });
  afterAll(async () => {
    await setting.stop();
  });

  /** @returns what is wrong with the page, named by `name` or its path */
  function look(page: Page, name = new URL(page.url()).pathname): Promise<string[]> {
    return faultsOf(page, name, async (at) => {
      if (PICTURES) await shoot(page, `axe-${at.replaceAll(/\W+/g, "-")}`);
    });
  }

  async function open(page: Page, path: string): Promise<string[]> {
    await page.goto(path);
    return look(page);
  }

  async function signIn(page: Page, token: string): Promise<void> {
    await page.goto("/account");
    await page.getByLabel("ClickUp personal API token").fill(token);
    await page.getByRole("button", { name: "Sign in with this token" }).click();
    await page.getByRole("heading", { level: 1, name: /Hello/ }).waitFor();
  }

  it(
    "before a sign-in: the start page, the two sign-ins, and the way of a client with every refusal on it",
    async () => {
      const { context, page } = await profile(setting);
      expect(await open(page, "/")).toEqual([]);
      expect(await open(page, "/nowhere")).toEqual([]);
      expect(await open(page, "/auth/login?for=account")).toEqual([]);
      expect(await open(page, "/auth/login")).toEqual([]);
      await page.getByLabel("ClickUp personal API token").fill("pk_1_WRONG");
      await page.getByRole("button", { name: "Sign in with this token" }).click();
      expect(await look(page, "a wrong token")).toEqual([]);
      expect(await open(page, "/billing/cancel")).toEqual([]);
      const client = await waitingClient(setting.stack.url, "A client with quite a long name for a phone");
      await page.goto(client.authorizeUrl);
      expect(await look(page, "consent")).toEqual([]);
      await page.getByRole("group", { name: "Which tools?" }).getByLabel("Only some").check();
      expect(await look(page, "consent with choices")).toEqual([]);
      await page.getByRole("radio", { name: /^Read only/ }).check();
      await page.getByRole("button", { name: "Use a personal API token" }).click();
      await page.getByRole("heading", { name: "Sign in with a personal token" }).waitFor();
      expect(await look(page, "a client's token form")).toEqual([]);
      await page.getByLabel("ClickUp personal API token").fill(SANDBOX.tokens.alice);
      await page.getByRole("button", { name: "Connect" }).click();
      await page.getByRole("heading", { name: /One more choice/ }).waitFor();
      await page.getByLabel("Only some").check();
      expect(await look(page, "workspaces")).toEqual([]);
      client.close();
      await context.close();
    },
    LONG_MS,
  );

  it(
    "on the account: new, in use, buying, paying, and at its end",
    async () => {
      const { context, page } = await profile(setting);
      await signIn(page, SANDBOX.tokens.bob);
      expect(await look(page, "a new account")).toEqual([]);
      for (const path of ["plan", "tokens", "activity", "settings"])
        expect(await open(page, `/account/${path}`)).toEqual([]);
      await page.goto("/account/tokens");
      await page.getByRole("textbox", { name: "Name" }).fill("Laptop");
      await page.getByRole("radio", { name: /^Read and write/ }).check();
      await page.getByRole("button", { name: "Issue the token" }).click();
      const token = (await page.locator("#token").inputValue()).trim();
      expect(await look(page, "a token, once")).toEqual([]);
      for (let i = 0; i < 3; i++) {
        await call(setting.stack.url, token, "tools/call", {
          name: "clickup_workspace_hierarchy",
          arguments: {},
        });
        await call(setting.stack.url, token, "logging/setLevel", { level: "info" });
      }
      expect(await open(page, "/account")).toEqual([]);
      expect(await open(page, "/account/activity?show=all")).toEqual([]);
      await page.goto("/account");
      await page.getByRole("link", { name: "Change Laptop" }).click();
      await page.getByRole("heading", { name: "Stop it" }).waitFor();
      expect(await look(page, "a device")).toEqual([]);
      await page.getByRole("button", { name: "Stop Laptop" }).click();
      await page.getByText("Laptop is stopped.").waitFor();
      expect(await look(page, "stopped")).toEqual([]);
      expect(await open(page, "/auth/logout")).toEqual([]);

      await page.goto("/account/plan");
      await page.getByRole("button", { name: /a month$/ }).click();
      await page.getByRole("button", { name: /^(Pay|Subscribe)/ }).click();
      await page.getByText("Premium is active").waitFor();
      expect(await look(page, "paid")).toEqual([]);
      expect(await open(page, "/account/plan")).toEqual([]);
      expect(await open(page, "/account/delete")).toEqual([]);
      await page.getByLabel(/to confirm/).fill("no");
      await page.getByRole("button", { name: "Delete everything" }).click();
      expect(await look(page, "not deleted")).toEqual([]);
      await page.getByLabel(/to confirm/).fill("delete my data");
      await page.getByRole("button", { name: "Delete everything" }).click();
      await page.getByRole("heading", { name: "Your data is deleted" }).waitFor();
      await page.getByText("Your subscription has ended").waitFor();
      expect(await look(page, "deleted")).toEqual([]);
      await context.close();
    },
    LONG_MS,
  );
});
