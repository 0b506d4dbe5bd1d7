/**
 * Consents a person asked not to repeat. The page is left out only when all of this holds: this browser is signed
 * in here as the person who consented; the library's signed cookie covers client, redirect, resource and scopes;
 * a device of that client still works and may do what is asked for; and the answer goes to an https address. A
 * program on this computer cannot prove which one it is (RFC 8252 section 8.6), so there the page is always shown.
 */
import type {
  AuthRequest,
  ConsentDescription,
  RememberConsentOptions,
} from "@cloudflare/workers-oauth-provider";
import type { DeviceView } from "../../objects/rpc/views.ts";
import { base64url, purposeKeys } from "../auth/keys.ts";
import { WRITE } from "../auth/scopes.ts";
import type { WebSession } from "../auth/web-session.ts";
import type { AppContext } from "../context.ts";
import type { Config } from "../env.ts";

/** The newest device of a client that works, or `null`. */
export async function deviceOf(session: WebSession, clientId: string): Promise<DeviceView | null> {
  const now_ms = Date.now();
  const active = (await session.user.devices()).filter(
    (one) =>
      one.clientId === clientId &&
      one.via === "oauth" &&
      one.revoked_ms === null &&
      (one.expires_ms === null || one.expires_ms > now_ms),
  );
  return active.toSorted((a, b) => b.created_ms - a.created_ms)[0] ?? null;
}

/** True when the consent page need not be shown. */
export async function isRemembered(
  c: AppContext,
  session: WebSession,
  request: AuthRequest,
  details: ConsentDescription,
  device: DeviceView,
): Promise<boolean> {
  const asked = c.req.query("prompt")?.split(" ") ?? [];
  if (asked.includes("consent") || asked.includes("login") || asked.includes("select_account")) return false;
  if (details.redirectIsLoopback || !request.redirectUri.startsWith("https:")) return false;
  if (session.account.credentials.length === 0) return false;
  if (request.scope.includes(WRITE) && device.grant.access !== "write") return false;
  const { secret, subject } = await rememberFor(c.var.config, session);
  return c.var.oauth.isConsentRemembered(c.req.raw, request, { secret, ...(subject ? { subject } : {}) });
}

/** How an approval of this person is remembered. A new JWT_SECRET forgets them all: the page is shown again. */
export async function rememberFor(config: Config, session: WebSession): Promise<RememberConsentOptions> {
  const [key] = await purposeKeys(config, "remembered-consent");
  return { secret: base64url(key), subject: session.userId };
}
