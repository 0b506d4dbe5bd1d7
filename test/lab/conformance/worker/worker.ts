/**
 * The product's entry Worker in front of the fixtures. `/open/mcp` is the same way to a user's object without
 * signing in, because the suite cannot send a token; it exists in this Worker only.
 */
import type { OAuthResourceContext } from "@cloudflare/workers-oauth-provider";
import { READ, WRITE } from "../../../../worker/auth/scopes.ts";
import { userObject } from "../../../../worker/directory.ts";
import { configOf, loadConfig, type Bindings } from "../../../../worker/env.ts";
import { forwardToUser } from "../../../../worker/mcp.ts";
import type { Caller } from "../../../../worker/oauth/provider.ts";
import { isAllowedOrigin, isOurHost } from "../../../../worker/origins.ts";
import { serve } from "../../../../worker/router.tsx";

export { FixtureObject } from "./object.ts";
export { FixtureUser } from "./user.ts";

const OPEN_PATH = "/open/mcp";
const CALLER: Caller = { userId: "u_conformance", deviceId: "d_conformance", via: "oauth" };
const CLIENT_ID = "conformance";

let settled: Promise<void> | undefined;

/** Makes the one user and device of the open path. */
async function settle(env: Bindings): Promise<void> {
  const object = userObject(env, CALLER.userId);
  const identity = {
    clickupUserId: "1",
    username: "Conformance",
    email: null,
    timeZone: null,
    workspaces: [],
  };
  await object.signIn({ identity, credential: { kind: "personal", token: "none" } });
  if (await object.deviceActive(CALLER.deviceId)) return;
  await object.addDevice({
    deviceId: CALLER.deviceId,
    via: CALLER.via,
    clientId: CLIENT_ID,
    clientName: "Conformance suite",
    grant: { access: "write", toolSets: null, workspaces: null },
    expires_ms: null,
  });
}

/** The checks of the product's router on host and origin, then its way to the object. */
async function serveOpen(request: Request, env: Bindings): Promise<Response> {
  const config = configOf(env);
  const url = new URL(request.url);
  const origin = request.headers.get("Origin");
  if (!isOurHost(config, url)) return new Response("not our host", { status: 421 });
  if (origin !== null && !isAllowedOrigin(config, origin)) {
    return new Response("not an allowed origin", { status: 403 });
  }
  settled ??= settle(env);
  await settled;
  const auth = { scope: [READ, WRITE], clientId: CLIENT_ID };
  return forwardToUser(request, env, { auth, props: CALLER } as unknown as OAuthResourceContext<Caller>);
}

export default {
  fetch(request, env, ctx) {
    const open = new URL(request.url).pathname === OPEN_PATH && loadConfig(env).ok;
    return open ? serveOpen(request, env) : serve(request, env, ctx);
  },
} satisfies ExportedHandler<Bindings>;
