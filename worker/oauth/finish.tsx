/** From a consent and a person to a grant, with the question which Workspaces in between where it is open. */
import { authorizationErrorRedirect, type AuthRequest } from "@cloudflare/workers-oauth-provider";
import type { AccountView } from "../../objects/rpc/user.ts";
import type { DeviceView } from "../../objects/rpc/views.ts";
import { expiryOf, readWorkspaces, type Choices } from "../auth/choices.ts";
import { openWebSession, type WebSession } from "../auth/web-session.ts";
import type { AppContext } from "../context.ts";
import { userObject, type UserStub } from "../directory.ts";
import { errorPage, htmlPage, readForm, redirectTo } from "../html.tsx";
import { WorkspacesPage } from "../pages/workspaces.tsx";
import { grantAccess } from "./grant.ts";

const WORKSPACES_PATH = "/authorize/workspaces";

/** What survives from the consent page to the end, kept by the library under the state. */
export interface UpstreamData {
  choices: Choices;
  /** Whose Workspaces the person chose from; `null`: they were not known yet. */
  chosenBy: string | null;
  /** Who signed in, once that is known and only the Workspaces are open. */
  signedIn: string | null;
}

interface Person {
  userId: string;
  account: AccountView;
  user: UserStub;
}

/**
 * Grants what was chosen to the person who signed in; first asks for the Workspaces when there are several and
 * they were not chosen by this person. `headers` holds the cookies to send along.
 */
export async function finishAuthorization(
  c: AppContext,
  request: AuthRequest,
  data: UpstreamData,
  person: Person | WebSession,
  headers: Headers,
): Promise<Response> {
  const asked = data.chosenBy === person.userId;
  if (!asked && person.account.workspaces.length > 1) {
    return askForWorkspaces(c, request, data, person, headers, null, 200);
  }
  const { grant, lifetime } = data.choices;
  const target = await grantAccess(
    c.var.oauth,
    request,
    // Workspaces chosen from another person's list mean nothing here.
    { grant: asked ? grant : { ...grant, workspaces: null }, expires_ms: expiryOf(lifetime, Date.now()) },
    person,
  );
  if (!("session" in person)) headers.append("Set-Cookie", await openWebSession(c, person.userId));
  return redirectTo(target, headers, 303);
}

/** POST /authorize/workspaces: the answer, in the browser that signed in, once. */
export async function takeWorkspaces(c: AppContext): Promise<Response> {
  const { oauth } = c.var;
  const form = await readForm(c);
  if (form instanceof Response) return form;
  const { request, data, headers } = await oauth.finishUpstream<UpstreamData>(c.req.raw);
  if (form.get("decision") === "deny") {
    return redirectTo(authorizationErrorRedirect(request, "access_denied"), headers, 303);
  }
  const user = data.signedIn === null ? null : userObject(c.env, data.signedIn);
  const account = await user?.account();
  if (data.signedIn === null || !user || !account?.ok) {
    return errorPage(
      400,
      { title: "Start again", message: "This sign-in is not complete. Start again from your application." },
      headers,
    );
  }
  const person = { userId: data.signedIn, user, account: account.value };
  const chosen = readWorkspaces(form, account.value.workspaces);
  if (!chosen.ok) return askForWorkspaces(c, request, data, person, headers, chosen.message, 400);
  const grant = { ...data.choices.grant, workspaces: chosen.value };
  const complete = { ...data, choices: { ...data.choices, grant }, chosenBy: person.userId };
  return finishAuthorization(c, request, complete, person, headers);
}

/** Without a page: a new device with what the client's present one may do, and for no longer. */
export async function grantAsRemembered(
  c: AppContext,
  request: AuthRequest,
  session: WebSession,
  device: DeviceView,
): Promise<Response> {
  const { grant, expires_ms } = device;
  const target = await grantAccess(c.var.oauth, request, { grant, expires_ms }, session);
  return redirectTo(target, new Headers(), 302);
}

async function askForWorkspaces(
  c: AppContext,
  request: AuthRequest,
  data: UpstreamData,
  person: Person,
  headers: Headers,
  problem: string | null,
  status: number,
): Promise<Response> {
  const { oauth } = c.var;
  const details = await oauth.describeConsent(request);
  const waiting: UpstreamData = { ...data, chosenBy: null, signedIn: person.userId };
  const upstream = await oauth.beginUpstream(request, { data: waiting, headers });
  return htmlPage(
    (nonce) => (
      <WorkspacesPage
        nonce={nonce}
        action={`${WORKSPACES_PATH}?state=${encodeURIComponent(upstream.state)}`}
        clientName={details.clientName}
        username={person.account.username || person.account.email || "ClickUp user"}
        workspaces={person.account.workspaces}
        problem={problem}
      />
    ),
    { headers: upstream.headers, status, leadsTo: [request.redirectUri] },
  );
}
