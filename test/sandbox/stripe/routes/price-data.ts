import { invalid } from "../errors.ts";
import { newPrice, newProduct } from "../make-catalog.ts";
import { type Fields, fieldsOf, int, mergeMetadata, type Params, text } from "../params.ts";
import type { PriceRecord } from "../records.ts";
import type { World } from "../world.ts";

/** A price made on the spot, for one line. */
export const PRICE_DATA = {
  "currency!": "string",
  product: "string",
  product_data: { "name!": "string", description: "string", metadata: "metadata" },
  recurring: { "interval!": { oneOf: ["day", "week", "month", "year"] }, interval_count: "int" },
  tax_behavior: "string",
  unit_amount: "int",
} as const satisfies Fields;

/** Makes the price, and its product when that is described too. Throws 400 without a product. */
export function createPriceInline(world: World, sent: Params): PriceRecord {
  const id = text(sent, "product");
  const data = fieldsOf(sent, "product_data");
  if (id === undefined && data === undefined) {
    throw invalid("You must specify either `product` or `product_data`.", "price_data");
  }
  let product = id === undefined ? undefined : world.get("products", id, "price_data[product]");
  if (product === undefined) {
    product = newProduct(world, text(data ?? {}, "name") ?? "");
    product.metadata = mergeMetadata({}, data ?? {});
    world.data.products[product.id] = product;
    world.emit("product.created", product);
  }
  const recurring = fieldsOf(sent, "recurring");
  const price = newPrice(world, {
    product: product.id,
    currency: text(sent, "currency") ?? "usd",
    unit_amount: int(sent, "unit_amount") ?? 0,
    ...(recurring === undefined ? {} : { interval: text(recurring, "interval") as "month" }),
    interval_count: recurring === undefined ? 1 : (int(recurring, "interval_count") ?? 1),
  });
  world.data.prices[price.id] = price;
  world.emit("price.created", price);
  return price;
}
