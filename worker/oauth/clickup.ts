/** Where a sign-in sends the browser at ClickUp, and where ClickUp sends it back. */
import type { Config } from "../env.ts";

const CALLBACK_PATH = "/auth/callback";

/**
 * ClickUp's authorization page (no scope, no PKCE; the person picks Workspaces there).
 * @param state opaque, bound to the browser, returned to `CALLBACK_PATH`.
 */
export function clickUpAuthorizeUrl(config: Config, clientId: string, state: string): string {
  const url = new URL(config.clickup.authUrl);
  url.searchParams.set("client_id", clientId);
  url.searchParams.set("redirect_uri", config.origin + CALLBACK_PATH);
  url.searchParams.set("state", state);
  return url.href;
}
