/** Trouble that was met on the way, kept in KV so that every isolate's /health tells of it. */
import { logEvent } from "../../log.ts";
import type { Trouble } from "./trouble.ts";

export interface Noted extends Trouble {
  at_ms: number;
}

const KEY = "stripe-trouble";
/** KV takes one write a second for a key, and trouble comes with every request. */
const WRITE_EVERY_MS = 5 * 60_000;
/** What nobody has met for a day is over. */
const NOTED_FOR_MS = 24 * 60 * 60_000;

let last: Noted | null = null;
let cleared_ms = 0;

/** Never throws: without the note, the next one who meets it notes it. */
export async function noteTrouble(kv: KVNamespace, found: Trouble): Promise<void> {
  const at_ms = Date.now();
  const again =
    last !== null && last.todo === found.todo && at_ms >= last.at_ms && at_ms - last.at_ms < WRITE_EVERY_MS;
  if (again) return;
  last = { ...found, at_ms };
  logEvent("warn", "stripe_trouble", { ...found });
  await kv.put(KEY, JSON.stringify(last)).catch(() => undefined);
}

/** A purchase went through, or a look found everything in order. */
export async function clearTrouble(kv: KVNamespace): Promise<void> {
  last = null;
  cleared_ms = Date.now();
  await kv.delete(KEY).catch(() => undefined);
}

/** Clears what this isolate has met; costs nothing where it met nothing. */
export async function clearOwnTrouble(kv: KVNamespace): Promise<void> {
  if (last !== null) await clearTrouble(kv);
}

/** @returns `null` when there is none of the last day */
export async function notedTrouble(kv: KVNamespace): Promise<Noted | null> {
  return newestTrouble(await kv.get<Noted>(KEY, "json"));
}

/** What stands now, by what was kept and what this isolate has met or seen mended since. */
export function newestTrouble(kept: Noted | null): Noted | null {
  const newest = kept === null || (last !== null && last.at_ms > kept.at_ms) ? last : kept;
  if (newest === null || newest.at_ms <= cleared_ms) return null;
  return Date.now() - newest.at_ms < NOTED_FOR_MS ? newest : null;
}
