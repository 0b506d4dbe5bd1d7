/**
 * GET and POST /authorize, and the forms that may follow: personal token, Workspaces.
 * Consent comes before ClickUp is reached, so that no client rides on a sign-in the person did not mean for it.
 */
import {
  authorizationErrorRedirect,
  type AuthRequest,
  type ConsentDescription,
} from "@cloudflare/workers-oauth-provider";
import { readChoices } from "../auth/choices.ts";
import { scopesOf, WRITE } from "../auth/scopes.ts";
import { signIn } from "../auth/sign-in.ts";
import { readWebSession, type WebSession } from "../auth/web-session.ts";
import type { AppContext } from "../context.ts";
import { errorPage, htmlPage, readForm, redirectTo } from "../html.tsx";
import { ConsentPage, type ConsentPerson } from "../pages/consent.tsx";
import { LIFETIMES, type Lifetime } from "../pages/choice-texts.ts";
import { TokenFormPage } from "../pages/token-form.tsx";
import { clickUpAuthorizeUrl } from "./clickup.ts";
import { asAudience } from "./endpoints.ts";
import { finishAuthorization, grantAsRemembered, type UpstreamData } from "./finish.tsx";
import { REFRESH_IDLE_TTL_SECONDS } from "./provider.ts";
import { deviceOf, isRemembered, rememberFor } from "./remembered.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const TOKEN_PATH = "/authorize/token";

/** GET /authorize: the consent page, unless the person said not to ask again and nothing more is asked for. */
export async function showConsent(c: AppContext): Promise<Response> {
  const { config, oauth } = c.var;
  const request = await oauth.parseAuthRequest(forAudience(c.req.raw, config.origin));
  const details = await oauth.describeConsent(request);
  const session = await readWebSession(c);
  const device = session && (await deviceOf(session, request.clientId));
  if (session && device && (await isRemembered(c, session, request, details, device))) {
    return grantAsRemembered(c, request, session, device);
  }
  const consent = await oauth.beginConsent(request);
  // Clients ask for what the 401 names, which is the least: only an explicit wish is taken as a default.
  const asksToWrite = details.scope.includes(WRITE) ? "write" : null;
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
        chosen={asksToWrite ?? device?.grant.access ?? null}
        person={session && personOf(session, device && { grant: device.grant, lifetime: lifetimeOf(device) })}
        clickUpSignIn={config.clickup.app !== null}
        idle_days={(REFRESH_IDLE_TTL_SECONDS * 1000) / DAY_MS}
      />
    ),
    { headers: consent.headers, leadsTo: [config.clickup.authUrl, details.redirectUri] },
  );
}

/** The request with its resource written as the audience. */
function forAudience(request: Request, origin: string): Request {
  const url = new URL(request.url);
  const resources = url.searchParams.getAll("resource");
  url.searchParams.delete("resource");
  for (const value of asAudience(origin, resources)) url.searchParams.append("resource", value);
  return new Request(url, request);
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
  const session = await readWebSession(c);
  const shownTo = form.get("for_user");
  // Another account signed in meanwhile, in another tab: its Workspaces were not the ones shown.
  const mine = session !== null && session.userId === shownTo ? session : null;
  const choices = readChoices(form, mine?.account.workspaces ?? null);
  if (!choices.ok) return missing(choices.message);
  const { app } = config.clickup;
  const byAccount = decision === "account" && mine !== null && isConnected(mine);
  if (!byAccount && decision !== "token" && !(decision === "clickup" && app)) {
    return decision === "account" ? signedOut() : missing("Continue with one of the buttons.");
  }
  const scope = scopesOf(choices.value.grant.access);
  const remember = byAccount && form.get("remember") === "yes" ? await rememberFor(config, mine) : null;
  const approved = await oauth.approveConsent(c.req.raw, handle, {
    scope,
    ...(remember === null ? {} : { remember }),
  });
  const data: UpstreamData = { choices: choices.value, chosenBy: mine?.userId ?? null, signedIn: null };
  if (byAccount) return finishAuthorization(c, approved.request, data, mine, approved.headers);
  if (decision === "clickup" && app) {
    const upstream = await oauth.beginUpstream(approved.request, { data, headers: approved.headers });
    return redirectTo(clickUpAuthorizeUrl(config, app.clientId, upstream.state), upstream.headers, 303);
  }
  return askForToken(c, approved.request, data, approved.headers, null, 200);
}

/** POST /authorize/token: the personal token, for a consent that was given in this browser. */
export async function takeToken(c: AppContext): Promise<Response> {
  const { config, oauth } = c.var;
  const form = await readForm(c);
  if (form instanceof Response) return form;
  const { request, data, headers } = await oauth.finishUpstream<UpstreamData>(c.req.raw);
  if (form.get("decision") === "deny") {
    return redirectTo(authorizationErrorRedirect(request, "access_denied"), headers, 303);
  }
  const token = (form.get("api_key") ?? "").trim();
  const signedIn = await signIn(c.env, config, { kind: "personal", token });
  if (!signedIn.ok) {
    return askForToken(c, request, data, headers, signedIn.problem.message, signedIn.problem.status);
  }
  return finishAuthorization(c, request, { ...data, signedIn: null }, signedIn.value, headers);
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
  const details: ConsentDescription = await oauth.describeConsent(request);
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

function personOf(session: WebSession, now: ConsentPerson["now"]): ConsentPerson {
  const { username, email, workspaces } = session.account;
  return {
    userId: session.userId,
    username: username || email || "yourself",
    workspaces,
    connected: isConnected(session),
    now,
  };
}

function isConnected(session: WebSession): boolean {
  return session.account.credentials.length > 0;
}

/** The choice that comes nearest to how long the device was given. */
function lifetimeOf(device: { created_ms: number; expires_ms: number | null }): Lifetime {
  if (device.expires_ms === null) return "until";
  const days = (device.expires_ms - device.created_ms) / DAY_MS;
  const fits = (Object.keys(LIFETIMES) as Lifetime[]).find((name) => {
    const { seconds } = LIFETIMES[name];
    return seconds !== null && seconds * 1000 >= (days - 1) * DAY_MS;
  });
  return fits ?? "90d";
}

function missing(message: string): Response {
  return errorPage(400, {
    title: "Something is missing",
    message: `${message} Go back, choose what the application may do, and continue with one of the buttons.`,
  });
}

function signedOut(): Response {
  return errorPage(400, {
    title: "You are signed out",
    message: "This browser's session ended, or another account signed in. Start again from your application.",
  });
}
