/** The hosted invoice page: /i/{invoice}/{token}. */
import { html } from "hono/html";
import { collect, defaultMethod, subscriptionOf } from "../invoices.ts";
import { attachMethod } from "../payment-methods.ts";
import type { InvoiceRecord } from "../records.ts";
import type { World } from "../world.ts";
import { readFields } from "./form.ts";
import { day, money, outcomeFields, pageResponse } from "./layout.ts";
import { chosenMethod } from "./pay.ts";

export async function invoicePage(world: World, invoice: InvoiceRecord, request: Request): Promise<Response> {
  if (request.method === "GET" || invoice.status !== "open") return show(world, invoice, null);
  const field = await readFields(request);
  const kept = field("outcome") === "saved";
  const method = kept
    ? defaultMethod(world, invoice.customer, subscriptionOf(world, invoice))
    : attachMethod(world, chosenMethod(world, field("outcome")).id, invoice.customer).id;
  // The person is here, so a question of the bank is answered at once.
  const outcome = collect(world, invoice, method, true);
  if (outcome === "succeeded" && !kept) rememberMethod(world, invoice, method);
  return show(world, invoice, outcome === "declined" ? "Your card was declined." : null);
}

/** A card that paid becomes the one that renewals are charged to. */
function rememberMethod(world: World, invoice: InvoiceRecord, method: string | null): void {
  const subscription = subscriptionOf(world, invoice);
  if (subscription === undefined) return;
  world.change(subscription, "customer.subscription.updated", (row) => {
    row.default_payment_method = method;
  });
}

function show(world: World, invoice: InvoiceRecord, problem: string | null): Promise<Response> {
  const content = html`
    <h1>Invoice ${invoice.number}</h1>
    ${problem === null ? "" : html`<p role="alert">${problem}</p>`}
    <p>${day(invoice.created)}, <strong>${invoice.status}</strong></p>
    <table>
      ${invoice.lines.data.map(
        (line) =>
          html`<tr>
            <td>${line.description}</td>
            <td>${money(line.amount, line.currency)}</td>
          </tr>`,
      )}
      <tr>
        <th scope="row">Total</th>
        <td>${money(invoice.total, invoice.currency)}</td>
      </tr>
    </table>
    ${
      invoice.status === "open"
        ? html`<form method="post">
            ${outcomeFields(["succeeds", "declines", "authenticates"])}
            <div class="actions"><button class="main" name="action" value="pay">Pay</button></div>
          </form>`
        : ""
    }
  `;
  return pageResponse(`Invoice ${invoice.number ?? ""} (Stripe sandbox)`, content);
}
