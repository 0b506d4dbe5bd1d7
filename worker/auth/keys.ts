/** Keys made from JWT_SECRET, one per purpose, so that a signature made for one thing never passes for another. */
import type { Config } from "../env.ts";

/** 32 bytes by HKDF-SHA256 (RFC 5869) of a secret, bound to `purpose`. */
export async function purposeKey(secret: string, purpose: string): Promise<Uint8Array> {
  const encoder = new TextEncoder();
  const ikm = await crypto.subtle.importKey("raw", encoder.encode(secret), "HKDF", false, ["deriveBits"]);
  const info = encoder.encode(`clickup-mcp/${purpose}/v1`);
  const bits = await crypto.subtle.deriveBits(
    { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info },
    ikm,
    256,
  );
  return new Uint8Array(bits);
}

/** The keys of a purpose, the one that signs first; the previous secret's still verifies while it is configured. */
export async function purposeKeys(config: Config, purpose: string): Promise<[Uint8Array, ...Uint8Array[]]> {
  const { secret, previousSecret } = config.jwt;
  const current = await purposeKey(secret, purpose);
  return previousSecret === null ? [current] : [current, await purposeKey(previousSecret, purpose)];
}

/** Unpadded base64url (RFC 4648 section 5). */
export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");
}
