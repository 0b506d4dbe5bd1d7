import { STRIPE_SANDBOX } from "./facts.ts";
import { newCoupon, newPrice, newProduct, newPromotionCode } from "./make-catalog.ts";
import { newConfiguration } from "./make-portal.ts";
import type { World } from "./world.ts";

/** What an operator has set up: product, monthly and annual price, portal, promotion codes; no customers. */
export function seedWorld(world: World): void {
  const facts = STRIPE_SANDBOX;
  seedProduct(world, facts.product, facts.productName, [
    {
      id: facts.priceMonthlyId,
      lookup_key: facts.priceMonthly,
      amount: facts.amountMonthly,
      interval: "month",
    },
    { id: facts.priceYearlyId, lookup_key: facts.priceYearly, amount: facts.amountYearly, interval: "year" },
  ]);
  seedProduct(world, facts.otherProduct, "T-shirt of the month", [
    { id: facts.otherPriceId, lookup_key: null, amount: 2_500, interval: "month" },
  ]);
  seedPromotion(world, facts.coupon, facts.promotionCode, 20, "once");
  seedPromotion(world, facts.freeCoupon, facts.freePromotionCode, 100, "forever");
  seedPortal(world);
}

interface SeedPrice {
  id: string;
  lookup_key: string | null;
  amount: number;
  interval: "month" | "year";
}

function seedProduct(world: World, id: string, name: string, prices: SeedPrice[]): void {
  const product = newProduct(world, name, id);
  world.data.products[id] = product;
  for (const seed of prices) {
    const price = newPrice(world, {
      id: seed.id,
      product: id,
      currency: STRIPE_SANDBOX.currency,
      unit_amount: seed.amount,
      interval: seed.interval,
    });
    price.lookup_key = seed.lookup_key;
    world.data.prices[price.id] = price;
    product.default_price ??= price.id;
  }
}

function seedPromotion(
  world: World,
  coupon_id: string,
  code: string,
  percent_off: number,
  duration: "once" | "forever",
): void {
  const coupon = newCoupon(world, coupon_id);
  coupon.percent_off = percent_off;
  coupon.duration = duration;
  coupon.name = `${percent_off} % off`;
  world.data.coupons[coupon.id] = coupon;
  const promotion = newPromotionCode(world, coupon.id, code);
  world.data.promotion_codes[promotion.id] = promotion;
}

function seedPortal(world: World): void {
  const facts = STRIPE_SANDBOX;
  const row = newConfiguration(world, facts.portalConfiguration);
  row.is_default = true;
  row.business_profile.headline = "ClickUp MCP";
  // As `npm run stripe:setup` makes it.
  row.features.customer_update = { allowed_updates: ["email", "address", "tax_id"], enabled: true };
  row.features.invoice_history.enabled = true;
  row.features.payment_method_update.enabled = true;
  row.features.subscription_cancel.enabled = true;
  row.features.subscription_cancel.cancellation_reason = {
    enabled: true,
    feedback_options: null,
    options: ["too_expensive", "missing_features", "switched_service", "unused", "other"],
  };
  row.features.subscription_update = {
    ...row.features.subscription_update,
    default_allowed_updates: ["price"],
    enabled: true,
    products: [
      {
        adjustable_quantity: { enabled: false, maximum: null, minimum: 1 },
        prices: [facts.priceMonthlyId, facts.priceYearlyId],
        product: facts.product,
      },
    ],
    proration_behavior: "always_invoice",
    schedule_at_period_end: { conditions: [{ type: "shortening_interval" }] },
    trial_update_behavior: "continue_trial",
  };
  world.data.portal_configurations[row.id] = row;
}
