/**
 * `npm run docs:screenshots`: pictures of our pages for docs/user-setup-guide.md, taken in Chromium from the whole stack on this
 * machine, on the way a person goes: connecting a client, the account, buying premium. Fails for one that is too large.
 */
import { mkdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { fits, hasChromium, start } from "../test/browser/chromium.ts";
import { call, waitingClient } from "../test/browser/mcp-client.ts";
import { OperatorError, runScript } from "./ops/operator-error.ts";

const FOLDER = join(import.meta.dirname, "..", "docs", "screenshots");
const WIDTH_PX = 860;
const LARGEST_BYTES = 120_000;

/** What a client does in the name of the person, so that there is something to see. */
const CALLS: readonly [tool: string, args: Record<string, unknown>][] = [
  ["clickup_workspace_hierarchy", { workspace: "Northwind Labs" }],
  ["clickup_space_get", { space: "Product" }],
  ["clickup_workspace_hierarchy", { workspace: "Northwind Labs" }],
  ["clickup_task_search", { query: "export" }],
];

const taken: { name: string; bytes: number }[] = [];

/** @param height_px of a page that goes on for long; the whole page, unless given */
async function shoot(page: Page, name: string, height_px?: number): Promise<void> {
  // Nothing is selected or under a pointer in a picture.
  await page.evaluate("document.activeElement?.blur()");
  if (!(await fits(page))) throw new Error(`${name} sticks out to the right`);
  const path = join(FOLDER, `${name}.png`);
  const clip = { x: 0, y: 0, width: WIDTH_PX, height: height_px ?? 0 };
  const part = height_px === undefined ? {} : { clip };
  await page.screenshot({ path, fullPage: true, animations: "disabled", ...part });
  const { size } = statSync(path);
  taken.push({ name, bytes: size });
}

/** Connects a client through ClickUp's page, with a choice of Workspaces. @returns its token */
async function connect(page: Page, origin: string): Promise<string> {
  const client = await waitingClient(origin, "Claude", "clickup:read clickup:write");
  try {
    await page.goto(client.authorizeUrl);
    await page.getByRole("radio", { name: /^Read and write/ }).check();
    await shoot(page, "consent");
    await page.getByRole("button", { name: "Continue with ClickUp" }).click();
    await page.getByRole("button", { name: "Connect" }).click();
    await page.getByRole("heading", { name: /One more choice/ }).waitFor();
    await page.getByLabel("Only some").check();
    await page.getByLabel("Side Project").uncheck();
    await shoot(page, "workspaces");
    await page.getByRole("button", { name: "Connect" }).click();
    const { access_token } = await client.redeem((await client.answered).get("code") ?? "");
    return access_token;
  } finally {
    client.close();
  }
}

async function account(page: Page): Promise<void> {
  await page.goto("/account");
  await shoot(page, "account");
  await page
    .getByRole("link", { name: /^Change/ })
    .first()
    .click();
  await page.getByRole("heading", { name: "Stop it" }).waitFor();
  await shoot(page, "device");
  for (const name of ["activity", "settings"]) {
    await page.goto(`/account/${name}`);
    await shoot(page, name);
  }
  await page.goto("/account/tokens");
  await page.getByRole("textbox", { name: "Name" }).fill("Nightly report");
  await page.getByLabel("Read only").check();
  await page.getByRole("button", { name: "Issue the token" }).click();
  await page.getByRole("button", { name: "Copy: the token" }).waitFor();
  await shoot(page, "token");
}

async function buy(page: Page): Promise<void> {
  await page.goto("/account/plan");
  await shoot(page, "plan", 1_000);
  await page.getByRole("button", { name: /a month$/ }).click();
  await page.getByRole("button", { name: /^(Pay|Subscribe)/ }).click();
  await page.getByText("Premium is active").waitFor();
  await shoot(page, "billing-return");
  await page.goto("/account/plan");
  await page.getByText("Invoices").click();
  await shoot(page, "plan-premium", 1_000);
}

await runScript(async () => {
  if (!hasChromium) throw new OperatorError("There is no Chromium; name one in the variable CHROMIUM.");
  mkdirSync(FOLDER, { recursive: true });
  const setting = await start();
  try {
    const { stack, browser } = setting;
    const context = await browser.newContext({
      baseURL: stack.url,
      colorScheme: "light",
      viewport: { width: WIDTH_PX, height: 300 },
    });
    const page = await context.newPage();
    await page.goto("/");
    await shoot(page, "landing", 1_130);
    await page.goto("/auth/login");
    await shoot(page, "login");
    const token = await connect(page, stack.url);
    await call(stack.url, token, "tools/list", {});
    for (const [name, args] of CALLS) await call(stack.url, token, "tools/call", { name, arguments: args });
    // The browser that connected a client is signed in.
    await account(page);
    await buy(page);
    await context.close();
  } finally {
    await setting.stop();
  }
  for (const { name, bytes } of taken) console.log(`${name.padEnd(16)} ${(bytes / 1000).toFixed(0)} KB`);
  const large = taken.filter(({ bytes }) => bytes > LARGEST_BYTES).map(({ name }) => name);
  if (large.length > 0)
    throw new OperatorError(`Larger than ${LARGEST_BYTES / 1000} KB: ${large.join(", ")}`);
});
