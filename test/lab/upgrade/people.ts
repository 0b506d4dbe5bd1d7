/** People who use a server over its upgrades: signed in through its pages, with clients of every kind. */
import { SANDBOX } from "../../sandbox/clickup/index.ts";
import { must } from "../../../scripts/demo-steps.ts";
import { FormBrowser } from "../../../scripts/form-browser.ts";
import { fetchInTime, signInByOAuth } from "../oauth-sign-in.ts";
import { Caller, Marks } from "../proof/caller.ts";
import { messageOf, toolCall, type Lane } from "../proof/requests.ts";

export interface User {
  userId: string;
  browser: FormBrowser;
  /** A token that was pasted into a client. */
  jwt: string;
  marks: Marks;
  /** All that ever called for the user. */
  callers: Caller[];
}

export interface OAuthClient {
  clientId: string;
  access: string;
  refresh: string;
}

/** Calls of one client that run at a time. */
const READS = [
  toolCall("clickup_space_get", { space: SANDBOX.spaces.product }),
  toolCall("clickup_list_get", { list: SANDBOX.lists.onboarding }),
  { method: "tools/list" },
] as const;

/** Signs in on the page for clients without OAuth. */
export async function signInByPage(origin: string, token: string): Promise<User> {
  const browser = new FormBrowser(undefined, fetchInTime);
  const jwt = await pastedToken(origin, browser, token);
  const claims = JSON.parse(Buffer.from(jwt.split(".")[1] ?? "", "base64url").toString("utf8")) as {
    sub: string;
  };
  return { userId: claims.sub, browser, jwt, marks: new Marks(), callers: [] };
}

/** A token for another client. */
export async function pastedToken(origin: string, browser: FormBrowser, token: string): Promise<string> {
  const login = await browser.open(`${origin}/auth/login`);
  const done = await browser.submit(login, { api_key: token, access: "write" }, "token");
  const jwt = /eyJ[\w-]+\.[\w-]+\.[\w-]+/.exec(done.html)?.[0];
  must(jwt !== undefined, `no token on ${done.url} (${done.status})`);
  return jwt;
}

export async function connectByOAuth(origin: string): Promise<OAuthClient> {
  const { clientId, tokens } = await signInByOAuth(origin, "Upgrade");
  must(tokens.refresh_token !== undefined, "no refresh token was issued");
  return { clientId, access: tokens.access_token, refresh: tokens.refresh_token };
}

/** Trades the refresh token for fresh ones. */
export async function refresh(origin: string, client: OAuthClient): Promise<OAuthClient> {
  const answer = await fetch(`${origin}/token`, {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "refresh_token",
      refresh_token: client.refresh,
      client_id: client.clientId,
      resource: origin,
    }),
  });
  const text = await answer.text();
  must(answer.ok, `refreshing answered ${answer.status}: ${text.slice(0, 200)}`);
  const fresh = JSON.parse(text) as { access_token: string; refresh_token?: string };
  return { ...client, access: fresh.access_token, refresh: fresh.refresh_token ?? client.refresh };
}

/** Another client of a user. */
export function clientOf(origin: string, user: User, bearer: string, lane: Lane): Caller {
  const caller = new Caller(origin, { userId: user.userId, bearer, lane }, user.marks);
  user.callers.push(caller);
  return caller;
}

/** Reads `count` times, the clients in turns. @throws Error when a call is neither answered nor refused */
export async function reads(callers: readonly Caller[], count: number): Promise<{ refused: number }> {
  let refused = 0;
  for (let i = 0; i < count; i++) {
    const end = (await callers[i % callers.length]?.call(READS[i % READS.length] ?? READS[0]))?.end;
    must(end === "answered" || end === "refused", `a call ended as ${end ?? "not sent"}`);
    if (end === "refused") refused++;
  }
  return { refused };
}

/** Creates a task with a key; the name is the key. */
export async function createOnce(caller: Caller, name: string): Promise<void> {
  const list = SANDBOX.lists.onboarding;
  const made = await caller.call(
    toolCall("clickup_task_create", { list, name, idempotency_key: name }),
    name,
  );
  must(made?.end === "answered", `creating ended as ${made?.end ?? "not sent"}`);
}

export async function numberOfTools(caller: Caller): Promise<number> {
  const listed = await caller.call({ method: "tools/list" });
  const tools = messageOf(listed?.answer?.body ?? "{}").result?.tools;
  must(Array.isArray(tools), `tools/list ended as ${listed?.end ?? "not sent"}`);
  return tools.length;
}

/** Waits for something to become true. @throws Error after `within_ms` */
export async function become(what: string, within_ms: number, is: () => boolean): Promise<void> {
  const until_ms = Date.now() + within_ms;
  while (!is()) {
    must(Date.now() < until_ms, `${what} did not come`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
