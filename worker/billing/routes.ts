/** The routes of billing that are not behind a bearer token. */
import { accountForm, accountPage, type PageHandler } from "../account/guard.tsx";
import type { App } from "../context.ts";
import { apiJson } from "../json.ts";
import { changeToYear, showYear, startCheckout, startPortal, upgradeLink } from "./plan-forms.tsx";
import { checkoutCancelled, checkoutSuccess } from "./return-pages.tsx";
import { stripeWebhook } from "./webhook.ts";

/** @param showPlan the plan page of the account, which an upgrade link opens for its user */
export function addBilling(app: App, showPlan: PageHandler): void {
  app.post("/stripe/webhook", stripeWebhook);
  app.get("/billing/success", checkoutSuccess);
  app.get("/billing/cancel", checkoutCancelled);
  app.post("/account/plan/checkout", accountForm(startCheckout));
  app.post("/account/plan/portal", accountForm(startPortal));
  app.get("/account/plan/year", accountPage(showYear));
  app.post("/account/plan/year", accountForm(changeToYear));
  const methods = {
    "/stripe/webhook": "POST",
    "/billing/success": "GET, HEAD",
    "/billing/cancel": "GET, HEAD",
    "/account/plan/checkout": "POST",
    "/account/plan/portal": "POST",
    "/account/plan/year": "GET, HEAD, POST",
  };
  for (const [path, allow] of Object.entries(methods)) {
    app.all(path, () =>
      apiJson(405, { error: "method_not_allowed", message: `Use ${allow}` }, { Allow: allow }),
    );
  }
  app.get("/account/plan/:ref", accountPage(upgradeLink(showPlan)));
}
