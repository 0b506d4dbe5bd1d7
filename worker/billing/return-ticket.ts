/**
 * Who a Checkout was opened for, in the address it returns to: user id and signature. It lets the return page make
 * that user's plan be read at once; it signs nobody in and opens nothing.
 */
import { base64url, purposeKeys } from "../auth/keys.ts";
import type { Config } from "../env.ts";

const PURPOSE = "billing-return";

/** Query of the success page for a user. */
export async function returnQuery(config: Config, userId: string): Promise<string> {
  const [key] = await purposeKeys(config, PURPOSE);
  return new URLSearchParams({ user: userId, sig: await sign(key, userId) }).toString();
}

/** @returns the user the page was made for; `null` when the query is not ours */
export async function returningUser(config: Config, query: URLSearchParams): Promise<string | null> {
  const userId = query.get("user") ?? "";
  const given = query.get("sig") ?? "";
  for (const key of await purposeKeys(config, PURPOSE)) {
    if (userId !== "" && (await verify(key, userId, given))) return userId;
  }
  return null;
}

async function sign(key: Uint8Array, text: string): Promise<string> {
  const bytes = await crypto.subtle.sign("HMAC", await hmac(key), new TextEncoder().encode(text));
  return base64url(new Uint8Array(bytes));
}

async function verify(key: Uint8Array, text: string, signature: string): Promise<boolean> {
  if (!/^[\w-]{43}$/.test(signature)) return false;
  const bytes = Uint8Array.from(atob(signature.replaceAll("-", "+").replaceAll("_", "/")), (c) =>
    c.charCodeAt(0),
  );
  return crypto.subtle.verify("HMAC", await hmac(key), bytes, new TextEncoder().encode(text));
}

function hmac(key: Uint8Array): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", key, { name: "HMAC", hash: "SHA-256" }, false, ["sign", "verify"]);
}
