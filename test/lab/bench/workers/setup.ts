/** Signs users in without a person: an account, a device for OAuth with its authorization code, and one for a JWT. */
import { OAuthAuthorizationServer } from "@cloudflare/workers-oauth-provider";
import type { Via } from "../../../../objects/rpc/views.ts";
import type { UserObject } from "../../../../objects/user.ts";
import type { Person } from "../../workerd/users.ts";
import { recordUser } from "../../../../worker/directory.ts";
import { codeFor } from "./issue.ts";

interface Env {
  USER: DurableObjectNamespace<UserObject>;
  OAUTH_KV: KVNamespace;
  USER_MAPPINGS: KVNamespace;
  ORIGIN: string;
}

export default {
  /** POST of a `Person`; may be repeated. @returns `{ code: { clientId, code }, jwtDevice }` */
  async fetch(request, env) {
    const { userId, clickupUserId, token }: Person = await request.json();
    const object = env.USER.getByName(userId);
    const signedIn = await object.signIn({
      identity: {
        clickupUserId,
        username: "Bench",
        email: "bench@example.com",
        timeZone: "UTC",
        workspaces: [{ id: "9001", name: "Bench" }],
      },
      credential: { kind: "personal", token },
    });
    if (!signedIn.ok) throw new Error(signedIn.error.message);
    await recordUser(env.USER_MAPPINGS, signedIn.value);
    const [oauthDevice, jwtDevice] = [`d_${userId}`, `d_${userId}_jwt`];
    await addDevice(object, oauthDevice, "oauth");
    await addDevice(object, jwtDevice, "jwt");
    const server = new OAuthAuthorizationServer({
      issuer: env.ORIGIN,
      resources: [env.ORIGIN],
      authorizeEndpoint: "/authorize",
      tokenEndpoint: "/token",
      scopesSupported: ["clickup:read", "clickup:write"],
    });
    const oauth = server.getOAuthApi(env as never);
    return Response.json({ code: await codeFor(oauth, env.ORIGIN, userId, oauthDevice), jwtDevice });
  },
} satisfies ExportedHandler<Env>;

async function addDevice(object: DurableObjectStub<UserObject>, deviceId: string, via: Via): Promise<void> {
  if ((await object.activeDevice(deviceId)) !== null) return;
  const added = await object.addDevice({
    deviceId,
    via,
    clientId: via === "jwt" ? "jwt" : "bench",
    clientName: "bench",
    grant: { access: "write", toolSets: null, workspaces: null },
    expires_ms: null,
  });
  if (!added.ok) throw new Error(added.error.message);
}
