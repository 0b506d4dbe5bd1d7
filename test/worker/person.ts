/** A person signed in to the account page, as far as tests need one. */
import { env } from "cloudflare:workers";
import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { userIdOf, userObject, type UserStub } from "../../worker/directory.ts";
import type { Bindings } from "../../worker/env.ts";
import { SANDBOX } from "../sandbox/clickup/facts.ts";
import { Browser, hiddenField } from "./browser.ts";

export type Person = keyof typeof SANDBOX.tokens;
export const SESSION_COOKIE = "__Host-clickup-mcp-session";

/** A browser with a session of its own. */
export async function signedIn(person: Person, browser = new Browser()): Promise<Browser> {
  const state = hiddenField(await (await browser.get("/auth/login?for=account")).text(), "state");
  const fields = { state, purpose: "account", method: "token", api_key: SANDBOX.tokens[person] };
  const done = await browser.post("/auth/login", fields);
  if (done.status !== 303) throw new Error(`not signed in: ${done.status} ${await done.text()}`);
  return browser;
}

/** Posts a form of the account with its token, as its page would. */
export async function submit(
  browser: Browser,
  path: string,
  fields: Record<string, string> | [string, string][] = {},
): Promise<Response> {
  const pairs = Array.isArray(fields) ? fields : Object.entries(fields);
  return browser.post(path, [["form_token", await formTokenOf(browser)], ...pairs]);
}

/** The token of the session's forms, from a page. */
export async function formTokenOf(browser: Browser): Promise<string> {
  return hiddenField(await (await browser.get("/account")).text(), "form_token");
}

export async function userOf(person: Person): Promise<UserStub> {
  return userObject(env as unknown as Bindings, await idOf(person));
}

export function idOf(person: Person): Promise<string> {
  return userIdOf(String(SANDBOX.users[person]));
}

/** Sends what waits for R2 now, as a minute would. */
export async function flush(person: Person): Promise<void> {
  const stub = env.USER.getByName(await idOf(person));
  await runInDurableObject(stub, (_, state) => {
    state.storage.sql.exec("UPDATE cf_agents_jobs SET time = 0");
  });
  await runDurableObjectAlarm(stub);
}

/** Runs SQL in a person's database. */
export async function sqlOf<T extends Record<string, SqlStorageValue>>(
  person: Person,
  query: string,
  ...values: SqlStorageValue[]
): Promise<T[]> {
  const stub = env.USER.getByName(await idOf(person));
  return runInDurableObject(stub, (_, state) => state.storage.sql.exec<T>(query, ...values).toArray());
}
