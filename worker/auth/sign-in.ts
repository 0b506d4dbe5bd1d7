/** From a ClickUp credential to a user: ask ClickUp who it is, then hand it to that user's object. */
import { ClickUpError, exchangeCode, fetchIdentity } from "../../tools/clickup/http.ts";
import type { AccountView, Identity, RpcError } from "../../objects/rpc/user.ts";
import type { CredentialKind } from "../../objects/rpc/views.ts";
import { recordUser, userIdOf, userObject, type UserStub } from "../directory.ts";
import type { Bindings, Config } from "../env.ts";
import { visible } from "../pages/text.ts";

export interface Credential {
  kind: CredentialKind;
  token: string;
}

/** Why a sign-in did not work, in words for the person. */
export interface Problem {
  /** 400: the credential; 409: another person's; 503: ClickUp, later again. */
  status: 400 | 409 | 503;
  message: string;
  retryAfter_s: number | null;
}

export type Outcome<T> = { ok: true; value: T } | { ok: false; problem: Problem };

export interface SignedIn {
  userId: string;
  account: AccountView;
  user: UserStub;
}

const RETRY_AFTER_S = 30;

/**
 * Asks ClickUp whose credential this is (GET /v2/user, GET /v2/team).
 * A personal token must look like one before ClickUp is asked.
 */
export async function identify(config: Config, credential: Credential): Promise<Outcome<Identity>> {
  if (credential.kind === "personal" && !/^pk_[\x21-\x7e]{1,250}$/.test(credential.token)) {
    return refused(
      'A ClickUp personal token starts with "pk_" and has no spaces. Copy it again from ClickUp.',
    );
  }
  const asked = { baseUrl: config.clickup.apiUrl, token: credential.token, kind: credential.kind };
  return attempt("ClickUp does not accept this token", async () => asShown(await fetchIdentity(asked)));
}

/** Names as pages and lists show them: others gave them, and may have hidden something in them. */
function asShown(identity: Identity): Identity {
  return {
    ...identity,
    username: visible(identity.username),
    workspaces: identity.workspaces.map(({ id, name }) => ({ id, name: visible(name) })),
  };
}

/** Trades the code of ClickUp's callback for a token (POST /v2/oauth/token). */
export async function redeemCode(config: Config, code: string): Promise<Outcome<Credential>> {
  const { app, apiUrl } = config.clickup;
  if (!app) return refused("This server has no ClickUp app. Sign in with a personal token.");
  return attempt("ClickUp did not confirm this sign-in", async () => ({
    kind: "oauth" as const,
    token: await exchangeCode({ baseUrl: apiUrl, ...app, code }),
  }));
}

/**
 * Signs a person in with their ClickUp credential: their object gets it, the directory knows them.
 * The user id comes from ClickUp's answer alone.
 */
export async function signIn(
  env: Bindings,
  config: Config,
  credential: Credential,
): Promise<Outcome<SignedIn>> {
  const identity = await identify(config, credential);
  if (!identity.ok) return identity;
  const userId = await userIdOf(identity.value.clickupUserId);
  const user = userObject(env, userId);
  const result = await user.signIn({ identity: identity.value, credential });
  if (!result.ok) return { ok: false, problem: problemOf(result.error) };
  await recordUser(env.USER_MAPPINGS, result.value);
  return { ok: true, value: { userId, account: result.value, user } };
}

/** What an expected refusal of the user's object means over HTTP. */
export function problemOf(error: RpcError): Problem {
  return {
    status: error.kind === "other_clickup_user" ? 409 : 400,
    message: error.message,
    retryAfter_s: null,
  };
}

async function attempt<T>(refusal: string, ask: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { ok: true, value: await ask() };
  } catch (error) {
    if (!(error instanceof ClickUpError)) throw error;
    return { ok: false, problem: clickUpProblem(refusal, error) };
  }
}

function clickUpProblem(refusal: string, error: ClickUpError): Problem {
  switch (error.kind) {
    case "auth":
    case "permission":
    case "not_found":
    case "deleted":
    case "validation":
      return {
        status: 400,
        message: `${refusal}${error.detail ? `: ${error.detail}` : ""}.`,
        retryAfter_s: null,
      };
    case "rate_limited":
    case "unavailable":
    case "timeout":
    case "unknown_outcome":
      return {
        status: 503,
        message: "ClickUp does not answer right now. Try again in a moment.",
        retryAfter_s: error.retry_after_s ?? RETRY_AFTER_S,
      };
  }
}

function refused(message: string): { ok: false; problem: Problem } {
  return { ok: false, problem: { status: 400, message, retryAfter_s: null } };
}
