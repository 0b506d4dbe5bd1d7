/** POST /auth/api-key: stores a personal ClickUp token for the caller, after ClickUp confirmed whose it is. */
import { insufficientScope, type OAuthResourceContext } from "@cloudflare/workers-oauth-provider";
import * as z from "zod";
import { userIdOf, userObject } from "../directory.ts";
import type { Bindings, Config } from "../env.ts";
import { readCapped } from "../html.tsx";
import { apiJson } from "../json.ts";
import type { Caller } from "../oauth/provider.ts";
import { invalidTokenChallenge, WRITE } from "./scopes.ts";
import { identify, problemOf, type Problem } from "./sign-in.ts";

const BODY_BYTES = 4 * 1024;
const body = z.object({ api_key: z.string().trim().min(1) });

/** Answers `{ success, message }` or `{ success: false, error }`. */
export async function storeApiKey(
  request: Request,
  env: Bindings,
  config: Config,
  ctx: OAuthResourceContext<Caller>,
): Promise<Response> {
  if (request.method !== "POST") {
    return failure(405, "Use POST with a JSON body", { Allow: "POST, OPTIONS" });
  }
  const input = await readKey(request);
  if (input instanceof Response) return input;
  if (!ctx.auth.scope.includes(WRITE)) {
    return insufficientScope(
      ctx.auth,
      [WRITE],
      "A read-only token cannot change the stored ClickUp credential",
    );
  }

  const user = userObject(env, ctx.props.userId);
  const device = await user.activeDevice(ctx.props.deviceId);
  if (device === null) {
    return failure(401, "This device was signed out. Sign in again.", {
      "WWW-Authenticate": invalidTokenChallenge(config.origin),
    });
  }
  // The token may be older than its owner's decision to let the device only read.
  if (device.grant.access !== "write") {
    return failure(403, "Its owner made this device read-only; it cannot change the ClickUp credential.");
  }
  const credential = { kind: "personal" as const, token: input };
  const identity = await identify(config, credential);
  if (!identity.ok) return failed(identity.problem);
  if ((await userIdOf(identity.value.clickupUserId)) !== ctx.props.userId) {
    return failure(
      409,
      "This API key belongs to another ClickUp user. Use a key of the account you signed in with.",
    );
  }
  const stored = await user.storeApiKey({ identity: identity.value, credential });
  if (!stored.ok) return failed(problemOf(stored.error));
  return apiJson(200, { success: true, message: "API key stored successfully" });
}

async function readKey(request: Request): Promise<string | Response> {
  const type = request.headers.get("Content-Type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json") return failure(415, "Set Content-Type to application/json");
  const text = await readCapped(request, BODY_BYTES);
  if (text === null) return failure(413, "The body must not be larger than 4 KB");
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    return failure(400, 'The body must be JSON such as {"api_key":"pk_…"}');
  }
  const parsed = body.safeParse(json);
  return parsed.success
    ? parsed.data.api_key
    : failure(400, 'Missing field "api_key": your ClickUp token as text');
}

function failed(problem: Problem): Response {
  const headers: Record<string, string> =
    problem.retryAfter_s === null ? {} : { "Retry-After": String(problem.retryAfter_s) };
  return failure(problem.status, problem.message, headers);
}

function failure(status: number, error: string, headers: Record<string, string> = {}): Response {
  return apiJson(status, { success: false, error }, headers);
}
