/** Makes the benchmark's users: an account, a device and an authorization code each. */
import { OAuthAuthorizationServer } from "@cloudflare/workers-oauth-provider";
import type { UserObject } from "../../objects/user.ts";
import { codeFor } from "./issue.ts";

interface Env {
  USER: DurableObjectNamespace<UserObject>;
  OAUTH_KV: KVNamespace;
  ORIGIN: string;
}

export default {
  /** `POST /?user=…` @returns `{ clientId, code }` */
  async fetch(request, env) {
    const userId = new URL(request.url).searchParams.get("user") ?? "";
    const deviceId = `d_${userId}`;
    const object = env.USER.getByName(userId);
    const signedIn = await object.signIn({
      identity: {
        clickupUserId: userId.replace(/\D/g, "") || "1",
        username: "Bench",
        email: "bench@example.com",
        timeZone: "UTC",
        workspaces: [{ id: "9001", name: "Bench" }],
      },
      credential: { kind: "personal", token: "pk_bench_1" },
    });
    if (!signedIn.ok) throw new Error(signedIn.error.message);
    const known = await object.activeDevice(deviceId);
    if (known === null) {
      const added = await object.addDevice({
        deviceId,
        via: "oauth",
        clientId: "bench",
        clientName: "bench",
        grant: { access: "write", toolSets: null, workspaces: null },
        expires_ms: null,
      });
      if (!added.ok) throw new Error(added.error.message);
    }
    const server = new OAuthAuthorizationServer({
      issuer: env.ORIGIN,
      resources: [env.ORIGIN],
      authorizeEndpoint: "/authorize",
      tokenEndpoint: "/token",
      scopesSupported: ["clickup:read", "clickup:write"],
    });
    const oauth = server.getOAuthApi(env as never);
    return Response.json(await codeFor(oauth, env.ORIGIN, userId, deviceId));
  },
} satisfies ExportedHandler<Env>;
