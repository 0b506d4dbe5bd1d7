/**
 * The official Stripe CLI's `trigger` against the sandbox over HTTP. It runs where @stripe/cli-linux-x64 is
 * installed beside the other packages, or where STRIPE_CLI names the program; it is skipped elsewhere.
 */
import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { serve, type ServerType } from "@hono/node-server";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createStripeSandbox, type StripeSandbox } from "../sandbox/stripe/index.ts";
import { TRIGGERED_EVENTS } from "./stripe-trigger-events.ts";
import { createTypeValidator, type TypeValidator } from "./stripe-types.ts";

const program =
  process.env.STRIPE_CLI ?? join(process.cwd(), "node_modules/@stripe/cli-linux-x64/bin/stripe");
const installed = existsSync(program);
if (!installed) {
  console.warn(
    "The Stripe CLI is not installed (@stripe/cli-linux-x64 or STRIPE_CLI): its events are skipped.",
  );
}

/** More of the CLI's events that the sandbox's objects can have. */
const MORE = [
  "billing_portal.configuration.created",
  "billing_portal.configuration.updated",
  "billing_portal.session.created",
  "charge.dispute.updated",
  "charge.failed",
  "charge.refund.updated",
  "charge.succeeded",
  "coupon.created",
  "coupon.deleted",
  "coupon.updated",
  "invoice.created",
  "invoice.deleted",
  "invoice.finalized",
  "invoice.payment_succeeded",
  "invoice.sent",
  "invoice.updated",
  "invoice.voided",
  "invoiceitem.created",
  "invoiceitem.deleted",
  "payment_intent.created",
  "payment_intent.payment_failed",
  "payment_intent.requires_action",
  "payment_intent.succeeded",
  "payment_method.attached",
  "payment_method.detached",
  "price.created",
  "price.updated",
  "product.created",
  "product.deleted",
  "product.updated",
  "promotion_code.created",
  "promotion_code.updated",
  "subscription.payment_failed",
  "subscription.payment_succeeded",
];

/** The CLI's own names, and the event that comes of them. */
const ALIASES: Record<string, string> = {
  "subscription.payment_failed": "invoice.payment_failed",
  "subscription.payment_succeeded": "invoice.payment_succeeded",
};

describe.skipIf(!installed)("the Stripe CLI (needs @stripe/cli-linux-x64 or STRIPE_CLI)", () => {
  let sandbox: StripeSandbox;
  let server: ServerType;
  let base = "";
  let home = "";
  let validator: TypeValidator;

  beforeAll(async () => {
    home = mkdtempSync(join(tmpdir(), "stripe-cli-"));
    validator = createTypeValidator();
    sandbox = createStripeSandbox({ anyTestKey: true });
    await new Promise<void>((resolve) => {
      server = serve(
        { fetch: (request: Request) => sandbox.fetch(request), port: 0, hostname: "127.0.0.1" },
        ({ port }) => {
          base = `http://127.0.0.1:${port}`;
          resolve();
        },
      );
    });
  });

  afterAll(async () => {
    validator.close();
    rmSync(home, { recursive: true, force: true });
    await new Promise((resolve) => server.close(resolve));
  });

  it.each([...TRIGGERED_EVENTS, ...MORE])("triggers %s", async (event) => {
    const type = ALIASES[event] ?? event;
    const before = new Set(Object.keys(sandbox.state.test.events));
    await promisify(execFile)(
      program,
      ["trigger", event, "--api-key", "sk_test_sandboxSandboxSandbox", "--api-base", base],
      {
        env: { ...process.env, HOME: home, XDG_CONFIG_HOME: home, STRIPE_CLI_TELEMETRY_OPTOUT: "1" },
        timeout: 15_000,
      },
    );
    const fresh = Object.values(sandbox.state.test.events).filter((one) => !before.has(one.id));
    expect(fresh.map((one) => one.type as string)).toContain(type);
    expect(fresh.flatMap((one) => validator.check(one))).toEqual([]);
  });
});
