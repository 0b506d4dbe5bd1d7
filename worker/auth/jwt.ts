/**
 * Signed tokens for clients without OAuth (RFC 7519, HS256). The token names a device (`jti`) of a user (`sub`);
 * the user's object decides whether that device still works, so a token can be revoked before it expires.
 */
import { errors, jwtVerify, SignJWT } from "jose";
import * as z from "zod";
import type { Config } from "../env.ts";

export interface DeviceToken {
  userId: string;
  deviceId: string;
  scopes: string[];
  /** Seconds since the epoch. */
  expires_s: number;
}

const TYPE = "at+jwt";
const claims = z.object({
  sub: z.string().min(1),
  jti: z.string().min(1),
  exp: z.number(),
  scope: z.string(),
});

const keyOf = (secret: string) => new TextEncoder().encode(secret);

/** True for anything with the shape of a JWT; our OAuth tokens have colons and no dots. */
export function looksLikeJwt(token: string): boolean {
  return /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);
}

/**
 * Signs a token for a device that the user's object already knows.
 * @returns the compact token.
 */
export async function signDeviceToken(config: Config, device: DeviceToken, now_ms: number): Promise<string> {
  return new SignJWT({ scope: device.scopes.join(" ") })
    .setProtectedHeader({ alg: "HS256", typ: TYPE })
    .setIssuer(config.origin)
    .setAudience(config.origin)
    .setSubject(device.userId)
    .setJti(device.deviceId)
    .setIssuedAt(Math.floor(now_ms / 1000))
    .setExpirationTime(device.expires_s)
    .sign(keyOf(config.jwt.secret));
}

/**
 * Checks signature (current secret, then the previous one), issuer, audience, type and expiry.
 * @returns `null` for a token that is not valid here, whatever the reason.
 */
export async function verifyDeviceToken(config: Config, token: string): Promise<DeviceToken | null> {
  const options = { issuer: config.origin, audience: config.origin, algorithms: ["HS256"], typ: TYPE };
  for (const secret of [config.jwt.secret, config.jwt.previousSecret]) {
    if (secret === null) continue;
    try {
      const { payload } = await jwtVerify(token, keyOf(secret), options);
      const parsed = claims.safeParse(payload);
      if (!parsed.success) return null;
      const { sub, jti, exp, scope } = parsed.data;
      return { userId: sub, deviceId: jti, scopes: scope.split(" ").filter(Boolean), expires_s: exp };
    } catch (error) {
      if (error instanceof errors.JWSSignatureVerificationFailed) continue;
      if (error instanceof errors.JOSEError) return null;
      throw error;
    }
  }
  return null;
}
