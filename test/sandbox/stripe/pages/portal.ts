/** The customer portal: /p/session/{id}. */
import { html } from "hono/html";
import type { Stripe } from "stripe";
import { changeItems, invoiceChange, type Proration } from "../change-items.ts";
import { StripeFault } from "../errors.ts";
import { attachMethod } from "../payment-methods.ts";
import { periodEnd } from "../periods.ts";
import type { PortalSessionRecord, PriceRecord, SubscriptionRecord } from "../records.ts";
import { hasEnded } from "../subscription-status.ts";
import { cancelNow, currentPeriodEnd, endTrialNow, planCancel } from "../subscriptions.ts";
import type { World } from "../world.ts";
import { readFields } from "./form.ts";
import { day, type Html, messagePage, money, outcomeFields, pageResponse, redirect } from "./layout.ts";
import { chosenMethod } from "./pay.ts";

export async function portalPage(
  world: World,
  session: PortalSessionRecord,
  request: Request,
): Promise<Response> {
  if (world.find("customers", session.customer) === undefined) {
    return messagePage("This link is no longer valid", "Go back and open the portal again.", 404);
  }
  if (request.method === "GET") return show(world, session, null);
  const field = await readFields(request);
  try {
    const done = act(world, session, field);
    const after = session.flow?.after_completion.redirect?.return_url;
    if (done && after) return redirect(after);
    return show(world, session, null);
  } catch (error) {
    if (!(error instanceof StripeFault)) throw error;
    return show(world, session, error.message);
  }
}

/** Does what a button asks. Answers whether that was the aim of the session's flow. */
function act(world: World, session: PortalSessionRecord, field: (name: string) => string): boolean {
  const configuration = world.data.portal_configurations[session.configuration];
  const type = session.flow?.type;
  if (field("action") === "update_card") {
    updateCard(world, session.customer, field("outcome"));
    return type === "payment_method_update";
  }
  const subscription = world.get("subscriptions", field("subscription"), "subscription");
  if (subscription.customer !== session.customer)
    throw new StripeFault(403, "invalid_request_error", "Not yours.");
  switch (field("action")) {
    case "cancel":
      if (configuration?.features.subscription_cancel.mode === "immediately") cancelNow(world, subscription);
      else {
        world.change(subscription, "customer.subscription.updated", (row) =>
          planCancel(world, row, row.status === "trialing" ? row.trial_end : currentPeriodEnd(row), true),
        );
      }
      return type === "subscription_cancel";
    case "renew":
      world.change(subscription, "customer.subscription.updated", (row) =>
        planCancel(world, row, null, false),
      );
      return false;
    case "switch":
      if (configuration !== undefined) {
        switchPrice(world, subscription, field("price"), configuration.features.subscription_update);
      }
      return type === "subscription_update" || type === "subscription_update_confirm";
    default:
      return false;
  }
}

/** A new default for the customer. A subscription that has a method of its own goes on being charged to that. */
function updateCard(world: World, customer: string, outcome: string): void {
  const method = attachMethod(world, chosenMethod(world, outcome).id, customer);
  world.change(world.get("customers", customer, "customer"), "customer.updated", (row) => {
    row.invoice_settings.default_payment_method = method.id;
  });
}

type UpdateFeature = Stripe.BillingPortal.Configuration.Features.SubscriptionUpdate;

/** As the configuration says: with what proration, at once or at the end of the period, with the trial or without. */
function switchPrice(
  world: World,
  subscription: SubscriptionRecord,
  price: string,
  feature: UpdateFeature,
): void {
  const item = subscription.items.data[0];
  if (item === undefined || item.price.id === price) return;
  const next = world.get("prices", price, "price");
  const shortens = feature.schedule_at_period_end.conditions.some(
    (one) => one.type === "shortening_interval",
  );
  if (shortens && lengthOf(next) < lengthOf(item.price) && subscription.status !== "trialing") {
    world.data.scheduled_prices[subscription.id] = price;
    return;
  }
  const proration = feature.proration_behavior as Proration;
  if (subscription.status === "trialing" && feature.trial_update_behavior === "end_trial") {
    changeItems(world, subscription, [{ id: item.id, price }], "none");
    endTrialNow(world, subscription);
    return;
  }
  let restarted = false;
  world.change(subscription, "customer.subscription.updated", () => {
    const changed = changeItems(world, subscription, [{ id: item.id, price }], proration);
    restarted = changed.restarted;
  });
  if (subscription.status !== "trialing" && (restarted || proration === "always_invoice")) {
    invoiceChange(world, subscription, restarted, false);
  }
}

function lengthOf(price: PriceRecord): number {
  return periodEnd(0, price);
}

function show(world: World, session: PortalSessionRecord, problem: string | null): Promise<Response> {
  const customer = world.get("customers", session.customer, "customer");
  const features = world.data.portal_configurations[session.configuration]?.features;
  const subscriptions = world
    .rows("subscriptions")
    .filter((row) => row.customer === customer.id && !hasEnded(row))
    .reverse();
  const card =
    world.data.payment_methods[
      customer.invoice_settings.default_payment_method ?? subscriptions[0]?.default_payment_method ?? ""
    ];
  const content = html`
    <h1>Billing</h1>
    <p>${customer.email ?? customer.name ?? customer.id}</p>
    ${problem === null ? "" : html`<p role="alert">${problem}</p>`}
    <h2>Current plan</h2>
    ${subscriptions.length === 0 ? html`<p>No active plan.</p>` : ""}
    ${subscriptions.map((row) => plan(world, session, row))}
    ${
      features?.payment_method_update.enabled
        ? html`<h2>Payment method</h2>
            <p>
              ${card?.card ? `${card.card.brand} •••• ${card.card.last4}` : card ? "Bank account" : "None"}
            </p>
            <form method="post">
              ${outcomeFields(["succeeds", "declines", "authenticates"])}
              <div class="actions">
                <button name="action" value="update_card">Update payment method</button>
              </div>
            </form>`
        : ""
    }
    ${features?.invoice_history.enabled ? invoices(world, customer.id) : ""}
    ${session.return_url === null ? "" : html`<p><a href="${session.return_url}">Return to the site</a></p>`}
  `;
  return pageResponse("Billing portal (Stripe sandbox)", content);
}

function plan(world: World, session: PortalSessionRecord, row: SubscriptionRecord): Html {
  const features = world.data.portal_configurations[session.configuration]?.features;
  const price = row.items.data[0]?.price;
  const name = world.data.products[price?.product ?? ""]?.name ?? "Subscription";
  const prices = (features?.subscription_update.products ?? []).flatMap((product) => product.prices);
  const others = prices.filter((id) => id !== price?.id);
  return html`<form method="post">
    <input type="hidden" name="subscription" value="${row.id}" />
    <p>
      <strong>${name}</strong> ${money(price?.unit_amount ?? 0, row.currency)} per
      ${price?.recurring?.interval} <small>(${row.status})</small><br />
      ${
        row.cancel_at_period_end ? `Ends on ${day(row.cancel_at)}` : `Renews on ${day(currentPeriodEnd(row))}`
      }
    </p>
    <div class="actions">
      ${
        row.cancel_at_period_end
          ? html`<button name="action" value="renew">Renew plan</button>`
          : features?.subscription_cancel.enabled
            ? html`<button name="action" value="cancel">Cancel plan</button>`
            : ""
      }
      ${
        features?.subscription_update.enabled && others.length > 0
          ? html`<select name="price" aria-label="Other plan">
                ${others.map((id) => {
                  const other = world.data.prices[id];
                  return html`<option value="${id}">
                    ${money(other?.unit_amount ?? 0, row.currency)} per ${other?.recurring?.interval}
                  </option>`;
                })}
              </select>
              <button name="action" value="switch">Switch plan</button>`
          : ""
      }
    </div>
  </form>`;
}

function invoices(world: World, customer: string): Html {
  const rows = world
    .rows("invoices")
    .filter((row) => row.customer === customer && row.status !== "draft")
    .reverse();
  return html`<h2>Invoices</h2>
    <table>
      ${rows.map(
        (row) =>
          html`<tr>
            <td>${day(row.created)}</td>
            <td>${money(row.total, row.currency)}</td>
            <td>${row.status}</td>
            <td><a href="${row.hosted_invoice_url ?? ""}">View</a></td>
          </tr>`,
      )}
    </table>`;
}
