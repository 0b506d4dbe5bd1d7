/**
 * `npm run stripe:setup -- --url https://… [--month 900] [--year 9000] [--currency usd] [--move-subscribers]
 * [--terms URL] [--privacy URL] [--tax-code txcd_…] [--out FILE]`: product, prices, portal configuration and webhook
 * endpoint in the Stripe account of STRIPE_SECRET_KEY. Twice changes nothing; other options change what they are
 * about. STRIPE_API_URL names another Stripe, such as the sandbox of `npm start`.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Stripe } from "stripe";
import { askHidden } from "./hidden-question.ts";
import { OperatorError, runScript } from "./operator-error.ts";
import { lookAtAccount } from "../../worker/billing/checks/account.ts";
import { troubleOf } from "../../worker/billing/failures.ts";
import { setUpStripe, type Offer, type Part, type SetUp } from "./stripe-account.ts";
import { stripeFor } from "./stripe-client.ts";

/** In cents: what is asked for where nobody names a price. */
const DEFAULT_MONTH = 900;

function amount(text: string, name: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new OperatorError(`--${name} takes a price in the smallest unit, e.g. 900 for 9.00.`);
}

function origin(text: string | undefined): string {
  const url = text === undefined ? null : URL.parse(text);
  if (url?.protocol === "https:" && url.pathname === "/") return url.origin;
  throw new OperatorError("--url takes the origin of the deployment, e.g. --url https://mcp.example.com");
}

/** Without an amount what is there stays; where nothing is, `fallback` is made. */
function offerOf(
  interval: Offer["interval"],
  lookupKey: string,
  text: string | undefined,
  fallback: number,
): Offer {
  return text === undefined
    ? { interval, lookupKey, amount: fallback, keep: true }
    : { interval, lookupKey, amount: amount(text, interval) };
}

function page(text: string | undefined, name: string): string | undefined {
  if (text === undefined || URL.parse(text)?.protocol === "https:") return text;
  throw new OperatorError(`--${name} takes the https address of a page.`);
}

function stateOf({ made, changed }: Part): string {
  if (changed === true) return made ? "set  " : "note ";
  return made ? "made " : "kept ";
}

await runScript(async () => {
  const { values } = parseArgs({
    options: {
      url: { type: "string" },
      month: { type: "string" },
      year: { type: "string" },
      currency: { type: "string" },
      "move-subscribers": { type: "boolean" },
      terms: { type: "string" },
      privacy: { type: "string" },
      "tax-code": { type: "string" },
      name: { type: "string", default: "ClickUp MCP Premium" },
      out: { type: "string", default: ".stripe-webhook-secret" },
    },
  });
  const publicUrl = origin(values.url);
  const offers: Offer[] = [offerOf("month", "premium_monthly", values.month, DEFAULT_MONTH)];
  const key =
    process.env["STRIPE_SECRET_KEY"] ?? (await askHidden("Stripe secret key (sk_test_… or sk_live_…): "));
  const setUp = async (stripe: Stripe): Promise<SetUp> => {
    const key = "premium_yearly";
    const yearly = await stripe.prices.list({ lookup_keys: [key], active: true, limit: 1 });
    const known = yearly.data[0]?.unit_amount ?? null;
    // A yearly price that is there goes on being offered, though this run does not name it.
    if (values.year !== undefined || known !== null) {
      offers.push(offerOf("year", key, values.year, known ?? 0));
    }
    return setUpStripe(stripe, {
      productName: values.name,
      currency: values.currency?.toLowerCase(),
      offers,
      publicUrl,
      taxCode: values["tax-code"],
      raise: values.month !== undefined || values.year !== undefined || values.currency !== undefined,
      moveSubscribers: values["move-subscribers"] === true,
      termsUrl: page(values.terms, "terms"),
      privacyUrl: page(values.privacy, "privacy"),
    });
  };
  if (!/^[rs]k_(test|live)_/.test(key))
    throw new OperatorError("A Stripe secret key begins with sk_test_ or sk_live_.");
  const stripe = stripeFor(key.trim(), process.env["STRIPE_API_URL"]);
  const done = await setUp(stripe).catch((error: unknown) => {
    // Stripe's own messages can name the key: ours say what to do instead.
    if (error instanceof Stripe.errors.StripeError) {
      const todo = troubleOf(error)?.todo ?? "";
      throw new OperatorError(
        `Stripe refused (${error.type}${error.code === undefined ? "" : `, ${error.code}`}). ${todo}`.trim(),
      );
    }
    throw new OperatorError(error instanceof Error ? error.message : "It did not work.");
  });
  for (const part of done.parts) console.log(`${stateOf(part)}  ${part.what}  ${part.id}`);
  console.log(`\nSTRIPE_PRICE_ID=${done.priceId}\nSTRIPE_PORTAL_CONFIGURATION=${done.portalId}`);
  const { troubles } = await lookAtAccount(
    stripe,
    {
      secretKey: key.trim(),
      priceId: done.priceId,
      lookupKeys: offers.map(({ lookupKey }) => lookupKey),
      portalConfiguration: done.portalId,
    },
    publicUrl,
  );
  for (const { todo } of troubles) console.log(`note   ${todo}`);
  if (done.webhookSecret !== null) {
    writeFileSync(values.out, `${done.webhookSecret}\n`, { mode: 0o600 });
    console.log(
      `The webhook's signing secret is in ${values.out}: store it as STRIPE_WEBHOOK_SECRET, then delete the file.`,
    );
  }
});
