import { cloudflareTest } from "@cloudflare/vitest-pool-workers";
import { defineConfig } from "vitest/config";
import { STRIPE_SANDBOX } from "./test/sandbox/stripe/facts.ts";

/** Secrets of the test run only; every real environment generates its own. */
const testSecrets = {
  ENCRYPTION_KEY: "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=",
  // What sealed credentials before ENCRYPTION_KEY.
  ENCRYPTION_KEYS_PREVIOUS: "dGhlIHByZXZpb3VzIGtleSwgb2YgdGhlIHRlc3QgcnU=",
  JWT_SECRET: "test-jwt-secret-of-at-least-32-bytes!",
  CLICKUP_CLIENT_ID: "sandbox-client",
  CLICKUP_CLIENT_SECRET: "sandbox-secret",
  PUBLIC_URL: "https://mcp.test",
  CLICKUP_API_URL: "https://api.clickup.test/api",
  CLICKUP_AUTH_URL: "https://app.clickup.test/api",
  STRIPE_API_URL: "https://api.stripe.test",
  STRIPE_SECRET_KEY: STRIPE_SANDBOX.secretKey,
  STRIPE_WEBHOOK_SECRET: `${STRIPE_SANDBOX.webhookSecret}\n, whsec_second`,
  STRIPE_PRICE_ID: STRIPE_SANDBOX.priceMonthlyId,
  // How many lives of customers test/billing/lives.test.ts lives, and of objects test/faults/model.test.ts; what test/fuzz tries.
  ...named(
    "BILLING_LIVES",
    "BILLING_LIVES_FROM",
    "FAULT_RUNS",
    "FAULT_SEED",
    "FUZZ_RUNS",
    "FUZZ_SEED",
    "FUZZ_CASE",
  ),
};

/** Variables of the environment that are set. */
function named(...names: string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

export default defineConfig({
  test: {
    // What code logs matters where a test fails.
    silent: "passed-only",
    reporters: ["default", "./test/support/left-out.ts"],
    projects: [
      {
        test: {
          name: "node",
          // Uint8Array.toHex: workerd has it, Node from 25 on without being asked.
          execArgv: ["--js-base-64"],
          include: ["test/{repo,tools,sandbox,contract,scripts,lab}/**/*.test.ts", "test/**/*.node.test.ts"],
          setupFiles: ["test/support/seed.ts"],
          testTimeout: 20_000,
        },
      },
      {
        plugins: [
          cloudflareTest({
            // The Worker behind a watch for secrets.
            main: "./test/support/watched-worker.ts",
            wrangler: { configPath: "./wrangler.jsonc" },
            miniflare: {
              bindings: testSecrets,
              // Nothing leaves the machine: the sandboxes answer inside the test's isolate.
              outboundService(request: Request) {
                return new Response(`blocked outbound request to ${new URL(request.url).host}`, {
                  status: 599,
                }) as never;
              },
            },
          }),
        ],
        test: {
          name: "workerd",
          include: ["test/{objects,worker,billing,faults,upgrade,fuzz}/**/*.test.ts"],
          exclude: ["**/*.node.test.ts"],
          setupFiles: ["test/support/seed.ts", "test/support/outside.ts", "test/support/canary.ts"],
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.test.ts"],
          // One stack and one Chromium at a time.
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 150_000,
        },
      },
    ],
  },
});
