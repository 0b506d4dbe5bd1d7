import type { Stripe } from "stripe";
import { invalid } from "../errors.ts";
import { LIST_PARAMS, listPage } from "../list.ts";
import { fillFeatures, newConfiguration } from "../make-portal.ts";
import { type Fields, fieldsOf, flag, listOf, mergeMetadata, type Params, text } from "../params.ts";
import type { PortalSessionRecord } from "../records.ts";
import type { Context, Route } from "../route.ts";
import type { World } from "../world.ts";

type Configuration = Stripe.BillingPortal.Configuration;
type Flow = Stripe.BillingPortal.Session.Flow;

const ENABLED = { "enabled!": "bool" } as const satisfies Fields;
const CONFIGURATION = {
  active: "bool",
  business_profile: { headline: "string", privacy_policy_url: "string", terms_of_service_url: "string" },
  default_return_url: "string",
  features: {
    customer_update: { allowed_updates: ["string"], enabled: "bool" },
    invoice_history: ENABLED,
    payment_method_update: ENABLED,
    subscription_cancel: {
      cancellation_reason: { enabled: "bool", options: ["string"] },
      enabled: "bool",
      mode: { oneOf: ["at_period_end", "immediately"] },
      proration_behavior: { oneOf: ["always_invoice", "create_prorations", "none"] },
    },
    subscription_pause: { enabled: "bool" },
    subscription_update: {
      default_allowed_updates: ["string"],
      enabled: "bool",
      products: [{ adjustable_quantity: "any", "prices!": ["string"], "product!": "string" }],
      proration_behavior: { oneOf: ["always_invoice", "create_prorations", "none"] },
      schedule_at_period_end: {
        conditions: [{ "type!": { oneOf: ["decreasing_item_amount", "shortening_interval"] } }],
      },
      trial_update_behavior: { oneOf: ["continue_trial", "end_trial"] },
    },
  },
  login_page: ENABLED,
  metadata: "metadata",
  name: "string",
} as const satisfies Fields;

const { features: FEATURES, ...OTHER } = CONFIGURATION;
const FIRST_CONFIGURATION = { ...OTHER, "features!": FEATURES } satisfies Fields;

const FLOWS = [
  "customer_update",
  "payment_method_update",
  "subscription_cancel",
  "subscription_update",
  "subscription_update_confirm",
] as const;

const SESSION = {
  configuration: "string",
  "customer!": "string",
  flow_data: {
    after_completion: {
      hosted_confirmation: { custom_message: "string" },
      redirect: { "return_url!": "string" },
      "type!": { oneOf: ["hosted_confirmation", "portal_homepage", "redirect"] },
    },
    subscription_cancel: { "subscription!": "string" },
    subscription_update: { "subscription!": "string" },
    subscription_update_confirm: {
      discounts: [{ coupon: "string", promotion_code: "string" }],
      "items!": [{ "id!": "string", price: "string", quantity: "int" }],
      "subscription!": "string",
    },
    "type!": { oneOf: FLOWS },
  },
  locale: "string",
  return_url: "string",
} as const satisfies Fields;

function fill(world: World, row: Configuration, params: Params): void {
  row.active = flag(params, "active") ?? row.active;
  if (params.name !== undefined) row.name = text(params, "name") ?? null;
  if (params.default_return_url !== undefined)
    row.default_return_url = text(params, "default_return_url") ?? null;
  const profile = fieldsOf(params, "business_profile");
  if (profile !== undefined) row.business_profile = { ...row.business_profile, ...profile };
  const features = fieldsOf(params, "features");
  if (features !== undefined) fillFeatures(row, features);
  for (const { product, prices } of row.features.subscription_update.products ?? []) {
    world.get("products", product, "features[subscription_update][products][0][product]");
    for (const price of prices)
      world.get("prices", price, "features[subscription_update][products][0][prices][0]");
  }
  const login = flag(fieldsOf(params, "login_page") ?? {}, "enabled");
  if (login !== undefined) {
    row.login_page = { enabled: login, url: login ? `${world.origins.billing}/p/login/${row.id}` : null };
  }
  row.metadata = mergeMetadata(row.metadata ?? {}, params);
  row.updated = world.now();
}

function createConfiguration({ world, params }: Context): Configuration {
  const row = newConfiguration(world);
  fill(world, row, params);
  world.data.portal_configurations[row.id] = row;
  world.emit("billing_portal.configuration.created", row);
  return row;
}

/** The configuration a session uses; without one, the default that is saved in the dashboard. */
function configurationOf({ world, params }: Context): Configuration {
  const id = text(params, "configuration");
  const row =
    id === undefined
      ? world.rows("portal_configurations").find((candidate) => candidate.is_default && candidate.active)
      : world.get("portal_configurations", id, "configuration");
  if (row === undefined) {
    const mode = world.livemode ? "live" : "test";
    throw invalid(
      `No configuration provided and your ${mode} mode default configuration has not been created; send one, or save the portal settings in the dashboard.`,
    );
  }
  if (!row.active) throw invalid("This configuration is not active.", "configuration");
  return row;
}

function flowOf(world: World, customer: string, sent: Params | undefined): Flow | null {
  if (sent === undefined) return null;
  const type = text(sent, "type") as Flow["type"];
  const after = fieldsOf(sent, "after_completion");
  const redirect = fieldsOf(after ?? {}, "redirect");
  const flow: Flow = {
    after_completion: {
      hosted_confirmation:
        after?.type === "hosted_confirmation"
          ? { custom_message: text(fieldsOf(after, "hosted_confirmation") ?? {}, "custom_message") ?? null }
          : null,
      redirect: redirect === undefined ? null : { return_url: text(redirect, "return_url") ?? "" },
      type: (after === undefined
        ? "portal_homepage"
        : text(after, "type")) as Flow["after_completion"]["type"],
    },
    customer_update: type === "customer_update" ? {} : null,
    subscription_cancel: null,
    subscription_pause: null,
    subscription_update: null,
    subscription_update_confirm: null,
    type,
  };
  if (type === "customer_update" || type === "payment_method_update") return flow;
  const part = fieldsOf(sent, type);
  if (part === undefined)
    throw invalid(`Missing required param: flow_data[${type}].`, `flow_data[${type}]`, "parameter_missing");
  const subscription = ownSubscription(world, customer, text(part, "subscription") ?? "", type);
  if (type === "subscription_cancel") flow.subscription_cancel = { retention: null, subscription };
  if (type === "subscription_update") flow.subscription_update = { subscription };
  if (type === "subscription_update_confirm") {
    flow.subscription_update_confirm = {
      discounts: null,
      items: (listOf(part, "items") ?? []).map((item) => ({
        id: text(item, "id") ?? null,
        price: text(item, "price") ?? null,
        quantity: (item.quantity as number | undefined) ?? 1,
      })),
      subscription,
    };
  }
  return flow;
}

function ownSubscription(world: World, customer: string, id: string, type: string): string {
  const param = `flow_data[${type}][subscription]`;
  const row = world.get("subscriptions", id, param);
  if (row.customer !== customer) throw invalid("The subscription does not belong to this customer.", param);
  if (row.status === "canceled" || row.status === "incomplete_expired") {
    throw invalid("The subscription must not be canceled.", param);
  }
  if (type === "subscription_cancel" && row.cancel_at !== null) {
    throw invalid("This subscription cannot be canceled because it is already set to be canceled.", param);
  }
  return row.id;
}

/** A flow needs its feature in the configuration; changing the plan also needs another price to change to. */
function checkFeature(configuration: Configuration, type: string | undefined): void {
  const { features } = configuration;
  const prices = (features.subscription_update.products ?? []).flatMap((product) => product.prices);
  const enabled: Record<string, boolean> = {
    customer_update: features.customer_update.enabled,
    payment_method_update: features.payment_method_update.enabled,
    subscription_cancel: features.subscription_cancel.enabled,
    subscription_update: features.subscription_update.enabled && prices.length > 1,
    subscription_update_confirm: features.subscription_update.enabled,
  };
  if (type === undefined || enabled[type] === true) return;
  const feature = type.replace("_confirm", "");
  throw invalid(
    `This subscription cannot be updated because the ${feature} feature in the portal configuration is disabled.`,
    "flow_data[type]",
  );
}

function createSession(context: Context): PortalSessionRecord {
  const { world, params } = context;
  const customer = world.get("customers", text(params, "customer") ?? "", "customer");
  const configuration = configurationOf(context);
  checkFeature(configuration, text(fieldsOf(params, "flow_data") ?? {}, "type"));
  const id = world.id("bps");
  const row: PortalSessionRecord = {
    id,
    object: "billing_portal.session",
    configuration: configuration.id,
    created: world.now(),
    customer: customer.id,
    customer_account: null,
    flow: flowOf(world, customer.id, fieldsOf(params, "flow_data")),
    livemode: world.livemode,
    locale: text(params, "locale") ?? null,
    on_behalf_of: null,
    return_url: text(params, "return_url") ?? configuration.default_return_url,
    url: `${world.origins.billing}/p/session/${id}`,
  };
  world.data.portal_sessions[id] = row;
  world.emit("billing_portal.session.created", row);
  return row;
}

export const portalRoutes: Route[] = [
  {
    operation: "POST /v1/billing_portal/configurations",
    params: FIRST_CONFIGURATION,
    handler: createConfiguration,
  },
  {
    operation: "GET /v1/billing_portal/configurations/{configuration}",
    handler: ({ world, path }) =>
      world.get("portal_configurations", path.configuration ?? "", "configuration", 404),
  },
  {
    operation: "POST /v1/billing_portal/configurations/{configuration}",
    params: CONFIGURATION,
    handler: ({ world, path, params }) => {
      const row = world.get("portal_configurations", path.configuration ?? "", "configuration", 404);
      world.change(row, "billing_portal.configuration.updated", () => fill(world, row, params));
      return row;
    },
  },
  {
    operation: "GET /v1/billing_portal/configurations",
    params: { ...LIST_PARAMS, active: "bool", is_default: "bool" },
    handler: ({ world, params }) => {
      const active = flag(params, "active");
      const isDefault = flag(params, "is_default");
      const rows = world
        .rows("portal_configurations")
        .filter(
          (row) =>
            (active === undefined || row.active === active) &&
            (isDefault === undefined || row.is_default === isDefault),
        );
      return listPage(rows, params, "/v1/billing_portal/configurations");
    },
  },
  { operation: "POST /v1/billing_portal/sessions", params: SESSION, handler: createSession },
];
