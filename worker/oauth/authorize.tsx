/**
 * GET and POST /authorize, and the personal-token form that may follow.
 * Consent comes before ClickUp is reached, so that no client rides on a sign-in the person did not mean for it.
 */
import { AuthorizationError, CimdFetchError, type AuthRequest } from "@cloudflare/workers-oauth-provider";
import { accessOf, WRITE, type Access } from "../auth/scopes.ts";
import { signIn } from "../auth/sign-in.ts";
import type { AppContext } from "../context.ts";
import { errorPage, htmlPage, readForm, redirectTo } from "../html.tsx";
import { logEvent } from "../log.ts";
import { ConsentPage } from "../pages/consent.tsx";
import { TokenFormPage } from "../pages/token-form.tsx";
import { clickUpAuthorizeUrl } from "./clickup.ts";
import { grantAccess } from "./grant.ts";
import { REFRESH_IDLE_TTL_SECONDS } from "./provider.ts";

const DAY_SECONDS = 24 * 60 * 60;
const TOKEN_PATH = "/authorize/token";

/** What survives from the consent page to the callback, kept by the library under the state. */
export interface UpstreamData {
  access: Access;
}

/** GET /authorize: the consent page. */
export async function showConsent(c: AppContext): Promise<Response> {
  const { config, oauth } = c.var;
  const request = await oauth.parseAuthRequest(c.req.raw);
  const details = await oauth.describeConsent(request);
  const consent = await oauth.beginConsent(request);
  return htmlPage(
    (nonce) => (
      <ConsentPage
        nonce={nonce}
        handle={consent.handle}
        client={{
          name: details.clientName,
          domain: details.clientDomain ?? null,
          redirectHost: details.redirectHost,
          redirectIsLoopback: details.redirectIsLoopback,
        }}
        // Clients ask for what the 401 names, which is the least: only an explicit wish is taken as a default.
        chosen={details.scope.includes(WRITE) ? "write" : null}
        clickUpSignIn={config.clickup.app !== null}
        lifetime_days={REFRESH_IDLE_TTL_SECONDS / DAY_SECONDS}
      />
    ),
    { headers: consent.headers, leadsTo: [config.clickup.authUrl, details.redirectUri] },
  );
}

/** POST /authorize: the person's decision. */
export async function decideConsent(c: AppContext): Promise<Response> {
  const { config, oauth } = c.var;
  const form = await readForm(c);
  if (form instanceof Response) return form;
  const handle = form.get("handle") ?? "";
  const decision = form.get("decision");
  if (decision === "deny") {
    const denied = await oauth.denyConsent(c.req.raw, handle);
    return redirectTo(denied.redirectTo, denied.headers, 303);
  }
  const access = accessOf(form.get("access"));
  const { app } = config.clickup;
  if (access === null || !(decision === "token" || (decision === "clickup" && app))) {
    return errorPage(400, {
      title: "Something is missing",
      message: "Go back, choose what the application may do, and continue with one of the buttons.",
    });
  }
  const approved = await oauth.approveConsent(c.req.raw, handle);
  if (decision === "clickup" && app) {
    const data: UpstreamData = { access };
    const upstream = await oauth.beginUpstream(approved.request, { data, headers: approved.headers });
    return redirectTo(clickUpAuthorizeUrl(config, app.clientId, upstream.state), upstream.headers, 303);
  }
  return askForToken(c, approved.request, { access }, approved.headers, null, 200);
}

/** POST /authorize/token: the personal token, for a consent that was given in this browser. */
export async function takeToken(c: AppContext): Promise<Response> {
  const { config, oauth } = c.var;
  const form = await readForm(c);
  if (form instanceof Response) return form;
  const { request, data, headers } = await oauth.finishUpstream<UpstreamData>(c.req.raw);
  const token = (form.get("api_key") ?? "").trim();
  const signedIn = await signIn(c.env, config, { kind: "personal", token });
  if (!signedIn.ok) {
    return askForToken(c, request, data, headers, signedIn.problem.message, signedIn.problem.status);
  }
  return redirectTo(await grantAccess(oauth, request, data.access, signedIn.value), headers, 303);
}

/** The token form under a fresh single-use state, so that a mistyped token can be tried again. */
async function askForToken(
  c: AppContext,
  request: AuthRequest,
  data: UpstreamData,
  headers: Headers,
  problem: string | null,
  status: number,
): Promise<Response> {
  const { oauth } = c.var;
  const details = await oauth.describeConsent(request);
  const upstream = await oauth.beginUpstream(request, { data, headers });
  return htmlPage(
    (nonce) => (
      <TokenFormPage
        nonce={nonce}
        action={`${TOKEN_PATH}?state=${encodeURIComponent(upstream.state)}`}
        clientName={details.clientName}
        problem={problem}
      />
    ),
    { headers: upstream.headers, status, leadsTo: [request.redirectUri] },
  );
}

/**
 * The answer to a refusal of the OAuth library: a redirect only where it validated the target,
 * otherwise a page. Anything else is ours and goes on as an error.
 */
export function answerOAuthRefusal(error: unknown): Response {
  if (error instanceof AuthorizationError) {
    if (error.redirectTo) return redirectTo(error.redirectTo, new Headers(), 302);
    return errorPage(400, {
      title: "This sign-in cannot go on",
      // The library's own advice ends some of its sentences; ours names where to start.
      message: `${error.description.replace(/; start again$/, "")}. Start again from your application.`,
    });
  }
  if (error instanceof CimdFetchError) {
    logEvent("warn", "cimd_fetch", { reason: error.reason, url: error.metadataUrl, detail: error.detail });
    return errorPage(400, {
      title: "The application could not be verified",
      message: "Its description could not be fetched or is not valid. Ask its maker, or try again later.",
    });
  }
  throw error;
}
