/** The encryption keys: which are configured, which are in use, and moving every credential to the current one. */
import * as z from "zod";
import { purposeKey } from "../auth/keys.ts";
import { userObject } from "../directory.ts";
import { configOf, type Bindings } from "../env.ts";
import type { Answer } from "./command.ts";
import { listUsers } from "./users.ts";

/** Users a call looks at: each is a call to an object, and a request has a bounded number of those. */
const USERS_PER_CALL = 25;

export const sweepInput = z.object({ cursor: z.string().optional() });

/** How many credentials each key seals, for a page of users: `{ configured, inUse, users, next }`. */
export async function keysStatus(input: unknown, env: Bindings): Promise<Answer> {
  const { users, next } = await pageOf(input, env);
  const inUse: Record<string, number> = {};
  for (const { userId } of users) {
    const { keys } = await userObject(env, userId).operator().inspect();
    for (const { kid } of keys) inUse[kid] = (inUse[kid] ?? 0) + 1;
  }
  return { configured: await fingerprints(env), inUse, users: users.length, next };
}

/** Seals the credentials of a page of users with the current key. Safe to repeat and to interrupt. */
export async function keysRotate(input: unknown, env: Bindings): Promise<Answer> {
  const { users, next } = await pageOf(input, env);
  const total = { resealed: 0, current: 0, unreadable: 0 };
  const unreadable: string[] = [];
  for (const { userId } of users) {
    const done = await userObject(env, userId).operator().rotateKeys();
    total.resealed += done.resealed;
    total.current += done.current;
    total.unreadable += done.unreadable;
    if (done.unreadable > 0) unreadable.push(userId);
  }
  return { ...total, unreadableUsers: unreadable, users: users.length, next };
}

async function pageOf(input: unknown, env: Bindings): Promise<Awaited<ReturnType<typeof listUsers>>> {
  const { cursor } = sweepInput.parse(input);
  return listUsers(env.USER_MAPPINGS, { limit: USERS_PER_CALL, cursor });
}

export interface KeyFingerprints {
  ENCRYPTION_KEY: string;
  ENCRYPTION_KEYS_PREVIOUS: string[];
  JWT_SECRET: string;
}

/** Short one-way names of the configured keys, to tell them apart; the same as `scripts/ops/fingerprint.ts` makes. */
export async function fingerprints(env: Bindings): Promise<KeyFingerprints> {
  const text = (name: string): string => (typeof env[name] === "string" ? env[name] : "");
  const previous = text("ENCRYPTION_KEYS_PREVIOUS")
    .split(",")
    .map((key) => key.trim())
    .filter(Boolean);
  const jwt = await purposeKey(configOf(env).jwt.secret, "fingerprint");
  return {
    ENCRYPTION_KEY: await kidOf(text("ENCRYPTION_KEY")),
    ENCRYPTION_KEYS_PREVIOUS: await Promise.all(previous.map(kidOf)),
    JWT_SECRET: jwt.subarray(0, 4).toHex(),
  };
}

/** The key id that vault envelopes carry: the first 4 bytes of SHA-256("kid" + key). */
async function kidOf(base64: string): Promise<string> {
  const raw = Uint8Array.from(atob(base64.trim()), (c) => c.charCodeAt(0));
  const bytes = new Uint8Array([...new TextEncoder().encode("kid"), ...raw]);
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).subarray(0, 4).toHex();
}
