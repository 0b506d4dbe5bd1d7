/** HTTP answers of the MCP endpoint that are not results: JSON-RPC errors, 429, 503. */
import type { RateStatus, Refusal } from "../limit/gate.ts";
import { WINDOW_MS } from "../limits.ts";
import { REVISION } from "../rpc/names.ts";

export type JsonRpcId = string | number | null;

/** JSON-RPC 2.0 error object codes used here. */
export const RPC = {
  parse: -32700,
  invalidRequest: -32600,
  invalidParams: -32602,
  internal: -32603,
  server: -32000,
  sessionNotFound: -32001,
  unsupportedVersion: -32022,
} as const;

export function rpcError(
  id: JsonRpcId,
  code: number,
  message: string,
  data?: unknown,
): Record<string, unknown> {
  return { jsonrpc: "2.0", id, error: { code, message, ...(data === undefined ? {} : { data }) } };
}

export function rpcErrorResponse(
  status: number,
  id: JsonRpcId,
  code: number,
  message: string,
  headers: Record<string, string> = {},
): Response {
  return Response.json(rpcError(id, code, message), { status, headers });
}

/**
 * The answer as the revision of the request has it: from 2025-11-25 on the schema of an error that answers no request
 * has no id, before it wants one.
 */
export async function withErrorId(request: Request, answer: Response): Promise<Response> {
  const version = request.headers.get("MCP-Protocol-Version");
  if (answer.status < 400 || version === null || version < REVISION.polling) return answer;
  if (answer.headers.get("Content-Type")?.startsWith("application/json") !== true) return answer;
  const body = await answer.json<Record<string, unknown>>();
  if (body["id"] === null) delete body["id"];
  return Response.json(body, answer);
}

/** The sentence a person or model sees; clients show the body of a 429 as it is. */
function rateLimitMessage(limit: number, retry_ms: number): string {
  const seconds = Math.ceil(retry_ms / 1000);
  return `Rate limit of ${limit} requests per minute reached. Try again in ${seconds} second${seconds === 1 ? "" : "s"}.`;
}

/** HTTP answer of a refused message. */
export function refusalResponse(refusal: Refusal, id: JsonRpcId): Response {
  switch (refusal.kind) {
    case "rate": {
      const retry_after = Math.ceil(refusal.retry_ms / 1000);
      return Response.json(
        {
          error: "Rate limit exceeded",
          message: rateLimitMessage(refusal.limit, refusal.retry_ms),
          limit: refusal.limit,
          window_seconds: WINDOW_MS / 1000,
          retry_after,
        },
        {
          status: 429,
          headers: {
            "Retry-After": String(retry_after),
            ...rateHeaders({ limit: refusal.limit, remaining: 0, reset_ms: refusal.retry_ms }),
          },
        },
      );
    }
    case "device":
      // RFC 6750: the token is no longer good; the client should authorize again.
      return rpcErrorResponse(401, id, RPC.server, refusal.message, {
        "WWW-Authenticate":
          'Bearer error="invalid_token", error_description="The connection was stopped or has expired"',
      });
    case "backlog":
      return rpcErrorResponse(
        503,
        id,
        RPC.server,
        "The audit record cannot take more events right now, so tools that change ClickUp are paused. Reading works. Try again in a minute.",
        { "Retry-After": String(Math.ceil(refusal.retry_ms / 1000)) },
      );
  }
}

/** The answer to a refused element of a batch whose other elements were answered. */
export function refusedElement(refusal: Refusal, id: JsonRpcId): Record<string, unknown> {
  if (refusal.kind !== "rate")
    return rpcError(id, RPC.server, "Not possible right now. Try again in a minute.");
  const message = rateLimitMessage(refusal.limit, refusal.retry_ms);
  return rpcError(id, RPC.server, message, {
    error: "Rate limit exceeded",
    retry_after: Math.ceil(refusal.retry_ms / 1000),
  });
}

/** draft-ietf-httpapi-ratelimit-headers, and the older X-RateLimit-* names. */
export function rateHeaders(rate: RateStatus): Record<string, string> {
  if (rate.limit > 1_000_000) return {};
  const reset_s = Math.ceil(rate.reset_ms / 1000);
  return {
    "RateLimit-Policy": `"user";q=${rate.limit};w=${WINDOW_MS / 1000}`,
    RateLimit: `"user";r=${rate.remaining};t=${reset_s}`,
    "X-RateLimit-Limit": String(rate.limit),
    "X-RateLimit-Remaining": String(rate.remaining),
    "X-RateLimit-Reset": String(Math.ceil((Date.now() + rate.reset_ms) / 1000)),
  };
}
