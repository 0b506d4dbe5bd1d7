/** The hosted Checkout page: /c/pay/{session} and its 3-D Secure step. */
import { html } from "hono/html";
import { confirmSession } from "../checkout.ts";
import { usablePromotionCode } from "../discounts.ts";
import { StripeFault } from "../errors.ts";
import { lineItemsOf, priceSession } from "../make-session.ts";
import type { SessionRecord } from "../records.ts";
import type { World } from "../world.ts";
import { readFields } from "./form.ts";
import { day, type Html, messagePage, money, outcomeFields, pageResponse, redirect } from "./layout.ts";
import { chosenMethod } from "./pay.ts";

const TITLE = "Checkout (Stripe sandbox)";

export async function checkoutPage(
  world: World,
  session: SessionRecord,
  request: Request,
): Promise<Response> {
  if (session.status !== "open") {
    if (session.status === "complete") return redirect(successUrl(session));
    return messagePage(
      "This page has expired",
      "Your checkout session has timed out. Go back and try again.",
      404,
    );
  }
  if (request.method === "GET") return show(world, session, null);
  const field = await readFields(request);
  if (field("action") === "cancel" && session.cancel_url !== null) return redirect(session.cancel_url);
  if (field("action") === "promotion") return applyCode(world, session, field("promotion_code"));
  const free = session.payment_method_collection === "if_required" && session.amount_total === 0;
  const method = free ? null : chosenMethod(world, field("outcome")).id;
  return pay(world, session, method, field("email"), false);
}

/** The bank's question. */
export async function authenticatePage(
  world: World,
  session: SessionRecord,
  request: Request,
): Promise<Response> {
  const url = new URL(request.url);
  const method = url.searchParams.get("method") ?? "";
  if (session.status === "complete") return redirect(successUrl(session));
  if (world.find("payment_methods", method) === undefined) return redirect(`/c/pay/${session.id}`);
  if (request.method === "GET") {
    return pageResponse(
      "3-D Secure (Stripe sandbox)",
      html`<h1>Your bank asks: is this you?</h1>
        <p>Payment of ${money(session.amount_total, session.currency)}.</p>
        <form method="post">
          <div class="actions">
            <button class="main" name="answer" value="complete">Complete authentication</button>
            <button name="answer" value="fail">Fail authentication</button>
          </div>
        </form>`,
    );
  }
  const field = await readFields(request);
  if (field("answer") === "complete") {
    return pay(world, session, method, url.searchParams.get("email") ?? "", true);
  }
  return show(
    world,
    session,
    "We are unable to authenticate your payment method. Please choose a different one.",
  );
}

function pay(
  world: World,
  session: SessionRecord,
  method: string | null,
  email: string,
  authenticated: boolean,
): Promise<Response> | Response {
  try {
    const outcome = confirmSession(world, session, { method, email: email || null, authenticated });
    if (outcome === "requires_action") {
      const query = new URLSearchParams({ method: method ?? "", email });
      return redirect(`/c/pay/${session.id}/authenticate?${query.toString()}`);
    }
    return redirect(successUrl(session));
  } catch (error) {
    if (!(error instanceof StripeFault)) throw error;
    return show(world, session, error.message);
  }
}

/** Stripe puts the session's id where the literal template stands. */
function successUrl(session: SessionRecord): string {
  return (session.success_url ?? "/").replaceAll("{CHECKOUT_SESSION_ID}", session.id);
}

function applyCode(world: World, session: SessionRecord, code: string): Promise<Response> {
  const found = session.allow_promotion_codes ? usablePromotionCode(world, code) : undefined;
  const plan = world.data.session_plans[session.id];
  if (found === undefined || plan === undefined) return show(world, session, "This code is invalid.");
  session.discounts = [{ coupon: null, promotion_code: found.id }];
  priceSession(world, session, plan);
  return show(world, session, null);
}

function show(world: World, session: SessionRecord, problem: string | null): Promise<Response> {
  const plan = world.data.session_plans[session.id];
  const trial = plan?.trial_end ?? null;
  const owner = world.data.customers[session.customer ?? ""];
  const email = owner?.email ?? session.customer_email;
  const content = html`
    <h1>${session.mode === "subscription" ? "Subscribe" : "Pay"}</h1>
    ${problem === null ? "" : html`<p role="alert">${problem}</p>`} ${lines(world, session)}
    ${trial === null ? "" : html`<p>Free until ${day(trial)}.</p>`}
    <form method="post" action="/c/pay/${session.id}">
      ${
        owner === undefined
          ? html`<label for="email"
              >E-mail <input type="email" name="email" id="email" value="${email ?? ""}"
            /></label>`
          : html`<p>${email ?? "No e-mail"}</p>`
      }
      ${outcomeFields(["succeeds", "declines", "authenticates", "settles", "settles_fails"])}
      ${session.allow_promotion_codes ? promotion() : ""}
      <div class="actions">
        <button class="main" name="action" value="pay">
          ${session.mode === "subscription" ? "Pay and subscribe" : "Pay"}
        </button>
        ${session.cancel_url === null ? "" : html`<button name="action" value="cancel" formnovalidate>Cancel</button>`}
      </div>
    </form>
    <p><small>Sandbox: no money moves. Session ${session.id.slice(0, 20)}…</small></p>
  `;
  return pageResponse(TITLE, content);
}

function promotion(): Html {
  return html`<label for="promotion_code">
      Promotion code <input name="promotion_code" id="promotion_code" autocomplete="off" />
    </label>
    <div class="actions"><button name="action" value="promotion" formnovalidate>Apply</button></div>`;
}

function lines(world: World, session: SessionRecord): Html {
  const rows = lineItemsOf(world, session).data;
  return html`<table>
    ${rows.map((row) => {
      const recurring = row.price?.recurring;
      const per = recurring ? ` per ${recurring.interval}` : "";
      return html`<tr>
        <td>${row.description}</td>
        <td>${money(row.price?.unit_amount ?? 0, session.currency)}${per}</td>
      </tr>`;
    })}
    ${
      session.total_details?.amount_discount
        ? html`<tr>
            <td>Discount</td>
            <td>-${money(session.total_details.amount_discount, session.currency)}</td>
          </tr>`
        : ""
    }
    <tr>
      <th scope="row">Total due today</th>
      <td>${money(session.amount_total, session.currency)}</td>
    </tr>
  </table>`;
}
