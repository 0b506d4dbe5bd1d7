/** The way into every account page: a session, and for forms the proof that the form is ours. */
import type { WebSession } from "../auth/web-session.ts";
import { forgetCookie, formToken, isFormToken, readWebSession } from "../auth/web-session.ts";
import type { AppContext } from "../context.ts";
import { errorPage, readForm, redirectTo } from "../html.tsx";
import type { AccountPageProps } from "../pages/account/frame.tsx";
import { displayName } from "../pages/text.ts";

/** Serves a page for the person signed in. */
export type PageHandler = (c: AppContext, session: WebSession) => Promise<Response>;
/** Acts on a form of the person signed in. */
export type FormHandler = (c: AppContext, session: WebSession, form: URLSearchParams) => Promise<Response>;

/** Sends people without a session to the sign-in, and back afterwards. */
export function accountPage(handler: PageHandler): (c: AppContext) => Promise<Response> {
  return async (c) => {
    const session = await readWebSession(c);
    return session === null ? toSignIn(c) : handler(c, session);
  };
}

/**
 * A form counts only with the token of its session; one sent from another site is refused before that where the
 * browser says so (`Sec-Fetch-Site`).
 */
export function accountForm(handler: FormHandler): (c: AppContext) => Promise<Response> {
  return async (c) => {
    const site = c.req.header("Sec-Fetch-Site");
    if (site !== undefined && site !== "same-origin" && site !== "none") return foreignForm();
    const form = await readForm(c);
    if (form instanceof Response) return form;
    const session = await readWebSession(c);
    if (session === null) return toSignIn(c);
    if (!(await isFormToken(c.var.config, session, form.get("form_token") ?? ""))) return foreignForm();
    return handler(c, session, form);
  };
}

/** What every page of the account needs. */
export async function pageProps(
  c: AppContext,
  session: WebSession,
): Promise<Omit<AccountPageProps, "nonce">> {
  return {
    formToken: await formToken(c.var.config, session),
    done: await doneText(c, session),
    timeZone: session.account.timeZone,
    now_ms: Date.now(),
  };
}

/** What a form did, named in the address after it (post, redirect, get). */
const DONE: Record<string, string> = {
  "stopped-all": "Every device is stopped.",
  changed: "Saved. It counts from the next request on.",
  saved: "Saved.",
  token: "The token is stored and in use.",
  removed: "The credential is removed.",
  year: "You pay by the year now.",
};

/** What the form did, in words. A stopped device is named by its id, so that no link can put words on the page. */
async function doneText(c: AppContext, session: WebSession): Promise<AccountPageProps["done"]> {
  const done = c.req.query("done") ?? "";
  if (done !== "stopped") return Object.hasOwn(DONE, done) ? (DONE[done] ?? null) : null;
  const devices = await session.user.devices();
  const device = devices.find((one) => one.deviceId === c.req.query("device") && one.revoked_ms !== null);
  if (device === undefined) return null;
  return (
    <>
      <bdi>{displayName(device.clientName)}</bdi> is stopped. It is signed out as of now.
    </>
  );
}

/** After a form: a page of the account that says what was done. */
export function doneAt(path: string, done: keyof typeof DONE): Response {
  return redirectTo(`${path}?done=${done}`, new Headers(), 303);
}

/** After a device was stopped: the page it was stopped on, which names it. */
export function stoppedAt(path: string, deviceId: string): Response {
  return redirectTo(
    `${path}?${new URLSearchParams({ done: "stopped", device: deviceId }).toString()}`,
    new Headers(),
    303,
  );
}

function toSignIn(c: AppContext): Response {
  const next = c.req.method === "GET" ? `&next=${encodeURIComponent(c.req.path)}` : "";
  // A cookie that is not good any more is of no use to anyone.
  const headers = c.req.header("Cookie")?.includes("clickup-mcp-session")
    ? new Headers({ "Set-Cookie": forgetCookie() })
    : new Headers();
  return redirectTo(`/auth/login?for=account${next}`, headers, c.req.method === "GET" ? 302 : 303);
}

function foreignForm(): Response {
  return errorPage(403, {
    title: "This form is not valid here",
    message: "It was sent from another page or an old session. Open your account page and try again.",
    next: { label: "Your account", href: "/account" },
  });
}
