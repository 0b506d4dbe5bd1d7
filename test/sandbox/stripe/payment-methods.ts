import { bankAccount, cardOf, cardOfNumber, refuseUnattachable, type TestCard } from "./cards.ts";
import { invalid, missing } from "./errors.ts";
import { newPaymentMethod } from "./make-payment.ts";
import type { PaymentMethodRecord } from "./records.ts";
import type { World } from "./world.ts";

function createMethod(world: World, card: TestCard): PaymentMethodRecord {
  const method = newPaymentMethod(world, card);
  world.data.payment_methods[method.id] = method;
  return method;
}

/** A new payment method from what was typed or sent: a token, a number or an IBAN. */
export function methodFrom(
  world: World,
  sent: {
    token?: string | undefined;
    number?: string | undefined;
    iban?: string | undefined;
    delay_s?: number;
  },
): PaymentMethodRecord {
  if (sent.iban !== undefined) return createMethod(world, bankAccount(sent.iban, sent.delay_s ?? 0));
  if (sent.number !== undefined) return createMethod(world, cardOfNumber(sent.number));
  const card = cardOf(sent.token ?? "");
  if (card === undefined) throw missing("token", sent.token ?? "", "card[token]", 400);
  return createMethod(world, card);
}

/** The payment method of an id; a test name such as pm_card_visa makes a new one each time, as at Stripe. */
export function resolveMethod(world: World, id: string, param: string): PaymentMethodRecord {
  const known = world.find("payment_methods", id);
  if (known !== undefined) return known;
  const card = cardOf(id);
  if (card === undefined || world.livemode) return world.get("payment_methods", id, param);
  return createMethod(world, card);
}

/** Gives a payment method to a customer. Throws 402 for a card that is refused, 400 when it is somebody else's. */
export function attachMethod(world: World, id: string, customer: string): PaymentMethodRecord {
  const test = cardOf(id);
  if (test !== undefined) refuseUnattachable(test);
  const method = resolveMethod(world, id, "payment_method");
  if (method.customer === customer) return method;
  if (method.customer !== null) {
    throw invalid(
      "The payment method you provided has already been attached to a customer.",
      "payment_method",
      "payment_method_unexpected_state",
    );
  }
  method.customer = customer;
  world.emit("payment_method.attached", method);
  return method;
}
