/** The part of an MCP client a browser comes back to: a loopback address, PKCE, the code exchange. */
import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface WaitingClient {
  authorizeUrl: string;
  /** Resolves with the parameters of the redirect. */
  answered: Promise<URLSearchParams>;
  redeem(code: string): Promise<{ access_token: string; scope: string }>;
  close(): void;
}

/** Registers a client with the server at `origin` and waits at a loopback address. */
export async function waitingClient(
  origin: string,
  name: string,
  scope = "clickup:read",
): Promise<WaitingClient> {
  let answer: (parameters: URLSearchParams) => void = () => undefined;
  const answered = new Promise<URLSearchParams>((resolve) => {
    answer = resolve;
  });
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    if (url.pathname === "/callback") answer(url.searchParams);
    response.setHeader("Content-Type", "text/html");
    response.end("<!doctype html><title>Back at the client</title><p>Back at the client</p>");
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const redirect = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
  const registration = await fetch(`${origin}/register`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({
      client_name: name,
      redirect_uris: [redirect],
      token_endpoint_auth_method: "none",
    }),
  });
  const { client_id } = (await registration.json()) as { client_id: string };
  const verifier = randomBytes(32).toString("base64url");
  const query = new URLSearchParams({
    response_type: "code",
    client_id,
    redirect_uri: redirect,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    state: "from-the-client",
    resource: origin,
    scope,
  });
  return {
    authorizeUrl: `${origin}/authorize?${query.toString()}`,
    answered,
    async redeem(code) {
      const body = { grant_type: "authorization_code", code, client_id, redirect_uri: redirect };
      const response = await fetch(`${origin}/token`, {
        method: "POST",
        body: new URLSearchParams({ ...body, code_verifier: verifier }),
      });
      if (!response.ok) throw new Error(`token: ${response.status} ${await response.text()}`);
      const tokens: { access_token: string; scope: string } = await response.json();
      return tokens;
    },
    close: () => server.close(),
  };
}

/** Names of the tools a token sees; an empty list and the status where it is refused. */
export async function tools(origin: string, token: string): Promise<{ status: number; names: string[] }> {
  const response = await fetch(`${origin}/mcp`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list" }),
  });
  const answer = (await response.json()) as { result?: { tools: { name: string }[] } };
  return { status: response.status, names: answer.result?.tools.map(({ name }) => name) ?? [] };
}

/** Sends a request, whose result does not matter. @throws Error for anything but 200 */
export async function call(origin: string, token: string, method: string, params: unknown): Promise<void> {
  const response = await fetch(`${origin}/mcp`, {
    method: "POST",
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
    body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
  });
  if (!response.ok) throw new Error(`${method}: ${response.status} ${await response.text()}`);
  await response.arrayBuffer();
}
