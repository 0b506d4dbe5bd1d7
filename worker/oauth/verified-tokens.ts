/**
 * Tokens this isolate has verified within the last seconds, so that a client's burst of calls costs one KV read and
 * one decryption instead of one each. It says who the caller is and nothing more: the user's object decides on every
 * request whether the device still works, so stopping a device acts at once. Nobody is remembered past the token's
 * own end.
 */
import type { OAuthResourceAuth } from "@cloudflare/workers-oauth-provider";
import type { Bindings } from "../env.ts";
import type { Caller } from "./provider.ts";

/**
 * KV itself serves a value 60 s after it changed (developers.cloudflare.com/kv/concepts/how-kv-works), so this adds
 * little to what is true anyway.
 */
const KEEP_MS = 30_000;
/** A token is some hundred bytes: the bound keeps an isolate of 128 MB safe. */
const MAX_TOKENS = 2_000;

/** What the resource server found out about a token it accepted. */
export interface VerifiedToken {
  auth: OAuthResourceAuth;
  props: Caller;
}

interface Entry extends VerifiedToken {
  until_ms: number;
}

/** By `env`, which carries the keys a token was verified with. */
const byEnv = new WeakMap<Bindings, Map<string, Entry>>();

/** Keeps what the resource server accepted. Tokens without an end are not kept. */
export function rememberToken(env: Bindings, { auth, props }: VerifiedToken, now_ms = Date.now()): void {
  if (auth.expiresAt === undefined) return;
  const tokens = byEnv.get(env) ?? new Map<string, Entry>();
  byEnv.set(env, tokens);
  // Oldest first: a full map forgets what it learned longest ago.
  tokens.delete(auth.token);
  const [oldest] = tokens.size >= MAX_TOKENS ? tokens.keys() : [];
  if (oldest !== undefined) tokens.delete(oldest);
  tokens.set(auth.token, { auth, props, until_ms: Math.min(now_ms + KEEP_MS, auth.expiresAt * 1000) });
}

/** @returns undefined for a token that was not verified here just now */
export function verifiedToken(
  env: Bindings,
  authorization: string | null,
  now_ms = Date.now(),
): VerifiedToken | undefined {
  if (authorization === null || !authorization.startsWith("Bearer ")) return undefined;
  const tokens = byEnv.get(env);
  const token = authorization.slice("Bearer ".length);
  const known = tokens?.get(token);
  if (known === undefined) return undefined;
  if (known.until_ms > now_ms) return known;
  tokens?.delete(token);
  return undefined;
}
