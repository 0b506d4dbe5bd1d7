/** /auth/logout, and signing out of every browser. */
import { forgetCookie, formToken, readWebSession, type WebSession } from "../auth/web-session.ts";
import type { AppContext } from "../context.ts";
import { htmlPage, redirectTo } from "../html.tsx";
import { LogoutPage } from "../pages/account/logout.tsx";

/** GET /auth/logout: a link must not sign anyone out, so it only shows the button. */
export async function showLogout(c: AppContext): Promise<Response> {
  const session = await readWebSession(c);
  if (session === null) return redirectTo("/", new Headers(), 302);
  const token = await formToken(c.var.config, session);
  return htmlPage((nonce) => (
    <LogoutPage nonce={nonce} formToken={token} username={session.account.username} />
  ));
}

/** POST /auth/logout: this browser. Connected devices go on. */
export async function logout(_: AppContext, session: WebSession): Promise<Response> {
  await session.user.desk().closeWebSession(session.session.sessionId);
  return redirectTo("/", new Headers({ "Set-Cookie": forgetCookie() }), 303);
}

/** POST /account/settings/sign-out-everywhere: every browser, this one too. */
export async function signOutEverywhere(_: AppContext, session: WebSession): Promise<Response> {
  await session.user.desk().closeWebSessions();
  return redirectTo("/", new Headers({ "Set-Cookie": forgetCookie() }), 303);
}
