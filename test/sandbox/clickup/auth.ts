import { ClickUpFault } from "./errors.ts";
import type { SandboxState } from "./state.ts";
import type { AccessToken } from "./types.ts";

/** What the Authorization header holds: a personal token raw, an OAuth token after "Bearer" (also taken raw). */
export function credentialOf(request: Request): { token: string; bearer: boolean } | null {
  const header = request.headers.get("Authorization")?.trim();
  if (!header) return null;
  const bearer = /^bearer\s+/i.exec(header);
  return bearer === null
    ? { token: header, bearer: false }
    : { token: header.slice(bearer[0].length), bearer: true };
}

/** The token's record. Throws ClickUp's 401s: header missing, token unknown, token revoked. */
export function authenticate(state: SandboxState, request: Request): AccessToken {
  const credential = credentialOf(request);
  if (credential === null) throw new ClickUpFault(400, "Authorization Header Required", "OAUTH_017");
  const record = state.data.tokens[credential.token];
  if (record?.kind === "personal" && credential.bearer)
    throw new ClickUpFault(401, "Token invalid", "OAUTH_025");
  if (record === undefined || record.revoked)
    throw new ClickUpFault(401, "Oauth token not found", "OAUTH_019");
  return record;
}

/** Workspaces a token reaches: those the user is in, narrowed to the ones authorised for an OAuth token. */
export function reachOf(state: SandboxState, token: AccessToken): Set<string> {
  const memberships = Object.values(state.data.workspaces)
    .filter((workspace) => workspace.members.some((member) => member.user === token.user))
    .map((workspace) => workspace.id);
  return new Set(memberships.filter((id) => token.workspaces === null || token.workspaces.includes(id)));
}
