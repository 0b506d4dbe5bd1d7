/**
 * POST /stripe/create-checkout -> {"checkout_url"} and POST /stripe/create-portal-session -> {"portal_url"}, for a
 * bearer token or for a page of ours with an account session.
 */
import { insufficientScope, type OAuthResourceContext } from "@cloudflare/workers-oauth-provider";
import * as z from "zod";
import { invalidTokenChallenge, WRITE } from "../auth/scopes.ts";
import { readWebSession } from "../auth/web-session.ts";
import type { AppContext } from "../context.ts";
import { userObject, type UserStub } from "../directory.ts";
import type { Bindings, Config } from "../env.ts";
import { readCapped } from "../html.tsx";
import { apiJson } from "../json.ts";
import type { Caller } from "../oauth/provider.ts";
import { mayReturnTo, openCheckout, openPortal, PLAN_PATH } from "./purchase.ts";
import { billingRefusal, notConfigured } from "./refusals.ts";

const CHECKOUT = "/stripe/create-checkout";
const PORTAL = "/stripe/create-portal-session";
export const BILLING_API_PATHS: readonly string[] = [CHECKOUT, PORTAL];

const BODY_BYTES = 4 * 1024;
const checkoutBody = z.strictObject({
  interval: z.enum(["month", "year"]).default("month"),
  return_url: z.string().max(2_000).optional(),
});
const portalBody = z.strictObject({
  flow: z.enum(["payment_method_update", "subscription_cancel", "subscription_update"]).optional(),
  return_url: z.string().max(2_000).optional(),
});

/** What is answered before a bearer is looked at: `null` when the bearer decides. */
export async function answerBillingApi(c: AppContext): Promise<Response | null> {
  if (!BILLING_API_PATHS.includes(c.req.path) || c.req.method === "OPTIONS") return null;
  if (c.req.method !== "POST") {
    return apiJson(405, { error: "method_not_allowed", message: "Use POST" }, { Allow: "POST, OPTIONS" });
  }
  const { config } = c.var;
  if (config.billing === null) return notConfigured();
  if (c.req.header("Authorization") !== undefined) return null;
  const session = await readWebSession(c);
  if (session === null) return null;
  // A cookie goes along with requests of any page: only our own may use it here.
  const origin = c.req.header("Origin");
  const site = c.req.header("Sec-Fetch-Site");
  if ((origin !== undefined && origin !== config.origin) || (site !== undefined && site !== "same-origin")) {
    return apiJson(403, {
      error: "origin_not_allowed",
      message: "Only our own pages may use the account session.",
    });
  }
  return serve(c.req.raw, config, session.userId, session.user);
}

/** Serves a request whose bearer was verified. */
export async function serveBillingApi(
  request: Request,
  env: Bindings,
  config: Config,
  ctx: OAuthResourceContext<Caller>,
): Promise<Response> {
  const { userId, deviceId } = ctx.props;
  const user = userObject(env, userId);
  if (!(await user.deviceActive(deviceId))) {
    return apiJson(
      401,
      { error: "unauthorized", message: "This device was signed out. Sign in again." },
      { "WWW-Authenticate": invalidTokenChallenge(config.origin) },
    );
  }
  // The portal can end the subscription: a token that may only read does not open it.
  if (new URL(request.url).pathname === PORTAL && !ctx.auth.scope.includes(WRITE)) {
    return insufficientScope(ctx.auth, [WRITE], "A read-only token cannot manage the subscription");
  }
  return serve(request, config, userId, user);
}

async function serve(request: Request, config: Config, userId: string, user: UserStub): Promise<Response> {
  const checkout = new URL(request.url).pathname === CHECKOUT;
  const json = await readBody(request);
  if (json instanceof Response) return json;
  const planUrl = config.origin + PLAN_PATH;
  const parsed = (checkout ? checkoutBody : portalBody).safeParse(json);
  if (!parsed.success) {
    const allowed = checkout ? "interval (month or year) and return_url" : "flow and return_url";
    return apiJson(400, {
      error: "invalid_request",
      message: `The body may hold ${allowed}, both optional.`,
    });
  }
  const returnUrl = parsed.data.return_url ?? null;
  if (returnUrl !== null && !mayReturnTo(config, returnUrl)) {
    return apiJson(400, {
      error: "invalid_return_url",
      message:
        "return_url must be an address of this server, or of an origin its operator listed in ALLOWED_ORIGINS.",
    });
  }
  if (checkout) {
    const { interval } = checkoutBody.parse(json);
    const opened = await openCheckout(config, userId, user, interval, returnUrl);
    return opened.ok
      ? apiJson(200, { checkout_url: opened.value.url })
      : billingRefusal(opened.error, planUrl);
  }
  const { flow } = portalBody.parse(json);
  const opened = await openPortal(config, user, flow ?? null, returnUrl);
  return opened.ok ? apiJson(200, { portal_url: opened.value.url }) : billingRefusal(opened.error, planUrl);
}

/** The JSON of the body; `{}` when there is none. */
async function readBody(request: Request): Promise<unknown> {
  const text = await readCapped(request, BODY_BYTES);
  if (text === null) return apiJson(413, { error: "too_large", message: "The body is at most 4 KB." });
  if (text.trim() === "") return {};
  const type = request.headers.get("Content-Type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") {
    return apiJson(415, {
      error: "unsupported_media_type",
      message: "Set Content-Type to application/json.",
    });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return apiJson(400, { error: "invalid_request", message: "The body is not JSON." });
  }
}
