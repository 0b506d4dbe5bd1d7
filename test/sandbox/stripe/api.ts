/** One API call: key, limits, parameters, idempotency, handler, errors and headers. */
import { errorBody, invalid, StripeFault } from "./errors.ts";
import { expanded } from "./expand.ts";
import { decodeForm } from "./form.ts";
import { withIdempotency } from "./idempotency.ts";
import type { StripeCall } from "./interface.ts";
import { checkParams } from "./params.ts";
import type { Route } from "./route.ts";
import type { World } from "./world.ts";

export interface Matched {
  route: Route;
  path: Record<string, string>;
}

/** The key of a request: a bearer, or the user of basic authentication. Null without one. */
export function keyOf(request: Request): string | null {
  const header = request.headers.get("Authorization") ?? "";
  const [scheme = "", value = ""] = header.split(/\s+/);
  if (scheme.toLowerCase() === "bearer" && value !== "") return value;
  if (scheme.toLowerCase() !== "basic" || !/^[\w+/]+=*$/.test(value)) return null;
  try {
    return atob(value).split(":")[0] ?? null;
  } catch {
    return null;
  }
}

/** Throws Stripe's 401. The key is shown with its middle hidden. */
export function refuseKey(key: string | null): never {
  if (key === null) {
    throw new StripeFault(
      401,
      "invalid_request_error",
      "You did not provide an API key in the Authorization header.",
    );
  }
  const shown =
    key.length < 12
      ? "****"
      : `${key.slice(0, 8)}${"*".repeat(Math.min(20, key.length - 12))}${key.slice(-4)}`;
  throw new StripeFault(401, "invalid_request_error", `Invalid API Key provided: ${shown}`);
}

/** What was sent: form-encoded in the query or the body, or JSON under /v2. Throws 400 for a body it cannot read. */
async function readParams(request: Request, url: URL): Promise<Record<string, unknown>> {
  const query = decodeForm(url.searchParams);
  if (request.method === "GET") return query;
  const text = await request.text();
  if (text === "") return query;
  if (url.pathname.startsWith("/v2/")) {
    try {
      return { ...query, ...(JSON.parse(text) as Record<string, unknown>) };
    } catch {
      throw invalid("The request body is not valid JSON.");
    }
  }
  return { ...query, ...decodeForm(new URLSearchParams(text)) };
}

function checkVersion(version: string | null): void {
  if (version === null || /^\d{4}-\d{2}-\d{2}(\.[a-z]+)?$/.test(version)) return;
  throw invalid(`Invalid Stripe API version: ${version}`);
}

/**
 * Answers a call whose key is good. Errors are answered too, in Stripe's shape.
 * @param breaks what the call's work ends in; Stripe stores a 5xx under the idempotency key like any other answer
 */
export async function answerCall(
  world: World,
  request: Request,
  url: URL,
  call: StripeCall,
  matched: Matched | undefined,
  breaks: ((work: () => Promise<Response>) => Promise<Response>) | null = null,
): Promise<Response> {
  const request_id = world.id("req");
  let response: Response;
  try {
    checkVersion(call.version);
    call.params = await readParams(request, url);
    if (matched === undefined) {
      throw new StripeFault(
        404,
        "invalid_request_error",
        `Unrecognized request URL (${request.method}: ${url.pathname}).`,
      );
    }
    const { route, path } = matched;
    const done = async () => handle(world, route, path, call, request_id);
    const work = async () => (breaks === null ? done() : breaks(done));
    const key = call.idempotency_key;
    response =
      key === null || request.method !== "POST"
        ? await work()
        : await withIdempotency(
            world,
            key,
            `${request.method} ${url.pathname}`,
            JSON.stringify(call.params),
            work,
          );
  } catch (error) {
    response = faultResponse(error, request_id, world.livemode);
  }
  response.headers.set("Request-Id", request_id);
  response.headers.set("Stripe-Version", call.version ?? world.api_version);
  if (call.idempotency_key !== null) response.headers.set("Idempotency-Key", call.idempotency_key);
  return response;
}

function handle(
  world: World,
  route: Route,
  path: Record<string, string>,
  call: StripeCall,
  request_id: string,
): Response {
  const { expand, ...sent } = call.params;
  world.cause = { id: request_id, idempotency_key: call.idempotency_key };
  try {
    const params = checkParams(sent, route.params ?? {});
    const answer = route.handler({ world, path, params, version: call.version });
    return Response.json(expanded(world, answer, expand));
  } catch (error) {
    return faultResponse(error, request_id, world.livemode);
  } finally {
    world.cause = null;
  }
}

/** Rethrows what is not an error of Stripe's. */
export function faultResponse(error: unknown, request_id: string, livemode: boolean): Response {
  if (!(error instanceof StripeFault)) throw error;
  return Response.json(errorBody(error, request_id, livemode), { status: error.status });
}
