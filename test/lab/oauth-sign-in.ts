/** Signing in by OAuth as a person of the sandbox does: the official SDK as the client, forms as the browser. */
import { UnauthorizedError } from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import type { OAuthTokens } from "@modelcontextprotocol/sdk/shared/auth.js";
import { FormBrowser, type Page } from "../../scripts/form-browser.ts";
import { MemoryOAuthProvider } from "../../scripts/oauth-client.ts";

const REDIRECT = "http://127.0.0.1:53683/callback";
const PAGE_TIMEOUT_MS = 15_000;

/** @param name of the client, as the person sees it @returns its id and tokens for `/mcp` */
export async function signInByOAuth(
  origin: string,
  name: string,
): Promise<{ clientId: string; tokens: OAuthTokens }> {
  const provider = new MemoryOAuthProvider(name, REDIRECT);
  const transport = new StreamableHTTPClientTransport(new URL(`${origin}/mcp`), { authProvider: provider });
  const refused = await new Client({ name, version: "1.0.0" }).connect(transport).then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(refused instanceof UnauthorizedError) || provider.authorizationUrl === undefined) {
    throw new Error(`a client without a token was not sent to sign in: ${String(refused)}`);
  }
  const browser = new FormBrowser((url) => url.href.startsWith(REDIRECT), fetchInTime);
  const back = await consent(provider.authorizationUrl.href, browser, REDIRECT);
  const code = new URL(back.url).searchParams.get("code");
  if (code === null) throw new Error("no code came back");
  await transport.finishAuth(code);
  if (provider.saved === undefined) throw new Error("no token was issued");
  return { clientId: provider.registered?.client_id ?? "", tokens: provider.saved };
}

export function fetchInTime(request: Request): Promise<Response> {
  return fetch(request, { signal: AbortSignal.timeout(PAGE_TIMEOUT_MS) });
}

/**
 * The pages between an authorization request and the client: our consent, ClickUp's, and the Workspaces when
 * there are several. @returns the page of the client's redirect URI. @throws Error naming the page it ended on
 */
export async function consent(url: string, browser: FormBrowser, redirectUri: string): Promise<Page> {
  const atClickUp = await browser.submit(await browser.open(url), { access: "write" }, "clickup");
  let page = await browser.submit(atClickUp, {}, "Connect");
  if (!page.url.startsWith(redirectUri)) page = await browser.submit(page, {}, "connect");
  if (page.url.startsWith(redirectUri)) return page;
  throw new Error(`signing in ended on ${new URL(page.url).pathname} with ${page.status}`);
}
