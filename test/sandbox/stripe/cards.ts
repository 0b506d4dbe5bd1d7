import { declined, invalid } from "./errors.ts";
import type { CardBehaviour } from "./records.ts";

/** A payment method of the test kind. */
export interface TestCard {
  type: "card" | "sepa_debit";
  brand: string;
  last4: string;
  behaviour: CardBehaviour;
  /** Attaching it is declined at once. */
  refused?: boolean;
}

function card(brand: string, last4: string, behaviour: CardBehaviour = { kind: "succeeds" }): TestCard {
  return { type: "card", brand, last4, behaviour };
}

const declines = (decline_code: string, message: string): CardBehaviour => ({
  kind: "declines",
  decline_code,
  message,
});
const GENERIC = "Your card was declined.";
const NO_FUNDS = "Your card has insufficient funds.";

/** Stripe's test cards by the name after "pm_card_" or "tok_". */
const CARDS: Record<string, TestCard> = {
  visa: card("visa", "4242"),
  mastercard: card("mastercard", "4444"),
  amex: card("amex", "8431"),
  visa_debit: card("visa", "5556"),
  chargeCustomerFail: card("visa", "0341", declines("generic_decline", GENERIC)),
  visa_chargeDeclinedInsufficientFunds: card("visa", "9995", declines("insufficient_funds", NO_FUNDS)),
  chargeDeclinedInsufficientFunds: card("visa", "9995", declines("insufficient_funds", NO_FUNDS)),
  chargeDeclined: { ...card("visa", "0002", declines("generic_decline", GENERIC)), refused: true },
  visa_chargeDeclined: { ...card("visa", "0002", declines("generic_decline", GENERIC)), refused: true },
  threeDSecure2Required: card("visa", "3220", { kind: "authenticates", authenticated: false }),
  authenticationRequired: card("visa", "3184", { kind: "authenticates", authenticated: false }),
  createDispute: card("visa", "0259", { kind: "disputed", inquiry: false }),
  createDisputeInquiry: card("visa", "1976", { kind: "disputed", inquiry: true }),
};

/** Bank accounts whose debits fail: Stripe's test number, and the one its CLI sends. */
const FAILING_IBANS = new Set([
  "AT861904300235473202",
  "DE62370400440532013001",
  "IT60X0542811101000000123456",
]);

/** The test card of "pm_card_visa" or "tok_visa"; undefined for another id. */
export function cardOf(id: string): TestCard | undefined {
  const name = /^(?:pm_card_|tok_)(.+)$/.exec(id)?.[1];
  return name !== undefined && Object.hasOwn(CARDS, name) ? CARDS[name] : undefined;
}

/** The card of a number typed or sent, by its last four digits. */
export function cardOfNumber(number: string): TestCard {
  const last4 = number.replaceAll(/\D/g, "").slice(-4);
  const found = Object.values(CARDS).find((known) => known.last4 === last4);
  if (found === undefined) throw invalid("Your card number is incorrect.", "number", "incorrect_number");
  return found;
}

/** A bank account; its debits settle `delay_s` seconds after they begin. */
export function bankAccount(iban: string, delay_s: number): TestCard {
  const number = iban.replaceAll(" ", "").toUpperCase();
  if (!/^[A-Z]{2}[A-Z0-9]{13,30}$/.test(number)) {
    throw invalid("The IBAN you entered is invalid.", "sepa_debit[iban]", "invalid_bank_account_iban");
  }
  return {
    type: "sepa_debit",
    brand: "sepa",
    last4: number.slice(-4),
    behaviour: { kind: "settles_later", succeeds: !FAILING_IBANS.has(number), delay_s },
  };
}

/** Throws card_declined for a card that may not even be saved. */
export function refuseUnattachable(found: TestCard): void {
  if (found.refused) throw declined(GENERIC, "generic_decline");
}
