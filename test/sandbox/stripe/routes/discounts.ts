import type { Stripe } from "stripe";
import { invalid } from "../errors.ts";
import { LIST_PARAMS, listPage } from "../list.ts";
import { newCoupon, newPromotionCode } from "../make-catalog.ts";
import { fieldsOf, flag, int, mergeMetadata, text } from "../params.ts";
import type { PromotionCodeRecord } from "../records.ts";
import type { Context, Route } from "../route.ts";

function createCoupon({ world, params }: Context): Stripe.Coupon {
  const id = text(params, "id");
  if (id !== undefined && world.find("coupons", id) !== undefined) {
    throw invalid("Coupon already exists.", undefined, "resource_already_exists");
  }
  const row = newCoupon(world, id);
  row.percent_off = (params.percent_off as number | null | undefined) ?? null;
  row.amount_off = int(params, "amount_off") ?? null;
  if ((row.percent_off === null) === (row.amount_off === null)) {
    throw invalid("You must pass one of `percent_off` or `amount_off`.");
  }
  row.currency = text(params, "currency") ?? null;
  row.duration = text(params, "duration") ?? "once";
  row.duration_in_months = int(params, "duration_in_months") ?? null;
  row.max_redemptions = int(params, "max_redemptions") ?? null;
  row.redeem_by = int(params, "redeem_by") ?? null;
  row.name = text(params, "name") ?? null;
  row.metadata = mergeMetadata({}, params);
  world.data.coupons[row.id] = row;
  world.emit("coupon.created", row);
  return row;
}

function createPromotionCode({ world, params }: Context): PromotionCodeRecord {
  const promotion = fieldsOf(params, "promotion");
  const coupon = text(params, "coupon") ?? (promotion === undefined ? undefined : text(promotion, "coupon"));
  if (coupon === undefined) {
    throw invalid("Missing required param: promotion.", "promotion", "parameter_missing");
  }
  world.get("coupons", coupon, "promotion[coupon]");
  const code = text(params, "code") ?? world.id("promo").slice(-8).toUpperCase();
  if (
    world.rows("promotion_codes").some((row) => row.active && row.code.toLowerCase() === code.toLowerCase())
  ) {
    throw invalid(`An active promotion code with \`code: ${code}\` already exists.`, "code");
  }
  const row = newPromotionCode(world, coupon, code);
  row.active = flag(params, "active") ?? true;
  row.customer = text(params, "customer") ?? null;
  row.expires_at = int(params, "expires_at") ?? null;
  row.max_redemptions = int(params, "max_redemptions") ?? null;
  row.metadata = mergeMetadata({}, params);
  world.data.promotion_codes[row.id] = row;
  world.emit("promotion_code.created", row);
  return row;
}

function listPromotionCodes({ world, params }: Context) {
  const code = text(params, "code");
  const active = flag(params, "active");
  const coupon = text(params, "coupon");
  const rows = world
    .rows("promotion_codes")
    .filter(
      (row) =>
        (code === undefined || row.code.toLowerCase() === code.toLowerCase()) &&
        (active === undefined || row.active === active) &&
        (coupon === undefined || row.promotion.coupon === coupon),
    );
  return listPage(rows, params, "/v1/promotion_codes");
}

export const discountRoutes: Route[] = [
  {
    operation: "POST /v1/coupons",
    params: {
      amount_off: "int",
      currency: "string",
      duration: { oneOf: ["forever", "once", "repeating"] },
      duration_in_months: "int",
      id: "string",
      max_redemptions: "int",
      metadata: "metadata",
      name: "string",
      percent_off: "number",
      redeem_by: "int",
    },
    handler: createCoupon,
  },
  {
    operation: "GET /v1/coupons/{coupon}",
    handler: ({ world, path }) => world.get("coupons", path.coupon ?? "", "coupon", 404),
  },
  {
    operation: "POST /v1/coupons/{coupon}",
    params: { metadata: "metadata", name: "string" },
    handler: ({ world, path, params }) => {
      const row = world.get("coupons", path.coupon ?? "", "coupon", 404);
      world.change(row, "coupon.updated", () => {
        if (params.name !== undefined) row.name = text(params, "name") ?? null;
        row.metadata = mergeMetadata(row.metadata ?? {}, params);
      });
      return row;
    },
  },
  {
    operation: "DELETE /v1/coupons/{coupon}",
    handler: ({ world, path }) => {
      const row = world.get("coupons", path.coupon ?? "", "coupon", 404);
      delete world.data.coupons[row.id];
      world.emit("coupon.deleted", row);
      return { id: row.id, object: "coupon", deleted: true };
    },
  },
  {
    operation: "GET /v1/coupons",
    params: LIST_PARAMS,
    handler: ({ world, params }) => listPage(world.rows("coupons"), params, "/v1/coupons"),
  },
  {
    operation: "POST /v1/promotion_codes",
    params: {
      active: "bool",
      code: "string",
      // Older versions of the API name the coupon here; the current one inside `promotion`.
      coupon: "string",
      customer: "string",
      expires_at: "int",
      max_redemptions: "int",
      metadata: "metadata",
      promotion: { "type!": { oneOf: ["coupon"] }, coupon: "string" },
    },
    handler: createPromotionCode,
  },
  {
    operation: "GET /v1/promotion_codes/{promotion_code}",
    handler: ({ world, path }) =>
      world.get("promotion_codes", path.promotion_code ?? "", "promotion_code", 404),
  },
  {
    operation: "POST /v1/promotion_codes/{promotion_code}",
    params: { active: "bool", metadata: "metadata" },
    handler: ({ world, path, params }) => {
      const row = world.get("promotion_codes", path.promotion_code ?? "", "promotion_code", 404);
      world.change(row, "promotion_code.updated", () => {
        row.active = flag(params, "active") ?? row.active;
        row.metadata = mergeMetadata(row.metadata ?? {}, params);
      });
      return row;
    },
  },
  {
    operation: "GET /v1/promotion_codes",
    params: { ...LIST_PARAMS, active: "bool", code: "string", coupon: "string", customer: "string" },
    handler: listPromotionCodes,
  },
];
