/**
 * X1: the official Stripe CLI's `trigger`, through the Stripe sandbox and its signed webhooks, into the Worker as
 * `npm start` runs it, to the tier a client sees. Runs where @stripe/cli-linux-x64 is installed.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FormBrowser } from "../../../scripts/form-browser.ts";
import { freePort } from "../../../scripts/ports.ts";
import { startStack, type Stack } from "../../../scripts/stack.ts";
import { TRIGGERED_EVENTS } from "../../contract/stripe-trigger-events.ts";
import { SANDBOX } from "../../sandbox/clickup/facts.ts";
import { STRIPE_SANDBOX } from "../../sandbox/stripe/facts.ts";

const CLI = process.env["STRIPE_CLI"] ?? join(process.cwd(), "node_modules/@stripe/cli-linux-x64/bin/stripe");
const START_MS = 120_000;

describe.skipIf(!existsSync(CLI))("X1 stripe trigger (needs @stripe/cli-linux-x64 or STRIPE_CLI)", () => {
  const dataDir = mkdtempSync(join(tmpdir(), "clickup-mcp-trigger-"));
  let stack: Stack | undefined;
  let token = "";

  beforeAll(async () => {
    stack = await startStack({ port: await freePort(18_887), dataDir, clickup: "sandbox" });
    const browser = new FormBrowser();
    const form = await browser.open(`${stack.url}/auth/login`);
    const fields = { api_key: SANDBOX.tokens.alice, access: "write", lifetime: "standard" };
    const { html } = await browser.submit(form, fields, "token");
    token = /eyJ[\w-]+\.[\w-]+\.[\w-]+/.exec(html)?.[0] ?? "";
  }, START_MS);

  afterAll(async () => {
    await stack?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  /** The address of the Stripe sandbox as the CLI takes it: it refuses the name localhost. */
  const stripe = (): string => (stack?.stripe?.url ?? "").replace("localhost", "127.0.0.1");

  async function trigger(event: string, options: string[] = []): Promise<void> {
    const args = [
      "trigger",
      event,
      "--api-key",
      STRIPE_SANDBOX.secretKey,
      "--api-base",
      stripe(),
      ...options,
    ];
    // Its telemetry leaves the machine, and panics now and then while the CLI ends.
    const env = { ...process.env, HOME: dataDir, STRIPE_CLI_TELEMETRY_OPTOUT: "1" };
    await promisify(execFile)(CLI, args, { env, timeout: 60_000 });
  }

  async function tools(): Promise<number> {
    const response = await fetch(`${stack?.url ?? ""}/mcp`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
    });
    const { result } = (await response.json()) as { result: { tools: unknown[] } };
    return result.tools.length;
  }

  /** Webhooks that the Worker has not accepted yet. */
  async function pending(): Promise<number> {
    const health = (await (await fetch(`${stripe()}/__sandbox/health`)).json()) as { pending: number };
    return health.pending;
  }

  test("a subscription to our price for our user is premium", { timeout: START_MS }, async () => {
    expect(await tools()).toBe(7);
    const [, payload = ""] = token.split(".");
    const { sub } = JSON.parse(Buffer.from(payload, "base64url").toString()) as { sub: string };
    // Its own price is removed: an override of one inside a list is sent beside it, in an order of chance.
    await trigger("customer.subscription.created", [
      "--add",
      `customer:metadata[user_id]=${sub}`,
      "--remove",
      "subscription:items",
      "--add",
      `subscription:items[0][price]=${STRIPE_SANDBOX.priceMonthlyId}`,
    ]);
    await expect.poll(tools, { timeout: 15_000, interval: 500 }).toBe(72);
  });

  test(
    "every event is accepted, and those of other customers change nothing",
    { timeout: START_MS },
    async () => {
      for (const event of TRIGGERED_EVENTS) await trigger(event);
      await expect.poll(pending, { timeout: 20_000, interval: 500 }).toBe(0);
      expect(await tools()).toBe(72);
    },
  );
});
