/** What Stripe refuses because of the state of the account or of a customer, whatever the request says. */
import { invalid } from "../errors.ts";
import { hasEnded } from "../subscription-status.ts";
import type { World } from "../world.ts";

/** @throws StripeFault 400 with Stripe's reason: nothing a caller sends again would change it */
export function checkAccount(
  world: World,
  session: { currency: string | null; customer: string | null; tax: boolean; terms: boolean },
): void {
  const { business_name, activated, tax_registered, currencies } = world.settings;
  if (!business_name) {
    throw invalid(
      "In order to use Checkout, you must set an account or business name at https://dashboard.stripe.com/account.",
    );
  }
  if (world.livemode && !activated) {
    throw invalid(
      "Your account cannot currently make live charges. If you are the site owner, please activate your account at https://dashboard.stripe.com/account/onboarding to remove this limitation.",
      undefined,
      "testmode_charges_only",
    );
  }
  if (session.terms && !world.settings.terms_url) {
    throw invalid(
      "You cannot collect consent to your terms of service unless a URL is set in the Stripe Dashboard. Update your public business settings with your Terms of service at https://dashboard.stripe.com/settings/public to set your Terms of Service.",
      "consent_collection[terms_of_service]",
    );
  }
  if (session.tax && !tax_registered) {
    throw invalid(
      "You must have a valid head office address to enable automatic tax calculation in test mode. Visit https://dashboard.stripe.com/test/settings/tax to update it.",
      "automatic_tax",
    );
  }
  if (session.currency !== null && currencies !== null && !currencies.includes(session.currency)) {
    throw invalid(
      "No valid payment method types for this Checkout Session. Please ensure that you have activated payment methods compatible with your chosen currency in your dashboard (https://dashboard.stripe.com/settings/payment_methods).",
    );
  }
  if (session.currency !== null && session.customer !== null) {
    checkCurrency(world, session.customer, session.currency);
  }
}

/** A customer is billed in one currency as long as anything of theirs runs. */
export function checkCurrency(world: World, customer: string, currency: string): void {
  const other = world
    .rows("subscriptions")
    .find((row) => row.customer === customer && !hasEnded(row) && row.currency !== currency);
  if (other === undefined) return;
  throw invalid(
    `You cannot combine currencies on a single customer. This customer has an active subscription, subscription schedule, discount, quote, or invoice item with currency ${other.currency}`,
    "currency",
  );
}
