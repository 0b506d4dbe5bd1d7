/** The operator's commands and the smoke test against the whole stack on this machine, as `npm start` runs it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { FormBrowser } from "../../scripts/form-browser.ts";
import { freePort } from "../../scripts/ports.ts";
import { scanForSecrets } from "../../scripts/secret-scan.ts";
import { startStack, type Stack } from "../../scripts/stack.ts";
import { SANDBOX } from "../sandbox/clickup/facts.ts";
import { Workbench } from "./workbench.ts";

const START_MS = 120_000;
const dir = mkdtempSync(join(tmpdir(), "clickup-mcp-running-"));
// Where `wrangler dev` processes find each other: only those of this test.
const registry = { WRANGLER_REGISTRY_PATH: join(dir, "registry") };
const bench = new Workbench();
let stack: Stack;
let token = "";
const log: string[] = [];

beforeAll(async () => {
  process.env["WRANGLER_REGISTRY_PATH"] = registry.WRANGLER_REGISTRY_PATH;
  stack = await startStack({
    port: await freePort(8850),
    dataDir: join(dir, "data"),
    clickup: "sandbox",
    onLog: (line) => log.push(line),
  });
  const browser = new FormBrowser();
  const form = await browser.open(`${stack.url}/auth/login`);
  const fields = { api_key: SANDBOX.tokens.alice, access: "write", lifetime: "standard" };
  const { html } = await browser.submit(form, fields, "token");
  token = /eyJ[\w-]+\.[\w-]+\.[\w-]+/.exec(html)?.[0] ?? "";
}, START_MS);

afterAll(async () => {
  await stack?.stop();
  bench.remove();
  rmSync(dir, { recursive: true, force: true });
}, 20_000);

test("smoke, a tick a line, with the limit and the record", { timeout: START_MS }, async () => {
  expect(token).not.toBe("");
  const args = ["--url", stack.url, "--token", token, "--limit", "--audit"];
  const { status, output } = await bench.run("smoke", args, registry);
  expect(output).toContain("All steps passed");
  expect(status).toBe(0);
  expect(output.match(/✓/g)).toHaveLength(12);
  expect(output).toMatch(/request 101 of the minute answered 429/);
  expect(output).toMatch(/events in \d+ objects, chain whole/);
  expect(output).not.toContain(token);
});

test("admin finds the user, shows and stops them", { timeout: START_MS }, async () => {
  const list = await bench.run("admin", ["users", "--json"], registry);
  const { users } = JSON.parse(list.output) as { users: { userId: string }[] };
  expect(users).toHaveLength(1);
  const user = users[0]?.userId ?? "";
  const seen = await bench.run("admin", ["inspect", user], registry);
  expect(seen).toMatchObject({ status: 0, output: expect.stringContaining("Alice Andersson") });
  const revoked = await bench.run("admin", ["revoke", user, "--device", "all"], registry);
  expect(revoked.status).toBe(0);
  const refused = await fetch(`${stack.url}/mcp`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
  });
  expect(refused.status).toBe(401);
  const nobody = await bench.run("admin", ["inspect", "nobody@example.com"], registry);
  expect(nobody).toMatchObject({ status: 1, output: expect.stringContaining("There is no user") });
  const doctor = await bench.run("doctor", ["--env", "development", "--url", stack.url], registry);
  expect(doctor.output).toContain("is in order");
});

test("without a server it says how to start one", { timeout: 60_000 }, async () => {
  const run = await bench.run("admin", ["users"], { WRANGLER_REGISTRY_PATH: join(dir, "empty") });
  expect(run).toMatchObject({ status: 1, output: expect.stringContaining("npm start") });
});

test("after all that no secret stands in the Worker's log or in its files", () => {
  const secrets = [token, SANDBOX.tokens.alice];
  const { found, files } = scanForSecrets(stack, log, secrets);
  expect(found).toEqual([]);
  expect(files).toBeGreaterThan(3);
  expect(log.join("\n")).toContain('"event":"request"');
  // The scan sees one that is there: the user's id is in the database.
  const userId = JSON.parse(atob(token.split(".")[1]!.replaceAll("-", "+").replaceAll("_", "/")))
    .sub as string;
  expect(scanForSecrets(stack, [`x ${token}`], [...secrets, userId]).found).toEqual(
    expect.arrayContaining(["log line 1", expect.stringContaining("sqlite")]),
  );
});
