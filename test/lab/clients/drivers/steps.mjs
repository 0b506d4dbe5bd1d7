/** What every driver needs: the address, the person, the calls, and how to say what was done. */
import { appendFileSync } from "node:fs";
import { createServer } from "node:http";

export const url = process.env.MCP_URL ?? "";
export const READ = { name: "clickup_workspace_hierarchy", arguments: { workspace: "Northwind Labs" } };
/** What is found in the answers. */
export const SPACE = "Marketing";
export const TITLE = `Made by ${process.env.npm_package_name ?? "a client"} ${Date.now()}`;
export const WRITE = { name: "clickup_task_create", arguments: { list: "Onboarding", name: TITLE } };

/** A step was got through. @param {string} step @param {string} [note] for the table */
export function done(step, note = "") {
  console.log(`\n@${JSON.stringify({ step, note })}`);
}

/** A step this client has no way to from outside. @param {string} step @param {string} why in a word or two */
export function impossible(step, why) {
  console.log(`\n@${JSON.stringify({ impossible: step, why })}`);
}

/** @param {unknown} condition @param {string} otherwise */
export function must(condition, otherwise) {
  if (!condition) throw new Error(otherwise);
}

/** The person opens it. @param {string | URL} address */
export function openPage(address) {
  appendFileSync(process.env.ASKED_TO_OPEN ?? "", `${String(address)}\n`);
}

/** What a tool answered, in any client's wrapping, holds `text`. @param {unknown} answer @param {string} text */
export function answers(answer, text) {
  const all = JSON.stringify(answer) ?? "";
  must(!all.includes('"isError":true'), all.slice(0, 500));
  must(all.includes(text), `no ${text} in ${all.slice(0, 500)}`);
}

export function checkRead(answer) {
  answers(answer, SPACE);
  done("read");
}

export function checkWrite(answer) {
  answers(answer, TITLE);
  done("write");
}

export function checkTools(names) {
  must(names.includes(READ.name) && names.includes(WRITE.name), `tools: ${names.join(", ")}`);
  done("tools/list", `${names.length} tools`);
}

/** A loopback page that waits for the code. */
export async function callback() {
  let arrive;
  const query = new Promise((resolve) => (arrive = resolve));
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? "/", "http://localhost");
    response.end("You can close this page.");
    if (searchParams.has("code") || searchParams.has("error")) arrive(searchParams);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return { redirectUri: `http://127.0.0.1:${port}/callback`, query, close: () => server.close() };
}

/** The OAuth side as the SDKs want it from an application: registration, PKCE and tokens in memory. */
export class Provider {
  #verifier = "";
  #client;
  #state;
  saved;

  constructor(redirectUri) {
    this.redirectUrl = redirectUri;
    this.clientMetadata = {
      client_name: "Laboratory",
      redirect_uris: [redirectUri],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
    };
  }

  state() {
    this.#state ??= crypto.randomUUID();
    return this.#state;
  }
  storedState() {
    return this.#state;
  }
  clientInformation() {
    return this.#client;
  }
  saveClientInformation(information) {
    this.#client = information;
  }
  tokens() {
    return this.saved;
  }
  saveTokens(tokens) {
    this.saved = tokens;
  }
  redirectToAuthorization(address) {
    openPage(address);
  }
  saveCodeVerifier(verifier) {
    this.#verifier = verifier;
  }
  codeVerifier() {
    return this.#verifier;
  }
  /** As if an hour had passed. */
  expire() {
    this.saved = { ...this.saved, access_token: "expired:by:the-laboratory" };
  }
}

/**
 * The way of everything built on an SDK: refused, sent to the person, connected, and renewed by itself.
 * @param {{ signIn: (provider: Provider, query: Promise<URLSearchParams>) => Promise<void>,
 *   connect: (provider: Provider) => Promise<{ names(): Promise<string[]>, call(tool: typeof READ): Promise<unknown>, close(): Promise<void> }> }} client
 */
export async function throughProvider({ signIn, connect }) {
  const page = await callback();
  const provider = new Provider(page.redirectUri);
  await signIn(provider, page.query);
  must(provider.saved?.refresh_token, "no tokens");
  done("sign-in");
  const first = await connect(provider);
  checkTools(await first.names());
  checkRead(await first.call(READ));
  checkWrite(await first.call(WRITE));
  await first.close();
  provider.expire();
  const again = await connect(provider);
  answers(await again.call(READ), SPACE);
  must(provider.saved.access_token.startsWith("u_"), "the token was not renewed");
  done("refresh");
  await again.close();
  page.close();
  process.exit(0);
}

/** The rest of the sign-in by an SDK's own `auth`. */
export async function byAuth(auth, provider, query) {
  const first = await auth(provider, { serverUrl: url });
  must(first === "REDIRECT", `auth answered ${first}`);
  const answer = await query;
  const authorizationCode = answer.get("code") ?? "";
  const callbackState = answer.get("state") ?? undefined;
  const second = await auth(provider, {
    serverUrl: url,
    authorizationCode,
    callbackState,
    iss: answer.get("iss") ?? undefined,
  });
  must(second === "AUTHORIZED", `auth answered ${second}`);
}
