/** New portal configurations and sessions, complete as Stripe answers them. */
import type { Stripe } from "stripe";
import { fieldsOf, flag, listOf, type Params, text } from "./params.ts";
import type { World } from "./world.ts";

type Configuration = Stripe.BillingPortal.Configuration;

/** A configuration with every feature off. */
export function newConfiguration(world: World, id = world.id("bpc")): Configuration {
  return {
    id,
    object: "billing_portal.configuration",
    active: true,
    application: null,
    business_profile: { headline: null, privacy_policy_url: null, terms_of_service_url: null },
    created: world.now(),
    default_return_url: null,
    features: {
      customer_update: { allowed_updates: [], enabled: false },
      invoice_history: { enabled: false },
      payment_method_update: { enabled: false, payment_method_configuration: null },
      subscription_cancel: {
        cancellation_reason: { enabled: false, feedback_options: null, options: [] },
        enabled: false,
        mode: "at_period_end",
        proration_behavior: "none",
      },
      subscription_pause: {
        duration: { interval_options: [], type: "indefinite" },
        enabled: false,
      },
      subscription_update: {
        billing_cycle_anchor: null,
        default_allowed_updates: [],
        enabled: false,
        products: null,
        proration_behavior: "none",
        schedule_at_period_end: { conditions: [] },
        trial_update_behavior: "end_trial",
      },
    },
    is_default: false,
    livemode: world.livemode,
    login_page: { enabled: false, url: null },
    metadata: {},
    name: null,
    updated: world.now(),
  };
}

/** Writes the features that were sent. */
export function fillFeatures(row: Configuration, sent: Params): void {
  const { features } = row;
  const turn = (name: keyof Configuration["features"]): Params | undefined => {
    const feature = fieldsOf(sent, name);
    if (feature !== undefined) features[name].enabled = flag(feature, "enabled") ?? features[name].enabled;
    return feature;
  };
  turn("invoice_history");
  turn("payment_method_update");
  turn("subscription_pause");
  const updates = listOf<string>(turn("customer_update") ?? {}, "allowed_updates");
  if (updates !== undefined) features.customer_update.allowed_updates = updates;
  const cancel = turn("subscription_cancel") ?? {};
  features.subscription_cancel.mode = text(cancel, "mode") ?? features.subscription_cancel.mode;
  features.subscription_cancel.proration_behavior = (text(cancel, "proration_behavior") ??
    features.subscription_cancel.proration_behavior) as "none";
  const reason = fieldsOf(cancel, "cancellation_reason");
  if (reason !== undefined) {
    features.subscription_cancel.cancellation_reason = {
      enabled: flag(reason, "enabled") ?? false,
      feedback_options: null,
      options: listOf<string>(reason, "options") ?? [],
    };
  }
  fillUpdate(features.subscription_update, turn("subscription_update") ?? {});
}

function fillUpdate(feature: Configuration["features"]["subscription_update"], sent: Params): void {
  const allowed = listOf<string>(sent, "default_allowed_updates");
  if (allowed !== undefined) feature.default_allowed_updates = allowed;
  feature.proration_behavior = (text(sent, "proration_behavior") ?? feature.proration_behavior) as "none";
  const conditions = listOf(fieldsOf(sent, "schedule_at_period_end") ?? {}, "conditions");
  if (conditions !== undefined) {
    feature.schedule_at_period_end = {
      conditions: conditions.map((one) => ({ type: text(one, "type") as "shortening_interval" })),
    };
  }
  feature.trial_update_behavior = (text(sent, "trial_update_behavior") ??
    feature.trial_update_behavior) as "continue_trial";
  const products = listOf(sent, "products");
  if (products === undefined) return;
  feature.products = products.map((item) => ({
    adjustable_quantity: { enabled: false, maximum: null, minimum: 1 },
    prices: listOf<string>(item, "prices") ?? [],
    product: text(item, "product") ?? "",
  }));
}
