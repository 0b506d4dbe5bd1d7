/** /auth/login: the page for clients without OAuth, and the token it ends with. */
import { env } from "cloudflare:workers";
import { decodeJwt } from "jose";
import { describe, expect, it } from "vitest";
import { signDeviceToken } from "../../../worker/auth/jwt.ts";
import { userIdOf, userObject } from "../../../worker/directory.ts";
import { configOf, type Bindings } from "../../../worker/env.ts";
import { SANDBOX } from "../../sandbox/clickup/facts.ts";
import { clickup } from "../../support/outside.ts";
import { Browser, hiddenField, locationOf, ORIGIN, unescapeHtml } from "../browser.ts";
import { signInAtClickUp } from "../clickup-page.ts";
import { callMcp } from "../client.ts";

const bindings = env as unknown as Bindings;
const config = configOf(bindings);

async function openLogin(browser: Browser): Promise<string> {
  const page = await browser.get("/auth/login");
  expect(page.status).toBe(200);
  return hiddenField(await page.text(), "state");
}

function tokenIn(html: string): string {
  return unescapeHtml(/<textarea[^>]*>([^<]*)<\/textarea>/.exec(html)?.[1] ?? "").trim();
}

async function loginWithToken(key: string, access = "write"): Promise<string> {
  const browser = new Browser();
  const state = await openLogin(browser);
  const page = await browser.post("/auth/login", { state, access, method: "token", api_key: key });
  expect(page.status).toBe(200);
  return tokenIn(await page.text());
}

describe("sign-in", () => {
  it("through ClickUp ends on a page with a working token and its set-ups", async () => {
    const browser = new Browser();
    const state = await openLogin(browser);
    const away = await browser.post("/auth/login", { state, access: "read", method: "clickup" });
    const toClickUp = locationOf(away);
    expect(toClickUp.searchParams.get("state")).toBe(state);
    expect(toClickUp.searchParams.get("redirect_uri")).toBe(`${ORIGIN}/auth/callback`);
    const back = await signInAtClickUp(toClickUp, "alice");
    const page = await browser.get(back.pathname + back.search);
    const html = await page.text();
    expect(page.status).toBe(200);
    expect(page.headers.get("Cache-Control")).toBe("no-store");

    const token = tokenIn(html);
    expect(decodeJwt(token)).toMatchObject({
      iss: ORIGIN,
      aud: ORIGIN,
      sub: await userIdOf(String(SANDBOX.users.alice)),
      scope: "clickup:read",
    });
    const { exp = 0, iat = 0 } = decodeJwt(token);
    expect(exp - iat).toBe(86_400);
    expect((await callMcp(token)).status).toBe(200);
    for (const text of ["claude mcp add", "mcpServers", '"servers"', "curl ", `${ORIGIN}/mcp`, "Read only"]) {
      expect(unescapeHtml(html)).toContain(text);
    }
    expect(html).toContain(new Date(exp * 1000).toISOString());
    // The token is in texts to copy only, never in an address.
    expect(html).not.toMatch(new RegExp(`(href|src|action)="[^"]*${token.slice(0, 20)}`));
  });

  it("with a personal token reaches the same user", async () => {
    const token = await loginWithToken(SANDBOX.tokens.alice);
    expect(decodeJwt(token)).toMatchObject({
      sub: await userIdOf(String(SANDBOX.users.alice)),
      scope: "clickup:read clickup:write",
    });
    expect((await callMcp(token)).status).toBe(200);
  });

  it("takes a token that was confirmed with Enter, which presses the page's first button", async () => {
    const browser = new Browser();
    const state = await openLogin(browser);
    const fields = { state, access: "read", method: "clickup", api_key: SANDBOX.tokens.alice };
    const page = await browser.post("/auth/login", fields);
    expect([page.status, tokenIn(await page.text())]).toEqual([200, expect.stringMatching(/^ey/)]);
  });

  it("shows what is wrong with a token and keeps the form", async () => {
    const browser = new Browser();
    const state = await openLogin(browser);
    const fields = { state, access: "read", method: "token" };
    const wrong = await browser.post("/auth/login", { ...fields, api_key: "pk_1_WRONGWRONG" });
    const html = await wrong.text();
    expect(wrong.status).toBe(400);
    expect(html).toContain("does not accept this token");
    expect(html).not.toContain("WRONGWRONG");
    expect((await browser.post("/auth/login", { ...fields, api_key: SANDBOX.tokens.alice })).status).toBe(
      200,
    );
  });

  it("says so when ClickUp is down", async () => {
    const browser = new Browser();
    const state = await openLogin(browser);
    clickup.fault({ kind: "status", status: 502, times: 5 });
    const fields = { state, access: "read", method: "token", api_key: SANDBOX.tokens.alice };
    const response = await browser.post("/auth/login", fields);
    expect(response.status).toBe(503);
    expect(await response.text()).toContain("ClickUp does not answer right now");
  });

  it("is bound to the browser and used up by success", async () => {
    const browser = new Browser();
    const state = await openLogin(browser);
    const fields = { state, access: "read", method: "token", api_key: SANDBOX.tokens.alice };
    expect((await new Browser().post("/auth/login", fields)).status).toBe(400);
    const otherState = { ...fields, state: await openLogin(new Browser()) };
    expect((await browser.post("/auth/login", otherState)).status).toBe(400);
    expect((await browser.post("/auth/login", fields)).status).toBe(200);
    const again = await browser.post("/auth/login", fields);
    expect([again.status, tokenIn(await again.text())]).toEqual([410, ""]);
    expect((await browser.post("/auth/login", otherState)).status).toBe(400);
  });

  it("does not let another browser finish it, nor the same one twice", async () => {
    const browser = new Browser();
    const state = await openLogin(browser);
    const away = await browser.post("/auth/login", { state, access: "read", method: "clickup" });
    const back = await signInAtClickUp(locationOf(away), "bob");
    expect((await new Browser().get(back.pathname + back.search)).status).toBe(400);
    expect((await browser.get(back.pathname + back.search)).status).toBe(200);
    const again = await browser.get(back.pathname + back.search);
    expect([again.status, tokenIn(await again.text())]).toEqual([410, ""]);
    expect((await new Browser().get(back.pathname + back.search)).status).toBe(400);
  });

  it("loaded again says that a token is shown once, and offers a new one", async () => {
    const browser = new Browser();
    const state = await openLogin(browser);
    const away = await browser.post("/auth/login", { state, access: "read", method: "clickup" });
    const back = await signInAtClickUp(locationOf(away), "bob");
    await browser.get(back.pathname + back.search);
    const page = await (await browser.get(back.pathname + back.search)).text();
    expect(page).toContain("A token is shown once");
    expect(page).toContain('href="/account/tokens"');
    expect((await browser.get("/account/tokens")).status).toBe(200);
    // The next sign-in of this browser is another one.
    expect(await openLogin(browser)).not.toBe(state);
  });

  it("is not finished by a callback with another state", async () => {
    const browser = new Browser();
    await openLogin(browser);
    const mallory = new Browser();
    const fields = { state: await openLogin(mallory), access: "read", method: "clickup" };
    const back = await signInAtClickUp(locationOf(await mallory.post("/auth/login", fields)), "bob");
    clickup.clearCalls();
    const response = await browser.get(back.pathname + back.search);
    expect(response.status).toBe(400);
    expect(await response.text()).not.toContain("<textarea");
    expect(clickup.calls).toHaveLength(0);
  });

  it("does not take a cookie it did not sign", async () => {
    const browser = new Browser();
    await openLogin(browser);
    browser.cookies.set("__Host-clickup-mcp-login", "forged.forged.forged");
    const fields = { state: "forged", access: "write", method: "token", api_key: SANDBOX.tokens.alice };
    expect((await browser.post("/auth/login", fields)).status).toBe(400);
  });

  it("tells the person what a refusal at ClickUp means", async () => {
    const browser = new Browser();
    const state = await openLogin(browser);
    await browser.post("/auth/login", { state, access: "read", method: "clickup" });
    const page = await browser.get(`/auth/callback?error=access_denied&state=${state}`);
    const html = await page.text();
    expect(page.status).toBe(400);
    expect(html).toContain("cancelled");
    expect(html).toContain("/auth/login");
  });
});

describe("the token", () => {
  it("stops when its device is revoked", async () => {
    const token = await loginWithToken(SANDBOX.tokens.carol);
    const { sub = "", jti = "" } = decodeJwt(token);
    expect((await callMcp(token)).status).toBe(200);
    await userObject(bindings, sub).revokeDevice(jti);
    expect((await callMcp(token)).status).toBe(401);
  });

  it("is refused when signed by another secret, for another audience, or expired", async () => {
    const token = await loginWithToken(SANDBOX.tokens.alice);
    const { sub = "", jti = "" } = decodeJwt(token);
    const now_s = Math.floor(Date.now() / 1000);
    const device = { userId: sub, deviceId: jti, scopes: ["clickup:read"], expires_s: now_s + 600 };
    const signed = (changes: object, by = config) =>
      signDeviceToken(by, { ...device, ...changes }, Date.now());
    expect((await callMcp(await signed({}))).status).toBe(200);
    const otherSecret = { ...config, jwt: { ...config.jwt, secret: "s".repeat(40) } };
    expect((await callMcp(await signed({}, otherSecret))).status).toBe(401);
    expect((await callMcp(await signed({}, { ...config, origin: "https://other.test" }))).status).toBe(401);
    expect((await callMcp(await signed({ expires_s: now_s - 5 }))).status).toBe(401);
    // A device of nobody, or of another user, is not in this user's object.
    expect((await callMcp(await signed({ deviceId: "d_unknown" }))).status).toBe(401);
    const bob = await userIdOf(String(SANDBOX.users.bob));
    expect((await callMcp(await signed({ userId: bob }))).status).toBe(401);
  });
});
