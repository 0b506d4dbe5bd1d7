/** What axe-core finds wrong with a page, in every look a person may have. */
import axe from "axe-core";
import type { Page } from "playwright-core";
import { fits } from "./chromium.ts";

const LOOKS = ["light", "dark"].flatMap((colorScheme) =>
  [
    { width: 1280, height: 900 },
    { width: 360, height: 740 },
  ].map((size) => ({
    name: `${colorScheme} ${size.width}`,
    colorScheme: colorScheme as "light" | "dark",
    size,
  })),
);

/** All of axe's rules, those of best practice and the experimental one on names beside labels included. */
const OPTIONS: axe.RunOptions = {
  resultTypes: ["violations"],
  rules: { "label-content-name-mismatch": { enabled: true } },
};

/**
 * Looks at the page as it is, and again with every disclosure open and every copy button pressed, each time in light and
 * dark, on a desktop and on a phone.
 * @param look called in each look, e.g. to take a picture
 * @returns one line for each fault: page, look, rule, element
 */
export async function faultsOf(
  page: Page,
  name: string,
  look: (name: string) => Promise<void> = async () => undefined,
): Promise<string[]> {
  const faults = await inEveryLook(page, name, look);
  const clicked = await page.evaluate(`(() => {
    let count = 0;
    for (const details of document.querySelectorAll("details:not([open])")) { details.open = true; count++; }
    for (const button of document.querySelectorAll("button[data-copy]")) { button.click(); count++; }
    return count;
  })()`);
  if (clicked === 0) return faults;
  return [...faults, ...(await inEveryLook(page, `${name}, clicked`, look))];
}

async function inEveryLook(
  page: Page,
  name: string,
  look: (name: string) => Promise<void>,
): Promise<string[]> {
  const faults: string[] = [];
  for (const { name: how, colorScheme, size } of LOOKS) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await page.setViewportSize(size);
    const at = `${name} (${how})`;
    if (!(await fits(page))) faults.push(`${at}: sticks out to the right`);
    // Evaluated by the debugger, which the page's policy does not bind.
    await page.evaluate(`if (window.axe === undefined) { ${axe.source} }`);
    const { violations } = await page.evaluate<axe.AxeResults>(
      `window.axe.run(document, ${JSON.stringify(OPTIONS)})`,
    );
    for (const { id, nodes } of violations) {
      faults.push(...nodes.map((node) => `${at}: ${id} at ${node.target.join(" ")}: ${node.failureSummary}`));
    }
    await look(at);
  }
  return faults;
}
