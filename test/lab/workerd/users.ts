/** Users with tokens, and sessions of MCP endpoints. */
import { createHmac } from "node:crypto";
import { REDIRECT_URI, VERIFIER } from "./pkce.ts";
import { JWT_SECRET } from "./product.ts";
import type { Origins } from "./serve.ts";

/** Somebody to sign in. */
export interface Person {
  userId: string;
  clickupUserId: string;
  /** Their ClickUp token. */
  token: string;
}

export interface SignedIn {
  userId: string;
  /** Access token of an OAuth grant. */
  oauth: string;
  /** Token of a device without OAuth. */
  jwt: string;
}

/** More at once only wait for each other. */
const AT_ONCE = 16;

/** Signs people in to the product of a service and gets them tokens from its own token endpoint. */
export async function signIn(
  running: { origins: Origins },
  at: { service: string; setup: string },
  people: readonly Person[],
): Promise<SignedIn[]> {
  const origin = running.origins[at.service] ?? "";
  return inTurn(people, async (person) => {
    const { code, jwtDevice } = await signUp(running, at.setup, person);
    const oauth = await redeem(origin, code);
    return { userId: person.userId, oauth, jwt: deviceToken(origin, person.userId, jwtDevice) };
  });
}

/** Makes people known, without tokens. */
export async function signUpAll(
  running: { origins: Origins },
  setup: string,
  people: readonly Person[],
): Promise<void> {
  await inTurn(people, (person) => signUp(running, setup, person));
}

async function signUp(
  running: { origins: Origins },
  setup: string,
  person: Person,
): Promise<{ code: Code; jwtDevice: string }> {
  const body = JSON.stringify(person);
  const answer = await fetch(running.origins[setup] ?? "", { method: "POST", body });
  return json<{ code: Code; jwtDevice: string }>(answer);
}

/** Some at once. @returns what came of each, in order */
async function inTurn<T, R>(all: readonly T[], work: (one: T) => Promise<R>): Promise<R[]> {
  const made: R[] = [];
  const waiting = all.entries();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const [i, one] of waiting) made[i] = await work(one);
    }),
  );
  return made;
}

/** `count` users of the benchmark's ClickUp. */
export function makeUsers(
  running: { origins: Origins },
  options: { service: string; setup: string; count: number; prefix: string },
): Promise<SignedIn[]> {
  return signIn(running, options, benchPeople(options));
}

/** People of the benchmark's ClickUp. */
export function benchPeople({ prefix, count }: { prefix: string; count: number }): Person[] {
  return Array.from({ length: count }, (_, i) => ({
    userId: `u_${prefix}${i}`,
    clickupUserId: String(i + 1),
    token: "pk_bench_1",
  }));
}

interface Code {
  clientId: string;
  code: string;
}

/** A token of the peer that is an OAuth library before an echo. */
export async function peerToken(running: { origins: Origins }): Promise<string> {
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
function deviceToken(origin: string, userId: string, deviceId: string): string {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const now_s = Math.floor(Date.now() / 1000);
  const head = part({ alg: "HS256", typ: "at+jwt" });
  const claims = part({
    scope: "clickup:read clickup:write",
    iss: origin,
    aud: origin,
    sub: userId,
    jti: deviceId,
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
