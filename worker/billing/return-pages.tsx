/** GET /billing/success and GET /billing/cancel: where Checkout sends the browser. */
import { readWebSession } from "../auth/web-session.ts";
import type { AppContext } from "../context.ts";
import { userObject } from "../directory.ts";
import { htmlPage } from "../html.tsx";
import { BillingReturnPage, type ReturnState } from "../pages/billing-return.tsx";
import { returningUser } from "./return-ticket.ts";
import { withBilling } from "./with-billing.ts";

/** A page that polls reads Stripe at most this often. */
const MIN_AGE_MS = 2_000;
const POLL_SECONDS = 3;
/** Two minutes; a payment that takes longer takes days. */
const MAX_POLLS = 40;

/**
 * Reads the plan of the user this Checkout was opened for, whose id is in the address with our signature, and says
 * whether it is premium now. Other parameters (a session id, say) prove nothing and are not looked at.
 */
export async function checkoutSuccess(c: AppContext): Promise<Response> {
  const query = new URL(c.req.url).searchParams;
  const userId = await returningUser(c.var.config, query);
  const session = await readWebSession(c);
  if (userId === null) return page("unknown");
  if (session !== null && session.userId !== userId) return page("other_account", 403);
  const plan = await withBilling(userObject(c.env, userId), (billing) => billing.refresh(MIN_AGE_MS));
  if (plan.tier === "premium") return page("active");
  const polls = Number(query.get("n") ?? "0");
  if (!Number.isInteger(polls) || polls < 0 || polls >= MAX_POLLS) return page("processing");
  query.set("n", String(polls + 1));
  const headers = new Headers({ Refresh: `${POLL_SECONDS}; url=/billing/success?${query.toString()}` });
  return page("processing", 200, headers);
}

export async function checkoutCancelled(): Promise<Response> {
  return page("cancelled");
}

function page(state: ReturnState, status = 200, headers?: Headers): Response {
  return htmlPage((nonce) => <BillingReturnPage nonce={nonce} state={state} />, {
    status,
    ...(headers === undefined ? {} : { headers }),
  });
}
