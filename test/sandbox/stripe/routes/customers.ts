import { missing } from "../errors.ts";
import { LIST_PARAMS, listPage } from "../list.ts";
import { newCustomer } from "../make-catalog.ts";
import { NO_ADDRESS } from "../make-payment.ts";
import { type Fields, fieldsOf, int, mergeMetadata, type Params, text } from "../params.ts";
import { attachMethod, resolveMethod } from "../payment-methods.ts";
import type { CustomerRecord } from "../records.ts";
import type { Context, Route } from "../route.ts";
import { SEARCH_PARAMS, searchPage } from "../search.ts";
import { endSubscription, hasEnded } from "../subscription-status.ts";
import type { World } from "../world.ts";

export const ADDRESS = {
  city: "string",
  country: "string",
  line1: "string",
  line2: "string",
  postal_code: "string",
  state: "string",
} as const satisfies Fields;

const CUSTOMER = {
  address: ADDRESS,
  balance: "int",
  description: "string",
  email: "string",
  invoice_settings: { default_payment_method: "string", footer: "string" },
  metadata: "metadata",
  name: "string",
  payment_method: "string",
  phone: "string",
  preferred_locales: ["string"],
  tax_exempt: { oneOf: ["exempt", "none", "reverse"] },
} as const satisfies Fields;

/** Writes what was sent into the row. */
function fill(world: World, row: CustomerRecord, params: Params): void {
  for (const name of ["description", "email", "name", "phone"] as const) {
    if (params[name] !== undefined) row[name] = text(params, name) ?? null;
  }
  const address = fieldsOf(params, "address");
  if (params.address !== undefined)
    row.address = address === undefined ? null : { ...NO_ADDRESS, ...address };
  row.balance = int(params, "balance") ?? row.balance;
  if (Array.isArray(params.preferred_locales)) row.preferred_locales = params.preferred_locales as string[];
  const exempt = text(params, "tax_exempt");
  if (exempt !== undefined) row.tax_exempt = exempt as "exempt" | "none" | "reverse";
  row.metadata = mergeMetadata(row.metadata, params);
  const settings = fieldsOf(params, "invoice_settings");
  if (settings !== undefined && settings.default_payment_method !== undefined) {
    row.invoice_settings.default_payment_method = defaultMethodOf(
      world,
      row,
      text(settings, "default_payment_method"),
    );
  }
}

/** The default must be a payment method the customer has; a test name stands for the one just attached. */
function defaultMethodOf(world: World, row: CustomerRecord, id: string | undefined): string | null {
  if (id === undefined) return null;
  if (world.find("payment_methods", id)?.customer === row.id) return id;
  const named = resolveNamed(world, row, id);
  if (named !== undefined) return named;
  throw missing(
    "PaymentMethod",
    id,
    "invoice_settings[default_payment_method]",
    400,
    "; it is not attached to this customer.",
  );
}

function resolveNamed(world: World, row: CustomerRecord, id: string): string | undefined {
  if (!id.startsWith("pm_card_")) return undefined;
  const own = world
    .rows("payment_methods")
    .filter((method) => method.customer === row.id)
    .at(-1);
  return own?.id ?? attachMethod(world, resolveMethod(world, id, "payment_method").id, row.id).id;
}

function create({ world, params }: Context): CustomerRecord {
  const row = newCustomer(world);
  world.data.customers[row.id] = row;
  const method = text(params, "payment_method");
  try {
    if (method !== undefined) attachMethod(world, method, row.id);
    fill(world, row, params);
  } catch (error) {
    delete world.data.customers[row.id];
    throw error;
  }
  world.emit("customer.created", row);
  return row;
}

/** Subscriptions end at once; the id goes on to answer a tombstone. */
function remove({ world, path }: Context) {
  const row = world.get("customers", path.customer ?? "", "id", 404);
  for (const subscription of world.rows("subscriptions")) {
    if (subscription.customer === row.id && !hasEnded(subscription)) {
      endSubscription(world, subscription, "cancellation_requested");
    }
  }
  delete world.data.customers[row.id];
  const tombstone = { id: row.id, object: "customer", deleted: true as const };
  world.data.tombstones[row.id] = tombstone;
  world.emit("customer.deleted", row);
  return tombstone;
}

export const customerRoutes: Route[] = [
  { operation: "POST /v1/customers", params: CUSTOMER, handler: create },
  {
    operation: "GET /v1/customers/{customer}",
    handler: ({ world, path }) =>
      world.data.tombstones[path.customer ?? ""] ?? world.get("customers", path.customer ?? "", "id", 404),
  },
  {
    operation: "POST /v1/customers/{customer}",
    params: CUSTOMER,
    handler: ({ world, path, params }) => {
      const row = world.get("customers", path.customer ?? "", "id", 404);
      world.change(row, "customer.updated", () => fill(world, row, params));
      return row;
    },
  },
  { operation: "DELETE /v1/customers/{customer}", handler: remove },
  {
    operation: "GET /v1/customers",
    params: { ...LIST_PARAMS, email: "string" },
    handler: ({ world, params }) => {
      const email = text(params, "email");
      const rows = world.rows("customers").filter((row) => email === undefined || row.email === email);
      return listPage(rows, params, "/v1/customers");
    },
  },
  {
    operation: "GET /v1/customers/search",
    params: SEARCH_PARAMS,
    handler: ({ world, params }) => searchPage(world.rows("customers"), params, "/v1/customers/search"),
  },
  {
    operation: "GET /v1/customers/{customer}/payment_methods",
    params: { ...LIST_PARAMS, type: "string" },
    handler: ({ world, path, params }) => {
      const row = world.get("customers", path.customer ?? "", "customer", 404);
      const type = text(params, "type");
      const rows = world
        .rows("payment_methods")
        .filter((method) => method.customer === row.id && (type === undefined || method.type === type));
      return listPage(rows, params, `/v1/customers/${row.id}/payment_methods`);
    },
  },
];
