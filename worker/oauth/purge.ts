/** Removes expired and orphaned records of the OAuth library, a stretch at a time. Run by the Cron Trigger. */
import { configOf, loadConfig, type Bindings } from "../env.ts";
import { logEvent } from "../log.ts";
import { createAuthorizationServer } from "./provider.ts";

/** Where the last run stopped; kept beside the records it walks. */
const CURSOR_KEY = "purge-cursor";
/** Each record costs a KV read; a Worker has 1,000 of those a run (developers.cloudflare.com/kv/platform/limits). */
const RECORDS_PER_RUN = 200;

export async function purgeOAuthData(env: Bindings): Promise<void> {
  // A server that is not configured serves nothing, so there is nothing to purge; the fault is logged.
  if (!loadConfig(env).ok) return;
  const oauth = createAuthorizationServer(configOf(env).origin).getOAuthApi(env);
  const cursor = await env.OAUTH_KV.get(CURSOR_KEY);
  const result = await oauth.purgeExpiredData({
    batchSize: RECORDS_PER_RUN,
    ...(cursor === null ? {} : { cursor }),
  });
  if (result.cursor === undefined) await env.OAUTH_KV.delete(CURSOR_KEY);
  else await env.OAUTH_KV.put(CURSOR_KEY, result.cursor);
  const { grantsPurged, tokensPurged, done } = result;
  logEvent("info", "oauth_purge", { grantsPurged, tokensPurged, done });
}
