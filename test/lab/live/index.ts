/**
 * `npm run billing:live`: the scenarios of billing against a real Stripe account in test mode, whose key is in
 * STRIPE_TEST_KEY. Without one it says so and does nothing. `-- --sandbox` takes the Stripe sandbox instead, over HTTP,
 * `--stripe-ms 300` with each answer held for so long. What it makes at Stripe it removes, apart from one product.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { STRIPE_SANDBOX } from "../../sandbox/stripe/facts.ts";
import { runLive } from "./run.ts";
import type { Account } from "./world.ts";
import { OperatorError, runScript } from "../../../scripts/ops/operator-error.ts";
import { freePort } from "../../../scripts/ports.ts";
import { startStripeSandbox } from "../../../scripts/sandbox-server.ts";

await runScript(async () => {
  const { values } = parseArgs({
    options: { sandbox: { type: "boolean", default: false }, "stripe-ms": { type: "string", default: "0" } },
  });
  const slow_ms = Number(values["stripe-ms"]);
  if (!(slow_ms >= 0)) throw new OperatorError("--stripe-ms takes milliseconds.");
  const key = process.env["STRIPE_TEST_KEY"] ?? "";
  if (!values.sandbox && key === "") {
    console.log("STRIPE_TEST_KEY is not set: nothing was tried. With --sandbox it runs against the sandbox.");
    return 0;
  }
  if (!values.sandbox && !/^[rs]k_test_/.test(key)) {
    throw new OperatorError("STRIPE_TEST_KEY must be a key of test mode: sk_test_…");
  }
  const dataDir = mkdtempSync(join(tmpdir(), "clickup-mcp-live-"));
  const sandbox = values.sandbox
    ? await startStripeSandbox(await freePort(18_970), join(dataDir, "stripe.json"), undefined, "empty")
    : undefined;
  if (sandbox !== undefined && slow_ms > 0) {
    const fault = { kind: "slow", path: "^/v1/", ms: slow_ms, times: 1_000_000 };
    await fetch(`${sandbox.url}/__sandbox/faults`, { method: "POST", body: JSON.stringify(fault) });
  }
  const account: Account =
    sandbox === undefined
      ? { key, apiUrl: process.env["STRIPE_API_URL"] }
      : { key: STRIPE_SANDBOX.secretKey, apiUrl: sandbox.url };
  try {
    const { passed, failed, skipped, webhook, api } = await runLive(account, dataDir, (line) =>
      console.log(line),
    );
    console.log(
      `\n${passed} passed, ${failed.length} failed, ${skipped.length} could not be tried, against ${sandbox === undefined ? "the account of STRIPE_TEST_KEY" : "the sandbox"}.`,
    );
    console.log(
      `Webhook answered in ${webhook.p50_ms} ms at the median and ${webhook.p95_ms} ms at p95 (${webhook.events} events); Stripe's API in ${api.p50_ms} ms (${api.calls} calls).`,
    );
    return failed.length === 0 ? 0 : 1;
  } finally {
    await sandbox?.stop();
    rmSync(dataDir, { recursive: true, force: true });
  }
});
