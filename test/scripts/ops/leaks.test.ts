/** Signing in, calls and an operator's look leave no secret in the Worker's log and in no file of the local stack. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FormBrowser } from "../../../scripts/form-browser.ts";
import { freePort } from "../../../scripts/ports.ts";
import { scanForSecrets } from "../../../scripts/secret-scan.ts";
import { startStack, type Stack } from "../../../scripts/stack.ts";
import { SANDBOX } from "../../sandbox/clickup/facts.ts";
import { Workbench } from "./workbench.ts";

const dir = mkdtempSync(join(tmpdir(), "clickup-mcp-leaks-"));
// Where `wrangler dev` processes find each other: only those of this test.
const registry = { WRANGLER_REGISTRY_PATH: join(dir, "registry") };
const bench = new Workbench();
const log: string[] = [];
let stack: Stack;

beforeAll(async () => {
  process.env["WRANGLER_REGISTRY_PATH"] = registry.WRANGLER_REGISTRY_PATH;
  stack = await startStack({
    port: await freePort(8850),
    dataDir: join(dir, "data"),
    clickup: "sandbox",
    onLog: (line) => log.push(line),
  });
}, 120_000);

afterAll(async () => {
  await stack?.stop();
  bench.remove();
  rmSync(dir, { recursive: true, force: true });
}, 20_000);

test("no secret stands in the Worker's log or in its files", { timeout: 120_000 }, async () => {
  const browser = new FormBrowser();
  const form = await browser.open(`${stack.url}/auth/login`);
  const fields = { api_key: SANDBOX.tokens.alice, access: "write", lifetime: "standard" };
  const { html } = await browser.submit(form, fields, "token");
  const token = /eyJ[\w-]+\.[\w-]+\.[\w-]+/.exec(html)?.[0] ?? "";
  const { sub: userId } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString()) as {
    sub: string;
  };
  const call = { name: "clickup_space_get", arguments: { space: "Product" } };
  for (const [method, params] of [
    ["tools/list", undefined],
    ["tools/call", call],
    ["tools/call", { name: "clickup_space_get", arguments: { space: token } }],
  ] as const) {
    const answer = await fetch(`${stack.url}/mcp`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    expect(answer.status).toBe(200);
  }
  const flushed = await bench.run("admin", ["flush", userId], registry);
  expect(flushed.status).toBe(0);
  const secrets = [token, SANDBOX.tokens.alice];
  const { found, files } = scanForSecrets(stack, log, secrets);
  expect(found).toEqual([]);
  expect(files).toBeGreaterThan(3);
  expect(log.join("\n")).toContain('"event":"request"');
  // The scan sees one that is there: the user's id is in the database.
  expect(scanForSecrets(stack, [`x ${token}`], [...secrets, userId]).found).toEqual(
    expect.arrayContaining(["log line 1", expect.stringContaining("sqlite")]),
  );
});
