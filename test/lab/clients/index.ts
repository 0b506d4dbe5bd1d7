/**
 * `npm run clients`: real clients and SDKs from npm against the whole stack on this machine. Each is signed in through
 * Chromium as a person does it, lists the tools, reads once, writes once and renews its token. Prints the table that
 * docs/clients.md shows.
 *
 *   --short        the few that run in CI
 *   --only NAME    this one (may be repeated; a part of a name is enough)
 *   --docs         write the table into docs/clients.md
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { freePort } from "../../../scripts/ports.ts";
import { startStack } from "../../../scripts/stack.ts";
import { hasChromium, launch } from "../../browser/chromium.ts";
import { drive, type Driven } from "./drive.ts";
import { install } from "./install.ts";
import { CLIENTS } from "./list.ts";
import { Person } from "./person.ts";
import { table, writeTable } from "./table.ts";

const { values: options } = parseArgs({
  options: {
    short: { type: "boolean", default: false },
    only: { type: "string", multiple: true, default: [] },
    docs: { type: "boolean", default: false },
  },
});

async function main(): Promise<void> {
  if (options.docs && (options.short || options.only.length > 0)) {
    throw new Error("--docs writes the table of all clients: leave out --short and --only.");
  }
  if (!hasChromium) {
    console.log("No client was driven: signing in needs Chromium.");
    return;
  }
  const chosen = CLIENTS.filter(
    (client) =>
      (!options.short || client.short === true) &&
      (options.only.length === 0 || options.only.some((part) => client.name.includes(part))),
  );
  const dataDir = mkdtempSync(join(tmpdir(), "clickup-mcp-clients-"));
  const browser = await launch();
  const stack = await startStack({
    port: await freePort(18_484),
    dataDir,
    clickup: "sandbox",
    // All are the same person's.
    vars: { FREE_REQUESTS_PER_MINUTE: "10000" },
  });
  const driven: Driven[] = [];
  const over = new AbortController();
  const person = new Person(browser, stack.url, dataDir);
  const watching = person.watch(over.signal);
  try {
    for (const client of chosen) {
      const folder = install(client);
      const result = await drive(client, folder, stack.url, person);
      driven.push(result);
      console.log(`${result.failed === undefined ? "ok    " : "FAILED"} ${client.name}`);
      if (result.failed !== undefined) console.log(result.failed);
      for (const problem of person.problems.splice(0)) console.log(`  in the browser: ${problem}`);
    }
  } finally {
    over.abort();
    await watching;
    await stack.stop();
    await browser.close();
    rmSync(dataDir, { recursive: true, force: true });
  }
  console.log(`\n${table(driven)}`);
  if (options.docs) writeTable(table(driven));
  if (driven.some(({ failed }) => failed !== undefined)) process.exitCode = 1;
}

await main();
