/**
 * /auth/login: sign-in for clients without OAuth. It ends on a page that shows a signed token.
 * The state lives in a signed `__Host-` cookie: bound to this browser, ten minutes, cleared by its first use.
 */
import { errors, jwtVerify, SignJWT } from "jose";
import { generateCookie, getCookie } from "hono/cookie";
import { z } from "zod";
import type { AppContext } from "../context.ts";
import { base32, newDeviceId } from "../directory.ts";
import { errorPage, htmlPage, readForm, redirectTo } from "../html.tsx";
import { clickUpAuthorizeUrl } from "../oauth/clickup.ts";
import { JWT_CLIENT_ID } from "../oauth/provider.ts";
import { LoginPage } from "../pages/login.tsx";
import { SuccessPage } from "../pages/success.tsx";
import { signDeviceToken } from "./jwt.ts";
import { accessOf, scopesOf, type Access } from "./scopes.ts";
import { signIn, type Outcome, type SignedIn } from "./sign-in.ts";

const COOKIE = "clickup-mcp-login";
const TTL_SECONDS = 600;
const TYPE = "login+jwt";

export interface LoginTicket {
  state: string;
  access: Access;
}

const ticketClaims = z.object({ state: z.string().min(1), access: z.enum(["read", "write"]) });

/** GET /auth/login */
export async function showLogin(c: AppContext): Promise<Response> {
  // Another tab of this browser may be on the way to ClickUp: it keeps its state.
  const ticket = (await readTicket(c)) ?? { state: newState(), access: "write" as const };
  return loginPage(c, ticket, null, 200);
}

/** POST /auth/login: by ClickUp's page, or with a personal token. */
export async function startLogin(c: AppContext): Promise<Response> {
  const { config } = c.var;
  const form = await readForm(c);
  if (form instanceof Response) return form;
  const known = await readTicket(c);
  if (!known || known.state !== form.get("state")) return startAgain();
  const access = accessOf(form.get("access"));
  if (access === null) return loginPage(c, known, "Choose what the token may do.", 400);
  const ticket: LoginTicket = { state: known.state, access };

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

/** The ticket of this browser when the callback's state is its own; otherwise `null`. */
export async function isLoginCallback(c: AppContext): Promise<LoginTicket | null> {
  const ticket = await readTicket(c);
  return ticket && ticket.state === c.req.query("state") ? ticket : null;
}

/** Uses the ticket up, and shows a fresh token or what went wrong. */
export async function finishLogin(
  c: AppContext,
  ticket: LoginTicket,
  signedIn: Outcome<SignedIn>,
): Promise<Response> {
  const headers = new Headers({ "Set-Cookie": cookie("", 0) });
  if (signedIn.ok) return issueToken(c, ticket.access, signedIn.value, headers);
  const { problem } = signedIn;
  if (problem.retryAfter_s !== null) headers.set("Retry-After", String(problem.retryAfter_s));
  return errorPage(
    problem.status,
    {
      title: "You are not signed in",
      message: problem.message,
      next: { label: "Try again", href: "/auth/login" },
    },
    headers,
  );
}

async function issueToken(
  c: AppContext,
  access: Access,
  { userId, account, user }: SignedIn,
  headers: Headers,
): Promise<Response> {
  const { config } = c.var;
  const now_ms = Date.now();
  const expires_s = Math.floor(now_ms / 1000) + config.jwt.ttl_seconds;
  const deviceId = newDeviceId();
  const added = await user.addDevice({
    deviceId,
    via: "jwt",
    clientId: JWT_CLIENT_ID,
    clientName: "Pasted token",
    grant: { access, toolSets: null, workspaces: null },
    expires_ms: expires_s * 1000,
  });
  if (!added.ok) throw new Error(`addDevice refused: ${added.error.kind}`);
  const token = await signDeviceToken(
    config,
    { userId, deviceId, scopes: scopesOf(access), expires_s },
    now_ms,
  );
  return htmlPage(
    (nonce) => (
      <SuccessPage
        nonce={nonce}
        username={account.username || account.email || "ClickUp user"}
        token={token}
        mcpUrl={`${config.origin}/mcp`}
        access={access}
        expires_ms={expires_s * 1000}
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
  return htmlPage(
    (nonce) => (
      <LoginPage
        nonce={nonce}
        state={ticket.state}
        chosen={ticket.access}
        clickUpSignIn={config.clickup.app !== null}
        problem={problem}
        lifetime_hours={Math.max(1, Math.round(config.jwt.ttl_seconds / 3600))}
      />
    ),
    { status, headers: await ticketHeaders(c, ticket), leadsTo: [config.clickup.authUrl] },
  );
}

function startAgain(): Response {
  return errorPage(400, {
    title: "Start again",
    message: "This sign-in expired, was used already, or was opened in another browser.",
    next: { label: "Get a token", href: "/auth/login" },
  });
}

function newState(): string {
  return base32(crypto.getRandomValues(new Uint8Array(32)));
}

const audience = (origin: string) => `${origin}/auth/login`;

/** Headers that bind `ticket` to this browser. */
async function ticketHeaders(c: AppContext, ticket: LoginTicket): Promise<Headers> {
  const { origin, jwt } = c.var.config;
  const value = await new SignJWT({ ...ticket })
    .setProtectedHeader({ alg: "HS256", typ: TYPE })
    .setIssuer(origin)
    .setAudience(audience(origin))
    .setExpirationTime(`${TTL_SECONDS}s`)
    .sign(new TextEncoder().encode(jwt.secret));
  return new Headers({ "Set-Cookie": cookie(value, TTL_SECONDS) });
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

async function readTicket(c: AppContext): Promise<LoginTicket | null> {
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
