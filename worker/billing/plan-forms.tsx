/** The forms of the plan page, and the page an upgrade link of a tool's answer opens. */
import type { BillingError, PortalFlow } from "../../objects/rpc/billing.ts";
import { doneAt, pageProps, type FormHandler, type PageHandler } from "../account/guard.tsx";
import { errorPage, htmlPage, redirectTo } from "../html.tsx";
import { YearPage } from "../pages/account/year.tsx";
import { openCheckout, openPortal, PLAN_PATH } from "./purchase.ts";
import { withBilling } from "./with-billing.ts";

const FLOWS: readonly PortalFlow[] = ["payment_method_update", "subscription_cancel", "subscription_update"];
const BACK = { label: "Your plan", href: PLAN_PATH };

/** POST /account/plan/checkout */
export const startCheckout: FormHandler = async (c, session, form) => {
  const offer = form.get("offer");
  if (offer !== "month" && offer !== "year") {
    return errorPage(400, { title: "Not possible", message: "There is no such offer.", next: BACK });
  }
  const opened = await openCheckout(c.var.config, session.userId, session.user, offer);
  if (opened.ok) return redirectTo(opened.value.url, new Headers(), 303);
  const { error } = opened;
  if (error.kind === "already_subscribed" && error.portalUrl !== null) {
    return redirectTo(error.portalUrl, new Headers(), 303);
  }
  return pageRefusal(error);
};

/** POST /account/plan/portal */
export const startPortal: FormHandler = async (c, session, form) => {
  const flow = FLOWS.find((one) => one === form.get("flow")) ?? null;
  const opened = await openPortal(c.var.config, session.user, flow);
  return opened.ok ? redirectTo(opened.value.url, new Headers(), 303) : pageRefusal(opened.error);
};

/**
 * GET /account/plan/{ref}: the link in a tool's answer. It was made for one user; whoever is signed in here must be
 * that user, or somebody is being made to pay for another.
 */
export function upgradeLink(showPlan: PageHandler): PageHandler {
  return async (c, session) => {
    const { linkRef } = await withBilling(session.user, (billing) => billing.plan());
    if (c.req.param("ref") === linkRef) return showPlan(c, session);
    return errorPage(403, {
      title: "This link was made for another account",
      message:
        "Somebody else's client asked for this upgrade. If it was yours, sign out here and sign in with the ClickUp account that your client uses.",
      next: { label: "Your own plan", href: PLAN_PATH },
    });
  };
}

/** GET /account/plan/year: what the year costs now. */
export const showYear: PageHandler = async (c, session) => {
  const shown = await withBilling(session.user, (billing) => billing.previewYear());
  if (!shown.ok) return pageRefusal(shown.error);
  const props = await pageProps(c, session);
  return htmlPage((nonce) => <YearPage {...props} nonce={nonce} shown={shown.value} />);
};

/** POST /account/plan/year */
export const changeToYear: FormHandler = async (_, session, form) => {
  const agreed = { due_now: Number(form.get("due_now") ?? "x"), at_s: Number(form.get("at_s") ?? "x") };
  if (!Number.isSafeInteger(agreed.due_now) || !Number.isSafeInteger(agreed.at_s)) {
    return errorPage(400, { title: "Not possible", message: "The form is not complete.", next: BACK });
  }
  const changed = await withBilling(session.user, (billing) => billing.changeToYear(agreed));
  if (!changed.ok) return pageRefusal(changed.error);
  switch (changed.value) {
    case "changed":
      return doneAt(PLAN_PATH, "year");
    case "outdated":
      return errorPage(409, {
        title: "The amount is another one now",
        message: "Nothing was charged or changed. Look at the amount again.",
        next: { label: "Pay by the year", href: `${PLAN_PATH}/year` },
      });
    case "payment_failed":
      return errorPage(402, {
        title: "The payment did not go through",
        message: "Your bank declined it. Nothing was charged, and you still pay by the month.",
        next: BACK,
      });
  }
};

/** Why something about the plan is not possible, as a page. */
function pageRefusal(error: BillingError): Response {
  switch (error.kind) {
    case "billing_unavailable":
      return errorPage(
        503,
        {
          title: "Stripe does not answer",
          message: "Nothing was bought or changed. Try again in a moment.",
          next: BACK,
        },
        new Headers({ "Retry-After": String(error.retry_after_s) }),
      );
    case "billing_not_configured":
      return errorPage(503, {
        title: "Nothing is sold here",
        message: "The operator of this server has not finished setting up payments.",
        next: BACK,
      });
    case "billing_refused":
      return errorPage(502, {
        title: "Payments are not possible right now",
        message:
          "The operator of this server has to settle something with Stripe first. Nothing was bought or changed.",
        next: BACK,
      });
    case "already_subscribed":
    case "no_customer":
    case "no_account":
      return errorPage(409, {
        title: "Not possible",
        message: "Your plan has changed meanwhile. Look at it again.",
        next: BACK,
      });
  }
}
