/** OAuth from the outside: the running stack, over HTTP only, by a client and a person that share nothing with it. */
import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FormBrowser, type Page } from "../../scripts/form-browser.ts";
import type { Stack } from "../../scripts/stack.ts";
import { endStack, freshStack } from "./fresh-stack.ts";
import { tools } from "./mcp-client.ts";

const REDIRECT = "https://client.example/cb";

interface Tokens {
  access_token: string;
  refresh_token: string;
  scope: string;
}

describe("over HTTP", () => {
  let stack: Stack;
  let server: Record<string, string>;

  beforeAll(async () => {
    stack = await freshStack();
  });
  afterAll(async () => {
    await endStack(stack);
  });

  async function register(redirect = REDIRECT): Promise<string> {
    return (await registered({ redirect_uris: [redirect], token_endpoint_auth_method: "none" })).client_id;
  }

  async function registered(
    metadata: Record<string, unknown>,
  ): Promise<{ client_id: string; client_secret: string }> {
    const response = await fetch(server["registration_endpoint"] ?? "", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ client_name: "Outside client", ...metadata }),
    });
    expect(response.status).toBe(201);
    return (await response.json()) as { client_id: string; client_secret: string };
  }

  function request(client_id: string, changes: Record<string, string> = {}) {
    const verifier = randomBytes(32).toString("base64url");
    const query = {
      response_type: "code",
      client_id,
      redirect_uri: REDIRECT,
      code_challenge: createHash("sha256").update(verifier).digest("base64url"),
      code_challenge_method: "S256",
      state: "outside-state",
      resource: `${stack.url}/mcp`,
      ...changes,
    };
    const url = `${server["authorization_endpoint"]}?${new URLSearchParams(query).toString()}`;
    return { url, verifier };
  }

  const browser = () => new FormBrowser((url) => url.href.startsWith(REDIRECT));

  async function toClient(from: FormBrowser, url: string, access: string): Promise<URL> {
    const atClickUp = await from.submit(await from.open(url), { access }, "clickup");
    expect(atClickUp.url).toContain(stack.sandbox?.url ?? "-");
    let page: Page = await from.submit(atClickUp, {}, "Connect");
    if (!page.url.startsWith(REDIRECT)) page = await from.submit(page, {}, "connect");
    return new URL(page.url);
  }

  async function token(
    fields: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<{ status: number; body: Tokens & { error?: string } }> {
    const response = await fetch(server["token_endpoint"] ?? "", {
      method: "POST",
      headers,
      body: new URLSearchParams(fields),
    });
    return { status: response.status, body: (await response.json()) as Tokens & { error?: string } };
  }

  it("leads from a 401 to the server that issues tokens", async () => {
    const refused = await fetch(`${stack.url}/mcp`, { method: "POST" });
    const challenge = refused.headers.get("www-authenticate") ?? "";
    const metadata = /resource_metadata="([^"]+)"/.exec(challenge)?.[1] ?? "";
    const resource = (await (await fetch(metadata)).json()) as {
      resource: string;
      authorization_servers: string[];
    };
    expect(resource.resource).toBe(`${stack.url}/mcp`);
    for (const path of ["/other", "/mcp/other", "/authorize"]) {
      const none = await fetch(`${stack.url}/.well-known/oauth-protected-resource${path}`);
      expect([path, none.status]).toEqual([path, 404]);
    }
    const issuer = resource.authorization_servers[0] ?? "";
    server = (await (
      await fetch(`${issuer}/.well-known/oauth-authorization-server`)
    ).json()) as typeof server;
    expect(server["issuer"]).toBe(issuer);
  });

  it("gives a code once, to its client, with its verifier, and tokens that rotate", async () => {
    const clientId = await register();
    const { url, verifier } = request(clientId);
    const back = await toClient(browser(), url, "read");
    expect([back.searchParams.get("state"), back.searchParams.get("iss")]).toEqual([
      "outside-state",
      stack.url,
    ]);
    const redeem = {
      grant_type: "authorization_code",
      code: back.searchParams.get("code") ?? "",
      client_id: clientId,
      redirect_uri: REDIRECT,
    };
    expect((await token({ ...redeem, code_verifier: randomBytes(32).toString("base64url") })).status).toBe(
      400,
    );
    expect((await token({ ...redeem, client_id: await register(), code_verifier: verifier })).status).toBe(
      400,
    );
    const first = await token({ ...redeem, code_verifier: verifier });
    expect([first.status, first.body.scope]).toEqual([200, "clickup:read"]);
    expect((await tools(stack.url, first.body.access_token)).names).toContain("clickup_task_get");

    const again = {
      grant_type: "refresh_token",
      refresh_token: first.body.refresh_token,
      client_id: clientId,
    };
    const [one, two] = await Promise.all([token(again), token(again)]);
    for (const { status, body } of [one, two]) {
      expect(status).toBe(200);
      expect(body.refresh_token).not.toBe(first.body.refresh_token);
      expect((await tools(stack.url, body.access_token)).status).toBe(200);
    }
    const replayed = await token({ ...redeem, code_verifier: verifier });
    expect([replayed.status, replayed.body.error]).toEqual([400, "invalid_grant"]);
  });

  it("sends errors where they belong: to the client when it is known, else on a page", async () => {
    const clientId = await register();
    const plain = await browser().open(request(clientId, { code_challenge_method: "plain" }).url);
    expect(new URL(plain.url).searchParams.get("iss")).toBe(stack.url);
    for (const redirect_uri of [
      "https://evil.example/cb",
      `${REDIRECT}/`,
      "https://client.example@evil.example/cb",
      "https://client.example/CB",
    ]) {
      const page = await browser().open(request(clientId, { redirect_uri }).url);
      expect([page.status, new URL(page.url).origin]).toEqual([400, stack.url]);
    }
    const declined = browser();
    const page = await declined.submit(await declined.open(request(clientId).url), {}, "deny");
    expect(new URL(page.url).searchParams.get("error")).toBe("access_denied");
  });

  it("takes a client that says who it is twice, and not one that is two", async () => {
    const redirects = { redirect_uris: [REDIRECT] };
    const [client, other] = [await registered(redirects), await registered(redirects)];
    const { url, verifier } = request(client.client_id);
    const back = await toClient(browser(), url, "write");
    const redeem = {
      grant_type: "authorization_code",
      code: back.searchParams.get("code") ?? "",
      client_id: client.client_id,
      redirect_uri: REDIRECT,
      code_verifier: verifier,
    };
    const basic = ({ client_id, client_secret }: typeof client) => ({
      Authorization: `Basic ${btoa(`${client_id}:${client_secret}`)}`,
    });
    expect((await token({ ...redeem, client_id: other.client_id }, basic(client))).status).toBe(400);
    expect((await token(redeem, basic(other))).status).toBe(400);
    expect((await token({ ...redeem, client_secret: client.client_secret }, basic(client))).status).toBe(400);
    const elsewhere = await token({ ...redeem, resource: "https://other.example/mcp" }, basic(client));
    expect([elsewhere.status, elsewhere.body.error]).toEqual([400, "invalid_target"]);
    const given = await token({ ...redeem, resource: `${stack.url}/mcp` }, basic(client));
    expect(given.status).toBe(200);
    expect((await tools(stack.url, given.body.access_token)).status).toBe(200);
  });

  it("gives no code for another server's resource", async () => {
    const clientId = await register();
    for (const resource of ["https://other.example/mcp", `${stack.url}/other`, `${stack.url}.example/mcp`]) {
      const page = await browser().open(request(clientId, { resource }).url);
      expect(new URL(page.url).searchParams.get("error")).toBe("invalid_target");
    }
  });

  it("binds every step to one browser: a state carried into another is refused", async () => {
    const [mallory, victim] = [browser(), browser()];
    const clientId = await register();
    const open = (who: FormBrowser) => who.open(request(clientId).url);
    const atClickUp = await mallory.submit(await open(mallory), { access: "write" }, "clickup");
    const stolen = new URL(atClickUp.url).searchParams.get("state") ?? "";
    await open(victim);
    const lured = await victim.open(`${stack.url}/auth/callback?code=made-up&state=${stolen}`);
    expect([lured.status, lured.url.startsWith(stack.url)]).toEqual([400, true]);
  });
});
