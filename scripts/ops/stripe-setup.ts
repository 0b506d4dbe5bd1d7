/**
 * `npm run stripe:setup -- --url https://… [--month 900] [--year 9000] [--currency usd] [--tax-code txcd_…] [--out FILE]`:
 * product, prices, portal configuration and webhook endpoint in the Stripe account of STRIPE_SECRET_KEY. Twice changes
 * nothing. STRIPE_API_URL names another Stripe, such as the sandbox of `npm start`.
 */
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { Stripe } from "stripe";
import { askHidden } from "./hidden-question.ts";
import { OperatorError, runScript } from "./operator-error.ts";
import { setUpStripe, type Offer } from "./stripe-account.ts";
import { stripeFor } from "./stripe-client.ts";

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

await runScript(async () => {
  const { values } = parseArgs({
    options: {
      url: { type: "string" },
      month: { type: "string", default: "900" },
      year: { type: "string" },
      currency: { type: "string", default: "usd" },
      "tax-code": { type: "string" },
      name: { type: "string", default: "ClickUp MCP Premium" },
      out: { type: "string", default: ".stripe-webhook-secret" },
    },
  });
  const publicUrl = origin(values.url);
  const offers: Offer[] = [
    { interval: "month", lookupKey: "premium_monthly", amount: amount(values.month, "month") },
  ];
  if (values.year !== undefined) {
    offers.push({ interval: "year", lookupKey: "premium_yearly", amount: amount(values.year, "year") });
  }
  const key =
    process.env["STRIPE_SECRET_KEY"] ?? (await askHidden("Stripe secret key (sk_test_… or sk_live_…): "));
  if (!/^[rs]k_(test|live)_/.test(key))
    throw new OperatorError("A Stripe secret key begins with sk_test_ or sk_live_.");
  const stripe = stripeFor(key.trim(), process.env["STRIPE_API_URL"]);
  const taxCode = values["tax-code"];
  const wanted = { productName: values.name, currency: values.currency, offers, publicUrl, taxCode };
  const done = await setUpStripe(stripe, wanted).catch((error: unknown) => {
    // Stripe's own messages can name the key: ours say what to do instead.
    if (error instanceof Stripe.errors.StripeError) {
      throw new OperatorError(
        `Stripe refused (${error.type}${error.code === undefined ? "" : `, ${error.code}`}).`,
      );
    }
    throw new OperatorError(error instanceof Error ? error.message : "It did not work.");
  });
  for (const { what, id, made } of done.parts) console.log(`${made ? "made " : "kept "}  ${what}  ${id}`);
  console.log(`\nSTRIPE_PRICE_ID=${done.priceId}\nSTRIPE_PORTAL_CONFIGURATION=${done.portalId}`);
  if (done.webhookSecret !== null) {
    writeFileSync(values.out, `${done.webhookSecret}\n`, { mode: 0o600 });
    console.log(
      `The webhook's signing secret is in ${values.out}: store it as STRIPE_WEBHOOK_SECRET, then delete the file.`,
    );
  }
});
