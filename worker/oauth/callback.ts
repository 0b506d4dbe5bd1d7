/** GET /auth/callback: ClickUp sends the browser back, for a client's authorization or for our own sign-in page. */
import { authorizationErrorRedirect, type AuthorizationErrorCode } from "@cloudflare/workers-oauth-provider";
import { finishedCallback, finishLogin, isLoginCallback } from "../auth/login.tsx";
import { redeemCode, signIn, type Outcome, type SignedIn } from "../auth/sign-in.ts";
import type { AppContext } from "../context.ts";
import { redirectTo } from "../html.tsx";
import { finishAuthorization, type UpstreamData } from "./finish.tsx";

/** Which flow the state belongs to is told by the browser's cookies, never by ClickUp's answer. */
export async function clickUpCallback(c: AppContext): Promise<Response> {
  const answer = { code: c.req.query("code") ?? null, error: c.req.query("error") ?? null };
  const ticket = await isLoginCallback(c);
  if (ticket) return finishLogin(c, ticket, await signInByCode(c, answer));
  const again = await finishedCallback(c);
  if (again !== null) return again;

  const { oauth } = c.var;
  const { request, data, headers } = await oauth.finishUpstream<UpstreamData>(c.req.raw);
  const signedIn = await signInByCode(c, answer);
  if (!signedIn.ok) {
    const code: AuthorizationErrorCode =
      signedIn.problem.status === 503 ? "temporarily_unavailable" : "access_denied";
    return redirectTo(
      authorizationErrorRedirect(request, code, oauthText(signedIn.problem.message)),
      headers,
      302,
    );
  }
  return finishAuthorization(c, request, { ...data, signedIn: null }, signedIn.value, headers);
}

async function signInByCode(
  c: AppContext,
  answer: { code: string | null; error: string | null },
): Promise<Outcome<SignedIn>> {
  if (answer.error !== null || !answer.code) {
    const message =
      answer.error === null ? "ClickUp sent no code back." : "The sign-in was cancelled in ClickUp.";
    return { ok: false, problem: { status: 400, message, retryAfter_s: null } };
  }
  const credential = await redeemCode(c.var.config, answer.code);
  return credential.ok ? signIn(c.env, c.var.config, credential.value) : credential;
}

/** `error_description` is limited to printable ASCII without quotes and backslashes (RFC 6749 section 4.1.2.1). */
function oauthText(message: string): string {
  return message.replace(/["\\]/g, "'").replace(/[^\x20-\x7e]/g, " ");
}
