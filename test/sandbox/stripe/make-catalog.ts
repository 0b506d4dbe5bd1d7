/** New customers, products, prices, coupons and promotion codes, complete as Stripe answers them. */
import type { Stripe } from "stripe";
import type {
  CustomerRecord,
  DiscountRecord,
  PriceRecord,
  ProductRecord,
  PromotionCodeRecord,
} from "./records.ts";
import type { World } from "./world.ts";

/** Decimals are text on the wire; the SDK makes them numbers of its own. */
export function decimal(value: number): Stripe.Decimal {
  return String(value) as unknown as Stripe.Decimal;
}

export function newCustomer(world: World, id = world.id("cus")): CustomerRecord {
  return {
    id,
    object: "customer",
    address: null,
    balance: 0,
    created: world.now(),
    currency: null,
    customer_account: null,
    default_source: null,
    delinquent: false,
    description: null,
    email: null,
    invoice_prefix: id.slice(-8).toUpperCase(),
    invoice_settings: {
      custom_fields: null,
      default_payment_method: null,
      footer: null,
      rendering_options: null,
    },
    livemode: world.livemode,
    metadata: {},
    name: null,
    next_invoice_sequence: 1,
    phone: null,
    preferred_locales: [],
    shipping: null,
    tax_exempt: "none",
    test_clock: null,
  };
}

export function newProduct(world: World, name: string, id = world.id("prod")): ProductRecord {
  return {
    id,
    object: "product",
    active: true,
    created: world.now(),
    default_price: null,
    description: null,
    images: [],
    livemode: world.livemode,
    marketing_features: [],
    metadata: {},
    name,
    package_dimensions: null,
    shippable: null,
    statement_descriptor: null,
    tax_code: null,
    tax_details: null,
    type: "service",
    unit_label: null,
    updated: world.now(),
    url: null,
  };
}

export interface PriceInit {
  id?: string;
  product: string;
  currency: string;
  /** In the smallest unit of the currency. */
  unit_amount: number;
  /** Absent for a one-time price. */
  interval?: "day" | "week" | "month" | "year";
  interval_count?: number;
}

export function newPrice(world: World, init: PriceInit): PriceRecord {
  return {
    id: init.id ?? world.id("price"),
    object: "price",
    active: true,
    billing_scheme: "per_unit",
    created: world.now(),
    currency: init.currency,
    custom_unit_amount: null,
    livemode: world.livemode,
    lookup_key: null,
    metadata: {},
    nickname: null,
    product: init.product,
    recurring:
      init.interval === undefined
        ? null
        : {
            interval: init.interval,
            interval_count: init.interval_count ?? 1,
            meter: null,
            trial_period_days: null,
            usage_type: "licensed",
          },
    tax_behavior: "unspecified",
    tiers_mode: null,
    transform_quantity: null,
    type: init.interval === undefined ? "one_time" : "recurring",
    unit_amount: init.unit_amount,
    unit_amount_decimal: decimal(init.unit_amount),
  };
}

/** The old form of a recurring price, which subscription items still carry. */
export function planOf(price: PriceRecord): Stripe.Plan {
  return {
    id: price.id,
    object: "plan",
    active: price.active,
    amount: price.unit_amount,
    amount_decimal: price.unit_amount_decimal,
    billing_scheme: price.billing_scheme,
    created: price.created,
    currency: price.currency,
    interval: price.recurring?.interval ?? "month",
    interval_count: price.recurring?.interval_count ?? 1,
    livemode: price.livemode,
    metadata: price.metadata,
    meter: null,
    nickname: price.nickname,
    product: price.product,
    tiers_mode: null,
    transform_usage: null,
    trial_period_days: null,
    usage_type: "licensed",
  };
}

export function newCoupon(world: World, id = world.id("coupon").slice(7, 15)): Stripe.Coupon {
  return {
    id,
    object: "coupon",
    amount_off: null,
    created: world.now(),
    currency: null,
    duration: "once",
    duration_in_months: null,
    livemode: world.livemode,
    max_redemptions: null,
    metadata: {},
    name: null,
    percent_off: null,
    redeem_by: null,
    times_redeemed: 0,
    valid: true,
  };
}

export function newPromotionCode(world: World, coupon: string, code: string): PromotionCodeRecord {
  return {
    id: world.id("promo"),
    object: "promotion_code",
    active: true,
    code,
    created: world.now(),
    customer: null,
    customer_account: null,
    expires_at: null,
    livemode: world.livemode,
    max_redemptions: null,
    metadata: {},
    promotion: { type: "coupon", coupon },
    restrictions: { first_time_transaction: false, minimum_amount: null, minimum_amount_currency: null },
    times_redeemed: 0,
  };
}

export function newDiscount(
  world: World,
  coupon: Stripe.Coupon,
  of: {
    customer: string;
    subscription: string | null;
    promotion_code?: string | null;
    session?: string | null;
  },
): DiscountRecord {
  const months = coupon.duration === "repeating" ? (coupon.duration_in_months ?? 1) : null;
  return {
    id: world.id("di"),
    object: "discount",
    checkout_session: of.session ?? null,
    customer: of.customer,
    customer_account: null,
    end: months === null ? null : world.now() + months * 30 * 86_400,
    invoice: null,
    invoice_item: null,
    promotion_code: of.promotion_code ?? null,
    source: { type: "coupon", coupon: coupon.id },
    start: world.now(),
    subscription: of.subscription,
    subscription_item: null,
  };
}
