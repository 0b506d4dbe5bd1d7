import { authorizeErrorPage, authorizePage } from "./authorize-page.ts";
import { ClickUpFault, errorResponse } from "./errors.ts";
import type { SandboxState } from "./state.ts";

const CODE_LIFETIME_MS = 10 * 60_000;

export interface OAuthApp {
  clientId: string;
  clientSecret: string;
}

/** ClickUp takes https redirects; localhost may be plain http. */
function redirectAllowed(uri: string): boolean {
  if (!URL.canParse(uri)) return false;
  const url = new URL(uri);
  return (
    url.protocol === "https:" ||
    (url.protocol === "http:" && ["localhost", "127.0.0.1", "[::1]"].includes(url.hostname))
  );
}

function html(body: string, status = 200): Response {
  return new Response(body, {
    status,
    headers: { "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" },
  });
}

/** What is wrong with an authorize request, in ClickUp's words, or null. Such errors are shown, never redirected. */
function authorizeProblem(app: OAuthApp, query: URLSearchParams): string | null {
  if (query.get("client_id") !== app.clientId) return "Client not found (OAUTH_010)";
  const redirect = query.get("redirect_uri");
  if (redirect === null) return "Redirect URI missing (OAUTH_017)";
  if (!redirectAllowed(redirect)) return "Redirect URI does not match (OAUTH_007)";
  return null;
}

function backTo(redirect: string, params: Record<string, string | null>): Response {
  const url = new URL(redirect);
  for (const [name, value] of Object.entries(params)) if (value !== null) url.searchParams.set(name, value);
  return new Response(null, { status: 302, headers: { Location: url.href } });
}

/** GET /api?client_id&redirect_uri&state: the page where a person signs in and picks Workspaces. */
export async function showAuthorize(
  state: SandboxState,
  app: OAuthApp,
  url: URL,
  origin = "",
): Promise<Response> {
  const problem = authorizeProblem(app, url.searchParams);
  if (problem !== null) return html(await authorizeErrorPage(problem), 400);
  return html(await authorizePage(state, url, origin));
}

/** POST of that page: 302 to redirect_uri with code and state, or with error=access_denied. */
export async function submitAuthorize(
  state: SandboxState,
  app: OAuthApp,
  request: Request,
  now_ms: number,
): Promise<Response> {
  const query = new URL(request.url).searchParams;
  const problem = authorizeProblem(app, query);
  if (problem !== null) return html(await authorizeErrorPage(problem), 400);
  const redirect = query.get("redirect_uri") ?? "";
  const form = await request.formData();
  if (form.get("decision") !== "connect")
    return backTo(redirect, { error: "access_denied", state: query.get("state") });
  const user = Number(form.get("user"));
  if (state.data.users[String(user)] === undefined)
    return html(await authorizeErrorPage("Choose who signs in"), 400);
  const own = Object.values(state.data.workspaces).filter((workspace) => state.isMember(workspace.id, user));
  const ticked = form.getAll("workspace").map(String);
  const workspaces = own.map((workspace) => workspace.id).filter((id) => ticked.includes(id));
  if (workspaces.length === 0)
    return html(await authorizeErrorPage("Choose at least one Workspace of this person"), 400);
  const code = issueCode(state, { user, workspaces, redirect_uri: redirect, now_ms });
  return backTo(redirect, { code, state: query.get("state") });
}

/** Makes a single-use code, as the page does; tests may call it to skip the page. */
export function issueCode(
  state: SandboxState,
  grant: { user: number; workspaces: string[]; redirect_uri: string; now_ms: number },
): string {
  const code = state.newUuid().replaceAll("-", "").toUpperCase();
  state.data.codes[code] = {
    code,
    user: grant.user,
    workspaces: grant.workspaces,
    redirect_uri: grant.redirect_uri,
    used: false,
    expires_ms: grant.now_ms + CODE_LIFETIME_MS,
  };
  return code;
}

/** POST /api/v2/oauth/token. JSON, form body or query. Codes count once; ClickUp gives no refresh token and no expiry. */
export function exchangeCode(
  state: SandboxState,
  app: OAuthApp,
  input: Record<string, unknown>,
  now_ms: number,
): Response {
  const fail = (status: number, message: string, ecode: string) =>
    errorResponse("v2", new ClickUpFault(status, message, ecode), now_ms, now_ms);
  if (input.client_id !== app.clientId) return fail(401, "Client not found", "OAUTH_010");
  if (input.client_secret !== app.clientSecret) return fail(401, "Client secret does not match", "OAUTH_011");
  if (typeof input.code !== "string" || input.code === "") return fail(400, "Code required", "OAUTH_012");
  const code = state.data.codes[input.code];
  if (code === undefined || code.expires_ms < now_ms) return fail(401, "Code not found", "OAUTH_013");
  if (code.used) return fail(401, "Code already used", "OAUTH_014");
  code.used = true;
  const token = `${code.user}_${state.newUuid().replaceAll("-", "")}`;
  state.data.tokens[token] = {
    token,
    kind: "oauth",
    user: code.user,
    workspaces: code.workspaces,
    revoked: false,
  };
  return Response.json({ access_token: token, token_type: "Bearer" });
}
