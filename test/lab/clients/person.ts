/**
 * The person in front of the client: a browser that opens what the client wants opened. Clients call `xdg-open`, or
 * what `BROWSER` names; both are a small program here that writes the address into a file. Each address is opened in a
 * fresh profile of Chromium and signed in with, up to the client's own page.
 */
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Browser, Page } from "playwright-core";

const LOOK_EVERY_MS = 100;
const STEP_MS = 20_000;

export class Person {
  readonly #browser: Browser;
  readonly #origin: string;
  readonly #asked: string;
  readonly #bin: string;
  /** What went wrong in front of the screen. */
  readonly problems: string[] = [];

  /** @param folder for the program and the file; @param origin of our server */
  constructor(browser: Browser, origin: string, folder: string) {
    this.#browser = browser;
    this.#origin = origin;
    this.#bin = join(folder, "bin");
    this.#asked = join(folder, "asked-to-open");
    mkdirSync(this.#bin, { recursive: true });
    writeFileSync(this.#asked, "");
    for (const name of ["xdg-open", "open", "sensible-browser", "www-browser", "x-www-browser"]) {
      const program = join(this.#bin, name);
      // Options go before the address.
      writeFileSync(program, `#!/bin/sh\nfor last; do :; done\nprintf '%s\\n' "$last" >> '${this.#asked}'\n`);
      chmodSync(program, 0o755);
    }
  }

  /** What a client's environment needs to reach the person. */
  environment(path: string): Record<string, string> {
    return {
      PATH: `${this.#bin}${delimiter}${path}`,
      BROWSER: join(this.#bin, "xdg-open"),
      ASKED_TO_OPEN: this.#asked,
      // Some clients ask no browser where there is no screen.
      DISPLAY: ":0",
    };
  }

  /** Opens what is asked for until `signal` aborts. */
  async watch(signal: AbortSignal): Promise<void> {
    let seen = 0;
    while (!signal.aborted) {
      const asked = existsSync(this.#asked) ? readFileSync(this.#asked, "utf8").split("\n") : [];
      const addresses = asked.filter((line) => line.startsWith("http"));
      for (; seen < addresses.length; seen++) {
        await this.#signIn(addresses[seen] ?? "").catch((error: unknown) => {
          this.problems.push(error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error));
        });
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  async #signIn(address: string): Promise<void> {
    const context = await this.#browser.newContext();
    const page = await context.newPage();
    page.setDefaultTimeout(STEP_MS);
    try {
      await page.goto(address);
      await page.getByRole("radio", { name: /^Read and write/ }).check();
      await page.getByRole("button", { name: "Continue with ClickUp" }).click();
      await page.getByRole("button", { name: "Connect" }).click();
      await page.getByRole("heading", { name: /One more choice/ }).waitFor();
      await page.getByRole("button", { name: "Connect" }).click();
      await this.#arrived(page);
    } catch (error) {
      const shown = (await page.innerText("body").catch(() => "")).replaceAll(/\s+/g, " ").slice(0, 300);
      throw new Error(
        `${error instanceof Error ? error.message.split("\n")[0] : ""} On ${page.url()}: ${shown}`,
        { cause: error },
      );
    } finally {
      await context.close();
    }
  }

  /** The client's page has been asked for and has answered. */
  async #arrived(page: Page): Promise<void> {
    await page.waitForURL((url) => url.origin !== this.#origin, { waitUntil: "load" });
  }
}
