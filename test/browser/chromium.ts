/** Headless Chromium against the whole stack on this machine. Without Chromium the journeys are skipped, and say so. */
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium, type Browser, type BrowserContext, type Page } from "playwright-core";
import type { Stack } from "../../scripts/stack.ts";
import { endStack, freshStack } from "./fresh-stack.ts";

const EXECUTABLE = process.env["CHROMIUM"] ?? "/usr/bin/chromium";
const SCREENSHOTS = join(import.meta.dirname, "..", "..", "screenshots");

export const hasChromium = existsSync(EXECUTABLE);

export interface Setting {
  stack: Stack;
  browser: Browser;
  stop(): Promise<void>;
}

/** A browser without a window. */
export function launch(): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** Starts the stack with fresh data on a free port, and Chromium. */
export async function start(): Promise<Setting> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  const stack = await freshStack();
  const browser = await launch();
  return {
    stack,
    browser,
    async stop() {
      await browser.close();
      await endStack(stack);
    },
  };
}

/** A fresh profile. `problems` collects what the page's console and policy complain about. */
export async function profile(
  { stack, browser }: Setting,
  options: { dark?: boolean; phone?: boolean; scripts?: boolean } = {},
): Promise<{ context: BrowserContext; page: Page; problems: string[] }> {
  const context = await browser.newContext({
    baseURL: stack.url,
    colorScheme: options.dark === true ? "dark" : "light",
    viewport: options.phone === true ? { width: 360, height: 740 } : { width: 1280, height: 900 },
    javaScriptEnabled: options.scripts ?? true,
  });
  const page = await context.newPage();
  const problems: string[] = [];
  page.on("console", (message) => {
    // ClickUp's stand-in is another origin, and has no icon.
    if (message.type() === "error" && page.url().startsWith(`${stack.url}/`))
      problems.push(`${page.url()}: ${message.text()}`);
  });
  page.on("pageerror", (error) => problems.push(`${page.url()}: ${error.message}`));
  return { context, page, problems };
}

/** Saves the whole page under `screenshots/`, which git ignores. */
export async function shoot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
}

/** True when nothing sticks out to the right. */
export function fits(page: Page): Promise<boolean> {
  return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth");
}
