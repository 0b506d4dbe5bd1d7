import { invalid } from "../errors.ts";
import { LIST_PARAMS, listPage } from "../list.ts";
import { newRefund, NO_ADDRESS } from "../make-payment.ts";
import { type Fields, fieldsOf, flag, int, mergeMetadata, text } from "../params.ts";
import { attachMethod, methodFrom, resolveMethod } from "../payment-methods.ts";
import { confirmIntent, createIntent, paymentError } from "../payments.ts";
import type { ChargeRecord, PaymentIntentRecord, PaymentMethodRecord, RefundRecord } from "../records.ts";
import type { Context, Route } from "../route.ts";
import { ADDRESS } from "./customers.ts";

const BILLING = {
  address: ADDRESS,
  email: "string",
  name: "string",
  phone: "string",
} as const satisfies Fields;

function createPaymentMethod({ world, params }: Context): PaymentMethodRecord {
  const card = fieldsOf(params, "card") ?? {};
  const iban = text(fieldsOf(params, "sepa_debit") ?? {}, "iban");
  const row = methodFrom(world, { token: text(card, "token"), number: text(card, "number"), iban });
  const details = fieldsOf(params, "billing_details");
  if (details !== undefined) {
    const address = fieldsOf(details, "address");
    row.billing_details = {
      address: address === undefined ? null : { ...NO_ADDRESS, ...address },
      email: text(details, "email") ?? null,
      name: text(details, "name") ?? null,
      phone: text(details, "phone") ?? null,
      tax_id: null,
    };
  }
  row.metadata = mergeMetadata({}, params);
  return row;
}

function detach({ world, path }: Context): PaymentMethodRecord {
  const row = world.get("payment_methods", path.method ?? "", "payment_method", 404);
  const owner = world.data.customers[row.customer ?? ""];
  if (owner?.invoice_settings.default_payment_method === row.id)
    owner.invoice_settings.default_payment_method = null;
  for (const subscription of world.rows("subscriptions")) {
    if (subscription.default_payment_method === row.id) subscription.default_payment_method = null;
  }
  world.change(row, "payment_method.detached", () => {
    row.customer = null;
  });
  return row;
}

function createPaymentIntent({ world, params }: Context): PaymentIntentRecord {
  const customer = text(params, "customer");
  if (customer !== undefined) world.get("customers", customer, "customer");
  const intent = createIntent(world, {
    amount: int(params, "amount") ?? 0,
    currency: (text(params, "currency") ?? "usd").toLowerCase(),
    customer: customer ?? null,
    description: text(params, "description") ?? null,
    metadata: mergeMetadata({}, params),
  });
  const method = text(params, "payment_method");
  if (flag(params, "confirm") === true) return confirmAndAnswer(world, intent, method);
  if (method !== undefined) {
    intent.payment_method = resolveMethod(world, method, "payment_method").id;
    intent.status = "requires_confirmation";
  }
  return intent;
}

function confirmAndAnswer(world: Context["world"], intent: PaymentIntentRecord, method: string | undefined) {
  if (method === undefined && intent.payment_method === null) {
    throw invalid(
      "You cannot confirm this PaymentIntent because it's missing a payment method.",
      "payment_method",
      "payment_intent_unexpected_state",
    );
  }
  const id =
    method === undefined ? (intent.payment_method ?? "") : resolveMethod(world, method, "payment_method").id;
  const outcome = confirmIntent(world, intent, id);
  if (outcome === "declined") throw paymentError(intent, outcome);
  return intent;
}

/** The charge that a refund is for. */
function chargeOf({ world, params }: Context): ChargeRecord {
  const charge = text(params, "charge");
  if (charge !== undefined) return world.get("charges", charge, "charge");
  const intent = text(params, "payment_intent");
  if (intent === undefined) {
    throw invalid(
      "One of the following params should be provided for this request: payment_intent or charge.",
    );
  }
  const row = world.get("payment_intents", intent, "payment_intent");
  if (row.latest_charge === null)
    throw invalid(`This PaymentIntent (${row.id}) does not have a successful charge to refund.`);
  return world.get("charges", row.latest_charge, "charge");
}

function refund(context: Context): RefundRecord {
  const { world, params } = context;
  const charge = chargeOf(context);
  if (charge.refunded)
    throw invalid(`Charge ${charge.id} has already been refunded.`, undefined, "charge_already_refunded");
  if (charge.disputed && !openInquiry(context, charge.id)) {
    throw invalid(
      `Charge ${charge.id} has been charged back; cannot issue a refund.`,
      undefined,
      "charge_disputed",
    );
  }
  const left = charge.amount - charge.amount_refunded;
  const amount = int(params, "amount") ?? left;
  if (amount <= 0 || amount > left) {
    throw invalid(
      `Refund amount (${amount}) is greater than unrefunded amount on charge (${left})`,
      "amount",
    );
  }
  const row = newRefund(world, charge, amount);
  row.reason = text(params, "reason") ?? null;
  row.metadata = mergeMetadata({}, params);
  world.data.refunds[row.id] = row;
  world.emit("refund.created", row);
  world.change(charge, "charge.refunded", () => {
    charge.amount_refunded += amount;
    charge.refunded = charge.amount_refunded === charge.amount;
  });
  return row;
}

function openInquiry({ world }: Context, charge: string): boolean {
  return world.rows("disputes").some((row) => row.charge === charge && row.status.startsWith("warning_"));
}

export const paymentRoutes: Route[] = [
  {
    operation: "POST /v1/payment_methods",
    params: {
      billing_details: BILLING,
      card: { cvc: "string", exp_month: "int", exp_year: "int", number: "string", token: "string" },
      metadata: "metadata",
      sepa_debit: { "iban!": "string" },
      "type!": { oneOf: ["card", "sepa_debit"] },
    },
    handler: createPaymentMethod,
  },
  {
    operation: "GET /v1/payment_methods/{method}",
    handler: ({ world, path }) => resolveMethod(world, path.method ?? "", "payment_method"),
  },
  {
    operation: "POST /v1/payment_methods/{method}",
    params: { billing_details: BILLING, metadata: "metadata" },
    handler: ({ world, path, params }) => {
      const row = world.get("payment_methods", path.method ?? "", "payment_method", 404);
      world.change(row, "payment_method.updated", () => {
        row.metadata = mergeMetadata(row.metadata ?? {}, params);
      });
      return row;
    },
  },
  {
    operation: "POST /v1/payment_methods/{method}/attach",
    params: { "customer!": "string" },
    handler: ({ world, path, params }) => {
      const customer = world.get("customers", text(params, "customer") ?? "", "customer");
      return attachMethod(world, path.method ?? "", customer.id);
    },
  },
  { operation: "POST /v1/payment_methods/{method}/detach", handler: detach },
  {
    operation: "GET /v1/payment_methods",
    params: { ...LIST_PARAMS, customer: "string", type: "string" },
    handler: ({ world, params }) => {
      const customer = text(params, "customer");
      const type = text(params, "type");
      const rows = world
        .rows("payment_methods")
        .filter((row) => row.customer === (customer ?? null) && (type === undefined || row.type === type));
      return listPage(rows, params, "/v1/payment_methods");
    },
  },
  {
    operation: "POST /v1/payment_intents",
    params: {
      "amount!": "int",
      automatic_payment_methods: "any",
      confirm: "bool",
      "currency!": "string",
      customer: "string",
      description: "string",
      metadata: "metadata",
      off_session: "bool",
      payment_method: "string",
      payment_method_types: ["string"],
      return_url: "string",
      shipping: "any",
    },
    handler: createPaymentIntent,
  },
  {
    operation: "GET /v1/payment_intents/{intent}",
    handler: ({ world, path }) => world.get("payment_intents", path.intent ?? "", "intent", 404),
  },
  {
    operation: "POST /v1/payment_intents/{intent}/confirm",
    params: { payment_method: "string", return_url: "string" },
    handler: ({ world, path, params }) =>
      confirmAndAnswer(
        world,
        world.get("payment_intents", path.intent ?? "", "intent", 404),
        text(params, "payment_method"),
      ),
  },
  {
    operation: "GET /v1/payment_intents",
    params: { ...LIST_PARAMS, customer: "string" },
    handler: ({ world, params }) => {
      const customer = text(params, "customer");
      const rows = world
        .rows("payment_intents")
        .filter((row) => customer === undefined || row.customer === customer);
      return listPage(rows, params, "/v1/payment_intents");
    },
  },
  {
    operation: "GET /v1/charges/{charge}",
    handler: ({ world, path }) => world.get("charges", path.charge ?? "", "id", 404),
  },
  {
    operation: "GET /v1/charges",
    params: { ...LIST_PARAMS, customer: "string", payment_intent: "string" },
    handler: ({ world, params }) => {
      const customer = text(params, "customer");
      const intent = text(params, "payment_intent");
      const rows = world
        .rows("charges")
        .filter(
          (row) =>
            (customer === undefined || row.customer === customer) &&
            (intent === undefined || row.payment_intent === intent),
        );
      return listPage(rows, params, "/v1/charges");
    },
  },
  {
    operation: "POST /v1/refunds",
    params: {
      amount: "int",
      charge: "string",
      metadata: "metadata",
      payment_intent: "string",
      reason: { oneOf: ["duplicate", "fraudulent", "requested_by_customer"] },
    },
    handler: refund,
  },
  {
    operation: "GET /v1/refunds/{refund}",
    handler: ({ world, path }) => world.get("refunds", path.refund ?? "", "id", 404),
  },
  {
    operation: "POST /v1/refunds/{refund}",
    params: { metadata: "metadata" },
    handler: ({ world, path, params }) => {
      const row = world.get("refunds", path.refund ?? "", "id", 404);
      world.change(row, "refund.updated", () => {
        row.metadata = mergeMetadata(row.metadata ?? {}, params);
      });
      world.emit("charge.refund.updated", row);
      return row;
    },
  },
  {
    operation: "GET /v1/refunds",
    params: { ...LIST_PARAMS, charge: "string", payment_intent: "string" },
    handler: ({ world, params }) => {
      const charge = text(params, "charge");
      const intent = text(params, "payment_intent");
      const rows = world
        .rows("refunds")
        .filter(
          (row) =>
            (charge === undefined || row.charge === charge) &&
            (intent === undefined || row.payment_intent === intent),
        );
      return listPage(rows, params, "/v1/refunds");
    },
  },
];
