/** Charging a payment method: payment intents, charges, and what can go wrong with them. */
import { declined, invalid, StripeFault } from "./errors.ts";
import { newCharge, newDispute, newPaymentIntent, type PaymentInit } from "./make-payment.ts";
import type { CardBehaviour, ChargeRecord, DisputeRecord, PaymentIntentRecord } from "./records.ts";
import type { World } from "./world.ts";

export type Outcome = "succeeded" | "declined" | "requires_action" | "processing";

export function createIntent(world: World, init: PaymentInit): PaymentIntentRecord {
  const intent = newPaymentIntent(world, init);
  world.data.payment_intents[intent.id] = intent;
  world.emit("payment_intent.created", intent);
  return intent;
}

function behaviourOf(world: World, method: string): CardBehaviour {
  return world.data.cards[method] ?? { kind: "succeeds" };
}

/**
 * Tries to take the money with `method`. `authenticated` says the person has just passed 3-D Secure.
 * Emits the events of the intent and the charge; the caller handles invoice and session.
 */
export function confirmIntent(
  world: World,
  intent: PaymentIntentRecord,
  method: string,
  authenticated = false,
): Outcome {
  world.get("payment_methods", method, "payment_method");
  const behaviour = behaviourOf(world, method);
  intent.payment_method = method;
  intent.last_payment_error = null;
  switch (behaviour.kind) {
    case "declines":
      decline(world, intent, behaviour);
      return "declined";
    case "authenticates":
      if (!behaviour.authenticated && !authenticated) {
        requireAction(world, intent);
        return "requires_action";
      }
      // Once the person has passed the check, later charges without them go through.
      world.data.cards[method] = { kind: "authenticates", authenticated: true };
      succeed(world, intent);
      return "succeeded";
    case "settles_later": {
      intent.status = "processing";
      intent.payment_method_types = ["sepa_debit"];
      world.emit("payment_intent.processing", intent);
      world.data.settlements[intent.id] = {
        at: world.now() + behaviour.delay_s,
        succeeds: behaviour.succeeds,
      };
      return "processing";
    }
    case "disputed": {
      const charge = succeed(world, intent);
      openDispute(world, charge.id, "fraudulent", behaviour.inquiry);
      return "succeeded";
    }
    case "succeeds":
      succeed(world, intent);
      return "succeeded";
  }
}

/** Takes the money of an intent whose payment method has been accepted. */
export function succeed(world: World, intent: PaymentIntentRecord): ChargeRecord {
  const method = world.get("payment_methods", intent.payment_method ?? "", "payment_method");
  const charge = newCharge(world, intent, method);
  world.data.charges[charge.id] = charge;
  intent.latest_charge = charge.id;
  intent.amount_received = intent.amount;
  intent.status = "succeeded";
  intent.next_action = null;
  world.emit("charge.succeeded", charge);
  world.emit("payment_intent.succeeded", intent);
  return charge;
}

/** Notes a decline: a failed charge, and an intent that wants another payment method. */
export function decline(
  world: World,
  intent: PaymentIntentRecord,
  why: { decline_code: string; message: string },
): void {
  const method = world.get("payment_methods", intent.payment_method ?? "", "payment_method");
  const charge = newCharge(world, intent, method);
  Object.assign(charge, {
    amount_captured: 0,
    balance_transaction: null,
    captured: false,
    failure_code: "card_declined",
    failure_message: why.message,
    paid: false,
    receipt_url: null,
    status: "failed",
  });
  if (charge.outcome !== null) {
    Object.assign(charge.outcome, {
      network_status: "declined_by_network",
      reason: why.decline_code,
      seller_message: "The bank did not return any further details with this decline.",
      type: "issuer_declined",
    });
  }
  world.data.charges[charge.id] = charge;
  intent.latest_charge = charge.id;
  intent.status = "requires_payment_method";
  intent.next_action = null;
  intent.last_payment_error = {
    charge: charge.id,
    code: "card_declined",
    decline_code: why.decline_code,
    doc_url: "https://stripe.com/docs/error-codes/card-declined",
    message: why.message,
    payment_method: structuredClone(method),
    type: "card_error",
  };
  intent.payment_method = null;
  world.emit("charge.failed", charge);
  world.emit("payment_intent.payment_failed", intent);
}

function requireAction(world: World, intent: PaymentIntentRecord): void {
  intent.status = "requires_action";
  intent.next_action = {
    type: "redirect_to_url",
    redirect_to_url: { return_url: null, url: `https://hooks.stripe.com/3d_secure/${intent.id}` },
  };
  world.emit("payment_intent.requires_action", intent);
}

/** The 402 that a request gets when its charge did not go through. */
export function paymentError(
  intent: PaymentIntentRecord,
  outcome: "declined" | "requires_action",
): StripeFault {
  if (outcome === "requires_action") {
    return new StripeFault(402, "card_error", "This payment needs an action of the customer.", {
      code: "authentication_required",
      decline_code: "authentication_required",
      payment_intent: structuredClone(intent),
    });
  }
  const error = intent.last_payment_error;
  return declined(error?.message ?? "Your card was declined.", error?.decline_code ?? "generic_decline", {
    ...(error?.charge === undefined ? {} : { charge: error.charge }),
    payment_intent: structuredClone(intent),
  });
}

/** The card holder's bank takes the money back, or with `inquiry` asks first. Throws 400 for a charge that cannot be. */
export function openDispute(
  world: World,
  charge_id: string,
  reason = "fraudulent",
  inquiry = false,
): DisputeRecord {
  const charge = world.get("charges", charge_id, "charge");
  if (charge.status !== "succeeded" || charge.disputed) {
    throw invalid(`Charge ${charge_id} cannot be disputed.`, "charge");
  }
  charge.disputed = true;
  const dispute = newDispute(world, charge, reason, inquiry);
  world.data.disputes[dispute.id] = dispute;
  world.emit("charge.dispute.created", dispute);
  if (!inquiry) world.emit("charge.dispute.funds_withdrawn", dispute);
  return dispute;
}
