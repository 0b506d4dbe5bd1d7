import type { Stripe } from "stripe";
import { invalid } from "./errors.ts";
import { newDiscount } from "./make-catalog.ts";
import { type Params, text } from "./params.ts";
import type { PromotionCodeRecord, SubscriptionRecord } from "./records.ts";
import type { World } from "./world.ts";

/** The active promotion code that a person typed; undefined when it cannot be used now. */
export function usablePromotionCode(world: World, code: string): PromotionCodeRecord | undefined {
  return world
    .rows("promotion_codes")
    .find((row) => row.code.toLowerCase() === code.trim().toLowerCase() && isUsable(world, row));
}

function isUsable(world: World, row: PromotionCodeRecord): boolean {
  if (!row.active || !couponValid(world, world.data.coupons[row.promotion.coupon])) return false;
  if (row.expires_at !== null && row.expires_at <= world.now()) return false;
  return row.max_redemptions === null || row.times_redeemed < row.max_redemptions;
}

function couponValid(world: World, coupon: Stripe.Coupon | undefined): boolean {
  if (coupon === undefined || !coupon.valid) return false;
  return coupon.redeem_by === null || coupon.redeem_by > world.now();
}

/** Checks discounts that were sent as {coupon} or {promotion_code}. Throws 400 for one that cannot be used. */
export function readDiscounts(
  world: World,
  sent: Params[],
): { coupon: Stripe.Coupon; promotion_code: string | null }[] {
  return sent.map((item, index) => {
    const code = text(item, "promotion_code");
    if (code !== undefined) {
      const row = world.get("promotion_codes", code, `discounts[${index}][promotion_code]`);
      if (!isUsable(world, row)) {
        throw invalid("This promotion code is not active.", `discounts[${index}][promotion_code]`);
      }
      const coupon = world.get("coupons", row.promotion.coupon, `discounts[${index}]`);
      return { coupon, promotion_code: row.id };
    }
    const coupon = world.get("coupons", text(item, "coupon") ?? "", `discounts[${index}][coupon]`);
    if (!couponValid(world, coupon)) {
      throw invalid("This coupon has expired.", `discounts[${index}][coupon]`, "coupon_expired");
    }
    return { coupon, promotion_code: null };
  });
}

/** Puts a discount on a subscription and counts the redemption. */
export function applyDiscount(
  world: World,
  subscription: SubscriptionRecord,
  coupon: Stripe.Coupon,
  promotion_code: string | null,
  session: string | null = null,
): void {
  const discount = newDiscount(world, coupon, {
    customer: subscription.customer,
    subscription: subscription.id,
    promotion_code,
    session,
  });
  world.data.discounts[discount.id] = discount;
  subscription.discounts.push(discount.id);
  coupon.times_redeemed++;
  const row = promotion_code === null ? undefined : world.data.promotion_codes[promotion_code];
  if (row !== undefined) row.times_redeemed++;
  world.emit("customer.discount.created", discount);
}
