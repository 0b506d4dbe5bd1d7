/**
 * The session of the account page: a signed `__Host-` cookie that names a row in the user's object. The signature
 * keeps made-up ids out; the row decides, so signing out and "sign out everywhere" act at once.
 * Forms carry a token bound to the session, because pages sent with `no-referrer` post with `Origin: null`.
 */
import { errors, jwtVerify, SignJWT } from "jose";
import { generateCookie, getCookie } from "hono/cookie";
import * as z from "zod";
import type { AccountView, WebSessionView } from "../../objects/rpc/user.ts";
import type { AppContext } from "../context.ts";
import { base32, userObject, type UserStub } from "../directory.ts";
import type { Config } from "../env.ts";
import { browserLabel } from "./browser-label.ts";
import { base64url, purposeKeys } from "./keys.ts";

const COOKIE = "clickup-mcp-session";
const TYPE = "session+jwt";
const PURPOSE = "web-session";
const CSRF_PURPOSE = "web-session-form";
/** A week, whether used or not: the page can issue tokens and delete everything. */
const WEB_SESSION_SECONDS = 7 * 24 * 60 * 60;

export interface WebSession {
  userId: string;
  account: AccountView;
  session: WebSessionView;
  user: UserStub;
}

const claims = z.object({ sub: z.string().min(1), jti: z.string().min(1) });

/** Opens a session for a person who just proved who they are. @returns the `Set-Cookie` value */
export async function openWebSession(c: AppContext, userId: string): Promise<string> {
  const { config } = c.var;
  const expires_ms = Date.now() + WEB_SESSION_SECONDS * 1000;
  const sessionId = base32(crypto.getRandomValues(new Uint8Array(16)));
  const label = browserLabel(c.req.header("User-Agent") ?? "");
  const opened = await userObject(c.env, userId).desk().openWebSession({ sessionId, label, expires_ms });
  if (!opened.ok) throw new Error(`openWebSession refused: ${opened.error.kind}`);
  const [key] = await purposeKeys(config, PURPOSE);
  const value = await new SignJWT()
    .setProtectedHeader({ alg: "HS256", typ: TYPE })
    .setIssuer(config.origin)
    .setSubject(userId)
    .setJti(sessionId)
    .setExpirationTime(Math.floor(expires_ms / 1000))
    .sign(key);
  return cookie(value, WEB_SESSION_SECONDS);
}

/** The session of this browser, or `null`: none, tampered with, expired, or ended elsewhere. */
export async function readWebSession(c: AppContext): Promise<WebSession | null> {
  const value = getCookie(c, COOKIE, "host");
  if (!value) return null;
  const named = await verified(c.var.config, value);
  if (named === null) return null;
  const user = userObject(c.env, named.sub);
  const found = await user.desk().webSession(named.jti);
  return found === null ? null : { userId: named.sub, user, ...found };
}

/** The `Set-Cookie` value that makes the browser forget its session. */
export function forgetCookie(): string {
  return cookie("", 0);
}

/** The token every form of the session's pages carries. */
export async function formToken(config: Config, session: WebSession): Promise<string> {
  const [key] = await purposeKeys(config, CSRF_PURPOSE);
  return mac(key, session.session.sessionId);
}

/** True when a posted token belongs to the session; the previous secret's are taken while it is configured. */
export async function isFormToken(config: Config, session: WebSession, token: string): Promise<boolean> {
  for (const key of await purposeKeys(config, CSRF_PURPOSE)) {
    if (sameText(await mac(key, session.session.sessionId), token)) return true;
  }
  return false;
}

async function verified(config: Config, value: string): Promise<z.infer<typeof claims> | null> {
  for (const key of await purposeKeys(config, PURPOSE)) {
    try {
      const { payload } = await jwtVerify(value, key, {
        issuer: config.origin,
        algorithms: ["HS256"],
        typ: TYPE,
      });
      const parsed = claims.safeParse(payload);
      return parsed.success ? parsed.data : null;
    } catch (error) {
      if (error instanceof errors.JWSSignatureVerificationFailed) continue;
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }
  return null;
}

async function mac(key: Uint8Array, text: string): Promise<string> {
  const hmac = await crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return base64url(new Uint8Array(await crypto.subtle.sign("HMAC", hmac, new TextEncoder().encode(text))));
}

/** Compares without telling by its time how much was right. */
function sameText(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a.charCodeAt(i) ^ b.charCodeAt(i);
  return difference === 0;
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
