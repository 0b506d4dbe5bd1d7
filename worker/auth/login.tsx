/**
 * /auth/login: sign-in on our own account. It ends on a page that shows a signed token for a client without OAuth,
 * or, with `?for=account`, on the account page. Either way this browser is signed in afterwards.
 * The state lives in a signed `__Host-` cookie: bound to this browser, ten minutes, cleared by its first use,
 * or marked as used where a token was shown.
 */
import { errors, jwtVerify, SignJWT } from "jose";
import { generateCookie, getCookie } from "hono/cookie";
import * as z from "zod";
import type { AppContext } from "../context.ts";
import { base32 } from "../directory.ts";
import { errorPage, htmlPage, readForm, redirectTo } from "../html.tsx";
import { clickUpAuthorizeUrl } from "../oauth/clickup.ts";
import { LIFETIMES, TOKEN_LIFETIMES } from "../pages/choice-texts.ts";
import { LoginPage, SignInPage } from "../pages/login.tsx";
import { SuccessPage } from "../pages/success.tsx";
import { issueToken } from "./issue-token.ts";
import { accessOf, type Access } from "./scopes.ts";
import { signIn, type Outcome, type SignedIn } from "./sign-in.ts";
import { openWebSession, readWebSession } from "./web-session.ts";

const COOKIE = "clickup-mcp-login";
const TTL_SECONDS = 600;
/** How long a browser knows the page of a token again. */
const USED_SECONDS = 24 * 60 * 60;
const TYPE = "login+jwt";

export interface LoginTicket {
  state: string;
  /** What the person gets at the end. */
  purpose: "token" | "account";
  access: Access;
  /** Of the token. */
  lifetime_s: number;
  /** Page of the account to go on with. */
  next: string;
}

/** As the cookie has it. A used ticket opens nothing: it tells the token's page, loaded again, from a stranger's. */
type KeptTicket = LoginTicket & { used: boolean };

const ticketClaims = z.object({
  state: z.string().min(1),
  purpose: z.enum(["token", "account"]),
  access: z.enum(["read", "write"]),
  lifetime_s: z.number().int().positive(),
  next: z.string(),
  used: z.boolean().default(false),
});

/** Pages a sign-in may go on to: of the account, nowhere else. A plan page may carry the reference of its link. */
const NEXT = /^\/account(\/[a-z]+(\/[0-9a-f]{32})?)?$/;

/** GET /auth/login */
export async function showLogin(c: AppContext): Promise<Response> {
  const purpose = c.req.query("for") === "account" ? "account" : "token";
  const next = c.req.query("next") ?? "";
  if (purpose === "account" && (await readWebSession(c)) !== null) {
    return redirectTo(NEXT.test(next) ? next : "/account", new Headers(), 302);
  }
  // Another tab of this browser may be on the way to ClickUp: it keeps its state.
  const state = (await readTicket(c))?.state ?? newState();
  const ticket: LoginTicket = {
    state,
    purpose,
    access: "write",
    lifetime_s: c.var.config.jwt.ttl_seconds,
    next: NEXT.test(next) ? next : "/account",
  };
  return loginPage(c, ticket, null, 200);
}

/** POST /auth/login: by ClickUp's page, or with a personal token. */
export async function startLogin(c: AppContext): Promise<Response> {
  const { config } = c.var;
  const form = await readForm(c);
  if (form instanceof Response) return form;
  const kept = await readKept(c);
  if (kept === null || kept.state !== form.get("state")) return startAgain();
  if (kept.used) return tokenIsGone();
  const { used: _, ...known } = kept;
  const ticket = ticketOf(c, form, known.state);
  if (typeof ticket === "string") return loginPage(c, known, ticket, 400);

  const token = (form.get("api_key") ?? "").trim();
  const { app } = config.clickup;
  // Enter in the token field presses the first button of the form, so a token that is there counts.
  if (form.get("method") === "clickup" && app && token === "") {
    const headers = await ticketHeaders(c, ticket);
    return redirectTo(clickUpAuthorizeUrl(config, app.clientId, ticket.state), headers, 303);
  }
  const signedIn = await signIn(c.env, config, { kind: "personal", token });
  if (!signedIn.ok) return loginPage(c, ticket, signedIn.problem.message, signedIn.problem.status);
  return finishLogin(c, ticket, signedIn);
}

/**
 * Sends a person who is signed in to ClickUp's page for a fresh credential, and on to `next` afterwards.
 * @returns `null` where this server has no ClickUp app
 */
export async function beginClickUpLogin(c: AppContext, next: string): Promise<Response | null> {
  const { config } = c.var;
  if (config.clickup.app === null) return null;
  const ticket: LoginTicket = {
    state: newState(),
    purpose: "account",
    access: "write",
    lifetime_s: config.jwt.ttl_seconds,
    next,
  };
  const target = clickUpAuthorizeUrl(config, config.clickup.app.clientId, ticket.state);
  return redirectTo(target, await ticketHeaders(c, ticket), 303);
}

/** The ticket a form asks for, or what is missing in it. */
function ticketOf(c: AppContext, form: URLSearchParams, state: string): LoginTicket | string {
  const next = form.get("next") ?? "";
  const base = { state, next: NEXT.test(next) ? next : "/account" };
  const standard_s = c.var.config.jwt.ttl_seconds;
  if (form.get("purpose") === "account")
    return { ...base, purpose: "account", access: "write", lifetime_s: standard_s };
  const access = accessOf(form.get("access"));
  if (access === null) return "Choose what the token may do.";
  const chosen = form.get("lifetime") ?? "standard";
  if (chosen === "standard") return { ...base, purpose: "token", access, lifetime_s: standard_s };
  const named = TOKEN_LIFETIMES.find((one) => one === chosen);
  if (named === undefined) return "Choose how long the token works.";
  return { ...base, purpose: "token", access, lifetime_s: LIFETIMES[named].seconds };
}

/** The ticket of this browser when the callback's state is its own; otherwise `null`. */
export async function isLoginCallback(c: AppContext): Promise<LoginTicket | null> {
  const ticket = await readTicket(c);
  return ticket && ticket.state === c.req.query("state") ? ticket : null;
}

/** What a callback that is loaded again answers, in the browser that was shown the token; otherwise `null`. */
export async function finishedCallback(c: AppContext): Promise<Response | null> {
  const kept = await readKept(c);
  return kept?.used === true && kept.state === c.req.query("state") ? tokenIsGone() : null;
}

function tokenIsGone(): Response {
  return errorPage(410, {
    title: "A token is shown once",
    message:
      "This page was loaded again, and the token is kept nowhere it could be read from. If you copied it, it works. If not, get a new one: you are signed in, and can stop the old one on your account page.",
    next: { label: "Get a new token", href: "/account/tokens" },
  });
}

/** Uses the ticket up, and shows a fresh token or what went wrong. */
export async function finishLogin(
  c: AppContext,
  ticket: LoginTicket,
  signedIn: Outcome<SignedIn>,
): Promise<Response> {
  if (signedIn.ok) {
    const session = await openWebSession(c, signedIn.value.userId);
    if (ticket.purpose === "account") {
      const headers = new Headers({ "Set-Cookie": cookie("", 0) });
      headers.append("Set-Cookie", session);
      return redirectTo(ticket.next, headers, 303);
    }
    const headers = await ticketHeaders(c, { ...ticket, used: true });
    headers.append("Set-Cookie", session);
    return showToken(c, ticket, signedIn.value, headers);
  }
  const headers = new Headers({ "Set-Cookie": cookie("", 0) });
  const { problem } = signedIn;
  if (problem.retryAfter_s !== null) headers.set("Retry-After", String(problem.retryAfter_s));
  const again = ticket.purpose === "account" ? "/auth/login?for=account" : "/auth/login";
  return errorPage(
    problem.status,
    {
      title: "You are not signed in",
      message: problem.message,
      next: { label: "Try again", href: again },
    },
    headers,
  );
}

async function showToken(
  c: AppContext,
  { access, lifetime_s }: LoginTicket,
  { userId, account, user }: SignedIn,
  headers: Headers,
): Promise<Response> {
  const { config } = c.var;
  const issued = await issueToken(config, userId, user, {
    name: "Pasted token",
    grant: { access, toolSets: null, workspaces: null },
    lifetime_s,
  });
  if (!issued.ok) throw new Error(`addDevice refused: ${issued.error.kind}`);
  return htmlPage(
    (nonce) => (
      <SuccessPage
        nonce={nonce}
        title={`You are signed in, ${account.username || account.email || "ClickUp user"}`}
        token={issued.value.token}
        mcpUrl={`${config.origin}/mcp`}
        access={access}
        expires_ms={issued.value.expires_ms}
        timeZone={account.timeZone}
      />
    ),
    { headers },
  );
}

async function loginPage(
  c: AppContext,
  ticket: LoginTicket,
  problem: string | null,
  status: number,
): Promise<Response> {
  const { config } = c.var;
  const clickUpSignIn = config.clickup.app !== null;
  const { state, next } = ticket;
  return htmlPage(
    (nonce) =>
      ticket.purpose === "account" ? (
        <SignInPage nonce={nonce} state={state} next={next} clickUpSignIn={clickUpSignIn} problem={problem} />
      ) : (
        <LoginPage
          nonce={nonce}
          state={state}
          chosen={ticket.access}
          clickUpSignIn={clickUpSignIn}
          problem={problem}
          standard_hours={Math.max(1, Math.round(config.jwt.ttl_seconds / 3600))}
        />
      ),
    { status, headers: await ticketHeaders(c, ticket), leadsTo: [config.clickup.authUrl] },
  );
}

function startAgain(): Response {
  return errorPage(400, {
    title: "Start again",
    message: "This sign-in expired, was used already, or was opened in another browser.",
    next: { label: "Sign in", href: "/auth/login" },
  });
}

function newState(): string {
  return base32(crypto.getRandomValues(new Uint8Array(32)));
}

const audience = (origin: string) => `${origin}/auth/login`;

/** Headers that bind `ticket` to this browser. */
async function ticketHeaders(c: AppContext, ticket: LoginTicket & { used?: boolean }): Promise<Headers> {
  const { origin, jwt } = c.var.config;
  const seconds = ticket.used === true ? USED_SECONDS : TTL_SECONDS;
  const value = await new SignJWT({ ...ticket })
    .setProtectedHeader({ alg: "HS256", typ: TYPE })
    .setIssuer(origin)
    .setAudience(audience(origin))
    .setExpirationTime(`${seconds}s`)
    .sign(new TextEncoder().encode(jwt.secret));
  return new Headers({ "Set-Cookie": cookie(value, seconds) });
}

function cookie(value: string, maxAge: number): string {
  return generateCookie(COOKIE, value, {
    prefix: "host",
    path: "/",
    secure: true,
    httpOnly: true,
    sameSite: "Lax",
    maxAge,
  });
}

/** The ticket of a sign-in that is under way in this browser. */
async function readTicket(c: AppContext): Promise<LoginTicket | null> {
  const kept = await readKept(c);
  return kept === null || kept.used ? null : kept;
}

async function readKept(c: AppContext): Promise<KeptTicket | null> {
  const { origin, jwt } = c.var.config;
  const value = getCookie(c, COOKIE, "host");
  if (!value) return null;
  try {
    const { payload } = await jwtVerify(value, new TextEncoder().encode(jwt.secret), {
      issuer: origin,
      audience: audience(origin),
      algorithms: ["HS256"],
      typ: TYPE,
    });
    const parsed = ticketClaims.safeParse(payload);
    return parsed.success ? parsed.data : null;
  } catch (error) {
    if (error instanceof errors.JOSEError) return null;
    throw error;
  }
}
