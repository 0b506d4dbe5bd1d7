/** Users of a test: an account in their own object, a device, and a way to speak to `/mcp` through the Worker. */
import { env, exports } from "cloudflare:workers";
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { SignJWT } from "jose";
import type { UserObject } from "../../objects/user.ts";
import type { Grant } from "../../tools/define.ts";
import { SANDBOX } from "../sandbox/clickup/index.ts";

const ORIGIN = "https://mcp.test";
export const FULL_GRANT: Grant = { access: "write", toolSets: null, workspaces: null };

export interface TestUser {
  userId: string;
  deviceId: string;
  bearer: string;
  object: DurableObjectStub<UserObject>;
  /** Sends a JSON-RPC body (or raw text) to `/mcp`. */
  post(body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Calls a tool without a session. @returns the tool result */
  call(tool: string, args?: Record<string, unknown>): Promise<ToolResult>;
}

export interface ToolResult {
  content: { type: string; text: string }[];
  structuredContent?: Record<string, unknown>;
  isError?: boolean;
}

export type Person = "alice" | "bob";

let made = 0;

/**
 * A new user with an account and an active device. Every call makes another user (with their own object), so
 * tests of one file do not share limits; `person` says whose ClickUp account it is in the sandbox.
 */
export async function newUser(
  options: {
    person?: Person;
    grant?: Grant;
    expires_ms?: number | null;
    userId?: string;
    scope?: string;
    tier?: "free" | "premium";
  } = {},
): Promise<TestUser> {
  made++;
  const person = options.person ?? "alice";
  const userId = options.userId ?? `u_test${made}${person}`;
  const deviceId = `d_${made}`;
  const object = userObject(userId);
  const token = SANDBOX.tokens[person];
  const { user, workspaces } = await identityOf(token);
  const signedIn = await object.signIn({
    identity: {
      clickupUserId: String(user.id),
      username: user.username,
      email: user.email,
      timeZone: user.timezone,
      workspaces,
    },
    credential: { kind: "personal", token },
  });
  if (!signedIn.ok) throw new Error(signedIn.error.message);
  const added = await object.addDevice({
    deviceId,
    via: "jwt",
    clientId: "jwt",
    clientName: "test client",
    grant: options.grant ?? FULL_GRANT,
    expires_ms: options.expires_ms ?? null,
  });
  if (!added.ok) throw new Error(added.error.message);
  if (options.tier === "premium") {
    // Let go of at once: a stub that is kept would keep the object in memory.
    using billing = await object.billing();
    await billing.grantPremium(Date.now() + 3_600_000);
  }
  const bearer = await tokenFor(userId, deviceId, options.scope);
  const post = (body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    exports.default.fetch(
      new Request(`${ORIGIN}/mcp`, {
        method: "POST",
        headers: { Authorization: `Bearer ${bearer}`, "Content-Type": "application/json", ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    );
  return {
    userId,
    deviceId,
    bearer,
    object,
    post,
    async call(tool, args = {}) {
      const response = await post({
        jsonrpc: "2.0",
        id: 1,
        method: "tools/call",
        params: { name: tool, arguments: args },
      });
      const answer = (await response.json()) as { result?: ToolResult; error?: { message: string } };
      if (answer.result === undefined) throw new Error(`${response.status}: ${JSON.stringify(answer)}`);
      return answer.result;
    },
  };
}

export function userObject(userId: string): TestUser["object"] {
  return env.USER.getByName(userId);
}

/** Makes every waiting job of the object due and runs its alarm, as the passing of time would. */
export async function runDueJobs(userId: string): Promise<void> {
  await runInDurableObject(userObject(userId), (_, state) => {
    state.storage.sql.exec("UPDATE cf_agents_jobs SET time = 0");
  });
  await runDurableObjectAlarm(userObject(userId));
}

/** A JWT of ours for a device, signed as the Worker signs it. */
export async function tokenFor(
  userId: string,
  deviceId: string,
  scope = "clickup:read clickup:write",
): Promise<string> {
  const secret = new TextEncoder().encode((env as unknown as { JWT_SECRET: string }).JWT_SECRET);
  return new SignJWT({ scope })
    .setProtectedHeader({ alg: "HS256", typ: "at+jwt" })
    .setIssuer(ORIGIN)
    .setAudience(ORIGIN)
    .setSubject(userId)
    .setJti(deviceId)
    .setIssuedAt()
    .setExpirationTime("1h")
    .sign(secret);
}

async function identityOf(token: string): Promise<{
  user: { id: number; username: string; email: string; timezone: string };
  workspaces: { id: string; name: string }[];
}> {
  const headers = { Authorization: token };
  const [user, team] = await Promise.all(
    ["user", "team"].map(async (path) =>
      (await fetch(`https://api.clickup.test/api/v2/${path}`, { headers })).json(),
    ),
  );
  return {
    user: (user as { user: { id: number; username: string; email: string; timezone: string } }).user,
    workspaces: (team as { teams: { id: string; name: string }[] }).teams.map(({ id, name }) => ({
      id,
      name,
    })),
  };
}

/** A JSON-RPC request. */
export function rpc(method: string, params?: unknown, id: number | string = 1): Record<string, unknown> {
  return { jsonrpc: "2.0", id, method, ...(params === undefined ? {} : { params }) };
}
