import { invalid } from "../errors.ts";
import { LIST_PARAMS, listPage } from "../list.ts";
import { newPrice, newProduct } from "../make-catalog.ts";
import { type Fields, fieldsOf, flag, int, listOf, mergeMetadata, type Params, text } from "../params.ts";
import type { PriceRecord, ProductRecord } from "../records.ts";
import type { Context, Route } from "../route.ts";
import { SEARCH_PARAMS, searchPage } from "../search.ts";
import type { World } from "../world.ts";

const PRODUCT = {
  active: "bool",
  default_price: "string",
  description: "string",
  images: ["string"],
  marketing_features: [{ "name!": "string" }],
  metadata: "metadata",
  name: "string",
  statement_descriptor: "string",
  tax_code: "string",
  unit_label: "string",
  url: "string",
} as const satisfies Fields;

const RECURRING = {
  "interval!": { oneOf: ["day", "week", "month", "year"] },
  interval_count: "int",
  usage_type: { oneOf: ["licensed"] },
} as const satisfies Fields;

const PRICE = {
  active: "bool",
  billing_scheme: { oneOf: ["per_unit"] },
  "currency!": "string",
  lookup_key: "string",
  metadata: "metadata",
  nickname: "string",
  product: "string",
  product_data: { id: "string", "name!": "string", metadata: "metadata", tax_code: "string" },
  recurring: RECURRING,
  tax_behavior: { oneOf: ["exclusive", "inclusive", "unspecified"] },
  transfer_lookup_key: "bool",
  unit_amount: "int",
  unit_amount_decimal: "number",
} as const satisfies Fields;

function fillProduct(row: ProductRecord, params: Params): void {
  row.active = flag(params, "active") ?? row.active;
  row.name = text(params, "name") ?? row.name;
  for (const name of [
    "description",
    "statement_descriptor",
    "unit_label",
    "url",
    "tax_code",
    "default_price",
  ] as const) {
    if (params[name] !== undefined) row[name] = text(params, name) ?? null;
  }
  row.images = listOf<string>(params, "images") ?? row.images;
  const features = listOf(params, "marketing_features");
  if (features !== undefined)
    row.marketing_features = features.map((item) => ({ name: text(item, "name") ?? "" }));
  row.metadata = mergeMetadata(row.metadata, params);
}

function createProduct({ world, params }: Context): ProductRecord {
  const id = text(params, "id");
  if (id !== undefined && world.find("products", id) !== undefined) {
    throw invalid(`Product already exists.`, "id", "resource_already_exists");
  }
  const row = newProduct(world, text(params, "name") ?? "", id);
  fillProduct(row, params);
  world.data.products[row.id] = row;
  world.emit("product.created", row);
  return row;
}

function updateProduct({ world, path, params }: Context): ProductRecord {
  const row = world.get("products", path.product ?? "", "id", 404);
  const price = text(params, "default_price");
  if (price !== undefined) world.get("prices", price, "default_price");
  world.change(row, "product.updated", () => {
    fillProduct(row, params);
    row.updated = world.now();
  });
  return row;
}

function deleteProduct({ world, path }: Context) {
  const row = world.get("products", path.product ?? "", "id", 404);
  if (world.rows("prices").some((price) => price.product === row.id)) {
    throw invalid("This product cannot be deleted because it has one or more user-created prices.");
  }
  delete world.data.products[row.id];
  world.emit("product.deleted", row);
  return (world.data.tombstones[row.id] = { id: row.id, object: "product", deleted: true });
}

/** A subscription shows its prices as they are now, not as they were when it began. */
function showInSubscriptions(world: World, price: PriceRecord): void {
  for (const { items } of world.rows("subscriptions")) {
    for (const item of items.data) if (item.price.id === price.id) item.price = structuredClone(price);
  }
}

/** A lookup key belongs to one price; `transfer` takes it from the price that has it. */
function giveLookupKey(world: World, row: PriceRecord, key: string, transfer: boolean): void {
  const holder = world.rows("prices").find((price) => price.lookup_key === key && price.id !== row.id);
  if (holder !== undefined && !transfer) {
    throw invalid(
      `The price ${holder.id} has this lookup key; send transfer_lookup_key=true to move it.`,
      "lookup_key",
      "resource_already_exists",
    );
  }
  if (holder !== undefined) {
    world.change(holder, "price.updated", (price) => {
      price.lookup_key = null;
    });
    showInSubscriptions(world, holder);
  }
  row.lookup_key = key;
}

function productOf(context: Context): string {
  const { world, params } = context;
  const id = text(params, "product");
  if (id !== undefined) return world.get("products", id, "product").id;
  const data = fieldsOf(params, "product_data");
  if (data === undefined)
    throw invalid("You must specify either `product` or `product_data` when creating a price.");
  return createProduct({ ...context, params: data }).id;
}

function createPrice(context: Context): PriceRecord {
  const { world, params } = context;
  const recurring = fieldsOf(params, "recurring");
  const amount = int(params, "unit_amount") ?? int(params, "unit_amount_decimal");
  if (amount === undefined || amount < 0) {
    throw invalid("Prices require an `unit_amount` of at least 0 to be set.", "unit_amount");
  }
  const interval = recurring === undefined ? undefined : text(recurring, "interval");
  const row = newPrice(world, {
    product: productOf(context),
    currency: (text(params, "currency") ?? "").toLowerCase(),
    unit_amount: amount,
    ...(interval === undefined ? {} : { interval: interval as "month" }),
    interval_count: recurring === undefined ? 1 : (int(recurring, "interval_count") ?? 1),
  });
  row.active = flag(params, "active") ?? true;
  row.nickname = text(params, "nickname") ?? null;
  row.metadata = mergeMetadata({}, params);
  row.tax_behavior =
    (text(params, "tax_behavior") as PriceRecord["tax_behavior"] | undefined) ?? row.tax_behavior;
  const key = text(params, "lookup_key");
  if (key !== undefined) giveLookupKey(world, row, key, flag(params, "transfer_lookup_key") ?? false);
  world.data.prices[row.id] = row;
  world.emit("price.created", row);
  return row;
}

function updatePrice({ world, path, params }: Context): PriceRecord {
  const row = world.get("prices", path.price ?? "", "id", 404);
  world.change(row, "price.updated", () => {
    row.active = flag(params, "active") ?? row.active;
    if (params.nickname !== undefined) row.nickname = text(params, "nickname") ?? null;
    row.metadata = mergeMetadata(row.metadata, params);
    if (params.lookup_key === null) row.lookup_key = null;
    const key = text(params, "lookup_key");
    if (key !== undefined) giveLookupKey(world, row, key, flag(params, "transfer_lookup_key") ?? false);
  });
  showInSubscriptions(world, row);
  return row;
}

function listPrices({ world, params }: Context) {
  const keys = listOf<string>(params, "lookup_keys");
  if (keys !== undefined && keys.length > 10)
    throw invalid("Up to 10 lookup keys may be sent.", "lookup_keys");
  const active = flag(params, "active");
  const product = text(params, "product");
  const recurring = fieldsOf(params, "recurring");
  const rows = world
    .rows("prices")
    .filter(
      (row) =>
        (keys === undefined || keys.includes(row.lookup_key ?? "")) &&
        (active === undefined || row.active === active) &&
        (product === undefined || row.product === product) &&
        (text(params, "type") === undefined || row.type === text(params, "type")) &&
        (text(params, "currency") === undefined || row.currency === text(params, "currency")) &&
        (recurring?.interval === undefined || row.recurring?.interval === recurring.interval),
    );
  return listPage(rows, params, "/v1/prices");
}

export const catalogRoutes: Route[] = [
  {
    operation: "POST /v1/products",
    params: { ...PRODUCT, id: "string", "name!": "string" },
    handler: createProduct,
  },
  {
    operation: "GET /v1/products/{product}",
    handler: ({ world, path }) =>
      world.data.tombstones[path.product ?? ""] ?? world.get("products", path.product ?? "", "id", 404),
  },
  { operation: "POST /v1/products/{product}", params: PRODUCT, handler: updateProduct },
  { operation: "DELETE /v1/products/{product}", handler: deleteProduct },
  {
    operation: "GET /v1/products",
    params: { ...LIST_PARAMS, active: "bool", ids: ["string"], url: "string" },
    handler: ({ world, params }) => {
      const ids = listOf<string>(params, "ids");
      const active = flag(params, "active");
      const rows = world
        .rows("products")
        .filter((row) => (ids?.includes(row.id) ?? true) && (active === undefined || row.active === active));
      return listPage(rows, params, "/v1/products");
    },
  },
  {
    operation: "GET /v1/products/search",
    params: SEARCH_PARAMS,
    handler: ({ world, params }) => searchPage(world.rows("products"), params, "/v1/products/search"),
  },
  { operation: "POST /v1/prices", params: PRICE, handler: createPrice },
  {
    operation: "GET /v1/prices/{price}",
    handler: ({ world, path }) => world.get("prices", path.price ?? "", "price", 404),
  },
  {
    operation: "POST /v1/prices/{price}",
    params: {
      active: "bool",
      lookup_key: "string",
      metadata: "metadata",
      nickname: "string",
      tax_behavior: "string",
      transfer_lookup_key: "bool",
    },
    handler: updatePrice,
  },
  {
    operation: "GET /v1/prices",
    params: {
      ...LIST_PARAMS,
      active: "bool",
      currency: "string",
      lookup_keys: ["string"],
      product: "string",
      recurring: { interval: "string", usage_type: "string" },
      type: { oneOf: ["one_time", "recurring"] },
    },
    handler: listPrices,
  },
  {
    operation: "GET /v1/prices/search",
    params: SEARCH_PARAMS,
    handler: ({ world, params }) => searchPage(world.rows("prices"), params, "/v1/prices/search"),
  },
];
