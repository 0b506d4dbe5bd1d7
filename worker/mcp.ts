/** The way of an authenticated MCP request to its user's object. */
import { tracing } from "cloudflare:workers";
import { insufficientScope, type OAuthResourceContext } from "@cloudflare/workers-oauth-provider";
import { SESSION_HEADER } from "../objects/rpc/names.ts";
import {
  MAX_STREAM_BODY_BYTES,
  PRINCIPAL_HEADER,
  REQUEST_ID_HEADER,
  STREAM_BODY_HEADER,
  type Principal,
} from "../objects/rpc/user.ts";
import { invalidTokenChallenge, mayRead, READ, SCOPES } from "./auth/scopes.ts";
import type { Bindings } from "./env.ts";
import { eventStreamOf } from "./event-stream.ts";
import { apiJson } from "./json.ts";
import { JWT_CLIENT_ID, type Caller } from "./oauth/provider.ts";
import { fetchUser, unreachable } from "./reach-user.ts";

/** Headers of a client that mean something to the object, besides `mcp-*`. Everything else stays outside. */
const PASSED = new Set([
  "accept",
  "content-type",
  "last-event-id",
  "user-agent",
  "traceparent",
  "tracestate",
]);

/** What the resource server found out about a request's token. */
export type Authenticated = Pick<OAuthResourceContext<Caller>, "auth" | "props">;

/** Calls of tools are a few hundred bytes; what is longer is streamed to the object. */
export const WHOLE_BODY_BYTES = 64 * 1024;

/**
 * Hands the request to the caller's object with the verified principal, and its answer back as it comes
 * (it may be a stream; a WebSocket becomes the client's SSE stream). The bearer token, cookies and any forged principal stay here.
 * @param options.body the request's body where it was read already
 * @param options.fault what an attempt that went before ended with
 */
export async function forwardToUser(
  request: Request,
  env: Bindings,
  ctx: Authenticated,
  {
    requestId = request.headers.get(REQUEST_ID_HEADER) ?? crypto.randomUUID(),
    body,
    fault,
  }: { requestId?: string; body?: string; fault?: unknown } = {},
): Promise<Response> {
  if (!mayRead(ctx.auth.scope)) return insufficientScope(ctx.auth, [READ], "This token may not read ClickUp");
  const { userId } = ctx.props;
  const headers = new Headers();
  for (const [name, value] of request.headers) {
    if (PASSED.has(name) || name.startsWith("mcp-")) headers.set(name, value);
  }
  headers.set(PRINCIPAL_HEADER, JSON.stringify(principalOf(ctx)));
  headers.set(REQUEST_ID_HEADER, requestId);
  // Workers pass a WebSocket on only for a request that asks for one: streams without an end do.
  const listens = request.method === "POST" && headers.get("mcp-method") === "subscriptions/listen";
  if (request.method === "GET" || listens) headers.set("Upgrade", "websocket");
  if (listens) {
    const text = body ?? (await request.text());
    if (text.length > MAX_STREAM_BODY_BYTES) {
      return apiJson(413, { error: "too_large", message: "A subscription is at most 16 KiB; use several." });
    }
    headers.set(STREAM_BODY_HEADER, encodeURIComponent(text));
  }
  try {
    const method = listens ? "GET" : request.method;
    const whole = listens ? null : (body ?? (await bodyOf(request)));
    const inner = { method, headers, body: whole, redirect: "manual" } as const;
    const answer = await tracing.enterSpan("user_object", () =>
      fetchUser(env, userId, withoutToken(request.url), inner, fault),
    );
    if (answer.webSocket) return eventStreamOf(answer.webSocket, sessionHeader(request));
    // The object knows what a device may do, but not where a client signs in or asks for more.
    if (answer.status === 403 && answer.headers.get("WWW-Authenticate")?.includes("insufficient_scope")) {
      return insufficientScope(ctx.auth, SCOPES, "This token may only read; its device may also write");
    }
    return answer.status === 401 ? challenged(answer, ctx.auth.audience) : answer;
  } catch (error) {
    return unreachable(error, request.method, requestId);
  }
}

/** Who the object serves. */
export function principalOf({ props, auth }: Authenticated): Principal {
  const { userId, deviceId, via } = props;
  return { userId, deviceId, via, clientId: auth.clientId ?? JWT_CLIENT_ID, scopes: auth.scope };
}

/** A token in the query is not ours to pass on. */
function withoutToken(address: string): string {
  if (!address.includes("?")) return address;
  const url = new URL(address);
  url.searchParams.delete("access_token");
  return url.href;
}

/** A short body is passed on whole, which costs less than a stream; the object bounds what is longer. */
async function bodyOf(request: Request): Promise<BodyInit | null> {
  const length = Number(request.headers.get("Content-Length") ?? "NaN");
  return length <= WHOLE_BODY_BYTES ? request.arrayBuffer() : request.body;
}

/** The session of a stream is the one the client named. */
function sessionHeader(request: Request): Headers {
  const sessionId = request.headers.get(SESSION_HEADER);
  return new Headers(sessionId === null ? {} : { [SESSION_HEADER]: sessionId });
}

function challenged(answer: Response, resource: string): Response {
  const headers = new Headers(answer.headers);
  headers.set("WWW-Authenticate", invalidTokenChallenge(resource));
  return new Response(answer.body, { status: 401, headers });
}
