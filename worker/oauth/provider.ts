/**
 * The OAuth 2.1 server and the protected resources, all of the origin of `PUBLIC_URL` (RFC 8414, RFC 9728).
 * Built lazily, once per origin and isolate: a throw at module scope would take every route down.
 */
import {
  OAuthAuthorizationServer,
  OAuthError,
  OAuthResourceServer,
  type OAuthHelpers,
  type OAuthResourceContext,
  type OAuthResourceTokenValidation,
  type TokenExchangeCallbackOptions,
  type TokenExchangeCallbackResult,
  type ValidatedAccessToken,
} from "@cloudflare/workers-oauth-provider";
import * as z from "zod";
import type { DeviceView, Via } from "../../objects/rpc/views.ts";
import { looksLikeJwt, verifyDeviceToken } from "../auth/jwt.ts";
import { READ, SCOPES, scopesOf } from "../auth/scopes.ts";
import { userObject } from "../directory.ts";
import { configOf, type Bindings } from "../env.ts";
import { logEvent, logIncident } from "../log.ts";
import { readDocumentsGenerously } from "./client-metadata.ts";
import { resourcesOf } from "./endpoints.ts";
import { libraryBindings } from "./library-bindings.ts";

const ACCESS_TOKEN_TTL_SECONDS = 60 * 60;
/** Sliding: each refresh moves the end of a grant this far out. */
export const REFRESH_IDLE_TTL_SECONDS = 30 * 24 * 60 * 60;

/** What a grant carries. ClickUp credentials stay in the user's vault. */
export interface GrantProps {
  v: 1;
  userId: string;
  deviceId: string;
}

/** What the handler behind the resource server learns about the caller. */
export interface Caller {
  userId: string;
  deviceId: string;
  via: Via;
}

const grantProps = z.object({ v: z.literal(1), userId: z.string().min(1), deviceId: z.string().min(1) });

/** Clients of the resource are known by this id when they carry a JWT of ours. */
export const JWT_CLIENT_ID = "jwt";

export interface OAuthParts {
  authorizationServer: OAuthAuthorizationServer<Bindings>;
  /** By resource identifier; see `endpoints.ts`. */
  resourceServers: ReadonlyMap<string, OAuthResourceServer<Bindings, Caller>>;
}

/** Serves an authenticated request: the context carries the caller and the token's scopes. */
export type ResourceHandler = (
  request: Request,
  env: Bindings,
  ctx: OAuthResourceContext<Caller>,
) => Promise<Response>;

const partsByOrigin = new Map<string, OAuthParts>();

/**
 * The authorization server and the resource servers of `origin`.
 * @param handler serves what passed authentication; the first call of an isolate decides.
 */
export function oauthParts(origin: string, handler: ResourceHandler): OAuthParts {
  const known = partsByOrigin.get(origin);
  if (known) return known;
  const authorizationServer = createAuthorizationServer(origin);
  const resourceServer = (resource: string) =>
    new OAuthResourceServer<Bindings, Caller>({
      resourceMetadata: {
        resource,
        authorization_servers: [origin],
        bearer_methods_supported: ["header"],
        resource_name: "ClickUp MCP server",
      },
      requiredScopes: [READ],
      validateToken: (env) => async (asked, token) => {
        // One audience for all endpoints: a token of the origin is one of this endpoint's.
        const validated = await validateToken(authorizationServer, env, origin, token);
        return validated && { ...validated, audience: asked };
      },
      handler: { fetch: handler },
    });
  const parts: OAuthParts = {
    authorizationServer,
    resourceServers: new Map(resourcesOf(origin).map((resource) => [resource, resourceServer(resource)])),
  };
  partsByOrigin.set(origin, parts);
  return parts;
}

/** The library's server over bindings that bear what clients send. */
class AuthorizationServer extends OAuthAuthorizationServer<Bindings> {
  override fetch(request: Request, env: Bindings, ctx: ExecutionContext): Promise<Response> {
    return super.fetch(request, libraryBindings(env), ctx);
  }

  override getOAuthApi(env: Bindings): OAuthHelpers {
    return super.getOAuthApi(libraryBindings(env));
  }

  override validateToken<Props = unknown>(
    resource: string,
    token: string,
    env: Bindings,
  ): Promise<ValidatedAccessToken<Props> | null> {
    return super.validateToken(resource, token, libraryBindings(env));
  }
}

/** The authorization server of `origin`; the audience of every token is the origin itself. */
export function createAuthorizationServer(origin: string): OAuthAuthorizationServer<Bindings> {
  readDocumentsGenerously();
  return new AuthorizationServer({
    issuer: origin,
    resources: [origin],
    authorizeEndpoint: "/authorize",
    tokenEndpoint: "/token",
    clientRegistrationEndpoint: "/register",
    clientIdMetadataDocumentEnabled: true,
    // A private-use scheme (cursor://, com.example.app:/) proves nothing: any program can claim it. Clients that
    // register one beside https or loopback addresses are served by those (client-metadata.ts); one that has nothing
    // else is refused.
    allowPrivateUseRedirectUris: false,
    scopesSupported: SCOPES,
    accessTokenTTL: ACCESS_TOKEN_TTL_SECONDS,
    refreshTokenTTL: REFRESH_IDLE_TTL_SECONDS,
    refreshTokenIdleTTL: REFRESH_IDLE_TTL_SECONDS,
    tokenExchangeCallback: tokenFor,
    onError: ({ code, status, internal }) =>
      logEvent("warn", "oauth_error", { code, status, category: internal.category, reason: internal.reason }),
  });
}

/**
 * A token carries the scopes its device allows now, or fewer where the client asked for fewer. No new tokens for
 * a device that was stopped or has expired: `invalid_grant` also ends the grant in the library.
 */
async function tokenFor({
  env,
  props,
  requestedScope,
}: TokenExchangeCallbackOptions<Bindings>): Promise<TokenExchangeCallbackResult> {
  const parsed = grantProps.safeParse(props);
  if (!parsed.success) throw new OAuthError("invalid_grant", { description: "Sign in again" });
  let device: DeviceView | null;
  try {
    device = await userObject(env, parsed.data.userId).activeDevice(parsed.data.deviceId);
  } catch (error) {
    logIncident(error, { during: "token_exchange" });
    throw new OAuthError("temporarily_unavailable", {
      description: "The account cannot be reached right now; try again",
      statusCode: 503,
      headers: { "Retry-After": "5" },
    });
  }
  if (device === null)
    throw new OAuthError("invalid_grant", { description: "This device was signed out; sign in again" });
  const allowed = scopesOf(device.grant.access);
  const wanted = allowed.filter((scope) => requestedScope.includes(scope));
  return { accessTokenScope: wanted.length > 0 ? wanted : [READ] };
}

/** Accepts our JWT by its shape, everything else by the authorization server's own records. */
async function validateToken(
  authorizationServer: OAuthAuthorizationServer<Bindings>,
  env: Bindings,
  resource: string,
  token: string,
): Promise<OAuthResourceTokenValidation<Caller> | null> {
  if (looksLikeJwt(token)) {
    const device = await verifyDeviceToken(configOf(env), token);
    if (!device) return null;
    return {
      props: { userId: device.userId, deviceId: device.deviceId, via: "jwt" },
      audience: resource,
      expiresAt: device.expires_s,
      scope: device.scopes,
      userId: device.userId,
      clientId: JWT_CLIENT_ID,
    };
  }
  const validated = await authorizationServer.validateToken<unknown>(resource, token, env);
  if (!validated) return null;
  const props = grantProps.safeParse(validated.props);
  if (!props.success || props.data.userId !== validated.userId) return null;
  return { ...validated, props: { userId: props.data.userId, deviceId: props.data.deviceId, via: "oauth" } };
}

/** The library's helpers for the authorization page. */
export function oauthHelpers(parts: OAuthParts, env: Bindings): OAuthHelpers {
  return parts.authorizationServer.getOAuthApi(env);
}
