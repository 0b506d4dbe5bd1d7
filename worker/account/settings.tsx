/** The connection to ClickUp, and the person's defaults. */
import { identify, problemOf } from "../auth/sign-in.ts";
import type { WebSession } from "../auth/web-session.ts";
import type { AppContext } from "../context.ts";
import { recordUser, userIdOf } from "../directory.ts";
import { errorPage, htmlPage } from "../html.tsx";
import { SettingsPage } from "../pages/account/settings.tsx";
import { doneAt, pageProps } from "./guard.tsx";

const PATH = "/account/settings";

/** GET /account/settings */
export async function showSettings(c: AppContext, session: WebSession): Promise<Response> {
  return settingsPage(c, session, null, 200);
}

/** POST /account/settings/preferences */
export async function savePreferences(
  _: AppContext,
  session: WebSession,
  form: URLSearchParams,
): Promise<Response> {
  const saved = await session.user.desk().setPreferences({
    defaultWorkspaceId: form.get("workspace") || null,
    timeZone: form.get("time_zone") || null,
  });
  if (saved.ok) return doneAt(PATH, "saved");
  return errorPage(400, {
    title: "Not saved",
    message: saved.error.message,
    next: { label: "Back to the settings", href: PATH },
  });
}

/** POST /account/settings/token: a personal token of the same ClickUp user, after ClickUp confirmed whose it is. */
export async function storeToken(
  c: AppContext,
  session: WebSession,
  form: URLSearchParams,
): Promise<Response> {
  const credential = { kind: "personal" as const, token: (form.get("api_key") ?? "").trim() };
  const identity = await identify(c.var.config, credential);
  if (!identity.ok) return settingsPage(c, session, identity.problem.message, identity.problem.status);
  if ((await userIdOf(identity.value.clickupUserId)) !== session.userId) {
    return settingsPage(c, session, "This token belongs to another ClickUp user than you.", 409);
  }
  const stored = await session.user.storeApiKey({ identity: identity.value, credential });
  if (!stored.ok) {
    const problem = problemOf(stored.error);
    return settingsPage(c, session, problem.message, problem.status);
  }
  await recordUser(c.env.USER_MAPPINGS, stored.value);
  return doneAt(PATH, "token");
}

/** POST /account/settings/remove-credential */
export async function removeCredential(
  _: AppContext,
  session: WebSession,
  form: URLSearchParams,
): Promise<Response> {
  const kind = form.get("kind");
  if (kind !== "oauth" && kind !== "personal") {
    return errorPage(400, { title: "Not removed", message: "There is no such credential." });
  }
  await session.user.desk().removeCredential(kind);
  return doneAt(PATH, "removed");
}

async function settingsPage(
  c: AppContext,
  session: WebSession,
  tokenProblem: string | null,
  status: number,
): Promise<Response> {
  const [props, sessions] = await Promise.all([pageProps(c, session), session.user.desk().webSessions()]);
  return htmlPage(
    (nonce) => (
      <SettingsPage
        {...props}
        nonce={nonce}
        account={session.account}
        sessions={sessions}
        thisSession={session.session.sessionId}
        clickUpSignIn={c.var.config.clickup.app !== null}
        timeZones={Intl.supportedValuesOf("timeZone")}
        tokenProblem={tokenProblem}
      />
    ),
    // "Sign in with ClickUp again" leaves by a redirect.
    { status, leadsTo: [c.var.config.clickup.authUrl] },
  );
}
