/** Consent without a person, for the benchmark: a registered client and a code for it. */
import type { OAuthHelpers } from "@cloudflare/workers-oauth-provider";
import { REDIRECT_URI, VERIFIER } from "../../workerd/pkce.ts";

export interface IssueEnv {
  OAUTH_PROVIDER: OAuthHelpers;
}

/** Answers `/issue?user=…&device=…` with `{ clientId, code }`. */
export async function issueCode(request: Request, env: IssueEnv): Promise<Response> {
  const url = new URL(request.url);
  if (url.pathname !== "/issue") return new Response("not found", { status: 404 });
  const userId = url.searchParams.get("user") ?? "u_one";
  const deviceId = url.searchParams.get("device") ?? "d_one";
  return Response.json(await codeFor(env.OAUTH_PROVIDER, url.origin, userId, deviceId));
}

/** Completes an authorization as the consent page would. @param origin issuer and resource */
export async function codeFor(
  oauth: OAuthHelpers,
  origin: string,
  userId: string,
  deviceId: string,
): Promise<{ clientId: string; code: string }> {
  const client = await oauth.createClient({
    clientName: "bench",
    redirectUris: [REDIRECT_URI],
    tokenEndpointAuthMethod: "none",
  });
  const authorize = new URL(`${origin}/authorize`);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(VERIFIER));
  authorize.search = new URLSearchParams({
    response_type: "code",
    client_id: client.clientId,
    redirect_uri: REDIRECT_URI,
    scope: "clickup:read clickup:write",
    state: "s",
    resource: origin,
    code_challenge: base64url(new Uint8Array(digest)),
    code_challenge_method: "S256",
  }).toString();
  const request = await oauth.parseAuthRequest(new Request(authorize));
  const { redirectTo } = await oauth.completeAuthorization({
    request,
    userId,
    metadata: {},
    scope: ["clickup:read", "clickup:write"],
    props: { v: 1, userId, deviceId },
  });
  const code = new URL(redirectTo).searchParams.get("code");
  if (code === null) throw new Error(`no code in ${redirectTo}`);
  return { clientId: client.clientId, code };
}

function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
