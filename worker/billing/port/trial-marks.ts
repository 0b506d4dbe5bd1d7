/**
 * A trial is once per ClickUp user, also when the account was deleted meanwhile. What stays of a deleted account is a
 * salted hash in KV that says "had a trial" and nothing else. The salt is random, and lies beside it, so that it
 * outlives every change of keys.
 */
import { insist } from "../../patient-kv.ts";

const SALT = "trial-salt";

async function salt(kv: KVNamespace): Promise<string> {
  const known = await kv.get(SALT);
  if (known !== null) return known;
  const made = crypto.getRandomValues(new Uint8Array(16)).toHex();
  await insist(() => kv.put(SALT, made));
  return made;
}

async function keyOf(kv: KVNamespace, userId: string): Promise<string> {
  const text = new TextEncoder().encode(`${await salt(kv)}:${userId}`);
  return `trial:${new Uint8Array(await crypto.subtle.digest("SHA-256", text)).toHex()}`;
}

export async function hadTrial(kv: KVNamespace, userId: string): Promise<boolean> {
  return (await kv.get(await keyOf(kv, userId))) !== null;
}

/** @throws when KV fails for longer than a moment */
export async function markTrial(kv: KVNamespace, userId: string): Promise<void> {
  const key = await keyOf(kv, userId);
  if ((await kv.get(key)) === null) await insist(() => kv.put(key, "1"));
}
