/** An MCP client's side of OAuth: registration, PKCE, code and refresh exchange, and a call. */
import { exports } from "cloudflare:workers";
import { formAction, hiddenField, lastFormAction, locationOf, ORIGIN, type Browser } from "./browser.ts";

export const REDIRECT = "https://client.example/cb";

export interface Client {
  clientId: string;
  redirectUri: string;
  verifier: string;
  challenge: string;
}

const base64url = (bytes: Uint8Array) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replace(/=+$/, "");

/** POST /register as a public client. */
export function registerRaw(metadata: Record<string, unknown>): Promise<Response> {
  return exports.default.fetch(`${ORIGIN}/register`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      client_name: "Test client",
      redirect_uris: [REDIRECT],
      token_endpoint_auth_method: "none",
      ...metadata,
    }),
  });
}

/** A registered client with a fresh PKCE pair. */
export async function newClient(
  metadata: Record<string, unknown> = {},
  redirectUri = REDIRECT,
): Promise<Client> {
  const response = await registerRaw({ redirect_uris: [redirectUri], ...metadata });
  if (response.status !== 201) throw new Error(`register: ${response.status} ${await response.text()}`);
  const { client_id } = await response.json<{ client_id: string }>();
  const verifier = base64url(crypto.getRandomValues(new Uint8Array(32)));
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  return { clientId: client_id, redirectUri, verifier, challenge: base64url(new Uint8Array(digest)) };
}

export function authorizePath(client: Client, changes: Record<string, string> = {}): string {
  const query = new URLSearchParams({
    response_type: "code",
    client_id: client.clientId,
    redirect_uri: client.redirectUri,
    code_challenge: client.challenge,
    code_challenge_method: "S256",
    state: "client-state",
    resource: ORIGIN,
    scope: "clickup:read",
    ...changes,
  });
  return `/authorize?${query.toString()}`;
}

/** Opens the consent page and takes `decision`. */
export async function consent(
  browser: Browser,
  client: Client,
  decision: "clickup" | "token" | "deny",
  access = "write",
): Promise<Response> {
  const page = await browser.get(authorizePath(client));
  if (page.status !== 200) throw new Error(`consent page: ${page.status} ${await page.text()}`);
  const handle = hiddenField(await page.text(), "handle");
  return browser.post("/authorize", { handle, decision, access });
}

/** Consent, then a personal token: ends with the redirect to the client. All Workspaces are chosen. */
export async function authorizeByToken(
  browser: Browser,
  client: Client,
  token: string,
  access = "write",
): Promise<URL> {
  const form = await consent(browser, client, "token", access);
  const answer = await browser.post(formAction(await form.text()), { api_key: token });
  return locationOf(await allWorkspaces(browser, answer));
}

/** Answers the question for Workspaces where it is asked. */
export async function allWorkspaces(browser: Browser, answer: Response): Promise<Response> {
  if (answer.status !== 200) return answer;
  const html = await answer.text();
  if (!html.includes("Choose Workspaces")) throw new Error(`not the Workspaces page: ${html.slice(0, 500)}`);
  return browser.post(lastFormAction(html), { workspaces: "all", decision: "connect" });
}

export interface Tokens {
  access_token: string;
  refresh_token: string;
  scope: string;
  expires_in: number;
}

/** POST /token. */
export function tokenRequest(fields: Record<string, string>): Promise<Response> {
  return exports.default.fetch(`${ORIGIN}/token`, { method: "POST", body: new URLSearchParams(fields) });
}

export function redeem(client: Client, code: string): Promise<Response> {
  return tokenRequest({
    grant_type: "authorization_code",
    code,
    client_id: client.clientId,
    redirect_uri: client.redirectUri,
    code_verifier: client.verifier,
  });
}

export function refresh(client: Client, tokens: Tokens): Promise<Response> {
  return tokenRequest({
    grant_type: "refresh_token",
    refresh_token: tokens.refresh_token,
    client_id: client.clientId,
  });
}

/** The whole way from a fresh client to tokens. */
export async function connect(browser: Browser, token: string, access = "write"): Promise<[Client, Tokens]> {
  const client = await newClient();
  const redirect = await authorizeByToken(browser, client, token, access);
  const response = await redeem(client, redirect.searchParams.get("code") ?? "");
  if (response.status !== 200) throw new Error(`token: ${response.status} ${await response.text()}`);
  return [client, await response.json<Tokens>()];
}

/** A tools/list call in the plain form of the user guide. */
export function callMcp(token: string, headers: Record<string, string> = {}): Promise<Response> {
  return exports.default.fetch(`${ORIGIN}/mcp`, {
    method: "POST",
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json", ...headers },
  });
}

/** The user an access token of ours names. */
export function userOfToken(accessToken: string): string {
  return accessToken.split(":")[0] ?? "";
}
