/**
 * Which user a ClickUp identity is, and the records in `USER_MAPPINGS` an operator lists users by.
 * KV only points at users: tiers, sessions and keys live in the user's object.
 */
import type { AccountView, UserRpc } from "../objects/rpc/user.ts";
import type { Bindings } from "./env.ts";
import { logEvent } from "./log.ts";
import { insist } from "./patient-kv.ts";

const BASE32 = "abcdefghijklmnopqrstuvwxyz234567";
const USER_ID_CHARS = 20;

/** RFC 4648 base32, lower case, without padding. */
export function base32(bytes: Uint8Array): string {
  let text = "";
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = (buffer << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += BASE32[(buffer >> bits) & 31] ?? "";
    }
    buffer &= (1 << bits) - 1;
  }
  if (bits > 0) text += BASE32[(buffer << (5 - bits)) & 31] ?? "";
  return text;
}

/**
 * The name of a user's object, derived from the verified ClickUp user id: opaque, without ":", and the same
 * for two first sign-ins at once (KV is eventually consistent, so a lookup could make two users:
 * developers.cloudflare.com/kv/concepts/how-kv-works).
 */
export async function userIdOf(clickupUserId: string): Promise<string> {
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(`clickup-user:${clickupUserId}`),
  );
  return `u_${base32(new Uint8Array(digest)).slice(0, USER_ID_CHARS)}`;
}

/** A random id for a device: 128 bits. */
export function newDeviceId(): string {
  return `d_${base32(crypto.getRandomValues(new Uint8Array(16)))}`;
}

/** A user's object, with its RPC face as the contract in `objects/rpc/user.ts` states it. */
export type UserStub = UserRpc & { fetch(request: Request): Promise<Response> };

/** The object of a verified user. `userId` comes from a token or a ClickUp identity, never from client input. */
export function userObject(env: Bindings, userId: string): UserStub {
  return env.USER.getByName(userId);
}

export interface DirectoryRecord {
  userId: string;
  clickupUserId: string;
  username: string;
  email: string | null;
  /** ISO 8601. */
  created: string;
}

interface ClickUpMapping {
  userId: string;
  email: string | null;
  /** ISO 8601. */
  created: string;
}

/**
 * Writes `clickup:{id}` and `user:{userId}` when they are missing or differ: KV takes one write a second
 * for a key, and most sign-ins change nothing. Never throws: nobody is kept from signing in by a list for
 * operators, and the next sign-in writes what is missing.
 */
export async function recordUser(kv: KVNamespace, account: AccountView): Promise<void> {
  const created = new Date(account.created_ms).toISOString();
  const mapping: ClickUpMapping = { userId: account.userId, email: account.email, created };
  const record: DirectoryRecord = {
    userId: account.userId,
    clickupUserId: account.clickupUserId,
    username: account.username,
    email: account.email,
    created,
  };
  await Promise.all([
    putIfChanged(kv, `clickup:${account.clickupUserId}`, JSON.stringify(mapping)),
    putIfChanged(kv, `user:${account.userId}`, JSON.stringify(record)),
  ]);
}

/** Removes what `recordUser` wrote. @throws when KV fails for longer than a moment */
export async function forgetUser(kv: KVNamespace, account: AccountView): Promise<void> {
  await Promise.all(
    [`clickup:${account.clickupUserId}`, `user:${account.userId}`].map((key) => insist(() => kv.delete(key))),
  );
}

async function putIfChanged(kv: KVNamespace, key: string, value: string): Promise<void> {
  try {
    if ((await kv.get(key)) !== value) await kv.put(key, value);
  } catch (error) {
    logEvent("warn", "directory_write_failed", {
      key: key.slice(0, key.indexOf(":")),
      why: error instanceof Error ? error.message : "unknown",
    });
  }
}

/**
 * Writes `stripe:{customer}` -> user id, so that events of the customer find their user. Never throws: without
 * it they are found by the customer's metadata.
 */
export async function recordStripeCustomer(
  kv: KVNamespace,
  customerId: string,
  userId: string,
): Promise<void> {
  await putIfChanged(kv, `stripe:${customerId}`, userId);
}

/** @throws when KV fails for longer than a moment */
export async function forgetStripeCustomer(kv: KVNamespace, customerId: string): Promise<void> {
  await insist(() => kv.delete(`stripe:${customerId}`));
}

/** @returns `null` for a customer this server did not make, or whose record has not arrived here yet */
export function userOfStripeCustomer(kv: KVNamespace, customerId: string): Promise<string | null> {
  return kv.get(`stripe:${customerId}`);
}
