import { methodFrom } from "../payment-methods.ts";
import type { PaymentMethodRecord } from "../records.ts";
import type { World } from "../world.ts";

const GOOD_IBAN = "AT611904300234573201";
const BAD_IBAN = "AT861904300235473202";

/** The payment method of a choice on a hosted page. */
export function chosenMethod(world: World, outcome: string): PaymentMethodRecord {
  const delay_s = world.settings.settlement_s;
  switch (outcome) {
    case "declines":
      return methodFrom(world, { token: "tok_chargeCustomerFail" });
    case "authenticates":
      return methodFrom(world, { token: "tok_threeDSecure2Required" });
    case "settles":
      return methodFrom(world, { iban: GOOD_IBAN, delay_s });
    case "settles_fails":
      return methodFrom(world, { iban: BAD_IBAN, delay_s });
    default:
      return methodFrom(world, { token: "tok_visa" });
  }
}
