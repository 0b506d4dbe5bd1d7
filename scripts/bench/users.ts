/** Users with tokens, and sessions of the peers that have them. */
import { createHmac } from "node:crypto";
import { REDIRECT_URI, VERIFIER } from "./pkce.ts";
import { JWT_SECRET, type Running } from "./workerd.ts";

export interface BenchUser {
  userId: string;
  oauth: string;
  jwt: string;
}

export interface UserOptions {
  service: string;
  setup: string;
  count: number;
  prefix: string;
}

/** Signs `count` users in to the product of a service and gets them tokens from its own token endpoint. */
export async function makeUsers(running: Running, options: UserOptions): Promise<BenchUser[]> {
  const origin = running.origins[options.service] ?? "";
  const made = await signUp(running, options);
  return Promise.all(
    made.map(async ({ userId, code }): Promise<BenchUser> => {
      const oauth = await redeem(origin, code);
      return { userId, oauth, jwt: deviceToken(origin, userId) };
    }),
  );
}

/** Makes `count` users, each with a device and a code for it. */
export async function signUp(
  running: Running,
  { setup, count, prefix }: UserOptions,
): Promise<{ userId: string; code: Code }[]> {
  return Promise.all(
    Array.from({ length: count }, async (_, i) => {
      const userId = `u_${prefix}${i}`;
      const made = await fetch(`${running.origins[setup]}/?user=${userId}`, { method: "POST" });
      return { userId, code: await json<Code>(made) };
    }),
  );
}

interface Code {
  clientId: string;
  code: string;
}

/** A token of the peer that is an OAuth library before an echo. */
export async function peerToken(running: Running): Promise<string> {
  const origin = running.origins["oauth-echo"] ?? "";
  return redeem(origin, await json<Code>(await fetch(`${origin}/issue`)));
}

async function redeem(origin: string, { clientId, code }: Code): Promise<string> {
  const answer = await fetch(`${origin}/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      code,
      client_id: clientId,
      redirect_uri: REDIRECT_URI,
      code_verifier: VERIFIER,
      resource: origin,
    }),
  });
  return (await json<{ access_token: string }>(answer)).access_token;
}

/** A JWT as the product signs it (worker/auth/jwt.ts). */
function deviceToken(origin: string, userId: string): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now_s = Math.floor(Date.now() / 1000);
  const head = part({ alg: "HS256", typ: "at+jwt" });
  const claims = part({
    scope: "clickup:read clickup:write",
    iss: origin,
    aud: origin,
    sub: userId,
    jti: `d_${userId}`,
    iat: now_s,
    exp: now_s + 86_400,
  });
  const signature = createHmac("sha256", JWT_SECRET).update(`${head}.${claims}`).digest("base64url");
  return `${head}.${claims}.${signature}`;
}

/** Opens a session of an MCP endpoint (2025-11-25). @returns its id */
export async function openSession(url: string, headers: Record<string, string> = {}): Promise<string> {
  const post = (body: unknown, extra: Record<string, string> = {}): Promise<Response> =>
    fetch(url, {
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Accept: "application/json, text/event-stream",
        ...headers,
        ...extra,
      },
      body: JSON.stringify(body),
    });
  const opened = await post({
    jsonrpc: "2.0",
    id: 0,
    method: "initialize",
    params: { protocolVersion: "2025-11-25", capabilities: {}, clientInfo: { name: "bench", version: "1" } },
  });
  const sessionId = opened.headers.get("mcp-session-id");
  const text = await opened.text();
  if (sessionId === null) throw new Error(`no session: ${opened.status} ${text.slice(0, 300)}`);
  await (
    await post({ jsonrpc: "2.0", method: "notifications/initialized" }, { "Mcp-Session-Id": sessionId })
  ).text();
  return sessionId;
}

async function json<T>(response: Response): Promise<T> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${response.url}: ${text.slice(0, 400)}`);
  return JSON.parse(text) as T;
}
