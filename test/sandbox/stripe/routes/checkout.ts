import { checkAccount } from "../refusals/account-state.ts";
import { confirmSession, expireSession } from "../checkout.ts";
import { readDiscounts } from "../discounts.ts";
import { invalid } from "../errors.ts";
import { LIST_PARAMS, listPage } from "../list.ts";
import { lineItemsOf, newSession, priceSession } from "../make-session.ts";
import { type Fields, fieldsOf, flag, int, listOf, mergeMetadata, type Params, text } from "../params.ts";
import { paymentError } from "../payments.ts";
import { resolveMethod } from "../payment-methods.ts";
import type { SessionPlan, SessionRecord } from "../records.ts";
import type { Context, Route } from "../route.ts";
import type { World } from "../world.ts";
import { createPriceInline, PRICE_DATA } from "./price-data.ts";
import { readTrialSettings, TRIAL_SETTINGS } from "./trial.ts";

const SESSION = {
  allow_promotion_codes: "bool",
  allowed_payment_method_types: ["string"],
  automatic_tax: { "enabled!": "bool" },
  billing_address_collection: { oneOf: ["auto", "required"] },
  cancel_url: "string",
  client_reference_id: "string",
  currency: "string",
  consent_collection: { terms_of_service: { oneOf: ["none", "required"] } },
  custom_text: "any",
  customer: "string",
  customer_creation: { oneOf: ["always", "if_required"] },
  customer_email: "string",
  customer_update: { address: "string", name: "string", shipping: "string" },
  discounts: [{ coupon: "string", promotion_code: "string" }],
  expires_at: "int",
  line_items: [{ adjustable_quantity: "any", price: "string", price_data: PRICE_DATA, quantity: "int" }],
  locale: "string",
  managed_payments: { enabled: "bool" },
  metadata: "metadata",
  "mode!": { oneOf: ["payment", "subscription"] },
  payment_intent_data: {
    description: "string",
    metadata: "metadata",
    setup_future_usage: "string",
    shipping: "any",
  },
  payment_method_collection: { oneOf: ["always", "if_required"] },
  payment_method_types: ["string"],
  phone_number_collection: { "enabled!": "bool" },
  saved_payment_method_options: "any",
  submit_type: "string",
  subscription_data: {
    billing_mode: "any",
    description: "string",
    metadata: "metadata",
    trial_end: "int",
    trial_period_days: "int",
    trial_settings: TRIAL_SETTINGS,
  },
  success_url: "string",
  tax_id_collection: { "enabled!": "bool", required: "string" },
  ui_mode: { oneOf: ["hosted_page"] },
} as const satisfies Fields;

const HALF_HOUR_S = 1_800;
const DAY_S = 86_400;

/** Endive took the parameter away; a request of an older version, or of none, may still send it. */
function refuseRemoved({ params, version }: Context): void {
  if (params.payment_method_types === undefined || !(version ?? "").endsWith(".endive")) return;
  throw invalid(
    "Received unknown parameter: payment_method_types",
    "payment_method_types",
    "parameter_unknown",
  );
}

function planFor(context: Context, mode: string): SessionPlan {
  const { world, params } = context;
  const lines = listOf(params, "line_items") ?? [];
  if (lines.length === 0) {
    throw invalid(
      "You must provide line_items in payment and subscription mode.",
      "line_items",
      "parameter_missing",
    );
  }
  const data = fieldsOf(params, mode === "subscription" ? "subscription_data" : "payment_intent_data") ?? {};
  const days = int(data, "trial_period_days");
  const trial_end = int(data, "trial_end") ?? (days === undefined ? null : world.now() + days * DAY_S);
  if (trial_end !== null && trial_end < world.now() + 2 * DAY_S - 3_600 && days === undefined) {
    throw invalid(
      "The `trial_end` date has to be at least 2 days in the future.",
      "subscription_data[trial_end]",
    );
  }
  return {
    line_items: lines.map((line, index) => lineOf(context, line, index, mode)),
    metadata: mergeMetadata({}, data),
    description: text(data, "description") ?? null,
    trial_end,
    trial_settings: readTrialSettings(data),
    subscription: null,
  };
}

function lineOf(context: Context, line: Params, index: number, mode: string) {
  const { world } = context;
  const inline = fieldsOf(line, "price_data");
  const price =
    inline === undefined
      ? world.get("prices", text(line, "price") ?? "", `line_items[${index}][price]`)
      : createPriceInline(world, inline);
  if (!price.active) {
    throw invalid(
      "The price specified is inactive. This field only accepts active prices.",
      `line_items[${index}][price]`,
    );
  }
  const product = world.data.products[price.product];
  if (product?.active === false) {
    throw invalid(
      `The product ${product.id} is marked as inactive, and thus no new subscriptions can be created to any of its prices.`,
      `line_items[${index}][price]`,
    );
  }
  if (mode === "payment" && price.recurring !== null) {
    throw invalid("A recurring price cannot be paid in `payment` mode; use `subscription` mode.");
  }
  if (mode === "subscription" && price.recurring === null) {
    throw invalid("`subscription` mode needs a recurring price.");
  }
  const quantity = int(line, "quantity");
  if (quantity === undefined) {
    throw invalid(
      `Quantity is required. Add \`quantity\` to \`line_items[${index}]\``,
      `line_items[${index}][quantity]`,
    );
  }
  return { price: price.id, quantity };
}

function requireUrl(params: Params, name: string): string | null {
  const url = text(params, name);
  if (url === undefined) return null;
  if (!URL.canParse(url) || !/^https?:/.test(url)) throw invalid("Not a valid URL", name, "url_invalid");
  return url;
}

function create(context: Context): SessionRecord {
  const { world, params } = context;
  refuseRemoved(context);
  const mode = text(params, "mode") as "payment" | "subscription";
  const success_url = requireUrl(params, "success_url");
  if (success_url === null)
    throw invalid("Missing required param: success_url.", "success_url", "parameter_missing");
  const customer = text(params, "customer");
  if (customer !== undefined) world.get("customers", customer, "customer");
  const email = text(params, "customer_email");
  if (customer !== undefined && email !== undefined) {
    throw invalid(
      "You may only specify one of these parameters: customer, customer_email.",
      "customer",
      "parameters_exclusive",
    );
  }
  const sent = listOf(params, "discounts") ?? [];
  if (sent.length > 0 && flag(params, "allow_promotion_codes") !== undefined) {
    throw invalid(
      "You may only specify one of these parameters: allow_promotion_codes, discounts.",
      undefined,
      "parameters_exclusive",
    );
  }
  checkTax(world, params, customer);
  if (mode === "subscription" && params.customer_creation !== undefined) {
    throw invalid("`customer_creation` can only be used in `payment` mode.", "customer_creation");
  }
  const plan = planFor(context, mode);
  const session = newSession(world, mode);
  session.success_url = success_url;
  session.cancel_url = requireUrl(params, "cancel_url");
  session.customer = customer ?? null;
  session.customer_email = email ?? null;
  session.client_reference_id = text(params, "client_reference_id") ?? null;
  session.metadata = mergeMetadata({}, params);
  session.expires_at = expiryOf(world, params);
  session.currency = world.data.prices[plan.line_items[0]?.price ?? ""]?.currency ?? null;
  session.discounts = readDiscounts(world, sent).map(({ coupon, promotion_code }) => ({
    coupon: promotion_code === null ? coupon.id : null,
    promotion_code,
  }));
  fillOptions(session, params);
  checkAccount(world, {
    currency: session.currency,
    customer: session.customer,
    tax: session.automatic_tax.enabled,
    terms: fieldsOf(params, "consent_collection")?.terms_of_service === "required",
  });
  priceSession(world, session, plan);
  world.data.checkout_sessions[session.id] = session;
  world.data.session_plans[session.id] = plan;
  return session;
}

/** Collecting tax for a customer that exists needs leave to save the address that is typed. */
function checkTax(world: World, params: Params, customer: string | undefined): void {
  if (fieldsOf(params, "managed_payments")?.enabled === true) {
    for (const name of ["automatic_tax", "tax_id_collection"] as const) {
      if (params[name] === undefined) continue;
      throw invalid(`${name} cannot be used with Managed Payments.`, name, "parameter_unknown");
    }
  }
  if (customer === undefined) return;
  const update = fieldsOf(params, "customer_update");
  if (fieldsOf(params, "tax_id_collection")?.enabled === true && text(update ?? {}, "name") !== "auto") {
    throw invalid("tax_id_collection for a customer that exists needs `customer_update[name]` as 'auto'.");
  }
  if (fieldsOf(params, "automatic_tax")?.enabled !== true) return;
  const address = world.data.customers[customer]?.address ?? null;
  if (address === null && text(update ?? {}, "address") !== "auto") {
    throw invalid(
      "automatic_tax needs an address: give the customer one, or send `customer_update[address]` as 'auto'.",
      undefined,
      "customer_tax_location_invalid",
    );
  }
}

function expiryOf(world: World, params: Params): number {
  const at = int(params, "expires_at");
  if (at === undefined) return world.now() + DAY_S;
  if (at < world.now() + HALF_HOUR_S || at > world.now() + DAY_S) {
    throw invalid("`expires_at` must be 30 minutes to 24 hours from now.", "expires_at");
  }
  return at;
}

function fillOptions(session: SessionRecord, params: Params): void {
  session.allow_promotion_codes = flag(params, "allow_promotion_codes") ?? null;
  session.allowed_payment_method_types = listOf<string>(params, "allowed_payment_method_types") ?? null;
  const types = listOf<string>(params, "payment_method_types") ?? session.allowed_payment_method_types;
  if (types !== null && types !== undefined) session.payment_method_types = types;
  session.billing_address_collection = text(params, "billing_address_collection") ?? null;
  session.locale = text(params, "locale") ?? null;
  session.payment_method_collection =
    text(params, "payment_method_collection") ?? session.payment_method_collection;
  session.submit_type = text(params, "submit_type") ?? null;
  if (flag(fieldsOf(params, "automatic_tax") ?? {}, "enabled") === true) {
    session.automatic_tax = {
      enabled: true,
      liability: { type: "self" },
      provider: "stripe",
      status: "requires_location_inputs",
    };
  }
  if (flag(fieldsOf(params, "managed_payments") ?? {}, "enabled") === true)
    session.managed_payments = { enabled: true };
  const taxIds = fieldsOf(params, "tax_id_collection");
  if (taxIds !== undefined)
    session.tax_id_collection = { enabled: flag(taxIds, "enabled") ?? false, required: "never" };
  const phone = fieldsOf(params, "phone_number_collection");
  if (phone !== undefined) session.phone_number_collection = { enabled: flag(phone, "enabled") ?? false };
}

function list({ world, params }: Context) {
  const filters = ["customer", "subscription", "payment_intent", "status"] as const;
  const details = fieldsOf(params, "customer_details");
  const email = details === undefined ? undefined : text(details, "email");
  const rows = world
    .rows("checkout_sessions")
    .filter(
      (row) =>
        filters.every((name) => text(params, name) === undefined || row[name] === text(params, name)) &&
        (email === undefined || row.customer_details?.email === email),
    );
  return listPage(rows, params, "/v1/checkout/sessions");
}

/** What the payment page itself calls; Stripe's CLI pays sessions with it. */
function confirmPage({ world, path, params }: Context): SessionRecord {
  const session = world.get("checkout_sessions", path.session ?? "", "payment_page", 404);
  const expected = int(params, "expected_amount");
  if (expected !== undefined && expected !== session.amount_total) {
    throw invalid("The expected amount does not match the amount of the session.", "expected_amount");
  }
  const method = text(params, "payment_method");
  const resolved = method === undefined ? null : resolveMethod(world, method, "payment_method");
  const outcome = confirmSession(world, session, {
    method: resolved?.id ?? null,
    email: resolved?.billing_details.email ?? null,
    name: resolved?.billing_details.name ?? null,
  });
  if (outcome === "requires_action") {
    const intent = world.rows("payment_intents").at(-1);
    if (intent !== undefined) throw paymentError(intent, outcome);
  }
  return session;
}

export const checkoutRoutes: Route[] = [
  { operation: "POST /v1/checkout/sessions", params: SESSION, handler: create },
  {
    operation: "GET /v1/checkout/sessions/{session}",
    handler: ({ world, path }) => world.get("checkout_sessions", path.session ?? "", "session", 404),
  },
  {
    operation: "POST /v1/checkout/sessions/{session}",
    params: { metadata: "metadata" },
    handler: ({ world, path, params }) => {
      const row = world.get("checkout_sessions", path.session ?? "", "session", 404);
      row.metadata = mergeMetadata(row.metadata ?? {}, params);
      return row;
    },
  },
  {
    operation: "POST /v1/checkout/sessions/{session}/expire",
    handler: ({ world, path }) => {
      const row = world.get("checkout_sessions", path.session ?? "", "session", 404);
      expireSession(world, row);
      return row;
    },
  },
  {
    operation: "GET /v1/checkout/sessions/{session}/line_items",
    params: LIST_PARAMS,
    handler: ({ world, path }) =>
      lineItemsOf(world, world.get("checkout_sessions", path.session ?? "", "session", 404)),
  },
  {
    operation: "GET /v1/checkout/sessions",
    params: {
      ...LIST_PARAMS,
      customer: "string",
      customer_details: { "email!": "string" },
      payment_intent: "string",
      status: { oneOf: ["complete", "expired", "open"] },
      subscription: "string",
    },
    handler: list,
  },
  {
    operation: "GET /v1/payment_pages/{session}",
    handler: ({ world, path }) => world.get("checkout_sessions", path.session ?? "", "payment_page", 404),
  },
  {
    operation: "POST /v1/payment_pages/{session}/confirm",
    params: { expected_amount: "int", payment_method: "string" },
    handler: confirmPage,
  },
];
