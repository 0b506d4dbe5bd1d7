/** The two scopes of this server. Writing includes reading. */
import { READ, WRITE } from "../../objects/rpc/names.ts";
import type { NewDevice } from "../../objects/rpc/views.ts";
import { metadataUrlOf } from "../oauth/endpoints.ts";

export { READ, WRITE };

/**
 * What the authorization server can grant. `offline_access` is not a scope here: every grant comes with a
 * refresh token, and the consent page says how long it lasts.
 */
export const SCOPES = [READ, WRITE];

export type Access = NewDevice["grant"]["access"];

/** The scopes a person grants by choosing `access` on the consent page. */
export function scopesOf(access: Access): string[] {
  return access === "write" ? [READ, WRITE] : [READ];
}

/** "read" or "write" from a form field; anything else is `null`. */
export function accessOf(value: unknown): Access | null {
  return value === "read" || value === "write" ? value : null;
}

/** True when the scopes allow reading; `clickup:write` implies it. */
export function mayRead(scopes: readonly string[]): boolean {
  return scopes.includes(READ) || scopes.includes(WRITE);
}

/** The challenge of a resource for a token that stopped working (RFC 6750 section 3, RFC 9728 section 5.1). */
export function invalidTokenChallenge(resource: string): string {
  const metadata = metadataUrlOf(resource);
  return `Bearer realm="OAuth", resource_metadata="${metadata}", error="invalid_token", scope="${READ}"`;
}
