/** POST /v1/invoices/create_preview: the invoice a change would make, without making anything. */
import { changeItems, type Proration } from "../change-items.ts";
import { draftFor, finalizeInvoice } from "../invoices.ts";
import { fieldsOf, int, listOf, text } from "../params.ts";
import type { InvoiceRecord } from "../records.ts";
import type { Context, Route } from "../route.ts";

/** Works on a copy of everything, which is thrown away. */
function preview({ world, params }: Context): InvoiceRecord {
  const kept = world.data;
  world.data = structuredClone(kept);
  try {
    const subscription = world.get("subscriptions", text(params, "subscription") ?? "", "subscription");
    const details = fieldsOf(params, "subscription_details") ?? {};
    const items = listOf(details, "items") ?? [];
    const proration = (text(details, "proration_behavior") ?? "create_prorations") as Proration;
    const changed = changeItems(world, subscription, items, proration, int(details, "proration_date"));
    const trial = subscription.status === "trialing";
    const invoice = draftFor(world, subscription, "subscription_update", trial);
    if (!changed.restarted && !trial) {
      invoice.lines.data = invoice.lines.data.filter((line) => line.parent?.type === "invoice_item_details");
    }
    finalizeInvoice(world, invoice);
    return { ...invoice, id: `upcoming_${invoice.id}`, status: "draft", hosted_invoice_url: null };
  } finally {
    world.data = kept;
  }
}

export const previewRoutes: Route[] = [
  {
    operation: "POST /v1/invoices/create_preview",
    params: {
      customer: "string",
      "subscription!": "string",
      subscription_details: {
        items: [{ deleted: "bool", id: "string", price: "string", quantity: "int" }],
        proration_behavior: { oneOf: ["always_invoice", "create_prorations", "none"] },
        proration_date: "int",
      },
    },
    handler: preview,
  },
];
