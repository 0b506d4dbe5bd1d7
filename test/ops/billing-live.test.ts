/**
 * X3: the scenarios that `npm run billing:live` plays against a real Stripe account in test mode. Here they are played
 * against the Stripe sandbox over HTTP, and against the real account where STRIPE_TEST_KEY names one.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runLive } from "../../scripts/live/run.ts";
import { scenarios } from "../../scripts/live/scenarios.ts";
import { freePort } from "../../scripts/ports.ts";
import { startStripeSandbox } from "../../scripts/sandbox-server.ts";
import { STRIPE_SANDBOX } from "../sandbox/stripe/facts.ts";
import { Workbench } from "./workbench.ts";

const LIVE_MS = 15 * 60_000;
const key = process.env["STRIPE_TEST_KEY"] ?? "";
const newDir = () => mkdtempSync(join(tmpdir(), "clickup-mcp-live-"));

describe("X3 the same scenarios against any Stripe account", () => {
  test("the sandbox over HTTP: each holds, none is left out", { timeout: 180_000 }, async () => {
    const dataDir = newDir();
    const file = join(dataDir, "stripe.json");
    const sandbox = await startStripeSandbox(await freePort(18_970), file, undefined, "empty");
    const lines: string[] = [];
    try {
      const account = { key: STRIPE_SANDBOX.secretKey, apiUrl: sandbox.url };
      const outcome = await runLive(account, dataDir, (line) => lines.push(line));
      expect(lines.filter((line) => !line.startsWith("✓"))).toEqual([]);
      expect(outcome).toMatchObject({ failed: [], skipped: [], passed: scenarios().length + 1 });
      expect(outcome.webhook.events).toBeGreaterThan(50);
      const left: { test: { customers: object; tombstones: object } } = await (
        await fetch(`${sandbox.url}/__sandbox/snapshot`)
      ).json();
      expect([Object.keys(left.test.customers), Object.keys(left.test.tombstones).length > 1]).toEqual([
        [],
        true,
      ]);
    } finally {
      await sandbox.stop();
    }
  });

  test.skipIf(key === "")("the account of STRIPE_TEST_KEY", { timeout: LIVE_MS }, async () => {
    const account = { key, apiUrl: process.env["STRIPE_API_URL"] };
    const outcome = await runLive(account, newDir(), (line) => console.log(line));
    expect(outcome.failed).toEqual([]);
  });

  test("a live key is refused before anything is asked; without a key nothing is tried", async () => {
    const account = { key: "sk_live_x", apiUrl: "http://127.0.0.1:9" };
    await expect(runLive(account, newDir(), () => undefined)).rejects.toThrow("test mode");
    const bench = new Workbench();
    try {
      const none = await bench.run("../billing-live", [], { STRIPE_TEST_KEY: "" });
      expect(none).toMatchObject({ status: 0, output: expect.stringContaining("nothing was tried") });
      const live = await bench.run("../billing-live", [], { STRIPE_TEST_KEY: "sk_live_x" });
      expect(live).toMatchObject({ status: 1, output: expect.stringContaining("test mode") });
    } finally {
      bench.remove();
    }
  });
});
