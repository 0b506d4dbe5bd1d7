/** The whole OAuth flow, from registration to a call, and the ways to abuse it. */
import { env, exports } from "cloudflare:workers";
import { describe, expect, it } from "vitest";
import type { DeviceView } from "../../../objects/rpc/views.ts";
import { userIdOf, userObject } from "../../../worker/directory.ts";
import type { Bindings } from "../../../worker/env.ts";
import { SANDBOX } from "../../sandbox/clickup/facts.ts";
import { clickup } from "../../support/outside.ts";
import { Browser, formAction, locationOf, ORIGIN } from "../browser.ts";
import { signInAtClickUp } from "../clickup-page.ts";
import {
  allWorkspaces,
  authorizeByToken,
  callMcp,
  connect,
  consent,
  newClient,
  redeem,
  refresh,
  tokenRequest,
  type Tokens,
  userOfToken,
} from "../client.ts";

const bindings = env as unknown as Bindings;
const devicesOf = (userId: string): Promise<DeviceView[]> => userObject(bindings, userId).devices();

async function error(response: Response): Promise<string> {
  return (await response.json<{ error: string }>()).error;
}

describe("through ClickUp", () => {
  it("ends with a token that works, for the person ClickUp named", async () => {
    const browser = new Browser();
    const client = await newClient({ client_name: "Claude" });
    const toClickUp = locationOf(await consent(browser, client, "clickup"));
    const back = await signInAtClickUp(toClickUp, "alice");
    const asked = await browser.get(back.pathname + back.search);
    const redirect = locationOf(await allWorkspaces(browser, asked));
    expect(redirect.searchParams.get("state")).toBe("client-state");
    expect(redirect.searchParams.get("iss")).toBe(ORIGIN);
    // Of all cookies on the way only the person's own session is left.
    expect([...browser.cookies.keys()]).toEqual(["__Host-clickup-mcp-session"]);

    const tokens = await (await redeem(client, redirect.searchParams.get("code") ?? "")).json<Tokens>();
    expect(tokens).toMatchObject({ expires_in: 3600, scope: "clickup:read clickup:write" });
    expect(JSON.stringify(tokens)).not.toContain("pk_");
    const answer = await callMcp(tokens.access_token);
    expect(answer.status).toBe(200);

    const userId = await userIdOf(String(SANDBOX.users.alice));
    expect(userOfToken(tokens.access_token)).toBe(userId);
    expect(await devicesOf(userId)).toMatchObject([
      {
        via: "oauth",
        clientId: client.clientId,
        clientName: "Claude",
        grant: { access: "write", toolSets: null, workspaces: null },
        expires_ms: null,
        revoked_ms: null,
      },
    ]);
    const mapping = await env.USER_MAPPINGS.get(`clickup:${SANDBOX.users.alice}`, "json");
    expect(mapping).toMatchObject({ userId });
  });

  it("refuses a callback without its state, with another one, or in another browser", async () => {
    const browser = new Browser();
    const toClickUp = locationOf(await consent(browser, await newClient(), "clickup"));
    const back = await signInAtClickUp(toClickUp, "alice");
    const code = back.searchParams.get("code") ?? "";
    clickup.clearCalls();
    for (const [who, path] of [
      [browser, `/auth/callback?code=${code}`],
      [browser, `/auth/callback?code=${code}&state=${"A".repeat(43)}`],
      [new Browser(), back.pathname + back.search],
    ] as const) {
      const response = await who.get(path);
      expect([response.status, response.headers.get("Location")]).toEqual([400, null]);
    }
    // The code was not spent on any of them, and the right browser still gets through.
    expect(clickup.calls).toHaveLength(0);
    expect((await browser.get(back.pathname + back.search)).status).toBe(200);
  });

  it("takes a state once", async () => {
    const browser = new Browser();
    const toClickUp = locationOf(await consent(browser, await newClient(), "clickup"));
    const back = await signInAtClickUp(toClickUp, "alice");
    const cookies = new Map(browser.cookies);
    expect((await browser.get(back.pathname + back.search)).status).toBe(200);
    for (const [name, value] of cookies) browser.cookies.set(name, value);
    const again = await browser.get(back.pathname + back.search);
    expect([again.status, again.headers.get("Location")]).toEqual([400, null]);
  });

  it("keeps two browsers apart when their states are swapped", async () => {
    const [mallory, victim] = [new Browser(), new Browser()];
    const malloryAt = locationOf(await consent(mallory, await newClient(), "clickup"));
    const victimAt = locationOf(await consent(victim, await newClient(), "clickup"));
    const malloryBack = await signInAtClickUp(malloryAt, "bob");
    malloryBack.searchParams.set("state", victimAt.searchParams.get("state") ?? "");
    expect((await mallory.get(malloryBack.pathname + malloryBack.search)).status).toBe(400);
  });

  it("tells the client when the person declines at ClickUp, or ClickUp fails", async () => {
    const errors: [string, (state: string) => string, () => void][] = [
      ["access_denied", (state) => `/auth/callback?error=access_denied&state=${state}`, () => undefined],
      ["access_denied", (state) => `/auth/callback?state=${state}`, () => undefined],
      ["access_denied", (state) => `/auth/callback?code=made-up&state=${state}`, () => undefined],
      [
        "temporarily_unavailable",
        (state) => `/auth/callback?code=made-up&state=${state}`,
        () => clickup.fault({ kind: "html", times: 5 }),
      ],
    ];
    for (const [expected, path, arrange] of errors) {
      const browser = new Browser();
      const toClickUp = locationOf(await consent(browser, await newClient(), "clickup"));
      arrange();
      const location = locationOf(await browser.get(path(toClickUp.searchParams.get("state") ?? "")));
      expect(location.origin).toBe("https://client.example");
      expect(location.searchParams.get("error")).toBe(expected);
      expect(location.searchParams.get("state")).toBe("client-state");
      expect(location.href).not.toMatch(/html/i);
    }
  });
});

describe("with a personal token", () => {
  it("ends at the same user as ClickUp's own sign-in", async () => {
    const [, tokens] = await connect(new Browser(), SANDBOX.tokens.alice);
    expect(userOfToken(tokens.access_token)).toBe(await userIdOf(String(SANDBOX.users.alice)));
    expect((await callMcp(tokens.access_token)).status).toBe(200);
  });

  it("lets a mistyped token be tried again, and never shows it", async () => {
    const browser = new Browser();
    const client = await newClient();
    const form = await consent(browser, client, "token");
    const action = formAction(await form.text());
    const wrong = await browser.post(action, { api_key: "pk_81_WRONGWRONGWRONG" });
    const html = await wrong.text();
    expect(wrong.status).toBe(400);
    expect(html).toContain('role="alert"');
    expect(html).not.toContain("WRONGWRONG");
    expect((await browser.post(action, { api_key: SANDBOX.tokens.alice })).status).toBe(400);
    const typed = await browser.post(formAction(html), { api_key: ` ${SANDBOX.tokens.alice} ` });
    const done = await allWorkspaces(browser, typed);
    expect(locationOf(done).searchParams.get("code")).toBeTruthy();
  });

  it("is bound to the browser that consented", async () => {
    const browser = new Browser();
    const action = formAction(await (await consent(browser, await newClient(), "token")).text());
    clickup.clearCalls();
    const other = await new Browser().post(action, { api_key: SANDBOX.tokens.alice });
    expect(other.status).toBe(400);
    expect(clickup.calls).toHaveLength(0);
  });

  it("does not ask ClickUp about something that is no token", async () => {
    const browser = new Browser();
    const action = formAction(await (await consent(browser, await newClient(), "token")).text());
    clickup.clearCalls();
    const response = await browser.post(action, { api_key: "my password" });
    expect(response.status).toBe(400);
    expect(clickup.calls).toHaveLength(0);
  });
});

describe("tokens", () => {
  it("carry only what was chosen", async () => {
    const [, tokens] = await connect(new Browser(), SANDBOX.tokens.alice, "read");
    expect(tokens.scope).toBe("clickup:read");
  });

  it("refuse a code that is replayed, without its verifier, or for another client", async () => {
    const client = await newClient();
    const redirect = await authorizeByToken(new Browser(), client, SANDBOX.tokens.alice);
    const code = redirect.searchParams.get("code") ?? "";
    const other = await newClient();
    expect((await redeem({ ...client, clientId: other.clientId }, code)).status).toBe(400);
    expect((await redeem({ ...client, verifier: "x".repeat(43) }, code)).status).toBe(400);
    expect((await redeem({ ...client, redirectUri: "https://client.example/else" }, code)).status).toBe(400);
    const first = await redeem(client, code);
    expect(first.status).toBe(200);
    const { access_token } = await first.json<Tokens>();
    expect(await error(await redeem(client, code))).toBe("invalid_grant");
    expect((await callMcp(access_token)).status).toBe(401);
  });

  it("are renewed by refresh, and both parallel refreshes get an answer that works", async () => {
    const [client, tokens] = await connect(new Browser(), SANDBOX.tokens.alice);
    const answers = await Promise.all([refresh(client, tokens), refresh(client, tokens)]);
    for (const answer of answers) {
      expect(answer.status).toBe(200);
      const renewed = await answer.json<Tokens>();
      expect((await callMcp(renewed.access_token)).status).toBe(200);
    }
  });

  it("stop at once, and cannot be renewed, when the device is revoked", async () => {
    const [client, tokens] = await connect(new Browser(), SANDBOX.tokens.carol);
    const userId = userOfToken(tokens.access_token);
    const [device] = await devicesOf(userId);
    await userObject(bindings, userId).revokeDevice(device?.deviceId ?? "");
    const call = await callMcp(tokens.access_token);
    expect(call.status).toBe(401);
    expect(call.headers.get("WWW-Authenticate")).toContain("resource_metadata=");
    expect(await error(await refresh(client, tokens))).toBe("invalid_grant");
  });

  it("end the client's earlier device when it signs in again", async () => {
    const client = await newClient();
    for (let round = 0; round < 2; round++) {
      const redirect = await authorizeByToken(new Browser(), client, SANDBOX.tokens.bob);
      expect((await redeem(client, redirect.searchParams.get("code") ?? "")).status).toBe(200);
    }
    const devices = (await devicesOf(await userIdOf(String(SANDBOX.users.bob)))).filter(
      (device) => device.clientId === client.clientId,
    );
    expect(devices.filter((device) => device.revoked_ms === null)).toHaveLength(1);
    expect(devices).toHaveLength(2);
  });

  it("are not taken from the query, made up, or from another scheme", async () => {
    const [, tokens] = await connect(new Browser(), SANDBOX.tokens.alice);
    const query = await exports.default.fetch(`${ORIGIN}/mcp?access_token=${tokens.access_token}`, {
      method: "POST",
    });
    expect(query.status).toBe(401);
    for (const value of [
      `Basic ${btoa(tokens.access_token)}`,
      "Bearer u_a:b:c",
      "Bearer a.b.c",
      `Bearer ${SANDBOX.tokens.alice}`,
      `Bearer ${tokens.refresh_token}`,
    ]) {
      const response = await callMcp("", { Authorization: value });
      expect(response.status).toBe(401);
      expect(response.headers.get("WWW-Authenticate")).toContain("Bearer");
    }
  });

  it("are refused for a resource that is not ours", async () => {
    const client = await newClient();
    const redirect = await authorizeByToken(new Browser(), client, SANDBOX.tokens.alice);
    const response = await tokenRequest({
      grant_type: "authorization_code",
      code: redirect.searchParams.get("code") ?? "",
      client_id: client.clientId,
      redirect_uri: client.redirectUri,
      code_verifier: client.verifier,
      resource: "https://other.example",
    });
    expect(await error(response)).toBe("invalid_target");
  });
});

describe("ids and tokens longer than a KV key", () => {
  const long = "x".repeat(600);

  it.each([
    ["a client id", () => new Browser().get(`/authorize?response_type=code&client_id=${long}`), 400],
    [
      "a code",
      () => tokenRequest({ grant_type: "authorization_code", code: `${long}:y:z`, client_id: long }),
      401,
    ],
    ["a bearer", () => callMcp(`${long}:y:z`), 401],
    ["a bearer of dots", () => callMcp("..:..:.."), 401],
  ] as const)("%s is unknown", async (_, ask, status) => {
    expect((await ask()).status).toBe(status);
  });

  it("a refresh token is invalid for a client there is", async () => {
    const client = await newClient();
    for (const refresh_token of [`${long}:y:z`, `a:${long}:z`]) {
      const fields = { grant_type: "refresh_token", refresh_token, client_id: client.clientId };
      const response = await tokenRequest(fields);
      expect([response.status, await response.json()]).toMatchObject([400, { error: "invalid_grant" }]);
    }
  });
});
