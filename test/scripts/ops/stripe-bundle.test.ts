/** The entry of Stripe's SDK that deployments are bundled with: the SDK, without what billing does not use. */
import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type * as StripeModule from "stripe";
import { beforeAll, describe, expect, test } from "vitest";
import { keepParts } from "../../../scripts/ops/stripe-bundle.ts";
import { STRIPE_PARTS } from "../../../worker/billing/stripe-parts.ts";
import { STRIPE_SANDBOX } from "../../sandbox/stripe/index.ts";
import { stripeWithSandbox } from "../../sandbox/stripe-client.ts";

const ROOT = join(import.meta.dirname, "../../..");
const CORE = readFileSync(join(ROOT, "node_modules/stripe/esm/stripe.core.js"), "utf8");

type Sdk = typeof StripeModule;
let whole: Sdk;
let slim: Sdk;

beforeAll(async () => {
  execFileSync(process.execPath, ["scripts/ops/stripe-bundle.ts"], { cwd: ROOT });
  const load = (path: string) =>
    import(/* @vite-ignore */ pathToFileURL(join(ROOT, path)).href) as Promise<Sdk>;
  [whole, slim] = await Promise.all([
    load("node_modules/stripe/esm/stripe.esm.worker.js"),
    load(".wrangler/stripe/index.js"),
  ]);
});

/** A client of the sandbox, and the requests it sends. */
function clientOf({ Stripe }: Sdk) {
  const { sandbox } = stripeWithSandbox();
  const sent: { method: string; url: string; headers: [string, string][] }[] = [];
  const stripe = new Stripe(STRIPE_SANDBOX.secretKey, {
    maxNetworkRetries: 0,
    telemetry: false,
    httpClient: Stripe.createFetchHttpClient((input: string | URL | Request, init?: RequestInit) => {
      const request = new Request(input, init);
      sent.push({ method: request.method, url: request.url, headers: [...request.headers] });
      return sandbox.fetch(request);
    }),
  });
  return { stripe, sent };
}

describe("Stripe's SDK in a deployment", () => {
  test("sends what the whole SDK sends, and reads the same", async () => {
    const seen = await Promise.all(
      [whole, slim].map(async (sdk) => {
        const { stripe, sent } = clientOf(sdk);
        const price = await stripe.prices.retrieve(STRIPE_SANDBOX.priceMonthlyId);
        const customers: string[] = [];
        for await (const customer of stripe.customers.list({ limit: 1 })) customers.push(customer.id);
        const refused = await stripe.subscriptions.retrieve("sub_none").catch((error: unknown) => error);
        expect(refused).toBeInstanceOf(sdk.Stripe.errors.StripeInvalidRequestError);
        const raw = await stripe.rawRequest("GET", `/v1/prices/${STRIPE_SANDBOX.priceMonthlyId}`);
        const destinations = await stripe.v2.core.eventDestinations.list();
        return { price, customers, raw, destinations: destinations.data, sent };
      }),
    );
    expect(seen[1]).toEqual(seen[0]);
    expect(seen[1]?.sent.length).toBeGreaterThan(4);
  });

  test("has the SDK's own parts", () => {
    const [ours, theirs] = [clientOf(slim).stripe, clientOf(whole).stripe];
    for (const part of STRIPE_PARTS) expect(ours[part].constructor, part).toBe(theirs[part].constructor);
  });

  test("says so when a part is touched that it has not", () => {
    const { stripe } = clientOf(slim);
    expect(() => stripe.treasury.financialAccounts).toThrow(
      "Stripe's Treasury is not in this bundle: worker/billing/stripe-parts.ts names what is.",
    );
    expect(() => clientOf(whole).stripe.treasury.financialAccounts).not.toThrow();
  });

  test("names no part that billing does without", () => {
    const billing = globSync("worker/{billing,admin}/**/*.ts", { cwd: ROOT })
      .filter((file) => !file.endsWith("stripe-parts.ts"))
      .map((file) => readFileSync(join(ROOT, file), "utf8"))
      .join("\n");
    const idle = STRIPE_PARTS.filter((part) => !new RegExp(`\\.${part}\\s*\\.`).test(billing));
    expect(idle).toEqual([]);
  });

  test("an SDK laid out in another way ends the build", () => {
    expect(() => keepParts(CORE, "sdk", ["prices", "prizes"])).toThrow("Stripe's client has no prizes.");
    const otherwise = CORE.replace("import { RequestSender } from", "import RequestSender, { type } from");
    expect(otherwise).not.toBe(CORE);
    expect(() => keepParts(otherwise, "sdk", ["prices"])).toThrow("laid out in another way");
  });
});
