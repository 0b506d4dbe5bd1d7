/**
 * X3: the scenarios that `npm run billing:live` plays against a real Stripe account in test mode. Here they are played
 * against the Stripe sandbox over HTTP, and against the real account where STRIPE_TEST_KEY names one.
 */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { runLive } from "../../lab/live/run.ts";
import { scenarios } from "../../lab/live/scenarios.ts";
import { Workbench } from "./workbench.ts";

const LIVE_MS = 15 * 60_000;
const key = process.env["STRIPE_TEST_KEY"] ?? "";
/** Removed with the server that used it. */
const dataDir = join(tmpdir(), `clickup-mcp-live-${process.pid}`);

describe("X3 the same scenarios against any Stripe account", () => {
  test("the sandbox over HTTP: each holds, none is left out", { timeout: 180_000 }, async () => {
    const bench = new Workbench();
    try {
      const { status, output } = await bench.run("../../test/lab/live/index", ["--sandbox"], {
        PATH: process.env["PATH"] ?? "",
      });
      const lines = output.split("\n");
      expect(lines.filter((line) => /^[✗-] /.test(line))).toEqual([]);
      // With the setting up before and the removal after them.
      expect(lines.filter((line) => line.startsWith("✓"))).toHaveLength(scenarios().length + 2);
      expect(output).toMatch(/ passed, 0 failed, 0 could not be tried, against the sandbox/);
      expect(output).toMatch(/Webhook answered in \d+ ms at the median .* \(\d{2,} events\)/);
      expect(status).toBe(0);
    } finally {
      bench.remove();
    }
  });

  test.skipIf(key === "")("a real account (needs STRIPE_TEST_KEY)", { timeout: LIVE_MS }, async () => {
    const account = { key, apiUrl: process.env["STRIPE_API_URL"] };
    const outcome = await runLive(account, dataDir, (line) => console.log(line));
    expect(outcome.failed).toEqual([]);
  });

  test("a live key is refused before anything is asked; without a key nothing is tried", async () => {
    const account = { key: "sk_live_x", apiUrl: "http://127.0.0.1:9" };
    await expect(runLive(account, dataDir, () => undefined)).rejects.toThrow("test mode");
    const bench = new Workbench();
    try {
      const none = await bench.run("../../test/lab/live/index", [], { STRIPE_TEST_KEY: "" });
      expect(none).toMatchObject({ status: 0, output: expect.stringContaining("nothing was tried") });
      const live = await bench.run("../../test/lab/live/index", [], { STRIPE_TEST_KEY: "sk_live_x" });
      expect(live).toMatchObject({ status: 1, output: expect.stringContaining("test mode") });
    } finally {
      bench.remove();
    }
  });
});
