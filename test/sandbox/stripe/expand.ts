/** expand[]: ids in an answer are replaced by their objects; some fields are only there when asked for. */
import type { TableName } from "./data.ts";
import { invalid } from "./errors.ts";
import { listObject } from "./make-billing.ts";
import { lineItemsOf } from "./make-session.ts";
import type { SessionRecord } from "./records.ts";
import type { World } from "./world.ts";

/** Table of an id, by its prefix. */
const PREFIXES: [string, TableName][] = [
  ["cus_", "customers"],
  ["sub_", "subscriptions"],
  ["in_", "invoices"],
  ["pm_", "payment_methods"],
  ["pi_", "payment_intents"],
  ["ch_", "charges"],
  ["prod_", "products"],
  ["price_", "prices"],
  ["cs_", "checkout_sessions"],
  ["re_", "refunds"],
  ["du_", "disputes"],
  ["di_", "discounts"],
  ["promo_", "promotion_codes"],
  ["bpc_", "portal_configurations"],
  ["ii_", "invoice_items"],
];

/** At most this deep, as at Stripe. */
const MAX_DEPTH = 4;

/** A copy of `answer` with every path of `expand` filled in. Throws 400 for a property that cannot be expanded. */
export function expanded(world: World, answer: unknown, expand: unknown): unknown {
  const copy = structuredClone(answer);
  if (expand === undefined || expand === null) return copy;
  if (!Array.isArray(expand)) throw invalid("Invalid array", "expand");
  for (const path of expand) {
    const parts = String(path).split(".");
    if (parts.length > MAX_DEPTH + (parts[0] === "data" ? 1 : 0)) {
      throw invalid(
        `You cannot expand more than ${MAX_DEPTH} levels of a property. Property: ${path}`,
        "expand",
      );
    }
    fill(world, copy, parts, String(path));
  }
  return copy;
}

function fill(world: World, target: unknown, parts: string[], path: string): void {
  const [name, ...rest] = parts;
  if (name === undefined || target === null || target === undefined) return;
  if (Array.isArray(target)) {
    for (const item of target) fill(world, item, parts, path);
    return;
  }
  if (typeof target !== "object") throw notExpandable(path, name);
  const holder = target as Record<string, unknown>;
  if (!(name in holder)) {
    const extra = onDemand(world, holder, name);
    if (extra === undefined) throw notExpandable(path, name);
    holder[name] = extra;
  } else {
    holder[name] = resolve(world, holder[name], name);
  }
  if (rest.length === 0) {
    const value = holder[name];
    const plain = typeof value === "number" || typeof value === "boolean" || typeof value === "string";
    if (plain) throw notExpandable(path, name);
    return;
  }
  fill(world, holder[name], rest, path);
}

function resolve(world: World, value: unknown, name: string): unknown {
  if (Array.isArray(value)) return value.map((item) => resolve(world, item, name));
  if (typeof value !== "string") return value;
  if (name === "coupon") return structuredClone(world.find("coupons", value)) ?? value;
  const table = PREFIXES.find(([prefix]) => value.startsWith(prefix))?.[1];
  if (table === undefined) return value;
  return structuredClone(world.find(table, value) ?? world.data.tombstones[value] ?? value);
}

/** Fields that Stripe leaves out unless they are asked for. */
function onDemand(world: World, holder: Record<string, unknown>, name: string): unknown {
  const id = String(holder.id);
  const of = (table: TableName, field: string) =>
    structuredClone(
      world.rows(table).filter((row) => (row as unknown as Record<string, unknown>)[field] === id),
    ).reverse();
  switch (`${String(holder.object)}.${name}`) {
    case "checkout.session.line_items":
      return lineItemsOf(world, holder as unknown as SessionRecord);
    case "customer.subscriptions": {
      const rows = world
        .rows("subscriptions")
        .filter((row) => row.customer === id && row.status !== "canceled");
      return listObject(`/v1/customers/${id}/subscriptions`, structuredClone(rows).reverse());
    }
    case "customer.sources":
      return listObject(`/v1/customers/${id}/sources`, []);
    case "customer.tax_ids":
      return listObject(`/v1/customers/${id}/tax_ids`, []);
    case "customer.tax":
      return { automatic_tax: "not_collecting", ip_address: null, location: null, provider: "stripe" };
    case "invoice.payments":
      return listObject(`/v1/invoice_payments?invoice=${id}`, of("invoice_payments", "invoice"));
    case "invoice.confirmation_secret":
      return null;
    case "charge.refunds":
      return listObject(`/v1/charges/${id}/refunds`, of("refunds", "charge"));
    default:
      return undefined;
  }
}

function notExpandable(path: string, name: string) {
  return invalid(
    `This property cannot be expanded (${name}). You may want to try expanding other properties of this object. Path: ${path}`,
    "expand",
  );
}
