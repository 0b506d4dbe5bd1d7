/** New payment methods, payment intents, charges, refunds and disputes, complete as Stripe answers them. */
import type { Stripe } from "stripe";
import { cardOf, type TestCard } from "./cards.ts";
import type {
  ChargeRecord,
  DisputeRecord,
  PaymentIntentRecord,
  PaymentMethodRecord,
  RefundRecord,
} from "./records.ts";
import type { World } from "./world.ts";

export const NO_ADDRESS: Stripe.Address = {
  city: null,
  country: null,
  line1: null,
  line2: null,
  postal_code: null,
  state: null,
};

/** A payment method that behaves as `card` says; its behaviour is remembered beside it. */
export function newPaymentMethod(world: World, card: TestCard, id = world.id("pm")): PaymentMethodRecord {
  const base = {
    id,
    object: "payment_method" as const,
    allow_redisplay: "unspecified" as const,
    billing_details: { address: NO_ADDRESS, email: null, name: null, phone: null, tax_id: null },
    created: world.now(),
    customer: null,
    customer_account: null,
    livemode: world.livemode,
    metadata: {},
  };
  world.data.cards[id] = card.behaviour;
  if (card.type === "sepa_debit") {
    return {
      ...base,
      type: "sepa_debit",
      sepa_debit: {
        bank_code: "19043",
        branch_code: "",
        country: "AT",
        fingerprint: "sandboxsepa00001",
        generated_from: { charge: null, setup_attempt: null },
        last4: card.last4,
      },
    };
  }
  return {
    ...base,
    type: "card",
    card: {
      brand: card.brand,
      checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: "pass" },
      country: "US",
      display_brand: card.brand === "amex" ? "american_express" : card.brand,
      exp_month: 12,
      exp_year: new Date(world.now() * 1000).getUTCFullYear() + 3,
      fingerprint: `sandbox${card.last4}fp`,
      funding: "credit",
      generated_from: null,
      last4: card.last4,
      networks: { available: [card.brand], preferred: null },
      regulated_status: "unregulated",
      three_d_secure_usage: { supported: true },
      wallet: null,
    },
  };
}

export interface PaymentInit {
  amount: number;
  currency: string;
  customer: string | null;
  description: string | null;
  metadata?: Record<string, string>;
}

export function newPaymentIntent(world: World, init: PaymentInit): PaymentIntentRecord {
  const id = world.id("pi");
  return {
    id,
    object: "payment_intent",
    allowed_payment_method_types: null,
    amount: init.amount,
    amount_capturable: 0,
    amount_details: { tip: {} },
    amount_received: 0,
    application: null,
    application_fee_amount: null,
    automatic_payment_methods: null,
    canceled_at: null,
    cancellation_reason: null,
    capture_method: "automatic",
    client_secret: `${id}_secret_${world.id("x").slice(2)}`,
    confirmation_method: "automatic",
    created: world.now(),
    currency: init.currency,
    customer: init.customer,
    customer_account: null,
    description: init.description,
    excluded_payment_method_types: null,
    last_payment_error: null,
    latest_charge: null,
    livemode: world.livemode,
    managed_payments: null,
    metadata: init.metadata ?? {},
    next_action: null,
    on_behalf_of: null,
    payment_method: null,
    payment_method_configuration_details: null,
    payment_method_options: null,
    payment_method_types: ["card"],
    payment_record: null,
    processing: null,
    receipt_email: null,
    review: null,
    setup_future_usage: null,
    shipping: null,
    source: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: "requires_payment_method",
    transfer_data: null,
    transfer_group: null,
  };
}

export function newCharge(
  world: World,
  intent: PaymentIntentRecord,
  method: PaymentMethodRecord,
): ChargeRecord {
  const id = world.id("ch");
  const card = method.card;
  return {
    id,
    object: "charge",
    amount: intent.amount,
    amount_captured: intent.amount,
    amount_refunded: 0,
    application: null,
    application_fee: null,
    application_fee_amount: null,
    balance_transaction: world.id("txn"),
    billing_details: { ...method.billing_details },
    calculated_statement_descriptor: "SANDBOX",
    captured: true,
    created: world.now(),
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_balance_transaction: null,
    failure_code: null,
    failure_message: null,
    fraud_details: {},
    livemode: world.livemode,
    metadata: intent.metadata,
    on_behalf_of: null,
    outcome: {
      advice_code: null,
      network_advice_code: null,
      network_decline_code: null,
      network_status: "approved_by_network",
      reason: null,
      risk_level: "normal",
      risk_score: 12,
      seller_message: "Payment complete.",
      type: "authorized",
    },
    paid: true,
    payment_intent: intent.id,
    payment_method: method.id,
    payment_method_details:
      card === undefined
        ? {
            type: "sepa_debit",
            sepa_debit: {
              bank_code: "19043",
              branch_code: "",
              country: "AT",
              fingerprint: "sandboxsepa00001",
              last4: method.sepa_debit?.last4 ?? null,
              mandate: null,
            },
          }
        : { type: "card", card: cardDetails(intent.amount, card) },
    receipt_email: null,
    receipt_number: null,
    receipt_url: `https://pay.stripe.com/receipts/${id}`,
    refunded: false,
    review: null,
    shipping: null,
    source: null,
    source_transfer: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: "succeeded",
    transfer_data: null,
    transfer_group: null,
  };
}

function cardDetails(
  amount: number,
  card: Stripe.PaymentMethod.Card,
): Stripe.Charge.PaymentMethodDetails.Card {
  return {
    amount_authorized: amount,
    authorization_code: "000001",
    brand: card.brand,
    checks: { address_line1_check: null, address_postal_code_check: null, cvc_check: "pass" },
    country: card.country,
    electronic_commerce_indicator: null,
    exp_month: card.exp_month,
    exp_year: card.exp_year,
    fingerprint: card.fingerprint ?? null,
    funding: card.funding,
    installments: null,
    last4: card.last4,
    mandate: null,
    network: card.brand,
    network_transaction_id: null,
    regulated_status: "unregulated",
    three_d_secure: null,
    transaction_link_id: null,
    wallet: null,
  };
}

export function newRefund(world: World, charge: ChargeRecord, amount: number): RefundRecord {
  return {
    id: world.id("re"),
    object: "refund",
    amount,
    balance_transaction: world.id("txn"),
    charge: charge.id,
    created: world.now(),
    currency: charge.currency,
    customer: charge.customer,
    customer_account: null,
    destination_details: {
      type: "card",
      card: { reference_status: "pending", reference_type: "acquirer_reference_number", type: "refund" },
    },
    metadata: {},
    payment_intent: charge.payment_intent,
    payment_method: charge.payment_method,
    reason: null,
    receipt_number: null,
    source_transfer_reversal: null,
    status: "succeeded",
    transfer_reversal: null,
  };
}

/** An inquiry asks first and takes no money; a dispute takes the money back at once. */
export function newDispute(
  world: World,
  charge: ChargeRecord,
  reason: string,
  inquiry: boolean,
): DisputeRecord {
  const id = world.id("du");
  const brand = charge.payment_method_details?.card?.brand ?? cardOf("pm_card_visa")?.brand ?? "visa";
  return {
    id,
    object: "dispute",
    amount: charge.amount,
    balance_transactions: inquiry ? [] : [withdrawal(world, id, charge)],
    charge: charge.id,
    created: world.now(),
    currency: charge.currency,
    enhanced_eligibility_types: [],
    evidence: emptyEvidence(),
    evidence_details: {
      due_by: world.now() + 9 * 86_400,
      enhanced_eligibility: {},
      has_evidence: false,
      past_due: false,
      submission_count: 0,
      submission_method: "not_submitted",
    },
    intended_submission_method: null,
    is_charge_refundable: inquiry,
    livemode: world.livemode,
    metadata: {},
    payment_intent: charge.payment_intent,
    payment_method_details: {
      type: "card",
      card: {
        brand,
        network: brand,
        case_type: inquiry ? "inquiry" : "chargeback",
        network_reason_code: "83",
      },
    },
    reason,
    status: inquiry ? "warning_needs_response" : "needs_response",
  };
}

function withdrawal(world: World, dispute: string, charge: ChargeRecord): Stripe.BalanceTransaction {
  const fee = 1_500;
  return {
    id: world.id("txn"),
    object: "balance_transaction",
    amount: -charge.amount,
    available_on: world.now(),
    balance_type: "payments",
    created: world.now(),
    currency: charge.currency,
    description: `Chargeback withdrawal for ${charge.id}`,
    exchange_rate: null,
    fee,
    fee_details: [
      {
        amount: fee,
        application: null,
        currency: charge.currency,
        description: "Dispute fee",
        type: "stripe_fee",
      },
    ],
    net: -charge.amount - fee,
    reporting_category: "dispute",
    source: dispute,
    status: "available",
    type: "adjustment",
  };
}

function emptyEvidence(): Stripe.Dispute.Evidence {
  return {
    access_activity_log: null,
    billing_address: null,
    cancellation_policy: null,
    cancellation_policy_disclosure: null,
    cancellation_rebuttal: null,
    customer_communication: null,
    customer_email_address: null,
    customer_name: null,
    customer_purchase_ip: null,
    customer_signature: null,
    duplicate_charge_documentation: null,
    duplicate_charge_explanation: null,
    duplicate_charge_id: null,
    enhanced_evidence: {},
    product_description: null,
    receipt: null,
    refund_policy: null,
    refund_policy_disclosure: null,
    refund_refusal_explanation: null,
    service_date: null,
    service_documentation: null,
    shipping_address: null,
    shipping_carrier: null,
    shipping_date: null,
    shipping_documentation: null,
    shipping_tracking_number: null,
    uncategorized_file: null,
    uncategorized_text: null,
  };
}
