/** Clients known by a metadata document (CIMD), and a server without a ClickUp app. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { userIdOf, userObject } from "../../../worker/directory.ts";
import type { Bindings } from "../../../worker/env.ts";
import { serve } from "../../../worker/router.tsx";
import { SANDBOX } from "../../sandbox/clickup/facts.ts";
import { answerHost } from "../../support/outside.ts";
import { Browser, hiddenField, ORIGIN } from "../browser.ts";
import { authorizeByToken, authorizePath, type Client, newClient, redeem, tokenRequest } from "../client.ts";

const CLIENT_ID = "https://agent.example/client.json";
const DOCUMENT = {
  client_id: CLIENT_ID,
  client_name: "Agent <b>Example</b>",
  redirect_uris: ["https://client.example/cb"],
  token_endpoint_auth_method: "none",
};

function publish(document: unknown, status = 200): void {
  answerHost("agent.example", () => Response.json(document, { status }));
}

const byDocument = async (clientId = CLIENT_ID): Promise<Client> => ({ ...(await newClient()), clientId });

describe("a client with a metadata document", () => {
  it("is shown with the domain it controls and gets tokens", async () => {
    publish(DOCUMENT);
    const client = await byDocument();
    const html = await (await new Browser().get(authorizePath(client))).text();
    expect(html).toContain("<strong>agent.example</strong>");
    expect(html).not.toContain("Name not verified");
    expect(html).not.toContain("<b>Example</b>");
    const redirect = await authorizeByToken(new Browser(), client, SANDBOX.tokens.alice);
    expect((await redeem(client, redirect.searchParams.get("code") ?? "")).status).toBe(200);
  });

  it("keeps the devices of its other installations", async () => {
    publish(DOCUMENT);
    for (let installation = 0; installation < 2; installation++) {
      const client = await byDocument();
      await authorizeByToken(new Browser(), client, SANDBOX.tokens.bob);
    }
    const user = userObject(env as unknown as Bindings, await userIdOf(String(SANDBOX.users.bob)));
    const active = (await user.devices()).filter((device) => device.revoked_ms === null);
    expect(active.map((device) => device.clientId)).toEqual([CLIENT_ID, CLIENT_ID]);
  });

  it.each([
    ["is missing", {}, 404],
    ["names another client", { client_id: CLIENT_ID }, 200],
    ["is too large", { client_uri: `https://agent.example/${"x".repeat(6000)}` }, 200],
    [
      "has a script as redirect",
      { redirect_uris: ["https://client.example/cb", "javascript:alert(1)"] },
      200,
    ],
    ["lists another redirect", { redirect_uris: ["https://client.example/other"] }, 200],
  ])("is refused on our page when the document %s", async (what, changes, status) => {
    const id = `https://agent.example/${what.replaceAll(" ", "-")}.json`;
    publish({ ...DOCUMENT, client_id: id, ...changes }, status);
    const response = await new Browser().get(authorizePath(await byDocument(id)));
    expect([response.status, response.headers.get("Location")]).toEqual([400, null]);
  });

  it("is not known by an address that is not plain https", async () => {
    for (const id of [
      "http://agent.example/client.json",
      "https://agent.example/",
      "https://a@agent.example/c.json",
    ]) {
      const response = await new Browser().get(authorizePath(await byDocument(id)));
      expect([response.status, response.headers.get("Location")]).toEqual([400, null]);
    }
  });
});

describe("a metadata document inside a network", () => {
  it.each([
    "agent.internal",
    "printer.local",
    "router.lan",
    "intranet",
    "localhost",
    "10.0.0.1",
    "169.254.169.254",
    "[fd00::1]",
  ])("is never fetched: %s", async (host) => {
    let asked = 0;
    answerHost(host, () => {
      asked++;
      return Response.json({ ...DOCUMENT, client_id: `https://${host}/client.json` });
    });
    const id = `https://${host}/client.json`;
    const page = await new Browser().get(authorizePath(await byDocument(id)));
    expect([page.status, page.headers.get("Location")]).toEqual([400, null]);
    const token = await tokenRequest({
      grant_type: "authorization_code",
      code: "x",
      client_id: id,
      redirect_uri: "https://client.example/cb",
      code_verifier: "x".repeat(43),
    });
    expect([token.status, await token.json()]).toEqual([401, { error: "invalid_client" }]);
    expect(asked).toBe(0);
  });
});

describe("without a ClickUp app", () => {
  const bindings = {
    ...(env as unknown as Bindings),
    CLICKUP_CLIENT_ID: undefined,
    CLICKUP_CLIENT_SECRET: undefined,
  } as Bindings;

  async function send(path: string, init: RequestInit = {}): Promise<Response> {
    const ctx = createExecutionContext();
    const response = await serve(new Request(ORIGIN + path, { redirect: "manual", ...init }), bindings, ctx);
    await waitOnExecutionContext(ctx);
    return response;
  }

  it("only the personal token is offered, and only it works", async () => {
    const page = await send(authorizePath(await newClient()));
    const html = await page.text();
    expect(html).not.toContain("Continue with ClickUp");
    expect(html).toContain("Use a personal API token");
    const post = (decision: string) =>
      send("/authorize", {
        method: "POST",
        headers: { Cookie: (page.headers.get("Set-Cookie") ?? "").split(";")[0] ?? "" },
        body: new URLSearchParams({ handle: hiddenField(html, "handle"), decision, access: "read" }),
      });
    expect((await post("clickup")).status).toBe(400);
    const form = await post("token");
    expect([form.status, await form.text()]).toEqual([200, expect.stringContaining('name="api_key"')]);
    expect(await (await send("/auth/login")).text()).not.toContain("Sign in with ClickUp");
  });
});
