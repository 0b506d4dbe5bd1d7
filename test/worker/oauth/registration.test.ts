/** What clients really send to `/register` and `/token`, beyond what the specifications ask for. */
import { exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import { SANDBOX } from "../../sandbox/clickup/facts.ts";
import { answerHost } from "../../support/outside.ts";
import { Browser, formAction, hiddenField, locationOf, ORIGIN } from "../browser.ts";
import { allWorkspaces, authorizePath, callMcp, newClient, registerRaw, type Tokens } from "../client.ts";
import python from "./python-sdk.json" with { type: "json" };

const CURSOR = "cursor://anysphere.cursor-mcp/oauth/callback";
const BESIDE = ["https://www.cursor.com/agents/mcp/oauth/callback", "http://localhost:8787/callback"];

describe("registration", () => {
  it("leaves out what would be refused later, and says so", async () => {
    const answer = await registerRaw({ redirect_uris: [CURSOR, ...BESIDE, "http://cursor.example/cb"] });
    expect(answer.status).toBe(201);
    const registered = await answer.json<{ client_id: string; redirect_uris: string[] }>();
    expect(registered.redirect_uris).toEqual(BESIDE);
    const client = { ...(await newClient()), clientId: registered.client_id };
    const withCursor = await new Browser().get(authorizePath(client, { redirect_uri: CURSOR }));
    expect([withCursor.status, withCursor.headers.get("Location")]).toEqual([400, null]);
    const open = await new Browser().get(authorizePath(client, { redirect_uri: BESIDE[1] ?? "" }));
    expect(open.status).toBe(200);
  });

  it("still refuses a client that has nothing else, and one that lists a script", async () => {
    for (const redirect_uris of [
      [CURSOR],
      ["http://cursor.example/cb"],
      ["https://client.example/cb", "javascript:alert(1)"],
      ["https://client.example/cb", "https://client.example/cb#part"],
      ["https://client.example/cb", "https://who@client.example/cb"],
      ["https://client.example/cb", "no address"],
      [],
    ]) {
      expect([redirect_uris, (await registerRaw({ redirect_uris })).status]).toEqual([redirect_uris, 400]);
    }
  });

  it("is narrowed to the grants and answers there are", async () => {
    const answer = await registerRaw({
      grant_types: [
        "authorization_code",
        "refresh_token",
        "urn:ietf:params:oauth:grant-type:device_code",
        "urn:ietf:params:oauth:grant-type:jwt-bearer",
      ],
      response_types: ["code", "token"],
    });
    expect([answer.status, await answer.json()]).toMatchObject([
      201,
      { grant_types: ["authorization_code", "refresh_token"], response_types: ["code"] },
    ]);
    const other = await registerRaw({ grant_types: ["urn:ietf:params:oauth:grant-type:device_code"] });
    expect(other.status).toBe(400);
  });

  it("reads null and empty fields as absent", async () => {
    const blanks = {
      client_uri: "",
      logo_uri: null,
      tos_uri: "",
      contacts: null,
      scope: "",
      jwks: null,
      grant_types: [],
    };
    const answer = await registerRaw({ ...blanks, "client_name#fr": null });
    expect(answer.status).toBe(201);
    const registered = await answer.json();
    expect(registered).toMatchObject({ grant_types: ["authorization_code"], response_types: ["code"] });
    expect(registered).not.toHaveProperty("client_uri");
  });

  it.each(["", "{", "[]", "null", '"text"'])("refuses a body that is no object: %j", async (body) => {
    const answer = await exports.default.fetch(`${ORIGIN}/register`, { method: "POST", body });
    expect(answer.status).toBe(400);
  });
});

describe("a metadata document", () => {
  const document = (id: string) => ({
    client_id: id,
    client_name: "Agent",
    client_uri: "",
    logo_uri: null,
    grant_types: ["authorization_code", "urn:ietf:params:oauth:grant-type:device_code"],
    redirect_uris: ["https://client.example/cb"],
    token_endpoint_auth_method: "none",
  });

  it("may have fields without a value", async () => {
    const id = "https://blank.example/client.json";
    answerHost("blank.example", () => Response.json(document(id)));
    const client = { ...(await newClient()), clientId: id };
    expect((await new Browser().get(authorizePath(client))).status).toBe(200);
  });

  it("stays bounded", async () => {
    const id = "https://long.example/client.json";
    const text = JSON.stringify({
      ...document(id),
      policy_uri: "",
      tos_uri: `https://l.example/${"x".repeat(6000)}`,
    });
    const chunks = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode(text));
        controller.close();
      },
    });
    answerHost(
      "long.example",
      () => new Response(chunks, { headers: { "Content-Type": "application/json" } }),
    );
    const client = { ...(await newClient()), clientId: id };
    expect((await new Browser().get(authorizePath(client))).status).toBe(400);
  });
});

/** A confidential client's way to a code. */
async function confidential(): Promise<{ id: string; secret: string; code: string; verifier: string }> {
  const registered = await registerRaw({ token_endpoint_auth_method: undefined, ...python.register });
  const { client_id: id, client_secret: secret } = await registered.json<{
    client_id: string;
    client_secret: string;
  }>();
  const client = {
    ...(await newClient()),
    clientId: id,
    redirectUri: python.register.redirect_uris[0] ?? "",
  };
  const browser = new Browser();
  const page = await browser.get(authorizePath(client, { resource: `${ORIGIN}/mcp` }));
  const handle = hiddenField(await page.text(), "handle");
  const form = await browser.post("/authorize", { handle, decision: "token", access: "write" });
  const typed = await browser.post(formAction(await form.text()), { api_key: SANDBOX.tokens.alice });
  const code = locationOf(await allWorkspaces(browser, typed)).searchParams.get("code") ?? "";
  return { id, secret, code, verifier: client.verifier };
}

function tokenWith(authorization: string | null, fields: Record<string, string>): Promise<Response> {
  return exports.default.fetch(`${ORIGIN}/token`, {
    method: "POST",
    headers: authorization === null ? {} : { Authorization: authorization },
    body: new URLSearchParams(fields),
  });
}

const basic = (id: string, secret: string) =>
  `Basic ${btoa(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`)}`;

/** The requests of the Python SDK (`mcp` 2.3.0) with its default registration: python-sdk.json. */
describe("the Python SDK", () => {
  const filled = (fields: Record<string, string>, values: Record<string, string>) =>
    Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, values[value] ?? value]));

  it("gets tokens, uses and refreshes them", async () => {
    const { id, secret, code, verifier } = await confidential();
    const values = { $id: id, $code: code, $verifier: verifier, $resource: `${ORIGIN}/mcp` };
    const first = await tokenWith(basic(id, secret), filled(python.token, values));
    expect(first.status).toBe(200);
    const tokens = await first.json<Tokens>();
    expect((await callMcp(tokens.access_token)).status).toBe(200);
    const again = filled(python.refresh, { ...values, $refresh: tokens.refresh_token });
    const renewed = await tokenWith(basic(id, secret), again);
    expect(renewed.status).toBe(200);
    expect((await callMcp((await renewed.json<Tokens>()).access_token)).status).toBe(200);
  });

  it("cannot use two credentials, or be two clients", async () => {
    const { id, secret, code, verifier } = await confidential();
    const other = await confidential();
    const values = { $id: id, $code: code, $verifier: verifier, $resource: ORIGIN };
    const fields = filled(python.token, values);
    const refused: [string | null, Record<string, string>, number][] = [
      [basic(id, secret), { ...fields, client_id: other.id }, 400],
      [basic(other.id, other.secret), fields, 400],
      [basic(id, secret), { ...fields, client_secret: secret }, 400],
      [basic(id, secret), { ...fields, client_assertion: "a.b.c" }, 400],
      [basic(id, secret), { ...fields, client_assertion_type: "urn:x" }, 400],
      [basic(id, "wrong"), fields, 401],
      [basic(id, ""), fields, 401],
      [`Basic ${btoa(id)}`, fields, 400],
      ["Basic", fields, 400],
      [null, fields, 401],
    ];
    for (const [authorization, sent, status] of refused)
      expect([authorization, sent, (await tokenWith(authorization, sent)).status]).toEqual([
        authorization,
        sent,
        status,
      ]);
    // None of them spent the code.
    expect((await tokenWith(basic(id, secret), fields)).status).toBe(200);
  });
});

describe("a client by a private address", () => {
  const id = "https://10.0.0.1/client.json";
  const assertion = (iss: string) =>
    [
      { alg: "ES256", typ: "JWT" },
      { iss, sub: iss, aud: ORIGIN, jti: "1", exp: 4_000_000_000 },
    ]
      .map((part) => btoa(JSON.stringify(part)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, ""))
      .concat("c2lnbmF0dXJl")
      .join(".");
  const ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

  it.each([
    ["the form", null, { client_id: id }],
    ["HTTP Basic", basic(id, "secret"), {}],
    ["an assertion", null, { client_assertion: assertion(id), client_assertion_type: ASSERTION }],
  ] as const)("is not looked for when %s names it", async (_, authorization, fields) => {
    let asked = 0;
    answerHost("10.0.0.1", () => {
      asked++;
      return Response.json({});
    });
    const response = await tokenWith(authorization, { grant_type: "refresh_token", ...fields });
    expect([response.status, asked]).toEqual([401, 0]);
  });
});
