/** Runs the scenarios of billing against a Stripe account, a line each, and says how long the webhook took. */
import { Stripe } from "stripe";
import { setUpStripe } from "../../../scripts/ops/stripe-account.ts";
import { stripeFor } from "../../../scripts/ops/stripe-client.ts";
import { scenarios } from "./scenarios.ts";
import { WANTED } from "./wanted.ts";
import { LiveWorld, type Account } from "./world.ts";

export interface Outcome {
  passed: number;
  failed: string[];
  skipped: string[];
  /** Events the webhook took, and how long it had Stripe wait, ms. */
  webhook: { events: number; p50_ms: number; p95_ms: number };
  /** Calls of the API by the scenarios, and the median answer, ms. */
  api: { calls: number; p50_ms: number };
}

/**
 * @param account in test mode: live keys are refused
 * @param say is told a line for each scenario
 */
export async function runLive(
  account: Account,
  dataDir: string,
  say: (line: string) => void,
): Promise<Outcome> {
  if (!/^[rs]k_test_/.test(account.key)) throw new Error("Only keys of test mode: sk_test_… or rk_test_…");
  const stripe = stripeFor(account.key, account.apiUrl);
  const calls_ms: number[] = [];
  stripe.on("response", ({ elapsed }: { elapsed: number }) => void calls_ms.push(elapsed));
  const outcome: Outcome = {
    passed: 0,
    failed: [],
    skipped: [],
    webhook: { events: 0, p50_ms: 0, p95_ms: 0 },
    api: { calls: 0, p50_ms: 0 },
  };
  const attempt = async (name: string, work: () => Promise<string | { skipped: string }>): Promise<void> => {
    try {
      const seen = await work();
      if (typeof seen === "string") {
        outcome.passed++;
        say(`✓ ${name}: ${seen}`);
      } else {
        outcome.skipped.push(name);
        say(`- ${name}: ${seen.skipped}`);
      }
    } catch (error) {
      outcome.failed.push(name);
      say(`✗ ${name}: ${inWords(error)}`);
    }
  };

  const setUp = await setUpStripe(stripe, WANTED);
  await attempt("A5 setting the account up twice changes nothing", async () => {
    const again = await setUpStripe(stripe, WANTED);
    const made = again.parts.filter((part) => part.made).map((part) => part.what);
    if (made.length > 0) throw new Error(`made again: ${made.join(", ")}`);
    return `${again.parts.length} parts kept`;
  });
  const lookupKeys = WANTED.offers.map((offer) => offer.lookupKey);
  const world = await LiveWorld.start(stripe, setUp, lookupKeys, account, dataDir);
  try {
    for (const scenario of scenarios()) await attempt(scenario.name, () => scenario.run(world));
  } finally {
    await attempt("what was made here is removed", async () => {
      const left = await world.stop();
      if (left.length > 0) throw new Error(`still there: ${left.join(", ")}`);
      return "no customer is left";
    });
  }
  const { answers_ms } = world;
  outcome.webhook = {
    events: answers_ms.length,
    p50_ms: quantile(answers_ms, 0.5),
    p95_ms: quantile(answers_ms, 0.95),
  };
  outcome.api = { calls: calls_ms.length, p50_ms: quantile(calls_ms, 0.5) };
  return outcome;
}

/** Stripe's own messages can name keys: of its errors only the kind is shown. */
function inWords(error: unknown): string {
  if (error instanceof Stripe.errors.StripeError) return `Stripe: ${error.type} ${error.code ?? ""}`.trim();
  return error instanceof Error ? error.message : String(error);
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0);
}
