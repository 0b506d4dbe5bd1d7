import { invalid } from "../errors.ts";
import { computeTotals } from "../invoice-totals.ts";
import {
  addWaitingItems,
  collect,
  defaultMethod,
  finalizeInvoice,
  intentOf,
  markPaid,
  markUncollectible,
  paymentsOf,
  subscriptionOf,
  voidInvoice,
} from "../invoices.ts";
import { LIST_PARAMS, listPage } from "../list.ts";
import { newInvoice, newInvoiceItem } from "../make-billing.ts";
import { fieldsOf, flag, int, mergeMetadata, text } from "../params.ts";
import { paymentError } from "../payments.ts";
import { resolveMethod } from "../payment-methods.ts";
import type { InvoiceItemRecord, InvoiceRecord } from "../records.ts";
import type { Context, Route } from "../route.ts";

function find({ world, path }: Context): InvoiceRecord {
  return world.get("invoices", path.invoice ?? "", "id", 404);
}

function create({ world, params }: Context): InvoiceRecord {
  const customer = world.get("customers", text(params, "customer") ?? "", "customer");
  const row = newInvoice(world, customer.id, text(params, "currency") ?? customer.currency ?? "usd");
  row.description = text(params, "description") ?? null;
  row.metadata = mergeMetadata({}, params);
  row.collection_method = text(params, "collection_method") ?? row.collection_method;
  const days = int(params, "days_until_due");
  if (days !== undefined) row.due_date = world.now() + days * 86_400;
  row.auto_advance = flag(params, "auto_advance") ?? false;
  if (row.auto_advance) row.automatically_finalizes_at = world.now() + world.settings.draft_s;
  if (text(params, "pending_invoice_items_behavior") === "include") addWaitingItems(world, row);
  computeTotals(world, row);
  world.data.invoices[row.id] = row;
  world.emit("invoice.created", row);
  return row;
}

function createItem({ world, params }: Context): InvoiceItemRecord {
  const customer = world.get("customers", text(params, "customer") ?? "", "customer");
  const amount = int(params, "amount");
  if (amount === undefined) throw invalid("Missing required param: amount.", "amount", "parameter_missing");
  const row = newInvoiceItem(world, customer.id, amount, text(params, "currency") ?? "usd");
  row.description = text(params, "description") ?? null;
  row.metadata = mergeMetadata({}, params);
  world.data.invoice_items[row.id] = row;
  const invoice = text(params, "invoice");
  if (invoice !== undefined) {
    const draft = world.get("invoices", invoice, "invoice");
    addWaitingItems(world, draft);
    computeTotals(world, draft);
  }
  world.emit("invoiceitem.created", row);
  return row;
}

/** POST …/pay. Throws 402 when the charge does not go through. */
function pay(context: Context): InvoiceRecord {
  const { world, params } = context;
  const row = find(context);
  if (row.status === "draft") finalizeInvoice(world, row);
  else if (row.status === "paid") throw invalid("Invoice is already paid", undefined, "invoice_already_paid");
  else if (row.status !== "open" && row.status !== "uncollectible") {
    throw invalid(`This invoice can no longer be paid because its status is ${row.status}.`);
  }
  if (row.amount_due === 0) return row;
  if (flag(params, "paid_out_of_band") === true) {
    markPaid(world, row);
    return row;
  }
  const sent = text(params, "payment_method");
  const method =
    sent === undefined
      ? defaultMethod(world, row.customer, subscriptionOf(world, row))
      : resolveMethod(world, sent, "payment_method").id;
  if (method === null) {
    throw invalid(
      "This customer has no attached payment source or default payment method.",
      undefined,
      "resource_missing",
    );
  }
  const outcome = collect(world, row, method);
  if (outcome === "declined" || outcome === "requires_action")
    throw paymentError(intentOf(world, row), outcome);
  return row;
}

function remove(context: Context) {
  const { world } = context;
  const row = find(context);
  if (row.status !== "draft") throw invalid("You can only delete draft invoices.");
  delete world.data.invoices[row.id];
  world.emit("invoice.deleted", row);
  return { id: row.id, object: "invoice", deleted: true };
}

function list({ world, params }: Context) {
  const customer = text(params, "customer");
  const subscription = text(params, "subscription");
  const status = text(params, "status");
  const rows = world
    .rows("invoices")
    .filter(
      (row) =>
        (customer === undefined || row.customer === customer) &&
        (subscription === undefined || row.parent?.subscription_details?.subscription === subscription) &&
        (status === undefined || row.status === status),
    );
  return listPage(rows, params, "/v1/invoices");
}

export const invoiceRoutes: Route[] = [
  {
    operation: "POST /v1/invoices",
    params: {
      auto_advance: "bool",
      collection_method: { oneOf: ["charge_automatically", "send_invoice"] },
      currency: "string",
      "customer!": "string",
      days_until_due: "int",
      description: "string",
      metadata: "metadata",
      pending_invoice_items_behavior: { oneOf: ["exclude", "include"] },
    },
    handler: create,
  },
  { operation: "GET /v1/invoices/{invoice}", handler: find },
  {
    operation: "POST /v1/invoices/{invoice}",
    params: { auto_advance: "bool", description: "string", metadata: "metadata" },
    handler: (context) => {
      const row = find(context);
      context.world.change(row, "invoice.updated", () => {
        if (context.params.description !== undefined)
          row.description = text(context.params, "description") ?? null;
        row.auto_advance = flag(context.params, "auto_advance") ?? row.auto_advance ?? false;
        row.metadata = mergeMetadata(row.metadata ?? {}, context.params);
      });
      return row;
    },
  },
  { operation: "DELETE /v1/invoices/{invoice}", handler: remove },
  {
    operation: "POST /v1/invoices/{invoice}/finalize",
    params: { auto_advance: "bool" },
    handler: (context) => {
      const row = find(context);
      finalizeInvoice(context.world, row);
      return row;
    },
  },
  {
    operation: "POST /v1/invoices/{invoice}/pay",
    params: { off_session: "bool", paid_out_of_band: "bool", payment_method: "string" },
    handler: pay,
  },
  {
    operation: "POST /v1/invoices/{invoice}/void",
    handler: (context) => {
      const row = find(context);
      voidInvoice(context.world, row);
      return row;
    },
  },
  {
    operation: "POST /v1/invoices/{invoice}/mark_uncollectible",
    handler: (context) => {
      const row = find(context);
      markUncollectible(context.world, row);
      return row;
    },
  },
  {
    operation: "POST /v1/invoices/{invoice}/send",
    handler: (context) => {
      const row = find(context);
      if (row.status === "draft") finalizeInvoice(context.world, row);
      context.world.emit("invoice.sent", row);
      return row;
    },
  },
  {
    operation: "GET /v1/invoices",
    params: {
      ...LIST_PARAMS,
      customer: "string",
      status: { oneOf: ["draft", "open", "paid", "uncollectible", "void"] },
      subscription: "string",
    },
    handler: list,
  },
  {
    operation: "GET /v1/invoice_payments",
    params: {
      ...LIST_PARAMS,
      invoice: "string",
      payment: { payment_intent: "string", "type!": { oneOf: ["charge", "payment_intent"] } },
      status: "string",
    },
    handler: ({ world, params }) => {
      const invoice = text(params, "invoice");
      const intent = text(fieldsOf(params, "payment") ?? {}, "payment_intent");
      const rows = (
        invoice === undefined ? world.rows("invoice_payments") : paymentsOf(world, invoice)
      ).filter((row) => intent === undefined || row.payment.payment_intent === intent);
      return listPage(rows, params, "/v1/invoice_payments");
    },
  },
  {
    operation: "POST /v1/invoiceitems",
    params: {
      amount: "int",
      currency: "string",
      "customer!": "string",
      description: "string",
      invoice: "string",
      metadata: "metadata",
    },
    handler: createItem,
  },
  {
    operation: "GET /v1/invoiceitems/{item}",
    handler: ({ world, path }) => world.get("invoice_items", path.item ?? "", "id", 404),
  },
  {
    operation: "DELETE /v1/invoiceitems/{item}",
    handler: ({ world, path }) => {
      const row = world.get("invoice_items", path.item ?? "", "id", 404);
      delete world.data.invoice_items[row.id];
      world.emit("invoiceitem.deleted", row);
      return { id: row.id, object: "invoiceitem", deleted: true };
    },
  },
];
